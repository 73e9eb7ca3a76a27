"""A made-up town of four quarters in two boroughs: its polygons, its tables and its profile, written for a test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from vielfalt.imported.profile import read_table_profile
from vielfalt.imported.records import TableProfile

QUARTERS = {"11": "Altstadt", "12": "Hafen", "21": "Weststadt", "22": "Mühlenberg"}
PROFILE = """
[town]
name = "Musterstadt"
ags = "99999999"
[table]
id = "origin"
title = "Herkunft"
dimension = "origin"
dimension_title = "Herkunftsgebiet"
definition = "Nach dem Melderegister."
date = 2020-12-31
[source]
text = "Stadt Musterstadt"
licence = "dl-de/by-2-0"
[geometry]
crs = "EPSG:25832"
"""
FILE = """
[file]
delimiter = ";"
"""
AREA = """
[area]
column = "area"
"""
CATEGORIES = """
[[category]]
key = "eu"
label = "EU"
in_file = "EU"
rest = "Übrige EU"
[[category]]
key = "poland"
label = "Polen"
in_file = "PL"
part_of = "eu"
[[category]]
key = "other"
label = "Andere"
in_file = "Andere"
"""
BASE = """
[base]
in_file = "Einw"
title = "Einwohner"
definition = "Alle."
rest = "Ohne"
"""
LEVELS = """
[[level]]
id = "borough"
title = "Stadtbezirk"
keys = "B([0-9])"
[level.names]
1 = "Ost"
2 = "West"
[[level]]
id = "quarter"
title = "Stadtteil"
path = "quarters.geojson"
parent_prefix = 1
"""
TABLE = """area;EU;PL;Andere;Einw
11;50;20;30;1000
12;40;0;10;500
21;5;5;0;400
22;1.200;200;300;9.000
"""


def square(column: int, row: int, size: float = 1000.0) -> list[list[list[float]]]:
    """The ring of a square of 1 km in UTM 32, somewhere in Germany."""
    x, y = 500_000.0 + 1000 * column, 5_700_000.0 + 1000 * row
    return [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]


def write_polygons(
    path: Path,
    features: Sequence[tuple[Mapping[str, object], list[list[list[float]]]]],
    crs: str = "urn:ogc:def:crs:EPSG::25832",
) -> Path:
    """A GeoJSON file of polygons with their properties."""
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": crs}},
        "features": [
            {
                "type": "Feature",
                "properties": dict(properties),
                "geometry": {"type": "Polygon", "coordinates": rings},
            }
            for properties, rings in features
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def quarters(folder: Path) -> Path:
    """The polygons of the four quarters: two columns (boroughs) of two squares."""
    return write_polygons(
        folder / "quarters.geojson",
        [({"key": key, "name": name}, square(int(key[0]), int(key[1]))) for key, name in QUARTERS.items()],
    )


def write_profile(folder: Path, *parts: str) -> TableProfile:
    """The profile made of the given parts; the head is always there."""
    path = folder / "profile.toml"
    path.write_text(PROFILE + "".join(parts), encoding="utf-8")
    return read_table_profile(path)


def usual(folder: Path, **replaced: str) -> TableProfile:
    """The profile of the whole example with single parts replaced."""
    parts = {"file": FILE + 'thousands = "."\n', "area": AREA, "categories": CATEGORIES, "base": BASE, "levels": LEVELS}
    quarters(folder)
    return write_profile(folder, *{**parts, **replaced}.values())


def write_table(folder: Path, text: str = TABLE, encoding: str = "utf-8") -> Path:
    """The delivered table."""
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path
