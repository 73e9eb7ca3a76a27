"""Households: people at one address joined by declared links; the register itself knows none.

The links are those of ``kinship``; institutions come first. Names take part as running numbers only.
"""

from __future__ import annotations

from functools import partial

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vielfalt import codes
from vielfalt.engines.base import Engine, Frame
from vielfalt.numbers import Ints
from vielfalt.register.checks import Finding, search
from vielfalt.register.columns import alike
from vielfalt.register.homes import BY_RESIDENTS, NONE, homes, is_marked, is_newcomer
from vielfalt.register.kinship import STAGES
from vielfalt.register.living import at_home
from vielfalt.register.move_pairs import FLAT_SHARE
from vielfalt.register.neighbours import (
    ADULT,
    GENERATION,
    Formed,
    Neighbours,
    Pairs,
    Shares,
    name_tells_nothing,
)

LARGE = 12
"""Members above which a household is reported: three generations with six children are eleven; own choice."""
DOUBTS = ("home_by_residents", "household_large", "minor_alone", "same_day_many", "name_frequent")
"""Ids of the checks of households, the most telling first: each resident counts in one."""
TYPES = ("single", "couple_no_child", "couple_child", "lone_parent", "other_multi", "institution")
_UNKNOWN = -1
_DELETED = (
    *("family_name", "birth_name", "birth_date", "birth_place", "move_in_date", "arrival_date"),
    *("arrival_from_abroad_date", "origin_municipality", "institution", "information_block"),
    *("spouse", "spouse_id", "guardian_1_id", "guardian_2_id", "guardian_1_implausible", "guardian_2_implausible"),
)
"""What only this step needs; names first of all."""
_COLUMNS = (
    *("record", "address", "spouse", "guardian_1", "guardian_2", "family_name", "birth_name"),
    *("move_in_date", "origin_municipality", "age", "woman", "married", "foreign"),
    *("since_birth", "moved", "marked", "newcomer"),
)


def households(engine: Engine, people: Frame, unlisted: pl.DataFrame, date: int) -> Frame:
    """Per record ``household`` (its smallest record), ``household_type``, ``household_first`` (one person of each),
    ``household_partner`` (is in a couple here) and ``household_doubt`` (a check not passed, see ``DOUBTS``; else null).

    ``unlisted``: the addresses (column ``address``) that are not in the street directory (see ``living``).
    ``date``: the reference date. Homes count as institutions (see ``homes``); people without an address live alone.
    """
    people = people.with_columns(_foreign())
    living = at_home(engine, people, unlisted)
    own_address = nw.coalesce(nw.col("address"), nw.lit(0) - nw.col("record")).alias("address")
    needed = living.with_columns(
        own_address,
        nw.col("marital_status").is_in(["VH", "LP"]).fill_null(False).cast(nw.Int32).alias("married"),
        (nw.col("sex") == "w").cast(nw.Int32).alias("woman"),
        ((nw.col("move_in_date") == nw.col("birth_date")) & (nw.col("birth_date") % 100 > 0))
        .fill_null(False)
        .cast(nw.Int32)
        .alias("since_birth"),
        nw.col("moved").cast(nw.Int32),
        is_marked().cast(nw.Int32).alias("marked"),
        is_newcomer(date).cast(nw.Int32).alias("newcomer"),
    ).select(*_COLUMNS)
    bearers = _shares(engine, people, ("family_name", "birth_name"))
    arrivals, nationals = (_shares(engine, people, (column,)) for column in ("origin_municipality", "foreign"))
    group = partial(_group, bearers=bearers, arrivals=arrivals, nationals=nationals)
    return engine.map_batches(needed, group, "households", together="address")


def _foreign() -> nw.Expr:
    """The key of a foreign nationality as a number; null for Germans and where none is known."""
    foreign = nw.when(nw.col("nationality_1") != codes.GERMANY).then(
        nw.col("nationality_1").cast(nw.String).cast(nw.Int64)
    )
    return foreign.otherwise(nw.lit(None, dtype=nw.Int64)).alias("foreign")


def housed(people: Frame, households: Frame) -> Frame:
    """The residents with their households; the columns of the names, and all that only households need, are gone."""
    return people.drop([*_DELETED]).join(households.drop(["household_doubt"]), on="record", how="left")


def household_findings(engine: Engine, households: Frame) -> tuple[Finding, ...]:
    """Where a guard kept people apart, and households that look like none."""
    return search(engine, households, {(id, "address"): nw.col("household_doubt") == id for id in DOUBTS})


def _shares(engine: Engine, people: Frame, columns: tuple[str, ...]) -> Shares:
    """Per number of a text, the part of the entries of these columns that are it; the last (-1: unknown) is 0."""
    entries = nw.concat([people.select(nw.col(column).alias("number")) for column in columns])
    counted = entries.filter(~nw.col("number").is_null()).group_by("number").agg(nw.len().alias("n"))
    found = engine.collect(counted)
    numbers, n = (found[column].to_numpy().astype(np.int64) for column in ("number", "n"))
    return np.append(np.bincount(numbers, n), 0.0) / max(int(n.sum()), 1)


def _group(batch: pa.Table, *, bearers: Shares, arrivals: Shares, nationals: Shares) -> pa.Table:
    people = _neighbours(batch, bearers, arrivals, nationals)
    formed = form(people)
    kinds = _types(people, formed)
    first, group = alike([formed.household])
    household = np.full(len(first), np.iinfo(np.int64).max)
    np.minimum.at(household, group, people.record)
    return pa.table(
        {
            "record": pa.array(people.record),
            "household": pa.array(household[group]),
            "household_type": _named(TYPES, kinds),
            "household_first": pa.array(household[group] == people.record),
            "household_partner": pa.array(formed.partnered),
            "household_doubt": _named(DOUBTS, _doubts(people, formed)),
        }
    )


def form(people: Neighbours) -> Formed:
    """The households of these residents: stage after stage, and in institutions everybody alone."""
    everyone = np.arange(len(people.record))
    formed = Formed(everyone, np.ones_like(everyone), np.zeros(len(everyone), dtype=bool))
    for stage in STAGES:
        found = [(link, _apart(people, link.pairs(people, formed))) for link in stage.links]
        partnered = formed.partnered.copy()
        for link, (one, two) in found:
            if link.makes == "couple":
                partnered[one] = partnered[two] = True
        household = _joined(formed.household, [pairs for _, pairs in found])
        formed = Formed(household, np.bincount(household)[household], partnered)
    return formed


def _named(names: tuple[str, ...], places: Ints) -> pa.Array:
    """The names at these places, as a dictionary; null for -1."""
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32), mask=places < 0), list(names))


def _doubts(people: Neighbours, formed: Formed) -> Ints:
    """The guard that stopped a link, or the check a household does not pass, as a place in ``DOUBTS``; -1 for none."""
    alone = formed.alone & ~people.institution
    came = np.flatnonzero(alone & (people.move_in > 0))
    day = people.moves[came]
    many = np.zeros(len(alone), dtype=bool)
    many[came] = (np.bincount(day) > FLAT_SHARE)[day]
    found = {
        "home_by_residents": people.home_by_residents,
        "household_large": formed.members > LARGE,
        "minor_alone": alone & (people.age >= 0) & (people.age < ADULT),
        "same_day_many": many,
        "name_frequent": name_tells_nothing(people, formed),
    }
    return np.select([found[id] for id in DOUBTS], range(len(DOUBTS)), default=_UNKNOWN)


def _apart(people: Neighbours, pairs: Pairs) -> Pairs:
    kept = ~people.institution[pairs[0]]
    return pairs[0][kept], pairs[1][kept]


def _joined(household: Ints, pairs: list[Pairs]) -> Ints:
    """The households after these pairs of residents were joined; a joined one has the number of one of its parts.

    Most residents are in no pair: only the households that are take part in the search.
    """
    one, two = (household[np.concatenate(side)] for side in zip(*pairs, strict=True))
    joined = np.arange(int(household.max(initial=-1)) + 1)
    concerned = np.zeros(len(joined), dtype=bool)
    concerned[one] = concerned[two] = True
    parts = np.flatnonzero(concerned)
    place = np.empty_like(joined)
    place[parts] = np.arange(len(parts))
    graph = coo_array((np.ones(len(one), dtype=np.int8), (place[one], place[two])), shape=(len(parts),) * 2)
    count, group = connected_components(graph, directed=False)
    number = np.zeros(count, dtype=np.int64)
    number[group] = parts
    joined[parts] = number[group]
    found: Ints = joined[household]
    return found


def _types(people: Neighbours, formed: Formed) -> Ints:
    """The type of each resident's household, as a place in ``TYPES``.

    A child has neither partner nor child here and is a minor, or a person whose guardian lives here, or at least a
    generation younger than the oldest. Who is neither in a couple nor a child makes the household lone parent (one of
    them) or other.
    """
    group = formed.household
    count = int(group.max(initial=-1)) + 1
    couple = formed.partnered
    oldest = np.full(count, _UNKNOWN)
    np.maximum.at(oldest, group, people.age)
    parent = np.zeros(len(group), dtype=bool)
    for role in (people.guardian_1, people.guardian_2):
        parent[role[role >= 0]] = True
    young = (people.age >= 0) & (people.age <= oldest[group] - GENERATION)
    young |= (people.age >= 0) & (people.age < ADULT) & (oldest[group] >= ADULT)
    child = ~couple & ~parent & ((people.guardian_1 >= 0) | (people.guardian_2 >= 0) | young)
    partners, children = (np.bincount(group, mark, count)[group] for mark in (couple, child))
    others = formed.members - partners - children
    one_couple = (partners == 2) & (others == 0)
    first_that_fits = {
        "institution": people.institution,
        "single": formed.members == 1,
        "couple_no_child": one_couple & (children == 0),
        "couple_child": one_couple,
        "lone_parent": (partners == 0) & (others == 1),
    }
    places = [TYPES.index(kind) for kind in first_that_fits]
    return np.select([*first_that_fits.values()], places, default=TYPES.index("other_multi"))


def _neighbours(batch: pa.Table, bearers: Shares, arrivals: Shares, nationals: Shares) -> Neighbours:
    columns = {name: batch.column(name).fill_null(_UNKNOWN).to_numpy().astype(np.int64) for name in _COLUMNS}
    record, address = columns["record"], columns["address"]
    # As long as the whole town, so of numbers half as long: 80 MB for twenty million.
    places = np.full(int(record.max(initial=0)) + 1, _UNKNOWN, dtype=np.int32)
    places[record] = np.arange(len(record))

    def position(role: str) -> Ints:
        """Where the person pointed at stands in this batch; -1 for nobody or another address."""
        found = places[np.where(columns[role] < len(places), columns[role], _UNKNOWN)].astype(np.int64)
        return np.where((columns[role] >= 0) & (found >= 0) & (address[found] == address), found, _UNKNOWN)

    group = np.cumsum(np.diff(address, prepend=address[:1]) != 0)  # neighbours stand side by side
    home = homes(columns["marked"], columns["newcomer"], group)
    return Neighbours(
        record=record,
        address=group,
        spouse=position("spouse"),
        guardian_1=position("guardian_1"),
        guardian_2=position("guardian_2"),
        family_name=columns["family_name"],
        birth_name=columns["birth_name"],
        move_in=columns["move_in_date"],
        origin=columns["origin_municipality"],
        age=columns["age"],
        woman=columns["woman"],
        guarded=(columns["guardian_1"] >= 0) | (columns["guardian_2"] >= 0),
        institution=home != NONE,
        home_by_residents=home == BY_RESIDENTS,
        married=columns["married"] == 1,
        foreign=columns["foreign"],
        since_birth=columns["since_birth"] == 1,
        moved=columns["moved"] == 1,
        size=np.bincount(group)[group],
        bearers=bearers,
        arrivals=arrivals,
        nationals=nationals,
    )
