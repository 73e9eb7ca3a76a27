"""``datapackage.json``: the Frictionless description of a release, with what Vielfalt adds under ``vielfalt``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from vielfalt import breaks, codes, dates, definitions
from vielfalt.cells import ProtectedCells
from vielfalt.publish import altered, cost, guard, labels, licences
from vielfalt.publish.results import Results
from vielfalt.publish.shares import SUPPRESSED
from vielfalt.words import N_, Words

FORMAT = 1
"""The version of the release package; raised when a reader of the former could misread the new."""
MEDIA_TYPES = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "html": "text/html",
    "json": "application/json",
}
INDEX_FIELDS = (
    ("index", "string"),
    ("table", "string"),
    ("level", "string"),
    ("group", "string"),
    ("area", "string"),
    ("value", "number"),
    ("low", "number"),
    ("high", "number"),
    ("areas", "integer"),
    ("note", "string"),
)
"""What a value of an index is."""
BOUND = ("bound", "string")
"""Stands last in the file: ``lower`` where the value is the least that the index can be. The note says so, too."""


def slug(id: str) -> str:
    """The id as a file name and Frictionless name: lower case letters, digits, hyphen, underscore."""
    return re.sub(r"[^a-z0-9_]+", "-", id.lower().replace("+", "plus")).strip("-")


def table_paths(results: Results) -> dict[str, str]:
    """The file of each table id in the package; a number is added where two ids would share one."""
    paths: dict[str, str] = {}
    for id in results.tables:
        name = slug(id) or "table"
        taken = set(paths.values())
        number = next(n for n in range(1, len(paths) + 2) if _table_path(name, n) not in taken)
        paths[id] = _table_path(name, number)
    return paths


def describe(results: Results, words: Words, release: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The descriptor of a package whose files are given by path; resources stand in the order of their paths."""
    source = results.source
    return {
        "profile": "data-package",
        "name": f"vielfalt-{source.ags}-{release}",
        "title": words(N_("{town}: population and migration"), town=source.town),
        "version": release,
        "licenses": [_licence(source.licence)],
        "sources": [{"title": words(source.text)}],
        "resources": _resources(results, words, files),
        "vielfalt": {
            "format": FORMAT,
            "release": release,
            "town": {"name": source.town, "ags": source.ags},
            "reference_date": dates.to_iso(source.date),
            "kind": source.kind,
            "source": words(source.text),
            "licence": source.licence,
            "language": words.language,
            "rule_set": results.rule_set,
            "code_lists": codes.VERSION,
            "made_with": f"Vielfalt {version('vielfalt')}",
            "previous_release": results.previous.release if results.previous else None,
            "movements_since": dates.to_iso(results.movements.since) if results.movements else None,
            "breaks": _breaks(results, words),
            "protection": dict(results.protection.as_dict()),
            "area_sets": _area_sets(results),
            "tables": [_table(cells, table_paths(results)[id], words) for id, cells in results.tables.items()],
            "categories": _categories(results, words),
            "definitions": _definitions(results, words),
            "signs": {SUPPRESSED: words(N_("not published, to protect individual people"))},
            **_altered(results, words),
            **({"made_of": [vars(each) for each in results.made_of]} if results.made_of else {}),
            **({"utility": cost.as_dict(results.utility)} if results.utility else {}),
        },
    }


def _licence(named: str) -> dict[str, str]:
    """The licence as the standard wants it: a name without blanks, the title, the address of the text where known."""
    found = licences.known(named)
    name = re.sub(r"[^-a-zA-Z0-9._]", "-", named) or "unknown"
    return {"name": name, "title": licences.title(named), **({"path": found.text} if found else {})}


def _altered(results: Results, words: Words) -> dict[str, Any]:
    """Under cell key method and rounding: what was done, and the fingerprint of the secret table. Else nothing."""
    if not altered.altered(results):
        return {}
    table = {"perturbation_fingerprint": results.fingerprint} if results.fingerprint else {}
    reading = [words(sentence) for sentence in altered.rules(results)]
    return {"altered": {"method": words(altered.method(results)), "reading": reading, **table}}


def _resources(results: Results, words: Words, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    ids = {path: id for id, path in table_paths(results).items()}
    found = []
    for path in sorted(files):
        stem, _, ending = path.rpartition(".")
        entry: dict[str, Any] = {
            "name": slug(stem.replace("/", "-")) + (f"-{ending}" if stem == "report" else ""),
            "path": path,
            "profile": "data-resource",
            "format": ending,
            "mediatype": MEDIA_TYPES[ending],
            "bytes": len(files[path]),
            "hash": f"sha256:{hashlib.sha256(files[path]).hexdigest()}",
        }
        if ending == "csv":
            cells = results.tables[ids[path]] if path in ids else None
            entry |= {
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "title": labels.table_title(words, cells.table) if cells else words(N_("Indices")),
                "schema": _table_schema(cells, words) if cells else _index_schema(),
            }
        found.append(entry)
    return found


def _table_schema(cells: ProtectedCells, words: Words) -> dict[str, Any]:
    keys = [
        {"name": "level", "type": "string", "title": words(N_("Area level"))},
        {"name": "area", "type": "string", "title": words(N_("Area"))},
        *(
            {"name": dimension, "type": "string", "title": labels.dimension_title(words, dimension)}
            for dimension in cells.table.dimensions
        ),
    ]
    unit = words(N_("Households")) if cells.table.unit == "households" else words(N_("Residents"))
    value = {"name": "value", "type": "integer", "title": unit, "constraints": {"minimum": 0}}
    status = {"name": "status", "type": "string", "constraints": {"required": True, "enum": list(guard.STATUSES)}}
    return {
        "fields": [*keys, value, status],
        "missingValues": [SUPPRESSED],
        "primaryKey": [str(key["name"]) for key in keys],
    }


def _index_schema() -> dict[str, Any]:
    return {
        "fields": [{"name": name, "type": kind} for name, kind in (*INDEX_FIELDS, BOUND)],
        "missingValues": [SUPPRESSED],
    }


def _area_sets(results: Results) -> list[dict[str, Any]]:
    return [
        {
            "level": level.id,
            "title": level.title,
            "areas": len(level.areas),
            "path": f"areas/{level.id}.geojson",
            "crs": "OGC:CRS84",
            "source_crs": results.geography.crs,
        }
        for level in results.geography.levels
    ]


def _table(cells: ProtectedCells, path: str, words: Words) -> dict[str, Any]:
    table = cells.table
    return {
        "id": table.id,
        "path": path,
        "title": labels.table_title(words, table),
        "dimensions": list(table.dimensions),
        "definitions": list(table.definitions),
        "unit": table.unit,
        "parent": table.parent,
        "fine": table.fine,
        "town_only": table.town_only,
        "protection": {"method": cells.method, "parameters": dict(cells.protection.as_dict())},
    }


def _categories(results: Results, words: Words) -> dict[str, dict[str, str]]:
    """Per dimension, what each key in the tables means."""
    keys: dict[str, dict[str, str]] = {}
    for cells in results.tables.values():
        for dimension in cells.table.dimensions:
            found = keys.setdefault(dimension, {})
            found |= {key: labels.category_label(words, dimension, key) for key in cells.frame[dimension].unique()}
    return keys


def _definitions(results: Results, words: Words) -> list[dict[str, str]]:
    used = {id for cells in results.tables.values() for id in cells.table.definitions}
    return [
        {
            "id": entry.id,
            "title": words(entry.title),
            "text": words(entry.text),
            "limits": words(entry.limits),
            "source": words(entry.source),
        }
        for entry in (*definitions.ALL, *results.definitions)
        if entry.id in used
    ]


def _breaks(results: Results, words: Words) -> list[dict[str, Any]]:
    """The breaks since the previous release and since the date that movements are counted from."""
    between = [(results.previous.date, found) for found in results.breaks] if results.previous else []
    between += [(results.movements.since, found) for found in results.movements.breaks] if results.movements else []
    return [
        {
            "since": dates.to_iso(since),
            "check": found.check,
            "level": found.level or None,
            "names": list(found.names),
            "text": words(breaks.check(found.check).message),
            "consequence": words(breaks.check(found.check).consequence),
        }
        for since, found in dict.fromkeys(between)
    ]


def _table_path(name: str, number: int) -> str:
    return f"tables/{name}.csv" if number == 1 else f"tables/{name}-{number}.csv"
