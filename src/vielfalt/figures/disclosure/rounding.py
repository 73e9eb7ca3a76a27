"""Rounding (Rundung): every count becomes a multiple of a base, so that no small difference can be seen.

By chance, a count between two multiples goes up with the chance of its distance from the lower one, which leaves its
mean as it is (Willenborg & de Waal 2001, "Elements of Statistical Disclosure Control", unbiased random rounding). The
chance is drawn from the cell key, so that a cell is rounded alike wherever it stands; no random number is drawn.
"""

from __future__ import annotations

import numpy as np

from vielfalt.figures.disclosure.cellkey import KEY_BITS
from vielfalt.numbers import Ints


def to_nearest(counts: Ints, base: int) -> Ints:
    """The nearest multiple of the base; from the middle between two, the larger one."""
    rounded: Ints = (2 * counts + base) // (2 * base) * base
    return rounded


def by_chance(counts: Ints, keys: Ints, base: int) -> Ints:
    """The multiple below or above, without bias; what is a multiple already stays."""
    rest = counts % base
    up: Ints = ((keys % (1 << KEY_BITS)) * base < rest << KEY_BITS).astype(np.int64)
    rounded: Ints = counts - rest + base * up
    return rounded
