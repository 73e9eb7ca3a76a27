"""Packages that keep to every hash and say what no release can say: refused, and told so, before anything is kept.

What they say would stand in addresses, pages and files of every reader: one odd name of a release would take the list
of all towns with it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from forging import Change, described, forged

from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import DeliveryError
from vielfalt.geography import by_name
from vielfalt.publish import wellformed

pytestmark = pytest.mark.django_db
DEEP = "[" * 200_000 + "]" * 200_000


def said(value: object, *way: str | int) -> Change:
    """A part of the description, by the names and places that lead to it, says this."""

    def change(content: dict[str, Any]) -> None:
        part: Any = content
        for step in way[:-1]:
            part = part[step]
        part[way[-1]] = value

    return lambda folder: described(folder, change)


def area(name: str, value: object) -> Change:
    """A quarter has this key, name or parent."""
    return feature(lambda one: one["properties"].update({name: value}))


def drawn(kind: str, coordinates: object) -> Change:
    """A quarter has this shape."""
    return feature(lambda one: one.update(geometry={"type": kind, "coordinates": coordinates}))


def feature(change: Callable[[dict[str, Any]], object]) -> Change:
    return features(lambda every: change(every[0]))


def features(change: Callable[[list[dict[str, Any]]], object]) -> Change:
    """The quarters are these."""

    def changed(folder: Path) -> None:
        path = folder / "areas/quarter.geojson"
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content["features"])
        path.write_text(json.dumps(content), encoding="utf-8")

    return changed


def beside(one: dict[str, Any]) -> dict[str, Any]:
    """An area whose key looks the same."""
    return {**one, "properties": {**one["properties"], "key": one["properties"]["key"] + "\xa0"}}


def index(name: str, value: str) -> Change:
    """Every index says this in one column."""

    def changed(folder: Path) -> None:
        path = folder / "indices.csv"
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        for row in rows:
            row[head.index(name)] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])

    return changed


def written(path: str, text: str) -> Change:
    def changed(folder: Path) -> None:
        (folder / path).write_text(text, encoding="utf-8")

    return changed


ODD: dict[str, tuple[Change, str]] = {
    "name of a release with a slash": (said("a/b", "release"), "(release)"),
    "empty name of a release": (said("", "release"), "(release)"),
    "name that stands for the latest release": (said("neueste", "release"), "(release)"),
    "name of a release of two lines": (said("2025-12-31-1\r\nX: y", "release"), "(release)"),
    "key of a town that is none": (said("../x", "town", "ags"), "(town)"),
    "name of a town that no page can show": (said("Muster\0furt", "town", "name"), "(town)"),
    "name of a town that no file can hold": (said("Muster\ud800furt", "town", "name"), "(town)"),
    "name of a town that is written backwards": (said("Muster\u202efurt", "town", "name"), "(town)"),
    "name of a town that looks like another": (said("Muster\u200bfurt", "town", "name"), "(town)"),
    "name of a town with a sign that joins letters": (said("Muster\u200dfurt", "town", "name"), "(town)"),
    "name of a town without end": (said("x" * 201, "town", "name"), "(town)"),
    "no name of a town": (said(None, "town", "name"), "(town)"),
    "day that is none": (said("2025-02-30", "reference_date"), "(reference_date)"),
    "kind that nobody knows": (said("other", "kind"), "(kind)"),
    "source that is no text": (said({"a": 1}, "source"), "(source)"),
    "licence that is no text": (said(["a"], "licence"), "(licence)"),
    "level with a slash": (said("a/b", "area_sets", 0, "level"), "(area_sets)"),
    "areas outside the package": (said("/tmp/areas/quarter.geojson", "area_sets", 0, "path"), "(area_sets)"),
    "table outside the package": (said("../tables/sex.csv", "tables", 2, "path"), "(tables)"),
    "unit that nobody knows": (said("crowns", "tables", 2, "unit"), "(tables)"),
    "dimensions that are a text": (said("abc", "tables", 2, "dimensions"), "(tables)"),
    "setting that is no number": (said("5", "tables", 2, "protection", "parameters", "min_area"), "(tables)"),
    "setting without end": (said(10**30, "protection", "min_area"), "(protection)"),
    "breaks that are none": (said("abc", "breaks"), "(breaks)"),
    "break on no day": (said([{"since": ""}], "breaks"), "(breaks)"),
    "definitions that are none": (said({"a": 1}, "definitions"), "(definitions)"),
    "definition that is no text": (said({"a": 1}, "definitions", 0, "title"), "(definitions)"),
    "categories that are none": (said([], "categories"), "(categories)"),
    "cost of protection that is no number": (said({"mean_change": "2"}, "utility"), "(utility)"),
    "number that is none": (said(float("nan"), "made_with"), "no readable description"),
    "number too large for others": (said(10**30, "made_with"), "(vielfalt)"),
    "unread text that no page can show": (said({"a": ["\0"]}, "made_with"), "(vielfalt)"),
    "description too deep": (written("datapackage.json", f'{{"vielfalt": {DEEP}}}'), "no readable description"),
    "areas too deep": (written("areas/quarter.geojson", f'{{"features": {DEEP}}}'), "cannot be read"),
    "audit too deep": (written("audit.json", DEEP), "did not pass its audit"),
    "field too long": (written("indices.csv", "index\n" + "x" * 200_000), "cannot be read"),
    "key of an area with a slash": (area("key", "a/b"), "(key)"),
    "empty key of an area": (area("key", ""), "(key)"),
    "key of an area that leads up": (area("key", ".."), "(key)"),
    "name of an area that is no text": (area("name", 7), "(key)"),
    "name of an area that no page can show": (area("name", "A\x01"), "(key)"),
    "name of an area with a mark of direction": (area("name", "A\u200f"), "(key)"),
    "name of an area with a soft hyphen": (area("name", "A\xadB"), "(key)"),
    "key of an area with a mark of byte order": (area("key", "\ufeff0101"), "(key)"),
    "name of an area of blanks": (area("name", "\u2003\xa0"), "(key)"),
    "name of a town of blanks": (said(" \u2800", "town", "name"), "(town)"),
    "area twice": (features(lambda every: every.append(every[0])), "(key)"),
    "keys of two areas that differ in blanks": (features(lambda every: every.append(beside(every[0]))), "(key)"),
    "area in an area that is not there": (area("parent", "nowhere"), "(parent)"),
    "area in no area": (area("parent", None), "(parent)"),
    "release named after another day": (said("2024-12-31-1", "release"), "(release)"),
    "shape beyond the earth": (drawn("Polygon", [[[0, 0], [1e300, 1], [1, 1], [0, 0]]]), "(geometry)"),
    "shape that is a point": (drawn("Point", [9, 50]), "(geometry)"),
    "shape that is empty": (drawn("Polygon", []), "(geometry)"),
    "index that is no number": (index("value", "nan"), "(index)"),
    "index without end": (index("high", "inf"), "(index)"),
    "areas of an index below none": (index("areas", "-1"), "(index)"),
    "areas of an index without end": (index("areas", "9" * 20), "(index)"),
    "note that no page can show": (index("note", "a\x02"), "(index)"),
}


@pytest.mark.parametrize("odd", list(ODD))
def test_what_no_release_can_say_is_refused(package: Path, tmp_path: Path, odd: str) -> None:
    change, reason = ODD[odd]
    with pytest.raises(DeliveryError) as refused:
        import_release(forged(package, tmp_path, change))
    assert reason in str(refused.value)
    assert refused.value.todo.startswith("Ask the town")
    assert not Release.objects.exists() and not Town.objects.exists()


def test_names_of_an_earlier_version_are_read_without_odd_blanks(package: Path, tmp_path: Path) -> None:
    """Two names that differ in blanks alone look the same, and one that begins with some stands out of line."""

    def blanks(folder: Path) -> None:
        area("name", "\xa0Alt \u2003 markt ")(folder)
        said(" Muster\xa0 furt", "town", "name")(folder)
        said("Stadt\u2009viertel ", "area_sets", 1, "title")(folder)

    found = import_release(forged(package, tmp_path, blanks))
    assert found.town.name == "Muster furt"
    quarter = found.area_sets[1]
    assert quarter.title == "Stadt viertel" and quarter.areas[0]["name"] == "Alt markt"


def test_a_description_too_large_is_not_read(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read with every page of the release."""
    size = (package / "datapackage.json").stat().st_size
    assert 50 * size < wellformed.LARGEST_DESCRIPTION
    monkeypatch.setattr(wellformed, "LARGEST_DESCRIPTION", size // 3)
    with pytest.raises(DeliveryError, match="no readable description"):
        import_release(forged(package, tmp_path, said("and more", "more")))


def test_a_name_with_a_raised_digit_is_a_name() -> None:
    """A raised 2 is a digit and no number; lists of areas ended with a fault on it."""
    assert sorted(["²", "Block 10", "Block 5²", "Block 5"], key=by_name) == ["Block 5", "Block 5²", "Block 10", "²"]
