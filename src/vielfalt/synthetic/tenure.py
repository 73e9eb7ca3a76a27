"""When people came to the town and moved into their dwelling, and where from."""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Ints
from vielfalt.synthetic import origin, pools
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, NONE, Rng, Table, chance, choose, positions, to_day, years_between

BORN_IN_TOWN: Final = 0.42
"""Share of the people born in Germany who have lived in the town since birth (older ones less often)."""
DIRECT: Final = 0.5
"""Share of immigrants whose first dwelling in Germany is in the town."""
CAME_TOGETHER: Final = 0.8
"""Share of the members of a household who came to town as long before moving in as its first member."""
FROM_ONE_PLACE: Final = 0.8
"""Share of the members of a household who come from the municipality its first member comes from."""
LATER: Final = {"after_children": 0.06, "spouse": 0.2, "partner": 0.45, "elder": 0.6, "mate": 0.75}
"""Share of members who moved in after the first one: partners into a household with children, spouses, partners
without marriage, grandparents, flat mates and sisters."""
NEW_HOUSES, NEW_SINCE = 0.06, 20
"""Share of houses of three dwellings or more that were first let on one day in the last so many years."""
WAR_YEARS: Final = (19450601, 19491231)
"""When expellees came."""


def settle(rng: Rng, people: Table, day: int) -> None:
    """Dates of moving in and of arrival for residents of long standing; columns of the whole table are set."""
    count = people["person"].size
    moved = _joined_later(rng, people, _household_moves(rng, people, day), day)
    earliest = np.maximum(people["birth"], people["abroad"])
    people["move_in"] = np.maximum(moved, earliest)
    age = years_between(people["birth"], day)
    # Those who grew up here stay less often the older they are.
    here = chance(rng, np.clip(BORN_IN_TOWN + 0.35 - age / 90, 0.12, 0.95), count) & (people["birth_country"] == 0)
    before = np.where(chance(rng, 0.5, count), 0, rng.gamma(1.2, 1800, count)).astype(np.int64)
    before = _shared(rng, people["household"], before, CAME_TOGETHER)
    direct = chance(rng, DIRECT, count) & (people["abroad"] > NEVER)
    since = people["move_in"] - before
    people["arrival"] = np.select([here, direct], [people["birth"], people["abroad"]], np.maximum(since, earliest))
    _with_mother(people)
    _expellees(rng, people)
    people["arrival"] = np.minimum(people["arrival"], people["move_in"])
    origins_of_moves(rng, people, np.arange(count))


def _shared(rng: Rng, household: Ints, values: Ints, share: float) -> Ints:
    """The value of the household's first member for that share of its members, their own for the others."""
    _, first, inverse = np.unique(household, return_index=True, return_inverse=True)
    return np.where(chance(rng, share, values.size), values[first][inverse], values)


def _household_moves(rng: Rng, people: Table, day: int) -> Ints:
    """One day per household, given to each member: exponential stays, longer for the old."""
    _, first, inverse = np.unique(people["household"], return_index=True, return_inverse=True)
    age = years_between(people["birth"][first], day)
    stay = rng.exponential(np.clip((age - 18) * 0.42, 2.0, 22.0)) * 365
    grown = np.maximum((age - 18) * 365, 30)
    moved: Ints = (day - np.minimum(stay, grown)).astype(np.int64)
    return moved[inverse]


def _joined_later(rng: Rng, people: Table, moved: Ints, day: int) -> Ints:
    """The day each member moved in: partners, flat mates and grandparents often came after the first member; partners
    before the first child born in the dwelling, and seldom after children who were born elsewhere."""
    _, inverse = np.unique(people["household"], return_inverse=True)
    child = people["role"] == p.CHILD
    born_there = child & (people["birth"] > moved)
    limit = np.full(int(inverse.max(initial=0)) + 1, day)
    np.minimum.at(limit, inverse[born_there], people["birth"][born_there])
    with_children = np.zeros(limit.size, dtype=bool)
    with_children[inverse[child & ~born_there]] = True
    married = people["spouse"] > NONE
    partner, other = people["role"] == p.PARTNER, people["role"] == p.OTHER
    elder = other & np.isin(people["person"], np.concatenate([people["mother"], people["father"]]))
    share = np.select(
        [partner & with_children[inverse], partner & married, partner, elder, other],
        [*LATER.values()],
        0.0,
    )
    later = chance(rng, share, moved.size)
    until = np.where(partner, limit[inverse], day)
    drawn = moved + (rng.random(moved.size) ** 1.6 * np.maximum(until - moved, 0)).astype(np.int64)
    return np.where(later, drawn, moved)


def first_lets(rng: Rng, people: Table, houses: Table, day: int) -> None:
    """In houses built in the last decades whoever would have moved in before came on the day they were first let."""
    count = houses["home"].size
    new = chance(rng, NEW_HOUSES, count) & (houses["home"] == 0) & (houses["units"] >= 3)
    opened = np.where(new, day - rng.integers(30, NEW_SINCE * 365, count), NEVER)[people["house"]]
    earliest = np.maximum(people["birth"], people["abroad"])
    people["move_in"] = np.maximum(people["move_in"], np.maximum(opened, np.where(opened > NEVER, earliest, NEVER)))


def _with_mother(people: Table) -> None:
    """Children born after their mother came to town have been here since birth."""
    mother = positions(people["person"], people["mother"])
    since_birth = (mother >= 0) & (people["birth"] >= people["arrival"][mother]) & (people["birth_country"] == 0)
    people["arrival"] = np.where(since_birth, people["birth"], people["arrival"])


def _expellees(rng: Rng, people: Table) -> None:
    rows = np.flatnonzero(people["standing"] == p.EXPELLEE)
    low, high = (to_day(value) for value in WAR_YEARS)
    here = chance(rng, 0.5, rows.size)
    came = np.maximum(rng.integers(low, high, rows.size), people["birth"][rows])
    people["arrival"][rows] = np.where(here, came, people["arrival"][rows])


def origins_of_moves(rng: Rng, people: Table, rows: Ints) -> None:
    """State of origin of immigrants and municipality of origin of those who came from elsewhere in Germany; the members
    of a household mostly come from one place."""
    arrival, abroad = people["arrival"][rows], people["abroad"][rows]
    key = np.where(people["root"][rows] >= 0, origin.keys_of(people["root"][rows]), people["birth_country"][rows])
    people["origin_state"][rows] = np.where((abroad > NEVER) & (key > 0), key, NONE)
    inland = (arrival != people["birth"][rows]) & (arrival != abroad)
    weights = 1 / np.arange(1, len(pools.municipalities()) + 1) ** 0.7
    drawn = _shared(rng, people["household"][rows], choose(rng, weights, rows.size), FROM_ONE_PLACE)
    people["origin_muni"][rows] = np.where(inland, drawn, NONE)
