"""Numbers mixed so well that nothing of how they belong together is left in what they are mixed to."""

from __future__ import annotations

import numpy as np

from vielfalt.numbers import Ints

_STEP = 0x9E3779B97F4A7C15


def mixed(numbers: Ints, salt: int = 0) -> Ints:
    """32 bits of each number; another salt gives bits that look unrelated.

    The finaliser of SplitMix64 (Steele, Lea, Flood 2014). It needs no key: it is for numbers that are secret already.
    """
    bits = numbers.view(np.uint64) + np.uint64(salt * _STEP % 2**64)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((bits ^ (bits >> np.uint64(31))) >> np.uint64(32)).astype(np.int64)
