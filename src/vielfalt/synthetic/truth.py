"""What the generator knows about each register row: the yardstick for measurements."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, Flags, Ints, Table, positions, to_day, years_between
from vielfalt.synthetic.extract import Town, keys, texts
from vielfalt.synthetic.origin import keys_of

STATUS: Final = (
    "none",
    "none",
    "none",
    "german_born_abroad_other",
    "repatriate",
    "naturalised",
    "naturalised",
    "foreigner_born_abroad",
    "foreigner_born_here",
)
"""Migration status by standing, in the words of the contract; descendants are refined by ``_status``."""


def truth(town: Town, people: Table, day: int) -> pl.DataFrame:
    """One row per person in the order of the people table; countries are Destatis keys, '000' Germany.

    ``migration_status`` follows the definitions of rule set vielfalt-1 with everything known (parents under 18 included
    wherever they live); ``descendant`` marks people of any age who were born here with a parent who immigrated.
    """
    houses = town.streets.houses
    home = houses["home"][people["house"]]
    minor = years_between(people["birth"], day) < 18
    parents = people["mother_immigrated"] + people["father_immigrated"]
    immigrated = (people["birth_country"] != 0) & (people["abroad"] >= to_day(19500101))
    root = keys_of(people["root"])
    return pl.DataFrame(
        {
            "person": people["person"],
            "birth_date": _yyyymmdd(people["birth"]),
            "birth_country": keys(people["birth_country"]),
            "nationality": keys(people["nat1"]),
            "migration_status": _status(people, minor),
            "origin_country": keys(np.where(people["root"] >= 0, root, -1)),
            "immigrated": immigrated,
            "immigration_date": _yyyymmdd(people["abroad"]),
            "descendant": ~immigrated & (parents > 0) & (people["birth_country"] == 0),
            "expellee": people["standing"] == p.EXPELLEE,
            "mother_birth_country": keys(people["mother_country"]),
            "father_birth_country": keys(people["father_country"]),
            "mother_immigrated": people["mother_immigrated"] == 1,
            "father_immigrated": people["father_immigrated"] == 1,
            "household": people["household"],
            "household_type": _household_type(people, home > 0),
            "block": texts(town.block_keys, houses["block"][people["house"]]),
            "resident": people["elsewhere"] < 2,
        }
    )


def _yyyymmdd(days: Ints) -> pl.Series:
    """Days as integers yyyymmdd; null for NEVER."""
    distinct, index = np.unique(days, return_inverse=True)
    iso = np.datetime_as_string(distinct.astype("datetime64[D]"))
    values = [None if day == NEVER else int(text.replace("-", "")) for day, text in zip(distinct, iso, strict=True)]
    return pl.Series(values, dtype=pl.Int64).gather(index)


def _status(people: Table, minor: Flags) -> pl.Series:
    """The true status: dual nationals born here, and minors with one or two parents with migration background."""
    names = (*STATUS, "dual_national_born_here", "child_two_parents", "child_one_parent")
    status = people["standing"].copy()
    descendant = status == p.DESCENDANT
    here = people["birth_country"] == 0
    two = _parent_marked(people, "mother").astype(np.int64) + _parent_marked(people, "father")
    status = np.where(descendant & minor & (two > 0), np.where(two == 2, 10, 11), status)
    option = people["kind"] == p.BY_OPTION
    dual = np.isin(people["standing"], (p.NATIVE, p.DESCENDANT, p.EXPELLEE)) & here
    status = np.where(dual & ((people["nat2"] > 0) | option), 9, status)
    return texts(names, status)


def _parent_marked(people: Table, parent: str) -> Flags:
    """Whether a parent has a migration background: from the parent's row, else from what is known of the parent."""
    row = positions(people["person"], people[parent])
    standing = people["standing"][row]
    seen = ~np.isin(standing, (p.NATIVE, p.EXPELLEE)) & ~((standing == p.DESCENDANT) & (people["nat2"][row] <= 0))
    known = (people[f"{parent}_immigrated"] == 1) | (people[f"{parent}_country"] > 0)
    marked: Flags = np.where(row >= 0, seen, known)
    return marked


def _household_type(people: Table, home: Flags) -> pl.Series:
    """Type of the household, children of any age who live with a parent counted as children."""
    _, inverse = np.unique(people["household"], return_inverse=True)
    size = np.bincount(inverse)
    partner = positions(people["person"], people["partner"])
    together = (partner >= 0) & (people["household"][partner] == people["household"])
    child = np.zeros(home.size, dtype=bool)
    for parent in ("mother", "father"):
        row = positions(people["person"], people[parent])
        child |= (row >= 0) & (people["household"][row] == people["household"])
    couples, children = np.bincount(inverse, together), np.bincount(inverse, child)
    adults = size - children
    types = np.select(
        [
            size == 1,
            (couples == 2) & (children > 0) & (adults == 2),
            (couples == 2) & (size == 2),
            (adults == 1) & (children > 0),
        ],
        [0, 2, 1, 3],
        4,
    )[inverse]
    names = ("single", "couple_no_child", "couple_child", "lone_parent", "other_multi", "institution")
    return texts(names, np.where(home, 5, types))
