"""Households: people at one address joined by declared links; the register itself knows none.

After the stages of HHGEN (KOSIS, v. Klitzing 1998): institutions first, then declared pointers, then agreement of name
and date of moving in. Every link is a rule of its own with a reason. Names take part as running numbers only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vielfalt.engines.base import Engine, Frame
from vielfalt.register.columns import alike
from vielfalt.words import N_

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Pairs: TypeAlias = tuple[Ints, Ints]
SMALL_ADDRESS = 12
"""Residents up to which the same family name at one address means kin (above, a frequent name joins strangers)."""
COUPLE_AGE_GAP = 20
GENERATION = 15
"""Years between generations: who is this much younger than the oldest counts as a child of the household."""
ADULT = 18
_UNKNOWN = -1
_DELETED = (
    *("family_name", "birth_name", "move_in_date", "origin_municipality", "institution", "information_block"),
    *("spouse", "spouse_id", "guardian_1_id", "guardian_2_id", "guardian_1_implausible", "guardian_2_implausible"),
)
"""What only this step needs; names first of all."""
_COLUMNS = (
    *("record", "address", "spouse", "guardian_1", "guardian_2", "family_name"),
    *("move_in_date", "origin_municipality", "age", "institution_address", "married"),
)


@dataclass(frozen=True)
class Neighbours:
    """The residents of whole addresses as columns of integers; -1 is unknown.

    ``spouse``, ``guardian_1`` and ``guardian_2`` are positions of residents of the same address.
    """

    record: Ints
    address: Ints
    spouse: Ints
    guardian_1: Ints
    guardian_2: Ints
    family_name: Ints
    move_in: Ints
    origin: Ints
    age: Ints
    institution: Flags
    married: Flags
    size: Ints


@dataclass(frozen=True)
class Link:
    """One reason to join two residents of an address: ``pairs`` gives their positions."""

    id: str
    pairs: Callable[[Neighbours], Pairs]
    because: str
    source: str


def _pointer(role: str) -> Callable[[Neighbours], Pairs]:
    def pairs(people: Neighbours) -> Pairs:
        other = getattr(people, role)
        own = np.flatnonzero((other >= 0) & (other != np.arange(len(other))))
        return own, other[own]

    return pairs


def _same_name_same_move(people: Neighbours) -> Pairs:
    return _alike(
        (people.address, people.family_name, people.move_in), (people.family_name >= 0) & (people.move_in > 0)
    )


def _same_name_small_address(people: Neighbours) -> Pairs:
    return _alike((people.address, people.family_name), (people.family_name >= 0) & (people.size <= SMALL_ADDRESS))


def _unmarried_couple(people: Neighbours) -> Pairs:
    """Two adults, the only two of their address who moved in that day from the same place, about one age."""
    adult = (people.age >= ADULT) & (people.spouse < 0) & (people.move_in > 0)
    adult &= people.size <= SMALL_ADDRESS
    columns = (people.address, people.move_in, people.origin)
    first, second = _alike(columns, adult)
    two = (np.bincount(first, minlength=len(people.record))[first] == 2) & (first != second)
    near = np.abs(people.age[first] - people.age[second]) <= COUPLE_AGE_GAP
    return first[two & near], second[two & near]


def _common_child(people: Neighbours) -> Pairs:
    """The two guardians of a child who all live at one address (one pointed at twice is one)."""
    first, second = people.guardian_1, people.guardian_2
    both = (first >= 0) & (second >= 0) & (first != second)
    return first[both], second[both]


def _alike(columns: tuple[Ints, ...], among: Flags) -> Pairs:
    """Each person of a group of equals with the first of the group (the first with itself)."""
    rows = np.flatnonzero(among)
    first, group = alike([column[rows] for column in columns])
    return rows[first][group], rows


LINKS: tuple[Link, ...] = (
    Link("L1", _pointer("spouse"), N_("Spouses or partners who point at each other's number."), "DSMeld 1501-1534"),
    Link("L2", _pointer("guardian_1"), N_("A minor and the first guardian."), "BMG §3(1) No. 9"),
    Link("L3", _pointer("guardian_2"), N_("A minor and the second guardian."), "BMG §3(1) No. 9"),
    Link("L4", _same_name_same_move, N_("The same family name and the same date of moving in."), "HHGEN98 stages 3, 8"),
    Link(
        "L5", _same_name_small_address, N_("The same family name at an address of few residents."), "HHGEN98 stages 3-6"
    ),
    Link("L7", _common_child, N_("Two guardians of one child at the child's address."), "HHGEN98 stage 2"),
    Link("L6", _unmarried_couple, N_("Two adults who moved in together from the same place."), "HHGEN98 stage 2"),
)


def households(engine: Engine, people: Frame) -> Frame:
    """Per record ``household`` (its smallest record), ``household_type`` and ``household_first`` (one person of each).

    An address counts as institution when it is marked so or carries a conditional block (BMG §52); people without an
    address live alone.
    """
    marked = people.group_by("address").agg(
        ((nw.col("institution") == 1) | (nw.col("information_block") == "conditional"))
        .fill_null(False)
        .cast(nw.Int32)
        .max()
        .alias("institution_address")
    )
    own_address = nw.coalesce(nw.col("address"), nw.lit(0) - nw.col("record")).alias("address")
    needed = (
        people.join(marked.filter(~nw.col("address").is_null()), on="address", how="left")
        .with_columns(
            own_address, nw.col("marital_status").is_in(["VH", "LP"]).fill_null(False).cast(nw.Int32).alias("married")
        )
        .select(*_COLUMNS)
    )
    return engine.map_batches(needed, _group, "households", together="address")


def housed(people: Frame, households: Frame) -> Frame:
    """The residents with their households; the columns of the names, and all that only households need, are gone."""
    return people.drop([*_DELETED]).join(households, on="record", how="left")


def _group(batch: pa.Table) -> pa.Table:
    people = _neighbours(batch)
    pairs = [link.pairs(people) for link in LINKS]
    own, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    apart = people.institution[own]
    size = len(people.record)
    graph = coo_array((np.ones((~apart).sum()), (own[~apart], other[~apart])), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    household = np.full(group.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(household, group, people.record)
    couple = _in_couple(people, group)
    kinds = _types(people, group, couple)
    return pa.table(
        {
            "record": pa.array(people.record),
            "household": pa.array(household[group]),
            "household_type": pa.array(TYPES).take(pa.array(kinds[group])),
            "household_first": pa.array(household[group] == people.record),
        }
    )


TYPES = ("single", "couple_no_child", "couple_child", "lone_parent", "other_multi", "institution")


def _types(people: Neighbours, group: Ints, couple: Flags) -> Ints:
    """The type of each household, as a place in ``TYPES``.

    A child is a minor, a person whose guardian lives here, or a person outside the couple who is at least a generation
    younger than the oldest. Who is neither in a couple nor a child makes the household lone parent (one of
    them) or other.
    """
    count = int(group.max(initial=-1)) + 1
    oldest = np.full(count, _UNKNOWN)
    np.maximum.at(oldest, group, people.age)
    young = (people.age >= 0) & (people.age <= oldest[group] - GENERATION)
    child = ~couple & ((people.guardian_1 >= 0) | (people.guardian_2 >= 0) | young)
    child |= ~couple & (people.age >= 0) & (people.age < ADULT) & (oldest[group] >= ADULT)
    size, partners, children = (
        np.bincount(group, weights, count) for weights in (None, couple.astype(float), child.astype(float))
    )
    others = size - partners - children
    one_couple = (partners == 2) & (others == 0)
    return np.select(
        [
            np.bincount(group, people.institution, count) > 0,
            size == 1,
            one_couple & (children == 0),
            one_couple,
            (partners == 0) & (others == 1),
        ],
        [5, 0, 1, 2, 3],
        default=4,
    )


def _in_couple(people: Neighbours, group: Ints) -> Flags:
    """Whether each person lives with a spouse, with the other guardian of a child, with the one they moved in with,
    or is one of the only two married people of a household, of about one age."""
    couple = np.zeros(len(people.record), dtype=bool)
    for own, other in (_pointer("spouse")(people), _common_child(people), _unmarried_couple(people)):
        couple[own] = couple[other] = True
    alone = people.married & ~couple
    count = int(group.max(initial=-1)) + 1
    oldest, youngest = np.full(count, _UNKNOWN), np.full(count, np.iinfo(np.int64).max)
    np.maximum.at(oldest, group[alone], people.age[alone])
    np.minimum.at(youngest, group[alone], people.age[alone])
    two = (np.bincount(group[alone], minlength=count) == 2) & (np.bincount(group, couple, count) == 0)
    couple |= alone & (two & (oldest - youngest <= COUPLE_AGE_GAP))[group]
    return couple


def _neighbours(batch: pa.Table) -> Neighbours:
    columns = {name: batch.column(name).fill_null(_UNKNOWN).to_numpy().astype(np.int64) for name in _COLUMNS}
    record, address = columns["record"], columns["address"]
    places = np.full(int(record.max(initial=0)) + 1, _UNKNOWN)
    places[record] = np.arange(len(record))

    def position(role: str) -> Ints:
        """Where the person pointed at stands in this batch; -1 for nobody or another address."""
        found = places[np.where(columns[role] < len(places), columns[role], _UNKNOWN)]
        return np.where((columns[role] >= 0) & (found >= 0) & (address[found] == address), found, _UNKNOWN)

    _, group = alike([address])
    return Neighbours(
        record=record,
        address=address,
        spouse=position("spouse"),
        guardian_1=position("guardian_1"),
        guardian_2=position("guardian_2"),
        family_name=columns["family_name"],
        move_in=columns["move_in_date"],
        origin=columns["origin_municipality"],
        age=columns["age"],
        institution=columns["institution_address"] == 1,
        married=columns["married"] == 1,
        size=np.bincount(group)[group],
    )
