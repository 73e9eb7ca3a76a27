"""Suppression in which every hidden figure has the whole room, the further ones too; for the tables of a whole run."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.disclosure.division import Marks
from vielfalt.figures.disclosure.linked.attackers import ATTACKERS
from vielfalt.figures.disclosure.linked.figures import Figures
from vielfalt.figures.disclosure.linked.proof import Suppression
from vielfalt.figures.disclosure.linked.search import Search
from vielfalt.figures.disclosure.linked.suppress import add_moves, outcome, protect, to_protect
from vielfalt.figures.disclosure.linked.work import Work

_AROUND = (300, 2_000)
"""Tables of a town hang together closely: half the usual surroundings do, in half the time, for 1 % more hidden."""


def suppress_widely(figures: Figures, primary: Marks, width: int) -> Suppression:
    """Hides further figures so that every hidden one has a room of at least ``width``, whoever attacks.

    As ``suppress``, but the figures hidden for the sake of others get the whole room too. What cannot have it is left
    narrow: ``told`` finds it.
    """
    unknowns, members, wanted = to_protect(figures, primary)
    work = Work(unknowns, wanted, width)
    at = protect(work, unknowns.cost * (1.0 + 0.001 * np.log1p(unknowns.values)), ATTACKERS, _AROUND)
    _widen_partners(work, at)
    return outcome(figures, primary, work, members)


def _widen_partners(work: Work, at: Search) -> None:
    """Adds moves for hidden classes that have too little room, and for those that these moves hide, once for each.

    What is not published (cost 0) needs no room.
    """
    tried = work.wanted | (work.unknowns.cost == 0)
    while (fresh := np.flatnonzero(work.hidden() & ~tried)).size:
        tried[fresh] = True
        for place in fresh.tolist():
            if work.room(place) < work.width:
                add_moves(work, at, place, set())
