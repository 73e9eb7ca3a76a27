"""Names: invented combinations from the pools, by origin; couples mostly share one, children take their parents'."""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Floats, Ints
from vielfalt.synthetic import people as p
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import NONE, Rng, Table, chance, positions

SHARED_NAME: Final = 0.86
"""Share of married couples with one family name."""
SECOND_GIVEN: Final = 0.14
STEPCHILDREN_KEEP: Final = 0.65
"""Share of children of a married mother alone who bear the name she had before."""


def give_names(rng: Rng, people: Table, rows: Ints) -> None:
    """Own family name and given names of these people; call ``pass_on_names`` afterwards."""
    known = pools.names()
    numbers = {name: number for number, name in enumerate(known.groups)}
    by_root = np.array([numbers[name] for name in pools.origins().names] + [numbers["german"]])
    root = people["root"][rows]
    group = by_root[root]
    # Children and grandchildren of immigrants often bear German given names, so do repatriates.
    assimilated = np.isin(people["standing"][rows], (p.DESCENDANT, p.REPATRIATE, p.NATURALISED_HERE))
    given_group = np.where(assimilated & chance(rng, 0.4, rows.size), numbers["german"], group)
    people["own_family"][rows] = _draw(rng, known.family, group)
    people["family"][rows] = people["own_family"][rows]
    man = np.where(people["sex"][rows] == 0, True, people["sex"][rows] > 1)
    age_rank = np.clip((people["birth"][rows] + 16_000) / 36_000, 0, 1)
    for name, needed in (("given", np.ones(rows.size, bool)), ("given_2", chance(rng, SECOND_GIVEN, rows.size))):
        drawn = np.where(
            man,
            _aged(rng, known.given_m, given_group, age_rank),
            _aged(rng, known.given_w, given_group, age_rank),
        )
        people[name][rows] = np.where(needed, drawn, NONE)


def pass_on_names(rng: Rng, people: Table, rows: Ints) -> None:
    """Married couples among these people take one name; children take the mother's, father's or common name.

    From the eldest to the youngest: grandparents, the grown children who live with them, the children.
    """
    role = people["role"][rows]
    has_parent = (people["mother"][rows] > NONE) | (people["father"][rows] > NONE)
    _marry_names(rng, people, rows[role == p.OTHER])
    _from_parents(rng, people, rows[has_parent & (role != p.CHILD)])
    _marry_names(rng, people, rows[role != p.OTHER])
    _from_parents(rng, people, rows[has_parent & (role == p.CHILD)])


def _marry_names(rng: Rng, people: Table, rows: Ints) -> None:
    found = positions(people["person"], people["spouse"][rows])
    couple = (found >= 0) & (people["person"][rows] < people["spouse"][rows]) & chance(rng, SHARED_NAME, rows.size)
    first, second = rows[couple], found[couple]
    from_second = chance(rng, 0.8, first.size)
    name = np.where(from_second, people["own_family"][second], people["own_family"][first])
    people["family"][first] = name
    people["family"][second] = name


def _from_parents(rng: Rng, people: Table, rows: Ints) -> None:
    mother = positions(people["person"], people["mother"][rows])
    father = positions(people["person"], people["father"][rows])
    from_mother = (mother >= 0) & (chance(rng, 0.55, rows.size) | (father < 0))
    giver = np.where(from_mother, mother, father)
    # A mother's child from before her marriage mostly keeps the name she had then.
    former = (father < 0) & (people["spouse"][mother] > NONE) & chance(rng, STEPCHILDREN_KEEP, rows.size)
    name = np.where(former, people["own_family"][giver], people["family"][giver])
    named = giver >= 0
    people["family"][rows[named]] = name[named]
    people["own_family"][rows[named]] = name[named]


def _draw(rng: Rng, span: Ints, group: Ints) -> Ints:
    """A name of the group, the first of the list most often."""
    number = span[group, 1]
    found: Ints = span[group, 0] + (number * rng.random(group.size) ** 1.6).astype(np.int64)
    return found


def _aged(rng: Rng, span: Ints, group: Ints, rank: Floats) -> Ints:
    """A given name: lists run from the names of the old to those of the young."""
    number = span[group, 1]
    place = np.clip(rank + rng.normal(0, 0.16, group.size), 0, 0.999)
    found: Ints = span[group, 0] + (number * place).astype(np.int64)
    return found
