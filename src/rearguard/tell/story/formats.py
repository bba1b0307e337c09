"""An account as Markdown, as a page of its own, or as data. Names are escaped: none is ever read as markup."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

from rearguard.tell.story.account import Account
from rearguard.tell.story.compose import Sentence
from rearguard.tell.story.language import capital, clock

REPORT = "report.html"
"""The page that sentences link into, beside the account."""
FORMATS = ("md", "html", "json")

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!])")
_BLOCK = re.compile(r"^(\d+)([.)])|^([-+=])")


def eyes(account: Account) -> str:
    """Whose eyes go with an account, as the page's address names them."""
    return f"side:{account.voice}" if account.kind == "side" else account.voice


def link(account: Account, seconds: float, page: str = REPORT) -> str:
    """Where a time of this world is shown through the eyes of the voice: the page's own way of writing its state."""
    return f"{page}#t={seconds:g}&pov={quote(eyes(account), safe=':')}&world={account.world}"


def marked(text: str) -> str:
    """Plain text as Markdown that reads the same."""
    escaped = _MARKUP.sub(r"\\\1", text)
    return _BLOCK.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)


def heading(account: Account) -> str:
    """What is told, and by whom."""
    return f"{capital(account.title)}: {account.scenario}, world {account.world}"


def to_markdown(account: Account, page: str = REPORT) -> str:
    """Markdown; every sentence is followed by its time, which links into the replay."""
    times: dict[str, str] = {}
    lines: list[str] = []
    if account.length == "full":
        lines += [f"# {marked(heading(account))}", ""]
    for section in account.sections:
        if section.title is not None:
            lines += [f"## {marked(section.title)}", ""]
        for paragraph in section.paragraphs:
            lines += [_markdown(account, paragraph, times, page), ""]
    lines += [f"[{label}]: {target}" for label, target in times.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown(account: Account, sentences: list[Sentence], times: dict[str, str], page: str) -> str:
    parts = []
    for sentence in sentences:
        label, target = clock(sentence.time), link(account, sentence.time, page)
        if times.setdefault(label, target) != target:
            label = f"{label}{f'{sentence.time % 1.0:.1f}'[1:]}"
            times[label] = target
        text = marked(sentence.text)
        parts.append(f"[{label}] {text}" if account.tone == "report" else f"{text} [{label}]")
    return " ".join(parts)


_STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1f; --soft: #6b6b70; --page: #fbfaf7; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e4df; --soft: #98968f; --page: #17171a; } }
body { margin: 3rem auto; max-width: 38rem; padding: 0 1.2rem; background: var(--page); color: var(--ink);
  font: 1.05rem/1.6 Georgia, 'Times New Roman', serif; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; }
a { color: inherit; text-decoration: none; } a:hover, a:focus { text-decoration: underline; text-underline-offset: .2em; }
time { color: var(--soft); font-size: .72em; font-variant-numeric: tabular-nums; vertical-align: .25em; }
"""


def to_html(account: Account, page: str = REPORT) -> str:
    """One page without scripts or requests; every sentence is a link into the replay, with its time beside it."""
    title = html.escape(heading(account))
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>',
        f"<style>{_STYLE}</style></head>",
        f"<body><h1>{title}</h1>",
    ]
    for section in account.sections:
        if section.title is not None:
            lines.append(f"<h2>{html.escape(section.title)}</h2>")
        for paragraph in section.paragraphs:
            lines.append("<p>" + " ".join(_anchor(account, s, page) for s in paragraph) + "</p>")
    return "\n".join([*lines, "</body></html>"]) + "\n"


def _anchor(account: Account, sentence: Sentence, page: str) -> str:
    target = html.escape(link(account, sentence.time, page), quote=True)
    stamp = f'<time datetime="PT{sentence.time:g}S">{clock(sentence.time)}</time>'
    text = html.escape(sentence.text)
    inside = f"{stamp} {text}" if account.tone == "report" else f"{text} {stamp}"
    return f'<a href="{target}">{inside}</a>'


def to_json(account: Account) -> str:
    """Plain data, each sentence with what it rests on."""
    return json.dumps(account.to_dict(), indent=2, ensure_ascii=False) + "\n"


def write(account: Account, form: str, page: str = REPORT) -> str:
    """An account in one of ``FORMATS``."""
    return {
        "md": lambda: to_markdown(account, page),
        "html": lambda: to_html(account, page),
        "json": lambda: to_json(account),
    }[form]()
