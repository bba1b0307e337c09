"""Accounts as Markdown, HTML and JSON: links into the replay, and names that are never markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from rearguard.study.witness import record
from rearguard.tell.story.account import Account, Teller
from rearguard.tell.story.formats import FORMATS, link, marked, to_html, to_json, to_markdown, write
from recordings import prepared, teller

NASTY = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "{{ 7 * 7 }}{% for x in y %}",
    "`x` *y* __z__ & | ~~w~~",
    "# head",
]


class Page(HTMLParser):
    """Tags, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def account(voice: str = "anna", **how: str) -> Account:
    return teller("alley", 2).tell(voice, **how)


@pytest.mark.parametrize("tone", ["plain", "report"])
def test_every_sentence_of_markdown_links_to_its_time(tone: str) -> None:
    told = account(tone=tone)
    text = to_markdown(told)
    targets = dict(re.findall(r"^\[([\d:.]+)\]: (\S+)$", text, re.MULTILINE))
    labels = re.findall(r"\[(\d+:[\d:.]+)\](?!:)", text)
    assert len(labels) == len(list(told.sentences))
    for label, sentence in zip(labels, told.sentences, strict=True):
        assert targets[label] == link(told, sentence.time) == f"report.html#t={sentence.time:g}&pov=anna&world=2"


def test_eyes_are_written_as_the_page_writes_them() -> None:
    for voice, pov in (("anna", "anna"), ("friends", "side:friends"), ("truth", "truth")):
        assert link(account(voice, length="line"), 3.5) == f"report.html#t=3.5&pov={pov}&world=2"


def test_every_sentence_of_html_is_a_link_to_its_time() -> None:
    told = account("truth")
    page = Page(to_html(told))
    assert page.links == [link(told, sentence.time) for sentence in told.sentences]
    assert page.tags.count("h2") == len(told.sections)
    for sentence in told.sentences:
        assert any(sentence.text in text for text in page.texts)


def test_html_makes_no_request_and_runs_nothing() -> None:
    text = to_html(account())
    assert "script" not in Page(text).tags
    assert not re.search(r"https?:|url\(|@import|<(img|iframe|link|object)\b", text)


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("tone", ["plain", "report", "saga"])
def test_names_are_never_read_as_markup(name: str, tone: str) -> None:
    program, loaded = prepared("alley", f"people.anna.title={json.dumps(name)}")
    told = Teller(record(program, loaded, 2, 0)).tell("ben", tone=tone)
    assert any(name in s.text for s in told.sentences)
    page = Page(to_html(told))
    assert set(page.tags) <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "a", "time"}
    assert all(target.startswith("report.html#") for target in page.links)
    assert any(name in text for text in page.texts)
    plain = re.sub(r"\\(.)", "", to_markdown(told))
    assert not re.search(r"<|`|\*|\]\(|^# head|~", plain, re.MULTILINE)


def test_markdown_escapes_what_would_begin_a_block() -> None:
    assert marked("1. first") == "1\\. first"
    assert marked("- a") == "\\- a"
    assert marked("a_b [c]") == "a\\_b \\[c\\]"


def test_json_gives_each_sentence_with_what_it_rests_on() -> None:
    told = account("friends")
    data = json.loads(to_json(told))
    assert (data["schema_version"], data["scenario"], data["world"], data["as"]) == (1, "alley", 2, "friends")
    sentences = [s for section in data["sections"] for paragraph in section["paragraphs"] for s in paragraph]
    assert [s["text"] for s in sentences] == [s.text for s in told.sentences]
    assert all(s["rests"] and s["who"] in data["members"] and s["time"] <= s["end"] for s in sentences)


def test_all_formats_are_written() -> None:
    assert len({write(account(length="line"), form) for form in FORMATS}) == len(FORMATS)
