"""Names of people cannot influence the country of birth: the same register under other names gives the same result."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from vielfalt.engines.polars import Polars
from vielfalt.profiles import DATE_FORMS, Profile
from vielfalt.register import birth_texts, birthplaces, gazetteer, places
from vielfalt.register.birthplaces import country_of_birth, open_spellings
from vielfalt.register.extract import read_extract
from vielfalt.register.gazetteer import Place, build_index
from vielfalt.register.kinds import kinds
from vielfalt.register.population import counted, double_entries
from vielfalt.schema import NAME_FIELDS

FIELDS = ("person_id", *NAME_FIELDS, "birth_date", "birth_place", "birth_state", "nationality_1", "origin_state")
PEOPLE = (
    ("19620101", "Neustadt", "", "000", ""),
    ("19630101", "Neustadt", "", "152", ""),
    ("19300101", "Neustadt", "", "000", ""),
    ("19810101", "Altenbreg", "", "000", ""),
    ("19820101", "Xyzow", "", "160", "160"),
    ("19830101", "Dorf", "159", "000", ""),
    ("19840101", "", "163", "163", ""),
    ("19850101", "Nirgends", "", "000", ""),
)
NAMES = (
    ("Müller", "Schmidt", "Hans"),
    ("Kowalski", "Nowak", "Zbigniew"),
    ("Yılmaz", "Öztürk", "Fatma"),
    ("Ivanova", "Петрова", "Swetlana"),
    ("", "", ""),
)


@pytest.mark.parametrize("names", NAMES)
def test_the_same_people_under_other_names_were_born_in_the_same_country(
    names: tuple[str, str, str], tmp_path: Path
) -> None:
    assert result(names, tmp_path) == result(NAMES[0], tmp_path)


def test_the_register_of_this_test_has_all_kinds_of_outcome(tmp_path: Path) -> None:
    countries, rules, spellings = result(NAMES[0], tmp_path)
    assert len(set(countries)) >= 4
    assert None in countries
    assert len(set(rules)) >= 5
    assert spellings


def result(names: tuple[str, str, str], folder: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """Country and rule of each person, and the open spellings, of the register under these names."""
    rows = [(str(number), *names, *person) for number, person in enumerate(PEOPLE, 1)]
    path = folder / "register.csv"
    path.write_text("\n".join(";".join(row) for row in [FIELDS, *rows]) + "\n", encoding="utf-8")
    columns = {field: field for field in FIELDS}
    profile = Profile(";", '"', "utf-8", columns, date_forms=DATE_FORMS, codes={}, missing=())
    engine = Polars()
    extract = read_extract(engine, path, profile, 20251231, b"k" * 32)
    index = build_index(
        [
            Place("Neustadt", (), "000", "", 9_000),
            Place("Neustadt", (), "152", "east", 90_000),
            Place("Altenberg", (), "000", "", 30_000),
            Place("Dorf", (), "444", "", 900),
            Place("Dorf", (), "000", "", 900),
        ]
    )
    numbers = {text: number for number, text in enumerate(extract.places)}
    found = places.candidates(extract.places, index)
    found = found.with_columns(place=found["place"].replace_strict(numbers, return_dtype=pl.Int32))
    people = counted(engine, extract.register, double_entries(engine, extract.register), 20251231)
    kind = engine.checkpoint(country_of_birth(engine, kinds(people, extract.evidence), found), "kinds")
    born = engine.collect(people.select("record", "kind").join(kind, on="kind")).sort_by("record")
    return (
        born["birth_country"].to_pylist(),
        born["birth_rule"].to_pylist(),
        open_spellings(engine, people, kind).rows(),
    )


@pytest.mark.parametrize("module", [birth_texts, birthplaces, gazetteer, places])
def test_the_coder_does_not_know_the_fields_of_names(module: ModuleType) -> None:
    source = inspect.getsource(module)
    assert [field for field in (*NAME_FIELDS, "spouse", "guardian") if field in source] == []
