"""The town's method decides how the tables of a run are protected, and what the self-check before a release tries."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import recomputable
from vielfalt.figures.disclosure.changing import change
from vielfalt.figures.disclosure.room import Rooms
from vielfalt.figures.disclosure.telling import tellable, withhold
from vielfalt.figures.disclosure.widening import protect_with_room
from vielfalt.geography import Geography
from vielfalt.methods import Method, Suppression


def protect_by(
    method: Method, cells: Mapping[str, Cells], geography: Geography, protection: Protection
) -> tuple[dict[str, ProtectedCells], pl.DataFrame, Rooms]:
    """All tables of one run as they may be published, and the true counts that could still be told: none, if sound.

    Under suppression also the room of every hidden figure.
    Under cell key method and rounding, a number whose true count follows from the others is withheld, until none does.
    """
    if isinstance(method, Suppression):
        protected, found = protect_with_room(cells, geography, protection)
        return protected, recomputable(protected, cells, geography, protection), found
    protected = change(cells, geography, protection, method)
    told = tellable(protected, cells, geography, method)
    for _ in range(_ATTEMPTS):
        if told.is_empty():
            break
        protected = withhold(protected, told)
        told = tellable(protected, cells, geography, method)
    return protected, told, Rooms((), pl.DataFrame())


_ATTEMPTS = 5
