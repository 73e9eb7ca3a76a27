"""The fast way: a cheapest move for each figure that has too little room, then the best choice among many moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.attackers import ATTACKERS, Attacker
from vielfalt.figures.disclosure.linked import search
from vielfalt.figures.disclosure.linked.bound import fewest
from vielfalt.figures.disclosure.linked.figures import Classes, Figures, classes
from vielfalt.figures.disclosure.linked.improve import forget_needless, free, improve, mend
from vielfalt.figures.disclosure.linked.proof import Suppression
from vielfalt.figures.disclosure.linked.work import LEAST, Work
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Marks

_LARGE = 4_000
"""Tables of up to so many classes are improved: each step of that takes some searches."""


def suppress(
    figures: Figures,
    primary: Marks,
    width: int,
    attackers: Sequence[Attacker] = ATTACKERS,
    before: Marks | None = None,
) -> Suppression:
    """Hides further figures so that every primary one has a room of at least ``width``, whichever of them attacks.

    Zeros are never hidden. Every hidden figure can be another number than it is; against persons, no primary one is
    told to somebody who is alone in another figure. Where it costs the same, the figures hidden ``before`` (in the last
    period) are hidden again. The same input gives the same result. What the published totals give away whatever else
    is hidden is ``open`` in the result.
    """
    unknowns, members, wanted = to_protect(figures, primary)
    size = np.maximum(members.sum(axis=1), 1)
    kept = np.zeros(len(size)) if before is None else members @ before.astype(np.float64) / size
    cost = unknowns.cost * (1.0 - 0.01 * kept + 0.001 * np.log1p(unknowns.values))
    work = Work(unknowns, wanted, width)
    at = protect(work, cost, attackers)
    forget_needless(work)
    if len(wanted) <= _LARGE:
        improve(work, at, cost)
    return outcome(figures, primary, work, members)


def to_protect(figures: Figures, primary: Marks) -> tuple[Classes, sparse.csr_array, Marks]:
    """The unknowns, the figures that belong to each, and those that hold a primary one."""
    unknowns = classes(figures, (figures.values > 0) & ~figures.fixed)
    members = unknowns.members()
    wanted: Marks = members @ primary.astype(np.int64) > 0
    return unknowns, members, wanted


def protect(work: Work, cost: Costs, attackers: Sequence[Attacker]) -> search.Search:
    """Adds the moves that protection takes, each the cheapest at its turn; the result knows what is hidden by them."""
    start = np.where(work.wanted, free(work.unknowns.values), cost)
    at = search.search(work.unknowns, start, LEAST, work.width)
    _in_general(work, at)
    if any(attacker.person for attacker in attackers):
        _against_persons(work, at)
    return at


def _in_general(work: Work, at: search.Search) -> None:
    """A move for each class wanted that has too little room, the smallest first."""
    for place in _order(work):
        if work.room(place) < work.width:
            _mend(work, at, place, set())


def _against_persons(work: Work, at: search.Search) -> None:
    """Further moves for each class wanted that somebody who is alone in another one could tell."""
    for place in _order(work):
        if known := work.knowing(place):
            _mend(work, at, place, known)


def _order(work: Work) -> list[int]:
    order = np.lexsort((np.arange(len(work.wanted)), work.unknowns.values))
    found: list[int] = order[work.wanted[order]].tolist()
    return found


def _mend(work: Work, at: search.Search, place: int, known: set[int]) -> None:
    """Adds moves for a class; what they change costs nearly nothing from now on."""
    before = len(work.moves)
    mend(work, at, place, known)
    fresh = np.unique(np.concatenate([[place], *(places for places, _ in list(work.moves.values())[before:])]))
    at.price(fresh, free(work.unknowns.values[fresh]))


def outcome(figures: Figures, primary: Marks, work: Work, members: sparse.csr_array) -> Suppression:
    """What is hidden by these moves, and the moves as witnesses over all figures."""
    moves = list(work.moves.values())
    line = np.repeat(np.arange(len(moves)), [len(places) for places, _ in moves])
    place = np.concatenate([np.zeros(0, np.int64), *(places for places, _ in moves)])
    change = np.concatenate([np.zeros(0, np.int64), *(change for _, change in moves)])
    by_class = sparse.csr_array((change, (line, place)), shape=(len(moves), len(work.wanted)))
    hidden = (members.T @ work.hidden().astype(np.int64) > 0) | primary
    narrow = np.array([work.room(place) < work.width for place in range(len(work.wanted))], dtype=np.bool_)
    narrow &= work.wanted
    open_ = primary & (figures.values > 0) & ((members.T @ narrow.astype(np.int64) > 0) | (work.unknowns.of < 0))
    return Suppression(hidden, sparse.csr_array(by_class @ members), open_, fewest(work))
