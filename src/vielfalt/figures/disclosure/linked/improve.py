"""Showing again what others can do without: local search over what is hidden beside the figures wanted."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from vielfalt.figures.disclosure.linked import search
from vielfalt.figures.disclosure.linked.search import Move
from vielfalt.figures.disclosure.linked.work import Work
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks

_NEARLY_FREE, _PERSON = 1e-4, 0.02
"""Of changing what is hidden already: short moves are better than long ones, and those without single persons too."""

_ROUNDS = 3
"""Most is gained in the first; a round takes as long as the search itself."""

State = dict[int, tuple[int, set[int]]]
"""Per class wanted: the room it had, and who could tell it anyway."""


def free(values: Ints) -> Costs:
    """The price of changing classes that are hidden."""
    return np.where(values == 1, _PERSON, _NEARLY_FREE)


def mend(work: Work, at: search.Search, place: int, known: Collection[int]) -> None:
    """Adds moves for a class: for its room, or one that leaves the classes ``known`` as they are, or one for each."""
    if not known:
        _widen(work, at, place)
    elif not _around(work, at, place, known):
        for one in sorted(known):
            _around(work, at, place, (one,))


def _widen(work: Work, at: search.Search, place: int) -> None:
    """Upwards by the whole width, else downwards, else by less in both ways."""
    smaller = [sign * step for step in range(work.width - 1, 0, -1) for sign in (1, -1)]
    for step in (work.width, -work.width, *smaller):
        move = search.cheapest(at, place, step)
        if move is not None:
            work.add(move)
            if work.room(place) >= work.width:
                return


def _around(work: Work, at: search.Search, place: int, known: Collection[int]) -> bool:
    for step in (1, -1):
        move = search.cheapest(at, place, step, known)
        if move is not None:
            work.add(move)
            return True
    return False


def forget_needless(work: Work) -> None:
    """Drops the moves, the longest first, that no class wanted needs."""
    for number in sorted(work.moves, key=lambda number: (-len(work.moves[number][0]), number)):
        state = state_of(work, [work.moves[number]])
        move = work.drop(number)
        if not holds(work, state):
            work.put(number, move)


def improve(work: Work, at: search.Search, cost: Costs) -> None:
    """Tries for every class hidden beside the wanted ones, the dearest first, whether others would do for less.

    Ends when a whole round gains nothing, or after a few.
    """
    at.price(np.arange(len(cost)), np.where(work.hidden(), free(work.unknowns.values), cost))
    for _ in range(_ROUNDS):
        gained = False
        places = np.flatnonzero(work.hidden() & ~work.wanted).tolist()
        for place in sorted(places, key=lambda place: (-cost[place], place)):
            if work.through.get(place):
                gained |= _without(work, at, place, cost)
        if not gained:
            return


def _without(work: Work, at: search.Search, place: int, cost: Costs) -> bool:
    """Leaves one class shown and mends what moved through it; takes that back unless it costs less."""
    before = work.hidden()
    numbers = sorted(work.through[place])
    state = state_of(work, [work.moves[number] for number in numbers])
    gone = {number: work.drop(number) for number in numbers}
    start = max(work.moves, default=-1) + 1
    _update(work, at, before, cost)
    at.shut[place] = True
    spent, good = _spent(work, before, cost), True
    for other in state:
        known = len(work.moves)
        good = good and _mended(work, at, other, state[other])
        if len(work.moves) > known:
            now = work.hidden()
            good = good and _spent(work, now, cost) < spent
            fresh = np.flatnonzero(now)
            at.price(fresh, free(work.unknowns.values[fresh]))
        if not good:
            break
    at.shut[place] = False
    if good and _spent(work, work.hidden(), cost) < spent:
        return True
    now = work.hidden()
    for number in [number for number in work.moves if number >= start]:
        work.drop(number)
    for number, move in gone.items():
        work.put(number, move)
    _update(work, at, now, cost)
    return False


def _update(work: Work, at: search.Search, before: Marks, cost: Costs) -> None:
    """Sets the prices of the classes that are hidden now and were not before, or the other way round."""
    now = work.hidden()
    changed = np.flatnonzero(now != before)
    at.price(changed, np.where(now[changed], free(work.unknowns.values[changed]), cost[changed]))


def _spent(work: Work, hidden: Marks, cost: Costs) -> float:
    return float(cost[hidden & ~work.wanted].sum())


def state_of(work: Work, moves: list[Move]) -> State:
    """The room and the safety of the classes wanted that these moves change."""
    touched = sorted({place for places, _ in moves for place in places[work.wanted[places]].tolist()})
    return {place: (min(work.room(place), work.width), work.knowing(place)) for place in touched}


def holds(work: Work, state: State) -> bool:
    """Whether the classes have at least that room and that safety."""
    return all(work.room(place) >= room and not work.knowing(place) - known for place, (room, known) in state.items())


def _mended(work: Work, at: search.Search, place: int, state: tuple[int, set[int]]) -> bool:
    """Whether a class has the room and the safety again that it had, if need be by new moves."""
    room, known = state
    if work.room(place) < room:
        _widen(work, at, place)
    worse = work.knowing(place) - known
    if worse and work.room(place) >= room:
        mend(work, at, place, worse)
    return work.room(place) >= room and not work.knowing(place) - known
