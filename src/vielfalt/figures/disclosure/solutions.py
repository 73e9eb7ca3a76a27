"""What solutions of a system of sums show: every one is a possible truth, for all unknowns at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks

WORTH_A_LOOK = 0.9
"""One more solution is looked at while the last left at most this part of the figures open."""
FEW = 500
"""Once so few figures are open, the solver walks from solution to solution; before, it starts anew."""


@dataclass(frozen=True)
class Seen:
    """Between which numbers each unknown was seen. As all between two solutions is one, so are the numbers between."""

    low: Costs
    high: Costs
    least: Ints
    wanted: Marks

    def add(self, found: Costs) -> None:
        """Takes in a solution."""
        np.minimum(self.low, found, out=self.low)
        np.maximum(self.high, found, out=self.high)

    def open(self) -> Marks:
        """What may still be told: not what may be zero, nor what has several numbers, one of them ``least`` or more.

        Where ``least`` is 0, a zero would be told as well, so that only several numbers settle it.
        """
        low, high = np.ceil(self.low - WHOLE), np.floor(self.high + WHOLE)
        settled = ((low <= 0) & (self.least > 0)) | ((low < high) & (high >= self.least))
        marks: Marks = self.wanted & ~settled
        return marks

    def part(self, columns: slice) -> Seen:
        """Some of the unknowns; what is added to them is added here."""
        return Seen(self.low[columns], self.high[columns], self.least[columns], self.wanted[columns])


def nothing_seen(least: Ints, wanted: Marks) -> Seen:
    """Before the first solution."""
    return Seen(np.full(len(least), np.inf), np.full(len(least), -np.inf), least, wanted)


def look(highs: Solver, program: Program, seen: Seen) -> bool:
    """Some solutions, each as far as possible towards what settles figures, as long as each settles a good part.

    False when the equations hold for no numbers within the bounds.
    """
    size, draw = len(program.cost), np.random.default_rng(0)
    everyone, rise, before, first = np.arange(size, dtype=np.int32), np.zeros(size, np.bool_), seen.open(), True
    while before.any():
        highs.changeColsCost(size, everyone, np.where(rise, -1.0, 1.0) * before * draw.uniform(0.5, 1.5, size))
        # From nothing the first solution takes a multiple of the time without a simplification of the program.
        highs.setOptionValue("presolve", "on" if first else "off")
        found = solve(highs)
        if found is None:
            return False
        seen.add(found)
        still = seen.open()
        if not first and still.sum() > WORTH_A_LOOK * before.sum():
            break
        if still.sum() < FEW:
            walk(highs)
        # Down to zero settles a figure at once; where zero is not to be had, chance tries both ways.
        nearer, unsettled = 2 * found < program.low + program.high, seen.high < seen.least
        rise = np.where(seen.least > 0, unsettled & (draw.random(size) < 0.5), nearer)
        before, first = still, False
    highs.changeColsCost(size, everyone, np.zeros(size))
    return True


def walk(highs: Solver) -> None:
    """From now on the solver goes on from the last solution: after a small change of what is asked far the quickest."""
    highs.setOptionValue("simplex_strategy", int(highspy.simplex_constants.SimplexStrategy.kSimplexStrategyPrimal))


def agreeing(program: Program) -> Program:
    """The program without equations that contradict the others: without those that give way where all miss by least."""
    size, rows = len(program.cost), len(program.row_low)
    give = sparse.eye_array(rows)
    none, much = np.zeros(2 * rows), np.full(2 * rows, np.inf)
    loose = Program(
        np.concatenate([np.zeros(size), np.ones(2 * rows)]),
        sparse.csc_array(sparse.hstack([program.rows, give, -give])),
        program.row_low,
        program.row_high,
        np.concatenate([program.low, none]),
        np.concatenate([program.high, much]),
    )
    highs = solver(loose)
    highs.setOptionValue("presolve", "on")
    found = solve(highs)
    if found is None:
        return program
    holds = found[size : size + rows] + found[size + rows :] <= WHOLE
    return replace(
        program,
        rows=sparse.csr_array(program.rows)[holds],
        row_low=program.row_low[holds],
        row_high=program.row_high[holds],
    )
