"""Linear programs for groups of linked unknowns: what all their sums at once allow, not one sum after the other."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from vielfalt.figures.disclosure.equations import System
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.solutions import Seen, agreeing, look, nothing_seen, walk
from vielfalt.numbers import Ints, Marks

SMALL = 400
"""Groups up to this size are looked at together, larger ones each for itself."""
ALONE = 1_000
"""In each group so many figures at most get programs of their own; so many open ones are told, or nearly so."""


@dataclass(frozen=True)
class Decided:
    """Which of the wanted figures are decided, by figure: by solutions for many at once, or by programs of their own.

    ``left``: undecided, because the group is too large or too many wanted programs of their own. The other wanted
    figures are linked with no unknown, so that there is nothing more to try.
    """

    together: Marks
    alone: Marks
    left: Marks


def narrow(system: System, low: Ints, high: Ints, least: Ints, wanted: Marks, largest: int = SMALL) -> Decided:
    """Narrows the bounds of every wanted figure in a group of at most ``largest``, where that could tell it.

    A figure is told when one number other than zero is left, or when it must be positive and below ``least``; where
    ``least`` is 0, also when zero alone is left. Equations that contradict the others are left out.
    """
    none = np.zeros(len(low), np.bool_)
    decided = Decided(none, none.copy(), none.copy())
    if not (wanted & (low < high)).any():
        return decided
    of = linked(system, low, high, wanted, largest)
    decided.left[:] = wanted & (low < high) & of.too_large
    if not len(of.unknowns):
        return decided
    unknowns = of.unknowns
    matrix = matrix_of(system, len(low))[of.equations]
    right = system.added[of.equations] - matrix @ np.where(low == high, low, 0).astype(np.float64)
    ends = low[unknowns].astype(np.float64), high[unknowns].astype(np.float64)
    program = Program(np.zeros(len(unknowns)), sparse.csr_array(matrix[:, unknowns]), right, right, *ends)
    seen = nothing_seen(least[unknowns], wanted[unknowns])

    def several(groups: tuple[slice, slice]) -> None:
        few = _part(program, *groups)
        look(solver(few), few, seen.part(groups[1]))

    def one(group: int) -> None:
        rows, columns = of.of(group)
        _by_programs(_part(program, rows, columns), seen.part(columns), low, high, unknowns[columns], decided)

    # Groups share no figure, so they can be attacked side by side.
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # more at once would only take memory
        list(pool.map(several, of.small()))
        list(pool.map(one, np.unique(of.of_unknown[seen.open()]).tolist()))
    decided.together[unknowns] = wanted[unknowns] & ~decided.alone[unknowns] & ~decided.left[unknowns]
    return decided


@dataclass(frozen=True)
class Groups:
    """Unknowns that sums link with each other and these sums, each with its group, the small groups first.

    ``too_large``: all figures of groups that are left out because they are too large.
    """

    unknowns: Ints
    of_unknown: Ints
    equations: Ints
    of_equation: Ints
    first_large: int
    too_large: Marks

    def small(self) -> list[tuple[slice, slice]]:
        """The sums and the unknowns of all small groups, in two halves."""
        end = int(np.searchsorted(self.of_unknown, self.first_large))
        middle = int(self.of_unknown[end // 2]) if end else 0
        rows, columns = (
            np.searchsorted(of, (0, middle, self.first_large)).tolist() for of in (self.of_equation, self.of_unknown)
        )
        cuts = [(slice(*rows[half : half + 2]), slice(*columns[half : half + 2])) for half in range(2)]
        return [(own_rows, own) for own_rows, own in cuts if own.start < own.stop]

    def of(self, group: int) -> tuple[slice, slice]:
        """The sums and the unknowns of one group."""
        rows, columns = (slice(*np.searchsorted(of, (group, group + 1))) for of in (self.of_equation, self.of_unknown))
        return rows, columns


def matrix_of(system: System, size: int) -> sparse.csr_array:
    """One row per sum: 1 at the total, -1 at each part."""
    rows = np.concatenate([np.arange(len(system.totals)), system.equation])
    columns = np.concatenate([system.totals, system.parts])
    factors = np.concatenate([np.ones(len(system.totals)), -np.ones(len(system.parts))])
    return sparse.csr_array((factors, (rows, columns)), shape=(len(system.totals), size))


def linked(system: System, low: Ints, high: Ints, wanted: Marks, largest: int) -> Groups:
    """The groups that hold a wanted figure and are not too large."""
    free: Marks = low < high
    figures, sums = np.flatnonzero(free), len(system.totals)
    place = np.cumsum(free) - 1
    equation = np.concatenate([np.arange(sums), system.equation])
    figure = np.concatenate([system.totals, system.parts])
    unknown = free[figure]
    edges = equation[unknown], sums + place[figure[unknown]]
    graph = sparse.coo_array((np.ones(len(edges[0]), np.int8), edges), shape=(sums + len(figures),) * 2)
    _, group = csgraph.connected_components(graph, directed=False)
    groups = int(group.max(initial=0)) + 1
    size = np.bincount(group[sums:], minlength=groups)
    asked = np.bincount(group[sums:][wanted[figures]], minlength=groups)
    group = group + groups * (size > SMALL)[group]
    chosen, of = np.tile((size > 1) & (size <= largest) & (asked > 0), 2), group[sums:]
    too_large = np.zeros(len(low), np.bool_)
    too_large[figures] = np.tile(size > largest, 2)[of]
    unknowns, equations = figures[chosen[of]], np.flatnonzero(chosen[group[:sums]])
    of_unknown, of_equation = of[chosen[of]], group[equations]
    first, second = np.argsort(of_unknown, kind="stable"), np.argsort(of_equation, kind="stable")
    return Groups(unknowns[first], of_unknown[first], equations[second], of_equation[second], groups, too_large)


def _part(program: Program, rows: slice, columns: slice) -> Program:
    return Program(
        program.cost[columns],
        program.rows[rows, columns],
        program.row_low[rows],
        program.row_high[rows],
        program.low[columns],
        program.high[columns],
    )


def _by_programs(program: Program, seen: Seen, low: Ints, high: Ints, unknowns: Ints, decided: Decided) -> None:
    """Narrows the figures of one group to what all their sums together allow, where that could tell them."""
    highs = solver(program)
    if not look(highs, program, seen):
        program = agreeing(program)
        highs = solver(program)
        look(highs, program, seen)
    walk(highs)
    for place, ends in one_by_one(highs, seen, ALONE).items():
        number = unknowns[place]
        low[number], high[number] = max(low[number], ends[0]), min(high[number], ends[1])
        decided.alone[number] = True
    decided.left[unknowns] = seen.open() & ~decided.alone[unknowns]


def one_by_one(highs: Solver, seen: Seen, most: int) -> dict[int, tuple[int, int]]:
    """The least and the largest whole number of each open unknown, as far as it needs them; of so many at most."""
    found: dict[int, tuple[int, int]] = {}
    for place in np.flatnonzero(seen.open()).tolist():
        if len(found) < most and seen.open()[place]:
            found[place] = _ends(highs, place, seen)
    return found


def _ends(highs: Solver, place: int, seen: Seen) -> tuple[int, int]:
    """The least and the largest whole number of one unknown, as far as it needs them to be settled."""
    ends = [0, np.iinfo(np.int64).max]
    for end, sign in enumerate((1.0, -1.0)):
        if seen.open()[place]:
            highs.changeColCost(place, sign)
            found = solve(highs)
            highs.changeColCost(place, 0.0)
            if found is not None:
                seen.add(found)
                ends[end] = int(np.floor(found[place] + WHOLE) if end else np.ceil(found[place] - WHOLE))
    return ends[0], ends[1]
