"""From households to people: one row per member with origin, pointers, marital status, religion and names."""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Ints
from vielfalt.synthetic import households as h
from vielfalt.synthetic import kin, naming, origin, pools
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, NONE, Rng, Table, chance, choose_by_row, positions, to_day, years_between

_ADULTS = 4
MARRIED_BY_KIND: Final = (0.87, 0.22, 0.5, 0.77)
MARRIED_OLD: Final = 0.94
"""Share of couples who are married: with children; without, the first under 30, 40, 60, older. Such that of couples
with children some 9 in a hundred are not, of those without 19 (Mikrozensus 2022, Baden-Württemberg:
116,000 of 1.34 million and 285,000 of 1.48 million).
"""
OTHER_SEX: Final = 0.0004
"""Share of people with the entry "divers" or none."""
INFORMATION_BLOCKS: Final = 0.012
FURTHER_DWELLINGS: Final = 0.018
"""Shares of people with an information block (§51 BMG) and of adults with a further dwelling elsewhere."""
FAITHS: Final = {
    "c": (0.27, 0.70, 0.02, 0, 0.004, 0.002, 0, 0.004),
    "p": (0.46, 0.06, 0.46, 0.01, 0, 0.006, 0, 0.004),
    "o": (0.93, 0.02, 0.02, 0, 0, 0, 0.004, 0.026),
    "m": (0.995, 0.001, 0.002, 0, 0, 0, 0, 0.002),
    "x": (0.93, 0.02, 0.03, 0, 0, 0, 0.01, 0.01),
    "german": (0.34, 0.37, 0.27, 0.008, 0.003, 0.003, 0.001, 0.005),
    "repatriate": (0.36, 0.22, 0.40, 0.01, 0, 0.005, 0.005, 0),
}
"""Shares of the religion keys in the order of ``people.RELIGIONS``, by faith of the origin or standing."""


def members(rng: Rng, households: Table, day: int, first_person: int, first_household: int) -> Table:
    """The members of the households, without dwelling. Where a household has a day of arrival, all came then."""
    people = _rows(rng, households, first_person, first_household)
    slot, number = people.pop("slot"), people.pop("number")
    kind = households["kind"][number]
    _roles(people, kind, slot)
    head = np.flatnonzero(people["role"] == p.HEAD)
    partner = np.full(head.size, NONE)
    partner[number[people["role"] == p.PARTNER]] = np.flatnonzero(people["role"] == p.PARTNER)
    elders = kin.elders(rng, kind, slot, number, head, partner)
    adults = np.flatnonzero(slot < _ADULTS)
    adults = adults[people["role"][adults] != p.CHILD]
    _standings(rng, people, households, adults, number)
    kin.stand_alike(people, elders, kind, number, head)
    origin.immigrate(rng, people, adults, day)
    _arrive(people, adults, households["arrived"][number[adults]])
    origin.birth_countries(rng, people, adults)
    origin.nationalities(rng, people, adults)
    _marry(rng, people, head, partner, kind[head], day)
    kin.link_elders(rng, people, elders)
    alone = np.flatnonzero(people["marital"] == p.SINGLE)
    people["marital"][alone] = _past(rng, people, alone, day)
    _link_children(rng, people, number, head, partner)
    origin.changes(rng.spawn(1)[0], people, day)
    everyone = np.arange(number.size)
    people["religion"] = religions(rng, people, everyone)
    naming.give_names(rng, people, everyone)
    siblings = np.flatnonzero(kind == h.SIBLINGS)
    for name in ("own_family", "family"):
        people[name][siblings] = people[name][head[number[siblings]]]
    naming.pass_on_names(rng, people, everyone)
    people["birth_place"] = birth_places(rng, people, everyone)
    _lost_countries(people)
    people["block_info"] = chance(rng, INFORMATION_BLOCKS, number.size).astype(np.int64)
    further = chance(rng, FURTHER_DWELLINGS, number.size) & (people["role"] != p.CHILD)
    people["elsewhere"] = further.astype(np.int64)
    return people


def _rows(rng: Rng, households: Table, first_person: int, first_household: int) -> Table:
    columns = [name for name in households if name.startswith(("adult_", "child_"))]
    births = np.column_stack([households[name] for name in columns])
    number, slot = np.nonzero(births > NEVER)
    count = number.size
    people = p.new_people(count, birth=births[number, slot], household=first_household + number)
    people["person"] = first_person + np.arange(count)
    woman = chance(rng, 0.5, count)
    first_woman = households["first_woman"][number] == 1
    couple = np.isin(households["kind"][number], (*h.COUPLES, h.ADULT_CHILD))
    woman = np.where(
        slot == 0, first_woman, np.where((slot == 1) & couple, ~first_woman | chance(rng, 0.008, count), woman)
    )
    elder = (households["kind"][number] == h.GENERATIONS) & ((slot == 2) | (slot == 3))
    woman = np.where(elder, slot == 2, woman)
    people["sex"] = np.where(chance(rng, OTHER_SEX, count), 2 + chance(rng, 0.3, count), woman.astype(np.int64))
    return {**people, "slot": slot.astype(np.int64), "number": number.astype(np.int64)}


def _roles(people: Table, kind: Ints, slot: Ints) -> None:
    couple = np.isin(kind, (*h.COUPLES, h.ADULT_CHILD))
    child = (slot >= _ADULTS) | ((kind == h.ADULT_CHILD) & (slot == 2))
    people["role"] = np.select([slot == 0, child, couple & (slot == 1)], [p.HEAD, p.CHILD, p.PARTNER], p.OTHER)


def _standings(rng: Rng, people: Table, households: Table, adults: Ints, number: Ints) -> None:
    standing, root = households["standing"][number[adults]], households["root"][number[adults]]
    # Foreigners who come from abroad together are of one origin.
    together = (households["arrived"][number[adults]] > NEVER) & (standing == p.FOREIGN)
    other = (people["role"][adults] != p.HEAD) & ~together
    standing[other], root[other] = origin.partners(rng, standing[other], root[other])
    # An expellee's wife or husband born after the war is no expellee.
    young = (standing == p.EXPELLEE) & (people["birth"][adults] >= to_day(19450101))
    people["standing"][adults] = np.where(young, p.NATIVE, standing)
    people["root"][adults] = root


def _arrive(people: Table, adults: Ints, arrived: Ints) -> None:
    """Makes the members of households that come from abroad immigrants of that day, whatever was drawn before."""
    coming = adults[arrived > NEVER]
    standing = people["standing"][coming]
    standing = np.where(np.isin(standing, (p.FOREIGN_HERE, p.NATURALISED, p.NATURALISED_HERE)), p.FOREIGN, standing)
    people["standing"][coming] = standing
    immigrant = np.isin(standing, p.IMMIGRATED)
    people["abroad"][coming] = np.where(immigrant, arrived[arrived > NEVER], people["abroad"][coming])


def _marry(rng: Rng, people: Table, head: Ints, partner: Ints, kind: Ints, day: int) -> None:
    """Couples become partners, most of them spouses."""
    couple = partner >= 0
    one, two = head[couple], partner[couple]
    people["partner"][one], people["partner"][two] = people["person"][two], people["person"][one]
    age = years_between(people["birth"][one], day)
    share = np.select(
        [np.isin(kind[couple], h.WITH_CHILDREN), age < 30, age < 40, age < 60],
        [*MARRIED_BY_KIND],
        MARRIED_OLD,
    )
    migrant = people["root"][one] >= 0
    wed = chance(rng, np.minimum(share + np.where(migrant, 0.1, 0.0), 0.98), one.size)
    same_sex = people["sex"][one] == people["sex"][two]
    wed &= years_between(np.maximum(people["birth"][one], people["birth"][two]), day) >= 18
    kin.marry(rng, people, one[wed], two[wed], same_sex[wed])


def _past(rng: Rng, people: Table, rows: Ints, day: int) -> Ints:
    """Single, divorced or widowed, by age; a few live apart from a spouse abroad."""
    age = years_between(people["birth"][rows], day)
    bands = np.digitize(age, (25, 35, 45, 55, 65, 75, 85))
    shares = np.array(
        [
            (1.0, 0.0, 0.0, 0.0),
            (0.92, 0.03, 0.0, 0.05),
            (0.7, 0.05, 0.01, 0.24),
            (0.47, 0.05, 0.03, 0.45),
            (0.32, 0.04, 0.1, 0.54),
            (0.17, 0.02, 0.41, 0.4),
            (0.09, 0.01, 0.7, 0.2),
            (0.07, 0.0, 0.86, 0.07),
        ]
    )
    drawn = choose_by_row(rng, shares, bands.astype(np.int64))
    return np.where(people["role"][rows] == p.CHILD, p.SINGLE, drawn)


def _link_children(rng: Rng, people: Table, number: Ints, head: Ints, partner: Ints) -> None:
    """Pointers from children to their parents in the household, and what children inherit."""
    rows = np.flatnonzero(people["role"] == p.CHILD)
    one, two = head[number[rows]], partner[number[rows]]
    head_is_mother = people["sex"][one] == 1
    step = kin.stepchildren(rng, number[rows], two >= 0)
    two = np.where(step, NONE, two)
    mother = np.where(head_is_mother, one, two)
    father = np.where(head_is_mother, two, one)
    people["mother"][rows] = np.where(mother >= 0, people["person"][mother], NONE)
    people["father"][rows] = np.where(father >= 0, people["person"][father], NONE)
    origin.children(rng, people, rows, mother, father)


def religions(rng: Rng, people: Table, rows: Ints) -> Ints:
    """Religion keys by origin; children share their mother's where she is in the household."""
    names = list(FAITHS)
    root = people["root"][rows]
    by_faith = np.array([names.index(faith) for faith in pools.FAITHS])
    row = np.where(root >= 0, by_faith[pools.origins().faith[root]], names.index("german"))
    row = np.where(people["standing"][rows] == p.REPATRIATE, names.index("repatriate"), row)
    drawn = choose_by_row(rng, np.array(list(FAITHS.values()), dtype=float), row)
    current = people["religion"].copy()
    current[rows] = drawn
    mother = positions(people["person"], people["mother"][rows])
    return np.where((mother >= 0) & chance(rng, 0.85, rows.size), current[mother], drawn)


def birth_places(rng: Rng, people: Table, rows: Ints) -> Ints:
    """A place in the country of birth; expellees' places follow the ordinary ones in the numbering."""
    known = pools.places()
    place = known.draw(rng, people["birth_country"][rows])
    lost = people["standing"][rows] == p.EXPELLEE
    _, keys = pools.lost_places()
    chosen = rng.integers(0, keys.size, rows.size)
    return np.where(lost, len(known.name) + chosen, place)


def _lost_countries(people: Table) -> None:
    """Expellees were born in what is today another country: the key of the present-day state."""
    lost = np.flatnonzero(people["birth_place"] >= len(pools.places().name))
    people["birth_country"][lost] = pools.lost_places()[1][people["birth_place"][lost] - len(pools.places().name)]
