"""A run of the small scenario: its folder, its tables, what it refuses, and how it goes on."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rearguard.scenario.errors import ScenarioError
from rearguard.study import run as study
from rearguard.study.executor import LocalThreads
from rearguard.study.folder import TABLES, RunError
from rearguard.study.run import Progress, Run, resume, run, to_tables
from worlds import program

WORLDS = 40
COLUMNS = Path(__file__).parents[2] / "docs" / "tables.md"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Run:
    return run(small, worlds=WORLDS, seed=5, out=tmp_path_factory.mktemp("run") / "out", slice_size=7)


def documented(table: str) -> dict[str, str]:
    """Columns and types of a table, as docs/tables.md says."""
    section = COLUMNS.read_text(encoding="utf-8").split(f"## {table}.parquet")[1].split("\n## ")[0]
    out: dict[str, str] = {}
    for names, types in re.findall(r"^\| ([a-z_, ]+) \| ([a-z0-9, ]+) \|", section, re.M):
        if names != "column" and not set(types) <= set("- "):
            out |= dict(zip(names.split(", "), types.split(", ") * (1 + names.count(",")), strict=False))
    return out


def type_name(field: pa.Field) -> str:
    return "string" if pa.types.is_dictionary(field.type) else str(field.type).replace("float", "float32")[:7]


def edited(small: Path, folder: Path, *pairs: tuple[str, str]) -> Path:
    text = small.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file = folder / "lane.yaml"
    file.write_text(text, encoding="utf-8")
    return file


# ------------------------------------------------------------------------------------------------------------- folder


def test_a_finished_folder_holds_the_tables_and_the_manifest_and_nothing_else(done: Run) -> None:
    assert done.status == "complete"
    assert {p.name for p in done.folder.iterdir()} == {"manifest.json", *(f"{t}.parquet" for t in TABLES)}


def test_files_follow_the_umask(small: Path, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        folder = run(small, worlds=2, out=tmp_path / "out").folder
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()}
    assert set(modes.values()) == {0o640}, modes


def test_the_manifest_says_what_was_played(done: Run, small: Path) -> None:
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert manifest["schema_version"] == 1
    assert manifest["device"] == "cpu"
    assert set(manifest["versions"]) >= {"rearguard", "python", "warp-lang", "numpy", "pyarrow", "platform"}
    assert manifest["plan"] == {
        "scenario": "lane",
        "path": str(small),
        "digest": manifest["plan"]["digest"],
        "overrides": [],
        "worlds": WORLDS,
        "seed": 5,
        "event_worlds": 2000,
        "slice_size": 7,
    }
    assert re.fullmatch("[0-9a-f]{64}", manifest["plan"]["digest"])
    assert manifest["done"] == list(range(6))
    assert "name: lane" in manifest["scenario"]
    assert manifest["wall_seconds"] > 0


def test_the_scenario_in_the_manifest_plays_the_same_worlds(done: Run, tmp_path: Path) -> None:
    file = tmp_path / "again.yaml"
    file.write_text(done.manifest["scenario"], encoding="utf-8")
    again = run(file, worlds=WORLDS, seed=5, out=tmp_path / "out")
    assert again.manifest["plan"]["digest"] == done.manifest["plan"]["digest"]
    assert again.outcomes.equals(done.outcomes)


@pytest.mark.parametrize("table", ["outcomes", "people"])
def test_columns_are_those_of_the_documentation(done: Run, table: str) -> None:
    written = {f.name: type_name(f) for f in pq.read_schema(done.folder / f"{table}.parquet")}
    assert written == documented(table)


def test_event_columns_are_those_of_the_documentation(done: Run) -> None:
    names = ["world", "tick", "time", "kind", "actor", "target", "item", "value", "x", "y"]
    assert done.events.column_names == names
    reference = COLUMNS.with_name("reference.md").read_text(encoding="utf-8")
    kinds = set(re.findall(r"^\| `([a-z_]+)` \|", reference.split("## Events")[1], re.M))
    assert set(done.events["kind"].unique().to_pylist()) <= kinds


def test_tables_are_in_world_order_and_complete(done: Run) -> None:
    assert done.outcomes["world"].to_pylist() == list(range(WORLDS))
    assert done.people["world"].to_pylist() == [w for w in range(WORLDS) for _ in range(4)]
    assert done.people["person"].to_pylist()[:4] == ["porter", "blocker", "runner_1", "runner_2"]
    worlds, ticks = done.events["world"].to_numpy(), done.events["tick"].to_numpy()
    assert np.all(np.diff(worlds) >= 0)
    assert np.all(np.diff(ticks)[np.diff(worlds) == 0] >= 0)


def test_tables_agree_with_one_another(done: Run) -> None:
    db = duckdb.connect()
    for table in TABLES:
        db.execute(f"create view {table} as select * from '{done.folder / table}.parquet'")

    def one(query: str) -> Any:
        rows = db.sql(query)
        assert rows is not None
        return rows.fetchall()[0][0]

    per_world = "(select world, count(*) n from events group by 1)"
    assert one(f"select count(*) from outcomes o join {per_world} e using (world) where o.events = e.n") == WORLDS
    ends = "select count(*) from outcomes o join events e using (world) where e.kind = 'end'"
    assert one(f"{ends} and e.item = o.outcome and abs(e.time - o.end_time) < 0.11") == WORLDS
    # contact in the table is the first contact event, whose value is the slack
    first = "(select world, min(time) t, min_by(value, time) v from events where kind = 'contact' group by 1)"
    agree = "abs(e.t - o.contact_time) < 0.11 and abs(e.v - o.slack) < 0.11"
    contacts = one("select count(*) from outcomes where contact_time is not null")
    assert 0 < contacts == one(f"select count(*) from outcomes o join {first} e using (world) where {agree}")
    assert one("select bool_and(abs(slack - (deadline - contact_time)) < 1e-4) from outcomes")
    assert one("select bool_and(agent_steps <= ticks * 4 and agent_steps > 0) from outcomes")


def test_duckdb_reads_the_tables_in_one_line(done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(done.folder)
    rows = duckdb.sql("select outcome, count(*) from 'outcomes.parquet' group by 1")
    assert rows is not None
    counts = dict(rows.fetchall())
    assert counts == {o.name: o.worlds for o in done.summary.outcomes if o.worlds}
    assert len(counts) == 2


def test_without_out_the_run_lies_under_runs_and_latest_points_to_it(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = run(small, worlds=2), run(small, worlds=2)
    assert one.folder != two.folder
    assert one.folder.parent == Path("runs")
    assert (Path("runs") / "latest").resolve() == two.folder.resolve()
    assert "lane" in one.folder.name


# ------------------------------------------------------------------------------------------------------------ summary


def test_the_summary_counts_what_the_tables_hold(done: Run) -> None:
    s = done.summary
    assert sum(o.worlds for o in s.outcomes) == s.worlds == WORLDS
    contacts = WORLDS - done.outcomes["contact_time"].null_count
    assert (s.contacts, s.censored) == (contacts, WORLDS - contacts)
    slack = np.array([x for x in done.outcomes["slack"].to_pylist() if x is not None])
    assert s.in_time is not None and s.slack is not None
    assert s.in_time.value == np.mean(np.r_[slack > 0, np.zeros(WORLDS - contacts, bool)])
    assert s.slack.value == pytest.approx(np.median(slack), rel=1e-6)
    assert s.agent_steps == sum(done.outcomes["agent_steps"].to_pylist())
    runners = next(p for p in s.people if p.name == "runner")
    rows = [r["distance"] for r in done.people.to_pylist() if r["person"].startswith("runner")]
    assert runners.means["distance"] == pytest.approx(np.mean(rows), rel=1e-6)
    assert runners.title.endswith("(each of 2)")


def test_the_typical_world_ends_as_most_do(done: Run) -> None:
    commonest = max(done.summary.outcomes, key=lambda o: o.worlds).name
    assert done.outcomes["outcome"][done.typical_world].as_py() == commonest


def test_plain_data_has_no_nan_and_no_noise_of_float32(done: Run) -> None:
    text = json.dumps(done.to_dict(), allow_nan=False)
    assert not re.search(r"\d\.\d{10,}", json.dumps(done.to_dict()["time_to_contact"])), text


def test_worlds_open_at_the_limit_are_unresolved_and_censored_there(small: Path, tmp_path: Path) -> None:
    short = run(small, worlds=10, out=tmp_path / "out", overrides=["time.limit=3 s"])
    assert short.outcomes["outcome"].null_count == 10
    assert short.outcomes["end_time"].to_numpy() == pytest.approx(3.0)
    assert [(o.name, o.worlds) for o in short.summary.outcomes] == [("caught", 0), ("opened", 0), ("unresolved", 10)]
    assert (short.summary.contacts, short.summary.censored) == (0, 10)
    assert short.summary.contact is not None and np.isnan(short.summary.contact.value)
    json.dumps(short.to_dict(), allow_nan=False)


def test_a_scenario_without_a_payload_has_no_time_to_contact(small: Path, tmp_path: Path) -> None:
    text = small.read_text(encoding="utf-8")
    text = re.sub(r"payloads:\n.*?(?=techniques:)", "", text, flags=re.S)
    text = text.replace("knows: [chest]", "knows: [porter]").replace("order: carry, target: chest,", "order: flee,")
    text = text.replace("target: chest, pace: 1.5", "target: porter, pace: 1.5")
    text = re.sub(r"caught: .*\n.*\n", 'caught: {when: "contact(foe, home)"}\n', text)
    file = tmp_path / "bare.yaml"
    file.write_text(text, encoding="utf-8")
    bare = run(file, worlds=4, out=tmp_path / "out")
    assert bare.summary.contact is None and bare.summary.slack is None
    assert bare.summary.to_dict()["time_to_contact"] is None


def test_a_full_event_log_says_how_much_room_is_missing(small: Path, tmp_path: Path) -> None:
    tight = run(small, worlds=10, seed=5, out=tmp_path / "tight", overrides=["log.events=16"])
    counted = tight.outcomes["events"].to_numpy()
    assert counted.max() > 16
    assert [bool(o & 1) for o in tight.outcomes["overflow"].to_pylist()] == (counted > 16).tolist()
    kept = np.bincount(tight.events["world"].to_numpy(), minlength=10)
    assert kept.tolist() == np.minimum(counted, 16).tolist()
    assert len(tight.summary.overflow) == 1
    assert f"set log.events to {counted.max()} or more" in tight.summary.overflow[0]
    roomy = run(small, worlds=10, seed=5, out=tmp_path / "roomy", overrides=[f"log.events={counted.max()}"])
    assert roomy.summary.overflow == []
    for column in ("outcome", "end_time", "slack", "events"):
        assert roomy.outcomes[column].equals(tight.outcomes[column])


def test_worlds_that_keep_no_events_get_no_advice_about_them(small: Path, tmp_path: Path) -> None:
    silent = run(small, worlds=10, out=tmp_path / "out", overrides=["log.events=16"], event_worlds=0)
    assert silent.events.num_rows == 0
    assert silent.events.column_names[0] == "world"
    assert silent.summary.overflow == []


def test_only_the_first_worlds_keep_their_events_when_told_so(small: Path, done: Run, tmp_path: Path) -> None:
    few = run(small, worlds=WORLDS, seed=5, out=tmp_path / "out", event_worlds=10, slice_size=7)
    assert set(few.events["world"].to_pylist()) == set(range(10))
    counted = done.outcomes["events"].to_pylist()
    assert few.outcomes["events"].to_pylist() == counted[:10] + [None] * (WORLDS - 10)
    assert few.outcomes.drop_columns("events").equals(done.outcomes.drop_columns("events"))
    assert few.events.to_pylist() == [e for e in done.events.to_pylist() if e["world"] < 10]


# ----------------------------------------------------------------------------------------------------------- progress


def test_progress_goes_up_to_the_end_and_its_counts_add_up(small: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    run(small, worlds=20, out=tmp_path / "out", slice_size=5, progress=seen.append)
    assert [p.done for p in seen] == [5, 10, 15, 20]
    assert all(sum(p.counts) == p.done == p.played and p.total == 20 for p in seen)
    assert all(len(p.counts) == len(p.outcomes) + 1 for p in seen)


# ------------------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("wish", "text"),
    [
        ({"seed": -1}, "seed must lie between 0 and 2^32 - 1, found -1"),
        ({"seed": 2**32}, "found 4294967296"),
        ({"worlds": 0}, "at least 1 world, found 0"),
        ({"worlds": 2**32 + 1}, "at most 2^32 worlds"),
        ({"threads": 0}, "from 1 up"),
        ({"slice_size": 0}, "from 1 up"),
        ({"slice_size": -4}, "from 1 up"),
    ],
)
def test_impossible_wishes_are_refused(small: Path, tmp_path: Path, wish: dict[str, Any], text: str) -> None:
    with pytest.raises(RunError, match=re.escape(text)):
        run(small, out=tmp_path / "out", **wish)
    assert not (tmp_path / "out").exists()


def test_the_largest_seed_plays(small: Path, tmp_path: Path) -> None:
    assert run(small, worlds=2, seed=2**32 - 1, out=tmp_path / "out").status == "complete"


def test_a_folder_that_holds_a_run_is_refused_and_left_alone(small: Path, done: Run) -> None:
    before = (done.folder / "manifest.json").read_bytes()
    with pytest.raises(RunError, match="already holds a run.*--resume"):
        run(small, worlds=2, out=done.folder)
    assert (done.folder / "manifest.json").read_bytes() == before


def test_parts_without_a_manifest_are_not_taken_for_this_run(small: Path, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "outcomes-000000.parquet").write_bytes(b"?")
    with pytest.raises(RunError, match="lost its manifest"):
        run(small, worlds=2, out=tmp_path)


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/rearguard/out"])
def test_a_place_that_cannot_be_written_is_refused(small: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="is a file|cannot write"):
        run(small, worlds=2, out=tmp_path / place)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_scenario_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises((ScenarioError, RunError), match=r"nowhere\.yaml"):
        run(tmp_path / "nowhere.yaml", worlds=2)


# -------------------------------------------------------------------------------------------------------------- resume


class BrokenOffError(Exception):
    """Stands for whatever ends a process."""


def interrupted(small: Path, folder: Path, after: int, **more: Any) -> None:
    """A run of 40 worlds that broke off after some slices, as its folder would lie there."""
    left = [after]

    def count_down(p: Progress) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        run(small, worlds=WORLDS, seed=5, out=folder, slice_size=7, threads=1, progress=count_down, **more)


def test_a_resumed_run_is_the_uninterrupted_one(small: Path, done: Run, tmp_path: Path) -> None:
    interrupted(small, tmp_path / "out", after=2)
    parts = sorted(p.name for p in (tmp_path / "out" / "parts").iterdir())
    assert [p for p in parts if p.startswith("outcomes")] == ["outcomes-000000.parquet", "outcomes-000001.parquet"]
    seen: list[Progress] = []
    whole = resume(tmp_path / "out", progress=seen.append)
    assert whole.status == "complete"
    assert (seen[0].done, seen[0].played) == (7, 0)
    assert (seen[-1].done, seen[-1].played) == (WORLDS, WORLDS - 14)
    for table in TABLES:
        ours, theirs = (pq.read_table(f / f"{table}.parquet") for f in (whole.folder, done.folder))
        assert ours.equals(theirs), table
    assert whole.to_dict()["outcomes"] == done.to_dict()["outcomes"]


def test_parts_that_are_missing_or_cut_off_are_played_again(small: Path, done: Run, tmp_path: Path) -> None:
    interrupted(small, tmp_path / "out", after=5)
    parts = tmp_path / "out" / "parts"
    (parts / "people-000001.parquet").unlink()
    cut = parts / "events-000002.parquet"
    cut.write_bytes(cut.read_bytes()[:100])
    (parts / "outcomes-000003.parquet").write_bytes(b"")
    (parts / ".outcomes-000004.parquet.1.part").write_bytes(b"half")
    (tmp_path / "out" / ".outcomes.parquet.1.part").write_bytes(b"half")
    whole = resume(tmp_path / "out")
    assert whole.outcomes.equals(done.outcomes)
    assert whole.people.equals(done.people)
    assert whole.events.equals(done.events)
    assert {p.name for p in whole.folder.iterdir()} == {"manifest.json", *(f"{t}.parquet" for t in TABLES)}


def test_resume_needs_neither_the_folder_it_was_started_in_nor_its_threads(
    small: Path, done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    own = edited(small, tmp_path / "here")
    interrupted(Path(own.name), tmp_path / "out", after=1)
    monkeypatch.chdir(tmp_path / "there")
    assert resume(tmp_path / "out", threads=2).outcomes.equals(done.outcomes)


def test_resume_refuses_a_scenario_that_has_changed(small: Path, tmp_path: Path) -> None:
    own = edited(small, tmp_path)
    interrupted(own, tmp_path / "out", after=1)
    edited(small, tmp_path, ("sprint: 6.5 m/s", "sprint: 6.4 m/s"))
    with pytest.raises(RunError, match="cannot be resumed.*digest was"):
        resume(tmp_path / "out")


def test_resume_takes_a_scenario_of_which_only_the_wording_changed(small: Path, tmp_path: Path) -> None:
    own = edited(small, tmp_path)
    interrupted(own, tmp_path / "out", after=1)
    edited(small, tmp_path, ("about: A porter", "# a remark\nabout: The porter"))
    assert resume(tmp_path / "out").status == "complete"


def test_resume_keeps_the_overrides(small: Path, tmp_path: Path) -> None:
    interrupted(small, tmp_path / "out", after=1, overrides=["time.limit=3 s"])
    assert resume(tmp_path / "out").outcomes["outcome"].null_count == WORLDS


def test_resume_refuses_what_is_no_open_run(done: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="complete: 40 worlds"):
        resume(done.folder)
    with pytest.raises(RunError, match="holds no run"):
        resume(tmp_path)
    for text in ("", "[]", "{}", '{"schema_version": 99}', '{"schema_version": 1}'):
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
        with pytest.raises(RunError, match=r"manifest\.json"):
            resume(tmp_path)


def test_resume_refuses_another_version(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(small, tmp_path / "out", after=1)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    manifest["versions"]["rearguard"] = "0.0.1"
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(RunError, match=r"begun with rearguard 0\.0\.1"):
        resume(tmp_path / "out")


class _Elsewhere(LocalThreads):
    """Threads that get what they play as a cluster does: as a parcel."""

    is_here = False


def test_a_run_played_elsewhere_has_the_same_rows_and_goes_on_here(
    small: Path, done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(study, "open_executor", lambda ray, threads: _Elsewhere(2))
        there = run(small, worlds=WORLDS, seed=5, out=tmp_path / "there", slice_size=7, ray="auto")
        interrupted(small, tmp_path / "part", after=2)
    again = resume(tmp_path / "part", threads=1)
    for name in TABLES:
        assert getattr(there, name).equals(getattr(done, name))
        assert getattr(again, name).equals(getattr(done, name))


@pytest.mark.parametrize(
    ("wish", "text"),
    [
        ({"ray": "local", "device": "cuda:0"}, "a device is of this machine"),
        ({"ray": "local", "threads": 2}, "--ray plays on a cluster"),
    ],
)
def test_a_cluster_has_no_device_and_threads_of_its_own(
    small: Path, tmp_path: Path, wish: dict[str, Any], text: str
) -> None:
    with pytest.raises(RunError, match=text):
        run(small, out=tmp_path / "out", **wish)
    assert not (tmp_path / "out").exists()


def test_slices_cover_every_world_once(small: Path) -> None:
    from rearguard.scenario.load import load_scenario

    loaded = load_scenario(small)
    for worlds, slots in ((1, 1), (7, 2), (1000, 2), (100_000, 16), (2**32, 2)):
        plan = study.make_plan(loaded, worlds=worlds, seed=0, event_worlds=0, slice_size=None, slots=slots)
        size = plan["slice_size"]
        assert 1 <= size <= study.LARGEST_SLICE
        assert size <= max(1, worlds)


def test_a_run_does_not_change_its_device_half_way(tmp_path: Path, small: Path) -> None:
    folder = tmp_path / "run"
    run(small, worlds=4, out=folder)
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**manifest, "status": "interrupted", "device": "cuda:0"}), encoding="utf-8")
    with pytest.raises(RunError, match=r"begun on cuda:0 and cannot go on on cpu"):
        resume(folder, device="cpu")
    with pytest.raises(RunError, match="cannot go on on the processors of a cluster"):
        resume(folder, ray="local")


def test_stages_are_named_by_the_payload_they_are_of() -> None:
    text = """
map: {metres_per_cell: 10 m, ascii: "...........\\n..........."}
time: {limit: 20 s}
people:
  one: {side: home, at: [20, 10], doctrine: stay}
  two: {side: home, at: [60, 10], doctrine: stay}
payloads:
  chest: {carriers: [one], stages: [{name: shut, lasts: 3 s}, {name: open}]}
  lamp: {carriers: [two], stages: [{name: lit, lasts: 5 s}, {name: low, lasts: 4 s}, {name: dark}]}
doctrines:
  stay: {options: [{order: hold}]}
ends:
  over: {when: "time > 15 s"}
"""
    played = program(text)
    events = to_tables(played.compiled, played.play(1, np.arange(2)), 2)["events"].to_pylist()
    told = [(e["target"], e["item"]) for e in events if e["kind"] == "stage" and e["world"] == 0]
    assert sorted(told) == [("chest", "open"), ("lamp", "dark"), ("lamp", "low")]
