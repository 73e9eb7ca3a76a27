"""The certificate: which hidden figures have which room, shown by witnesses that anyone can check by adding up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.attackers import Attacker
from vielfalt.figures.disclosure.linked.figures import Figures, classes
from vielfalt.numbers import Ints, Marks


@dataclass(frozen=True)
class Suppression:
    """What is hidden, and why nobody can tell it.

    ``hidden`` per figure. ``witnesses`` (moves, figures): whole changes of hidden figures that leave all published
    numbers as they are; the true numbers plus a witness could be true as well. ``open``: figures to be hidden that the
    published totals give away whatever else is hidden. ``fewest``: no protection hides figures of less cost.
    """

    hidden: Marks
    witnesses: sparse.csr_array
    open: Marks
    fewest: float

    def gap(self, figures: Figures) -> float:
        """By which part at most fewer figures might do, measured in cost: 0 where it is proved the best."""
        cost = float(figures.cost[self.hidden].sum())
        return (cost - self.fewest) / cost if cost else 0.0


def room(figures: Figures, witnesses: sparse.csr_array, least: int, most: int) -> tuple[Ints, Ints]:
    """Per figure the least and the largest number that the witnesses show to be possible.

    Each witness may be made up to ``most`` times, forth and back, as long as no hidden figure falls below ``least``.
    """
    low, high = figures.values.copy(), figures.values.copy()
    line = np.repeat(np.arange(witnesses.shape[0]), np.diff(witnesses.indptr))
    place, change = witnesses.indices, witnesses.data.astype(np.int64)
    for sign in (1, -1):
        often = np.full(witnesses.shape[0], most)
        falling = sign * change < 0
        np.minimum.at(often, line[falling], (figures.values[place[falling]] - least) // np.abs(change[falling]))
        reached = figures.values[place] + sign * change * np.maximum(often, 0)[line]
        np.minimum.at(low, place, reached)
        np.maximum.at(high, place, reached)
    return low, high


def told(figures: Figures, found: Suppression, attacker: Attacker, width: int) -> Marks:
    """Hidden figures whose room of ``width`` the certificate does not show against an attacker.

    Zeros count as not hidden to him who sees zeros. A person who is the only one in a figure must not learn another
    figure exactly; of what he alone is counted in he knows the number. Raises ValueError for a false witness.
    """
    changed = figures.sums @ found.witnesses.T
    if abs(changed).sum() or found.witnesses[:, np.flatnonzero(~found.hidden | figures.fixed)].count_nonzero():
        raise ValueError("a witness changes a published number")
    low, high = room(figures, found.witnesses, attacker.least, width)
    short: Marks = found.hidden & (figures.values > 0) & (high - low < width)
    return short | _told_to_one(figures, found) if attacker.person else short


def _told_to_one(figures: Figures, found: Suppression) -> Marks:
    """Figures that somebody who is alone in another one would know: each of their witnesses changes that one too."""
    used = sparse.csr_array(abs(found.witnesses).sign().astype(np.int64))
    alone = np.flatnonzero(found.hidden & (figures.values == 1))
    both = sparse.coo_array(used.T @ used[:, alone])
    often = np.asarray(used.sum(axis=0)).ravel()
    of = classes(figures, found.hidden & ~figures.fixed).of
    himself = of[both.row] == of[alone[both.col]]
    marks = np.zeros(len(figures.values), np.bool_)
    marks[both.row[(both.data == often[both.row]) & ~himself]] = True
    return marks & found.hidden
