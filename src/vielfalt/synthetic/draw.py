"""Random draws over whole columns, tables as dictionaries of integer columns, and days as integers since 1970.

All chance comes from NumPy's PCG64, seeded by the town's seed and a path of integers, so that a draw added in one step
does not shift the draws of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np

from vielfalt.numbers import Floats, Ints, Marks

Rng: TypeAlias = np.random.Generator
Table: TypeAlias = dict[str, Ints]
"""Columns of equal length; one entry per person, house or household."""

NEVER: Final = -1_000_000
"""The day that stands for "no date"; long before anyone's birth, so that comparisons treat it as past."""
NONE: Final = -1
"""The key or pointer that stands for "none" (0 is Germany)."""


def generator(seed: int, *path: int) -> Rng:
    """The random generator of one step of one town."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))


def stable(seed: int, kind: int, ids: Ints) -> Floats:
    """One uniform number per id that stays the same at every reference date: the id-th draw of the kind's stream."""
    size = int(ids.max()) + 1 if ids.size else 0
    return generator(seed, 1_000 + kind).random(size)[ids]


def chance(rng: Rng, share: float | Floats, size: int) -> Marks:
    """True with the given probability, one per entry."""
    return rng.random(size) < share


def choose(rng: Rng, weights: Iterable[float], size: int) -> Ints:
    """Positions drawn in proportion to weights."""
    cumulative = np.cumsum(np.asarray(list(weights), dtype=float))
    found = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    places: Ints = np.minimum(found, cumulative.size - 1).astype(np.int64)
    return places


def choose_by_row(rng: Rng, weights: Floats, rows: Ints) -> Ints:
    """One position per entry, drawn in proportion to the weights of the entry's row of the matrix."""
    width = weights.shape[1]
    cumulative = np.cumsum(weights, axis=1)
    cumulative = cumulative / cumulative[:, -1:] + np.arange(len(weights))[:, None]
    found = np.searchsorted(cumulative.ravel(), rows + rng.random(rows.size), side="right")
    places: Ints = np.clip(found - rows * width, 0, width - 1).astype(np.int64)
    return places


def normal(rng: Rng, mean: float | Floats, spread: float, low: float | Floats, high: float, size: int) -> Floats:
    """Normal draws cut at both ends."""
    return np.clip(rng.normal(mean, spread, size), low, high)


def rows_of(table: Table, selection: Marks | Ints) -> Table:
    """The table of the selected rows."""
    return {name: column[selection] for name, column in table.items()}


def joined(tables: Iterable[Table]) -> Table:
    """One table below the other; all have the same columns."""
    parts = list(tables)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def length(table: Table) -> int:
    """The number of rows."""
    return int(next(iter(table.values())).size)


def to_day(yyyymmdd: int) -> int:
    """A calendar date as days since 1970."""
    year, month, day = yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100
    return int(np.datetime64(f"{year:04}-{month:02}-{day:02}", "D").astype(np.int64))


def year_start(years: Ints) -> Ints:
    """The first of January of each year, as days since 1970."""
    starts: Ints = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return starts


def year_of(days: Ints) -> Ints:
    """The calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def years_between(start: Ints, end: int) -> Ints:
    """Completed years from each day to the end, by the calendar."""
    years: Ints = (_yyyymmdd(np.array([end])) - _yyyymmdd(start)) // 10_000
    return years


def _yyyymmdd(days: Ints) -> Ints:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    found: Ints = year_of(days) * 10_000 + (number % 12 + 1) * 100 + (dates - months).astype(np.int64) + 1
    return found


def positions(ids: Ints, wanted: Ints) -> Ints:
    """The row of each wanted id in an ascending column of ids; NONE where it is absent or none was wanted."""
    found = np.minimum(np.searchsorted(ids, wanted), ids.size - 1)
    return np.where((wanted >= 0) & (ids[found] == wanted), found, NONE)
