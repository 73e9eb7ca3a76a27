"""Hiding more where what is hidden has too little room: the cheapest move of each such figure, among all figures.

What a move changes is hidden with it. The true numbers plus the move could then be the truth, and stay so however much
more is hidden. So nothing that was proved before has to be proved again, and a figure that no move among all figures
helps cannot be protected by hiding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.attack import AllFigures, Attack
from vielfalt.figures.disclosure.linked import search
from vielfalt.figures.disclosure.linked.improve import free
from vielfalt.figures.disclosure.programs import matrix_of
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.secondary import costs
from vielfalt.numbers import Ints, Marks

_DEARER = 10.0
"""By how much a figure is dearer than one of a table with a dimension more, or of finer areas: more people read it."""

Wanted = tuple[int, Ints, bool]
"""A figure that must be able to change, those that stay what they are, and whether it needs the whole width or one
number more."""
NO_ONE: Ints = np.zeros(0, np.int64)
"""For a figure that may change together with any other."""


@dataclass(frozen=True)
class Mend:
    """What is published and secret in a release that needs mending: figures by their number.

    ``least``: what a hidden figure is at least for the attacker; ``fixed``: known to everyone whatever is hidden.
    ``width``: the room that figures must have.
    """

    against: Attack
    known: Marks
    least: Ints
    fixed: Marks
    width: int


@dataclass(frozen=True)
class Mended:
    """``known``: what is still published. ``solutions``: the truth after each move. ``open``: which of those wanted no
    move helps, in their order."""

    known: Marks
    solutions: tuple[Costs, ...]
    open: Marks


def mended(task: Mend, wanted: Iterable[Wanted]) -> Mended:
    """Hides more so that each figure wanted can change, while the figures given with it stay what they are."""
    figures, known, at = task.against.figures, task.known.copy(), _search(task)
    open_, solutions = [], []
    for place, still, wide in wanted:
        moves = list(_moves(at, place, still, task.width, wide))
        room = sum(abs(int(change[places == place][0])) for places, change in moves)
        open_.append(room < (task.width if wide else 1))
        for places, change in moves:
            known[places] = False
            at.price(places, free(figures.values[places]))
            solutions.append(figures.with_numbers(places, figures.values[places] + 1.0 * change))
    return Mended(known, tuple(solutions), np.array(open_, dtype=np.bool_))


def cannot_change(against: Attack, known: Marks, least: Ints, width: int, wanted: Iterable[Wanted]) -> Marks:
    """Which of the figures wanted cannot change while all that is ``known`` stays published: they are told."""
    return mended(Mend(against, known, least, known, width), wanted).open


def _search(task: Mend) -> search.Search:
    """A search among all figures: hidden ones cost next to nothing, others what they tell. Zeros stay published."""
    figures = task.against.figures
    sums = sparse.csr_array(matrix_of(task.against.system, len(figures.values)))
    most = np.full(len(figures.values), 4.0 * task.width)
    fall: Costs = np.clip(figures.values - np.where(task.known, 1.0, task.least), 0.0, most)
    price = np.where(task.known, _costs(figures), free(figures.values))
    shut: Marks = task.fixed | (task.known & (figures.values == 0))
    return search.Search(sums, sparse.csr_array(sums.T), most, fall, price, shut)


def _costs(figures: AllFigures) -> Costs:
    found, finest = np.zeros(len(figures.values)), max(len(grid.values) for grid in figures.tables.values()) - 1
    for id, grid in figures.tables.items():
        for level, values in enumerate(grid.values):
            steps = finest - level + 2 - len(grid.table.dimensions)
            found[figures.numbers[id][level]] = costs(grid.categories, values) * _DEARER**steps
    return found


def _moves(at: search.Search, place: int, still: Ints, width: int, wide: bool) -> Iterable[search.Move]:
    """One move by the whole width, or two by less, up and down, that together make it up."""
    for step in (width, -width):
        move = search.cheapest(at, place, step, still.tolist())
        if move is not None:
            return [move]
    found = []
    for sign in (1, -1):
        steps = (sign * step for step in range(width - 1, 0, -1))
        moves = (search.cheapest(at, place, step, still.tolist()) for step in steps)
        found += [move for move in moves if move is not None][:1]
        if found and not wide:
            break
    return found
