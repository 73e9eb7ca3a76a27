"""Invented towns of random counts, protected as the program does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import HealthCheck, settings
from small_towns import (
    PEOPLE,
    PROTECTION,
    tables,
)

from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import protect
from vielfalt.geography import Geography
from vielfalt.table import Table

ORIGIN = Table("origin", "Origin", ("origin",), ("residents",), parent="residents")


def examples(number: int) -> settings:
    """So many examples, the same ones each time."""
    return settings(max_examples=number, suppress_health_check=list(HealthCheck), derandomize=True)


def shown(protected: ProtectedCells, level: str) -> dict[tuple[str, ...], int | None]:
    """The published values of a level by (area, category ...)."""
    rows = protected.frame.filter(pl.col("level") == level).drop("level", "status")
    return {tuple(row[:-1]): row[-1] for row in rows.iter_rows()}


def people(counts: Mapping[str, Mapping[int, int]], where: Geography, ids: tuple[str, ...]) -> dict[str, Cells]:
    """A town of so many people of each kind (number in PEOPLE) per block."""
    areas = [*(area.key for area in where.finest.areas), ""]
    table = np.array([[counts.get(area, {}).get(kind, 0) for kind in range(len(PEOPLE))] for area in areas])
    return tables(table, np.zeros(table.shape, dtype=bool), where, ids)


def primaries_only(cells: Mapping[str, Cells], where: Geography) -> dict[str, ProtectedCells]:
    """The naive protection: small cells hidden, nothing else."""
    no_rules = replace(PROTECTION, min_cell=1, min_cell_fine=1, min_area=1, dominance=1.0)
    small = pl.col("value").is_between(1, PROTECTION.min_cell - 1)
    return {
        id: replace(
            table,
            frame=table.frame.with_columns(
                value=pl.when(~small).then("value"),
                status=pl.when(small).then(pl.lit("suppressed")).otherwise(pl.lit("ok")),
            ),
        )
        for id, table in protect(cells, where, no_rules).items()
    }
