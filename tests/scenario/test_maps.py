"""Maps: what Tiled files and drawings say is what planning sees, and what is wrong with one is said with its place."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rearguard.scenario.fields import Mobility, build_fields, next_cell, travel_time
from rearguard.scenario.grounds import BUILT_IN, GroundError, resolve_grounds
from rearguard.scenario.maps import GroundMap, MapError, load_map
from rearguard.scenario.schema import AsciiMap, Ground, TiledMap

EAST_GATE = Path(__file__).parents[2] / "src" / "rearguard" / "scenarios" / "east_gate"

TILES = """
 <tile id="0" type="street"/>
 <tile id="1" type="roof"><properties><property name="elevation" type="float" value="5"/></properties></tile>
 <tile id="2" type="forest"/>
 <tile id="3" type="wall"/>
 <tile id="4"><properties><property name="elevation" type="float" value="7.5"/></properties></tile>
"""
GROUND = [[1, 1, 2, 2], [1, 3, 3, 1], [1, 1, 4, 1]]
COMMON = {"opacity": 1, "visible": True, "x": 0, "y": 0}
JSON_MAP = json.dumps({
    "type": "map", "version": "1.10", "tiledversion": "1.10.2", "orientation": "orthogonal", "infinite": False,
    "renderorder": "right-down", "width": 4, "height": 3, "tilewidth": 16, "tileheight": 16, "nextlayerid": 2,
    "nextobjectid": 1, "properties": [{"name": "metres_per_tile", "type": "float", "value": 2}],
    "tilesets": [{
        "firstgid": 1, "name": "t", "tilewidth": 16, "tileheight": 16, "tilecount": 4, "columns": 4, "spacing": 0,
        "margin": 0, "tiles": [
            {"id": 0, "type": "street"},
            {"id": 1, "type": "roof", "properties": [{"name": "elevation", "type": "float", "value": 5.0}]},
            {"id": 2, "type": "forest"},
            {"id": 3, "type": "wall"},
        ],
    }],
    "layers": [
        {"id": 1, "name": "ground", "type": "tilelayer", "data": sum(GROUND, []), "width": 4, "height": 3, **COMMON},
        {"id": 2, "name": "ways", "type": "objectgroup", "draworder": "topdown", **COMMON, "objects": []},
    ],
})  # fmt: skip
PROPERTIES = '<properties><property name="metres_per_tile" type="float" value="2"/></properties>'


def layer(name: str, grid: list[list[int]], extra: str = "") -> str:
    """A tile layer in CSV."""
    rows = ",\n".join(",".join(map(str, row)) for row in grid)
    size = f'width="{len(grid[0])}" height="{len(grid)}"'
    return f'<layer id="9" name="{name}" {size} {extra}><data encoding="csv">\n{rows}\n</data></layer>'


def tmx(
    body: str | None = None,
    objects: str = "",
    properties: str = PROPERTIES,
    kind: str = 'orientation="orthogonal" infinite="0"',
    tileset: str | None = None,
) -> str:
    """A map of 4 x 3 tiles of 16 pixels."""
    embedded = (
        f'<tileset firstgid="1" name="t" tilewidth="16" tileheight="16" tilecount="5" columns="5">{TILES}</tileset>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<map version="1.10" tiledversion="1.10.2" {kind} '
        'renderorder="right-down" width="4" height="3" tilewidth="16" tileheight="16" nextlayerid="9" '
        f'nextobjectid="99">\n{properties}\n{embedded if tileset is None else tileset}\n'
        f"{layer('ground', GROUND) if body is None else body}\n"
        f'<objectgroup id="3" name="places">\n{objects}\n</objectgroup>\n</map>\n'
    )


def read(folder: Path, text: str | bytes, name: str = "map.tmx") -> GroundMap:
    """Write a map file and load it."""
    file = folder / name
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text, encoding="utf-8")
    return load_map(name, folder)


def error(folder: Path, text: str | bytes, name: str = "map.tmx") -> MapError:
    """The MapError that a map file raises."""
    with pytest.raises(MapError) as caught:
        read(folder, text, name)
    return caught.value


def kinds(ground: GroundMap) -> list[list[str]]:
    """Ground type names, row by row."""
    return [[ground.grounds[index] for index in row] for row in ground.ground]


# --------------------------------------------------------------------------------------------------------- ground types


def test_every_built_in_ground_has_sane_values() -> None:
    for name, ground in BUILT_IN.items():
        assert ground.name == name
        assert 1.0 <= ground.energy <= 2.1
        assert 0.0 <= ground.speed <= 1.0 and 0.0 <= ground.sign <= 1.0 and 0.0 <= ground.cover <= 0.2
        assert ground.passable == (ground.speed > 0.0)
    assert (BUILT_IN["street"].energy, BUILT_IN["sand"].energy, BUILT_IN["brush"].energy) == (1.0, 2.1, 1.5)


def test_ground_overrides_keep_what_they_do_not_mention() -> None:
    resolved = resolve_grounds({"roof": Ground(speed=0.5), "ice": Ground(like="street", friction=0.1)})
    assert resolved["roof"].speed == 0.5
    assert resolved["roof"].sign == BUILT_IN["roof"].sign
    assert resolved["ice"].name == "ice"
    assert (resolved["ice"].friction, resolved["ice"].speed) == (0.1, 1.0)
    assert resolved["forest"] == BUILT_IN["forest"]


def test_a_ground_without_speed_cannot_be_entered() -> None:
    assert not resolve_grounds({"mud": Ground(speed=0.0)})["mud"].passable


def test_incomplete_grounds_are_refused_with_advice() -> None:
    with pytest.raises(GroundError, match="ice.*speed") as caught:
        resolve_grounds({"ice": Ground(friction=0.1)})
    assert caught.value.ground == "ice"
    assert "like" in str(caught.value.hint)
    with pytest.raises(GroundError, match="stret") as caught:
        resolve_grounds({"ice": Ground(like="stret")})
    assert "'street'" in str(caught.value.hint)


# ---------------------------------------------------------------------------------------------------------------- Tiled


def test_a_tiled_map_gives_ground_heights_places_and_routes(tmp_path: Path) -> None:
    objects = """
    <object id="1" name="start" x="8" y="8"><point/></object>
    <object id="2" name="yard" class="place" x="0" y="0" width="32" height="16"/>
    <object id="3" name="pond" x="0" y="16" width="16" height="32"><ellipse/></object>
    <object id="4" name="corner" x="64" y="0"><polygon points="0,0 -32,0 0,32"/></object>
    <object id="5" name="way" type="route" x="8" y="40">
      <properties><property name="width" type="float" value="3"/></properties><polyline points="0,0 48,0"/></object>
    """
    ground = read(tmp_path, tmx(objects=objects))
    assert kinds(ground) == [
        ["street", "street", "roof", "roof"],
        ["street", "forest", "forest", "street"],
        ["street", "street", "wall", "street"],
    ]
    assert ground.cell == 2.0
    assert (ground.width, ground.height) == (8.0, 6.0)
    assert ground.elevation.dtype == np.float32
    assert ground.elevation[0].tolist() == [0.0, 0.0, 5.0, 5.0]
    assert not ground.passable()[2, 2]
    assert ground.index(7.9, 0.1) == (0, 3)
    places = ground.places
    assert (places["start"].x, places["start"].y) == (1.0, 1.0)
    # within 3 m and on its level: the roof next to it is not part of it
    assert places["start"].mask.tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [False, False, False, False],
    ]
    assert np.argwhere(places["yard"].mask).tolist() == [[0, 0], [0, 1]]
    assert np.argwhere(places["pond"].mask).tolist() == [[1, 0], [2, 0]]
    assert places["corner"].mask[0, 3] and not places["corner"].mask[2].any()
    assert ground.routes["way"].points.tolist() == [[1.0, 5.0], [7.0, 5.0]]
    assert ground.routes["way"].width == 3.0


def test_later_ground_layers_lie_over_earlier_ones(tmp_path: Path) -> None:
    over = [[0, 3, 0, 0], [0, 0, 0, 0], [0, 0, 0, 2]]
    ground = read(tmp_path, tmx(layer("ground", GROUND) + layer("ground_details", over)))
    assert kinds(ground)[0] == ["street", "forest", "roof", "roof"]
    assert ground.elevation[2, 3] == 5.0


def test_heights_come_from_tiles_then_layers_then_objects(tmp_path: Path) -> None:
    heights = [[0, 5, 5, 0], [0] * 4, [0] * 4]
    shapes = """<objectgroup id="7" name="elevation"><object id="20" x="0" y="0" width="32" height="16">
      <properties><property name="elevation" type="float" value="1.25"/></properties></object></objectgroup>"""
    ground = read(tmp_path, tmx(layer("ground", GROUND) + layer("elevation", heights) + shapes))
    assert ground.elevation[0].tolist() == [1.25, 1.25, 7.5, 5.0]


def test_a_rotated_rectangle_turns_about_its_corner(tmp_path: Path) -> None:
    # a quarter turn clockwise about (32, 0): the 48 x 16 rectangle hangs down in the second column
    objects = '<object id="1" name="bar" x="32" y="0" width="48" height="16" rotation="90"/>'
    ground = read(tmp_path, tmx(objects=objects))
    assert np.argwhere(ground.places["bar"].mask).tolist() == [[0, 1], [1, 1], [2, 1]]


def test_the_scenario_may_say_how_large_a_tile_is(tmp_path: Path) -> None:
    (tmp_path / "map.tmx").write_text(tmx(properties=""))
    spec = TiledMap.model_validate({"tiled": "map.tmx", "metres_per_tile": "4 m"})
    assert load_map(spec, tmp_path).width == 16.0


def test_json_and_packed_maps_say_the_same_as_xml(tmp_path: Path) -> None:
    plain = read(tmp_path, tmx())
    flat = [gid for row in GROUND for gid in row]
    packed = base64.b64encode(zlib.compress(struct.pack(f"<{len(flat)}I", *flat))).decode()
    data = f'<data encoding="base64" compression="zlib">{packed}</data>'
    zipped = f'<layer id="1" name="ground" width="4" height="3">{data}</layer>'
    assert read(tmp_path, tmx(zipped), "zipped.tmx").digest == plain.digest
    flipped = [[gid | 0x80000000 for gid in row] for row in GROUND]
    assert read(tmp_path, tmx(layer("ground", flipped)), "flipped.tmx").digest == plain.digest
    assert read(tmp_path, JSON_MAP, "map.tmj").digest == plain.digest


def test_the_digest_changes_with_anything_that_matters(tmp_path: Path) -> None:
    plain = read(tmp_path, tmx()).digest
    assert read(tmp_path, tmx()).digest == plain
    point = '<object id="1" name="start" x="{x}" y="8"><point/></object>'
    others = {
        read(tmp_path, tmx(objects=point.format(x=8))).digest,
        read(tmp_path, tmx(objects=point.format(x=9))).digest,
        read(tmp_path, tmx(properties=PROPERTIES.replace('"2"', '"2.5"'))).digest,
        read(tmp_path, tmx(layer("ground", [[1, 1, 1, 1], *GROUND[1:]]))).digest,
        load_map("map.tmx", tmp_path, {"forest": Ground(speed=0.5)}).digest,
    }
    assert len(others | {plain}) == 6


# --------------------------------------------------------------------------------------------------------- Tiled errors


def test_a_missing_map_names_the_nearest_file(tmp_path: Path) -> None:
    (tmp_path / "village.tmx").write_text(tmx())
    with pytest.raises(MapError, match=r"no map 'vilage.tmx'.*did you mean 'village.tmx'"):
        load_map("vilage.tmx", tmp_path)


def test_an_unknown_ground_names_the_nearest_and_its_line(tmp_path: Path) -> None:
    found = error(tmp_path, tmx().replace('type="forest"', 'type="forrest"'))
    assert "'forrest'" in found.message and "column 2, row 2" in found.message
    assert found.hint == "did you mean 'forest'?"
    assert found.line == tmx().splitlines().index(' <tile id="2" type="forest"/>') + 1


def test_an_object_outside_the_map_says_where_it_is(tmp_path: Path) -> None:
    found = error(tmp_path, tmx(objects='<object id="7" name="far" x="640" y="8"><point/></object>'))
    assert "'far' reaches x = 80.0 m, y = 1.0 m; the map ends at 8 m, 6 m" in found.message
    assert (
        found.line is not None
        and 'id="7"'
        in tmx(objects='<object id="7" name="far" x="640" y="8"><point/></object>').splitlines()[found.line - 1]
    )


OBJECT_MISTAKES = {
    "two places called 'a'": '<object id="1" name="a" x="1" y="1"><point/></object>'
    '<object id="2" name="a" x="9" y="9"><point/></object>',
    "two routes called 'a'": '<object id="1" name="a" x="1" y="1"><polyline points="0,0 9,9"/></object>'
    '<object id="2" name="a" x="9" y="9"><polyline points="0,0 9,9"/></object>',
    "has no name": '<object id="1" x="1" y="1"><point/></object>',
    "'My Place' is not a name": '<object id="1" name="My Place" x="1" y="1"><point/></object>',
    "class 'plaice'": '<object id="1" name="a" type="plaice" x="1" y="1"><point/></object>',
    "does not fit its shape": '<object id="1" name="a" type="route" x="1" y="1"><point/></object>',
    "where nobody can go": '<object id="1" name="a" x="33" y="33" width="10" height="10"/>',
    "has width 'wide'": '<object id="1" name="a" x="1" y="1"><properties><property name="width" value="wide"/>'
    '</properties><polyline points="0,0 9,9"/></object>',
    "reaches x = ": '<object id="1" name="a" x="40" y="8" width="40" height="4"/>',
}


@pytest.mark.parametrize("words", OBJECT_MISTAKES)
def test_mistakes_in_objects_are_said_with_their_line(tmp_path: Path, words: str) -> None:
    found = error(tmp_path, tmx(objects=OBJECT_MISTAKES[words]))
    assert words in found.message
    assert found.line is not None
    assert found.hint


def test_a_name_that_is_none_gets_a_suggestion(tmp_path: Path) -> None:
    assert "my_place" in str(error(tmp_path, tmx(objects=OBJECT_MISTAKES["'My Place' is not a name"])).hint)


BROKEN: dict[str, tuple[str, str | bytes]] = {
    "empty": ("empty", ""),
    "binary": ("not text", b"\x89PNG\r\n\x1a\n\xff\xfe\x00"),
    "another language": ("neither Tiled's XML nor its JSON", "people:\n  - nobody\n"),
    "cut off": ("XML is broken", tmx()[:500]),
    "no map": ("is missing", "<html><body/></html>"),
    "json that is no map": ("is missing", "{}"),
    "json that is a list": ("not a map that Tiled would save", "[1, 2]"),
    "isometric": ("the map is isometric", tmx(kind='orientation="isometric" infinite="0"')),
    "infinite": ("the map is infinite", tmx(kind='orientation="orthogonal" infinite="1"')),
    "no scale": ("nothing says how large a tile is", tmx(properties="")),
    "bad scale": ("metres_per_tile is 'two'", tmx(properties=PROPERTIES.replace('float" value="2"', '" value="two"'))),
    "negative scale": ("metres_per_tile is -2", tmx(properties=PROPERTIES.replace('"2"', '"-2"'))),
    "no ground layer": ("there is no tile layer 'ground'; the tile layers are: 'floor'", tmx(layer("floor", GROUND))),
    "hole": ("1 tiles have no ground, the first in column 3, row 2",
             tmx(layer("ground", [GROUND[0], [1, 1, 0, 1], GROUND[2]]))),
    "short layer": ("holds 8 tiles instead of 4 x 3", tmx(layer("ground", GROUND[:2]))),
    "letters in a layer": ("not a map that Tiled would save", tmx(layer("ground", GROUND).replace("1,1", "1,x", 1))),
    "tile of no tileset": ("belongs to no tileset", tmx(layer("ground", [[1, 1, 77, 1], *GROUND[1:]]))),
    "tile without class": ("has no class", tmx(layer("ground", [[1, 1, 5, 1], *GROUND[1:]]))),
    "tile without height": ("has no elevation", tmx(layer("ground", GROUND) + layer("elevation", [[1] * 4] * 3))),
    "shifted layer": ("is shifted", tmx(layer("ground", GROUND, 'offsetx="8" offsety="0"'))),
    "missing tileset": ("the tileset 'gone.tsx' is missing", tmx(tileset='<tileset firstgid="1" source="gone.tsx"/>')),
    "tiles not square": ("are not square", tmx().replace('tileheight="16" nextlayerid', 'tileheight="8" nextlayerid')),
    "flat elevation object": ("gives no height", tmx(layer("ground", GROUND) + '<objectgroup id="7" name="elevation">'
                              '<object id="20" x="0" y="0" width="32" height="16"/></objectgroup>')),
    "billion laughs": ("", '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "' + "x" * 99 + '">'
                       + "".join(f'<!ENTITY {b} "{f"&{a};" * 30}">' for a, b in zip("abcdef", "bcdefg", strict=True))
                       + "]><map>&g;</map>"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_maps_raise_nothing_but_a_map_error(tmp_path: Path, case: str) -> None:
    words, text = BROKEN[case]
    found = error(tmp_path, text)
    assert words in found.message
    assert found.file == tmp_path / "map.tmx"


def test_a_broken_tileset_is_named_itself(tmp_path: Path) -> None:
    (tmp_path / "tiles.tsx").write_text('<tileset name="t" tilewidth="16"')
    found = error(tmp_path, tmx(tileset='<tileset firstgid="1" source="tiles.tsx"/>'))
    assert found.file == tmp_path / "tiles.tsx"
    assert found.line == 1


def test_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "map.tmx").mkdir()
    with pytest.raises(MapError, match="is not a file"):
        load_map("map.tmx", tmp_path)
    with (tmp_path / "huge.tmx").open("wb") as huge:
        huge.truncate(50 * 1024 * 1024)
    with pytest.raises(MapError, match="50 MB; at most 32 MB"):
        load_map("huge.tmx", tmp_path)


@pytest.mark.parametrize("share", range(3, 100, 6))
def test_no_cut_of_a_map_file_escapes_as_another_error(tmp_path: Path, share: int) -> None:
    text = tmx(objects='<object id="1" name="a" x="1" y="1"><point/></object>')
    assert error(tmp_path, text[: len(text) * share // 100]).file is not None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_value_of_a_json_map_escapes_as_another_error(tmp_path: Path, data: st.DataObject) -> None:
    content = json.loads(JSON_MAP)
    shape = {"id": 1, "name": "a", "type": "", "x": 8, "y": 8, "width": 0, "height": 0, "rotation": 0, "visible": True}
    line = {**shape, "id": 2, "name": "b", "polyline": [{"x": 0, "y": 0}, {"x": 9, "y": 9}]}
    content["layers"][1]["objects"] = [{**shape, "point": True}, line]
    where, key = data.draw(st.sampled_from(list(slots(content))))
    where[key] = data.draw(st.sampled_from([None, -1, 0, 1e999, "x", "", [], {}, [None], {"a": 1}, True, "9" * 40]))
    try:
        assert read(tmp_path, json.dumps(content), "map.tmj").rows >= 1
    except MapError as found:
        assert found.message


def slots(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON document where a value stands."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from slots(value)


# ------------------------------------------------------------------------------------------------------------- drawings


def ascii_map(drawing: str, legend: dict[str, object] | None = None) -> GroundMap:
    """The map of a drawing with cells of 1 m."""
    return load_map(AsciiMap.model_validate({"ascii": drawing, "legend": legend or {}}), Path())


def test_a_drawing_uses_the_predefined_letters() -> None:
    ground = ascii_map('.,"f\n#=~.\n')
    assert kinds(ground) == [["street", "path", "grass", "forest"], ["wall", "roof", "water", "street"]]
    assert ground.elevation[1, 1] == 5.0
    assert ground.elevation[1, 0] > 2.0
    assert ground.passable().tolist() == [[True] * 4, [False, True, True, True]]


def test_capital_letters_are_places_on_their_left_neighbours_ground() -> None:
    ground = ascii_map("..ffA\n==BB.\nC,...\n")
    assert kinds(ground)[0][4] == "forest"
    assert kinds(ground)[1][2:4] == ["roof", "roof"]
    assert ground.elevation[1, 2:4].tolist() == [5.0, 5.0]
    assert kinds(ground)[2][0] == "path"
    assert set(ground.places) == {"a", "b", "c"}
    assert (ground.places["a"].x, ground.places["a"].y) == (4.5, 0.5)
    assert np.argwhere(ground.places["b"].mask).tolist() == [[1, 2], [1, 3]]


def test_a_legend_adds_grounds_heights_and_places() -> None:
    legend = {"m": "mud", "t": {"ground": "roof", "elevation": "7.5 m", "place": "tower"}, ".": "grass"}
    ground = ascii_map(".mt\n..t", legend)
    assert kinds(ground) == [["grass", "mud", "roof"], ["grass", "grass", "roof"]]
    assert ground.elevation[0, 2] == 7.5
    assert ground.places["tower"].mask[:, 2].all()


@pytest.mark.parametrize(
    ("drawing", "legend", "words", "line"),
    [
        ("....\n...\n....", {}, "row 2 of the drawing has 3 cells, the others have 4", 2),
        ("....\n....\n.....", {}, "row 3 of the drawing has 5 cells", 3),
        ("....\n..?.", {}, "'?', drawn in row 2, column 3", 2),
        ("  \n\n", {}, "empty", None),
        ("....", {"x": "stret"}, "'stret', which nobody defines", None),
        ("....", {"xy": "street"}, "has 2 characters", None),
    ],
)
def test_mistakes_in_a_drawing_say_where(drawing: str, legend: dict[str, object], words: str, line: int | None) -> None:
    with pytest.raises(MapError) as caught:
        ascii_map(drawing, legend)
    assert words in caught.value.message
    assert caught.value.line == line
    assert caught.value.hint


# ------------------------------------------------------------------------------------------------------------ east-gate


@pytest.fixture(scope="module")
def east_gate() -> GroundMap:
    """The map of the shipped scenario."""
    return load_map("map.tmx", EAST_GATE)


def runner(ground: GroundMap, sprint: float, **limits: float) -> Mobility:
    """A runner on the types of a map."""
    speeds = tuple(sprint * ground.ground_types[name].speed for name in ground.grounds)
    return Mobility(speeds, sprint=sprint, **limits)


def way(ground: GroundMap, able: Mobility, start: str, goal: str, route: str | None = None) -> list[str]:
    """Ground types passed on the way from a place to a place."""
    corridor = ground.routes[route] if route else None
    time, direction = travel_time(ground, able, ground.places[goal].mask, corridor=corridor)
    row, column = ground.index(ground.places[start].x, ground.places[start].y)
    passed = []
    assert np.isfinite(time[row, column])
    while direction[row, column] < 254:
        passed.append(ground.grounds[ground.ground[row, column]])
        row, column = next_cell(ground, able, int(direction[row, column]), row, column)
    return passed


def test_east_gate_has_its_places_on_the_right_ground(east_gate: GroundMap) -> None:
    expected = {
        "village_start": "street", "west_roofs": "roof", "quarry_start": "roof", "roof_edge": "roof",
        "late_gate": "street", "side_passage": "street", "east_gate": "gate", "tree_line": None, "road_block": "path",
        "wide_strip": "path", "hideout": "path", "passage_west": "street", "shelter": "street",
    }  # fmt: skip
    assert set(east_gate.places) == set(expected)
    for name, kind in expected.items():
        place = east_gate.places[name]
        assert place.mask[east_gate.index(place.x, place.y)]
        if kind is not None:
            assert east_gate.grounds[east_gate.ground[east_gate.index(place.x, place.y)]] == kind
    assert set(east_gate.routes) == {"roof_line", "main_street"}
    assert east_gate.places["quarry_start"].x - east_gate.places["west_roofs"].x == pytest.approx(50.0, abs=10.0)


def test_the_agile_cross_the_village_over_roofs_and_wall(east_gate: GroundMap) -> None:
    able = runner(east_gate, 9.0, climb=9.0, climb_speed=2.0, drop=9.0, leap=5.0)
    passed = way(east_gate, able, "west_roofs", "hideout", "roof_line")
    assert "wall_top" in passed
    assert not {"street", "rubble", "gate"} & set(passed)
    # the roofs are worth it even for someone whom no route binds
    assert way(east_gate, able, "west_roofs", "hideout").count("roof") > 50


def test_everybody_else_leaves_by_the_gate_and_the_passage(east_gate: GroundMap) -> None:
    able = runner(east_gate, 7.0, climb=1.0, drop=1.2, leap=1.5)
    passed = way(east_gate, able, "village_start", "hideout")
    assert "gate" in passed
    assert not {"roof", "wall_top"} & set(passed)
    goal = east_gate.places["hideout"].mask
    start = east_gate.index(east_gate.places["village_start"].x, east_gate.places["village_start"].y)
    free, _ = travel_time(east_gate, able, goal)
    assert np.isinf(travel_time(closed(east_gate, "east_gate"), able, goal)[0][start])
    assert travel_time(closed(east_gate, "side_passage"), able, goal)[0][start] > free[start] + 0.3


def closed(ground: GroundMap, place: str) -> GroundMap:
    """The map with a place walled up."""
    kind = ground.ground.copy()
    kind[ground.places[place].mask] = ground.grounds.index("wall")
    return GroundMap(
        ground.cell, kind, ground.grounds, ground.ground_types, ground.elevation.copy(), ground.places, ground.routes
    )


def test_the_forest_floor_is_gentle(east_gate: GroundMap) -> None:
    first = int(436 / east_gate.cell)
    floor = np.where(east_gate.passable(), east_gate.elevation, np.nan)[:, first:].astype(np.float64)
    for axis in (0, 1):
        assert np.nanmax(np.abs(np.diff(floor, axis=axis))) <= 0.3
    over_16_m = np.abs(floor[:, 8:] - floor[:, :-8]) / (8 * east_gate.cell)
    assert np.nanmax(over_16_m) <= 0.1


def test_landmarks_serve_the_whole_of_east_gate(east_gate: GroundMap) -> None:
    able = runner(east_gate, 9.0, climb=9.0, climb_speed=2.0, drop=9.0, leap=5.0)
    fields = build_fields(east_gate, [able], [], [True], cache=None)
    assert ((fields.nearest_landmark[0] >= 0) | ~east_gate.passable()).mean() > 0.999


def test_drawing_the_map_again_gives_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "tools"))
    import draw_east_gate

    draw_east_gate.write(tmp_path)
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (EAST_GATE / file.name).read_bytes(), file.name


def test_a_place_letter_beside_a_wall_stands_on_the_other_side():
    drawn = load_map(AsciiMap.model_validate({"ascii": "#####\n#A..#\n#..B#\n#####"}), Path())
    assert drawn.passable()[1, 1]
    assert drawn.passable()[2, 3]
    assert drawn.grounds[drawn.ground[1, 1]] == "street"
