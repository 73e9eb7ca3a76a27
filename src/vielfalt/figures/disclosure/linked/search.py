"""Searching moves: whole changes of hidden figures that leave every published number as it is.

A move is a witness: whoever sees the published numbers cannot tell the truth from the truth changed by it. Most moves
are short, so a linear program over the surroundings of a class finds one; only where it does not, more is searched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.linked.figures import Classes
from vielfalt.figures.disclosure.linked.nearby import nearby, positions, without_dead_ends
from vielfalt.figures.disclosure.linked.solver import Program, solve, solver, whole_numbers
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks

Move = tuple[Ints, Ints]
"""The classes that change, in order, and by how much."""

_AROUND = (600, 5_000)
"""How many classes are searched first, and when these do not do; at last all of them. Measured on a large table."""


@dataclass(frozen=True)
class Search:
    """Where moves are searched; what the searches before have led to is kept in ``prices`` and ``shut``.

    ``sums`` (equations, classes) and ``members``, its transpose; ``rise`` and ``fall``: by how much a class can change.
    ``prices``: what changing a class costs. ``shut``: classes that may not change for now.
    """

    sums: sparse.csr_array
    members: sparse.csr_array
    rise: Costs
    fall: Costs
    prices: Costs
    shut: Marks

    def price(self, places: Ints, cost: Costs) -> None:
        """Sets what changing these classes costs."""
        self.prices[places] = cost


def search(unknowns: Classes, cost: Costs, least: int, width: int) -> Search:
    """Ready to search. A class can fall to ``least``; no class changes by more than four times the ``width``."""
    most = np.full(len(unknowns.values), 4.0 * width)
    fall = np.minimum(unknowns.values - least, most)
    sums, members = sparse.csr_array(unknowns.sums), sparse.csr_array(unknowns.sums.T)
    return Search(sums, members, most, fall, cost.astype(np.float64), np.zeros(len(most), np.bool_))


def cheapest(at: Search, place: int, step: int, still: Iterable[int] = ()) -> Move | None:
    """A cheap move that changes one class by ``step`` and leaves the classes ``still`` as they are.

    The cheapest of its surroundings; None only if there is none at all.
    """
    if step > at.rise[place] or -step > at.fall[place]:
        return None
    shut = at.shut.copy()
    shut[list(still)] = True
    before = 0
    for most in (*_AROUND, len(shut)):
        around = nearby(at.sums, at.members, place, shut, at.prices, most)
        if len(around) == before:
            return None
        before = len(around)
        alive = without_dead_ends(at.members, around)
        move = _cheapest_of(at, np.sort(alive), place, step) if place in alive else None
        if move is not None:
            return move
    return None


def _cheapest_of(at: Search, places: Ints, place: int, step: int) -> Move | None:
    """The cheapest move of these classes, with one unknown for the rise and one for the fall of each."""
    size, own = len(places), int(np.searchsorted(places, place))
    low, high = np.zeros(2 * size), np.concatenate([at.rise[places], at.fall[places]])
    low[own] = high[own] = max(step, 0)
    low[own + size] = high[own + size] = max(-step, 0)
    sums = _sums_of(at.members, places)
    none = np.zeros(sums.shape[0])
    program = Program(np.tile(at.prices[places], 2), sums, none, none, low, high)
    found = solve(solver(program))
    changes = None if found is None else whole_numbers(found)
    if found is not None and changes is None:
        found = solve(solver(program, whole=True))
        changes = None if found is None else whole_numbers(found)
    if changes is None:
        return None
    change = changes[:size] - changes[size:]
    moved = np.flatnonzero(change)
    return places[moved], change[moved]


def _sums_of(members: sparse.csr_array, places: Ints) -> sparse.csc_array:
    """The equations in which these classes stand, of their rises and of their falls."""
    length, there = members.indptr[places + 1] - members.indptr[places], positions(members, places)
    signs, number = members.data[there], np.unique(members.indices[there], return_inverse=True)[1]
    start = np.concatenate([[0], np.cumsum(np.tile(length, 2))])
    shape = int(number.max(initial=-1)) + 1, 2 * len(places)
    return sparse.csc_array((np.concatenate([signs, -signs]), np.tile(number, 2), start), shape=shape)


def reach(move: Move, values: Ints, least: int, width: int) -> tuple[int, int]:
    """How often a move can be made, and how often its reverse, before a class falls below ``least``."""
    places, change = move
    room = values[places] - least
    falling, rising = change < 0, change > 0
    forth = int((room[falling] // -change[falling]).min(initial=width))
    back = int((room[rising] // change[rising]).min(initial=width))
    return forth, back
