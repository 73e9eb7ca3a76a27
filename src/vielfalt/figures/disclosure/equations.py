"""What an attacker writes down: every published or hidden figure as a number, and every sum that he knows to hold.

A hidden figure is some number from 0 to all residents; a published one is itself. Each equation says that a total is
the sum of its parts plus a number he knows (residents without an area).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vielfalt.figures.disclosure.division import Division
from vielfalt.figures.disclosure.grids import CrossedSum, Grid, crossed_sums, gathered_cells, same_cells
from vielfalt.figures.disclosure.rests import rest_sums
from vielfalt.numbers import Ints, Marks

Numbers = tuple[Ints, ...]
"""Per level of one table: the number of each figure (areas times categories) among all figures of the run."""
Twins = tuple[Ints, Ints, Ints]
"""Pairs of figures, and the factor by which the first is larger than the second."""

_ROUNDS = 200
_FAR = 100
"""Further than any room that a figure must have."""
_FEW_PART, _FEW = 0.01, 5
"""Sums that miss by at most this part of their totals, or by so many people, hold but for people of unknown category.

From 1 % on they are a category of their own.
"""


@dataclass(frozen=True)
class Family:
    """Equations of one kind: for each, the total, the parts as (equation, figure) pairs, and the number added.

    The pairs stand in the order of the equations.
    """

    totals: Ints
    equation: Ints
    parts: Ints
    added: Ints


def but_for_few(all_families: Iterable[Family], values: Ints) -> Iterator[Family]:
    """The same; where sums of a kind miss by a few people only, the attacker is taken to know how many they are.

    These are people of unknown category, couples of whom each lives elsewhere, and the like. Who knew less of them
    would find wider bounds.
    """
    for family in all_families:
        size = len(family.totals)
        sums = np.bincount(family.equation, values[family.parts], size).astype(np.int64) + family.added
        totals = np.where(np.bincount(family.equation, minlength=size) > 0, values[family.totals], sums)
        missing = totals - sums
        few = np.abs(missing).sum() <= max(_FEW, _FEW_PART * totals.sum())
        yield replace(family, added=family.added + missing) if few else family


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
    for (one, one_column), (other, other_column), levels in same_cells(grids):
        most, least = grids[one].values[0][0, one_column], grids[other].values[0][0, other_column]
        for these, those in zip(numbers[one][:levels], numbers[other], strict=False):
            left.append(these[:, one_column])
            right.append(those[:, other_column])
            factor.append(np.full(len(these), max(1, round(most / max(least, 1)))))
    return np.concatenate(left), np.concatenate(right), np.concatenate(factor)


def families(grids: Mapping[str, Grid], numbers: Mapping[str, Numbers], division: Division) -> Iterator[Family]:
    """All sums: over the areas of a coarser area, over the categories of a coarser category, over a crossing, from
    crossing to crossing, and of what a figure leaves of a larger one.
    """
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
    for crossed in crossed_sums(grids):
        yield from _crossed(crossed, grids, numbers)
    for totals, lines in rest_sums(grids, numbers):
        equation = np.repeat(np.arange(len(totals)), len(lines))
        yield Family(totals, equation, np.column_stack(lines).ravel(), np.zeros(len(totals), np.int64))
    for (id, column), inside in gathered_cells(grids):
        parts = np.array([numbers[other][0][0, part] for other, part in inside], dtype=np.int64)
        yield Family(numbers[id][0][0, column : column + 1], np.zeros_like(parts), parts, np.zeros(1, np.int64))


def _crossed(crossed: CrossedSum, grids: Mapping[str, Grid], numbers: Mapping[str, Numbers]) -> Iterator[Family]:
    """The sums themselves; and with everyone else they are all of the second category, which tells those at once."""
    whole, parts, second = numbers[crossed.whole], numbers[crossed.parts], second_table(grids[crossed.parts], grids)
    for these, those in zip(whole, parts, strict=False):
        yield _family(these[:, crossed.totals].T, crossed.inside_of, those[:, crossed.inside].T)
    if second is not None:
        place = {category[0]: column for column, category in enumerate(grids[second].categories)}
        columns = [place[grids[crossed.whole].categories[total][1]] for total in crossed.totals]
        groups = np.concatenate([np.arange(len(columns)), crossed.outside_of])
        for these, those, everyone in zip(whole, parts, numbers[second], strict=False):
            lines = np.concatenate([these[:, crossed.totals], those[:, crossed.outside]], axis=1)
            yield _family(everyone[:, columns].T, groups, lines.T)


def _family(totals: Ints, groups: Ints, parts: Ints, added: Ints | None = None) -> Family:
    """One equation for each cell of ``totals`` (group, place): the parts (line, place) of the lines of that group."""
    order = np.argsort(groups, kind="stable")
    equation = np.arange(parts.shape[1])[:, None] * len(totals) + groups[order]
    plus = np.zeros(totals.shape, dtype=np.int64) + (0 if added is None else added)
    return Family(totals.T.ravel(), equation.ravel(), parts[order].T.ravel(), plus.T.ravel())


def second_table(grid: Grid, grids: Mapping[str, Grid]) -> str | None:
    """The table that counts the second dimension of a crossing for itself, if the run holds it."""
    if len(grid.table.dimensions) < 2:
        return None
    wanted = (grid.table.dimensions[1:], grid.table.unit)
    return next((id for id, other in grids.items() if (other.table.dimensions, other.table.unit) == wanted), None)


def bounds(known: Marks, values: Ints, system: System, same: Twins) -> Bounds:
    """What the published figures allow each hidden one to be, by passing every sum on until nothing changes.

    A sum with a single hidden figure gives that figure exactly. ``same`` are pairs of figures of which one is a fixed
    multiple of the other (persons and couples).
    """
    active, most = system, at_most(values)
    low, high = np.where(known, values, 0), np.where(known, values, most)
    for _ in range(_ROUNDS):
        low_before, high_before = low.copy(), high.copy()
        active.pass_on(low, high)
        compare(low, high, values, same)
        changed = (low != low_before) | (high != high_before)
        if not changed.any():
            break
        active = system.only(system.holding(changed))
    return Bounds(low, high)


def at_most(values: Ints) -> int:
    """More than any of the figures: nobody is taken to know a bound that no sum tells.

    Where figures are missing, the largest number that is known is that of a sum without them.
    """
    return 2 * int(values.max(initial=0)) + _FAR


def as_sums(same: Twins) -> Iterator[Family]:
    """The pairs as equations: the first figure is the second, so many times."""
    for factor in np.unique(same[2]).tolist():
        pairs = np.flatnonzero(same[2] == factor)
        equation = np.repeat(np.arange(len(pairs)), factor)
        yield Family(same[0][pairs], equation, np.repeat(same[1][pairs], factor), np.zeros(len(pairs), np.int64))


def compare(low: Ints, high: Ints, values: Ints, same: Twins) -> None:
    """Narrows the figures of each pair by each other, where the factor holds for the true values."""
    holds = values[same[0]] == same[2] * values[same[1]]
    left, right, factor = (part[holds] for part in same)
    np.maximum.at(low, left, factor * low[right])
    np.minimum.at(high, left, factor * high[right])
    np.maximum.at(low, right, -(-low[left] // factor))
    np.minimum.at(high, right, high[left] // factor)


@dataclass(frozen=True)
class System:
    """Equations: for each, the total and the number added, and the parts as (equation, figure) pairs in their order."""

    totals: Ints
    added: Ints
    equation: Ints
    parts: Ints

    @staticmethod
    def of(values: Ints, all_families: Iterable[Family]) -> System:
        """The equations of all families that hold and have parts.

        Those that do not hold for the true values (a category of few that was left out of
        a table, imported tables whose residents are of another date) tell nothing.
        """
        none, start = np.zeros(0, dtype=np.int64), 0
        totals, added, equations, parts = [none], [none], [none], [none]
        for family in all_families:
            totals.append(family.totals)
            added.append(family.added)
            equations.append(family.equation + start)
            parts.append(family.parts)
            start += len(family.totals)
        everything = System(*(np.concatenate(each) for each in (totals, added, equations, parts)))
        holds = everything.sums(values) + everything.added == values[everything.totals]
        filled = np.zeros(len(holds), np.bool_)
        filled[everything.equation] = True
        return everything.only(holds & filled)

    @cached_property
    def _starts(self) -> Ints:
        """Where the parts of each equation that has any begin."""
        first = np.ones(len(self.equation), np.bool_)
        np.not_equal(self.equation[1:], self.equation[:-1], out=first[1:])
        return np.flatnonzero(first)

    def sums(self, numbers: Ints) -> Ints:
        """For each equation the sum over its parts."""
        found = np.zeros(len(self.totals), dtype=np.int64)
        if len(self.parts):
            found[self.equation[self._starts]] = np.add.reduceat(numbers[self.parts], self._starts)
        return found

    def holding(self, marked: Marks) -> Marks:
        """The equations in which a figure is marked."""
        found: Marks = marked[self.totals]
        if len(self.parts):
            found[self.equation[self._starts]] |= np.logical_or.reduceat(marked[self.parts], self._starts)
        return found

    def only(self, wanted: Marks) -> System:
        """Some of the equations, renumbered."""
        chosen, number = wanted[self.equation], np.cumsum(wanted) - 1
        return System(self.totals[wanted], self.added[wanted], number[self.equation[chosen]], self.parts[chosen])

    def pass_on(self, low: Ints, high: Ints) -> None:
        """Narrows every figure by every equation once."""
        least, most = self.sums(low) + self.added, self.sums(high) + self.added
        np.maximum.at(low, self.totals, least)
        np.minimum.at(high, self.totals, most)
        room, need = (high[self.totals] - least)[self.equation], (low[self.totals] - most)[self.equation]
        at_most, at_least = room + low[self.parts], need + high[self.parts]
        np.minimum.at(high, self.parts, at_most)
        np.maximum.at(low, self.parts, at_least)
