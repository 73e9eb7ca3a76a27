"""Which residents of an address the day of moving in, origin, nationality and age join: the pairs of such links."""

from __future__ import annotations

import numpy as np

from vielfalt.numbers import Ints, Marks
from vielfalt.register.columns import alike
from vielfalt.register.neighbours import (
    ADULT,
    CHANCE,
    GENERATION,
    SAME_DAY_ADDRESS,
    Formed,
    Neighbours,
    Pairs,
    Shares,
    near,
    oldest,
    only_pairs,
    pairs_of,
    those,
)

SUITABLE = 4
"""One in so many strangers would suit as a partner. Own estimate: half are of the other sex, half of those of one age.
"""
SAME_AGE, OF_ONE_AGE = 5, 4
"""Years between flat mates, and one in how many strangers who move alone are of about one age. Own estimate: most who
move alone are 18 to 40, of whom those within five years are a half to a quarter.
"""
FLAT_SHARE = 4
"""People up to whom those who moved in on one day may share a flat; own choice: more are sooner a house let that day.
"""

SELDOM_ALONE = (30, 65)
"""From which age, and before which, few people live alone: of those from 25 to 34 28 in a hundred, from 65 on 34,
of all 21 (Destatis, Mikrozensus 2024, 16 July 2025). 30 as for children at home: many who are younger share flats."""
MAN_OLDER = (-2, 6)
"""Years by which the man of a couple is older than the woman, at least and at most; negative: she is older. He is in 73
of 100 couples, she in 17; of 47 the ages are one to three years apart (Destatis, Mikrozensus 2014, 15 February 2016).
The bounds are own choice.
"""


def same_name_same_move(people: Neighbours, _: Formed) -> Pairs:
    """Who agree in a name and in the day of moving in, at any size of address."""
    known = people.move_in[people.names.rows] > 0
    rows, name = people.names.rows[known], people.names.group[known]
    first, group = alike([name, people.move_in[rows]])
    return rows[first][group], rows


def unmarried_couple(people: Neighbours, formed: Formed) -> Pairs:
    """Two who suit as a couple and moved in on one day, each the only one whom the other could be meant to be.

    Twins who were born here are none.
    """
    came = _free(people, formed) & (people.move_in > 0) & ~people.since_birth
    one, two = pairs_of((people.moves,), came, FLAT_SHARE)
    few = people.size[one] <= SAME_DAY_ADDRESS * SUITABLE
    same_origin = (people.origin[one] >= 0) & (people.origin[one] == people.origin[two])
    return only_pairs(those((one, two), _suit(people, one, two) & (few | same_origin)), len(people.record))


def couple_of_one_origin(people: Neighbours, formed: Formed) -> Pairs:
    """Two alone who suit as a couple and came from one municipality, from which no stranger is to be expected here."""
    among = _free(people, formed) & formed.alone
    return _couples(
        people, formed, among & _rare(people, people.origin, people.arrivals, among, SUITABLE), people.origin
    )


def couple_of_one_nationality(people: Neighbours, formed: Formed) -> Pairs:
    """Two who suit as a couple, of one foreign nationality of which no stranger is to be expected here."""
    among = _free(people, formed)
    few = _rare(people, people.foreign, people.nationals, among, SUITABLE)
    return _couples(people, formed, among & few, people.foreign)


def _couples(people: Neighbours, formed: Formed, among: Marks, clue: Ints) -> Pairs:
    one, two = pairs_of((people.address, clue), among, FLAT_SHARE)
    apart = formed.household[one] != formed.household[two]
    return only_pairs(those((one, two), _suit(people, one, two) & apart), len(people.record))


def couple_by_age(people: Neighbours, formed: Formed) -> Pairs:
    """Two alone in a smaller house at an age at which few live alone, each the only one whose age suits the other's."""
    since, before = SELDOM_ALONE
    among = formed.alone & (people.age >= since) & (people.age < before) & (people.woman >= 0)
    among &= people.size <= SAME_DAY_ADDRESS
    one, two = pairs_of((people.address,), among, SAME_DAY_ADDRESS)
    years = np.where(people.woman[one] == 1, -1, 1) * (people.age[one] - people.age[two])
    fits = _suit(people, one, two) & (years >= MAN_OLDER[0]) & (years <= MAN_OLDER[1])
    return only_pairs(those((one, two), fits), len(people.record))


def mates_of_one_origin(people: Neighbours, formed: Formed) -> Pairs:
    """Adults alone, of about one age, who came from one municipality."""
    return _mates(people, formed, people.origin, people.arrivals)


def mates_of_one_nationality(people: Neighbours, formed: Formed) -> Pairs:
    """Adults alone, of about one age and one foreign nationality."""
    return _mates(people, formed, people.foreign, people.nationals)


def _mates(people: Neighbours, formed: Formed, clue: Ints, shares: Shares) -> Pairs:
    among = formed.alone & (people.age >= ADULT)
    one, two = pairs_of((people.address, clue), among & _rare(people, clue, shares, among, OF_ONE_AGE), FLAT_SHARE)
    return those((one, two), near(people, one, two, SAME_AGE))


def _rare(people: Neighbours, clue: Ints, shares: Shares, among: Marks, fitting: int) -> Marks:
    """Whose clue is known and shared by no stranger, as far as is to be expected, of those at the address who could be
    meant, one in ``fitting`` of whom fits."""
    others = np.bincount(people.address, among)[people.address] - among
    found: Marks = (clue >= 0) & (shares[clue] * others / fitting <= CHANCE)
    return found


def _free(people: Neighbours, formed: Formed) -> Marks:
    """Adults without partner here who are nobody's child or grandchild in their household."""
    found: Marks = (people.age >= ADULT) & ~formed.partnered & (oldest(people, formed) - people.age < GENERATION)
    return found


def _suit(people: Neighbours, one: Ints, two: Ints) -> Marks:
    """Whom to take for a couple without being told: of different sex and family name, less than a generation apart."""
    found: Marks = (people.woman[one] != people.woman[two]) & (people.family_name[one] != people.family_name[two])
    return found & near(people, one, two, GENERATION - 1)


def flat_mates(people: Neighbours, formed: Formed) -> Pairs:
    """Up to four people alone who moved in on one day on which no household did."""
    return _with_first(*_moved_alone(people, formed, people.size <= SAME_DAY_ADDRESS))


def flat_mates_of_one_age(people: Neighbours, formed: Formed) -> Pairs:
    """Up to four adults alone and of about one age who moved in on one day on which no household did, larger houses."""
    large = (people.size > SAME_DAY_ADDRESS) & (people.size <= SAME_DAY_ADDRESS * OF_ONE_AGE)
    rows, day, fits = _moved_alone(people, formed, large)
    youngest, eldest = np.full(len(fits), np.iinfo(np.int64).max), np.full(len(fits), -1)
    np.minimum.at(youngest, day, people.age[rows])
    np.maximum.at(eldest, day, people.age[rows])
    return _with_first(rows, day, fits & (youngest >= ADULT) & (eldest - youngest <= SAME_AGE))


def _moved_alone(people: Neighbours, formed: Formed, houses: Marks) -> tuple[Ints, Ints, Marks]:
    """The residents of these houses who moved in on a known day, the number of that day there, and per day whether two
    to four people came who are all alone."""
    rows = np.flatnonzero(houses & (people.move_in > 0))
    day = people.moves[rows]
    here, alone = np.bincount(day), np.bincount(day, formed.alone[rows])
    return rows, day, (here > 1) & (here <= FLAT_SHARE) & (alone == here)


def _with_first(rows: Ints, group: Ints, wanted: Marks) -> Pairs:
    """Each row of the wanted groups with the first of its group."""
    first, place = alike([group])
    fits = wanted[group]
    return rows[first][place][fits], rows[fits]
