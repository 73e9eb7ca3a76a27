"""What an attacker finds by linear programming: the extremes of hidden figures under all sums together.

Every vertex that the solver visits is a possible truth and so a witness for all figures at once; a figure that some
witnesses show to have room needs no program of its own. The remaining ones are asked one by one, in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from vielfalt.figures.disclosure.attackers import Attacker
from vielfalt.figures.disclosure.linked.figures import Classes, Figures, classes
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, solve, solver
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks


@dataclass(frozen=True)
class Intervals:
    """Per figure the least and the largest number that the published ones allow; published figures are themselves.

    Where the room is at least the width asked for, the ends are those seen, not the furthest. ``programs``: how many
    linear programs it took.
    """

    low: Ints
    high: Ints
    programs: int


def intervals(figures: Figures, hidden: Marks, attacker: Attacker, width: int) -> Intervals:
    """The room of every hidden figure as far as it is needed to tell whether it is at least ``width``.

    To an attacker who sees zeros (``least`` 1) hidden zeros are an error: he takes them to be shown.
    """
    free = hidden & ~figures.fixed & (figures.values >= attacker.least)
    unknowns = classes(figures, free)
    low, high, programs = _extremes(unknowns, attacker.least, width)
    lowest, highest = figures.values.copy(), figures.values.copy()
    some = unknowns.of >= 0
    lowest[some], highest[some] = low[unknowns.of[some]], high[unknowns.of[some]]
    return Intervals(lowest, highest, programs)


def _extremes(unknowns: Classes, least: int, width: int) -> tuple[Ints, Ints, int]:
    values = unknowns.values.astype(np.float64)
    low, high = values.copy(), values.copy()
    if not len(values):
        return unknowns.values, unknowns.values, 0
    level = unknowns.sums @ values
    size, most = len(values), float(values.sum())
    program = Program(np.zeros(size), unknowns.sums, level, level, np.full(size, float(least)), np.full(size, most))
    highs = solver(program)
    # After a change of the objective the primal simplex goes on from the last vertex: about 15 times as fast.
    highs.setOptionValue("simplex_strategy", int(highspy.simplex_constants.SimplexStrategy.kSimplexStrategyPrimal))
    programs = 0
    for place in range(size):
        for sign in (1.0, -1.0):
            if high[place] - low[place] < width - WHOLE:
                highs.changeColCost(place, sign)
                found = solve(highs)
                highs.changeColCost(place, 0.0)
                programs += 1
                if found is not None:
                    _seen(found, low, high)
    # A number between two witnesses in whole numbers is whole; the ends of a vertex may not be.
    return np.ceil(low - WHOLE).astype(np.int64), np.floor(high + WHOLE).astype(np.int64), programs


def _seen(found: Costs, low: Costs, high: Costs) -> None:
    np.minimum(low, found, out=low)
    np.maximum(high, found, out=high)
