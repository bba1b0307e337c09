"""Scenarios to begin one's own from: the shipped ones and a blank one."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from rearguard.scenario.errors import clean, did_you_mean
from rearguard.scenario.source import parse, shipped, shipped_file
from rearguard.study.folder import RunError, write_atomically

BLANK = "blank"
"""The template that is no shipped scenario."""
KINDS = (".yaml", ".tmx", ".tmj", ".tsx", ".tsj", ".png", ".tiled-project")
"""What a scenario's folder is made of."""
LONGEST = 60
"""Characters that a scenario's name may have."""


def template_file(name: str) -> Path | None:
    """The scenario file of a template, None when there is no such template."""
    if name == BLANK:
        return Path(str(files("rearguard") / "templates" / BLANK / "scenario.yaml"))
    return shipped_file(name)


def templates() -> dict[str, str]:
    """Templates by name with what they are about, the blank one last."""
    out = {}
    for name in (*shipped(), BLANK):
        file = template_file(name)
        assert file is not None, "listed above"
        out[name] = str(parse(file.read_text(encoding="utf-8"), str(file)).data["about"])
    return out


def check_name(name: str) -> None:
    """Refuse what cannot be both a folder and a scenario's name; RunError says what could."""
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) and len(name) <= LONGEST:
        return
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST].rstrip("-")
    better = f", such as {slug}" if slug else ""
    rule = f"small letters, digits and hyphens, a letter or digit first, at most {LONGEST} characters"
    raise RunError(f"'{clean(name)}' cannot name a scenario; {rule}{better}")


def begin(name: str, template: str, folder: Path, *, force: bool = False) -> list[str]:
    """Copy a template into ``folder`` as the scenario ``name``; returns the names of the files written.

    Refuses a folder that holds something, unless ``force`` is set: then files of the same names are written over and all
    others stay. RunError says what is wrong.
    """
    check_name(name)
    source = template_file(template)
    if source is None:
        raise RunError(f"no template is called '{clean(template)}'; {did_you_mean(template, templates())}")
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file; give another name")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise RunError(
            f"{folder} is there already and not empty; give another name, or --force to write over its files"
        )
    copied = sorted(p for p in source.parent.iterdir() if p.suffix in KINDS)
    copied.sort(key=lambda p: p != source)
    for path in copied:
        content = path.read_bytes()
        if path == source:
            content = renamed(content.decode("utf-8"), template, name).encode("utf-8")
        write_atomically(folder / path.name, lambda to, content=content: to.write_bytes(content))  # type: ignore[misc]
    return [path.name for path in copied]


def renamed(text: str, old: str, new: str) -> str:
    """The text of a scenario file under a new name, in the key ``name`` and in the commands that its comments show."""
    text = re.sub(rf"^name: {re.escape(old)}$", f"name: {new}", text, count=1, flags=re.M)
    return re.sub(rf"^(#.*\brearguard \w+) {re.escape(old)}\b", rf"\1 {new}", text, flags=re.M)
