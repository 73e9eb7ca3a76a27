"""Searching moves: whole changes of hidden figures that leave every published number as it is.

A move is a witness: whoever sees the published numbers cannot tell the truth from the truth changed by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.division import Ints
from vielfalt.figures.disclosure.linked.figures import Classes
from vielfalt.figures.disclosure.linked.solver import Program, Solver, solve, solver, whole_numbers
from vielfalt.figures.disclosure.rectangles import Costs

Move = tuple[Ints, Ints]
"""The classes that change, in order, and by how much."""


@dataclass(frozen=True)
class Search:
    """A solver with one unknown for the rise and one for the fall of each class, and what each may change by."""

    highs: Solver
    program: Program
    rise: Costs
    fall: Costs

    def price(self, places: Ints, cost: Costs) -> None:
        """Sets what changing these classes costs."""
        size = len(self.rise)
        both = np.concatenate([places, places + size]).astype(np.int32)
        self.highs.changeColsCost(len(both), both, np.concatenate([cost, cost]))

    def bound(self, places: Ints, rise: Costs, fall: Costs) -> None:
        """Sets by how much these classes may rise and fall."""
        size = len(self.rise)
        both = np.concatenate([places, places + size]).astype(np.int32)
        self.highs.changeColsBounds(len(both), both, np.zeros(len(both)), np.concatenate([rise, fall]))

    def free(self, places: Ints) -> None:
        """Lets these classes change as before."""
        self.bound(places, self.rise[places], self.fall[places])


def search(unknowns: Classes, cost: Costs, least: int, width: int) -> Search:
    """Ready to search. A class can fall to ``least``; no class changes by more than four times the ``width``."""
    size = len(unknowns.values)
    most = np.full(size, 4.0 * width)
    fall = np.minimum(unknowns.values - least, most)
    none = np.zeros(unknowns.sums.shape[0])
    rows = sparse.csr_array(sparse.hstack([unknowns.sums, -unknowns.sums], format="csr"))
    high = np.concatenate([most, fall])
    program = Program(np.concatenate([cost, cost]), rows, none, none, np.zeros(2 * size), high)
    return Search(solver(program), program, most, fall)


def cheapest(at: Search, place: int, step: int, still: Iterable[int] = ()) -> Move | None:
    """The cheapest move that changes one class by ``step`` and leaves the classes ``still`` as they are."""
    up, down = (float(step), 0.0) if step > 0 else (0.0, float(-step))
    if down > at.fall[place] or up > at.rise[place]:
        return None
    size, others = len(at.rise), np.array(sorted(set(still)), dtype=np.int64)
    nothing = np.zeros(len(others))
    at.bound(others, nothing, nothing)
    at.highs.changeColBounds(place, up, up)
    at.highs.changeColBounds(place + size, down, down)
    # A basis left from another task costs more steps than none.
    at.highs.clearSolver()
    found = solve(at.highs)
    move = None if found is None else _move(at, found)
    at.free(np.append(others, place))
    return move


def _move(at: Search, found: Costs) -> Move | None:
    """The changes of a solution; solved anew in whole numbers where they are not whole."""
    changes = whole_numbers(found)
    if changes is None:
        model = at.highs.getLp()
        program = at.program
        exact = Program(
            np.array(model.col_cost_),
            program.rows,
            program.row_low,
            program.row_high,
            np.array(model.col_lower_),
            np.array(model.col_upper_),
        )
        again = solve(solver(exact, whole=True))
        changes = None if again is None else whole_numbers(again)
    if changes is None:
        return None
    size = len(at.rise)
    change = changes[:size] - changes[size:]
    moved = np.flatnonzero(change)
    return moved, change[moved]


def reach(move: Move, values: Ints, least: int, width: int) -> tuple[int, int]:
    """How often a move can be made, and how often its reverse, before a class falls below ``least``."""
    places, change = move
    room = values[places] - least
    falling, rising = change < 0, change > 0
    forth = int((room[falling] // -change[falling]).min(initial=width))
    back = int((room[rising] // change[rising]).min(initial=width))
    return forth, back
