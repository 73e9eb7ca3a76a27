"""The definitions in the generator's words, on people made by hand: what follows from entries with gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vielfalt.synthetic import definitions as d
from vielfalt.synthetic import people as p
from vielfalt.synthetic import pools
from vielfalt.synthetic.clues import connected
from vielfalt.synthetic.draw import NONE, Table, to_day
from vielfalt.synthetic.extract import Gaps, no_gaps

DAY = to_day(20251231)
FAMILY = (
    {"birth": 19800101, "nat1": 163, "birth_country": 163, "abroad": 20050101},
    {"birth": 19810101, "nat1": 0, "birth_country": 0},
    {"birth": 20100101, "nat1": 0, "birth_country": 0, "mother": 0, "father": 1},
)
"""A mother from Türkiye, a father without marks, and their child."""


def people(*persons: dict[str, int]) -> Table:
    table = p.new_people(len(persons), person=np.arange(len(persons)))
    for row, person in enumerate(persons):
        for name, value in person.items():
            table[name][row] = to_day(value) if name in ("birth", "abroad", "arrival", "move_in") else value
    return table


def concluded(*persons: dict[str, int], gap: str = "") -> list[tuple[str, str, int]]:
    table = people(*persons)
    found = d.concluded(table, DAY, with_gap(table, gap))
    named = zip(found.status, found.history, found.reference, strict=True)
    return [(d.STATUS[status], d.HISTORY[history], int(country)) for status, history, country in named]


def with_gap(table: Table, gap: str) -> Gaps:
    gaps = no_gaps(table)
    return replace(gaps, **{gap: np.ones(table["person"].size, dtype=bool)}) if gap else gaps


@pytest.mark.parametrize(
    ("gap", "child"),
    [
        ("", ("child_one_parent", "one_parent", 163)),
        ("mother", ("none", "none", NONE)),
        ("father", ("child_one_parent", "one_parent", 163)),
    ],
)
def test_a_child_takes_what_its_linked_parents_have(gap: str, child: tuple[str, str, int]) -> None:
    mother, father, found = concluded(*FAMILY, gap=gap)
    assert mother == ("foreigner_born_abroad", "immigrated", 163)
    assert father == ("none", "none", NONE)
    assert found == child


def test_a_minor_without_linked_parents_is_undeterminable_and_an_adult_is_not() -> None:
    minor, adult = concluded({"birth": 20100101}, {"birth": 19900101})
    assert minor == ("undeterminable", "undeterminable", NONE)
    assert adult == ("none", "none", NONE)


@pytest.mark.parametrize(
    ("country", "abroad", "status"),
    [
        (152, 19880601, "repatriate"),
        (152, 19930601, "german_born_abroad_other"),
        (444, 20030601, "repatriate"),
        (444, 20130601, "german_born_abroad_other"),
        (163, 19880601, "german_born_abroad_other"),
    ],
)
def test_without_a_certificate_the_window_of_arrival_decides(country: int, abroad: int, status: str) -> None:
    person = {"birth": 19600101, "birth_country": country, "abroad": abroad, "kind": p.BY_NATURALISATION}
    assert concluded(person, gap="kind") == [(status, "immigrated", country)]
    assert concluded(person) == [("naturalised", "immigrated", country)]


def expellee(territory: str) -> dict[str, int]:
    rows = list(pools.rows("former_territories.csv"))
    number = next(number for number, row in enumerate(rows) if row["territory"] == territory)
    key = int(rows[number]["key"])
    return {"birth": 19400101, "birth_country": key, "birth_place": len(pools.places().name) + number}


def test_expellees_have_no_background_and_from_the_sudeten_areas_only_with_a_date() -> None:
    assert concluded(expellee("silesia"))[0][0] == "none"
    assert concluded(expellee("sudeten"))[0][0] == "german_born_abroad_other"
    assert concluded(expellee("sudeten") | {"arrival": 19460601})[0][0] == "none"
    assert concluded(expellee("silesia") | {"abroad": 19790601})[0][0] == "repatriate"


def test_marks_of_germans_born_here() -> None:
    dual, option, third = concluded(
        {"birth": 19900101, "nat2": 137}, {"birth": 20010101, "kind": p.BY_OPTION}, {"birth": 19900101, "nat3": 300}
    )
    assert dual == ("dual_national_born_here", "none", 137)
    assert option == ("dual_national_born_here", "none", NONE)
    assert third == ("dual_national_born_here", "none", 300)


def test_clues_connect_members_through_pointers_names_and_days() -> None:
    couple = (
        {"birth": 19800101, "household": 0, "family": 1, "move_in": 20100101, "spouse": 1},
        {"birth": 19800101, "household": 0, "family": 2, "move_in": 20150101, "spouse": 0},
        {"birth": 20120101, "household": 0, "family": 2, "move_in": 20120101},
        {"birth": 19500101, "household": 0, "family": 4, "move_in": 20200101},
        {"birth": 19500101, "household": 1, "family": 2, "move_in": 20100101},
    )
    table = people(*couple)
    assert connected(table, DAY, no_gaps(table)).tolist() == [0, 0, 0, 3, 4]
    assert connected(table, DAY, with_gap(table, "spouse")).tolist() == [0, 1, 1, 3, 4]
