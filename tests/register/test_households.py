"""Households beyond the cases of the manual: guards as findings, names as mere numbers, the origin of households."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from vielfalt.engines.polars import Polars
from vielfalt.register.household_origin import household_origin
from vielfalt.register.households import household_findings, households
from vielfalt.register.reading import REGISTER

REFERENCE = 20251231
EVERY_ADDRESS_LISTED = pl.DataFrame(schema={"address": pl.Int64})

Row = dict[str, Any]
_TYPES = {**REGISTER, **dict.fromkeys(("spouse", "guardian_1", "guardian_2"), pa.int64()), "age": pa.int32()}
ELSEWHERE = [{"address": 99, "institution": 1, "family_name": 500 + place} for place in range(400)]
"""The rest of the town: each of a name of its own, all in one home."""


def formed(*rows: Row) -> tuple[list[Row], dict[str, tuple[int, ...]]]:
    """The households of these rows (numbered from 1, at one address) in a town of some 400, and the findings."""
    full = [
        {**dict.fromkeys(_TYPES), "address": 1, **row, "record": record}
        for record, row in enumerate([*rows, *ELSEWHERE], 1)
    ]
    engine = Polars()
    people = engine.load(
        pa.table({name: pa.array([row[name] for row in full], type=type) for name, type in _TYPES.items()}), "people"
    )
    found = households(engine, people, EVERY_ADDRESS_LISTED, REFERENCE)
    told = {finding.check: finding.records for finding in household_findings(engine, found)}
    return sorted(engine.collect(found).to_pylist(), key=lambda row: int(row["record"]))[: len(rows)], told


@pytest.mark.parametrize(
    ("ages", "couple", "kind"),
    [
        ((40, 25), False, "lone_parent"),  # a generation is fifteen years
        ((40, 26), False, "other_multi"),
        ((30, 17), False, "lone_parent"),  # a minor and an adult, however near in age
        ((30, 18), False, "other_multi"),
        ((18, 17), False, "lone_parent"),
        ((17, 16), False, "other_multi"),  # no adult
        ((60, 40, 20), False, "lone_parent"),
        ((60, 50, 20), False, "other_multi"),
        ((40, 38), True, "couple_no_child"),
        ((40, 38, 23), True, "couple_child"),
        ((40, 25, 5), True, "couple_child"),
        ((40, 38, 70), True, "other_multi"),  # who is neither of the couple nor a child
    ],
)
def test_the_type_of_a_household_follows_from_ages_and_the_couple(
    ages: tuple[int, ...], couple: bool, kind: str
) -> None:
    """All bear one name and moved in together; the first two are married to each other if so said."""
    rows: list[Row] = [{"age": age, "family_name": 1, "move_in_date": 20200101} for age in ages]
    if couple:
        rows[0]["spouse"], rows[1]["spouse"] = 2, 1
    found, _ = formed(*rows)
    assert {(row["household"], row["household_type"]) for row in found} == {(1, kind)}


def test_a_child_whom_nothing_joins_is_told() -> None:
    _, told = formed({"age": 40, "family_name": 1}, {"age": 50, "family_name": 2}, {"age": 9, "family_name": 3})
    assert told == {"minor_alone": (3,)}


@pytest.mark.parametrize(("people", "told"), [(4, {}), (5, {"same_day_many": (1, 2, 3, 4, 5)})])
def test_more_than_four_strangers_of_one_day_are_told(people: int, told: dict[str, tuple[int, ...]]) -> None:
    rows = [{"age": 30, "sex": "m", "move_in_date": 20200101, "family_name": place} for place in range(people)]
    assert formed(*rows)[1] == told


@pytest.mark.parametrize(("children", "told"), [(11, {}), (12, {"household_large": tuple(range(1, 14))})])
def test_a_household_of_more_than_twelve_is_told(children: int, told: dict[str, tuple[int, ...]]) -> None:
    rows, found = formed({"age": 45}, *({"age": 5, "guardian_1": 1} for _ in range(children)))
    assert {row["household"] for row in rows} == {1}
    assert found == told


def test_a_name_too_frequent_for_the_address_is_told() -> None:
    strangers = [{"age": 50, "family_name": 10 + place} for place in range(30)]
    bearers: list[Row] = [{"age": 70, "family_name": 1}, {"age": 40, "family_name": 1}]
    rows, told = formed(*bearers, *strangers)
    assert [row["household"] for row in rows[:2]] == [1, 2]
    assert told == {"name_frequent": (1, 2)}
    rows, told = formed(*bearers, *strangers[:3])
    assert [row["household"] for row in rows[:2]] == [1, 1]
    assert told == {}


def test_nobody_in_an_institution_is_told() -> None:
    rows = [{"age": 9, "move_in_date": 20200101, "family_name": 1, "institution": 1} for _ in range(6)]
    assert formed(*rows)[1] == {}


@pytest.mark.parametrize(("arrived", "home"), [(20221231, True), (20221230, False), (None, False)])
def test_a_shelter_without_mark_is_told(arrived: int | None, home: bool) -> None:
    newcomers: list[Row] = [
        {"age": 30, "nationality_1": "475", "arrival_from_abroad_date": arrived, "family_name": place}
        for place in range(13)
    ]
    others: list[Row] = [{"age": 30, "nationality_1": "000", "family_name": 100 + place} for place in range(12)]
    rows, told = formed(*newcomers, *others)
    assert {row["household_type"] for row in rows} == {"institution" if home else "single"}
    assert told == ({"home_by_residents": tuple(range(1, 21))} if home else {})


def test_names_are_numbers_and_none_leaves() -> None:
    rows: list[Row] = [
        {"age": 70, "family_name": 1},
        {"age": 40, "family_name": 1, "birth_name": 2},
        {"age": 45, "family_name": 3},
        {"age": 20, "family_name": 2},
    ]
    other = {1: 77, 2: 5, 3: 0}
    renamed = [
        {**row, **{name: other[row[name]] for name in ("family_name", "birth_name") if name in row}} for row in rows
    ]
    found, _ = formed(*rows)
    assert found == formed(*renamed)[0]
    assert set(found[0]) == {
        *("record", "household", "household_type", "household_first", "household_partner", "household_doubt")
    }


@pytest.mark.parametrize(
    ("statuses", "background"),
    [
        (("naturalised", "repatriate"), "all"),
        (("naturalised", "none"), "some"),
        (("naturalised", "undeterminable"), "some"),
        (("none", "undeterminable"), "undeterminable"),
        (("none", "none"), "none"),
        (("foreigner_born_here",), "all"),
    ],
)
def test_migration_background_of_a_household(statuses: tuple[str, ...], background: str) -> None:
    assert origin([(status, True, False) for status in statuses])["mh_household"] == background


@pytest.mark.parametrize(
    ("partners", "couple"),
    [
        ((True, True), "german"),
        ((True, False), "binational"),
        ((False, False), "foreign"),
        ((True, None), "unknown"),
        ((None, None), "unknown"),
        ((), "no_couple"),
        ((True, True, True, False), "no_couple"),
    ],
)
def test_nationality_of_couples(partners: tuple[bool | None, ...], couple: str) -> None:
    members = [("none", german, True) for german in partners]
    assert origin([*members, ("none", False, False)])["couple_nationality"] == couple


def origin(members: list[tuple[str, bool | None, bool]]) -> Row:
    """What the status, the nationality (German or not) and the partnership of its members make of one household."""
    statuses, german, partner = zip(*members, strict=True)
    columns = {
        "household": pa.array([1] * len(members)),
        "migration_status": pa.array(statuses),
        "german": pa.array(german, pa.bool_()),
        "household_partner": pa.array(partner),
    }
    engine = Polars()
    (found,) = engine.collect(household_origin(engine.load(pa.table(columns), "people"))).to_pylist()
    return dict(found)
