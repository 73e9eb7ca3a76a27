"""Moves for many classes at once: one linear program gives room to a whole batch, and falls apart into moves.

A program over all classes takes hardly longer than some twenty over the surroundings of one. Batches are drawn by lot
(always the same one), so that the classes of a batch mostly stand far apart and do not compete for the same partners.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.linked.improve import free
from vielfalt.figures.disclosure.linked.nearby import without_dead_ends
from vielfalt.figures.disclosure.linked.search import Move, Search, reach, sums_of
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.linked.work import LEAST, Work
from vielfalt.figures.disclosure.rectangles import Costs

_REWARD = 1e4
"""For each person by which a class of the batch rises: more than any way costs, so that all rise that can."""
_REPAIRS = 8
"""How often numbers that are not whole are fixed at the nearest whole one before they are fixed at none."""


@dataclass(frozen=True)
class Rooms:
    """By how much each class can rise and fall by the best of the moves found so far."""

    up: Ints
    down: Ints

    def narrow(self, width: int) -> Marks:
        """The classes with less room than that."""
        marks: Marks = self.up + self.down < width
        return marks

    def add(self, move: Move, values: Ints, width: int) -> None:
        """Takes a move into account."""
        places, change = move
        forth, back = reach(move, values, LEAST, width)
        self.up[places] = np.maximum(self.up[places], np.where(change > 0, change * forth, -change * back))
        self.down[places] = np.maximum(self.down[places], np.where(change > 0, change * back, -change * forth))


def give_room(work: Work, at: Search, rooms: Rooms, asked: Marks, shut: Marks, batches: int) -> None:
    """Adds moves by which the classes ``asked`` for that have too little room get it, as far as that goes.

    No move changes a class that is ``shut``. What moves change costs nearly nothing from then on.
    """
    chance = np.random.default_rng(0)
    lot = chance.integers(0, batches, len(asked))
    for batch in range(batches):
        needy = asked & ~shut & rooms.narrow(work.width) & (lot == batch)
        if needy.any():
            for move in moves_of_all(at, needy, shut, work.width):
                take(work, at, rooms, move)


def take(work: Work, at: Search, rooms: Rooms, move: Move) -> None:
    """Adds a move; what it changes costs nearly nothing from now on."""
    work.add(move)
    rooms.add(move, work.unknowns.values, work.width)
    at.price(move[0], free(work.unknowns.values[move[0]]))


def moves_of_all(at: Search, asked: Marks, shut: Marks, step: int) -> list[Move]:
    """Moves by which as many as possible of these classes rise by ``step``, for little cost."""
    places = np.sort(without_dead_ends(at.members, np.flatnonzero(~shut)))
    size, wanted = len(places), np.flatnonzero(asked[places])
    if not wanted.size:
        return []
    cost = np.tile(at.prices[places], 2)
    high = np.concatenate([at.rise[places], at.fall[places]])
    cost[wanted], high[wanted], high[size + wanted] = -_REWARD, step, 0.0
    sums, low = sums_of(at.members, places), np.zeros(2 * size)
    none = np.zeros(sums.shape[0])
    found = _in_whole_numbers(solver(Program(cost, sums, none, none, low, high)))
    return [] if found is None else _apart(at, places, found[:size] - found[size:])


def _in_whole_numbers(highs: Solver) -> Ints | None:
    """The best values of the unknowns with those that are not whole fixed, step by step; None when that fails."""
    found = solve(highs)
    for repair in range(2 * _REPAIRS):
        if found is None:
            return None
        broken = np.flatnonzero(np.abs(np.rint(found) - found) > WHOLE)
        if not broken.size:
            return np.rint(found).astype(np.int64)
        found = _fixed(highs, broken, np.rint(found[broken]) if repair < _REPAIRS else np.zeros(len(broken)))
        if found is None:
            found = _fixed(highs, broken, np.zeros(len(broken)))
    return None


def _fixed(highs: Solver, places: Ints, values: Costs) -> Costs | None:
    highs.changeColsBounds(len(places), places.astype(np.int32), values, values)
    return solve(highs)


def _apart(at: Search, places: Ints, change: Ints) -> list[Move]:
    """A change of many classes as moves: parts of it that no sum ties to each other."""
    moved = np.flatnonzero(change)
    members = sparse.csr_array(at.members[places[moved]])
    sums, lines = members.shape[1], np.repeat(np.arange(len(moved)), np.diff(members.indptr))
    edges = members.indices, sums + lines
    graph = sparse.coo_array((np.ones(len(lines)), edges), shape=(sums + len(moved),) * 2)
    part = csgraph.connected_components(graph, directed=False)[1][sums:]
    return [(places[moved[part == number]], change[moved[part == number]]) for number in dict.fromkeys(part.tolist())]
