"""Linear programs for groups of linked unknowns: what all their sums at once allow, not one sum after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.equations import System
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.rectangles import Costs

LARGEST = 400
"""Groups up to this size are attacked so; it takes up to two programs for each of their figures."""
WORTH_A_LOOK = 2 / 3
"""One more solution is looked at while the last left at most this part of the figures open."""


def narrow(system: System, low: Ints, high: Ints, least: Ints, wanted: Marks) -> None:
    """Narrows the bounds of every wanted figure in a small group, where that could tell it.

    A figure is told when one number is left, or when it must be positive and below ``least``. The equations must hold
    for some numbers within the bounds.
    """
    unknowns, of_unknown, equations, of_equation = _groups(system, low, high, wanted)
    if not len(unknowns):
        return
    matrix = _matrix(system, len(low))[equations]
    right = system.added[equations] - matrix @ np.where(low == high, low, 0).astype(np.float64)
    ends = low[unknowns].astype(np.float64), high[unknowns].astype(np.float64)
    program = Program(np.zeros(len(unknowns)), sparse.csr_array(matrix[:, unknowns]), right, right, *ends)
    seen = _Seen(np.full(len(unknowns), np.inf), np.full(len(unknowns), -np.inf), least[unknowns], wanted[unknowns])
    _look(solver(program), program, seen)

    def one_group(group: int) -> None:
        columns, rows = (slice(*np.searchsorted(of, (group, group + 1))) for of in (of_unknown, of_equation))
        _by_programs(_part(program, rows, columns), seen.part(columns), low, high, unknowns[columns])

    with ThreadPoolExecutor() as pool:
        # Groups share no figure, so their order does not matter.
        list(pool.map(one_group, np.unique(of_unknown[seen.open()]).tolist()))


@dataclass(frozen=True)
class _Seen:
    """Between which numbers each unknown was seen; every solution is a possible truth."""

    low: Costs
    high: Costs
    least: Ints
    wanted: Marks

    def add(self, found: Costs) -> None:
        np.minimum(self.low, found, out=self.low)
        np.maximum(self.high, found, out=self.high)

    def open(self) -> Marks:
        """What may still be told: not what was seen at two numbers, one of them harmless."""
        harmless = (self.low < 1 - WHOLE) | (self.high >= self.least - WHOLE)
        marks: Marks = self.wanted & ~((self.high - self.low >= 1 - WHOLE) & harmless)
        return marks

    def part(self, columns: slice) -> _Seen:
        """Some of the unknowns; what is added to them is added here."""
        return _Seen(self.low[columns], self.high[columns], self.least[columns], self.wanted[columns])


def _matrix(system: System, size: int) -> sparse.csr_array:
    """One row per sum: 1 at the total, -1 at each part."""
    rows = np.concatenate([np.arange(len(system.totals)), system.equation])
    columns = np.concatenate([system.totals, system.parts])
    factors = np.concatenate([np.ones(len(system.totals)), -np.ones(len(system.parts))])
    return sparse.csr_array((factors, (rows, columns)), shape=(len(system.totals), size))


def _groups(system: System, low: Ints, high: Ints, wanted: Marks) -> tuple[Ints, Ints, Ints, Ints]:
    """The unknowns that sums link with each other and these sums, each with its group, in the order of the groups.

    Only groups that are small enough and hold a wanted figure.
    """
    free: Marks = low < high
    sums = len(system.totals)
    equation = np.concatenate([np.arange(sums), system.equation])
    figure = np.concatenate([system.totals, system.parts])
    linked = free[figure]
    edges = equation[linked], sums + figure[linked]
    graph = sparse.coo_array((np.ones(len(edges[0])), edges), shape=(sums + len(low),) * 2)
    _, group = csgraph.connected_components(graph, directed=False)
    size, asked = (
        np.bincount(group[sums:][marks], minlength=int(group.max(initial=0)) + 1) for marks in (free, free & wanted)
    )
    chosen = (size > 1) & (size <= LARGEST) & (asked > 0)
    unknowns, equations = np.flatnonzero(free & chosen[group[sums:]]), np.flatnonzero(chosen[group[:sums]])
    of_unknown, of_equation = group[sums + unknowns], group[equations]
    first, second = np.argsort(of_unknown, kind="stable"), np.argsort(of_equation, kind="stable")
    return unknowns[first], of_unknown[first], equations[second], of_equation[second]


def _look(highs: Solver, program: Program, seen: _Seen) -> None:
    """Some solutions, each as far as possible from those before, as long as each settles a good part of the figures."""
    draw, everyone = np.random.default_rng(0), np.arange(len(program.cost), dtype=np.int32)
    away, before = draw.choice((-1.0, 1.0), len(everyone)), seen.open()
    while before.any():
        highs.changeColsCost(len(everyone), everyone, away * before * draw.uniform(0.5, 1.5, len(everyone)))
        first, found = bool(np.isinf(seen.low[0])), solve(highs)
        if found is None:
            break
        seen.add(found)
        still = seen.open()
        if not first and still.sum() > WORTH_A_LOOK * before.sum():
            break
        away, before = np.where(found - program.low > program.high - found, 1.0, -1.0), still
    highs.changeColsCost(len(everyone), everyone, np.zeros(len(everyone)))


def _part(program: Program, rows: slice, columns: slice) -> Program:
    return Program(
        program.cost[columns],
        program.rows[rows, columns],
        program.row_low[rows],
        program.row_high[rows],
        program.low[columns],
        program.high[columns],
    )


def _by_programs(program: Program, seen: _Seen, low: Ints, high: Ints, unknowns: Ints) -> None:
    """Narrows the figures of one group to what all their sums together allow, where that could tell them."""
    highs = solver(program)
    _look(highs, program, seen)
    for place, number in enumerate(unknowns.tolist()):
        for sign in (1.0, -1.0):
            if not seen.open()[place]:
                break
            highs.changeColCost(place, sign)
            found = solve(highs)
            highs.changeColCost(place, 0.0)
            if found is None:
                return
            seen.add(found)
            if sign > 0:
                low[number] = max(low[number], int(np.ceil(found[place] - WHOLE)))
            else:
                high[number] = min(high[number], int(np.floor(found[place] + WHOLE)))
