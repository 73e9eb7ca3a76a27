"""Suppression in which every hidden figure has the whole room, the further ones too; for the tables of a whole run."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.linked import search
from vielfalt.figures.disclosure.linked.batches import Rooms, give_room, moves_of_all, take
from vielfalt.figures.disclosure.linked.figures import Figures
from vielfalt.figures.disclosure.linked.improve import free, mend
from vielfalt.figures.disclosure.linked.proof import Suppression
from vielfalt.figures.disclosure.linked.suppress import outcome, to_protect
from vielfalt.figures.disclosure.linked.work import LEAST, Work

_BATCHES = 10
"""More batches hide less and take longer: 30 hide 4 % less than 8, in twice the time."""
_ROUNDS = 10
"""How often lots are drawn against people who are alone in a figure; each draw parts half of the pairs."""
_AROUND = (300, 2_000)
"""What no batch could do is searched one by one, in half the usual surroundings."""


def suppress_widely(figures: Figures, primary: Marks, width: int, region: Ints) -> Suppression:
    """Hides further figures so that every hidden one has a room of at least ``width``, whoever attacks.

    As ``suppress``, but the figures hidden for the sake of others get the whole room too; against persons, primary ones
    of at least two people are protected. What cannot be had is left narrow or told: ``told`` finds it. Moves without
    single persons come first, because they are safe against those too. ``region``: a number for each figure, -1 for
    those of all regions; moves within one are searched first, because small programs take less time.
    """
    unknowns, members, wanted = to_protect(figures, primary)
    work, size = Work(unknowns, wanted, width), len(wanted)
    prices = np.where(wanted, free(unknowns.values), unknowns.cost * (1.0 + 0.001 * np.log1p(unknowns.values)))
    at = search.search(unknowns, prices, LEAST, width, _AROUND)
    rooms = Rooms(np.zeros(size, np.int64), np.zeros(size, np.int64))
    nobody, alone = np.zeros(size, np.bool_), unknowns.values == 1
    outside = _outside(members, region)
    for shut in (alone, nobody):
        for elsewhere in outside:
            give_room(work, at, rooms, wanted & ~shut, shut | elsewhere, _BATCHES)
        for batches in (_BATCHES // 2, 1):
            give_room(work, at, rooms, wanted & ~shut, shut, batches)
    _widen(work, at, rooms)
    _against_persons(work, at, rooms)
    _widen(work, at, rooms)
    return outcome(figures, primary, work, members)


def _outside(members: sparse.csr_array, region: Ints) -> list[Marks]:
    """For each region the classes that are not in it alone; none where there is only one region."""
    number = np.unique(region[region >= 0])
    size = np.diff(members.indptr)
    inside = [members @ (region == one).astype(np.int64) for one in number] if len(number) > 1 else []
    return [marks < size for marks in inside]


def _widen(work: Work, at: search.Search, rooms: Rooms) -> None:
    """Moves for all that is hidden and has too little room: among what is hidden, then one by one.

    What is not published (cost 0) needs no room.
    """
    asked = work.wanted | (work.unknowns.cost > 0)
    for _ in range(2):
        give_room(work, at, rooms, work.hidden() & asked, ~work.hidden(), 1)
    tried = ~asked
    while (fresh := np.flatnonzero(work.hidden() & ~tried & rooms.narrow(work.width))).size:
        tried[fresh] = True
        for place in fresh.tolist():
            if work.room(place) < work.width:
                _alone(work, at, rooms, place, set())


def _alone(work: Work, at: search.Search, rooms: Rooms, place: int, known: set[int]) -> None:
    """Moves for one class, whichever classes they take."""
    before = len(work.moves)
    mend(work, at, place, known)
    for move in list(work.moves.values())[before:]:
        rooms.add(move, work.unknowns.values, work.width)
        at.price(move[0], free(work.unknowns.values[move[0]]))


def _against_persons(work: Work, at: search.Search, rooms: Rooms) -> None:
    """Further moves for classes wanted that somebody who is alone in another one could tell.

    Half of these persons, drawn by lot, stay as they are while the others' classes move; then those left one by one.
    """
    lot = np.random.default_rng(0)
    for number in range(_ROUNDS):
        told, persons = _told(work)
        if not told.size:
            return
        still = ~work.hidden()
        still[persons if not number else persons[lot.random(len(persons)) < 0.5]] = True
        asked = np.zeros(len(still), np.bool_)
        asked[told] = True
        for move in moves_of_all(at, asked & ~still, still, 1):
            take(work, at, rooms, move)
    for place in _told(work)[0].tolist():
        _alone(work, at, rooms, place, work.knowing(place))


def _told(work: Work) -> tuple[np.ndarray, np.ndarray]:
    """The classes wanted of several people that a person who is alone in another one could tell, and all such."""
    moves = list(work.moves.values())
    line = np.repeat(np.arange(len(moves)), [len(places) for places, _ in moves])
    place = np.concatenate([np.zeros(0, np.int64), *(places for places, _ in moves)])
    size = len(work.wanted)
    used = sparse.csr_array((np.ones(len(line), np.int64), (line, place)), shape=(len(moves), size))
    alone = work.unknowns.values == 1
    harmless = used @ alone.astype(np.int64) == 0
    several = work.wanted & ~alone & (used[np.flatnonzero(harmless)].sum(axis=0) == 0)
    concerned, persons = np.flatnonzero(several), np.flatnonzero(alone)
    both = sparse.coo_array(used[:, concerned].T @ used[:, persons])
    often = np.asarray(used.sum(axis=0)).ravel()[concerned]
    found = both.data == often[both.row]
    return concerned[np.unique(both.row[found])], persons[np.unique(both.col[found])]
