"""Two dates or two towns: whether an index differs beyond chance, and which part of the difference is composition."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from vielfalt.figures.indices.chance import debiased
from vielfalt.numbers import Floats

Index = Callable[[Floats], float | None]
_ROUNDS, _CLOSE = 2000, 1e-12
_TRACE = 1e-9
"""Part of a table that is spread evenly before it is fitted to other margins, so that an empty area can be filled."""


@dataclass(frozen=True)
class Difference:
    """Second less first, both corrected for bias, with an interval, and how likely chance makes one as large."""

    value: float
    low: float
    high: float
    p: float


def difference(first: float, first_drawn: Floats, second: float, second_drawn: Floats) -> Difference:
    """The difference of an index between two tables from their bootstrap draws (equally many, independent).

    Two dates of one town share residents, so their difference is known better than the interval says.
    """
    observed, drawn = second - first, second_drawn - first_drawn
    value, low, high = (float(found) for found in debiased(np.array(observed), drawn))
    shifted = drawn - drawn.mean() + value
    beyond = min(int((shifted <= 0).sum()), int((shifted >= 0).sum()))
    return Difference(value, low, high, min(1.0, 2 * (beyond + 1) / (len(drawn) + 1)))


@dataclass(frozen=True)
class Parts:
    """Second less first, taken apart: sizes of the groups, sizes of the areas, and who lives where.

    ``areas`` is null where the areas are not the same; the sizes of areas then belong to the structure.
    """

    groups: float
    areas: float | None
    structure: float


def parts(first: Floats, second: Floats, index: Index) -> Parts | None:
    """The difference of an index between two dates with the same areas (rows) and groups (columns), in three parts.

    Each part is the mean effect of exchanging one factor over all orders (Shapley; Elbers 2023, Sociological Methods &
    Research 52); they add up. Tables between both are fitted to other margins (Karmel & Maclachlan 1988, Economic
    Record 64). Null when the index has no value.
    """
    tables = (_filled(first), _filled(second))

    def value(groups: int, areas: int, structure: int) -> float | None:
        return index(fitted(tables[structure], tables[areas].sum(axis=1), tables[groups].sum(axis=0)))

    found = _shapley(value, 3)
    return None if found is None else Parts(found[0], found[1], found[2])


def parts_of_towns(first: Floats, second: Floats, index: Index) -> Parts | None:
    """The same for two towns with different areas but the same groups: groups' sizes against where they live.

    Null when the index has no value, or when a group has members in only one of the towns.
    """
    tables = (first / first.sum(), second / second.sum())
    sums = tuple(table.sum(axis=0) for table in tables)
    if ((sums[0] > 0) != (sums[1] > 0)).any():
        return None

    def value(groups: int, structure: int) -> float | None:
        own = np.where(sums[structure] > 0, sums[structure], 1)
        return index(tables[structure] * (sums[groups] / own))

    found = _shapley(value, 2)
    return None if found is None else Parts(found[0], None, found[1])


def fitted(table: Floats, areas: Floats, groups: Floats) -> Floats:
    """The table with other margins but its own odds ratios (iterative proportional fitting)."""
    made = table
    for _ in range(_ROUNDS):
        made = made * (areas / made.sum(axis=1))[:, None]
        sums = made.sum(axis=0)
        if np.abs(sums - groups).max() < _CLOSE:
            break
        made = made * (groups / sums)
    return made


def _filled(table: Floats) -> Floats:
    """The table as shares, with a trace everywhere."""
    found: Floats = (1 - _TRACE) * table / table.sum() + _TRACE / table.size
    return found


def _shapley(value: Callable[..., float | None], factors: int) -> list[float] | None:
    """The mean effect of switching each factor from 0 to 1 over all orders in which they can be switched."""
    effects = [0.0] * factors
    for order in permutations(range(factors)):
        state = [0] * factors
        before = value(*state)
        for factor in order:
            state[factor] = 1
            after = value(*state)
            if before is None or after is None:
                return None
            effects[factor] += (after - before) / math.factorial(factors)
            before = after
    return effects
