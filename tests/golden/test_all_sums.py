"""Every sum between figures is declared: one that protection does not know would tell what it hides."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from synthetic_example import DATES, quiet

from vielfalt import programme
from vielfalt.cells import Cells
from vielfalt.evaluation import Derived, derive_and_count
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.equations import System, as_sums, families, numbered, twins
from vielfalt.figures.disclosure.grids import grids
from vielfalt.figures.disclosure.programs import matrix_of
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.register.tabulate import values_of
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.vault.workspace import by_size, workspace

LEFT_OUT = ("migration_rule", "nationality", "reference_country")
"""Rules say more of people than sums do (U2 nearly always means an adult); of rare countries there are too few people.

With one resident of a country in the whole town, by chance everything else about that one adds up.
"""
TABLES = tuple(table for table in programme.ALL if not table.option and table.id not in LEFT_OUT)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Every kind of resident of a synthetic town once: all dimensions by their keys, ``household_first``."""
    root: Path = tmp_path_factory.mktemp("sums") / "town"
    write_town(root, residents=9_000, seed=11, progress=quiet)
    town, kept = read_town(root), []
    with workspace(town, DATES[-1], by_size) as (engine, _):

        def keep(derived: Derived) -> None:
            found = pl.DataFrame(engine.collect(derived.classes))
            geography, names = derived.geography, {name for table in TABLES for name in table.dimensions}
            columns = [pl.Series(values_of(name, geography)).gather(found[name]).alias(name) for name in sorted(names)]
            kept.append(found.select("household_first", *columns).unique(maintain_order=True))

        derive_and_count(town, DATES[-1], engine, b"key of the town, 32 bytes long..", lambda _: nullcontext(), keep)
    return kept[0]


@pytest.mark.parametrize("unit", ["persons", "households"])
def test_every_sum_between_figures_is_declared(kinds: pl.DataFrame, unit: str) -> None:
    """With each kind of resident as an area of its own, what always adds up is the null space of the figures."""
    counted = kinds.filter("household_first") if unit == "households" else kinds
    keys = [f"K{number}" for number in range(counted.height)]
    where = Geography(Area("T", "Town", ""), (AreaLevel("kind", "Kinds", tuple(Area(key, key, "T") for key in keys)),))
    named = counted.with_columns(area=pl.Series(keys), n=1, key_sum=0, top=0, second=0)
    tables = [replace(table, town_only=False) for table in TABLES if table.unit == unit]
    cells = {
        each.id: Cells(each, named.select("area", *each.dimensions, "n", "key_sum", "top", "second")) for each in tables
    }
    found = grids(cells, division(where), {})
    numbers, size = numbered(found)
    town = np.concatenate([places[0].ravel() for places in numbers.values()])
    figures = np.concatenate([grid.values[1] for grid in found.values()], axis=1).astype(np.float64)
    values = np.zeros(size, np.int64)
    values[town] = figures.sum(axis=0)
    system = System.of(values, (*families(found, numbers, division(where)), *as_sums(twins(found, numbers))))
    of_town = np.zeros(size, np.bool_)
    of_town[town] = True
    declared = matrix_of(system.only(~system.holding(~of_town)), size)[:, town].toarray()
    assert not (declared @ figures.T).any()
    occurs = figures.any(axis=0)
    figures, declared = figures[:, occurs], declared[:, occurs]
    undeclared = np.count_nonzero(occurs) - np.linalg.matrix_rank(figures.T @ figures) - np.linalg.matrix_rank(declared)
    assert undeclared == 0
