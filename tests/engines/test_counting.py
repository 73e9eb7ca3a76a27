"""Every engine counts cells and their two largest addresses, as counting one cell after the other does."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from engines_tested import ENGINES
from pyspark.sql import SparkSession

from vielfalt import programme
from vielfalt.engines import duckdb, memory, polars
from vielfalt.engines.base import Engine
from vielfalt.engines.spark import Spark
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.register import counting
from vielfalt.register.tabulate import tabulate, values_of

_GEOGRAPHY = Geography(
    Area("99999001", "Town", ""),
    (AreaLevel("block", "Blocks", (Area("b1", "First", "99999001"), Area("b2", "Second", "99999001"))),),
)
_TABLES = [programme.table(id) for id in ("residents", "foreigner", "households")]
Counts = dict[str, dict[tuple[str, ...], tuple[int, int, int, int]]]
"""By table and cell: how many, the sum of their keys, and how many at the two largest addresses."""


def people(seed: int) -> pa.Table:
    """Some in a block, some in none; many addresses are alike in size."""
    draw = random.Random(seed)
    address = [draw.choice([1, 1, 1, 2, 2, 3, 4, 5, -number]) for number in range(1, 121)]
    keys = [draw.randrange(1 << 32) for _ in address]
    columns = {
        "area": [0 if each < 0 else each % 2 + 1 for each in address],
        "foreigner": [draw.choice([0, 0, 1]) for _ in address],
    }
    return pa.table(
        {name: pa.array(values, pa.int32()) for name, values in columns.items()}
        | {name: pa.array(values, pa.int64()) for name, values in (("key", keys), ("address", address))}
        | {"household_first": [draw.random() < 0.6 for _ in address]}
    )


def counted(rows: pa.Table) -> Counts:
    found: Counts = {}
    for table in _TABLES:
        keys = ("area", *table.dimensions)
        at: dict[tuple[str, ...], Counter[int]] = {}
        key_sums: Counter[tuple[str, ...]] = Counter()
        for row in rows.to_pylist():
            if row["household_first"] or table.unit == "persons":
                cell = tuple(values_of(key, _GEOGRAPHY)[row[key]] for key in keys)
                at.setdefault(cell, Counter())[row["address"]] += 1
                key_sums[cell] += row["key"]
        for cell, addresses in at.items():
            first, second, *_ = [*sorted(addresses.values(), reverse=True), 0]
            found.setdefault(table.id, {})[cell] = (addresses.total(), key_sums[cell], first, second)
    return found


def by_engine(engine: Engine, rows: pa.Table) -> Counts:
    cells = tabulate(engine, engine.load(rows, "people"), _TABLES, _GEOGRAPHY, p_percent=10)
    return {id: {row[:-4]: row[-4:] for row in each.frame.iter_rows()} for id, each in cells.items()}


@pytest.mark.parametrize("batch", [7, 1000])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", list(ENGINES))
def test_cells_and_the_two_largest_addresses_are_counted(
    name: str, seed: int, batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (duckdb, memory, polars):
        monkeypatch.setattr(module, "_BATCH", batch)
    engine, rows = ENGINES[name](tmp_path), people(seed)
    assert by_engine(engine, rows) == counted(rows)
    engine.close()


def test_spark_counts_them_alike(spark: SparkSession, tmp_path: Path) -> None:
    engine, rows = Spark(spark, tmp_path), people(0)
    assert by_engine(engine, rows) == counted(rows)
    engine.close()


@pytest.mark.parametrize("dense", [0, 1000])
def test_cells_are_counted_alike_whether_many_or_few_can_be_filled(
    dense: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "DENSE", dense)
    engine, rows = ENGINES["memory"](tmp_path), people(1)
    assert by_engine(engine, rows) == counted(rows)
    engine.close()


@pytest.mark.parametrize("name", list(ENGINES))
def test_without_the_rule_no_second_one_is_counted(name: str, tmp_path: Path) -> None:
    engine, rows = ENGINES[name](tmp_path), people(0)
    cells = tabulate(engine, engine.load(rows, "people"), _TABLES, _GEOGRAPHY)
    assert all((each.frame["second"] == 0).all() for each in cells.values())
    engine.close()
