"""The residents of whole addresses as columns, the households formed of them so far, and which pairs agree in what.

Names are running numbers here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from vielfalt.numbers import Ints, Marks
from vielfalt.register.columns import alike

Shares: TypeAlias = npt.NDArray[np.float64]
Pairs: TypeAlias = tuple[Ints, Ints]
ADULT = 18
GENERATION = 15
"""Years between generations; own choice: births before that age are rarer than errors of entry."""
CHANCE = 0.05
"""The risk accepted that a clue joins strangers: how many others at the address share it by chance, on average."""
SAME_DAY_ADDRESS = 24
"""Residents up to which two households seldom move in on one day by chance. Own estimate: of the 12 households of 24
residents one in ten moves in a year, mostly on one of 24 days (first and middle of a month): 12 / 10 / 24 = ``CHANCE``.
"""
NAMESAKES = 12
"""Bearers of a name at one address above whom the name tells nothing; own choice."""


@dataclass(frozen=True)
class Names:
    """The names at each address: per entry the resident (``rows``) and the number of the name there (``group``); per
    name its first entry, and whether it tells something: too few in town bear it for a stranger to be expected there.
    """

    rows: Ints
    group: Ints
    first: Ints
    telling: Marks


@dataclass(frozen=True)
class Neighbours:
    """The residents of whole addresses as columns of integers; -1 is unknown.

    ``spouse``, ``guardian_1`` and ``guardian_2`` are positions of residents of the same address; ``guarded`` is who
    points at a resident of the town as guardian, here or elsewhere; ``institution`` who lives in a home,
    ``home_by_residents`` in one without mark; ``since_birth`` who moved in on the day of birth; ``moved`` who is
    registered elsewhere, at an address that is not in the directory. ``foreign``: nationality, -1 for
    Germans. ``size``: residents of the address. Shares of the town's residents: ``bearers`` per name, ``arrivals`` per
    municipality of origin; of its foreigners, since people of one origin live close together: ``nationals`` per
    nationality.
    """

    record: Ints
    address: Ints
    spouse: Ints
    guardian_1: Ints
    guardian_2: Ints
    family_name: Ints
    birth_name: Ints
    move_in: Ints
    origin: Ints
    age: Ints
    woman: Ints
    guarded: Marks
    institution: Marks
    home_by_residents: Marks
    married: Marks
    foreign: Ints
    since_birth: Marks
    moved: Marks
    size: Ints
    bearers: Shares
    arrivals: Shares
    nationals: Shares

    @cached_property
    def names(self) -> Names:
        """Each resident by family name, then by name at birth where one is known."""
        family, birth = np.flatnonzero(self.family_name >= 0), np.flatnonzero(self.birth_name >= 0)
        rows = np.concatenate([family, birth])
        name = np.concatenate([self.family_name[family], self.birth_name[birth]])
        first, group = alike([self.address[rows], name])
        strangers = self.bearers[name[first]] * self.size[rows[first]]
        telling = (strangers <= CHANCE) & (np.bincount(group, minlength=len(first)) <= NAMESAKES)
        return Names(rows, group, first, telling)

    @cached_property
    def moves(self) -> Ints:
        """Per resident the number of the address and day of moving in; the day may be unknown."""
        _, group = alike([self.address, self.move_in])
        return group


@dataclass(frozen=True)
class Formed:
    """The households so far: per resident its number, how many live in it, and whether a partner lives there."""

    household: Ints
    members: Ints
    partnered: Marks

    @property
    def alone(self) -> Marks:
        """Whom no link has joined yet."""
        found: Marks = self.members == 1
        return found


def near(people: Neighbours, one: Ints, two: Ints, years: int) -> Marks:
    """Whether the two are at most so many years apart; no where an age is unknown."""
    known = (people.age[one] >= 0) & (people.age[two] >= 0)
    found: Marks = known & (np.abs(people.age[one] - people.age[two]) <= years)
    return found


def one_of_each(group: Ints, rows: Ints, groups: int) -> tuple[Ints, Marks]:
    """Per number of a group one of its rows, and whether it is the only one."""
    head = np.zeros(groups, dtype=np.int64)
    head[group] = rows
    return head, np.bincount(group, minlength=groups) == 1


def oldest(people: Neighbours, formed: Formed) -> Ints:
    """The age of the oldest in each resident's household so far; -1 where none is known."""
    found = np.full(int(formed.household.max(initial=-1)) + 1, -1)
    np.maximum.at(found, formed.household, people.age)
    return found[formed.household]


def namesakes(people: Neighbours, formed: Formed) -> Pairs:
    """Two residents of different households of an address who agree in a name that tells something."""
    names = people.names
    kept = (_in_several(people, formed) & names.telling)[names.group]
    one, two = pairs_in(names.group[kept], names.rows[kept], NAMESAKES)
    return those((one, two), formed.household[one] != formed.household[two])


def name_tells_nothing(people: Neighbours, formed: Formed) -> Marks:
    """Who is alone and shares a name with others of the address that is too frequent to join anybody there."""
    names = people.names
    found = np.zeros(len(people.record), dtype=bool)
    found[names.rows[(_in_several(people, formed) & ~names.telling)[names.group]]] = True
    return found & formed.alone & ~people.institution


def _in_several(people: Neighbours, formed: Formed) -> Marks:
    """Per name at an address, whether it occurs in several households."""
    names = people.names
    household = formed.household[names.rows]
    found = np.zeros(len(names.first), dtype=bool)
    found[names.group[household != household[names.first][names.group]]] = True
    return found


def pairs_of(columns: tuple[Ints, ...], among: Marks, most: int) -> Pairs:
    """All pairs of rows that agree in the columns, where at most so many do."""
    rows = np.flatnonzero(among)
    _, group = alike([column[rows] for column in columns])
    here = np.bincount(group)[group]
    several = (here > 1) & (here <= most)
    return pairs_in(group[several], rows[several], most)


def pairs_in(group: Ints, rows: Ints, most: int) -> Pairs:
    """All pairs of rows of one group; no group has more than ``most``."""
    order = np.argsort(group, kind="stable")
    group, rows = group[order], rows[order]
    found = [(rows[:0], rows[:0])]
    for apart in range(1, most):
        same = group[apart:] == group[:-apart]
        if not same.any():
            break
        found.append((rows[:-apart][same], rows[apart:][same]))
    one, two = (np.concatenate(side) for side in zip(*found, strict=True))
    return one, two


def only_pairs(pairs: Pairs, rows: int) -> Pairs:
    """The pairs of which neither stands in another one."""
    times = np.bincount(pairs[0], minlength=rows) + np.bincount(pairs[1], minlength=rows)
    return those(pairs, (times[pairs[0]] == 1) & (times[pairs[1]] == 1))


def those(pairs: Pairs, which: Marks) -> Pairs:
    """The pairs for which a condition holds."""
    return pairs[0][which], pairs[1][which]
