"""What everyone is taken to know of a run: residents by area, but not of areas of which nothing is shown.

Such areas are thrown together: of all of them in one coarser area (a *pool*) everybody can compute the sums, and
whoever lives in the pool could live in any of its areas. So a figure of one of them may be anything from none of the
pool to all of it, as far as the number of its residents may, and no move needs to lead there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.division import Division, Ints, Marks
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.secondary import Chain, Hidden, suppress

RESIDENTS = "residents"


@dataclass(frozen=True)
class Pooled:
    """The tables of a run with pools in the place of their areas.

    ``rows``: per level, where each area of the town stands in ``division``. ``withheld``: per level, the areas of which
    nothing is shown. ``secret``: what of the sums that nobody publishes (``ID:total``) must not be taken as known.
    """

    grids: dict[str, Grid]
    division: Division
    rows: tuple[Ints, ...]
    withheld: tuple[Marks, ...]
    secret: dict[str, Hidden]

    def of_areas(self, hidden: Hidden) -> Hidden:
        """What is hidden of the areas of the town: as of their pool, and everything of those withheld."""
        levels = zip(hidden, self.rows, self.withheld, strict=False)
        return tuple(marks[rows] | withheld[:, None] for marks, rows, withheld in levels)


def pooled(grids: Mapping[str, Grid], division: Division, protection: Protection) -> Pooled:
    """The tables of a run with the areas thrown together whose number of residents must be hidden.

    Those are the areas that are too small, the ones beside them that keep them from being computed, and the areas in
    which a table has a single category that must be hidden: it could be computed from the residents.
    """
    hidden = {id: _root(grids, id, division, protection) for id in grids if id == RESIDENTS or ":" in id}
    residents = hidden.pop(RESIDENTS, tuple(np.zeros((len(keys), 1), np.bool_) for keys in division.keys))
    withheld = tuple(marks[:, 0] for marks in residents)
    rows: list[Ints] = []
    keys, parents = [], []
    for level, (names, gone) in enumerate(zip(division.keys, withheld, strict=True)):
        live = np.flatnonzero(~gone)
        pools, number = np.unique(pool_numbers(withheld, division, level)[gone], return_inverse=True)
        place = np.zeros(len(names), np.int64)
        place[live], place[gone] = np.arange(len(live)), len(live) + number
        up = np.zeros(len(live) + len(pools), np.int64)
        if level:
            up[place] = rows[-1][division.parents[level]]
        rows.append(place)
        parents.append(up)
        keys.append((*(names[row] for row in live), *(f"pool {pool}" for pool in pools.tolist())))
    inside = Division(division.levels, tuple(keys), tuple(parents))
    tables = {id: _summed(grid, tuple(rows), withheld, inside) for id, grid in grids.items()}
    secret = {id: tuple(map(_any, marks, rows, map(len, keys))) for id, marks in hidden.items()}
    return Pooled(tables, inside, tuple(rows), withheld, secret)


def pool_numbers(withheld: tuple[Marks, ...], division: Division, level: int) -> Ints:
    """For each area of a level the number of the pool it would be in: that of the last area above it that is shown.

    Areas of one pool have the same number; what lies in no area that is shown has the number -1.
    """
    found = np.full(1, -1)
    for at in range(1, level + 1):
        above = division.parents[at]
        before = sum(len(keys) for keys in division.keys[: at - 1])
        found = np.where(withheld[at - 1][above], found[above], before + above)
    return found


def _root(grids: Mapping[str, Grid], id: str, division: Division, protection: Protection) -> Hidden:
    """What must be hidden of a table without categories, on all levels, so that its parts can be protected."""
    grid = grids[id]
    first = [marks.copy() for marks in primary(grid, grids, protection)]
    for part in (grids[name] for name in grids if grids[name].parent == id):
        for level, (marks, values) in enumerate(zip(primary(part, grids, protection), part.values, strict=True)):
            lone = np.count_nonzero(values, axis=1) == 1
            first[level][:, 0] |= lone & np.logical_or.reduce(marks, axis=1)
    while True:
        hidden, trouble = suppress(Chain(grid, None, tuple(first), division, protection.min_cell))
        if not trouble:
            return hidden
        for obstacle in trouble:
            first[obstacle.level][np.ix_(obstacle.areas, obstacle.columns)] = True


def _summed(grid: Grid, rows: tuple[Ints, ...], withheld: tuple[Marks, ...], inside: Division) -> Grid:
    """The table with the sums of pools; the rule of one address looks at areas, not at pools."""
    values, tops = [], []
    for level, (counts, most) in enumerate(zip(grid.values, grid.tops, strict=True)):
        shape = len(inside.keys[level]), counts.shape[1]
        sums, largest = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        np.add.at(sums, rows[level], counts)
        np.maximum.at(largest, rows[level], np.where(withheld[level][:, None], 0, most))
        values.append(sums)
        tops.append(largest)
    return replace(grid, values=tuple(values), tops=tuple(tops))


def _any(marks: Marks, rows: Ints, size: int) -> Marks:
    found = np.zeros((size, marks.shape[1]), np.bool_)
    np.logical_or.at(found, rows, marks)
    return found
