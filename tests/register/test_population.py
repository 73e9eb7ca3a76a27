from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pytest

from vielfalt import codes, programme
from vielfalt.engines.base import Engine, Frame
from vielfalt.engines.polars import Polars
from vielfalt.register.checks import ALL, COUNTED_IN, IN_A_FEW_HOUSES
from vielfalt.register.population import counted, double_entries, pointers_lost, population_findings, shared_numbers
from vielfalt.register.reading import REGISTER

REFERENCE = 20250630


def registered(engine: Engine, rows: Iterable[dict[str, Any]]) -> Frame:
    """A register of these rows, numbered from 1."""
    full = [
        {**dict.fromkeys(REGISTER), "pseudonym": record, **row, "record": record} for record, row in enumerate(rows, 1)
    ]
    columns = {name: pa.array([row[name] for row in full], type=type) for name, type in REGISTER.items()}
    return engine.load(pa.table(columns), "register")


def evaluated(*rows: dict[str, Any]) -> tuple[dict[int, dict[str, Any]], dict[tuple[str, str], tuple[int, ...]]]:
    """The residents by record, and the findings: rows are numbered from 1 and point at each other by number."""
    engine = Polars()
    register = registered(engine, rows)
    doubles = double_entries(engine, register)
    people = counted(engine, register, doubles, REFERENCE)
    found = population_findings(engine, register, doubles, people, REFERENCE)
    return (
        {row["record"]: row for row in engine.collect(people).to_pylist()},
        {(finding.check, finding.field): finding.records for finding in found},
    )


def test_secondary_dwellings_are_not_counted() -> None:
    people, found = evaluated({"dwelling_status": "secondary"}, {"dwelling_status": "main"}, {"dwelling_status": None})
    assert sorted(people) == [2, 3]
    assert found[("secondary_dwelling", "dwelling_status")] == (1,)
    assert found[("dwelling_missing", "dwelling_status")] == (3,)


def test_pointers_to_nobody_are_counted_without_marks_for_nobody() -> None:
    married = [{"pseudonym": 1, "spouse_id": 2}, {"pseudonym": 2, "spouse_id": 1}]
    elsewhere = [{"pseudonym": place, "spouse_id": place + 1_000} for place in range(3, 10)]
    single = [{"pseudonym": place, "spouse_id": -1} for place in range(10, 31)]
    for rows, lost in (([*married, *elsewhere, *single], (7, 9)), (single[1:], (20, 20))):
        engine = Polars()
        register = registered(engine, rows)
        people = counted(engine, register, double_entries(engine, register), REFERENCE)
        assert pointers_lost(engine, people, "spouse_id") == lost


def test_parents_of_adults_may_be_gone() -> None:
    children = [{"pseudonym": place, "guardian_1_id": 99, "birth_date": 20100101} for place in (1, 2)]
    adults = [{"pseudonym": place, "guardian_1_id": 50 + place, "birth_date": 19800101} for place in range(3, 20)]
    engine = Polars()
    register = registered(engine, [*children, *adults, {"pseudonym": 4_000, "guardian_1_id": 77, "birth_date": None}])
    people = counted(engine, register, double_entries(engine, register), REFERENCE)
    assert pointers_lost(engine, people, "guardian_1_id") == (2, 2)


@pytest.mark.parametrize(
    ("moved_in", "moved_out", "counts"),
    [
        (20200101, 20230630, False),
        (20200101, REFERENCE, False),
        (20200101, 20200101, False),
        (20200101, 20190000, True),
        (None, 20190000, False),
        (20200101, None, True),
    ],
)
def test_whoever_has_moved_out_is_not_counted_unless_back(
    moved_in: int | None, moved_out: int | None, counts: bool
) -> None:
    people, found = evaluated({"move_in_date": moved_in, "move_out_date": moved_out}, {})
    assert (1 in people) is counts
    assert found.get(("gone", "move_out_date"), ()) == (() if counts else (1,))


def test_the_dead_are_not_counted_and_nobody_is_linked_to_them() -> None:
    people, found = evaluated({"death_date": REFERENCE, "spouse_id": 2}, {"spouse_id": 1}, {"guardian_1_id": 1})
    assert sorted(people) == [2, 3]
    assert found[("gone", "death_date")] == (1,)
    assert people[2]["spouse"] is None and people[3]["guardian_1"] is None


def test_a_dwelling_left_does_not_hide_the_one_that_followed() -> None:
    former = {"pseudonym": 7, "move_in_date": 20240101, "move_out_date": 20240301}
    people, found = evaluated(former, {"pseudonym": 7, "move_in_date": 20230101})
    assert list(people) == [2] and ("double_entry", "person_id") not in found


@pytest.mark.parametrize(
    ("moves", "counts"),
    [
        ((20100101, 20200101, 20150101), 2),
        ((20100101, 20100101, None), 1),
        ((None, None, None), 1),
        ((None, 20100101, 20100100), 2),
    ],
)
def test_the_latest_move_of_a_person_counts_then_the_first_row(moves: tuple[int | None, ...], counts: int) -> None:
    people, found = evaluated(*({"pseudonym": 7, "move_in_date": move} for move in moves))
    assert list(people) == [counts]
    assert found[("double_entry", "person_id")] == tuple({1, 2, 3} - {counts})


def test_rows_of_one_number_born_in_other_years_are_several_people() -> None:
    rows = [{"pseudonym": 7, "birth_date": birth} for birth in (19800101, 19800000, 19810101, None)]
    engine = Polars()
    register = registered(engine, [*rows, {"birth_date": 19500101}])
    assert shared_numbers(engine, register, double_entries(engine, register)) == (1, 0)


def test_rows_of_one_number_with_other_nationalities_are_one_row_for_each() -> None:
    rows = [{"pseudonym": 7, "birth_date": 19800101, "nationality_1": key} for key in ("163", "000", "163", None)]
    engine = Polars()
    register = registered(engine, [*rows, {"birth_date": 19500101, "nationality_1": "000"}])
    assert shared_numbers(engine, register, double_entries(engine, register)) == (0, 1)


PERSON = {"family_name": 1, "given_names": 2, "birth_date": 19800101, "birth_place": 3}


def test_rows_of_one_person_under_two_numbers_count_once() -> None:
    people, found = evaluated({**PERSON, "move_in_date": 20100101}, {**PERSON, "move_in_date": 20200101})
    assert list(people) == [2]
    assert found[("double_entry", "person_id")] == (1,)


@pytest.mark.parametrize(
    "change",
    [{"given_names": 9}, {"birth_date": 19800102}, {"birth_date": None}, {"family_name": 9}, {"birth_place": 9}],
)
def test_people_who_differ_are_two(change: dict[str, Any]) -> None:
    assert len(evaluated(PERSON, {**PERSON, **change})[0]) == 2


@pytest.mark.parametrize(
    "unknown", [{"birth_date": 19800000}, {"given_names": None}, {"family_name": None}, {"birth_place": None}]
)
def test_too_little_is_known_to_call_two_rows_one_person(unknown: dict[str, Any]) -> None:
    assert len(evaluated({**PERSON, **unknown}, {**PERSON, **unknown})[0]) == 2


@pytest.mark.parametrize(
    ("parent", "child", "linked"),
    [
        (19980701, 20100701, True),
        (19980701, 20100630, False),
        (19980701, 19980701, False),
        (20100701, 19980701, False),
        (None, 20100701, True),
        (19980701, None, True),
    ],
)
def test_parents_are_at_least_twelve_years_older(parent: int | None, child: int | None, linked: bool) -> None:
    people, found = evaluated({"birth_date": parent}, {"birth_date": child, "guardian_2_id": 1})
    assert people[2]["guardian_2"] == (1 if linked else None)
    assert (("parent_implausible", "guardian_2_id") in found) is not linked
    assert ("pointer_absent", "guardian_2_id") not in found


def test_pointers_lead_to_rows_that_count() -> None:
    people, found = evaluated(
        {"spouse_id": 2},
        {"spouse_id": 3},
        {"spouse_id": 99, "dwelling_status": "only"},
        {"dwelling_status": "secondary", "spouse_id": 1},
        {"guardian_1_id": 4},
    )
    assert [people[record]["spouse"] for record in (1, 2, 3)] == [2, 3, None]
    assert people[5]["guardian_1"] is None
    assert found[("pointer_absent", "spouse_id")] == (3,)
    assert found[("pointer_absent", "guardian_1_id")] == (5,)
    assert found[("spouse_one_sided", "spouse_id")] == (1, 2)


def test_spouses_who_point_at_each_other_are_no_finding() -> None:
    assert ("spouse_one_sided", "spouse_id") not in evaluated({"spouse_id": 2}, {"spouse_id": 1})[1]


@pytest.mark.parametrize(
    ("birth", "age"),
    [(20070630, 18), (20070701, 17), (20070000, 18), (20250630, 0), (19100101, 115), (19090629, None), (None, None)],
)
def test_age_in_completed_years(birth: int | None, age: int | None) -> None:
    people, found = evaluated({"birth_date": birth})
    assert people[1]["age"] == age
    assert (("age_implausible", "birth_date") in found) is (birth == 19090629)


def test_stay_in_completed_years() -> None:
    people, _ = evaluated({"arrival_date": 20240701}, {"arrival_date": 20240630}, {"arrival_date": None})
    assert [people[record]["stay_years"] for record in (1, 2, 3)] == [0, 1, None]


def test_findings_on_single_rows() -> None:
    _, found = evaluated(
        {
            "nationality_1": "000",
            "address": 1,
            "birth_date": 20150101,
            "marital_status": "VH",
            "move_in_date": 20140101,
        },
        {
            "nationality_1": "000",
            "address": 1,
            "birth_date": 20150101,
            "marital_status": "LD",
            "move_in_date": 20150000,
        },
        {"address": 1, "birth_date": 19800101, "marital_status": "VH"},
        {"nationality_1": "000"},
    )
    assert found[("minor_married", "marital_status")] == (1,)
    assert found[("dates_disordered", "move_in_date")] == (1,)
    assert found[("nationality_missing", "nationality_1")] == (3,)
    assert found[("address_missing", "street_name")] == (4,)


def test_figures_and_checks_that_bear_on_each_other_exist() -> None:
    """A name that has changed would let the report tell what a table hides."""
    assert {check.id for check in ALL} >= IN_A_FEW_HOUSES
    for table, key in {figure for figures in COUNTED_IN.values() for figure in figures}:
        (dimension,) = programme.table(table).dimensions
        assert codes.category(dimension, key).key == key


def test_who_came_from_abroad_before_being_born_is_told() -> None:
    """A day that stands for none: 01.01.1900 for all who never came."""
    born = {"birth_date": 19800101}
    _, found = evaluated(
        {**born, "arrival_from_abroad_date": 19000101},
        {**born, "arrival_from_abroad_date": 19800000},
        {"birth_date": None, "arrival_from_abroad_date": 19000101},
    )
    assert {check: rows for check, rows in found.items() if check[0] == "dates_disordered"} == {
        ("dates_disordered", "arrival_from_abroad_date"): (1,)
    }
