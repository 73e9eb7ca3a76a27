"""Maps of balances: signed, in two colours around balance, and nothing where a number is hidden."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import polars as pl
import publish_example as example
import pytest

from vielfalt import programme
from vielfalt.cells import ProtectedCells
from vielfalt.publish import palettes
from vielfalt.publish.balance_maps import ALL, balanced_classes, draw_balances, rates
from vielfalt.publish.picture import contrast, ink_on
from vielfalt.publish.results import Movements, Results
from vielfalt.words import Words


def table(id: str, counts: dict[str, int], hidden: tuple[str, ...] = ()) -> ProtectedCells:
    """A table of movements with the same counts in every area; an area named is suppressed."""
    entry, where = programme.table(id), example.geography(1)
    rows = [
        (level, area, *([key] if key else []), None if area in hidden else n, "suppressed" if area in hidden else "ok")
        for level in ("town", *(level.id for level in where.levels))
        for area in where.names(level)
        for key, n in counts.items()
    ]
    columns = ["level", "area", *entry.dimensions, "value", "status"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").cast({"value": pl.Int64})
    return ProtectedCells(entry, frame, "", example.PROTECTION)


@pytest.fixture(scope="module")
def moved(results: Results) -> Results:
    tables = {
        **results.tables,
        "residents_before": table("residents_before", {"": 200}),
        "came": table("came", {"born": 10, "arrived": 20, "moved": 8}, ("01",)),
        "went": table("went", {"gone": 40, "moved": 4}, ("02",)),
    }
    since = Movements(20241231, ())
    return dataclasses.replace(results, geography=example.geography(1), tables=tables, movements=since)


def test_a_balance_is_coming_minus_going_per_earlier_resident(moved: Results) -> None:
    across, within = (rates(moved, balance, "quarter") for balance in ALL)
    assert across.values["03"] == (10 + 20 - 40) / 200
    assert within.values["03"] == (8 - 4) / 200
    for one in (across, within):
        assert one.values["01"] is None and one.values["02"] is None
        assert one.empty == frozenset()


def test_areas_with_too_few_residents_show_no_rate(moved: Results, words: Words) -> None:
    few = {**moved.tables, "residents_before": table("residents_before", {"": 20})}
    found = rates(dataclasses.replace(moved, tables=few), ALL[0], "quarter")
    assert set(found.values.values()) == {None} and found.empty == set(found.values)
    assert draw_balances(dataclasses.replace(moved, tables=few), words) == ()


def test_classes_lie_evenly_around_balance() -> None:
    found = balanced_classes([-0.09, -0.03, -0.001, 0.0, 0.004, 0.05, 0.1])
    assert found.bounds == pytest.approx((-0.06, -0.02, 0.02, 0.06))
    assert found.sizes == (1, 1, 3, 1, 1)
    assert balanced_classes([]).sizes == (0, 0, 0, 0, 0)


def test_the_maps_are_hatched_where_a_number_is_hidden_and_say_it_in_words(moved: Results, words: Words) -> None:
    across, within = draw_balances(moved, words)
    assert across.name.startswith("balance-across-") and within.name.startswith("balance-within-")
    assert "minus moved away or died" in across.title and "2024-12-31" in across.title
    assert "Areas where more went than came" in across.alt
    assert palettes.DIVERGING[1] in across.svg or palettes.DIVERGING[0] in across.svg
    assert draw_balances(dataclasses.replace(moved, movements=None), words) == ()


def test_gains_and_losses_differ_in_lightness_where_they_are_printed_in_grey() -> None:
    for one, other in combinations(palettes.DIVERGING, 2):
        assert contrast(one, other) >= 1.3


@pytest.mark.parametrize("fill", palettes.DIVERGING)
def test_names_can_be_read_on_every_colour(fill: str) -> None:
    assert contrast(ink_on(fill), fill) >= 4.5
