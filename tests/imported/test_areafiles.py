"""Area polygons: what is read, repaired, nested, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pyogrio
import pytest
import shapely
from imported_town import quarters, square, write_polygons

from vielfalt.areafiles import AxisOrder, LevelShapes, nest, read_geography, read_shapes
from vielfalt.errors import DeliveryError, TownError
from vielfalt.geography import Area, AreaLevel
from vielfalt.town import Town

UTM = "EPSG:25832"
TOWN = Area("99999999", "Musterstadt", "")


def read(path: Path, axis_order: AxisOrder = "xy", stray_crs: str = "") -> LevelShapes:
    return read_shapes(path, "key", "name", "parent", crs=UTM, axis_order=axis_order, stray_crs=stray_crs)


def refused(path: Path) -> str:
    with pytest.raises(DeliveryError) as caught:
        read(path)
    assert caught.value.exit_code == 10
    assert caught.value.where == str(path)
    assert caught.value.todo
    return str(caught.value)


def one(tmp_path: Path, rings: list[list[list[float]]], **properties: object) -> Path:
    return write_polygons(tmp_path / "one.geojson", [({"key": "1", "name": "Eins", **properties}, rings)])


def level(id: str) -> AreaLevel:
    return AreaLevel(id, id, ())


def test_areas_come_with_key_name_and_polygon_in_the_crs_asked_for(tmp_path: Path) -> None:
    found = read(quarters(tmp_path))
    assert found.areas[0] == Area("11", "Altstadt", "")
    assert found.shapes["22"].area == pytest.approx(1e6)
    assert found.repaired == ()


def test_names_have_ordinary_blanks(tmp_path: Path) -> None:
    """What programs of maps and tables write between words; two names that look the same are the same."""
    path = one(tmp_path, square(0, 0), name="\u2800Am\u00a0 \u2003Markt ")
    assert read(path).areas[0].name == "Am Markt"


def test_degrees_are_converted(tmp_path: Path) -> None:
    ring = [[[9.0, 51.0], [9.01, 51.0], [9.01, 51.01], [9.0, 51.01], [9.0, 51.0]]]
    path = write_polygons(
        tmp_path / "wgs.geojson", [({"key": "1", "name": "Eins"}, ring)], "urn:ogc:def:crs:OGC:1.3:CRS84"
    )
    shape = read(path).shapes["1"]
    assert shape.bounds[0] == pytest.approx(500_000, abs=1)  # the central meridian of UTM 32 is 9 degrees east
    assert 700_000 < shape.area < 800_000


def test_swapped_coordinates_are_refused_and_read_when_declared(tmp_path: Path) -> None:
    ring = [[[51.0, 9.0], [51.0, 9.01], [51.01, 9.01], [51.01, 9.0], [51.0, 9.0]]]
    path = write_polygons(
        tmp_path / "yx.geojson", [({"key": "1", "name": "Eins"}, ring)], "urn:ogc:def:crs:OGC:1.3:CRS84"
    )
    assert "wrong order" in refused(path)
    assert 700_000 < read(path, axis_order="yx").shapes["1"].area < 800_000


def test_parts_in_metres_within_degrees_are_refused_and_read_when_declared(tmp_path: Path) -> None:
    degrees = [[[9.0, 51.0], [9.01, 51.0], [9.01, 51.01], [9.0, 51.01], [9.0, 51.0]]]
    path = write_polygons(
        tmp_path / "mixed.geojson",
        [({"key": "1", "name": "Eins"}, degrees), ({"key": "2", "name": "Zwei"}, square(5, 5))],
        "urn:ogc:def:crs:OGC:1.3:CRS84",
    )
    assert refused(path).startswith("The file says its coordinates are degrees, but those of these areas are not: 2.")
    assert read(path, stray_crs=UTM).shapes["2"].area == pytest.approx(1e6)


def test_a_file_that_is_absent_broken_or_empty(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "none.geojson")
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    assert "cannot be read" in refused(broken)
    assert "is empty" in refused(write_polygons(tmp_path / "empty.geojson", []))


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = write_polygons(tmp_path / "a.geojson", [({"nr": "1", "name": "Eins"}, square(0, 0))])
    with pytest.raises(TownError, match=r"no column “key”\. It has: nr, name"):
        read(path)


def test_keys_are_given_and_given_once(tmp_path: Path) -> None:
    twice = [({"key": "1", "name": "Eins"}, square(0, 0)), ({"key": "1", "name": "Zwei"}, square(1, 0))]
    assert "1 (Eins), 1 (Zwei)" in refused(write_polygons(tmp_path / "a.geojson", twice))
    empty = [({"key": None, "name": "Eins"}, square(0, 0))]
    assert "have no key: Eins" in refused(write_polygons(tmp_path / "b.geojson", empty))


@pytest.mark.parametrize(
    ("key", "name"),
    [("1/2", "Eins"), ("..", "Eins"), ("1" * 101, "Eins"), ("1", ""), ("1", "Ei\nns"), ("1", "E" * 201)],
    ids=["slash", "leads up", "long key", "no name", "two lines", "long name"],
)
def test_keys_and_names_are_such_that_the_release_can_be_read_again(tmp_path: Path, key: str, name: str) -> None:
    """Desk, county and audit refuse a package that says something else: better before anything is counted."""
    path = write_polygons(tmp_path / "a.geojson", [({"key": key, "name": name}, square(0, 0))])
    assert f"cannot be published: “{key}”" in refused(path)


def test_numeric_keys_lose_no_shape_and_gain_no_decimal_point(tmp_path: Path) -> None:
    features = [({"key": 1, "name": "Eins"}, square(0, 0)), ({"key": 2.0, "name": "Zwei"}, square(1, 0))]
    assert [area.key for area in read(write_polygons(tmp_path / "a.geojson", features)).areas] == ["1", "2"]


def test_points_are_no_areas(tmp_path: Path) -> None:
    path = one(tmp_path, square(0, 0))
    path.write_text(path.read_text(encoding="utf-8").replace('"Polygon"', '"MultiLineString"'), encoding="utf-8")
    assert "have no polygon: 1" in refused(path)


def test_a_ring_that_touches_itself_is_repaired_and_remembered(tmp_path: Path) -> None:
    ring = square(0, 0)[0]
    spike = [*ring[:2], [ring[1][0] + 50, ring[1][1]], ring[1], *ring[2:]]  # there and back again: no area
    found = read(one(tmp_path, [spike]))
    assert found.repaired == ("1",)
    assert shapely.is_valid(found.shapes["1"])
    assert found.shapes["1"].geom_type == "Polygon"
    assert found.shapes["1"].area == pytest.approx(1e6)


def test_a_polygon_that_crosses_itself_is_refused(tmp_path: Path) -> None:
    a, b, c, d, _ = square(0, 0)[0]
    assert "invalid (they cross themselves): 1" in refused(one(tmp_path, [[a, c, b, d, a]]))


@pytest.mark.parametrize(("shift", "good"), [(0.5, True), (2.0, False)])
def test_slivers_are_tolerated_overlaps_are_not(tmp_path: Path, shift: float, good: bool) -> None:
    ring = [[[x - shift, y] for x, y in square(1, 0)[0]]]  # 0.05 and 0.2 per cent of the area
    path = write_polygons(
        tmp_path / "a.geojson", [({"key": "1", "name": "Eins"}, square(0, 0)), ({"key": "2", "name": "Zwei"}, ring)]
    )
    if good:
        assert len(read(path).areas) == 2
    else:
        assert "overlap: 1 + 2" in refused(path)


def test_an_unknown_coordinate_system_is_named(tmp_path: Path) -> None:
    with pytest.raises(TownError, match="EPSG:1"):
        read_shapes(quarters(tmp_path), "key", "name", "", crs="EPSG:1")


def boroughs(tmp_path: Path, second: int = 2) -> Path:
    tall = [[[501_000.0, 5_701_000.0], [502_000.0, 5_701_000.0], [502_000.0, 5_703_000.0], [501_000.0, 5_703_000.0]]]
    other = [[[x + 1000 * (second - 1), y] for x, y in tall[0]]]
    features = [
        ({"key": "1", "name": "Ost"}, [[*tall[0], tall[0][0]]]),
        ({"key": "2", "name": "West"}, [[*other[0], other[0][0]]]),
    ]
    return write_polygons(tmp_path / "boroughs.geojson", features)


def test_parents_are_found_by_the_polygons(tmp_path: Path) -> None:
    geography = nest(
        TOWN, ((level("borough"), read(boroughs(tmp_path))), (level("quarter"), read(quarters(tmp_path)))), UTM
    )
    assert {area.key: area.parent for area in geography.finest.areas} == {"11": "1", "12": "1", "21": "2", "22": "2"}
    assert {area.parent for area in geography.level("borough").areas} == {TOWN.key}
    assert geography.ancestors("town")["22"] == TOWN.key


def test_a_parent_that_does_not_exist_is_named(tmp_path: Path) -> None:
    fine = read(write_polygons(tmp_path / "f.geojson", [({"key": "11", "name": "A", "parent": "7"}, square(1, 1))]))
    with pytest.raises(TownError, match="11 → 7"):
        nest(TOWN, ((level("borough"), read(boroughs(tmp_path))), (level("quarter"), fine)), UTM)


def test_a_child_outside_its_parent_is_named(tmp_path: Path) -> None:
    fine = read(write_polygons(tmp_path / "f.geojson", [({"key": "21", "name": "A", "parent": "1"}, square(2, 1))]))
    with pytest.raises(TownError, match=r"do not lie inside .* 21 → 1"):
        nest(TOWN, ((level("borough"), read(boroughs(tmp_path))), (level("quarter"), fine)), UTM)


def test_an_area_that_nothing_covers_is_named(tmp_path: Path) -> None:
    coarse, fine = read(boroughs(tmp_path, second=9)), read(quarters(tmp_path))
    with pytest.raises(TownError, match="21 → "):
        nest(TOWN, ((level("borough"), coarse), (level("quarter"), fine)), UTM)


def test_a_parent_column_is_filled_or_absent(tmp_path: Path) -> None:
    features = [
        ({"key": "11", "name": "A", "parent": "1"}, square(1, 1)),
        ({"key": "12", "name": "B", "parent": ""}, square(1, 2)),
    ]
    assert "name no area that they belong to: 12" in refused(write_polygons(tmp_path / "f.geojson", features))


def test_the_geography_of_a_town_project(tmp_path: Path) -> None:
    levels = tuple(
        SimpleNamespace(id=id, title=id.title(), file=file, key="key", name="name", parent="parent")
        for id, file in (("borough", boroughs(tmp_path)), ("quarter", quarters(tmp_path)))
    )
    town = SimpleNamespace(name="Musterstadt", ags="99999999", areas=SimpleNamespace(levels=levels, crs=UTM))
    geography = read_geography(cast(Town, town))
    assert [(entry.id, entry.title, len(entry.areas)) for entry in geography.levels] == [
        ("borough", "Borough", 2),
        ("quarter", "Quarter", 4),
    ]
    assert set(geography.shapes) == {"borough", "quarter"}
    assert geography.crs == UTM


@pytest.mark.parametrize("left", [9.0, 3_500_000.0, 32_500_000.0, 0.0])
def test_areas_in_another_coordinate_system_than_the_file_says_are_refused(tmp_path: Path, left: float) -> None:
    """Degrees, Gauss-Krüger, a zone before the easting: as they come from a Shapefile without .prj."""
    bottom = 51.0 if left == 9.0 else 0.0 if left == 0.0 else 5_700_000.0
    ring = [[[left, bottom], [left + 1, bottom], [left + 1, bottom + 1], [left, bottom + 1], [left, bottom]]]
    with pytest.raises(TownError, match="would lie outside Germany") as caught:
        nest(TOWN, [(level("block"), read(one(tmp_path, ring)))], UTM)
    assert caught.value.todo


def test_swapped_metres_are_refused(tmp_path: Path) -> None:
    ring = [[[y, x] for x, y in square(1, 1)[0]]]
    with pytest.raises(TownError, match="would lie outside Germany"):
        nest(TOWN, [(level("block"), read(one(tmp_path, ring)))], UTM)


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("told", [True, False])
def test_umlauts_of_shapefiles_with_and_without_a_word_on_their_encoding(
    tmp_path: Path, encoding: str, told: bool
) -> None:
    path = tmp_path / "areas.shp"
    columns = [np.array(values, dtype=object) for values in (["1"], ["Südhöhe"])]
    shapes = shapely.to_wkb(np.array([shapely.Polygon(square(1, 1)[0])], dtype=object))
    pyogrio.raw.write(path, shapes, columns, ["key", "name"], geometry_type="Polygon", crs=UTM, encoding=encoding)
    if not told:
        path.with_suffix(".cpg").unlink()
    assert read(path).areas[0].name == "Südhöhe"


@pytest.mark.parametrize("lost", [(".shx",), (".dbf",), (".shx", ".dbf")])
def test_a_shapefile_without_one_of_its_files(tmp_path: Path, lost: tuple[str, ...]) -> None:
    for suffix in {".shp", ".SHX", ".dbf"} - {*lost, *(suffix.upper() for suffix in lost)}:
        (tmp_path / f"b[1]{suffix}").touch()
    with pytest.raises(DeliveryError, match=", ".join(f"b\\[1\\]{suffix}" for suffix in lost)) as caught:
        read_shapes(tmp_path / "b[1].shp", "key", "name", "parent", crs="EPSG:25832")
    assert "not whole" in str(caught.value)


def test_a_file_of_several_layers_is_refused_with_their_names(tmp_path: Path) -> None:
    path, shape = tmp_path / "areas.gpkg", np.array([shapely.to_wkb(shapely.box(0, 0, 1, 1))], dtype=object)
    for layer in ("Bezirke", "Blöcke"):
        values = (shape, [np.array(["1"], dtype=object)], ["key"])
        given = {"crs": "EPSG:25832", "geometry_type": "Polygon", "driver": "GPKG", "append": path.exists()}
        pyogrio.raw.write(path, *values, layer=layer, **given)
    with pytest.raises(DeliveryError, match="2 layers, not one: Bezirke, Blöcke"):
        read_shapes(path, "key", "name", "parent", crs="EPSG:25832")
