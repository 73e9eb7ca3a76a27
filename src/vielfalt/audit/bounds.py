"""The interval attack: bounds passed from sum to sum until nothing changes, then linear programs.

Passing bounds uses every sum of all tables together, but one at a time; a linear program uses them all at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vielfalt.audit.figures import Figures
from vielfalt.audit.sums import Sum
from vielfalt.figures.disclosure.equations import System
from vielfalt.figures.disclosure.programs import Decided, narrow
from vielfalt.figures.disclosure.windows import DATES, MOST, undecided
from vielfalt.numbers import Ints, Marks

LARGEST = 200_000
"""Larger groups of several dates are looked at two dates at a time: a single program may take an hour there."""
_ROUNDS = 200


def narrowed(figures: Figures, sums: Sequence[Sum]) -> tuple[Ints, Ints, Decided]:
    """The bounds of every figure after the attack, and which of the secret ones linear programs decided.

    A sum that contradicts what is shown tells nothing (people known at one date only, tables of another source); it
    is left out.
    """
    low, high = figures.bounds()
    system = _system(sums)
    wrong = (system.sums(low) > high[system.totals]) | (system.sums(high) < low[system.totals])
    system = system.only(~wrong)
    for _ in range(_ROUNDS):
        low_before, high_before = low.copy(), high.copy()
        system.pass_on(low, high)
        crossed = low > high
        low[crossed], high[crossed] = low_before[crossed], high_before[crossed]
        if (low == low_before).all() and (high == high_before).all():
            break
    wanted: Marks = figures.secret() & (low < high)
    least = np.array(figures.least, dtype=np.int64)
    date = np.array([key.date for key in figures.number], dtype=np.int64)
    decided = narrow(system, low, high, least, wanted, LARGEST if len(np.unique(date)) >= DATES else MOST)
    if decided.left.any():
        left, alone = undecided(system, low, high, least, decided.left, date)
        together = decided.together | (decided.left & ~left & ~alone)
        decided = Decided(together, decided.alone | alone, left)
    return low, high, decided


def _system(sums: Sequence[Sum]) -> System:
    totals = np.array([total for total, _ in sums], dtype=np.int64)
    sizes = [len(parts) for _, parts in sums]
    parts = np.array([part for _, parts in sums for part in parts], dtype=np.int64)
    return System(totals, np.zeros(len(totals), np.int64), np.repeat(np.arange(len(totals)), sizes), parts)
