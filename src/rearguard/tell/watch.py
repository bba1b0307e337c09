"""Pages on demand: worlds of a scenario or of a run, and a page played again from what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rearguard.study.folder import RunError
from rearguard.tell import page as pages
from rearguard.tell.page_studies import with_studies

if TYPE_CHECKING:
    from rearguard.scenario.compiled import Names
    from rearguard.scenario.load import LoadedScenario

Say = Callable[[str], None]


@dataclass(frozen=True)
class Watched:
    """A page that was written: where, the worlds it shows, and warnings."""

    path: Path
    worlds: list[int]
    warnings: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {"schema_version": 1, "page": str(self.path), "worlds": self.worlds, "warnings": self.warnings}


def run_folder(target: str) -> Path | None:
    """The folder of a run that ``target`` names; None when it names none."""
    path = Path(target)
    if path.is_file() and path.name == "latest":  # where links are not allowed
        path = path.parent / path.read_text(encoding="utf-8").strip()
    return path if path.is_dir() and (path / "manifest.json").is_file() else None


def parse_against(text: str, names: Names) -> tuple[str, Any]:
    """``choice=value`` as what is different in words and as a variant; raises RunError with the nearest right thing."""
    from rearguard.engine.variant import Variant
    from rearguard.scenario.errors import did_you_mean

    choice, equals, value = text.partition("=")
    if not equals:
        raise RunError(f"--against takes CHOICE=VALUE, found '{text}'")
    if choice not in names.choices:
        if not names.choices:
            raise RunError("--against: this scenario has no choices")
        raise RunError(f"--against: there is no choice '{choice}'; {did_you_mean(choice, list(names.choices))}")
    values = names.choices[choice]
    if value not in values:
        raise RunError(f"--against: '{choice}' cannot be '{value}'; {did_you_mean(value, values)}")
    return f"{choice} = {value}", Variant(choices={list(names.choices).index(choice): values.index(value)})


def watch(
    target: str | Path | LoadedScenario,
    *,
    worlds: Sequence[int] = (),
    seed: int = 0,
    overrides: Sequence[str] = (),
    against: Sequence[str] = (),
    swing: bool = False,
    ledger: bool = False,
    extra: Sequence[object] = (),
    out: str | Path | None = None,
    force: bool = False,
    say: Say | None = None,
) -> Watched:
    """Write the page of a run, or of some worlds of a scenario (default: world 0).

    swing: the chance to be in time at every moment of the first world, too; ledger: what each act was worth, for the
    report; extra: results of studies of the same scenario, for the report. against: ``choice=value`` texts; the first
    world is played under each as well. Default: the first choice's other values. Raises ScenarioError, RunError, and
    PageError where the page has not been built.
    """
    from rearguard.scenario.load import LoadedScenario, load_scenario
    from rearguard.study.run import check_seed, prepare_program, read_run

    pages.assets()
    for world in worlds:
        if not 0 <= world < 2**32:
            raise RunError(f"the world must lie between 0 and 2^32 - 1, found {world}")
    check_seed(seed)
    folder = None if isinstance(target, LoadedScenario) else run_folder(str(target))
    if folder is not None:
        page = pages.page_of_run(read_run(folder, say=say), worlds=worlds, extra=extra)
        path = Path(out) if out is not None else folder / "report.html"
    else:
        loaded = target if isinstance(target, LoadedScenario) else load_scenario(target, overrides=overrides)
        program = prepare_program(loaded, "cpu", say)
        asked = [(world, ("asked for",)) for world in dict.fromkeys(worlds or (0,))]
        names = program.compiled.names
        variants = [(0, *parse_against(text, names)) for text in against] if against else pages.default_against(program)
        page = pages.page_of_worlds(loaded, program, seed, asked, against=variants, extra=extra)
        path = Path(out) if out is not None else default_page(page)
    if swing or ledger:
        page = with_studies(page, swing=swing, ledger=ledger, say=say)
    warnings = pages.write_page(page, path, force=force)
    return Watched(path, [entry.recording.world for entry in page.worlds], warnings)


def default_page(page: pages.Page) -> Path:
    """replays/NAME-sSEED-wWORLD.html under the working folder."""
    world = page.worlds[0].recording.world
    return Path("replays") / f"{page.loaded.scenario.name}-s{page.seed}-w{world}.html"


def scenario_of(page: Path) -> tuple[LoadedScenario, dict[str, Any]]:
    """The scenario that a page came from, and its manifest.

    The file it names, when that still plays the same; else the text in the page, kept in the cache folder. Raises
    RunError when neither does.
    """
    import platformdirs

    from rearguard.scenario.errors import ScenarioError
    from rearguard.scenario.load import load_scenario

    manifest = pages.read_manifest(page)
    found = "is not there any more"
    if Path(manifest["path"]).is_file():
        try:
            loaded = load_scenario(manifest["path"], overrides=manifest["overrides"])
            if loaded.digest == manifest["digest"]:
                return loaded, manifest
        except ScenarioError:
            pass
        found = "has changed"
    kept = platformdirs.user_cache_path("rearguard") / "rerun" / f"{manifest['digest'][:16]}.yaml"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(manifest["text"], encoding="utf-8")
        loaded = load_scenario(kept)
    except (OSError, ScenarioError) as error:
        raise RunError(
            f"{manifest['path']} {found}, and the text in {page} does not stand alone: {str(error).splitlines()[0]}"
        ) from error
    if loaded.digest != manifest["digest"]:
        raise RunError(
            f"{manifest['path']} {found}, and the text in {page} plays differently with this version of rearguard "
            f"(the page was written by {manifest['versions']['rearguard']})"
        )
    return loaded, manifest
