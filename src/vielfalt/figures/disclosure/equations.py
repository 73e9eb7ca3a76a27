"""What an attacker writes down: every published or hidden figure as a number, and every sum that he knows to hold.

A hidden figure is some number from 0 to all residents; a published one is itself. Each equation says that a total is
the sum of its parts plus a number he knows (residents without an area).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vielfalt.figures.disclosure.division import Division, Ints, Marks
from vielfalt.figures.disclosure.grids import Grid, same_cells

Numbers = tuple[Ints, ...]
"""Per level of one table: the number of each figure (areas times categories) among all figures of the run."""
Twins = tuple[Ints, Ints, Ints]
"""Pairs of figures, and the factor by which the first is larger than the second."""


@dataclass(frozen=True)
class Family:
    """Equations of one kind: for each, the total, the parts as (equation, figure) pairs, and the number added."""

    totals: Ints
    equation: Ints
    parts: Ints
    added: Ints


@dataclass(frozen=True)
class Bounds:
    """For every figure of the run the least and the largest number that the published figures allow."""

    low: Ints
    high: Ints


def numbered(grids: Mapping[str, Grid]) -> tuple[dict[str, Numbers], int]:
    """A number for every figure, by table id and level, and how many figures there are."""
    numbers: dict[str, Numbers] = {}
    start = 0
    for id, grid in grids.items():
        levels = []
        for values in grid.values:
            levels.append(np.arange(start, start + values.size).reshape(values.shape))
            start += values.size
        numbers[id] = tuple(levels)
    return numbers, start


def twins(grids: Mapping[str, Grid], numbers: Mapping[str, Numbers]) -> Twins:
    """Figures of which one tells the other, with the factor between them (persons and couples: 2)."""
    left, right, factor = ([np.zeros(0, np.int64)] for _ in range(3))
    for (one, one_column), (other, other_column) in same_cells(grids):
        most, least = grids[one].values[0][0, one_column], grids[other].values[0][0, other_column]
        for these, those in zip(numbers[one], numbers[other], strict=False):
            left.append(these[:, one_column])
            right.append(those[:, other_column])
            factor.append(np.full(len(these), max(1, round(most / max(least, 1)))))
    return np.concatenate(left), np.concatenate(right), np.concatenate(factor)


def families(grids: Mapping[str, Grid], numbers: Mapping[str, Numbers], division: Division) -> Iterator[Family]:
    """All sums: over the areas of a coarser area, over the categories of a coarser category, over a crossing."""
    for id, grid in grids.items():
        for level, parts in enumerate(numbers[id]):
            if level:
                added = grid.outside if level == 1 else np.zeros_like(grid.outside)
                yield _family(numbers[id][level - 1], division.parents[level], parts, added)
            if grid.parent in grids:
                yield _family(numbers[grid.parent][level].T, grid.parent_column, parts.T)
            second = second_table(grid, grids)
            if second is not None:
                place = {category[0]: column for column, category in enumerate(grids[second].categories)}
                columns = np.array([place[category[1]] for category in grid.categories], dtype=np.int64)
                yield _family(numbers[second][level].T, columns, parts.T)


def _family(totals: Ints, groups: Ints, parts: Ints, added: Ints | None = None) -> Family:
    """One equation for each cell of ``totals`` (group, place): the parts (line, place) of the lines of that group."""
    places = parts.shape[1]
    equation = groups[:, None] * places + np.arange(places)
    plus = np.zeros(totals.shape, dtype=np.int64) + (0 if added is None else added)
    return Family(totals.ravel(), equation.ravel(), parts.ravel(), plus.ravel())


def second_table(grid: Grid, grids: Mapping[str, Grid]) -> str | None:
    """The table that counts the second dimension of a crossing for itself, if the run holds it."""
    if len(grid.table.dimensions) < 2:
        return None
    wanted = (grid.table.dimensions[1:], grid.table.unit)
    return next((id for id, other in grids.items() if (other.table.dimensions, other.table.unit) == wanted), None)


def bounds(known: Marks, values: Ints, all_families: Sequence[Family], same: Twins, rounds: int = 200) -> Bounds:
    """What the published figures allow each hidden one to be, by passing every sum on until nothing changes.

    A sum with a single hidden figure gives that figure exactly. Sums that do not hold for the true values (imported
    tables whose residents are of another date) tell nothing and are left out. ``same`` are pairs of figures of which
    one is a fixed multiple of the other (persons and couples).
    """
    system = _System.of(known, values, all_families)
    most = int(values.max(initial=0))
    low, high = np.where(known, values, 0), np.where(known, values, most)
    for _ in range(rounds):
        before = (low.sum(), high.sum())
        system.pass_on(low, high)
        _compare(low, high, values, same)
        if (low.sum(), high.sum()) == before:
            break
    return Bounds(low, high)


def _compare(low: Ints, high: Ints, values: Ints, same: Twins) -> None:
    """Narrows the figures of each pair by each other, where the factor holds for the true values."""
    holds = values[same[0]] == same[2] * values[same[1]]
    left, right, factor = (part[holds] for part in same)
    np.maximum.at(low, left, factor * low[right])
    np.minimum.at(high, left, factor * high[right])
    np.maximum.at(low, right, -(-low[left] // factor))
    np.minimum.at(high, right, high[left] // factor)


@dataclass(frozen=True)
class _System:
    """The equations that hold and in which something is hidden; parts in the order of their equations."""

    totals: Ints
    added: Ints
    starts: Ints
    equation: Ints
    parts: Ints

    @staticmethod
    def of(known: Marks, values: Ints, all_families: Sequence[Family]) -> _System:
        """The equations of all families that hold and hide something, renumbered."""
        start, totals, added, equations, parts = 0, [], [], [], []
        for family in all_families:
            size = len(family.totals)
            sums = np.bincount(family.equation, values[family.parts], size).astype(np.int64) + family.added
            open_ = np.bincount(family.equation, ~known[family.parts], size) + ~known[family.totals] > 0
            filled = np.bincount(family.equation, minlength=size) > 0
            keep = (sums == values[family.totals]) & open_ & filled
            number = np.cumsum(keep) - 1 + start
            chosen = keep[family.equation]
            totals.append(family.totals[keep])
            added.append(family.added[keep])
            equations.append(number[family.equation[chosen]])
            parts.append(family.parts[chosen])
            start += int(keep.sum())
        equation, part = np.concatenate(equations), np.concatenate(parts)
        order = np.argsort(equation, kind="stable")
        equation = equation[order]
        starts = np.flatnonzero(np.diff(equation, prepend=-1))
        return _System(np.concatenate(totals), np.concatenate(added), starts, equation, part[order])

    def pass_on(self, low: Ints, high: Ints) -> None:
        """Narrows every figure by every equation once."""
        if not self.totals.size:
            return
        least, most = np.add.reduceat(low[self.parts], self.starts), np.add.reduceat(high[self.parts], self.starts)
        np.maximum.at(low, self.totals, least + self.added)
        np.minimum.at(high, self.totals, most + self.added)
        room = (high[self.totals] - self.added - least)[self.equation]
        need = (low[self.totals] - self.added - most)[self.equation]
        at_most, at_least = room + low[self.parts], need + high[self.parts]
        np.minimum.at(high, self.parts, at_most)
        np.maximum.at(low, self.parts, at_least)
