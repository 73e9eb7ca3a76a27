"""Which household lives in which block and house: segregation by origin and form, and the homes of the town.

Every group of households (origin x form) prefers some characters of quarter and some single quarters by chance;
iterative proportional fitting then makes the preferences agree with the planned residents of the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vielfalt.numbers import Floats, Ints
from vielfalt.synthetic import people as p
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import NONE, Rng, Table, choose_by_row, years_between
from vielfalt.synthetic.plan import ESTATE, INNER, POST_WAR, SUBURB, Plan

AFFINITY: Final = {
    "native": (0.0, 0.0, 0.0, -0.8, 0.25, 0.35),
    "repatriate": (-0.4, -0.3, 0.3, 0.9, 0.1, -0.1),
    "classic": (0.5, 0.5, 0.3, 0.8, -0.6, -1.0),
    "eu": (0.6, 0.4, 0.2, 0.5, -0.4, -0.5),
    "western": (0.3, 0.4, 0.0, -0.2, 0.1, -0.1),
    "refugee": (0.5, 0.4, 0.3, 1.0, -0.6, -0.6),
    "skilled": (0.6, 0.6, 0.1, -0.1, 0.0, -0.8),
}
"""Log preference of an origin for old town, inner, post-war, estate, suburb and village."""
FORMS: Final = {
    "family": (-0.4, -0.2, 0.0, 0.1, 0.4, 0.3),
    "young": (0.6, 0.5, 0.0, 0.1, -0.4, -0.5),
    "old": (-0.1, 0.0, 0.2, -0.1, 0.1, 0.0),
}
NOISE: Final = (0.15, 0.45, 0.2)
"""Spread of the chance preferences: of natives for quarters, of other groups for quarters, of all for blocks."""
OWN_GROUPS: Final = 12
"""The largest origins choose their quarters by themselves, not with their shape."""
HOUSEHOLD, SHELTER, NURSING_HOME, REFUGE = range(4)
"""What a house is; the last three are institutions."""


@dataclass(frozen=True)
class Settlement:
    """Probability of each block per group, and the dwellings of each block: houses repeated by their units."""

    blocks: Floats
    dwellings: Ints
    first: Ints
    count: Ints


def groups(people: Table, heads: Ints, day: int) -> Ints:
    """The group of each household, from the rows of the heads."""
    standing, root = people["standing"][heads], people["root"][heads]
    origins = pools.origins()
    large = np.full(len(origins.key) + 1, NONE)
    large[np.argsort(-origins.foreign, kind="stable")[:OWN_GROUPS]] = np.arange(OWN_GROUPS)
    origin = np.where(large[root] >= 0, len(AFFINITY) + large[root], 2 + origins.shape[root])
    origin = np.where(standing == p.REPATRIATE, 1, np.where(root < 0, 0, origin))
    age = years_between(people["birth"][heads], day)
    parent = np.isin(people["household"][heads], people["household"][people["role"] == p.CHILD])
    form = np.where(parent, 0, np.where(age < 36, 1, 2))
    return origin * len(FORMS) + form


def settlement(rng: Rng, plan: Plan, quarter: Ints, houses: Table, size: Ints, group: Ints) -> Settlement:
    """Where each group lives, given the sizes and groups of the town's households."""
    affinity = np.array(list(AFFINITY.values()))
    origins = pools.origins()
    largest = np.argsort(-origins.foreign, kind="stable")[:OWN_GROUPS]
    rows = np.concatenate([np.arange(len(AFFINITY)), 2 + origins.shape[largest]])
    native_spread, spread, block_spread = NOISE
    by_quarter = (
        rng.normal(0, 1, (rows.size, int(quarter.max()) + 1)) * np.where(rows == 0, native_spread, spread)[:, None]
    )
    by_block = rng.normal(0, block_spread, (rows.size, quarter.size))
    origin = affinity[rows][:, plan.character] + by_quarter[:, quarter] + by_block
    form = np.array(list(FORMS.values()))[:, plan.character]
    preference = np.exp(origin[:, None, :] + form[None, :, :]).reshape(-1, quarter.size)
    people = np.asarray(np.bincount(group, size, minlength=len(preference)) + 1e-6, dtype=np.float64)
    fitted = _fit(preference, people, plan.residents * people.sum() / plan.residents.sum())
    free = np.flatnonzero(houses["home"] == HOUSEHOLD)
    order = free[np.argsort(houses["block"][free], kind="stable")]
    dwellings = np.repeat(order, houses["units"][order])
    count = np.bincount(houses["block"][dwellings], minlength=quarter.size)
    return Settlement(fitted, dwellings, np.cumsum(count) - count, count)


def _fit(preference: Floats, rows: Floats, columns: Floats) -> Floats:
    """The matrix nearest the preferences with these margins."""
    fitted = preference.copy()
    for _ in range(40):
        fitted *= (rows / fitted.sum(axis=1))[:, None]
        fitted *= (columns / fitted.sum(axis=0))[None, :]
    return fitted


def house_all(rng: Rng, settlement: Settlement, group: Ints) -> Ints:
    """A house for each of the town's households: every dwelling is taken once before one is taken twice."""
    block = choose_by_row(rng, settlement.blocks, group)
    order = np.lexsort((rng.random(group.size), block))
    first = np.searchsorted(block[order], np.arange(settlement.count.size))
    rank = np.arange(group.size) - first[block[order]]
    # A step coprime to most counts spreads the households over the houses of the block.
    count = settlement.count[block[order]]
    house = np.empty(group.size, dtype=np.int64)
    house[order] = settlement.dwellings[settlement.first[block[order]] + (rank * 7919 + rank // count) % count]
    return house


def vacant(houses: Table, people: Table) -> Ints:
    """The dwellings of each house in which no household lives; none in homes."""
    free = houses["units"] - households(houses, people)
    return np.where(houses["home"] == HOUSEHOLD, np.maximum(free, 0), 0)


def households(houses: Table, people: Table) -> Ints:
    """The number of households in each house."""
    _, first = np.unique(people["household"], return_index=True)
    return np.bincount(people["house"][first], minlength=houses["units"].size)


def house_some(rng: Rng, settlement: Settlement, houses: Table, free: Ints, group: Ints) -> Ints:
    """A house for each household that moves: a dwelling vacant (``free`` per house) in a block of its choice, else
    anywhere; only when the town has none is a dwelling taken twice."""
    order = rng.permutation(np.repeat(np.arange(free.size), free))
    order = order[np.argsort(houses["block"][order], kind="stable")]
    count = np.bincount(houses["block"][order], minlength=settlement.count.size)
    block = choose_by_row(rng, settlement.blocks * (count + 1e-9), group)
    house = settlement.dwellings[rng.integers(0, settlement.dwellings.size, group.size)]
    rows = np.argsort(block, kind="stable")
    rank = np.arange(group.size) - np.searchsorted(block[rows], block[rows])
    fits = rank < count[block[rows]]
    place = (np.cumsum(count) - count)[block[rows]] + rank
    house[rows[fits]] = order[place[fits]]
    left = rng.permutation(np.delete(order, place[fits]))
    others = rows[~fits][: left.size]
    house[others] = left[: others.size]
    return house


def found_homes(rng: Rng, plan: Plan, houses: Table, residents: int) -> Ints:
    """What each house is: shelters in estates or by the centre, a nursing home, and in larger towns a refuge."""
    home = np.zeros(houses["block"].size, dtype=np.int64)
    character = plan.character[houses["block"]]
    wanted: list[tuple[int, tuple[int, ...], int]] = [
        (SHELTER, (ESTATE, INNER, POST_WAR), shelters(residents)),
        (NURSING_HOME, (SUBURB, INNER, POST_WAR), homes(residents)),
        (REFUGE, (INNER, SUBURB), 1 if residents >= 10_000 else 0),
    ]
    for kind, characters, number in wanted:
        free = np.flatnonzero(home == HOUSEHOLD)
        fitting = free[np.isin(character[free], characters)]
        free = fitting if fitting.size >= number else free
        home[rng.choice(free, number, replace=False)] = kind
    return home


def shelters(residents: int) -> int:
    """How many shelters a town has: one, two from 25,000 residents, one more per 50,000."""
    return 1 + (residents >= 25_000) + residents // 50_000


def homes(residents: int) -> int:
    """How many nursing homes a town has."""
    return max(1, residents // 12_000)
