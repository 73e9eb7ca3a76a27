"""What chance alone does to an index: permutation, bootstrap, correction for small units, intervals.

A ``Statistic`` takes a table (areas by groups, every person once) and gives one or more values, NaN where
there is none.
Draws come from a seed, so that the same table gives the same interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vielfalt.figures.indices.dealing import random_tables
from vielfalt.numbers import Floats

Statistic = Callable[[Floats], Floats]
COVERED = 0.95
"""How much of the draws an interval holds."""


def permuted(groups: Floats, statistic: Statistic, draws: int, seed: int) -> Floats:
    """Draws by values: the statistic if the same people were dealt out to the same dwellings by chance.

    Areas and groups keep their sizes (random tables with both margins fixed). Counts must be whole. Null rule: there
    must be people.
    """
    counted = np.rint(groups).astype(np.int64)
    tables = random_tables(counted.sum(axis=1), counted.sum(axis=0), draws, seed)
    return np.array([statistic(table.astype(float, order="C")) for table in tables])


def resampled(groups: Floats, statistic: Statistic, draws: int, seed: int) -> Floats:
    """Draws by values: the statistic of as many persons drawn with replacement from the town (Efron 1979)."""
    chance = np.random.default_rng(seed)
    people = round(float(groups.sum()))
    odds = (groups / groups.sum()).ravel()
    return np.array(
        [statistic(chance.multinomial(people, odds).reshape(groups.shape).astype(float)) for _ in range(draws)]
    )


def p_values(observed: Floats, drawn: Floats) -> Floats:
    """The part of the draws at least as large, the observed one counted among them, so that it is never 0.

    Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9.
    """
    as_large = (drawn >= observed - 1e-12).sum(axis=0)
    return np.where(np.isnan(observed), np.nan, (as_large + 1) / (len(drawn) + 1))


def beyond_chance(observed: Floats, drawn: Floats) -> Floats:
    """What an index between 0 and 1 says beyond chance: (D − E)/(1 − E), below 0 (D − E)/E, E the mean of the draws.

    Carrington and Troske 1997, Journal of Business & Economic Statistics 15. NaN where the index has no value.
    """
    expected = drawn.mean(axis=0)
    room = np.where(observed >= expected, 1 - expected, expected)
    found: Floats = np.divide(observed - expected, room, out=np.full_like(observed, np.nan), where=room > 0)
    return found


def debiased(observed: Floats, drawn: Floats) -> tuple[Floats, Floats, Floats]:
    """The index less its bias, and an interval around it, from bootstrap draws: twice the index less their mean.

    Elbers 2023, Sociological Methods & Research 52. NaN where the index or one of the draws has no value.
    """
    mean = drawn.mean(axis=0)
    value = 2 * observed - mean
    low, high = np.quantile(drawn - mean, [(1 - COVERED) / 2, (1 + COVERED) / 2], axis=0)
    return value, value + low, value + high
