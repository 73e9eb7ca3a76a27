"""Writing the files of the town project: settings, profile, geometry, street directory, extracts, truth."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt.synthetic.plan import Plan
from vielfalt.synthetic.shapes import CRS, Division
from vielfalt.synthetic.streets import Streets
from vielfalt.words import N_, Words

COLUMNS: Final = {
    "person_id": "Ordnungsmerkmal",
    "family_name": "Familienname",
    "birth_name": "Geburtsname",
    "given_names": "Vornamen",
    "street_key": "StrSchl",
    "street_name": "Straße",
    "house_number": "HausNr",
    "house_suffix": "HausNrZusatz",
    "postcode": "PLZ",
    "municipality_key": "AGS",
    "easting": "Rechtswert",
    "northing": "Hochwert",
    "birth_date": "GebDatum",
    "birth_place": "GebOrt",
    "birth_state": "GebStaat",
    "sex": "Geschl",
    "nationality_1": "Staatsang1",
    "nationality_2": "Staatsang2",
    "nationality_3": "Staatsang3",
    "german_nationality_kind": "ArtDtStaatsang",
    "marital_status": "FamStand",
    "religion": "Religion",
    "dwelling_status": "WohnStatus",
    "move_in_date": "EinzugWohnung",
    "move_out_date": "AuszugWohnung",
    "death_date": "Sterbedatum",
    "arrival_date": "ZuzugGemeinde",
    "arrival_from_abroad_date": "ZuzugAusland",
    "origin_state": "HerkunftStaat",
    "origin_municipality": "HerkunftGemeinde",
    "spouse_id": "OM_Ehegatte",
    "guardian_1_id": "OM_GesVertr1",
    "guardian_2_id": "OM_GesVertr2",
    "information_block": "Sperre",
    "institution": "Heim",
}
"""The town's own column names by canonical field, in the order of the file."""

_TOWN = """\
# {invented}
[town]
name = "{name}"
ags = "{ags}"          # {nowhere}
licence = "dl-de/by-2-0"  # {licence}
language = "{language}"
profile = "profile.toml"  # {profile}

[areas]
streets = "areas/streets.csv"  # {streets}: street_key;street_name;from;to;parity;block
crs = "{crs}"             # {coordinates}

# {order}
{levels}"""
_ABOUT_TOWN: Final = {
    "invented": N_("Settings of a synthetic town: all residents are invented."),
    "nowhere": N_("no municipality has this key"),
    "licence": N_("licence of the published tables"),
    "profile": N_("column profile of the register extract"),
    "streets": N_("street directory"),
    "coordinates": N_("coordinate system of the extract and of the polygons"),
    "order": N_("Area levels from coarse to fine."),
}
_LEVEL = """\
[[areas.level]]
id = "{id}"
title = "{title}"
file = "areas/{id}.geojson"
key = "key"
name = "name"
parent = "parent"
"""
_PROFILE = """\
# {maps}
[file]
delimiter = ";"
quote = '"'
encoding = "{encoding}"
date_forms = ["german"]
missing = ["00.00.0000"]

[columns]
{columns}

# {codes}
[codes.sex]
M = "m"
W = "w"
D = "d"
X = "x"

[codes.dwelling_status]
A = "only"
H = "main"
N = "secondary"

[codes.german_nationality_kind]
01 = "birth"
02 = "naturalised"
03 = "repatriate"
04 = "option"
09 = "other"

[codes.information_block]
0 = "none"
1 = "general"
2 = "conditional"

[codes.institution]
J = "yes"
N = "no"
"""
_ABOUT_PROFILE: Final = {
    "maps": N_("Which columns of the register extract of the synthetic town are which fields of Vielfalt."),
    "codes": N_("Code values of the town on the left, values of Vielfalt on the right."),
}
LEVELS: Final = {"district": N_("Districts"), "quarter": N_("Quarters"), "block": N_("Blocks")}


def write_settings(root: Path, name: str, ags: str, encoding: str, words: Words) -> None:
    """``town.toml`` and ``profile.toml`` of a town of that name and key, in the language of the words.

    ``encoding`` is that of the extracts.
    """
    levels = "\n".join(_LEVEL.format(id=id, title=words(title)) for id, title in LEVELS.items())
    called = words(N_("{town} (synthetic)"), town=name)
    about = {part: words(said) for part, said in _ABOUT_TOWN.items()}
    town = _TOWN.format(name=called, ags=ags, crs=CRS, levels=levels, language=words.language, **about)
    (root / "town.toml").write_text(town, encoding="utf-8", newline="\n")
    columns = "\n".join(f'{field} = "{name}"' for field, name in COLUMNS.items())
    about = {part: words(said) for part, said in _ABOUT_PROFILE.items()}
    profile = _PROFILE.format(columns=columns, encoding=encoding, **about)
    (root / "profile.toml").write_text(profile, encoding="utf-8", newline="\n")


def write_areas(folder: Path, plan: Plan, division: Division, town_key: str) -> None:
    """One GeoJSON file per level; coordinates in the CRS that the file names, centimetres."""
    keys = {"district": plan.district_keys, "quarter": plan.quarter_keys, "block": plan.block_keys}
    names = {"district": plan.district_names, "quarter": plan.quarter_names, "block": plan.block_names}
    parents = {
        "district": (town_key,) * len(plan.district_keys),
        "quarter": tuple(plan.district_keys[number] for number in division.district),
        "block": tuple(plan.quarter_keys[number] for number in division.quarter),
    }
    for level in LEVELS:
        features = [
            {
                "type": "Feature",
                "properties": {"key": key, "name": name, "parent": parent},
                "geometry": _geometry(shape),
            }
            for key, name, parent, shape in zip(
                keys[level], names[level], parents[level], division.shapes(level), strict=True
            )
        ]
        crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{CRS.replace(':', '::')}"}}
        content = {"type": "FeatureCollection", "crs": crs, "features": features}
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{level}.geojson").write_text(text + "\n", encoding="utf-8", newline="\n")


def _geometry(shape: BaseGeometry) -> dict[str, object]:
    """A polygon in the counter-clockwise order of RFC 7946, corners in whole centimetres as they were drawn."""
    found: dict[str, object] = json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))
    return found


def write_directory(folder: Path, streets: Streets, block_keys: Iterable[str]) -> None:
    """``streets.csv``: ranges of house numbers and the block they lie in; suffixes belong to their number."""
    keys = tuple(block_keys)
    lines = ["street_key;street_name;from;to;parity;block"]
    for street, first, last, parity, block in streets.directory:
        lines.append(f"{streets.keys[street]};{streets.names[street]};{first};{last};{parity};{keys[block]}")
    (folder / "streets.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_extract(path: Path, rows: pl.DataFrame, damaged: dict[int, list[str]], encoding: str) -> None:
    """The extract with CRLF; ``damaged`` replaces rows by lists of fields that need not fit the columns."""
    with path.open("wb") as file:
        file.write((";".join(rows.columns) + "\r\n").encode(encoding))
        start = 0
        for number in [*sorted(damaged), rows.height]:
            _append(file, rows[start:number], encoding)
            if number in damaged:
                file.write((";".join(damaged[number]) + "\r\n").encode(encoding))
            start = number + 1


def _append(file: io.BufferedWriter, rows: pl.DataFrame, encoding: str) -> None:
    """Writes rows in slices, so that no second copy of a large extract lies in memory."""
    step = 100_000
    for start in range(0, rows.height, step):
        buffer = io.BytesIO()
        part = rows[start : start + step].with_columns(pl.when(pl.all() != "").then(pl.all()))  # "" would be quoted
        part.write_csv(buffer, include_header=False, separator=";", line_terminator="\r\n")
        file.write(buffer.getvalue().decode("utf-8").encode(encoding))
