"""The clues that join residents of one address to households: links in stages, each with its reason and source.

After the stages of HHGEN (KOSIS, v. Klitzing 1998): declared pointers, unmarried couples, descendants whom nothing
points at, older people, grandchildren, brothers and sisters, remaining children, and last who moved in together. A
later stage sees the households that earlier ones formed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vielfalt.register.columns import alike
from vielfalt.register.neighbours import (
    CHANCE,
    Flags,
    Formed,
    Ints,
    Neighbours,
    Pairs,
    namesakes,
    near,
    only_pairs,
    pairs_of,
    those,
)
from vielfalt.words import N_

ADULT = 18
GENERATION = 15
"""Years between generations; own choice: births before that age are rarer than errors of entry."""
OLDEST_PARENT = 50
"""Years above which a relative is sooner a grandparent than a parent; own choice: births after that age are as rare."""
SPOUSES_GAP = 20
"""Years between two married people of one name above which they are sooner parent and child; own choice."""
SAME_DAY_ADDRESS = 24
"""Residents up to which two households seldom move in on one day by chance. Own estimate: of the 12 households of 24
residents one in ten moves in a year, mostly on one of 24 days (first and middle of a month): 12 / 10 / 24 = ``CHANCE``.
"""
SUITABLE = 4
"""One in so many strangers would suit as a partner. Own estimate: half are of the other sex, half of those of one age.
"""
FLAT_SHARE = 4
"""People up to whom those who moved in on one day may share a flat; own choice: more are sooner a house let that day.
"""


@dataclass(frozen=True)
class Link:
    """One reason to join two residents of an address: ``pairs`` gives their positions, ``makes`` what they are."""

    id: str
    pairs: Callable[[Neighbours, Formed], Pairs]
    makes: Literal["couple", "kin"]
    because: str
    source: str


@dataclass(frozen=True)
class Stage:
    """Links that are looked for at once; those of the next stage see the households they formed."""

    id: str
    links: tuple[Link, ...]


def _pointer(role: str) -> Callable[[Neighbours, Formed], Pairs]:
    def pairs(people: Neighbours, _: Formed) -> Pairs:
        other = getattr(people, role)
        own = np.flatnonzero((other >= 0) & (other != np.arange(len(other))))
        return own, other[own]

    return pairs


def _common_child(people: Neighbours, _: Formed) -> Pairs:
    """The two guardians of a child who all live at one address (one pointed at twice is one)."""
    first, second = people.guardian_1, people.guardian_2
    both = (first >= 0) & (second >= 0) & (first != second)
    return first[both], second[both]


def _unmarried_couple(people: Neighbours, formed: Formed) -> Pairs:
    """Two who suit as a couple and moved in on one day, each the only one whom the other could be meant to be."""
    one, two = pairs_of((people.address, people.move_in), _free(people, formed) & (people.move_in > 0), FLAT_SHARE)
    few = people.size[one] <= SAME_DAY_ADDRESS * SUITABLE
    same_origin = (people.origin[one] >= 0) & (people.origin[one] == people.origin[two])
    return only_pairs(those((one, two), _suit(people, one, two) & (few | same_origin)), len(people.record))


def _couple_of_one_origin(people: Neighbours, formed: Formed) -> Pairs:
    """Two alone who suit as a couple and came from one municipality, from which no stranger is to be expected here."""
    strangers = people.arrivals[people.origin] * people.size / SUITABLE
    among = _free(people, formed) & formed.alone & (people.origin >= 0) & (strangers <= CHANCE)
    one, two = pairs_of((people.address, people.origin), among, FLAT_SHARE)
    return only_pairs(those((one, two), _suit(people, one, two)), len(people.record))


def _free(people: Neighbours, formed: Formed) -> Flags:
    """Adults without partner here who are nobody's child or grandchild in their household."""
    oldest = np.full(int(formed.household.max(initial=-1)) + 1, -1)
    np.maximum.at(oldest, formed.household, people.age)
    found: Flags = (people.age >= ADULT) & ~formed.partnered & (oldest[formed.household] - people.age < GENERATION)
    return found


def _suit(people: Neighbours, one: Ints, two: Ints) -> Flags:
    """Whom to take for a couple without being told: of different sex and family name, less than a generation apart."""
    found: Flags = (people.woman[one] != people.woman[two]) & (people.family_name[one] != people.family_name[two])
    return found & near(people, one, two, GENERATION - 1)


def _married_namesakes(people: Neighbours, formed: Formed) -> Pairs:
    single = people.married & ~formed.partnered
    one, two = namesakes(people, formed)
    fits = single[one] & single[two] & near(people, one, two, SPOUSES_GAP)
    return only_pairs(those((one, two), fits), len(single))


def _same_name_same_move(people: Neighbours, _: Formed) -> Pairs:
    known = people.move_in[people.names.rows] > 0
    rows, name = people.names.rows[known], people.names.group[known]
    first, group = alike([name, people.move_in[rows]])
    return rows[first][group], rows


def _child_of_parent(people: Neighbours, formed: Formed) -> Pairs:
    older, younger, years = _generations(people, formed)
    return those((older, younger), (years >= GENERATION) & (years < OLDEST_PARENT) & formed.alone[younger])


def _parent_of_adult(people: Neighbours, formed: Formed) -> Pairs:
    older, younger, years = _generations(people, formed)
    fits = (years >= GENERATION) & (years < OLDEST_PARENT) & formed.alone[older] & (people.age[younger] >= ADULT)
    return those((older, younger), fits)


def _grandchild(people: Neighbours, formed: Formed) -> Pairs:
    older, younger, years = _generations(people, formed)
    return those((older, younger), (years >= OLDEST_PARENT) & formed.alone[younger] & (people.age[younger] < ADULT))


def _siblings(people: Neighbours, formed: Formed) -> Pairs:
    one, two = namesakes(people, formed)
    adults = formed.alone & (people.age >= ADULT)
    return those((one, two), adults[one] & adults[two] & near(people, one, two, GENERATION - 1))


def _remaining_child(people: Neighbours, formed: Formed) -> Pairs:
    """A minor who points at nobody with the only household of the address in which an adult lives."""
    minor = formed.alone & (people.age >= 0) & (people.age < ADULT) & ~people.guarded
    adults = np.flatnonzero(people.age >= ADULT)
    first, _ = alike([people.address[adults], formed.household[adults]])
    head, only = _one_of_each(people.address[adults[first]], adults[first], len(people.record))
    children = np.flatnonzero(minor & only[people.address])
    return head[people.address[children]], children


def _flat_mates(people: Neighbours, formed: Formed) -> Pairs:
    """Up to four people alone who moved in on one day on which no household did."""
    rows = np.flatnonzero((people.move_in > 0) & (people.size <= SAME_DAY_ADDRESS))
    first, day = alike([people.address[rows], people.move_in[rows]])
    here, alone = np.bincount(day), np.bincount(day, formed.alone[rows])
    fits = ((here > 1) & (here <= FLAT_SHARE) & (alone == here))[day]
    return rows[first][day][fits], rows[fits]


def _came_along(people: Neighbours, formed: Formed) -> Pairs:
    """Who is alone with the only household that came from the same place and moved in on that day."""
    rows = np.flatnonzero((people.move_in > 0) & (people.origin >= 0))
    _, day = alike([column[rows] for column in (people.address, people.move_in, people.origin)])
    several = np.flatnonzero(~formed.alone[rows])
    first, _ = alike([day[several], formed.household[rows[several]]])
    head, only = _one_of_each(day[several[first]], rows[several[first]], len(rows))
    single = formed.alone[rows] & only[day]
    return head[day[single]], rows[single]


def _one_of_each(group: Ints, rows: Ints, groups: int) -> tuple[Ints, Flags]:
    """Per number of a group one of its rows, and whether it is the only one."""
    head = np.zeros(groups, dtype=np.int64)
    head[group] = rows
    return head, np.bincount(group, minlength=groups) == 1


def _generations(people: Neighbours, formed: Formed) -> tuple[Ints, Ints, Ints]:
    """Namesakes as older, younger and the years between them (-1: unknown)."""
    one, two = namesakes(people, formed)
    turned = people.age[one] < people.age[two]
    older, younger = np.where(turned, two, one), np.where(turned, one, two)
    known = people.age[younger] >= 0
    return older, younger, np.where(known, people.age[older] - people.age[younger], -1)


STAGES: tuple[Stage, ...] = (
    Stage(
        "pointers",
        (
            Link(
                "L1",
                _pointer("spouse"),
                "couple",
                N_("Spouses or partners who point at each other's number."),
                "DSMeld 1501-1534",
            ),
            Link("L2", _pointer("guardian_1"), "kin", N_("A minor and the first guardian."), "BMG §3(1) No. 9"),
            Link("L3", _pointer("guardian_2"), "kin", N_("A minor and the second guardian."), "BMG §3(1) No. 9"),
            Link(
                "L7",
                _common_child,
                "couple",
                N_("Two guardians of one child at the child's address."),
                "HHGEN98 stage 2",
            ),
        ),
    ),
    Stage(
        "spouses",
        (
            Link(
                "L8",
                _married_namesakes,
                "couple",
                N_("The only two married people of one name at the address, without pointer."),
                "HHGEN98 stage 2",
            ),
        ),
    ),
    Stage(
        "one_move",
        (
            Link(
                "L4",
                _same_name_same_move,
                "kin",
                N_("The same family name or name at birth and the same date of moving in."),
                "HHGEN98 stages 3, 8",
            ),
        ),
    ),
    Stage(
        "couples",
        (Link("L6", _unmarried_couple, "couple", N_("A woman and a man who moved in on one day."), "HHGEN98 stage 2"),),
    ),
    Stage(
        "descendants",
        (Link("L9", _child_of_parent, "kin", N_("Who is alone and a parent of the same name."), "HHGEN98 stage 3"),),
    ),
    Stage(
        "elders",
        (
            Link(
                "L10",
                _parent_of_adult,
                "kin",
                N_("An older person alone and a grown child of the same name."),
                "HHGEN98 stage 4",
            ),
        ),
    ),
    Stage(
        "grandchildren",
        (Link("L11", _grandchild, "kin", N_("A minor alone and a grandparent of the same name."), "HHGEN98 stage 5"),),
    ),
    Stage(
        "siblings",
        (
            Link(
                "L12",
                _siblings,
                "kin",
                N_("Two adults alone of the same name, less than a generation apart."),
                "HHGEN98 stage 6",
            ),
        ),
    ),
    Stage(
        "children",
        (
            Link(
                "L14",
                _remaining_child,
                "kin",
                N_("A minor without guardian and the only household of the address."),
                "HHGEN98 stage 7",
            ),
        ),
    ),
    Stage(
        "moves",
        (
            Link("L13", _flat_mates, "kin", N_("Up to four people alone who moved in on one day."), "HHGEN98 stage 8"),
            Link(
                "L15",
                _came_along,
                "kin",
                N_("Who is alone and the household that came that day from the same municipality."),
                "HHGEN98 stage 8",
            ),
        ),
    ),
    Stage(
        "origins",
        (
            Link(
                "L16",
                _couple_of_one_origin,
                "couple",
                N_("A woman and a man alone who came from the same municipality."),
                "HHGEN98 stage 8",
            ),
        ),
    ),
)
"""In the order in which they are asked. L5 (the same family name in a small house) gave way to L9 to L12."""
LINKS: tuple[Link, ...] = tuple(link for stage in STAGES for link in stage.links)
