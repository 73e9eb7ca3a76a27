"""Mixing is the finaliser that others have tested, and a salt begins elsewhere."""

from __future__ import annotations

import numpy as np

from vielfalt.mixing import mixed


def test_the_mixer_is_that_of_splitmix() -> None:
    """The first numbers of SplitMix64 from the seed 0 (prng.di.unimi.it/splitmix64.c), of which the upper half."""
    zero = np.zeros(1, dtype=np.int64)
    told = [int(mixed(zero, salt)[0]) for salt in (1, 2, 3)]
    assert told == [0xE220A839, 0x6E789E6A, 0x06C45D18]


def test_another_salt_gives_other_numbers() -> None:
    numbers = np.arange(10_000)
    one, other = mixed(numbers, 20241231), mixed(numbers, 20251231)
    assert (one == other).sum() < 3 and abs(np.corrcoef(one, other)[0, 1]) < 0.05
