"""The exact way for small tables: which figures to hide so that no protection costs less (Fischetti & Salazar 2001).

A master program chooses the classes to hide; for each class with too little room a linear program says why, as a sum
of classes of which more must be hidden. That goes on until nothing is left to say.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.linked.figures import Classes, Figures, classes
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, solve, solver
from vielfalt.figures.disclosure.linked.work import LEAST
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Marks


def suppress_exactly(figures: Figures, primary: Marks, width: int) -> Marks:
    """The figures to hide so that every primary one has a room of at least ``width`` and the cost is the least.

    Against whoever knows that no figure is negative and that zeros are shown; for tables of some hundred cells. A
    primary figure that has less room even if everything is hidden gets the room it can have.
    """
    unknowns = classes(figures, (figures.values > 0) & ~figures.fixed)
    members = unknowns.members()
    wanted = np.flatnonzero(members @ primary.astype(np.int64))
    everything = np.ones(len(unknowns.values))
    need = {place: min(float(width), _reach(unknowns, place, everything, width)[0]) for place in wanted.tolist()}
    cuts: list[Costs] = []
    limits: list[float] = []
    while True:
        chosen = _master(unknowns, wanted.tolist(), cuts, limits)
        before = len(cuts)
        for place, least in need.items():
            room, weights = _reach(unknowns, place, chosen, width)
            if room < least - WHOLE:
                cuts.append(np.minimum(weights, least))
                limits.append(least)
        if len(cuts) == before:
            marks: Marks = (members.T @ np.rint(chosen).astype(np.int64) > 0) | primary
            return marks


def _master(unknowns: Classes, wanted: list[int], cuts: list[Costs], limits: list[float]) -> Costs:
    size = len(unknowns.values)
    low = np.zeros(size)
    low[wanted] = 1.0
    rows = sparse.csr_array(np.array(cuts).reshape(len(cuts), size))
    ends = np.full(len(cuts), np.inf)
    found = solve(solver(Program(unknowns.cost, rows, np.array(limits), ends, low, np.ones(size)), whole=True))
    assert found is not None  # hiding everything is a solution
    return np.rint(found)


def _reach(unknowns: Classes, place: int, chosen: Costs, width: int) -> tuple[float, Costs]:
    """The room of a class when the chosen classes are hidden, and how much of it each class could give."""
    fall = (unknowns.values - LEAST).astype(np.float64)
    rise = np.full(len(fall), float(max(fall.sum(), width)))
    # The class itself need not move further than asked for.
    fall[place], rise[place] = min(fall[place], width), width
    none = np.zeros(unknowns.sums.shape[0])
    room, weights = 0.0, np.zeros(len(fall))
    for sign in (-1.0, 1.0):
        cost = np.zeros(len(fall))
        cost[place] = sign
        highs = solver(Program(cost, unknowns.sums, none, none, -fall * chosen, rise * chosen))
        found = solve(highs)
        assert found is not None  # no change is a solution
        room -= sign * float(found[place])
        dual = np.array(highs.getSolution().col_dual)
        weights += np.where(dual < 0, -dual * rise, dual * fall)
    return room, weights
