"""Drawing households: what kind, of which origin, how old their heads, which children.

A household is one row: ``kind``, ``standing`` and ``root`` of its head, the births of up to four adults and five
children (NEVER where there is none). Shares are chosen so that a town of 2023 results: 2.0 persons per household, 16 %
foreigners, about 35 % with migration background, an age pyramid like that of western Germany.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vielfalt.numbers import Floats, Ints, Marks
from vielfalt.synthetic import people as p
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import NEVER, Rng, Table, chance, choose, choose_by_row, normal, rows_of, to_day

SINGLE_YOUNG, SINGLE, SINGLE_OLD, COUPLE_YOUNG, COUPLE, COUPLE_OLD, FAMILY, LONE = range(8)
ADULT_CHILD, SHARED, GENERATIONS, SIBLINGS = range(8, 12)
"""The kinds of household, in the order of the weights of ``MIX``."""
COUPLES = (COUPLE_YOUNG, COUPLE, COUPLE_OLD, FAMILY, GENERATIONS)
WITH_CHILDREN = (FAMILY, LONE, GENERATIONS)
MAX_CHILDREN = 5

MIX: dict[str, tuple[float, ...]] = {
    "classic": (6, 15, 10, 5, 10, 12.5, 32, 5, 3, 1.5, 2, 0.6),
    "eu": (11, 24, 4, 12, 12, 4, 26, 5, 1, 2.5, 0.5, 0.8),
    "western": (9, 26, 10, 12, 14, 9, 17, 3, 0.5, 1.5, 0.2, 0.4),
    "refugee": (17, 21, 3, 5, 5, 3, 33, 9, 1, 4, 0.8, 1),
    "skilled": (23, 21, 2, 17, 6, 2, 24, 2, 0, 4, 0.3, 0.4),
    "german": (8.4, 18.4, 16.6, 4.6, 13.4, 14, 16.6, 4.4, 2.6, 2.2, 0.5, 0.4),
    "naturalised": (6, 15, 8, 6, 11, 9, 36, 6, 2, 0.8, 1.3, 0.4),
    "repatriate": (5, 12, 12, 4, 16, 16.5, 25, 5, 3.5, 0.2, 1.3, 0.4),
    "expellee": (0, 0, 59, 0, 0, 41, 0, 0, 0, 0, 0, 0.5),
    "descendant": (15, 22, 0.5, 12, 9, 0.5, 29, 8, 1, 2.5, 0.3, 0.8),
}
"""Weights of the kinds of household by the head's standing, for foreigners by the shape of their immigration. Three
generations live in some 0.6 % of households (Mikrozensus: 0.5 % in 2015, 0.8 % in the country; 0.6 % in the west 2008).
"""
_STANDING_MIX = {
    p.NATIVE: "german",
    p.DESCENDANT: "descendant",
    p.EXPELLEE: "expellee",
    p.BORN_ABROAD: "german",
    p.REPATRIATE: "repatriate",
    p.NATURALISED: "naturalised",
}
_AGES = {
    SINGLE_YOUNG: (18, 30, 1.6, 1.2),
    SINGLE: (30, 65, 1.0, 1.0),
    SINGLE_OLD: (65, 98, 1.5, 1.9),
    COUPLE_YOUNG: (21, 40, 1.4, 1.4),
    COUPLE: (40, 65, 1.7, 1.1),
    COUPLE_OLD: (65, 92, 1.2, 1.9),
    ADULT_CHILD: (48, 84, 1.5, 2.0),
    SHARED: (18, 36, 1.1, 2.0),
    SIBLINGS: (19, 75, 0.9, 1.6),
}
"""Age of the first adult by kind of household: range and the two parameters of a beta distribution."""
_CHILDREN = {"german": (0.45, 0.41, 0.11, 0.025, 0.005), "other": (0.36, 0.38, 0.18, 0.06, 0.02)}
_STAYS_AT_HOME = np.array([1.0] * 18 + [0.93, 0.84, 0.72, 0.6, 0.5, 0.42, 0.34, 0.26, 0.2, 0.15])
_EXPELLEE_BIRTHS = (19300101, 19450101)


@dataclass(frozen=True)
class Mix:
    """Shares of household heads by standing; ``recent`` immigrants' countries are weighted by arrivals of that year."""

    standings: tuple[tuple[int, float], ...]
    recent: int | None = None


RESIDENT = Mix(
    (
        (p.NATIVE, 0.598),
        (p.DESCENDANT, 0.034),
        (p.EXPELLEE, 0.022),
        (p.BORN_ABROAD, 0.012),
        (p.REPATRIATE, 0.072),
        (p.NATURALISED, 0.073),
        (p.FOREIGN, 0.189),
    )
)
FROM_GERMANY = Mix(
    (
        (p.NATIVE, 0.64),
        (p.DESCENDANT, 0.05),
        (p.BORN_ABROAD, 0.01),
        (p.REPATRIATE, 0.04),
        (p.NATURALISED, 0.08),
        (p.FOREIGN, 0.18),
    )
)


def from_abroad(year: int) -> Mix:
    """Who arrives from abroad in a year: nearly all foreigners, some Germans coming back."""
    return Mix(((p.FOREIGN, 0.95), (p.BORN_ABROAD, 0.05)), recent=year)


def draw_households(rng: Rng, residents: int, mix: Mix, day: int) -> Table:
    """Households with that many members in all, exactly; the last ones are cut to single people."""
    if residents <= 0:
        return rows_of(_households(rng, 1, mix, day), np.zeros(1, dtype=bool))
    households = _households(rng, int(residents * 0.62) + 20, mix, day)
    size = household_sizes(households)
    total = np.cumsum(size)
    whole = int(np.searchsorted(total, residents, side="right"))
    missing = residents - (int(total[whole - 1]) if whole else 0)
    kept = rows_of(households, np.arange(whole + missing))
    for place in range(1, 4):
        kept[f"adult_{place}"][whole:] = NEVER
    for place in range(MAX_CHILDREN):
        kept[f"child_{place}"][whole:] = NEVER
    kept["kind"][whole:] = SINGLE
    return kept


def let_arrive(rng: Rng, households: Table, start: int, day: int) -> None:
    """Gives each household one day of arrival from abroad after ``start``, with its youngest child already born."""
    youngest = np.max([households[f"child_{place}"] for place in range(MAX_CHILDREN)], axis=0)
    drawn = rng.integers(start + 1, day + 1, youngest.size)
    households["arrived"] = np.minimum(np.maximum(drawn, youngest + 1), day)


def household_sizes(households: Table) -> Ints:
    """The number of members."""
    members = [name for name in households if name.startswith(("adult_", "child_"))]
    sizes: Ints = np.sum([households[name] > NEVER for name in members], axis=0).astype(np.int64)
    return sizes


def _households(rng: Rng, count: int, mix: Mix, day: int) -> Table:
    standing = np.array([s for s, _ in mix.standings])[choose(rng, [w for _, w in mix.standings], count)]
    root = _roots(rng, standing, mix.recent)
    kind = _kinds(rng, standing, root)
    first = _first_births(rng, kind, standing, day)
    children, mother = _children(rng, kind, standing, day)
    first = np.where(mother > NEVER, mother, first)
    first = np.where(standing == p.EXPELLEE, np.minimum(first, _expellee_births(rng, count)), first)
    adults = _other_adults(rng, kind, first)
    grown = children[0] - _days(np.full(count, 17.5))
    adults[0] = np.where((adults[0] > NEVER) & (children[0] > NEVER), np.minimum(adults[0], grown), adults[0])
    woman = _first_is_woman(rng, kind, standing, root)
    return {
        "kind": kind,
        "standing": standing,
        "root": root,
        "first_woman": woman.astype(np.int64),
        "arrived": np.full(count, NEVER, dtype=np.int64),
        "adult_0": first,
        **{f"adult_{place + 1}": births for place, births in enumerate(adults)},
        **{f"child_{place}": births for place, births in enumerate(children)},
    }


def _roots(rng: Rng, standing: Ints, recent: int | None) -> Ints:
    """The country of origin as position in the pool of origins; -1 for families without one."""
    origins = pools.origins()
    foreign = origins.foreign
    if recent is not None:
        year = recent - pools.FIRST_YEAR
        foreign = foreign * (origins.immigration[:, year + 1] - origins.immigration[:, year - 1])
    weights = {p.FOREIGN: foreign, p.NATURALISED: origins.naturalised, p.REPATRIATE: origins.repatriate}
    weights[p.DESCENDANT] = origins.naturalised + origins.repatriate
    root = np.full(standing.size, -1, dtype=np.int64)
    for value, weight in weights.items():
        chosen = np.flatnonzero(standing == value)
        root[chosen] = choose(rng, weight, chosen.size)
    return root


def _kinds(rng: Rng, standing: Ints, root: Ints) -> Ints:
    keys = list(MIX)
    shape = pools.origins().shape[root]
    row = np.array([keys.index(_STANDING_MIX.get(s, "german")) for s in range(9)])[standing]
    row = np.where(standing == p.FOREIGN, shape, row)
    return choose_by_row(rng, np.array(list(MIX.values()), dtype=float), row)


def _first_births(rng: Rng, kind: Ints, standing: Ints, day: int) -> Ints:
    """The birth of the first adult (women in couples are drawn here, men follow)."""
    births = np.zeros(kind.size, dtype=np.int64)
    for value, (low, high, a, b) in _AGES.items():
        chosen = np.flatnonzero(kind == value)
        # Foreigners past sixty are rarer than Germans: many guest workers went back.
        b_here = np.where(np.isin(standing[chosen], (p.FOREIGN, p.NATURALISED)), b * 1.5, b)
        age = low + (high - low) * rng.beta(a, b_here)
        births[chosen] = day - _days(age) - 1
    return births


def _expellee_births(rng: Rng, count: int) -> Ints:
    low, high = (to_day(value) for value in _EXPELLEE_BIRTHS)
    return (high - 1 - (high - low) * rng.beta(1.2, 2.2, count)).astype(np.int64)


def _children(rng: Rng, kind: Ints, standing: Ints, day: int) -> tuple[list[Ints], Ints]:
    """Births of up to five children, and of the mother: the oldest child first, the mother by her age at its birth."""
    count = kind.size
    has = np.isin(kind, WITH_CHILDREN)
    weights = np.array([_CHILDREN["german"], _CHILDREN["other"]])
    number = 1 + choose_by_row(rng, weights, (standing > p.BORN_ABROAD).astype(np.int64))
    oldest_age = choose(rng, _STAYS_AT_HOME, count) + rng.random(count)
    mean = np.where(standing > p.REPATRIATE, 27.5, 29.8)
    mother_age = normal(rng, mean, 4.9, 17.0, 43.0, count)
    mother = day - _days(oldest_age + mother_age)
    births: list[Ints] = []
    latest = day - _days(oldest_age)
    for place in range(MAX_CHILDREN):
        if place:
            gap = np.where(chance(rng, 0.015, count), 0, 360 + rng.gamma(2.2, 330, count)).astype(np.int64)
            latest = latest + gap
        fits = has & (place < number) & (latest <= day) & (latest - mother < 46 * 365)
        age = np.clip((day - latest) // 365, 0, len(_STAYS_AT_HOME) - 1)
        stays = (place == 0) | chance(rng, _STAYS_AT_HOME[age], count)
        births.append(np.where(fits & stays, latest, NEVER))
    return births, np.where(has, mother, NEVER)


def _other_adults(rng: Rng, kind: Ints, first: Ints) -> list[Ints]:
    """Births of the second to fourth adult: partners, the adult child at home, flat mates, sisters and brothers, and
    the parents of one of the first two. Nobody here is under 18."""
    count = kind.size
    couple = np.isin(kind, COUPLES) | ((kind == ADULT_CHILD) & chance(rng, 0.6, count))
    couple &= (kind != GENERATIONS) | chance(rng, 0.85, count)
    partner = first - _days(normal(rng, 2.6, 4.4, -9.0, 24.0, count))
    partner = np.where(kind == COUPLE_YOUNG, np.minimum(partner, first + _days(rng.uniform(-3, 1, count))), partner)
    child = first + _days(normal(rng, 28.0, 4.5, 17.0, 29.5, count))
    number = choose(rng, (0.6, 0.28, 0.12), count)
    mates = [first - _days(rng.gamma(1.2, 2.0, count)) for _ in range(3)]
    sister = first - _days(normal(rng, 3.0, 2.0, 1.0, 11.0, count))
    two = np.select([couple, kind == SHARED, kind == SIBLINGS], [partner, mates[0], sister], NEVER)
    elder = np.where(couple, np.minimum(first, partner), first)
    grandmother = elder - _days(normal(rng, 26.0, 4.5, 17.5, 40.0, count))
    grandfather = grandmother - _days(normal(rng, 2.6, 3.5, -5.0, 15.0, count))
    which = choose(rng, (0.5, 0.12, 0.38), count)
    generations, mate = kind == GENERATIONS, kind == SHARED
    three = [generations & (which != 1), kind == ADULT_CHILD, mate & (number >= 1)]
    four = [generations & (which != 0), mate & (number >= 2)]
    return [
        two,
        np.select(three, [grandmother, child, mates[1]], NEVER),
        np.select(four, [grandfather, mates[2]], NEVER),
    ]


def _days(years: Floats) -> Ints:
    return (years * 365.2425).astype(np.int64)


def _first_is_woman(rng: Rng, kind: Ints, standing: Ints, root: Ints) -> Marks:
    """Whether the first adult is a woman: couples count her first; refugees who live alone are mostly men."""
    refugee = (standing == p.FOREIGN) & (pools.origins().shape[root] == pools.SHAPES.index("refugee"))
    share = np.full(kind.size, 0.48)
    share[np.isin(kind, (SINGLE_YOUNG, SINGLE))] = 0.43
    share[np.isin(kind, (SINGLE_YOUNG, SINGLE, SHARED)) & refugee] = 0.25
    share[kind == SINGLE_OLD] = 0.69
    share[np.isin(kind, COUPLES)] = 0.992
    share[kind == SIBLINGS] = 0.5
    share[kind == LONE] = 0.86
    share[kind == ADULT_CHILD] = 0.97
    return chance(rng, share, kind.size)
