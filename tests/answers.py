"""What a command answers when it is run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """Exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)


Ask = Callable[..., Answer]
