"""When people came to the town and moved into their dwelling, and where from."""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.synthetic import origin, pools
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, NONE, Ints, Rng, Table, chance, choose, positions, to_day, years_between

BORN_IN_TOWN: Final = 0.42
"""Share of the people born in Germany who have lived in the town since birth (older ones less often)."""
DIRECT: Final = 0.5
"""Share of immigrants whose first dwelling in Germany is in the town."""
WAR_YEARS: Final = (19450601, 19491231)
"""When expellees came."""


def settle(rng: Rng, people: Table, day: int) -> None:
    """Dates of moving in and of arrival for residents of long standing; columns of the whole table are set."""
    count = people["person"].size
    moved = _household_moves(rng, people, day)
    earliest = np.maximum(people["birth"], people["abroad"])
    people["move_in"] = np.maximum(moved, earliest)
    age = years_between(people["birth"], day)
    # Those who grew up here stay less often the older they are.
    here = chance(rng, np.clip(BORN_IN_TOWN + 0.35 - age / 90, 0.12, 0.95), count) & (people["birth_country"] == 0)
    since = people["move_in"] - np.where(chance(rng, 0.5, count), 0, rng.gamma(1.2, 1800, count)).astype(np.int64)
    direct = chance(rng, DIRECT, count) & (people["abroad"] > NEVER)
    people["arrival"] = np.select([here, direct], [people["birth"], people["abroad"]], np.maximum(since, earliest))
    _with_mother(people)
    _expellees(rng, people)
    people["arrival"] = np.minimum(people["arrival"], people["move_in"])
    origins_of_moves(rng, people, np.arange(count))


def _household_moves(rng: Rng, people: Table, day: int) -> Ints:
    """One day per household, given to each member: exponential stays, longer for the old."""
    _, first, inverse = np.unique(people["household"], return_index=True, return_inverse=True)
    age = years_between(people["birth"][first], day)
    stay = rng.exponential(np.clip((age - 18) * 0.42, 2.0, 22.0)) * 365
    grown = np.maximum((age - 18) * 365, 30)
    moved: Ints = (day - np.minimum(stay, grown)).astype(np.int64)
    return moved[inverse]


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
    """State of origin of immigrants and municipality of origin of those who came from elsewhere in Germany."""
    arrival, abroad = people["arrival"][rows], people["abroad"][rows]
    key = np.where(people["root"][rows] >= 0, origin.keys_of(people["root"][rows]), people["birth_country"][rows])
    people["origin_state"][rows] = np.where((abroad > NEVER) & (key > 0), key, NONE)
    inland = (arrival != people["birth"][rows]) & (arrival != abroad)
    weights = 1 / np.arange(1, len(pools.municipalities()) + 1) ** 0.7
    drawn = choose(rng, weights, rows.size)
    people["origin_muni"][rows] = np.where(inland, drawn, NONE)
