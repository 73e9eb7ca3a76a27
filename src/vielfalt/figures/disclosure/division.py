"""The areas of a town as numbered rows, level by level from the town down, each row with its parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from vielfalt.geography import TOWN, Geography
from vielfalt.numbers import Ints, Marks


@dataclass(frozen=True)
class Division:
    """Per level, coarse to fine and beginning with the town: its id, its area keys, and each area's parent.

    ``parents[i][k]`` is the row, on level i - 1, of the area that holds area k of level i; for the town it is 0.
    """

    levels: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    parents: tuple[Ints, ...]

    def children(self, level: int, area: int) -> Ints:
        """The rows on ``level`` of the areas that lie in row ``area`` of the level above."""
        return np.flatnonzero(self.parents[level] == area)

    def up(self, finest: Ints, level: int) -> Ints:
        """For rows of the finest level: the rows of ``level`` that hold them."""
        rows = finest
        for current in range(len(self.levels) - 1, level, -1):
            rows = self.parents[current][rows]
        return rows


def division(geography: Geography) -> Division:
    """The division of a town. Raises KeyError when an area names a parent that the level above does not have."""
    levels = [TOWN]
    keys: list[tuple[str, ...]] = [(geography.town.key,)]
    parents = [np.zeros(1, dtype=np.int64)]
    for level in geography.levels:
        row = {key: number for number, key in enumerate(keys[-1])}
        parents.append(np.array([row[area.parent] for area in level.areas], dtype=np.int64))
        levels.append(level.id)
        keys.append(tuple(area.key for area in level.areas))
    return Division(tuple(levels), tuple(keys), tuple(parents))


def row_numbers(keys: Sequence[str], wanted: pl.Series) -> Ints:
    """The place of each wanted key among ``keys``. Raises KeyError for a key that is not there."""
    found = wanted.cast(pl.Enum(keys), strict=False).to_physical()
    if found.null_count():
        raise KeyError(wanted.filter(found.is_null())[0])
    return found.to_numpy().astype(np.int64)


def any_of(marks: Marks, axis: int | tuple[int, ...]) -> Marks:
    """Whether any mark along an axis (or along several) is set."""
    found: Marks = np.logical_or.reduce(marks, axis=axis)
    return found


def all_of(marks: Marks, axis: int) -> Marks:
    """Whether all marks along an axis are set."""
    found: Marks = np.logical_and.reduce(marks, axis=axis)
    return found
