"""Reading protected tables: the values of one category over areas, or of all categories in one area."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from vielfalt.cells import ProtectedCells
from vielfalt.geography import TOWN
from vielfalt.publish.results import Results

Category = tuple[str, ...]
Values = Mapping[str, int | None]
"""Per area its value; None where it is suppressed."""


def by_area(cells: ProtectedCells, level: str, category: Category) -> Values:
    """The value of one category per area key of a level; None where it is suppressed."""
    wanted = pl.lit(True)
    for dimension, key in zip(cells.table.dimensions, category, strict=True):
        wanted = wanted & (pl.col(dimension) == key)
    rows = cells.frame.filter((pl.col("level") == level) & wanted)
    return dict(zip(rows["area"], rows["value"], strict=True))


def in_area(cells: ProtectedCells, level: str, area: str) -> Mapping[Category, int | None]:
    """The value per category in one area; None where it is suppressed. Empty when the table lacks the area."""
    rows = cells.frame.filter((pl.col("level") == level) & (pl.col("area") == area))
    return {tuple(row[:-1]): row[-1] for row in rows.select(*cells.table.dimensions, "value").iter_rows()}


def in_town(results: Results, table: str) -> Mapping[Category, int | None]:
    """The value per category in the whole town. Empty when the run has no such table."""
    cells = results.tables.get(table)
    return {} if cells is None else in_area(cells, TOWN, results.geography.town.key)


def bases(results: Results, table: str, level: str) -> Mapping[str, int | None]:
    """What the shares of a table refer to, per area: all persons or households that the table divides.

    That is the table without dimensions at the head of its chain. An imported table may stand alone; its base is
    then the sum of its own categories, known only where none of them is suppressed. A table of a register that refines
    none has no base: its figures are told as numbers.
    """
    whole = head(results, table)
    if whole is not None:
        return by_area(results.tables[whole], level, ())
    if results.source.kind == "register":
        return {}
    rows = results.tables[table].frame.filter(pl.col("level") == level)
    sums = rows.group_by("area").agg(
        pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("base")
    )
    return dict(zip(sums["area"], sums["base"], strict=True))


def stands_alone(results: Results, table: str) -> bool:
    """Whether the shares of a table refer to the sum of its own categories, with no residents or households beside."""
    return head(results, table) is None


def town_base(results: Results, table: str) -> int | None:
    """The base of the shares of a table for the whole town; None where it is not published."""
    return bases(results, table, TOWN).get(results.geography.town.key)


def head(results: Results, table: str) -> str | None:
    """The table without dimensions that a table refines, if the run holds it and the whole chain to it."""
    current: str = table
    seen: set[str] = set()
    while current in results.tables and current not in seen:
        seen.add(current)
        entry = results.tables[current].table
        if not entry.dimensions:
            return current
        current = entry.parent
    return None
