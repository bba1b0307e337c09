"""What the browser tests are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Opens = Callable[..., Any]
