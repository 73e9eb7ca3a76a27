"""The base of a table of a release: how many people, or households, live in each area, hidden groups included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from vielfalt.imported.files import read_rows
from vielfalt.imported.records import FileForm

_DESCRIPTOR = "datapackage.json"


def release_base(table: Path, level: str) -> Mapping[str, str]:
    """By area, the published figure of the table that the given one refines and that has no groups itself.

    Empty where the file does not lie in a release package, or nothing without groups stands above it. Figures are as
    written; hidden ones carry the release's mark.
    """
    path = table.resolve().parent.parent / _DESCRIPTOR
    try:
        tables = {entry["id"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))["vielfalt"]["tables"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    here = next((entry for entry in tables.values() if Path(entry["path"]).name == table.name), None)
    while here and here["dimensions"]:
        here = tables.get(here["parent"])
    if here is None:
        return {}
    rows = read_rows(path.parent / here["path"], FileForm(delimiter=","))
    return {record["area"]: record["value"] for record in rows.records if record["level"] == level}
