"""One page, one file: report and replays in HTML that opens from disk with the network off.

The viewer's script and style are inlined from ``tell/assets`` (built from ``viewer/``). Data stand in the page as packed
text that is never read as HTML, and a content security policy lets only that one script run and nothing be loaded.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rearguard.study.folder import RunError, tool_versions, write_atomically
from rearguard.tell.page_data import SCHEMA, Shown, scenario_data, world_data, world_entry
from rearguard.tell.page_pack import pack
from rearguard.tell.page_studies import answers_of, swings_of
from rearguard.tell.page_text import summary_html

if TYPE_CHECKING:
    from rearguard.engine import Program
    from rearguard.scenario.load import LoadedScenario
    from rearguard.study.run import Run

ASSETS = Path(__file__).parent / "assets"
LARGE, TOO_LARGE = 10_000_000, 50_000_000
"""Bytes from which a page is warned about, and from which it is only written when told to."""
MANIFEST = "rearguard-manifest"
"""Id of the element that ``rearguard rerun`` reads."""


class PageError(RunError):
    """The page's script has not been built."""


@dataclass(frozen=True)
class Page:
    """What a page shows.

    worlds: in the order of the list. run: all worlds, for the report; None for a page without them. extra: results of
    studies (Ledger, EventValue, Swing, PlanResult, TuneResult, SenseResult, Sweep, Diff), shown in the report in this order.
    """

    loaded: LoadedScenario
    program: Program
    seed: int
    worlds: list[Shown]
    run: Run | None = None
    extra: Sequence[object] = ()


def assets() -> tuple[str, str]:
    """The viewer's script and style; raises PageError where they have not been built."""
    script, style = ASSETS / "viewer.js", ASSETS / "viewer.css"
    try:
        return script.read_text(encoding="utf-8"), style.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PageError(
            "this copy of rearguard has no page: its script has not been built; run `make page` (needs npm), or install a wheel"
        ) from None


def manifest_of(page: Page) -> dict[str, Any]:
    """What the page came from, enough to play it again."""
    plan = None if page.run is None else page.run.manifest["plan"]
    return {
        "schema_version": SCHEMA,
        "versions": tool_versions(),
        "scenario": page.loaded.scenario.name,
        "path": str(page.loaded.path) if plan is None else plan["path"],
        "digest": page.loaded.digest,
        "overrides": list(page.loaded.overrides),
        "seed": page.seed,
        "worlds": None if plan is None else plan["worlds"],
        "event_worlds": None if plan is None else plan["event_worlds"],
        "shown": [entry.recording.world for entry in page.worlds if not entry.variant],
        "text": page.loaded.resolved_yaml(),
    }


def _script_json(data: Any) -> str:
    """JSON that can stand in a script element: no text of it can end the element."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def render(page: Page) -> str:
    """The page as HTML."""
    from rearguard.tell.page_report import report_data

    script, style = assets()
    compiled = page.program.compiled
    answers = answers_of(page.extra)
    head = {
        "schema": SCHEMA,
        "scenario": scenario_data(page.loaded, compiled),
        "seed": page.seed,
        "worlds": [world_entry(compiled, shown) for shown in page.worlds],
        "report": None if page.run is None else report_data(page.run),
        "versions": tool_versions(),
        "overrides": list(page.loaded.overrides),
        "swings": swings_of(page.extra),
        "answers": [answer.to_dict() for answer in answers],
    }
    script, style = script.replace("</script", "<\\/script"), style.replace("</style", "<\\/style")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    blocks = [f'<script type="text/plain" id="rearguard-page">{pack(head)}</script>']
    blocks += [
        f'<script type="text/plain" id="rearguard-world-{k}">{pack(world_data(compiled, shown))}</script>'
        for k, shown in enumerate(page.worlds)
    ]
    about = page.loaded.scenario.about or ""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(compiled.name)} · Rearguard</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            f'<main id="summary">{summary_html(compiled, about, page.worlds, page.run, answers)}</main>',
            '<div id="app"></div>',
            f'<script type="application/json" id="{MANIFEST}">{_script_json(manifest_of(page))}</script>',
            *blocks,
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def write_page(page: Page, path: Path, *, force: bool = False) -> list[str]:
    """Write the page; returns warnings. Raises RunError for one over 50 MB unless ``force``, PageError without a script."""
    text = render(page)
    size = len(text.encode())
    if size > TOO_LARGE and not force:
        raise RunError(
            f"the page would have {size / 1e6:.0f} MB, and browsers choke on such; show fewer worlds, or say --force"
        )
    write_atomically(path, lambda p: p.write_text(text, encoding="utf-8"))
    if size > LARGE:
        return [f"{path} has {size / 1e6:.0f} MB; it may open slowly"]
    return []


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a page; raises RunError for a file that is none of ours."""
    try:
        text = path.read_text(encoding="utf-8")
        start = text.index(f'id="{MANIFEST}">') + len(f'id="{MANIFEST}">')
        manifest: dict[str, Any] = json.loads(text[start : text.index("</script>", start)])
        if manifest["schema_version"] != SCHEMA:
            raise RunError(f"{path} was written by another version of rearguard ({manifest['versions']['rearguard']})")
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is not a page that rearguard wrote") from error
    return manifest


def page_of_worlds(
    loaded: LoadedScenario,
    program: Program,
    seed: int,
    worlds: Sequence[tuple[int, tuple[str, ...]]],
    *,
    against: Sequence[tuple[int, str, Any]] = (),
    run: Run | None = None,
    extra: Sequence[object] = (),
) -> Page:
    """A page of ``worlds`` (number and what each was chosen for).

    against: counterfactuals as (index of the world in ``worlds``, what is different in words, engine.Variant): the same
    worlds with the same draws, but for that.
    """
    from rearguard.engine.variant import AS_WRITTEN
    from rearguard.tell.page_record import record
    from rearguard.tell.page_stories import tell_all
    from rearguard.tell.page_studies import swings_by_world

    ids = [world for world, _ in worlds] + [worlds[index][0] for index, _, _ in against]
    variants = [AS_WRITTEN, *(variant for _, _, variant in against)]
    which = [0] * len(worlds) + list(range(1, len(against) + 1))
    recordings = record(program, seed, ids, variants, which)
    swings = swings_by_world(extra, loaded, seed)
    shown = [
        Shown(
            recordings[k],
            tags,
            stories=tell_all(loaded, program, seed, world, recordings[k].ticks, swing=swings.get(world)),
        )
        for k, (world, tags) in enumerate(worlds)
    ]
    shown += [Shown(recordings[len(worlds) + k], (), text, index) for k, (index, text, _) in enumerate(against)]
    return Page(loaded, program, seed, shown, run, extra)


def default_against(program: Program) -> list[tuple[int, str, Any]]:
    """The first world with each other value of the first choice: a page shows what else could have been decided."""
    from rearguard.engine.variant import Variant

    out = []
    compiled = program.compiled
    for name, values in list(compiled.names.choices.items())[:1]:
        index = list(compiled.names.choices).index(name)
        for k, value in enumerate(values):
            if k != int(compiled.choice_default[index]):
                out.append((0, f"{name} = {value}", Variant(choices={index: k})))
    return out[:2]


def page_of_run(run: Run, *, worlds: Sequence[int] = (), extra: Sequence[object] = ()) -> Page:
    """The page of a run; ``worlds``: further ones that were asked for, first in the list. Raises RunError."""
    from rearguard.study.run import read_run
    from rearguard.tell.page_choose import choose_worlds

    played = run.played or read_run(run.folder).played
    assert played is not None, "a run that was read has been loaded"
    loaded, program = played
    if program.device != "cpu":
        from rearguard.study.run import prepare_program

        program = prepare_program(loaded)
    chosen = [(c.world, c.tags) for c in choose_worlds(run.outcomes, worlds=worlds)]
    against = default_against(program)
    return page_of_worlds(loaded, program, run.manifest["plan"]["seed"], chosen, against=against, run=run, extra=extra)


def report(run: Run, *, force: bool = False, extra: Sequence[object] = ()) -> tuple[Path, list[str]]:
    """Write ``report.html`` into the folder of a run; returns its path and warnings.

    extra: results of studies of the same scenario, such as those of ``rearguard.ledger`` or ``rearguard.plan``, for its
    report. Raises PageError where the page has not been built, RunError where it cannot be written, TypeError for what no
    study returns.
    """
    assets()
    path = run.folder / "report.html"
    return path, write_page(page_of_run(run, extra=extra), path, force=force)
