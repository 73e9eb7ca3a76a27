"""The room of hidden movements: proved for every figure, and found wanting where a partner is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from linear_attack import Cell, Interval, intervals
from small_towns import PROTECTION, Counts, cells_of, geography
from test_group_areas import _CHANGED, _busy
from test_group_areas import Counts as Pairs
from test_group_areas import towns as towns_by_age
from test_movements import _SOME, _cells, published, two_dates

from vielfalt import programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import (
    Dates,
    Rooms,
    group_areas,
    movements_with_room,
    protect,
    protect_movements,
    recomputable,
    widening,
)
from vielfalt.figures.disclosure.mending import Mended
from vielfalt.geography import Geography
from vielfalt.table import Table

SMALLEST = PROTECTION.min_cell


def looked_at(
    cells: dict[str, Cells], where: Geography, groups: dict[str, tuple[Cells, Cells]] | None = None
) -> tuple[dict[str, ProtectedCells], Rooms]:
    """The movements as they would be published beside both dates, with the room of what is hidden."""
    now = protect({"residents": cells["residents"]}, where, PROTECTION)
    then = protect(
        {"residents": Cells(programme.table("residents"), cells["residents_before"].frame)}, where, PROTECTION
    )
    movements = {id: table for id, table in cells.items() if id != "residents"}
    before, later = ({id: pair[at] for id, pair in (groups or {}).items()} for at in (0, 1))
    dates = Dates({"residents": cells["residents"], **later}, now, before, then)
    shown = protect_movements(movements, dates, where, PROTECTION)
    shown, rooms = movements_with_room(shown, movements, dates, where, PROTECTION)
    return {**now, **shown}, rooms


@given(two_dates())
@settings(_SOME, max_examples=30)
def test_movements_by_area_have_their_room(town: tuple[dict[str, Cells], Geography]) -> None:
    """Movements that fail the check are withheld; no room is claimed that an exact attacker does not find."""
    cells, where = town
    shown, found = looked_at(cells, where)
    if recomputable(shown, cells, where, PROTECTION).is_empty():
        # Of a handful of people in all no hiding helps against one of them; then no movement is released.
        assert not any(each.narrow for each in found.held if each.attacker != "person")
    claimed = {tuple(row[:4]): row[4:] for row in found.frame.drop("^solution_.*$").iter_rows()}
    for exact in intervals(cells, shown, where):
        low, high, _ = claimed[exact.cell]
        assert exact.low - 1e-6 <= low <= exact.value <= high <= exact.high + 1e-6


def by_age(new: Pairs, gone: Pairs, changed: Pairs, where: Geography) -> tuple[dict[str, Cells], tuple[Cells, Cells]]:
    """The movements of a town by area and age, and its residents by age before and after."""
    arrived, left = Counter[str](), Counter[str]()
    for counts, sums in ((new, arrived), (gone, left)):
        for (area, _), n in counts.items():
            sums[area] += n
    cells = _cells({}, dict.fromkeys(arrived, 600), {(area, "arrived"): n for area, n in arrived.items()}, dict(left))
    flows: Counts = {
        (area, kind, age): n for kind, by in (("new", new), ("gone", gone)) for (area, age), n in by.items() if n
    }
    cells["flow_by_age"] = cells_of(programme.table("flow_by_age"), flows)
    ages = Table("age_class", "", ("age_class",), ())
    before = {pair: 200 + n for pair, n in gone.items()}
    later = {pair: 200 + n + changed[pair] for pair, n in new.items()}
    return cells, (cells_of(ages, before), cells_of(ages, later))


@given(towns_by_age())
@settings(_SOME, max_examples=40)
def test_movements_by_group_have_their_room(town: tuple[Pairs, Pairs, Pairs, Geography]) -> None:
    cells, residents = by_age(*town)
    shown, found = looked_at(cells, town[3], {"age_class": residents})
    assert not any(each.narrow for each in found.held if each.attacker != "person")
    hidden = shown["flow_by_age"].frame.filter(pl.col("value").is_null())
    assert found.frame.filter(pl.col("table") == "flow_by_age").height == hidden.height


def test_solutions_keep_every_total_and_every_growth() -> None:
    cells, residents = by_age(*_busy(_CHANGED))
    shown, found = looked_at(cells, geography([2, 2]), {"age_class": residents})
    frame, solutions = shown["flow_by_age"].frame, [name for name in found.frame.columns if name.startswith("solution")]
    assert solutions
    key = pl.concat_str("flow", "age_class", separator=" ")
    places = found.frame.filter(pl.col("table") == "flow_by_age").select("level", "area", "category", *solutions)
    joined = frame.with_columns(category=key).join(places, on=["level", "area", "category"], how="left")
    for level, area in frame.select("level", "area").unique().iter_rows():
        here = joined.filter(level=level, area=area)
        for name in solutions:
            count = here.select("flow", "age_class", n=pl.col("value").cast(pl.Float64).fill_null(pl.col(name)))
            sums = dict(count.group_by("flow").agg(pl.col("n").sum()).iter_rows())
            blocks = 1 if level == "block" else 2 if level == "quarter" else 4
            assert np.allclose([sums["new"], sums["gone"]], [120 * blocks, 90 * blocks])
            for age in count["age_class"].unique():
                new, gone = (count.filter(flow=kind, age_class=age)["n"][0] for kind in ("new", "gone"))
                assert abs(new - gone - 10 * blocks) < 1e-5


def test_without_partners_there_is_no_room_until_some_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hidden without partners is hidden more widely; were it not, nothing would be released."""
    cells, residents = by_age(*_busy(_CHANGED))
    monkeypatch.setattr(group_areas, "_covered", lambda level, room, marks, rows, smallest: marks[rows])
    mended, found = looked_at(cells, geography([2, 2]), {"age_class": residents})
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    monkeypatch.setattr(
        widening, "mended", lambda task, wanted: Mended(task.known, (), np.ones(len(task.known), np.bool_))
    )
    careless, found = looked_at(cells, geography([2, 2]), {"age_class": residents})
    assert all(each.narrow and not each.narrowest for each in found.held[:2])
    was, now = (each["flow_by_age"].frame["value"] for each in (careless, mended))
    assert was.null_count() < now.null_count() and (was.is_not_null() | now.is_null()).all()


ONE_BESIDE_FOUR = {"born": (1, 4, 30), "arrived": (30, 35, 40)}
"""Births and arrivals of three blocks: who is the one child of the first can tell the four of the second."""


def births(new: Mapping[str, tuple[int, ...]]) -> tuple[dict[str, Cells], Geography]:
    """Three blocks, each a quarter of its own, with so many new residents."""
    where = geography([1, 1, 1])
    blocks = [area.key for area in where.finest.areas]
    came = {(block, kind): n for kind, counts in new.items() for block, n in zip(blocks, counts, strict=True)}
    return _cells({}, dict.fromkeys(blocks, 400), came, dict.fromkeys(blocks, 50)), where


def told_to_one(cells: dict[str, Cells], shown: dict[str, ProtectedCells], where: Geography) -> set[tuple[Cell, Cell]]:
    """Each small hidden figure of two people or more that somebody can tell who knows that he is alone in another."""
    hidden = list(intervals(cells, shown, where))
    found = set()
    for alone in (each.cell for each in hidden if each.value == 1):
        small = (each for each in known_to(alone, cells, shown, where) if 1 < each.value < SMALLEST)
        found |= {(each.cell, alone) for each in small if each.high - each.low < 1e-6}
    return found


def known_to(
    alone: Cell, cells: dict[str, Cells], shown: dict[str, ProtectedCells], where: Geography
) -> Iterator[Interval]:
    """What somebody finds who knows that one hidden figure is he alone."""
    return intervals(cells, shown, where, lambda cell: int(cell == alone), lambda cell: 1 if cell == alone else 10_000)


def test_four_births_are_not_told_to_the_parents_of_the_one_beside_them() -> None:
    cells, where = births(ONE_BESIDE_FOUR)
    first, (shown, found) = published(cells, where), looked_at(cells, where)
    assert recomputable(first, cells, where, PROTECTION).is_empty()
    assert {other[1:] for other, _ in told_to_one(cells, first, where)} == {
        ("block", "Q1B0", "born"),
        ("quarter", "Q1", "born"),
    }
    assert not told_to_one(cells, shown, where)
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    more = [sum(each.frame["value"].null_count() for each in tables.values()) for tables in (first, shown)]
    assert more[0] < more[1] <= more[0] + 8


def test_what_is_hidden_for_one_person_has_a_proof_too() -> None:
    cells, where = births(ONE_BESIDE_FOUR)
    shown, found = looked_at(cells, where)
    hidden = {id: each.frame["value"].null_count() for id, each in shown.items() if each.frame["value"].null_count()}
    proved = dict(found.frame.group_by("table").len().iter_rows())
    assert {id: proved.get(id, 0) for id in hidden} == hidden


@given(two_dates())
@settings(_SOME, max_examples=12)
def test_no_small_movement_is_told_to_one_of_those_counted(town: tuple[dict[str, Cells], Geography]) -> None:
    """An exact attacker who is alone in a figure; what hiding cannot help is withheld."""
    cells, where = town
    shown, found = looked_at(cells, where)
    if recomputable(shown, cells, where, PROTECTION).is_empty() and not any(each.narrow for each in found.held):
        assert not told_to_one(cells, shown, where)


def test_what_either_date_shows_is_not_hidden_for_movements() -> None:
    cells, where = births(ONE_BESIDE_FOUR)
    shown, _ = looked_at(cells, where)
    first = published(cells, where)
    assert all(shown[id].frame.equals(first[id].frame) for id in ("residents", "residents_before"))
