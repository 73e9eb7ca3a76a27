from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import oracle
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracle import Row
from registers import PLACES, REFERENCE, derived, register, residents

from vielfalt import codes, programme, rule_sets
from vielfalt.cells import LEAST_DOMINANCE, Cells
from vielfalt.engines.base import Engine, Frame
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.polars import Polars
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.register.tabulate import classified, tabulate, values_of
from vielfalt.rule_sets import RuleSet

_QUICK = settings(derandomize=True, phases=(Phase.explicit, Phase.generate))
"""Without shrinking: that takes minutes when a database answers, and the registers are small anyway."""
_FEW = settings(_QUICK, max_examples=7)
_SOME = settings(_QUICK, max_examples=25)
_MANY = settings(_QUICK, max_examples=120)
_NAMED = ("area", *programme.DIMENSIONS)
_LINKS = ("spouse", "guardian_1", "guardian_2")
_GEOGRAPHY = Geography(
    Area("99999001", "Town", ""),
    (AreaLevel("block", "Blocks", (Area("b1", "First", "99999001"), Area("b2", "Second", "99999001"))),),
)


@given(rows=register(8))
@_MANY
def test_reference_engine_equals_the_oracle(rows: list[Row]) -> None:
    assert outcome(Polars(), rows) == oracle.evaluated(rows, PLACES, REFERENCE)


@given(rows=register(24))
@_FEW
def test_duckdb_equals_the_oracle(rows: list[Row]) -> None:
    with duckdb() as engine:
        assert outcome(engine, rows) == oracle.evaluated(rows, PLACES, REFERENCE)


@pytest.mark.parametrize("rule_set", rule_sets.ALL[1:], ids=lambda entry: entry.id)
@given(rows=register(8))
@_MANY
def test_variants_equal_the_oracle(rule_set: RuleSet, rows: list[Row]) -> None:
    engine = Polars()
    people = {person["record"]: person for person in engine.collect(derived(engine, rows, rule_set)).to_pylist()}
    households = {record: person["household"] for record, person in people.items()}
    expected = oracle.evaluated(rows, PLACES, REFERENCE, rule_set.id, households)
    assert {record: {name: person[name] for name in oracle.OUTCOME} for record, person in people.items()} == expected


@given(rows=register(8))
@_SOME
def test_pointers_lead_to_residents(rows: list[Row]) -> None:
    engine = Polars()
    people = engine.collect(residents(engine, rows)).to_pylist()
    found = {person["record"]: [person[role] for role in _LINKS] for person in people}
    expected = oracle.residents(rows, REFERENCE)
    assert found == {record: [person[role] for role in _LINKS] for record, person in expected.items()}


@given(rows=register(24))
@_FEW
def test_engines_count_the_same_cells(rows: list[Row]) -> None:
    with duckdb() as engine:
        assert frames(cells(engine, rows)) == frames(cells(Polars(), rows))


@given(rows=register(8), shuffle=st.randoms(use_true_random=False))
@_SOME
def test_names_never_influence_what_is_derived(rows: list[Row], shuffle: random.Random) -> None:
    for number, row in enumerate(rows):
        row["given_names"] = number
    names = [(row["family_name"], row["birth_name"]) for row in rows]
    shuffle.shuffle(names)
    renamed = [
        {**row, "family_name": family, "birth_name": birth} for row, (family, birth) in zip(rows, names, strict=True)
    ]
    before, after = outcome(Polars(), rows), outcome(Polars(), renamed)
    assert before == after


@given(rows=register(10), shuffle=st.randoms(use_true_random=False))
@_SOME
def test_order_of_rows_does_not_change_the_cells(rows: list[Row], shuffle: random.Random) -> None:
    for number, row in enumerate(rows):
        row["move_in_date"] = 20000101 + number if row["move_in_date"] else None
        row["pseudonym"] = row["pseudonym"] if row["move_in_date"] else 1000 + number
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    moved = [{**row, "record": record} for record, row in enumerate(shuffled, 1)]
    assert without_household_keys(cells(Polars(), rows)) == without_household_keys(cells(Polars(), moved))


@given(rows=register(12))
@_SOME
def test_cells_add_up(rows: list[Row]) -> None:
    engine = Polars()
    people = pl.DataFrame(pl.from_arrow(engine.collect(derived(engine, rows))))
    tables = cells(Polars(), rows)
    for table in tables.values():
        total = table.frame["n"].sum()
        assert total == (people["household"].n_unique() if table.table.unit == "households" else people.height)
        assert table.frame["n"].min() != 0
        assert (table.frame["top"] <= table.frame["n"]).all()
        if table.table.unit == "persons":
            assert table.frame["key_sum"].sum() == people["key"].sum()
        if len(table.table.dimensions) == 1 and table.table.parent:
            assert rolled_up(table) == sums(tables[table.table.parent])


@given(rows=register(12))
@_SOME
def test_whose_nationality_is_missing_is_neither_german_nor_foreign(rows: list[Row]) -> None:
    people = Polars().collect(derived(Polars(), rows)).to_pylist()
    called = {True: "german", False: "foreign", None: "unknown"}
    found = cells(Polars(), rows)["foreigner"].frame.group_by("foreigner").agg(pl.col("n").sum())
    assert dict(found.iter_rows()) == Counter(called[person["german"]] for person in people)


@given(rows=register(12))
@_SOME
def test_the_address_that_dominates_a_cell_is_known(rows: list[Row]) -> None:
    engine = Polars()
    classed = classes(engine, rows)
    people = [
        {name: values_of(name, _GEOGRAPHY)[value] if name in _NAMED else value for name, value in person.items()}
        for person in engine.collect(classed).to_pylist()
    ]
    for table in tabulate(engine, classed, programme.ALL, _GEOGRAPHY).values():
        counted = [person for person in people if person["household_first"] or table.table.unit == "persons"]
        keys = ("area", *table.table.dimensions)
        by_address = Counter((tuple(person[key] for key in keys), person["address"]) for person in counted)
        for row in table.frame.to_dicts():
            cell = tuple(row[key] for key in keys)
            most = max(number for (found, _), number in by_address.items() if found == cell)
            assert row["top"] == most or (row["top"] == 0 and most < row["n"] * LEAST_DOMINANCE)


@given(rows=register(12))
@_SOME
def test_households_are_parts_of_addresses(rows: list[Row]) -> None:
    engine = Polars()
    people = engine.collect(derived(engine, rows)).to_pylist()
    by_household: dict[int, list[Row]] = {}
    for person in people:
        by_household.setdefault(person["household"], []).append(person)
    for household, members in by_household.items():
        assert len({person["address"] for person in members}) == 1
        assert household == min(person["record"] for person in members)
        assert [person["record"] for person in members if person["household_first"]] == [household]
        assert len({person["household_type"] for person in members}) == 1
        assert (members[0]["household_type"] == "single") <= (len(members) == 1)
        if members[0]["address"] is None or members[0]["household_type"] == "institution":
            assert len(members) == 1


@contextmanager
def duckdb() -> Iterator[DuckDB]:
    """One database per example."""
    with tempfile.TemporaryDirectory() as folder:
        engine = DuckDB(Path(folder))
        yield engine
        engine.close()


def outcome(engine: Engine, rows: list[Row]) -> dict[int, Row]:
    people = engine.collect(derived(engine, rows)).to_pylist()
    return {person["record"]: {name: person[name] for name in oracle.OUTCOME} for person in people}


def cells(engine: Engine, rows: list[Row]) -> dict[str, Cells]:
    """The cells of every table of the programme."""
    return tabulate(engine, classes(engine, rows), programme.ALL, _GEOGRAPHY)


def classes(engine: Engine, rows: list[Row]) -> Frame:
    """The residents by the categories of every dimension; the address says in which block it lies, one in none."""
    people = derived(engine, rows)
    blocks = engine.load(
        pa.table({"address": pa.array([1, 2, 4], type=pa.int64()), "block": ["b1", "b2", "b1"]}), "blocks"
    )
    return classified(engine, people.join(blocks, on="address", how="left"), _GEOGRAPHY)


def frames(tables: Mapping[str, Cells]) -> dict[str, list[dict[str, Any]]]:
    return {name: table.frame.to_dicts() for name, table in tables.items()}


def without_household_keys(tables: Mapping[str, Cells]) -> dict[str, list[dict[str, Any]]]:
    """The cells; a household's key is that of its first row, so the order of rows may change it."""
    households = [name for name, table in tables.items() if table.table.unit == "households"]
    return {
        name: [{**row, "key_sum": 0} for row in rows] if name in households else rows
        for name, rows in frames(tables).items()
    }


def sums(table: Cells) -> Counter[tuple[str, ...]]:
    """Per area and category, how many."""
    found: Counter[tuple[str, ...]] = Counter()
    for row in table.frame.to_dicts():
        found[(row["area"], *(row[name] for name in table.table.dimensions))] += row["n"]
    return found


def rolled_up(table: Cells) -> Counter[tuple[str, ...]]:
    """The same by the categories of the parent table."""
    parent = programme.table(table.table.parent)
    found: Counter[tuple[str, ...]] = Counter()
    for row in table.frame.to_dicts():
        key = row[table.table.dimensions[0]]
        above = (codes.category(table.table.dimensions[0], key).parent,) if parent.dimensions else ()
        found[(row["area"], *above)] += row["n"]
    return found
