"""Which residents of an address pointers, names and birth join: the pairs of the links of kin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vielfalt.numbers import Ints, Marks
from vielfalt.register.columns import alike
from vielfalt.register.neighbours import (
    ADULT,
    GENERATION,
    NAMESAKES,
    SAME_DAY_ADDRESS,
    Formed,
    Neighbours,
    Pairs,
    namesakes,
    near,
    oldest,
    one_of_each,
    only_pairs,
    pairs_in,
    those,
)
from vielfalt.register.population import ROLES

OLDEST_PARENT = 50
"""Years above which a relative is sooner a grandparent than a parent; own choice: births after that age are as rare."""
SPOUSES_GAP = 20
"""Years between two married people of one name above which they are sooner parent and child; own choice."""
BIRTHS_ADDRESS = 96
"""Residents up to which the women of an address are looked through for a mother; own choice."""
AT_HOME = 30
"""Age up to which people who moved in with others are taken for their children; own choice: later few are."""


def pointer(role: str) -> Callable[[Neighbours, Formed], Pairs]:
    """The pairs of one kind of pointer within an address."""

    def pairs(people: Neighbours, _: Formed) -> Pairs:
        other = getattr(people, role)
        own = np.flatnonzero((other >= 0) & (other != np.arange(len(other))))
        return own, other[own]

    return pairs


def pointer_home(people: Neighbours, formed: Formed) -> Pairs:
    """Those who point at each other of whom one is registered at an address that no directory holds."""
    pairs = [pointer(role)(people, formed) for role in ROLES.values()]
    one, two = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return those((one, two), people.moved[one] | people.moved[two])


def common_child(people: Neighbours, _: Formed) -> Pairs:
    """The two guardians of a child who all live at one address (one pointed at twice is one)."""
    first, second = people.guardian_1, people.guardian_2
    both = (first >= 0) & (second >= 0) & (first != second)
    return first[both], second[both]


def married_namesakes(people: Neighbours, formed: Formed) -> Pairs:
    """The only two married people of one name without partner."""
    single = people.married & ~formed.partnered
    one, two = namesakes(people, formed)
    fits = single[one] & single[two] & near(people, one, two, SPOUSES_GAP)
    return only_pairs(those((one, two), fits), len(single))


def child_of_parent(people: Neighbours, formed: Formed) -> Pairs:
    """Who is alone, and a namesake of the generation before."""
    older, younger, years = generations(people, formed)
    return those((older, younger), _parental(years) & formed.alone[younger])


def parent_of_adult(people: Neighbours, formed: Formed) -> Pairs:
    """An older person alone, and a grown namesake of the next generation."""
    older, younger, years = generations(people, formed)
    fits = _parental(years) & formed.alone[older] & (people.age[younger] >= ADULT)
    return those((older, younger), fits)


def grandchild(people: Neighbours, formed: Formed) -> Pairs:
    """A minor alone, and a namesake two generations older."""
    older, younger, years = generations(people, formed)
    return those((older, younger), (years >= OLDEST_PARENT) & formed.alone[younger] & (people.age[younger] < ADULT))


def siblings(people: Neighbours, formed: Formed) -> Pairs:
    """Two adults alone of one name and about one age."""
    one, two = namesakes(people, formed)
    adults = formed.alone & (people.age >= ADULT)
    return those((one, two), adults[one] & adults[two] & near(people, one, two, GENERATION - 1))


def remaining_child(people: Neighbours, formed: Formed) -> Pairs:
    """A minor who points at nobody with the only household of the address in which an adult lives."""
    minor = formed.alone & (people.age >= 0) & (people.age < ADULT) & ~people.guarded
    adults = np.flatnonzero(people.age >= ADULT)
    first, _ = alike([formed.household[adults]])
    head, only = one_of_each(people.address[adults[first]], adults[first], len(people.record))
    children = np.flatnonzero(minor & only[people.address])
    return head[people.address[children]], children


def generations(people: Neighbours, formed: Formed) -> tuple[Ints, Ints, Ints]:
    """Namesakes as older, younger and the years between them (-1: unknown)."""
    one, two = namesakes(people, formed)
    turned = people.age[one] < people.age[two]
    older, younger = np.where(turned, two, one), np.where(turned, one, two)
    known = people.age[younger] >= 0
    return older, younger, np.where(known, people.age[older] - people.age[younger], -1)


def _parental(years: Ints) -> Marks:
    """Whether somebody so many years older can be a parent."""
    found: Marks = (years >= GENERATION) & (years < OLDEST_PARENT)
    return found


def born_to_namesake(people: Neighbours, formed: Formed) -> Pairs:
    """Who has lived here since birth with a namesake of the generation before who lived here then, however frequent
    the name is."""
    names = people.names
    here = np.zeros(len(names.first), dtype=bool)
    here[names.group[_born_here(people, formed)[names.rows]]] = True
    kept = (here & (np.bincount(names.group, minlength=len(here)) <= NAMESAKES))[names.group]
    return _to_parents(people, formed, pairs_in(names.group[kept], names.rows[kept], NAMESAKES))


def born_to_mother(people: Neighbours, formed: Formed) -> Pairs:
    """Who has lived here since birth with the only household of a woman who can have been the mother."""
    born = _born_here(people, formed)
    house = np.zeros(len(born), dtype=bool)
    house[people.address[born]] = True
    among = (born | ((people.woman == 1) & (people.age >= GENERATION))) & house[people.address]
    among &= people.size <= BIRTHS_ADDRESS
    rows = np.flatnonzero(among)
    one, two = pairs_in(people.address[rows], rows, BIRTHS_ADDRESS)
    elder = np.where(people.age[one] < people.age[two], two, one)
    return _to_parents(people, formed, those((one, two), people.woman[elder] == 1))


def moved_in_with_parent(people: Neighbours, formed: Formed) -> Pairs:
    """Who is under 30 and moved in on one day with somebody of the generation before, all of whom are of one household;
    whatever the names."""
    rows = np.flatnonzero((people.move_in > 0) & (people.size <= SAME_DAY_ADDRESS))
    day = people.moves[rows]
    few = (np.bincount(day) <= NAMESAKES)[day]
    found = pairs_in(day[few], rows[few], NAMESAKES)
    return _of_parents(people, formed, found, _without_elder(people, formed) & (people.age < AT_HOME))


def parents_of_household(people: Neighbours, formed: Formed) -> Pairs:
    """The two who are a generation older than everybody else in a household without couple, a woman and a man."""
    household, count = formed.household, int(formed.household.max(initial=-1)) + 1
    known = (people.age >= 0) & (formed.members > 2)
    elder = known & (oldest(people, formed) - people.age < GENERATION)
    youngest, next_oldest = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(youngest, household[elder], people.age[elder])
    np.maximum.at(next_oldest, household[~elder], people.age[~elder])
    two = (np.bincount(household, elder, count) == 2) & (np.bincount(household, formed.partnered, count) == 0)
    two &= (next_oldest >= 0) & (youngest - next_oldest >= GENERATION)
    rows = np.flatnonzero(elder & two[household])
    one, other = rows[np.argsort(household[rows], kind="stable")].reshape(-1, 2).T
    return those((one, other), people.woman[one] != people.woman[other])


def _born_here(people: Neighbours, formed: Formed) -> Marks:
    """Who moved in on the day of birth and lives with nobody of the generation before."""
    return people.since_birth & _without_elder(people, formed)


def _without_elder(people: Neighbours, formed: Formed) -> Marks:
    """Who is of known age and lives with nobody of the generation before."""
    found: Marks = (people.age >= 0) & (oldest(people, formed) - people.age < GENERATION)
    return found


def _to_parents(people: Neighbours, formed: Formed, pairs: Pairs) -> Pairs:
    """Of these pairs those of somebody born here and one who can be a parent and lived here then."""
    one, two = pairs
    elder, younger = np.where(people.age[one] < people.age[two], (two, one), (one, two))
    then = (people.move_in[elder] > 0) & (people.move_in[elder] <= people.move_in[younger])
    return _of_parents(people, formed, those(pairs, then), _born_here(people, formed))


def _of_parents(people: Neighbours, formed: Formed, pairs: Pairs, children: Marks) -> Pairs:
    """Of these pairs those of a child and one who can be a parent, where all of a child are of one other household."""
    one, two = pairs
    older, younger = np.where(people.age[one] < people.age[two], (two, one), (one, two))
    fits = children[younger] & _parental(people.age[older] - people.age[younger])
    older, younger = those((older, younger), fits & (formed.household[older] != formed.household[younger]))
    first, _ = alike([younger, formed.household[older]])
    _, only = one_of_each(younger[first], first, len(people.record))
    return those((older, younger), only[younger])
