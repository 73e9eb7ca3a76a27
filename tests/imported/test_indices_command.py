"""``vielfalt indices`` on tables as they come: long, wide, XLSX, of a release, with hidden figures and polygons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
import xlsxwriter
from click.testing import CliRunner

from vielfalt.cli import commands
from vielfalt.errors import DeliveryError, UsageError
from vielfalt.figures.indices import evenness, exposure
from vielfalt.numbers import Floats
from vielfalt.tools import indices_compared, measuring

AREAS = ("Alt", "Bäche", "Feld", "Hain")
POLISH, TURKISH, RESIDENTS = (30, 10, 0, 60), (5, 45, 20, 10), (200, 300, 150, 400)


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    lines = [";".join(map(str, row)) for row in zip(AREAS, POLISH, TURKISH, RESIDENTS, strict=True)]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(["quarter;polish;turkish;residents", *lines]) + "\n", encoding="cp1252")
    return path


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    counts = {"polish": POLISH, "turkish": TURKISH, "all": RESIDENTS}
    rows = [f"{area},{name},{n}" for name, line in counts.items() for area, n in zip(AREAS, line, strict=True) if n]
    path.write_text("\n".join(["quarter,origin,persons", *rows]) + "\n", encoding="utf-8")
    return path


def run(*words: object) -> list[dict[str, Any]]:
    """The indices of a call with --json."""
    done = CliRunner().invoke(commands, ["indices", *map(str, words), "--json", "--lang", "en"])
    if done.exception:
        raise done.exception
    found: list[dict[str, Any]] = json.loads(done.output)["indices"]
    return found


def one(found: list[dict[str, Any]], index: str, group: str = "") -> dict[str, Any]:
    (entry,) = (entry for entry in found if (entry["index"], entry["group"], entry["area"]) == (index, group, ""))
    return entry


def floats(*values: int) -> Floats:
    import numpy as np

    return np.array(values, dtype=float)


WIDE = ("--area", "quarter", "--group", "polish", "--group", "turkish", "--total", "residents")
LONG = ("--area", "quarter", "--group", "origin", "--value", "persons", "--total", "all")


def test_a_wide_table(wide: Path) -> None:
    found = run(wide, *WIDE)
    group, total = floats(*POLISH), floats(*RESIDENTS)
    entry = one(found, "segregation_index", "polish")
    assert entry["value"] == evenness.segregation_index(group, total)
    assert (entry["areas"], entry["note"]) == (4, "")
    assert entry["low"] < entry["corrected"] < entry["high"]
    assert 0 < entry["by_chance"] < entry["value"]
    assert entry["p"] == 1 / 200
    assert one(found, "dissimilarity", "polish")["value"] == entry["value"]
    assert one(found, "isolation", "turkish")["value"] == exposure.isolation(floats(*TURKISH), total)
    assert one(found, "interaction", "turkish")["p"] is None
    assert {entry["index"] for entry in found}.isdisjoint(measuring.IN_SPACE | measuring.ONLY_IF_ASKED)


def test_a_long_table_gives_the_same(wide: Path, long: Path) -> None:
    told = [{**entry, "note": ""} for entry in run(long, *LONG)]
    assert told == run(wide, *WIDE)
    assert run(long, *LONG)[0]["note"] == "1 combinations of area and group have no row and count as 0."


def test_a_workbook_gives_the_same(wide: Path, tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("quarter", "polish", "turkish", "residents"))
        for place, row in enumerate(zip(AREAS, POLISH, TURKISH, RESIDENTS, strict=True), 1):
            sheet.write_row(place, 0, row)
    assert run(path, *WIDE) == run(wide, *WIDE)


def test_a_table_of_a_release(tmp_path: Path) -> None:
    """The level with most areas is taken; a hidden figure leaves its area out of what needs it, and says so."""
    path = tmp_path / "religion.csv"
    figures = {"a": (100, 100, 50, 60), "b": (100, None, 50, 10)}
    rows = [f"town,1,{key},{sum(n or 0 for n in line)},ok" for key, line in figures.items()]
    rows += [
        f"quarter,Q{place},{key},{'.' if n is None else n},{'suppressed' if n is None else 'ok'}"
        for key, line in figures.items()
        for place, n in enumerate(line)
    ]
    path.write_text("\n".join(["level,area,religion,value,status", *rows]) + "\n", encoding="utf-8")
    entry = one(run(path, "--area", "area", "--group", "religion"), "multigroup_dissimilarity")
    assert entry["note"] == "Area level: quarter. 1 of 4 areas have hidden figures and do not enter."
    assert entry["areas"] == 3
    assert entry["value"] == pytest.approx(evenness.segregation_index(floats(100, 50, 60), floats(200, 100, 70)))
    town = run(path, "--area", "area", "--group", "religion", "--filter", "level=town")
    assert one(town, "multigroup_dissimilarity")["note"] == "Fewer than two areas are large enough."


def test_the_base_of_a_table_of_a_release(tmp_path: Path) -> None:
    """Hidden groups are counted in the residents above, so that an area with one keeps its other groups."""
    tables = tmp_path / "tables"
    tables.mkdir()
    entries = [
        {"id": "residents", "path": "tables/residents.csv", "parent": "", "dimensions": []},
        {"id": "religion", "path": "tables/religion.csv", "parent": "residents", "dimensions": ["religion"]},
    ]
    (tmp_path / "datapackage.json").write_text(json.dumps({"vielfalt": {"tables": entries}}), encoding="utf-8")
    everyone = ["town,1,390,ok", "quarter,A,200,ok", "quarter,B,110,ok", "quarter,C,80,ok"]
    (tables / "residents.csv").write_text("\n".join(["level,area,value,status", *everyone]), encoding="utf-8")
    counts = {"A": (100, "."), "B": (40, 70), "C": (10, ".")}
    rows = [
        f"quarter,{area},{name},{n},ok" for area, line in counts.items() for name, n in zip("xy", line, strict=True)
    ]
    path = tables / "religion.csv"
    path.write_text("\n".join(["level,area,religion,value,status", *rows]), encoding="utf-8")
    found = run(path, "--area", "area", "--group", "religion", "--draws", 0)
    assert one(found, "gini", "x")["value"] == evenness.gini(floats(100, 40, 10), floats(200, 110, 80))
    assert one(found, "gini", "x")["note"] == "Area level: quarter."
    assert one(found, "gini", "y")["note"] == measuring.MOSTLY_HIDDEN
    (tmp_path / "datapackage.json").write_text("{", encoding="utf-8")
    alone = run(path, "--area", "area", "--group", "religion", "--draws", 0)
    assert one(alone, "gini", "x")["note"] == measuring.MOSTLY_HIDDEN


def test_nothing_is_stated_where_most_is_hidden(tmp_path: Path) -> None:
    path = tmp_path / "hidden.csv"
    path.write_text("quarter;x;all\nA;.;500\nB;20;100\nC;30;200\nD;3;90\n", encoding="utf-8")
    found = run(path, "--area", "quarter", "--group", "x", "--total", "all")
    assert {entry["value"] for entry in found} == {None}
    assert {entry["note"] for entry in found} == {measuring.MOSTLY_HIDDEN}
    path.write_text("quarter;x;all\nA;.;300\nB;20;100\nC;30;200\nD;3;90\n", encoding="utf-8")
    entry = one(run(path, "--area", "quarter", "--group", "x", "--total", "all"), "gini", "x")
    assert entry["value"] == evenness.gini(floats(20, 30, 3), floats(100, 200, 90))
    assert entry["note"] == "1 of 4 areas have hidden figures and do not enter."


def test_a_group_hidden_in_one_area_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("q;x;y;all\nA;x;10;300\nB;20;20;100\nC;30;5;200\nD;3;9;90\n", encoding="utf-8")
    found = run(path, "--area", "q", "--group", "x", "--group", "y", "--total", "all", "--draws", 0)
    assert one(found, "isolation", "x")["areas"] == 3
    assert one(found, "isolation", "y")["areas"] == 4
    assert one(found, "mutual_information")["areas"] == 3
    assert one(found, "isolation", "y")["low"] is None


def test_groups_that_do_not_fit_have_no_value(tmp_path: Path) -> None:
    path = tmp_path / "overlap.csv"
    path.write_text("q;x;y;all\nA;90;80;100\nB;20;20;100\nC;130;5;100\n", encoding="utf-8")
    found = run(path, "--area", "q", "--group", "x", "--group", "y", "--total", "all", "--draws", 0)
    assert one(found, "gini", "x")["note"] == "The figures of the town and of its areas do not fit together."
    assert one(found, "gini", "y")["value"] is not None, "y fits by itself"
    assert one(found, "mutual_information")["note"] == measuring.OVERLAP


def test_an_empty_group_has_no_value_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("q;x;y;z\nA;90;10;0\nB;20;20;0\nC;0;0;0\n", encoding="utf-8")
    found = run(path, "--area", "q", "--group", "x", "--group", "y", "--group", "z", "--draws", 9)
    assert one(found, "gini", "z")["note"] == measuring.NOTHING
    without = run(path, "--area", "q", "--group", "x", "--group", "y", "--draws", 0)
    for id in ("multigroup_information", "diversity", "squared_variation"):
        assert one(found, id)["value"] == pytest.approx(one(without, id)["value"])


def test_dissimilarity_between_two_groups(wide: Path) -> None:
    found = run(wide, *WIDE, "--against", "turkish", "--index", "dissimilarity")
    assert [entry["group"] for entry in found] == ["polish"]
    assert found[0]["value"] == pytest.approx(evenness.dissimilarity(floats(*POLISH), floats(*TURKISH)))
    with pytest.raises(UsageError, match="no group “greek”"):
        run(wide, *WIDE, "--against", "greek")


def test_indices_by_area_and_of_pairs(wide: Path) -> None:
    found = run(wide, *WIDE, "--index", "location_quotient", "--index", "exposure", "--index", "entropy_diversity")
    quotients = {(entry["group"], entry["area"]): entry["value"] for entry in found if entry["area"]}
    assert quotients["polish", "Alt"] == pytest.approx((30 / 200) / (100 / 1050))
    assert quotients["polish", "Feld"] == 0
    assert len([key for key in quotients if not key[0]]) == 4
    rows = [entry["value"] for entry in found if entry["index"] == "exposure" and entry["group"].startswith("polish")]
    assert sum(rows) == pytest.approx(1)
    assert len(rows) == 3


def squares(path: Path, keys: tuple[str, ...]) -> Path:
    """Squares in a row from west to east, in degrees, as a release has them."""
    features = [
        {
            "type": "Feature",
            "properties": {"key": key, "name": key},
            "geometry": shapely.geometry.mapping(shapely.box(9 + x / 100, 50, 9.01 + x / 100, 50.01)),
        }
        for x, key in enumerate(keys)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_indices_of_space(wide: Path, tmp_path: Path) -> None:
    """Polygons as a release has them: keys in “key”, degrees; four areas in a row, all but equally large."""
    file = squares(tmp_path / "areas.geojson", AREAS)
    found = run(wide, *WIDE, "--geometry", file)
    assert {entry["index"] for entry in found} >= measuring.IN_SPACE - measuring.ONLY_IF_ASKED
    near = [one(found, f"distance_{met}", "polish")["value"] for met in ("isolation", "interaction")]
    assert sum(near) == pytest.approx(1, abs=1e-12)
    assert one(found, "morrill", "polish")["value"] < one(found, "segregation_index", "polish")["value"]
    assert one(found, "delta", "polish")["value"] == pytest.approx(0.4, abs=1e-3)
    east = run(wide, *WIDE, "--geometry", file, "--centre", 530_000, 5_540_000, "--index", "relative_centralisation")
    west = run(wide, *WIDE, "--geometry", file, "--centre", 490_000, 5_540_000, "--index", "relative_centralisation")
    assert east[0]["value"] == pytest.approx(-west[0]["value"])
    with pytest.raises(DeliveryError, match="no polygon: Hain"):
        run(wide, *WIDE, "--geometry", squares(tmp_path / "less.geojson", AREAS[:3]))
    fewer = run(wide, *WIDE, "--geometry", tmp_path / "less.geojson", "--ignore", "Hain", "--draws", 0)
    assert one(fewer, "delta", "polish")["areas"] == 3


def test_what_cannot_be_asked(wide: Path, long: Path) -> None:
    cases = (
        ((wide, *WIDE, "--index", "gini2"), "no index “gini2”"),
        ((wide, *WIDE, "--index", "delta"), "needs polygons"),
        ((wide, *WIDE, "--filter", "year"), "“year” is no filter"),
        ((wide, "--area", "quarter", "--group", "polish"), "One group alone"),
        ((wide, "--area", "district", "--group", "polish"), "no column “district”. It has: quarter, polish"),
        (
            (long, "--area", "quarter", "--group", "origin", "--value", "persons", "--total", "z"),
            "no group “z”",
        ),
    )
    for words, message in cases:
        with pytest.raises(UsageError, match=message):
            run(*words)


def test_unusable_figures(tmp_path: Path, long: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("q;x;y\nA;about ten;4\n", encoding="utf-8")
    with pytest.raises(DeliveryError, match="Line 2, column “x”: “about ten” is no whole number"):
        run(path, "--area", "q", "--group", "x", "--group", "y")
    path.write_text("q;x;y\nA;1;4\nA;1;4\n", encoding="utf-8")
    with pytest.raises(DeliveryError, match="Line 3 repeats the area “A” with the group “x”"):
        run(path, "--area", "q", "--group", "x", "--group", "y")
    with pytest.raises(DeliveryError, match="is empty"):
        run(long, *LONG, "--filter", "quarter=nowhere")
    path.write_bytes(b"PK\x03\x04\x81\x8d\xff\xfe")
    with pytest.raises(DeliveryError, match="is no table"):
        run(path, "--area", "q", "--group", "x")
    path.write_text("q,x,y\nA,1,4\n", encoding="utf-8")
    with pytest.raises(UsageError, match="It has: q, x, y"):
        run(path, "--area", "z", "--group", "x", "--group", "y")
    with pytest.raises(DeliveryError, match="does not exist"):
        run(tmp_path / "none.csv", "--area", "q", "--group", "x")


def test_the_printed_table_numbers_its_notes(long: Path) -> None:
    done = CliRunner().invoke(commands, ["indices", str(long), *LONG, "--lang", "de", "--draws", "19"])
    assert done.exit_code == 0
    assert "Segregationsindex (segregation_index)" in done.output
    assert "(1) 1 Kombinationen von Gebiet und Gruppe haben keine Zeile und zählen als 0." in done.output


def compared(*words: object) -> list[dict[str, Any]]:
    """The comparison of a call with --json."""
    done = CliRunner().invoke(commands, ["indices", *map(str, words), "--json", "--lang", "en"])
    if done.exception:
        raise done.exception
    found: list[dict[str, Any]] = json.loads(done.output)["comparison"]
    return found


def test_two_dates(wide: Path, tmp_path: Path) -> None:
    """A year later the Polish group has doubled everywhere and the Turkish one has moved."""
    later = tmp_path / "later.csv"
    rows = zip(
        AREAS,
        [2 * n for n in POLISH],
        TURKISH[::-1],
        [n + p for n, p in zip(RESIDENTS, POLISH, strict=True)],
        strict=True,
    )
    lines = [";".join(map(str, row)) for row in rows]
    later.write_text("\n".join(["quarter;polish;turkish;residents", *lines]) + "\n", encoding="utf-8")
    found = {(entry["index"], entry["group"]): entry for entry in compared(wide, *WIDE, "--compare", later)}
    for entry in found.values():
        assert entry["note"] == ""
        parts = [entry[part] for part in ("by_groups", "by_areas", "by_structure")]
        assert sum(parts) == pytest.approx(entry["second"] - entry["first"], abs=1e-5), entry["index"]
        assert entry["low"] <= entry["difference"] <= entry["high"]
    grown = found["gini", "polish"]
    assert grown["by_structure"] == pytest.approx(0, abs=1e-4), "doubled everywhere"
    assert found["isolation", "polish"]["by_groups"] > 0.02, "a larger group meets itself more often"
    entry = found["segregation_index", "turkish"]
    assert entry["second"] == one(run(later, *WIDE, "--draws", 0), "segregation_index", "turkish")["value"]
    assert 2 / 200 <= entry["p"] <= 1


def test_two_towns_with_other_areas_and_groups(wide: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("quarter;polish;turkish;residents\nX;4;40;300\nY;50;.;250\nZ;9;30;400\n", encoding="utf-8")
    found = {
        (entry["index"], entry["group"]): entry for entry in compared(wide, *WIDE, "--compare", other, "--draws", 0)
    }
    entry = found["gini", "polish"]
    assert (entry["by_areas"], entry["difference"]) == (None, None)
    assert entry["by_groups"] + entry["by_structure"] == pytest.approx(entry["second"] - entry["first"], abs=1e-9)
    assert found["gini", "turkish"]["second"] == evenness.gini(floats(40, 30), floats(300, 400)), "Y is hidden"
    third = tmp_path / "third.csv"
    third.write_text("quarter,origin,persons\nX,greek,4\nX,all,90\nY,greek,9\nY,all,80\n", encoding="utf-8")
    first = tmp_path / "first.csv"
    first.write_text("quarter,origin,persons\nX,polish,4\nX,all,90\nY,polish,9\nY,all,80\n", encoding="utf-8")
    notes = {entry["note"] for entry in compared(first, *LONG, "--compare", third, "--draws", 0)}
    assert notes == {indices_compared.ONLY_ONE, "The tables have different groups."}
