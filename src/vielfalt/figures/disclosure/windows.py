"""Groups of figures too large for one program: two dates after the other, all else held at one possible truth.

Whatever the figures of two dates can be while all others stand still is a possible truth for all of them together, so
what it settles is settled. What it leaves open may be told or not: that stays undecided.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy import sparse

from vielfalt.errors import EngineError
from vielfalt.figures.disclosure.equations import System
from vielfalt.figures.disclosure.linked.solver import Program, Solver, solve, solver
from vielfalt.figures.disclosure.programs import ALONE, linked, matrix_of, one_by_one
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.solutions import Seen, agreeing, look, nothing_seen, walk
from vielfalt.numbers import Ints, Marks

MOST = 2_000_000
"""Of more unknowns one program alone would fill the memory of a usual machine; they stay undecided."""
DATES = 3
"""With fewer dates two of them are all there is."""
_FEW = 4
"""Solutions of all sums, of whose mean the windows start."""


def undecided(system: System, low: Ints, high: Ints, least: Ints, wanted: Marks, date: Ints) -> tuple[Marks, Marks]:
    """Which ``wanted`` figures nothing decides, and which stay open after a program over all sums.

    ``date``: that of each figure, of which two neighbouring ones are looked at together. The bounds of figures that
    got a program over all sums are narrowed to what it found.
    """
    groups = linked(system, low, high, wanted, len(low))
    unknowns = groups.unknowns[np.argsort(date[groups.unknowns], kind="stable")]
    of, seen = date[unknowns], nothing_seen(least[unknowns], wanted[unknowns])
    left, alone = wanted.copy(), np.zeros(len(low), np.bool_)
    if len(np.unique(date)) < DATES or not len(unknowns) or len(unknowns) > MOST:
        return left, alone
    with suppress(EngineError):  # what was seen until the solver gave up is possible, the rest is undecided
        for place, ends in _decide(_program(system, low, high, groups.equations, unknowns), seen, of).items():
            number = unknowns[place]
            low[number], high[number] = max(low[number], ends[0]), min(high[number], ends[1])
            alone[number] = seen.open()[place]
    left[unknowns] = seen.open() & ~alone[unknowns]
    return left, alone


def _decide(program: Program, seen: Seen, of: Ints) -> dict[int, tuple[int, int]]:
    """Looks at two dates after the other; the ends of unknowns left, which get programs over all sums."""
    highs = solver(program)
    truth = _possible(highs, program, seen)
    if truth is None:
        program = agreeing(program)
        highs = solver(program)
        truth = _possible(highs, program, seen)
    if truth is None:
        return {}
    dates = np.unique(of).tolist()
    for first, second in pairwise(dates if len(dates) > 1 else dates * 2):
        columns = slice(int(np.searchsorted(of, first)), int(np.searchsorted(of, second, side="right")))
        _look(_window(program, truth, columns), seen.part(columns))
    walk(highs)
    return one_by_one(highs, seen, ALONE)


def _program(system: System, low: Ints, high: Ints, equations: Ints, unknowns: Ints) -> Program:
    """All sums over the unknowns, as the known figures leave them."""
    matrix = matrix_of(system, len(low))[equations]
    right = system.added[equations] - matrix @ np.where(low == high, low, 0).astype(np.float64)
    ends = low[unknowns].astype(np.float64), high[unknowns].astype(np.float64)
    return Program(np.zeros(len(unknowns)), sparse.csr_array(matrix[:, unknowns]), right, right, *ends)


def _possible(highs: Solver, program: Program, seen: Seen) -> Costs | None:
    """A possible truth away from the limits, so that each date has room beside the others: the mean of a few.

    The solver is left at the last of them, for programs of single figures.
    """
    size, draw = len(program.cost), np.random.default_rng(0)
    everyone, found = np.arange(size, dtype=np.int32), []
    for number in range(_FEW):
        # Downwards first: a figure that can be zero is settled.
        highs.changeColsCost(size, everyone, draw.uniform(-1.0 if number else 0.5, 1.0, size))
        # Where all is asked anew the solver is ten times as fast from nothing as from its last solution, which it would
        # not simplify.
        highs.clearSolver()
        highs.setOptionValue("presolve", "on")
        solution = solve(highs)
        if solution is None:
            return None
        seen.add(solution)
        found.append(solution)
    highs.changeColsCost(size, everyone, np.zeros(size))
    mean: Costs = np.mean(found, axis=0)
    return mean


def _window(program: Program, truth: Costs, columns: slice) -> Program:
    """The sums over some unknowns where all others are what they are in the possible truth."""
    inside = sparse.csr_array(sparse.csc_array(program.rows)[:, columns])
    touched = np.diff(inside.indptr) > 0
    rows = inside[touched]
    right = rows @ truth[columns]
    return replace(
        program,
        cost=program.cost[columns],
        rows=rows,
        row_low=right,
        row_high=right,
        low=program.low[columns],
        high=program.high[columns],
    )


def _look(window: Program, seen: Seen) -> None:
    """Solutions for many at once, then as far as it goes for each one that is left."""
    if not seen.open().any():
        return
    highs = solver(window)
    look(highs, window, seen)
    walk(highs)
    one_by_one(highs, seen, ALONE)
