"""How far hidden figures can move: solutions of all sums together, until every figure has its room or none for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.solutions import FEW, walk
from vielfalt.numbers import Ints, Marks

_MANY = 100
_GAIN = 0.1
"""Programs for many figures at once end after so many pairs, or with one that settles less than this part of what is
open."""


@dataclass
class Spans:
    """The solutions so far, and between which numbers each unknown was seen, from the true one on.

    ``aim``: how much room each unknown is to have.
    """

    low: Costs
    high: Costs
    aim: Ints
    solutions: list[Costs] = field(default_factory=list)

    def add(self, found: Costs) -> None:
        """Takes in a solution."""
        self.solutions.append(found)
        np.minimum(self.low, found, out=self.low)
        np.maximum(self.high, found, out=self.high)

    def copy(self) -> Spans:
        """The same, to be continued apart from this."""
        return Spans(self.low.copy(), self.high.copy(), self.aim, list(self.solutions))

    def ends(self) -> tuple[Ints, Ints]:
        """Per unknown the least and the largest whole number between those seen."""
        return np.ceil(self.low - WHOLE).astype(np.int64), np.floor(self.high + WHOLE).astype(np.int64)

    def room(self) -> Ints:
        """How far the least and the largest whole number lie apart."""
        low, high = self.ends()
        return high - low

    def open(self) -> Marks:
        """The unknowns that have less room than they are to have."""
        marks: Marks = self.room() < self.aim
        return marks


def no_span(values: Ints, aim: Ints) -> Spans:
    """Before the first solution: every unknown is what it truly is."""
    return Spans(values.astype(np.float64), values.astype(np.float64), aim)


def look(program: Program, least: Ints, spans: Spans, needed: Ints) -> None:
    """Solutions until every unknown has its room or none for it.

    Each moves all open ones; what then has not even the room ``needed`` is moved one by one. ``least``: what each is at
    least for the attacker.
    """
    if not spans.open().any():
        return
    highs = together(program, least, spans)
    highs.changeColsCost(len(least), np.arange(len(least), dtype=np.int32), np.zeros(len(least)))
    for place in np.flatnonzero(spans.room() < needed).tolist():
        for sign in (1.0, -1.0):
            if spans.room()[place] < needed[place]:
                highs.changeColCost(place, sign)
                spans.add(_solution(highs))
                highs.changeColCost(place, 0.0)


def together(program: Program, least: Ints, spans: Spans) -> Solver:
    """Solutions that move all open unknowns at once, as long as they settle a good part of them; a solver.

    Two side by side, one of which moves up what the other moves down: as many programs as one after the other would
    need, in half the time. Always two, so that what is found does not depend on the machine.
    """
    size, draw, open_ = len(program.cost), np.random.default_rng(0), spans.open()
    everyone, solvers = np.arange(size, dtype=np.int32), [solver(program) for _ in range(2)]
    for highs in solvers:
        highs.changeColsBounds(size, everyone, least.astype(np.float64), program.high)
    with ThreadPoolExecutor(len(solvers)) as pool:
        for number in range(_MANY if open_.any() else 0):
            rise = draw.random(size) < 0.5 if number else spans.high < spans.aim
            cost = np.where(rise, -1.0, 1.0) * open_ * draw.uniform(0.5, 1.5, size)
            anew = not number or open_.sum() > FEW
            for found in pool.map(_cheapest, solvers, (cost, -cost), (anew, anew)):
                spans.add(found)
            still = spans.open()
            if not still.any() or (number and still.sum() > (1 - _GAIN) * open_.sum()):
                break
            open_ = still
    return solvers[0]


def _cheapest(highs: Solver, cost: Costs, anew: bool) -> Costs:
    """The cheapest solution, from nothing or from the last one on."""
    highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
    # Far from the last solution, a program that is simplified and solved anew takes a fourth of the time.
    highs.setOptionValue("presolve", "on" if anew else "off")
    if anew:
        highs.clearSolver()
    else:
        walk(highs)
    return _solution(highs)


def _solution(highs: Solver) -> Costs:
    found = solve(highs)
    assert found is not None  # the true numbers are a solution
    return found
