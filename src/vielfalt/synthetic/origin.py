"""Where people come from: standing, immigration, countries of birth, nationalities; of adults, then of children.

German law decides the nationality of children: descent from a German parent, or, since 2000, birth in Germany to a
parent who has lived here for eight years (five since 27 June 2024, StAG §4(3)); until 2014 with the option mark
(StAG §29).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Floats, Ints, Marks
from vielfalt.synthetic import people as p
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import NEVER, NONE, Rng, Table, chance, to_day, year_of, year_start

MIXED_COUPLE: Final = {p.FOREIGN: 0.2, p.NATURALISED: 0.24, p.REPATRIATE: 0.28, p.DESCENDANT: 0.5, p.EXPELLEE: 0.8}
"""Share of partners without migration background, by the standing of the head."""
OTHER_PAPERS: Final = {
    p.FOREIGN: (0.18, p.NATURALISED),
    p.NATURALISED: (0.34, p.FOREIGN),
    p.REPATRIATE: (0.15, p.NATURALISED),
}
"""Share of partners of the same origin who have another standing than the head, and which."""
BORN_HERE: Final = {"classic": 0.3, "eu": 0.05, "western": 0.07, "refugee": 0.05, "skilled": 0.02}
"""Share of foreign or naturalised adults who were born in Germany, by the shape of the origin's immigration."""
FIRST_BORN_HERE: Final = 19_620_101
KEPT_NATIONALITY: Final = {"classic": 0.25, "eu": 0.7, "western": 0.75, "refugee": 0.5, "skilled": 0.4}
"""Share of the naturalised who keep the former nationality (until 2024 the exception for third countries)."""
KEPT_BY_REPATRIATES, DUAL_DESCENDANTS, DUAL_CHILDREN, DUAL_NATIVES, THIRD = 0.16, 0.12, 0.8, 0.004, 0.01
IUS_SOLI, FIVE_YEARS, OPTION_ENDS = 20000101, 20240627, 20141220


def by_shape(values: dict[str, float], root: Ints) -> Floats:
    """A value per person by the shape of the immigration from the person's country of origin."""
    return np.array([values[shape] for shape in pools.SHAPES])[pools.origins().shape[root]]


def keys_of(root: Ints) -> Ints:
    """The Destatis key of each origin; Germany for families without one."""
    return np.where(root >= 0, pools.origins().key[root], 0)


def partners(rng: Rng, standing: Ints, root: Ints) -> tuple[Ints, Ints]:
    """Standing and origin of the partners (or flat mates) of people with that standing and origin."""
    mixed = np.array([MIXED_COUPLE.get(value, 0.0) for value in range(9)])[standing]
    found = standing.copy()
    for value, (share, other) in OTHER_PAPERS.items():
        found = np.where((standing == value) & chance(rng, share, standing.size), other, found)
    without = chance(rng, mixed, standing.size) | (standing == p.BORN_ABROAD)
    return np.where(without, p.NATIVE, found), np.where(without, NONE, root)


def immigrate(rng: Rng, people: Table, adults: Ints, day: int) -> None:
    """Draws when adults immigrated; those too young for their origin's years of arrival were born here."""
    origins = pools.origins()
    standing, root, birth = (people[name][adults] for name in ("standing", "root", "birth"))
    candidate = np.isin(standing, (p.FOREIGN, p.NATURALISED, p.REPATRIATE))
    tables = np.vstack([origins.immigration, origins.repatriation])
    row = root + np.where(standing == p.REPATRIATE, len(origins.key), 0)
    last = int(year_of(np.array([day]))[0]) - pools.FIRST_YEAR
    first = np.clip(year_of(birth) + 1 - pools.FIRST_YEAR, 0, last)
    low, high = tables[row, first], tables[row, last + 1]
    wanted = low + rng.random(row.size) * (high - low)
    steps = tables / (tables[:, -1:] + 1e-9) + np.arange(len(tables))[:, None]
    found = np.searchsorted(steps.ravel(), row + wanted / (tables[row, -1] + 1e-9), side="right") - 1
    year = np.clip(found - row * tables.shape[1], first, last) + pools.FIRST_YEAR
    abroad = np.minimum(year_start(year) + rng.integers(0, 365, row.size), day)
    here = (
        chance(rng, by_shape(BORN_HERE, root), row.size)
        & (birth >= to_day(FIRST_BORN_HERE))
        & (standing != p.REPATRIATE)
    )
    here |= high - low < 1e-6 * np.maximum(tables[row, -1], 1e-9)
    born_here = {p.FOREIGN: p.FOREIGN_HERE, p.NATURALISED: p.NATURALISED_HERE, p.REPATRIATE: p.DESCENDANT}
    for value, other in born_here.items():
        people["standing"][adults[candidate & here & (standing == value)]] = other
    arrived = adults[candidate & ~here]
    people["abroad"][arrived] = abroad[candidate & ~here]
    returned = adults[standing == p.BORN_ABROAD]
    age = rng.integers(60, 20 * 365, returned.size)
    people["abroad"][returned] = np.minimum(people["birth"][returned] + age, day)


def birth_countries(rng: Rng, people: Table, adults: Ints) -> None:
    """Countries of birth of adults and of their parents."""
    standing, root = people["standing"][adults], people["root"][adults]
    key = keys_of(root)
    abroad = np.isin(standing, (p.REPATRIATE, p.NATURALISED, p.FOREIGN))
    elsewhere = pools.origins().key[rng.integers(0, 40, adults.size)]
    # One in thirty was born in a third country, on the family's way.
    key_born = np.where(chance(rng, 0.033, adults.size) & (standing != p.REPATRIATE), elsewhere, key)
    people["birth_country"][adults] = np.where(abroad, key_born, np.where(standing == p.BORN_ABROAD, elsewhere, 0))
    both = np.where(chance(rng, 0.6, adults.size), 3, rng.integers(1, 3, adults.size))
    parents = np.where(standing == p.DESCENDANT, both, np.where(root >= 0, 3, 0))
    came = (standing == p.DESCENDANT) | np.isin(standing, (p.NATURALISED_HERE, p.FOREIGN_HERE))
    came |= abroad & (people["abroad"][adults] - people["birth"][adults] < 17 * 365)
    for bit, parent in ((1, "mother"), (2, "father")):
        marked = (parents & bit) > 0
        people[f"{parent}_country"][adults] = np.where(marked, key, 0)
        people[f"{parent}_immigrated"][adults] = marked & came


def nationalities(rng: Rng, people: Table, adults: Ints) -> None:
    """Nationalities of adults and how they acquired the German one."""
    standing, root = people["standing"][adults], people["root"][adults]
    german = np.isin(standing, p.GERMAN_STANDINGS)
    key = keys_of(root)
    people["nat1"][adults] = np.where(german, 0, key)
    naturalised = np.isin(standing, (p.NATURALISED, p.NATURALISED_HERE))
    share = np.select(
        [naturalised, standing == p.REPATRIATE, standing == p.DESCENDANT],
        [
            by_shape(KEPT_NATIONALITY, root),
            np.full(root.size, KEPT_BY_REPATRIATES),
            np.full(root.size, DUAL_DESCENDANTS),
        ],
        0.0,
    )
    second = np.where(chance(rng, share, root.size), key, NONE)
    other = pools.origins().key[rng.integers(0, 60, root.size)]
    rare = chance(rng, DUAL_NATIVES, root.size) & (second == NONE) & (other != key)
    people["nat2"][adults] = np.where(rare, other, second)
    third = chance(rng, THIRD, root.size) & (second != NONE) & (other != key)
    people["nat3"][adults] = np.where(third, other, NONE)
    kinds = {p.REPATRIATE: p.BY_CERTIFICATE, p.EXPELLEE: p.OTHERWISE}
    kind = np.array([kinds.get(value, p.BY_BIRTH) for value in range(9)])[standing]
    people["kind"][adults] = np.where(german, np.where(naturalised, p.BY_NATURALISATION, kind), 0)


def children(rng: Rng, people: Table, rows: Ints, mother: Ints, father: Ints) -> None:
    """Standing, origin, countries and nationalities of children, from the rows of their parents (NONE: not here)."""
    seen = np.where(mother >= 0, mother, father)
    other = np.where((mother >= 0) & (father >= 0), father, seen)
    absent = (mother < 0) | (father < 0)
    native_absent = absent & chance(rng, 0.45, rows.size)
    birth = people["birth"][rows]
    came = people["abroad"][seen]
    abroad = np.isin(people["standing"][seen], (p.FOREIGN, p.NATURALISED, p.REPATRIATE)) & (birth < came)
    german = (people["nat1"][seen] == 0) | (people["nat1"][other] == 0) | native_absent
    marks = [_marked(people, seen), np.where(absent, _marked(people, seen) & ~native_absent, _marked(people, other))]
    first_root = people["root"][seen]
    root = np.where(first_root >= 0, first_root, people["root"][other])
    soil = _by_soil(people, birth, seen, other)
    here = np.where(german | soil, np.where(marks[0] | marks[1], p.DESCENDANT, p.NATIVE), p.FOREIGN_HERE)
    people["standing"][rows] = np.where(abroad, _born_abroad(rng, people, seen, german), here)
    people["root"][rows] = np.where(people["standing"][rows] == p.NATIVE, NONE, root)
    people["birth_country"][rows] = np.where(abroad, keys_of(first_root), 0)
    people["abroad"][rows] = np.where(abroad, came, NEVER)
    _child_nationalities(rng, people, rows, german | soil, soil & ~german, (seen, other))
    for parent, number in (("mother", mother), ("father", father)):
        place = np.where(number >= 0, number, seen)
        unseen_native = (number < 0) & native_absent
        people[f"{parent}_country"][rows] = np.where(unseen_native, 0, people["birth_country"][place])
        immigrated = np.isin(people["standing"][place], p.IMMIGRATED) & ~unseen_native
        people[f"{parent}_immigrated"][rows] = immigrated


def _marked(people: Table, rows: Ints) -> Marks:
    """Whether a parent's child born here counts as a descendant of immigrants."""
    return ~np.isin(people["standing"][rows], (p.NATIVE, p.EXPELLEE, p.BORN_ABROAD))


def _by_soil(people: Table, birth: Ints, seen: Ints, other: Ints) -> Marks:
    """Whether a child of foreigners born here is German by the years its parents have lived here."""
    needed = np.where(birth >= to_day(FIVE_YEARS), 5 * 365, 8 * 365)
    resident = np.zeros(birth.size, dtype=bool)
    for parent in (seen, other):
        here = people["standing"][parent] == p.FOREIGN_HERE
        resident |= here | ((people["abroad"][parent] > NEVER) & (people["abroad"][parent] + needed <= birth))
    return resident & (birth >= to_day(IUS_SOLI))


def _born_abroad(rng: Rng, people: Table, seen: Ints, german: Marks) -> Ints:
    """Standing of children born before their mother immigrated."""
    standing = people["standing"][seen]
    naturalised = np.where(chance(rng, 0.75, seen.size), p.NATURALISED, p.FOREIGN)
    foreign = np.where(german, p.NATURALISED, p.FOREIGN)
    return np.select([standing == p.REPATRIATE, standing == p.NATURALISED], [standing, naturalised], foreign)


def _child_nationalities(
    rng: Rng, people: Table, rows: Ints, german: Marks, by_soil_alone: Marks, parents: tuple[Ints, Ints]
) -> None:
    standing = people["standing"][rows]
    key = keys_of(people["root"][rows])
    is_german = np.isin(standing, p.GERMAN_STANDINGS)
    people["nat1"][rows] = np.where(is_german, 0, key)
    foreign_parent = (people["nat1"][parents[0]] != 0) | (people["nat1"][parents[1]] != 0)
    dual_parent = (people["nat2"][parents[0]] > 0) | (people["nat2"][parents[1]] > 0)
    share = np.where(foreign_parent, DUAL_CHILDREN, np.where(dual_parent, 0.45, 0.02))
    dual = is_german & (key > 0) & chance(rng, share, rows.size)
    people["nat2"][rows] = np.where(dual, key, NONE)
    option = by_soil_alone & german & (people["birth"][rows] < to_day(OPTION_ENDS)) & (standing == p.DESCENDANT)
    kinds = {p.REPATRIATE: p.BY_CERTIFICATE, p.NATURALISED: p.BY_NATURALISATION}
    kind = np.array([kinds.get(value, p.BY_BIRTH) for value in range(9)])[standing]
    people["kind"][rows] = np.where(is_german, np.where(option, p.BY_OPTION, kind), 0)


def changes(rng: Rng, people: Table, day: int) -> None:
    """Of people who are Germans by naturalisation or certificate: the nationality before, and since when German.

    Repatriates since they came; the naturalised since a day after eight years of residence, as far as there was time.
    """
    kind, root = people["kind"], people["root"]
    changed = np.isin(kind, (p.BY_NATURALISATION, p.BY_CERTIFICATE)) & (root >= 0)
    start = np.where(people["abroad"] > NEVER, people["abroad"], people["birth"])
    earliest = np.minimum(start + 8 * 365, day)
    later = earliest + (rng.random(start.size) ** 1.5 * (day - earliest)).astype(np.int64)
    people["former"] = np.where(changed, keys_of(root), NONE)
    people["german_since"] = np.where(changed, np.where(kind == p.BY_CERTIFICATE, start, later), NEVER)
