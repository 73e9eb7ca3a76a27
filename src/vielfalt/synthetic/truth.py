"""What the generator knows about each register row: the yardstick for measurements."""

from __future__ import annotations

import numpy as np
import polars as pl

from vielfalt.numbers import Ints, Marks
from vielfalt.synthetic import clues
from vielfalt.synthetic import definitions as d
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, NONE, Table, positions, to_day, years_between
from vielfalt.synthetic.extract import Gaps, Town, keys, no_gaps, texts
from vielfalt.synthetic.origin import keys_of


def truth(town: Town, people: Table, day: int, gaps: Gaps) -> pl.DataFrame:
    """One row per person in the order of the people table; countries are Destatis keys, '000' Germany.

    First what happened, then what is to be concluded from it by rule set vielfalt-1: with everything known (parents of
    minors included wherever they live), from an extract whose fields are all filled (``complete_``), and from what the
    office entered, without its errors (``entered_``).
    """
    houses = town.streets.houses
    home = houses["home"][people["house"]]
    conclusions = (
        ("", _known(people, day)),
        ("complete_", d.concluded(people, day, no_gaps(people))),
        ("entered_", d.concluded(people, day, gaps)),
    )
    return pl.DataFrame(
        _history(people)
        | {
            "household": people["household"],
            "entered_household": clues.connected(people, day, gaps),
            "household_type": _household_type(people, home > 0),
            "block": texts(town.block_keys, houses["block"][people["house"]]),
            "resident": people["elsewhere"] < 2,
        }
        | {name: column for prefix, found in conclusions for name, column in _named(prefix, found).items()}
    )


def _history(people: Table) -> dict[str, pl.Series | Ints | Marks]:
    """Birth, immigration, nationalities, parents and moves as they were."""
    parents = people["mother_immigrated"] + people["father_immigrated"]
    immigrated = _immigrated(people)
    return {
        "person": people["person"],
        "birth_date": _yyyymmdd(people["birth"]),
        "birth_country": keys(people["birth_country"]),
        "nationality": keys(people["nat1"]),
        "nationality_2": keys(people["nat2"]),
        "nationality_3": keys(people["nat3"]),
        "german_nationality_kind": texts(p.KINDS[1:], people["kind"] - 1),
        "former_nationality": keys(people["former"]),
        "german_since": _yyyymmdd(people["german_since"]),
        "origin_country": keys(np.where(people["root"] >= 0, keys_of(people["root"]), NONE)),
        "immigrated": immigrated,
        "immigration_date": _yyyymmdd(people["abroad"]),
        "arrival_date": _yyyymmdd(people["arrival"]),
        "move_in_date": _yyyymmdd(people["move_in"]),
        "descendant": ~immigrated & (parents > 0) & (people["birth_country"] == 0),
        "expellee": people["standing"] == p.EXPELLEE,
        **{
            name: pl.Series(np.where(people[name] >= 0, people[name], NONE)) for name in ("mother", "father", "partner")
        },
        "mother_birth_country": keys(people["mother_country"]),
        "father_birth_country": keys(people["father_country"]),
        "mother_immigrated": people["mother_immigrated"] == 1,
        "father_immigrated": people["father_immigrated"] == 1,
    }


def _named(prefix: str, found: d.Findings) -> dict[str, pl.Series]:
    return {
        f"{prefix}migration_status": texts(d.STATUS, found.status),
        f"{prefix}immigration_history": texts(d.HISTORY, found.history),
        f"{prefix}reference_country": keys(found.reference),
    }


def _immigrated(people: Table) -> Marks:
    found: Marks = (people["birth_country"] != 0) & (people["abroad"] >= to_day(19500101))
    return found


def _yyyymmdd(days: Ints) -> pl.Series:
    """Days as integers yyyymmdd; null for NEVER."""
    distinct, index = np.unique(days, return_inverse=True)
    iso = np.datetime_as_string(distinct.astype("datetime64[D]"))
    values = [None if day == NEVER else int(text.replace("-", "")) for day, text in zip(distinct, iso, strict=True)]
    return pl.Series(values, dtype=pl.Int64).gather(index)


def _known(people: Table, day: int) -> d.Findings:
    """Status, history and reference country with everything known: a minor's parents count wherever they live, and the
    former nationality of the naturalised and the origin of the family are known."""
    age = years_between(people["birth"], day)
    minor, descendant = age < 18, age < 19
    here = people["birth_country"] == 0
    own = d.own_marks(people["standing"], people["kind"], here, people["nat2"])
    order = ("nat1", "nat2", "nat3", "former", "birth_country", "origin_state")
    columns = [*(people[name] for name in order), keys_of(people["root"])]
    country = np.select([column > 0 for column in columns], columns, NONE)
    marked, inherited = np.zeros(minor.size, dtype=np.int64), np.full(minor.size, NONE)
    for parent in ("father", "mother"):
        row = positions(people["person"], people[parent])
        elsewhere = (people[f"{parent}_immigrated"] == 1) | (people[f"{parent}_country"] > 0)
        mark = np.where(row >= 0, own[row] != d.UNMARKED, elsewhere)
        key = np.where(row >= 0, country[row], people[f"{parent}_country"])
        marked += mark
        inherited = np.where(mark & (key > 0), key, inherited)
    child = minor & here & (own == d.UNMARKED) & (marked > 0)
    status = np.where(child, np.where(marked == 2, d.TWO, d.ONE), own)
    reference = np.where(child & (inherited > 0), inherited, np.where(status == d.UNMARKED, NONE, country))
    parents = people["mother_immigrated"] + people["father_immigrated"]
    family = np.select([parents == 2, parents == 1], [d.BOTH_PARENTS, d.ONE_PARENT], d.NO_HISTORY)
    history = np.where(_immigrated(people), d.IMMIGRATED, np.where(descendant & here, family, d.NO_HISTORY))
    return d.Findings(status, history, reference)


def _household_type(people: Table, home: Marks) -> pl.Series:
    """Type of the household as lived: a child, of whatever age, lives with a parent and has neither partner nor child
    there; who is neither in the one couple nor a child of the household makes it a lone parent's or another one."""
    _, inverse = np.unique(people["household"], return_inverse=True)
    size = np.bincount(inverse)
    own = people["household"]
    partner = positions(people["person"], people["partner"])
    together = (partner >= 0) & (own[partner] == own)
    with_parent, parent = np.zeros((2, home.size), dtype=bool)
    for role in ("mother", "father"):
        row = positions(people["person"], people[role])
        here = (row >= 0) & (own[row] == own)
        with_parent |= here
        parent[row[here]] = True
    child = with_parent & ~parent & ~together
    couples, children = np.bincount(inverse, together), np.bincount(inverse, child)
    others = size - couples - children
    types = np.select(
        [
            size == 1,
            (couples == 2) & (others == 0) & (children > 0),
            (couples == 2) & (others == 0),
            (couples == 0) & (others == 1) & (children > 0),
        ],
        [0, 2, 1, 3],
        4,
    )[inverse]
    names = ("single", "couple_no_child", "couple_child", "lone_parent", "other_multi", "institution")
    return texts(names, np.where(home, 5, types))
