"""The three examples on the open data of their towns, against sums made here from the raw files."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shapely

from vielfalt.errors import DeliveryError
from vielfalt.imported.profile import read_table_profile
from vielfalt.imported.records import AreaColumn, Category, Imported, TableProfile
from vielfalt.imported.table import import_table

HOUSE = Path(__file__).resolve().parents[2]
DATA = HOUSE / ".." / "shared" / "data"
EXAMPLES = HOUSE / "examples"
BERLIN = DATA / "berlin" / "ewrmigra" / "EWRMIGRA201412H_Matrix.csv"
BERLIN_BASE = DATA / "berlin/lor_population/berlin-lor-population-2015-02-csv"
LEIPZIG = DATA / "leipzig" / "leipzig-migranten-to-2019.json"
COLOGNE = DATA / "koeln" / "bevoelkerung-2005-2010.csv"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the open data lies beside the checkout, not in it")


@cache
def example(name: str) -> TableProfile:
    return read_table_profile(EXAMPLES / name)


@cache
def berlin() -> Imported:
    return import_table(BERLIN, example("berlin/ewrmigra-2014.toml"))


@cache
def leipzig() -> Imported:
    return import_table(LEIPZIG, example("leipzig/migrants-2019.toml"))


@cache
def cologne() -> Imported:
    return import_table(COLOGNE, example("cologne/migration-2010.toml"))


def frame(found: Imported, table: str) -> pl.DataFrame:
    return found.cells[table].frame


def sums(found: Imported, table: str) -> dict[str, int]:
    (dimension,) = found.cells[table].table.dimensions
    return dict(frame(found, table).group_by(dimension).agg(pl.col("n").sum()).iter_rows())


def by_area(found: Imported, table: str) -> dict[str, int]:
    return dict(frame(found, table).group_by("area").agg(pl.col("n").sum()).iter_rows())


def findings(found: Imported) -> dict[str, int]:
    return {entry.id: entry.rows for entry in found.findings}


def berlin_rows() -> list[dict[str, str]]:
    text = BERLIN.read_bytes().decode("ascii").replace("\r", "\n")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def berlin_base(column: str) -> dict[str, int]:
    path = BERLIN_BASE / "berlin-lor-population-2015-02-t1-planning-areas.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: int(row[column]) for row in csv.DictReader(file)}


def cologne_rows() -> list[dict[str, str]]:
    with COLOGNE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["jahr"] == "2010"]


def leipzig_values(file: str, measure: str) -> dict[str, int]:
    content: Any = json.loads((DATA / "leipzig" / file).read_text(encoding="utf-8"))
    return {entry["district"]: entry["value"] for entry in content["data"]["2019"][measure]}


def test_berlin_categories_are_disjoint_and_keep_their_sums() -> None:
    raw: Counter[str] = Counter()
    for row in berlin_rows():
        raw.update({name: int(value) for name, value in row.items() if name.startswith(("HK_", "MH_"))})
    found = sums(berlin(), "origin")
    assert found["eu15"] == raw["HK_EU15"]
    assert found["poland"] == raw["HK_Polen"]
    assert found["eu28_rest"] == raw["HK_EU28"] - raw["HK_EU15"] - raw["HK_Polen"]
    assert found["turkey"] == raw["HK_Turk"]
    assert sum(found.values()) - found["rest"] == raw["MH_E"] == 1_017_599
    assert "eu28" not in found
    assert "mh" not in found


def test_berlin_origins_and_rest_make_up_the_residents_of_every_area() -> None:
    base = berlin_base("inhabitants")
    assert by_area(berlin(), "origin") == by_area(berlin(), "residents") == {k: v for k, v in base.items() if v}
    assert sum(base.values()) == 3_610_156
    assert berlin().unknown["origin"].is_empty()


def test_berlin_every_row_has_its_area_its_polygon_and_its_place_in_the_hierarchy() -> None:
    geography = berlin().geography
    keys = {area.key for area in geography.finest.areas}
    assert keys == {row["RAUMID"].zfill(8) for row in berlin_rows()}
    assert [(level.id, len(level.areas), len(geography.shapes[level.id])) for level in geography.levels] == [
        ("forecast_area", 60, 60),
        ("district_region", 138, 138),
        ("planning_area", 447, 447),
    ]
    assert all(coarse == key[:6] for key, coarse in geography.ancestors("district_region").items())
    assert geography.names("planning_area")["04030417"] == "Schloßstraße"


def test_berlin_polygons_left_in_metres_come_out_as_large_as_the_file_says() -> None:
    shapes = berlin().geography.shapes["planning_area"]
    assert shapes["03010102"].area == pytest.approx(4_363_553.03, rel=1e-4)
    assert shapely.unary_union(list(shapes.values())).area == pytest.approx(888.67e6, rel=1e-3)


def test_berlin_findings_name_what_is_odd_and_nothing_else() -> None:
    assert findings(berlin()) == {
        "base_of_another_date": 447,
        "polygons_without_row": 1,  # Allende II, an area since 2019
        "rows_corrected": 25,
        "keys_corrected": 1,
        "unlike_other_date": 7,  # new buildings and shelters of 2015
    }


def test_berlin_rows_under_a_wrong_key_are_noticed_without_the_correction() -> None:
    profile = example("berlin/ewrmigra-2014.toml")
    area = replace(profile.selection.area, corrections={}, because="")
    plain = import_table(BERLIN, replace(profile, selection=replace(profile.selection, area=area)))
    assert findings(plain)["unlike_other_date"] == 21
    assert findings(plain)["parts_exceed"] == 2
    assert set(plain.unknown["origin"].iter_rows()) == {("07040402", "rest"), ("07060603", "rest")}
    raw = {row["RAUMID"].zfill(8): int(row["HK_Turk"]) for row in berlin_rows()}
    turkey = frame(plain, "origin").filter(pl.col("origin") == "turkey")
    assert dict(turkey.select("area", "n").iter_rows()) == {key: n for key, n in raw.items() if n}


def test_berlin_the_correction_agrees_with_the_next_year() -> None:
    later = berlin_base("inhabitants_with_migration_background")
    people = frame(berlin(), "origin").filter(pl.col("origin") != "rest").group_by("area").agg(pl.col("n").sum())
    now = dict(people.iter_rows())
    corrected: Mapping[str, str] = example("berlin/ewrmigra-2014.toml").selection.area.corrections
    raw = {row["RAUMID"].zfill(8): int(row["MH_E"]) for row in berlin_rows()}
    miss = sum(abs(now[key] - later[key]) for key in corrected.values())
    assert sorted(corrected) == sorted(corrected.values())
    assert miss < 0.1 * sum(later[key] for key in corrected)
    assert sum(abs(raw[key] - later[key]) for key in corrected) > 10 * miss


def test_berlin_columns_taken_as_disjoint_are_refused_with_the_overlapping_names() -> None:
    profile = example("berlin/ewrmigra-2014.toml")
    flat = tuple(
        replace(entry, part_of="mh", rest="") if entry.key in ("eu28", "eu15", "poland") else entry
        for entry in profile.categories
    )
    with pytest.raises(DeliveryError) as caught:
        import_table(BERLIN, replace(profile, categories=flat))
    assert caught.value.exit_code == 10
    assert "overlap: together they exceed “Mit Migrationshintergrund” in 446 of 447 areas" in str(caught.value)
    assert "remove the overlap: “EU28 (ohne Deutschland)”." in str(caught.value)


@pytest.mark.parametrize(("year", "union"), [(2007, "HK_EU27"), (2009, "HK_EU27"), (2010, "HK_EU27")])
def test_berlin_the_profile_fits_the_other_years_without_base(year: int, union: str) -> None:
    profile = example("berlin/ewrmigra-2014.toml")
    categories = tuple(
        replace(entry, in_file=union) if entry.in_file == "HK_EU28" else entry for entry in profile.categories
    )
    area = AreaColumn("RAUMID", width=8)
    selection = replace(profile.selection, filter={"ZEIT": f"{year}12"}, area=area)
    file = BERLIN.with_name(f"EWRMIGRA{year}12H_Matrix.csv")
    found = import_table(file, replace(profile, selection=selection, categories=categories, base=None))
    total = sum(int(line.split(";")[7]) for line in file.read_text(encoding="ascii").split("\n")[1:] if line)
    assert sum(sums(found, "origin").values()) == total
    assert set(found.cells) == {"origin"}
    assert findings(found)["polygons_without_row"] == 1


def test_leipzig_groups_and_rest_make_up_the_residents() -> None:
    values = {
        name: sum(leipzig_values("leipzig-migranten-to-2019.json", name).values())
        for name in ("Migranten", "Ausländer", "EU-Ausländer", "Deutsche mit Migrationshintergrund")
    }
    residents = sum(leipzig_values("leipzig-einwohner-insgesamt-to-2019.json", "Einwohner insgesamt").values())
    assert sums(leipzig(), "migrants") == {
        "foreign_eu": values["EU-Ausländer"],
        "foreign_rest": values["Ausländer"] - values["EU-Ausländer"],
        "german_mh": values["Deutsche mit Migrationshintergrund"],
        "rest": residents - values["Migranten"],
    }
    assert residents == 601_663
    assert leipzig().unknown["migrants"].is_empty()
    assert findings(leipzig()) == {"categories_left_out": 4}


def test_leipzig_names_find_their_keys_boroughs_and_polygons() -> None:
    geography = leipzig().geography
    residents = leipzig_values("leipzig-einwohner-insgesamt-to-2019.json", "Einwohner insgesamt")
    names = geography.names("district")
    assert {names[key]: n for key, n in by_area(leipzig(), "residents").items()} == residents
    assert (len(geography.level("borough").areas), len(geography.finest.areas)) == (10, 63)
    assert geography.ancestors("borough")["62"] == "6"
    assert shapely.unary_union(list(geography.shapes["district"].values())).area == pytest.approx(297.8e6, rel=1e-3)


def test_leipzig_multiple_nationals_and_repatriates_overlap_and_are_refused() -> None:
    profile = example("leipzig/migrants-2019.toml")
    more = (
        Category("dual", "Mehrstaater", "Mehrstaater", part_of="german_mh"),
        Category("repatriate", "Spätaussiedler", "Spätaussiedler", part_of="german_mh"),
    )
    categories = tuple(
        replace(entry, rest="Übrige") if entry.key == "german_mh" else entry for entry in profile.categories
    )
    with pytest.raises(DeliveryError, match=r"“Mehrstaater”, “Spätaussiedler” overlap: .* in 19 of 63 areas"):
        import_table(LEIPZIG, replace(profile, categories=categories + more))


def test_cologne_groups_and_rest_make_up_the_residents_of_every_quarter() -> None:
    raw = {(row["tab_id"], row["zei_id"], row["raum_id"]): int(float(row["zahl"])) for row in cologne_rows()}
    quarters = [area for tab, _, area in raw if tab == "005" and area > "100"]
    assert by_area(cologne(), "migration") == {area: raw["005", "10", area] for area in quarters}
    found = sums(cologne(), "migration")
    assert sum(found.values()) == raw["005", "10", "000"] == 1_027_504
    assert found["turkey"] == raw["030", "100", "000"]
    assert found["german_mh_rest"] == sum(
        raw["030", "20", area] - raw["030", "30", area] - raw["030", "40", area] for area in quarters
    )
    assert found["rest"] == raw["005", "10", "000"] - raw["030", "10", "000"]


def test_cologne_totals_of_town_and_boroughs_agree_and_one_polygon_was_repaired() -> None:
    assert findings(cologne()) == {"polygons_repaired": 1}
    geography = cologne().geography
    assert [(level.id, len(level.areas), len(geography.shapes[level.id])) for level in geography.levels] == [
        ("borough", 9, 9),
        ("quarter", 86, 86),
    ]
    # The file counts its easting from 2,500,000; UTM 32 from 500,000.
    west, south, east, north = shapely.total_bounds(list(geography.shapes["quarter"].values()))
    assert (343_000 < west < east < 371_000) and (5_632_000 < south < north < 5_662_000)


def test_cologne_religion_covers_everybody() -> None:
    found = import_table(COLOGNE, example("cologne/religion-2010.toml"))
    assert sum(sums(found, "religion").values()) == 1_027_504
    assert set(sums(found, "religion")) == {"protestant", "catholic", "other"}
    assert findings(found) == {"polygons_repaired": 1}


def test_cologne_registered_partnerships_without_a_row_are_unknown() -> None:
    profile = example("cologne/religion-2010.toml")
    selection = replace(profile.selection, filter={"tab_id": "040", "jahr": "2010"})
    categories = tuple(
        Category(key, key, number)
        for key, number in (
            ("single", "10"),
            ("married", "20"),
            ("widowed", "30"),
            ("divorced", "40"),
            ("partner", "50"),
        )
    )
    assert profile.base is not None
    base = replace(profile.base, complete=False, rest="Nicht nachgewiesen")
    found = import_table(COLOGNE, replace(profile, selection=selection, categories=categories, base=base))
    assert set(found.unknown["religion"].iter_rows()) == {
        (area, key) for area in ("704", "708", "713") for key in ("partner", "rest")
    }
    assert findings(found)["rows_absent"] == 3
