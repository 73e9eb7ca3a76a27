"""Protects the tables of a run until every hidden figure has its room."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.protecting import protect
from vielfalt.figures.disclosure.room import Rooms, rooms
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.geography import Geography

ATTEMPTS = 50
"""Each attempt hides more of a crossing, so that in the end none is shown; so many were never needed."""


def protect_with_room(
    cells: Mapping[str, Cells],
    geography: Geography,
    protection: Protection,
    unknown: Mapping[str, pl.DataFrame] | None = None,
) -> tuple[dict[str, ProtectedCells], Rooms]:
    """All tables of one run as they may be published (see ``protect``), and the room of what is hidden.

    Tables with one characteristic leave enough room by themselves; crossings are hidden more widely until they do.
    Where it does not come to that, the last attempt is returned, and ``narrow`` of its rooms tells it.
    """
    tries: list[Mapping[str, Hidden]] = []
    most = ATTEMPTS if any(len(each.table.dimensions) > 1 for each in cells.values()) else 0
    while True:
        protected = protect(cells, geography, protection, unknown, tries)
        found = rooms(protected, cells, geography, protection, unknown)
        if len(tries) == most or not any(each.narrow for each in found.held):
            return protected, found
        tries.append(_crossings_first(found.narrow, cells))


def _crossings_first(narrow: Mapping[str, Hidden], cells: Mapping[str, Cells]) -> Mapping[str, Hidden]:
    """Only the cells of crossings, where there are any: the others may have been narrowed by them alone."""
    own = {id: levels for id, levels in narrow.items() if id in cells and len(cells[id].table.dimensions) > 1}
    return own if any(marks.any() for levels in own.values() for marks in levels) else narrow
