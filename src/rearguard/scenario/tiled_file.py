"""Reading a Tiled file from disk so that whatever is wrong with it is a MapError that says where."""

from __future__ import annotations

import contextlib
import io
import json
import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytiled_parser

from rearguard.scenario.grounds import nearest_name
from rearguard.scenario.maps import MapError

MAX_BYTES = 32 * 1024 * 1024
"""Largest file that is read."""
SAVE_AGAIN = "save it in Tiled as .tmx or .tmj with the tile layer format CSV"
"""What to do about a file that is no map."""


@dataclass(slots=True)
class Source:
    """A map file being read, its text and its external tilesets, for errors that say where."""

    file: Path
    text: str
    tilesets: list[Path] = field(default_factory=list)

    def line_of(self, pattern: str) -> int | None:
        """1-based line of the first match of a regular expression."""
        match = re.search(pattern, self.text)
        return None if match is None else self.text.count("\n", 0, match.start()) + 1

    def fail(self, message: str, *, pattern: str | None = None, hint: str | None = None) -> NoReturn:
        """Raise MapError at the first match of ``pattern``."""
        raise MapError(message, file=self.file, line=None if pattern is None else self.line_of(pattern), hint=hint)


def read_text(file: Path) -> str:
    """The text of a map or tileset file; raises MapError for anything that cannot be one."""
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise MapError(f"'{file.name}' is not a file", file=file, hint="name a .tmx or .tmj file saved by Tiled")
        if size > MAX_BYTES:
            raise MapError(
                f"the file has {size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read",
                file=file,
                hint="use larger tiles or a smaller map",
            )
        raw = file.read_bytes()
    except FileNotFoundError:
        others = [other.name for other in file.parent.glob("*") if other.suffix in (".tmx", ".tmj")]
        guess = nearest_name(file.name, others)
        hint = f"did you mean '{guess}'?" if guess else "paths are relative to the scenario file"
        raise MapError(f"there is no map '{file.name}'", file=file, hint=hint) from None
    except (OSError, ValueError) as error:
        raise MapError(f"the file cannot be read: {getattr(error, 'strerror', None) or error}", file=file) from None
    if not raw.strip():
        raise MapError("the file is empty", file=file, hint="save the map in Tiled as .tmx or .tmj")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MapError("the file is not text", file=file, hint="save the map in Tiled as .tmx or .tmj") from None


def _check_syntax(file: Path, text: str) -> None:
    """Raise MapError with line and column where a file is neither well-formed XML nor JSON."""
    try:
        if text.lstrip().startswith("<"):
            etree.fromstring(text)
        else:
            json.loads(text)
    except etree.ParseError as error:
        line, column = error.position
        problem = str(error).partition(":")[0]
        raise MapError(f"the XML is broken: {problem}", file=file, line=line, column=column + 1) from None
    except json.JSONDecodeError as error:
        raise MapError(
            f"this is neither Tiled's XML nor its JSON: {error.msg}",
            file=file,
            line=error.lineno,
            column=error.colno,
            hint="save the map in Tiled as .tmx or .tmj",
        ) from None
    except (ValueError, RecursionError) as error:
        raise MapError(f"the file is broken: {error}", file=file) from None


def _check_tilesets(source: Source) -> None:
    """Read every external tileset once, so that a missing or broken one is named and not the map."""
    pattern = r"<tileset\b[^>]*\bsource=\"([^\"]*)\"|\"source\"\s*:\s*\"([^\"]*\.(?:tsx|tsj|json))\""
    for match in re.finditer(pattern, source.text):
        name = (match.group(1) or match.group(2)).replace("\\/", "/")
        file = source.file.parent / name
        line = source.text.count("\n", 0, match.start()) + 1
        if not file.is_file():
            raise MapError(
                f"the tileset '{name}' is missing",
                file=source.file,
                line=line,
                hint="put the tileset file beside the map, or embed it in the map in Tiled",
            )
        _check_syntax(file, read_text(file))
        source.tilesets.append(file)


def parse(source: Source) -> pytiled_parser.TiledMap:
    """The map as the library sees it; whatever the library stumbles over becomes a MapError."""
    try:
        # the library prints to the terminal when it meets object templates
        with contextlib.redirect_stdout(io.StringIO()):
            return pytiled_parser.parse_map(source.file)
    except KeyError as error:
        source.fail(f"this is not a complete Tiled map: '{error.args[0]}' is missing", hint="save it again in Tiled")
    except FileNotFoundError as error:
        source.fail(f"the map needs '{Path(str(error.filename)).name}', which is missing")
    except NotImplementedError as error:
        source.fail(str(error))
    except Exception as error:
        source.fail(f"this is not a map that Tiled would save ({type(error).__name__}: {error})", hint=SAVE_AGAIN)


def open_source(file: Path) -> Source:
    """A map file and its tilesets, read and found well-formed; raises MapError."""
    source = Source(file, read_text(file))
    _check_syntax(file, source.text)
    _check_tilesets(source)
    return source
