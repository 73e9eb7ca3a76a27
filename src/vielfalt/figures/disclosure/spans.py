"""How far hidden figures can move: solutions of all sums together, until every figure has its room or none for it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.solutions import walk
from vielfalt.numbers import Ints, Marks

_MANY = 100
_GAIN = 0.05
"""Programs for many figures at once end after so many, or when one settles less than this part of what is open."""


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
                _add(highs, spans)
                highs.changeColCost(place, 0.0)


def together(program: Program, least: Ints, spans: Spans) -> Solver:
    """Solutions that move all open unknowns at once, as long as each settles a good part of them; the solver."""
    size, draw, open_ = len(program.cost), np.random.default_rng(0), spans.open()
    highs, everyone = solver(program), np.arange(size, dtype=np.int32)
    highs.changeColsBounds(size, everyone, least.astype(np.float64), program.high)
    for number in range(_MANY if open_.any() else 0):
        rise = draw.random(size) < 0.5 if number else spans.high < spans.aim
        highs.changeColsCost(size, everyone, np.where(rise, -1.0, 1.0) * open_ * draw.uniform(0.5, 1.5, size))
        # From nothing the first solution takes a multiple of the time without a simplification of the program.
        highs.setOptionValue("presolve", "off" if number else "on")
        _add(highs, spans)
        still = spans.open()
        if not still.any() or (number and still.sum() > (1 - _GAIN) * open_.sum()):
            break
        walk(highs)
        open_ = still
    return highs


def _add(highs: Solver, spans: Spans) -> None:
    found = solve(highs)
    assert found is not None  # the true numbers are a solution
    spans.add(found)
