"""All figures of a run as one system: every count of every table on every area level, and all sums between them.

A figure counts those who live in some area: an attacker knows how many do not, and subtracts them from the town's
figure. Persons in couples are counted in couples, because who knows the one knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.division import Division, Ints, Marks
from vielfalt.figures.disclosure.equations import Family, Numbers, System, as_sums, families, numbered, twins
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.figures.disclosure.linked import Figures
from vielfalt.figures.disclosure.pools import RESIDENTS
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.secondary import Hidden, costs


@dataclass(frozen=True)
class Together:
    """The figures of a run with where each stands, what they count with those who live in no area, and the small ones.

    Those not published (cost 0) come last. ``counts``: as published. ``primary``: to be hidden, zeros aside.
    ``region``: the coarsest area in which each figure lies, -1 for the town as a whole.
    """

    figures: Figures
    numbers: Mapping[str, Numbers]
    counts: Ints
    primary: Marks
    region: Ints

    def per_table(self, marks: Marks) -> dict[str, Hidden]:
        """Marks of all figures as marks by table and level."""
        return {id: tuple(marks[place] for place in places) for id, places in self.numbers.items()}


def together(
    grids: Mapping[str, Grid], division: Division, protection: Protection, secret: Mapping[str, Hidden]
) -> Together:
    """The figures of all grids of a run and the sums that hold between them.

    Fixed, because people may know them though nobody publishes some of them: residents by area, the totals of tables
    that stand alone but for those that are ``secret``, and how many people are in no category.

    Coarse figures cost more than fine ones: as often as there are finest areas inside, and tables that rest on them.
    Where parts are fewer than their total (people of unknown age), the missing ones are a further figure, which nobody
    publishes; sums of which the parts are more (imported tables of another date) tell nothing and are left out.
    """
    numbers, size = numbered(grids)
    counts, values, region = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    cost, small, fixed = np.zeros(size), np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for id, grid in grids.items():
        dear = 1.0 + _below(id, grids)
        for level, (place, marks) in enumerate(zip(numbers[id], primary(grid, grids, protection), strict=True)):
            counts[place] = grid.values[level]
            values[place] = grid.values[level] - (0 if level else grid.outside)
            inside = len(division.keys[-1]) / len(division.keys[level])
            region[place] = _regions(division, level)[:, None]
            cost[place] = dear * inside * costs(grid.categories, grid.values[level])
            small[place] = marks
            fixed[place] = id == RESIDENTS or (id in secret and ~secret[id][level])
    sums, values = _with_missing([_in_areas(family) for family in families(grids, numbers, division)], values)
    missing = len(values) - size
    same = twins(grids, numbers)
    unit = np.ones(len(values))
    couples = values[same[0]] == same[2] * values[same[1]]
    unit[same[0][couples]] = same[2][couples]
    matrix = sparse.csr_array(_matrix([*sums, *as_sums(same)], values) @ sparse.diags_array(unit))
    values = values // unit.astype(np.int64)
    known = np.pad(fixed, (0, missing), constant_values=True)
    figures = Figures(values, matrix, np.pad(cost, (0, missing)), known)
    small, region = np.pad(small & (counts > 0), (0, missing)), np.pad(region, (0, missing), constant_values=-1)
    return Together(figures, numbers, np.append(counts, values[size:]), small, region)


def _regions(division: Division, level: int) -> Ints:
    """For each area of a level the coarsest area it lies in, -1 for the town."""
    rows = np.arange(len(division.keys[level])) if level else np.full(1, -1)
    for at in range(level, 1, -1):
        rows = division.parents[at][rows]
    return rows


def _with_missing(sums: list[Family], values: Ints) -> tuple[list[Family], Ints]:
    """The sums in which people are missing with a further part, a number that is never published; all numbers."""
    found = []
    for family in sums:
        size = len(family.totals)
        missing = values[family.totals] - np.bincount(family.equation, values[family.parts], size).astype(np.int64)
        short = np.flatnonzero((missing > 0) & (np.bincount(family.equation, minlength=size) > 0))
        further = len(values) + np.arange(len(short))
        equation, parts = np.append(family.equation, short), np.append(family.parts, further)
        found.append(replace(family, equation=equation, parts=parts))
        values = np.append(values, missing[short])
    return found, values


def _below(id: str, grids: Mapping[str, Grid]) -> int:
    """How many tables of the run rest on one: what it hides, they hide too."""
    children = [child for child, grid in grids.items() if grid.parent == id]
    return len(children) + sum(_below(child, grids) for child in children)


def of_the_town(grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """The town's figures alone, for someone who does not know how many live in no area."""
    return {
        id: replace(grid, values=grid.values[:1], tops=grid.tops[:1], outside=np.zeros_like(grid.outside))
        for id, grid in grids.items()
    }


def _in_areas(family: Family) -> Family:
    """The same sums between the figures of those who live in some area: nothing is added."""
    return replace(family, added=np.zeros_like(family.added))


def _matrix(sums: list[Family], values: Ints) -> sparse.csr_array:
    """One row per sum that holds: 1 at the total, -1 at each part."""
    system = System.of(np.zeros(len(values), np.bool_), values, sums)
    rows = np.concatenate([np.arange(len(system.totals)), system.equation])
    columns = np.concatenate([system.totals, system.parts])
    factors = np.concatenate([np.ones(len(system.totals)), -np.ones(len(system.parts))])
    return sparse.csr_array((factors, (rows, columns)), shape=(len(system.totals), len(values)))
