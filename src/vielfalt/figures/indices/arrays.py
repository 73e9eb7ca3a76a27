"""What every index computes with: counts per area as numbers, and sums in which 0 ln 0 is 0."""

from __future__ import annotations

import numpy as np
from scipy.special import rel_entr

from vielfalt.numbers import Floats


def quotient(above: Floats, below: Floats) -> Floats:
    """Element by element; 0 where the divisor is 0: an area without people adds nothing to a sum over areas."""
    found: Floats = np.divide(
        above, below, out=np.zeros(np.broadcast_shapes(above.shape, below.shape)), where=below > 0
    )
    return found


def weighted_logarithm(values: Floats) -> Floats:
    """x ln x of each value, 0 for 0."""
    # ln 1 = 0 stands for the 0 that has no logarithm; several times as fast as a special function for it.
    found: Floats = values * np.log(values + (values == 0))
    return found


def entropy(shares: Floats) -> Floats:
    """−Σ p ln p over the last axis, with 0 ln 0 = 0."""
    found: Floats = -weighted_logarithm(shares).sum(axis=-1)
    return found


def divergence(shares: Floats, of_all: Floats) -> Floats:
    """Σ p ln (p/q) over the last axis: how much the shares differ from those of all."""
    found: Floats = rel_entr(shares, of_all).sum(axis=-1)
    return found
