"""Small releases for the intruder, and what he is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from small_towns import PROTECTION, TOWN, geography, tables

from vielfalt.audit import Attack, Release
from vielfalt.cells import ProtectedCells
from vielfalt.figures.disclosure import protect
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices.evenness import dissimilarity
from vielfalt.figures.indices.exposure import isolation
from vielfalt.geography import Geography
from vielfalt.publish.results import Results, Source

SOURCE = Source("Town", TOWN.key, 20251231, "register", "", "")
LATER = replace(SOURCE, date=20261231)
"""Another date."""


def release(where: Geography, shown: Mapping[str, ProtectedCells], name: str = "1", **other: object) -> Release:
    results = Results(SOURCE, where, shown, (), PROTECTION)
    return Release(name, replace(results, **other), 0)  # type: ignore[arg-type]


def told(attacks: tuple[Attack, ...], id: str) -> list[tuple[str, str, tuple[str, ...], int, int]]:
    found = next(each for each in attacks if each.id == id)
    return [(each.key.table, each.key.area, each.key.category, each.low, each.high) for each in found.told]


def with_value(cells: ProtectedCells, area: str, category: str, value: int | None) -> ProtectedCells:
    """The table with one figure shown or hidden by hand."""
    here = (pl.col("area") == area) & (pl.col(cells.table.dimensions[0]) == category)
    status = "suppressed" if value is None else "ok"
    frame = cells.frame.with_columns(
        value=pl.when(here).then(pl.lit(value, pl.Int64)).otherwise("value"),
        status=pl.when(here).then(pl.lit(status)).otherwise("status"),
    )
    return replace(cells, frame=frame)


def plain(values: Mapping[str, tuple[int, int]]) -> tuple[Geography, dict[str, ProtectedCells]]:
    """Germans and foreigners of quarters with one block each; nothing is small."""
    where = geography([1] * len(values))
    counts = np.zeros((len(values) + 1, 10), dtype=np.int64)
    counts[:-1, 0], counts[:-1, 5] = np.array(list(values.values())).T
    cells = tables(counts, np.zeros(counts.shape, bool), where, ("residents", "foreigner"))
    return where, protect(cells, where, PROTECTION)


FOUR = {"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50), "Q3": (90, 20)}
"""Germans and foreigners of four quarters: 140 of 440 residents are foreigners."""


def without_foreigners(*areas: str) -> tuple[Geography, dict[str, ProtectedCells]]:
    """The quarters, with their foreigners and Germans hidden by hand in some areas."""
    where, shown = plain(FOUR)
    for area in areas:
        for category in ("german", "foreign"):
            shown["foreigner"] = with_value(shown["foreigner"], area, category, None)
    return where, shown


def over_quarters(id: str, foreign: list[int], residents: list[int]) -> IndexValue:
    """A careless index over these counts."""
    group, everyone = np.array(foreign, dtype=float), np.array(residents, dtype=float)
    found = isolation(group, everyone) if id == "isolation" else dissimilarity(group, everyone - group)
    return IndexValue(id, "foreigner", "quarter", "foreign", "", round(found or 0, 3), len(foreign))
