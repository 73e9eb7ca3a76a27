"""The last look before and after writing: nothing but protected cells leaves, and every hidden value is hidden."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from vielfalt import schema
from vielfalt.cells import LEAST_CELL, ProtectedCells
from vielfalt.errors import DisclosureError
from vielfalt.geography import TOWN
from vielfalt.publish.results import Results
from vielfalt.publish.shares import SUPPRESSED
from vielfalt.words import N_

STATUSES = ("ok", "suppressed", "estimated")
_TODO = N_("Nothing was released. Report this to whoever maintains Vielfalt; it is a fault of the program.")
_PERSONAL = frozenset(
    {field.name for field in (*schema.EXTRACT, *schema.PERSONS) if field.type not in ("code", "flag")}
    | {"key_sum", "top", "second", "n"}
)
"""Columns that only a table about single people or unprotected cells could have."""


def check_results(results: Results) -> None:
    """Raises DisclosureError when a table holds more than the contract allows or shows a hidden value.

    The record types check this when they are made; frames can be exchanged afterwards, so it is checked again here.
    """
    levels = {TOWN, *(level.id for level in results.geography.levels)}
    for id, cells in results.tables.items():
        if cells.frame.columns != columns(cells) or id != cells.table.id:
            raise _fault(N_("A table has other columns than a release may have."), id)
        if _PERSONAL & set(cells.table.dimensions):
            raise _fault(N_("A table has a column about single people."), id)
        _check_values(id, cells.frame, cells.protection.min_cell)
        if not set(cells.frame["level"]) <= levels:
            raise _fault(N_("A table has figures for an area level that the town does not have."), id)


def check_written(folder: Path, paths: dict[str, str], results: Results) -> None:
    """Reads the written tables back: raises DisclosureError unless each is the protected table, cell by cell.

    ``paths`` gives the file of each table id, relative to the folder.
    """
    for id, path in paths.items():
        cells = results.tables[id]
        with (folder / path).open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file)
        if head != columns(cells) or len(lines) != cells.frame.height:
            raise _fault(N_("A written table has other columns or rows than the protected table."), path)
        for written, row in zip(lines, cells.frame.iter_rows(), strict=True):
            *keys, value, status = written
            if (value == SUPPRESSED) != (status == "suppressed"):
                raise _fault(N_("A written table shows a value that must be hidden."), path)
            shown = SUPPRESSED if row[-2] is None else str(row[-2])
            if [*keys, value, status] != [*row[:-2], shown, row[-1]]:
                raise _fault(N_("A written table differs from the protected table."), path)


def columns(cells: ProtectedCells) -> list[str]:
    """The columns of a table in a release (contract “Release package”)."""
    return ["level", "area", *cells.table.dimensions, "value", "status"]


def _check_values(id: str, frame: pl.DataFrame, least: int) -> None:
    hidden = frame["status"] == "suppressed"
    if not (hidden == frame["value"].is_null()).all():
        raise _fault(N_("A table shows a value that must be hidden."), id)
    altered = (frame["status"] == "estimated") & (frame["value"] > 0) & (frame["value"] < LEAST_CELL)
    if altered.fill_null(False).any():
        raise _fault(N_("A table shows a number below the smallest that may be published."), id)
    if not set(frame["status"]) <= set(STATUSES) or not frame["value"].dtype.is_integer():
        raise _fault(N_("A table holds a status or a number that a release cannot have."), id)
    small = (frame["status"] == "ok") & (frame["value"] > 0) & (frame["value"] < least)
    if small.fill_null(False).any() or (frame["value"] < 0).any():
        raise _fault(N_("A table shows a number below the smallest that may be published."), id)
    keys = frame.drop("value", "status")
    if any(keys[name].is_null().any() or (keys[name] == SUPPRESSED).any() for name in keys.columns):
        raise _fault(N_("A table has an empty key, or the key “.”, which would be read as a hidden value."), id)


def _fault(message: str, where: str) -> DisclosureError:
    return DisclosureError(message, where=where, todo=_TODO)
