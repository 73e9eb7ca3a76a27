"""Crossings of two characteristics: hidden in one pattern for neighbouring areas, then put to the test.

In one area a crossing is a small table (first characteristic times second) whose totals are published by the tables
of either characteristic, so the rectangle rule protects it there. Its cells also add up over areas. Therefore all
areas of one coarser area that have something to hide get the same pattern, and there are at least two of them. Three
kinds of totals at once leave no simple proof: the result is attacked, and what falls is hidden more widely until
nothing falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure import rectangles
from vielfalt.figures.disclosure.attack import Attack, attackers, exposed
from vielfalt.figures.disclosure.division import Division, all_of, any_of
from vielfalt.figures.disclosure.equations import second_table
from vielfalt.figures.disclosure.grids import CrossedSum, Grid, crossed_sums, gathered_cells, with_above
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.secondary import Hidden, costs
from vielfalt.numbers import Ints, Marks

LONELY_COST = 100.0
"""Of cells where a single area holds everybody, a partner would protect nothing: the sum over areas tells it. So it is
with cells that another crossing tells."""


@dataclass(frozen=True)
class _Crossing:
    """One crossing with the hidden cells of its two margins and the cells to be hidden first, which only ever grow.

    ``follows`` marks the categories that another crossing tells where it shows its own. ``decided``: by level and
    coarser area what was asked last of the areas within, and the answer; most of it is asked again in every round.
    """

    grid: Grid
    by_first: Hidden
    by_second: Hidden | None
    first: Hidden
    follows: Marks
    decided: dict[tuple[int, int], tuple[bytes, Marks]] = field(default_factory=dict)

    def cube(self, cells: Ints) -> Ints:
        """Cells (areas, categories) as areas x first characteristic x second characteristic."""
        return cells.reshape(len(cells), *self.shape)

    @cached_property
    def keys(self) -> tuple[list[str], list[str]]:
        """The categories of the first and of the second characteristic."""
        return _keys(self.grid)

    @property
    def shape(self) -> tuple[int, int]:
        """How many categories the first and the second characteristic have."""
        return len(self.keys[0]), len(self.keys[1])


def _keys(grid: Grid) -> tuple[list[str], list[str]]:
    first, second = (list(dict.fromkeys(category[place] for category in grid.categories)) for place in (0, 1))
    return first, second


@dataclass(frozen=True)
class _ByRules:
    """A figure of the town in a crossing to which figures of another table add up, and that table's figures (``line``)
    which follow from it: those parts, and the others of the same total."""

    crossing: str
    column: int
    table: str
    line: Marks


def _by_rules(grids: Mapping[str, Grid]) -> Iterator[_ByRules]:
    for (id, column), parts in gathered_cells(grids):
        if len(grids[id].table.dimensions) > 1:
            table = parts[0][0]
            yield _ByRules(id, column, table, grids[table].beside([part for _, part in parts]))


def suppress_crossings(
    grids: Mapping[str, Grid],
    hidden: Mapping[str, Hidden],
    division: Division,
    protection: Protection,
) -> dict[str, Hidden]:
    """What is hidden of every crossing, given what is hidden of the tables with one dimension."""
    between = list(crossed_sums(grids))
    by_rules = list(_by_rules(grids))
    told_by_rules = {each.crossing: each.column for each in by_rules}
    crossings = {
        id: _crossing(grid, grids, hidden, protection, _follows(grid, between, told_by_rules.get(id)))
        for id, grid in grids.items()
        if len(grid.table.dimensions) > 1
    }
    if not crossings:
        return {}
    against = attackers(_relevant(crossings, grids), division)
    found = {id: _suppress(crossing, division, protection.min_cell) for id, crossing in crossings.items()}
    in_vain: dict[str, list[Marks]] = {}
    while True:
        while stale := _hide_with_others(crossings, found, between):
            found |= {id: _suppress(crossings[id], division, protection.min_cell) for id in stale}
        told = _told(against, {**hidden, **found}, protection)
        others = set(told) - set(crossings)
        if any(marks.any() for id in others for marks in told[id]):
            in_vain = in_vain or _told(against, {**hidden, **_everything(crossings)}, protection)
            told |= {id: [marks & ~lost for marks, lost in zip(told[id], in_vain[id], strict=True)] for id in others}
        stale = _widen(crossings, found, told, division, by_rules)
        if not stale:
            return found
        found |= {id: _suppress(crossings[id], division, protection.min_cell) for id in stale}


def _told(
    against: tuple[Attack, Attack], hidden: Mapping[str, Hidden], protection: Protection
) -> dict[str, list[Marks]]:
    """The hidden figures that can be told, by table and level."""
    fell = exposed(against, hidden, protection)
    return {id: [marks for marks, *_ in levels] for id, levels in fell.items()}


def _everything(crossings: Mapping[str, _Crossing]) -> dict[str, Hidden]:
    """All crossings hidden as a whole: what can be told then, no hiding of them helps."""
    return {
        id: tuple(np.ones(values.shape, np.bool_) for values in crossing.grid.values)
        for id, crossing in crossings.items()
    }


def _hide_with_others(
    crossings: Mapping[str, _Crossing], found: Mapping[str, Hidden], between: Sequence[CrossedSum]
) -> set[str]:
    """Hides everyone else beside a hidden sum over several categories, and the sum beside everyone else.

    Each of them tells the other, because both together are everybody. The crossings of which more is hidden now.
    """
    stale = set()
    for each in between:
        for level, (whole, parts) in enumerate(zip(found[each.whole], found[each.parts], strict=False)):
            sums = whole[:, each.totals]
            others = np.zeros_like(sums)
            np.logical_or.at(others.T, each.outside_of, parts[:, each.outside].T)
            for id, columns, new in (
                (each.whole, each.totals, others & ~sums),
                (each.parts, each.outside, (sums & ~others)[:, each.outside_of]),
            ):
                if new.any():
                    crossings[id].first[level][:, columns] |= new
                    stale.add(id)
    return stale


def _follows(grid: Grid, between: Sequence[CrossedSum], by_rules: int | None) -> Marks:
    """The categories of a crossing that other tables tell: everyone else beside a sum, and a line that rules tell."""
    follows = np.zeros(len(grid.categories), np.bool_)
    for each in between:
        if each.parts == grid.table.id:
            follows[each.outside] = True
    if by_rules is not None:
        follows |= grid.slices(np.array([by_rules]))
    return follows


def _crossing(
    grid: Grid,
    grids: Mapping[str, Grid],
    hidden: Mapping[str, Hidden],
    protection: Protection,
    follows: Marks,
) -> _Crossing:
    """The margins in the order of the crossing's own categories."""
    own, other = _keys(grid), second_table(grid, grids)
    return _Crossing(
        grid,
        _margin(grids[grid.parent], hidden[grid.parent], own[0]),
        _margin(grids[other], hidden[other], own[1]) if other else None,
        primary(grid, grids, protection),
        follows,
    )


def _margin(grid: Grid, hidden: Hidden, keys: list[str]) -> Hidden:
    columns = [grid.categories.index((key,)) for key in keys]
    return tuple(marks[:, columns] for marks in hidden)


def _relevant(crossings: Mapping[str, _Crossing], grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """The crossings and all tables whose figures bear on them, in the order of the run."""
    wanted = set(crossings)
    for crossing in crossings.values():
        wanted |= {crossing.grid.parent, second_table(crossing.grid, grids) or crossing.grid.parent}
    wanted |= {part for (id, _), parts in gathered_cells(grids) for part, _ in parts if id in crossings}
    return with_above(grids, wanted)


def _suppress(crossing: _Crossing, division: Division, smallest: int) -> Hidden:
    """What is hidden of one crossing, level by level from the town down."""
    hidden: list[Marks] = []
    for level, values in enumerate(crossing.grid.values):
        marks = np.zeros(values.shape, dtype=np.bool_)
        if level == 0:
            marks[:] = _once(crossing, 0, 0, np.array([0]), np.zeros(values.shape[1], np.bool_), smallest)
        else:
            for area, above in enumerate(hidden[-1]):
                rows = division.children(level, area)
                if above.all():
                    marks[rows] = True
                elif np.count_nonzero(any_of(values[rows] > 0, 1)) == 1:
                    marks[rows] = above
                elif len(rows):
                    marks[rows] = _once(crossing, level, area, rows, above, smallest)
        hidden.append(marks)
    return tuple(hidden)


def _once(crossing: _Crossing, level: int, area: int, rows: Ints, above: Marks, smallest: int) -> Marks:
    """What ``_areas`` finds; looked for anew only when there is more to hide than the last time."""
    asked = crossing.first[level][rows].tobytes() + above.tobytes()
    before = crossing.decided.get((level, area))
    if before is None or before[0] != asked:
        before = crossing.decided[level, area] = asked, _areas(crossing, level, rows, above, smallest)
    return before[1]


def _areas(crossing: _Crossing, level: int, rows: Ints, above: Marks, smallest: int) -> Marks:
    """What is hidden in neighbouring areas; ``above``: the cells that are hidden in the coarser area."""
    values, marks = crossing.grid.values[level][rows], crossing.first[level][rows] | above
    by_first = crossing.by_first[level][rows]
    by_second = np.zeros((len(rows), crossing.shape[1]), np.bool_)
    if crossing.by_second is not None:
        by_second = crossing.by_second[level][rows]
    dead = all_of(by_first, 1) | all_of(marks, 1)
    hidden: Marks = np.repeat(dead[:, None], values.shape[1], axis=1)
    together = values[dead].sum(axis=0)
    touched = ~dead & (any_of(marks, 1) | any_of(by_first, 1) | any_of(by_second, 1))
    thin = (together > 0) & ((together < smallest) | (np.count_nonzero(values[dead], axis=0) == 1))
    if not (touched.any() or thin.any()):
        return hidden
    touched |= _partner(values, dead, touched)
    if not touched.any():
        return hidden
    in_areas = values - crossing.grid.outside if level == 0 else values
    stack = crossing.cube(np.vstack([values[touched], in_areas[touched], together[None]]))
    firsts, seconds = crossing.shape
    one_group = np.zeros(firsts, dtype=np.int64), np.zeros(seconds, dtype=np.int64)
    margins = rectangles.Dead(any_of(by_first[touched], 0)[:, None], any_of(by_second[touched], 0)[None], *one_group)
    primary = (any_of(marks[touched], 0) | thin).reshape(crossing.shape)
    small = rectangles.merged(stack, primary, _cost(crossing, values[touched]), margins, smallest)
    found = rectangles.pattern(small, smallest)
    hidden[touched] = True if found is None else (found | np.logical_or(*margins.cells)).ravel()
    return hidden


def _partner(values: Ints, dead: Marks, touched: Marks) -> Marks:
    """The smallest further area that is not empty, where only one has something to hide and others could help."""
    chosen = np.zeros(len(values), dtype=np.bool_)
    total = values.sum(axis=1)
    free = np.flatnonzero(~dead & ~touched & (total > 0))
    if np.count_nonzero(touched & (total > 0)) < 2 and free.size:
        chosen[free[np.argmin(total[free])]] = True
    return chosen


def _cost(crossing: _Crossing, values: Ints) -> rectangles.Costs:
    """What hiding each cell of the pattern would cost in all areas together."""
    cost = costs([(key,) for key in crossing.keys[0]], crossing.cube(values).sum(axis=0).T).T
    lonely = np.count_nonzero(crossing.cube(values), axis=0) < min(2, len(values))
    return np.where(lonely | crossing.follows.reshape(crossing.shape), cost + LONELY_COST, cost)


def _widen(
    crossings: Mapping[str, _Crossing],
    found: Mapping[str, Hidden],
    told: Mapping[str, Sequence[Marks]],
    division: Division,
    by_rules: Sequence[_ByRules],
) -> set[str]:
    """Hides more around each cell that fell; the crossings concerned."""
    stale = set()
    for id, levels in told.items():
        for level, marks in enumerate(levels):
            for area in np.unique(division.parents[level][any_of(marks, 1)]):
                columns = any_of(marks[division.children(level, area)], 0)
                for blamed in _blamed(crossings, id, columns, by_rules):
                    widened = {
                        name
                        for name, own in blamed.items()
                        if _widened(crossings[name], found[name], level, area, own, division)
                    }
                    if widened:
                        stale |= widened
                        break
    return stale


def _blamed(
    crossings: Mapping[str, _Crossing], id: str, columns: Marks, by_rules: Sequence[_ByRules]
) -> Iterator[dict[str, Marks]]:
    """What to hide more around, one after the other until something could be hidden: by crossing, its categories.

    The crossing's own cells that fell; else figures from which the fallen ones of another table follow; else all.
    """
    yield {id: columns} if id in crossings else {}
    every = {name: np.ones(len(crossing.grid.categories), np.bool_) for name, crossing in crossings.items()}
    yield {
        each.crossing: np.arange(len(every[each.crossing])) == each.column
        for each in by_rules
        if each.table == id and (each.line & columns).any()
    }
    yield every


def _widened(crossing: _Crossing, hidden: Hidden, level: int, area: int, columns: Marks, division: Division) -> bool:
    """Hides more in the areas within a coarser area: the columns, or else the categories of the first characteristic
    that hold one of them, or else all categories, or else those of the coarser area, at last whole levels. False when
    all is hidden.
    """
    slices, everything = crossing.grid.slices(columns), np.ones_like(columns)
    steps = [(level, division.children(level, area), block) for block in (columns, slices, everything)]
    if level:
        steps += [(level - 1, np.array([area]), block) for block in (slices, everything)]
    steps += [(at, np.arange(len(division.keys[at])), everything) for at in range(level, -1, -1)]
    for at, rows, block in steps:
        if at < len(hidden) and not hidden[at][np.ix_(rows, np.flatnonzero(block))].all():
            _hide_first(crossing, at, rows, np.flatnonzero(block), division)
            return True
    return False


def _hide_first(crossing: _Crossing, level: int, rows: Ints, columns: Ints, division: Division) -> None:
    """Hides cells first; where people live in one area only, the coarser area counts the same people."""
    crossing.first[level][np.ix_(rows, columns)] = True
    if level:
        for area in np.unique(division.parents[level][rows]):
            near = division.children(level, area)
            if np.count_nonzero(any_of(crossing.grid.values[level][near] > 0, 1)) < 2:
                _hide_first(crossing, level - 1, np.array([area]), columns, division)
