"""Kin besides parents and their common children: grandparents, sisters and brothers, children of one partner only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vielfalt.numbers import Ints, Marks
from vielfalt.synthetic import households as h
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, Rng, Table, chance

OF_THE_PARTNER: Final = 0.45
"""Share of grandparents in the household who are the parents of the second partner."""
STEPFAMILIES, FURTHER_STEPCHILDREN = 0.1, 0.45
"""Share of couples with children whose oldest child is of one partner only (Stieffamilien: 7 to 13 %, Familienreport),
and the share of their further children for whom this holds as well."""
ELDERS_MARRIED: Final = 0.96
_BEFORE: Final = {p.DESCENDANT: p.NATURALISED, p.FOREIGN_HERE: p.FOREIGN, p.NATURALISED_HERE: p.NATURALISED}
"""The standing of the parents of people born here; parents of others share their children's."""


@dataclass(frozen=True)
class Elders:
    """Rows of grandparents who live with their grown children, and the row of the grown child of each."""

    rows: Ints
    child: Ints
    woman: Marks


def elders(rng: Rng, kind: Ints, slot: Ints, number: Ints, head: Ints, partner: Ints) -> Elders:
    """Who lives with a grown child and its family: parents of the first or of the second partner."""
    rows = np.flatnonzero((kind == h.GENERATIONS) & ((slot == 2) | (slot == 3)))
    of_partner = chance(rng, OF_THE_PARTNER, head.size)[number[rows]] & (partner[number[rows]] >= 0)
    return Elders(rows, np.where(of_partner, partner[number[rows]], head[number[rows]]), slot[rows] == 2)


def stand_alike(people: Table, found: Elders, kind: Ints, number: Ints, head: Ints) -> None:
    """Grandparents are of the origin of their child, sisters and brothers of the same."""
    before = np.array([_BEFORE.get(standing, standing) for standing in range(9)])
    before[[p.EXPELLEE, p.BORN_ABROAD]] = p.NATIVE
    people["standing"][found.rows] = before[people["standing"][found.child]]
    people["root"][found.rows] = people["root"][found.child]
    siblings = np.flatnonzero(kind == h.SIBLINGS)
    for name in ("standing", "root"):
        people[name][siblings] = people[name][head[number[siblings]]]


def link_elders(rng: Rng, people: Table, found: Elders) -> None:
    """Makes grandparents the parents of their child, and couples of them spouses; what they lived their child knows."""
    for parent, rows, child in (
        ("mother", found.rows[found.woman], found.child[found.woman]),
        ("father", found.rows[~found.woman], found.child[~found.woman]),
    ):
        people[parent][child] = people["person"][rows]
        here = people["birth_country"][child] == 0
        before = np.minimum(people["abroad"][rows], people["birth"][child] - 300)
        people["abroad"][rows] = np.where(here & (people["abroad"][rows] > NEVER), before, people["abroad"][rows])
        people[f"{parent}_country"][child] = people["birth_country"][rows]
        people[f"{parent}_immigrated"][child] = np.isin(people["standing"][rows], p.IMMIGRATED)
    man = dict(zip(found.child[~found.woman].tolist(), found.rows[~found.woman].tolist(), strict=True))
    couples = [
        (row, man[child])
        for row, child in zip(found.rows[found.woman].tolist(), found.child[found.woman].tolist(), strict=True)
        if child in man
    ]
    one, two = np.array(couples, dtype=np.int64).reshape(-1, 2).T
    people["partner"][one], people["partner"][two] = people["person"][two], people["person"][one]
    wed = chance(rng, ELDERS_MARRIED, one.size)
    marry(rng, people, one[wed], two[wed], people["sex"][one[wed]] == people["sex"][two[wed]])


def marry(rng: Rng, people: Table, one: Ints, two: Ints, same_sex: Marks) -> None:
    """Makes the people of two rows spouses of each other; a few couples of one sex are registered partners."""
    people["spouse"][one], people["spouse"][two] = people["person"][two], people["person"][one]
    registered = same_sex & chance(rng, 0.3, one.size)
    for rows in (one, two):
        people["marital"][rows] = np.where(registered, p.PARTNERED, p.MARRIED)


def stepchildren(rng: Rng, household: Ints, couple: Marks) -> Marks:
    """Which children are the first partner's alone: the oldest of a stepfamily, and some of the next.

    ``household`` numbers the household of each child, the oldest first; ``couple`` is whether it has a second partner.
    """
    if not household.size:
        return np.zeros(0, dtype=bool)
    first = np.diff(household, prepend=-1) != 0
    start = np.maximum.accumulate(np.where(first, np.arange(household.size), 0))
    family = chance(rng, STEPFAMILIES, household.size)[start] & couple
    second = (np.arange(household.size) - start == 1) & chance(rng, FURTHER_STEPCHILDREN, household.size)
    found: Marks = family & (first | second)
    return found
