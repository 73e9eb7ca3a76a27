"""The room of hidden figures: proved by solutions that add up, and never wider than exact programs allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from linear_attack import Cell, equations, intervals, true
from protected_towns import examples, people, primaries_only
from small_towns import ALL_TABLES, CHAINS, PEOPLE, PROTECTION, WITH_STATUS, Counts, cells_of, geography, tables, towns

from vielfalt import auditing, programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure import (
    ATTACKERS,
    protect,
    protect_with_room,
    recomputable,
    rectangles,
    room,
    rooms,
)
from vielfalt.geography import TOWN, Geography
from vielfalt.table import Table

Town = tuple[dict[str, Cells], Geography]


def shown(protected: Mapping[str, ProtectedCells]) -> dict[Cell, int | None]:
    return {
        (id, level, area, " ".join(category)): value
        for id, table in protected.items()
        for level, area, *category, value, _ in table.frame.iter_rows()
    }


def test_a_category_that_no_area_tells_is_looked_at_with_the_others() -> None:
    where = geography([2, 2])
    blocks = [area.key for area in where.finest.areas]
    table = Table("imported", "", ("group",), ())
    cells = {"imported": cells_of(table, {(block, group): 30 for block in blocks for group in ("a", "b")})}
    unknown = {"imported": pl.DataFrame({"area": blocks, "group": ["c"] * 4})}
    protected, found = protect_with_room(cells, where, PROTECTION, unknown)
    assert protected["imported"].frame.filter(group="c")["value"].is_null().all()
    assert not any(each.narrow for each in found.held)
    assert recomputable(protected, cells, where, PROTECTION, unknown).is_empty()


def test_the_largest_group_may_lack_an_area() -> None:
    """What is known of it is the largest number of all, and no bound of what it truly is."""
    where = geography([2, 2])
    blocks = [area.key for area in where.finest.areas]
    table = Table("imported", "", ("group",), ())
    counts: Counts = {(block, group): 300 if group == "a" else 30 for block in blocks for group in ("a", "b")}
    del counts[blocks[0], "a"]
    unknown = {"imported": pl.DataFrame({"area": blocks[:1], "group": ["a"]})}
    cells = {"imported": cells_of(table, counts)}
    protected, found = protect_with_room(cells, where, PROTECTION, unknown)
    assert protected["imported"].frame.filter(level="town", group="a")["value"].to_list() == [None]
    assert not any(each.narrow for each in found.held)
    assert recomputable(protected, cells, where, PROTECTION, unknown).is_empty()


def test_four_attackers_are_data() -> None:
    assert [each.id for each in ATTACKERS] == ["sums", "zeros", "person", "reader"]


@examples(25)
@given(towns(WITH_STATUS))
def test_every_hidden_figure_has_its_room_and_solutions_that_add_up(town: Town) -> None:
    cells, where = town
    protected = protect(cells, where, PROTECTION)
    found = rooms(protected, cells, where, PROTECTION)
    assert [(each.attacker, each.narrow) for each in found.held[:2]] == [("sums", 0), ("zeros", 0)]
    published = shown(protected)
    hidden = [tuple(row) for row in found.frame.select("table", "level", "area", "category").iter_rows()]
    assert sorted(hidden) == sorted(cell for cell, value in published.items() if value is None)
    true_low, true_high = found.frame["low"].to_numpy(), found.frame["high"].to_numpy()
    solutions = found.frame.select("^solution_.*$").to_numpy()
    if solutions.size:
        assert (solutions >= -1e-6).all()
        assert (np.minimum(true_low, solutions.min(axis=1)) >= true_low - 1 + 1e-6).all()
        assert (solutions.max(axis=1) < true_high + 1).all()
    for number in range(solutions.shape[1]):
        possible = published | dict(zip(hidden, solutions[:, number].tolist(), strict=True))
        for total, parts, added in equations(cells, where, published):
            if parts:
                assert abs(sum(possible[part] or 0 for part in parts) + added - (possible[total] or 0)) < 1e-5


@examples(6)
@given(towns(WITH_STATUS))
def test_no_room_is_claimed_that_exact_programs_do_not_find(town: Town) -> None:
    cells, where = town
    protected = protect(cells, where, PROTECTION)
    claimed = {
        tuple(row[:4]): row[4:6]
        for row in rooms(protected, cells, where, PROTECTION)
        .frame.select("table", "level", "area", "category", "low", "high")
        .iter_rows()
    }
    for exact in intervals(cells, protected, where):
        low, high = claimed[exact.cell]
        assert exact.low - 1e-6 <= low <= exact.value <= high <= exact.high + 1e-6


def inside(cells: Mapping[str, Cells], where: Geography, cell: list[str]) -> bool:
    """Whether a cell holds anybody who lives in an area."""
    table, level, area, category = cell
    above, names = where.ancestors(level) if level != TOWN else {}, list(cells[table].table.dimensions)
    chosen = cells[table].frame.filter(pl.concat_str([pl.lit(""), *names], separator=" ") == f" {category}".rstrip())
    return any(row and (level == TOWN or above[row] == area) for row in chosen["area"])


@examples(30)
@given(towns())
def test_crossings_have_their_room_as_well(town: Town) -> None:
    cells, where = town
    _, found = protect_with_room(cells, where, PROTECTION)
    # Of a handful of people in all no hiding helps against one of them; then nothing is released.
    assert all(not each.narrow or each.attacker == "person" for each in found.held)
    assert not found.frame["narrow"].any()
    for *cell, low, high in found.frame.select("table", "level", "area", "category", "low", "high").iter_rows():
        assert low < high or not inside(cells, where, cell)


def narrow_crossing() -> Town:
    """A town in which the self-check finds nothing in the crossings, and yet some hidden figures can only be 0 to 3."""
    draw = np.random.default_rng(113)
    where = geography([3, 1, 2])
    counts = draw.choice([0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 30, 80], (7, len(PEOPLE)))
    return tables(counts, np.zeros(counts.shape, bool), where, ALL_TABLES), where


def test_crossings_with_too_little_room_are_hidden_more_widely() -> None:
    cells, where = narrow_crossing()
    before = rooms(protect(cells, where, PROTECTION), cells, where, PROTECTION)
    assert before.held[0].narrow and before.held[0].narrowest < PROTECTION.min_cell
    narrow = before.frame.filter("narrow")
    assert {"mh_group_by_age", "nationality_group_by_age"} & set(narrow["table"])
    protected, found = protect_with_room(cells, where, PROTECTION)
    assert (found.held[0].narrow, found.held[0].narrowest, found.held[1].narrow) == (0, PROTECTION.min_cell, 0)
    assert recomputable(protected, cells, where, PROTECTION).is_empty()
    first = protect(cells, where, PROTECTION)
    for id, table in protected.items():
        was, now = (each.frame["value"].is_null() for each in (first[id], table))
        assert (now | ~was).all()
    more, most = (sum(each.frame["value"].null_count() for each in tables.values()) for tables in (first, protected))
    assert more < most <= more + 20


def test_too_little_room_is_counted() -> None:
    where = geography([2, 1])
    cells = people({"Q0B0": {0: 50, 5: 3}, "Q0B1": {0: 60, 5: 8}, "Q1B0": {0: 70, 5: 9}}, where, CHAINS)
    found = rooms(primaries_only(cells, where), cells, where, PROTECTION)
    assert [each.narrowest for each in found.held] == [0, 0, 1]
    assert [each.narrow >= 2 for each in found.held] == [True, True, False]


def test_figures_of_one_person_each_are_not_told_by_their_sum() -> None:
    """A table lists only what occurs in the town: five hidden countries of five people would be known to be ones."""
    values, small = np.array([[1, 1, 1, 1, 1, 40, 90]]), np.array([True] * 5 + [False] * 2)
    hidden = rectangles.line(values, small, np.array([1.0, 1, 1, 1, 1, 2, 3]), PROTECTION.min_cell)
    assert hidden is not None
    assert hidden.tolist() == [True] * 6 + [False]


@examples(6)
@given(towns(WITH_STATUS))
def test_whoever_is_counted_is_left_a_room_of_one_less(town: Town) -> None:
    """Who subtracts himself reads a release of one person less: its rectangles hold one less, and so does each room."""
    cells, where = town
    protected = protect(cells, where, PROTECTION)
    hidden = [cell for cell, value in shown(protected).items() if value is None]
    alone = [cell for cell in hidden if cell[1] != TOWN and true(cells, where, cell) == 1]
    for holder in alone[:3]:
        for found in intervals(cells, protected, where, lambda cell, own=holder: int(cell == own)):  # type: ignore[misc]
            assert found.high - found.low >= PROTECTION.min_cell - 1 - 1e-6, (holder, found)


def test_too_many_hidden_figures_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit nothing would be proved, so nothing is released; the error says which table hides most."""
    cells, where = narrow_crossing()
    protected, _ = protect_with_room(cells, where, PROTECTION)
    hidden = {id: each.frame["value"].null_count() for id, each in protected.items()}
    monkeypatch.setattr(room, "LARGEST", sum(hidden.values()) // 2)
    with pytest.raises(DisclosureError, match="too many to prove") as caught:
        protect_with_room(cells, where, PROTECTION)
    assert hidden[caught.value.where] == max(hidden.values())


ORIGIN = Table("origin", "", ("origin",), ("residents",), parent="residents")


def beside_missing(missing: int) -> tuple[dict[str, Cells], dict[str, ProtectedCells], Geography]:
    """Two quarters: 3 of 67 and 30 of 90 are hidden; of so many further residents of each the origin is not known."""
    where = geography([1, 1])
    counts: Counts = {("Q0B0", "a"): 3, ("Q0B0", "b"): 64, ("Q1B0", "a"): 30, ("Q1B0", "b"): 60}
    cells = {
        "residents": cells_of(programme.table("residents"), {("Q0B0",): 67 + missing, ("Q1B0",): 90 + missing}),
        "origin": cells_of(ORIGIN, counts),
    }
    naive = primaries_only(cells, where)
    here = (pl.col("origin") == "a") & (pl.col("level") != TOWN)
    frame = naive["origin"].frame.with_columns(
        value=pl.when(~here).then("value"),
        status=pl.when(here).then(pl.lit("suppressed")).otherwise("status"),
    )
    return cells, {**naive, "origin": replace(naive["origin"], frame=frame)}, where


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_few_people_of_unknown_origin_give_no_room(missing: int) -> None:
    """Residents less all others less the few are 3; who knows how few they are is told."""
    cells, shown, where = beside_missing(missing)
    found = rooms(shown, cells, where, PROTECTION)
    assert found.held[0].narrow and found.held[0].narrowest == 0
    protected, mended = protect_with_room(cells, where, PROTECTION)
    assert not mended.held[0].narrow and recomputable(protected, cells, where, PROTECTION).is_empty()


def test_sums_of_another_date_tell_nothing() -> None:
    cells, shown, where = beside_missing(20)
    assert not rooms(shown, cells, where, PROTECTION).held[0].narrow


def town_at_random(draw: np.random.Generator) -> np.ndarray:
    """Counts of four blocks by kind of people: most groups are small."""
    counts = np.zeros((5, len(PEOPLE)), np.int64)
    counts[:4, 0] = draw.integers(60, 200, 4)
    counts[:4, 1:3] = draw.integers(20, 90, (4, 2))
    counts[:4, 3:] = draw.choice([1, 2, 3, 4, 9, 30, 40], (4, len(PEOPLE) - 3))
    return counts


def exchanged(counts: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """One person each of two kinds and two blocks in the other's block: no total changes."""
    blocks, kinds = draw.choice(4, 2, replace=False), draw.choice(range(3, len(PEOPLE)), 2, replace=False)
    other = counts.copy()
    other[blocks, kinds] += 1
    other[blocks, kinds[::-1]] -= 1
    return other


def report_of(counts: np.ndarray, where: Geography) -> tuple[dict[Cell, int | None], list[Mapping[str, object]]]:
    """What is published, and the room of what is hidden as the audit tells it."""
    cells = tables(counts, np.zeros(counts.shape, np.bool_), where, ALL_TABLES)
    protected, proof = protect_with_room(cells, where, PROTECTION)
    return shown(protected), [auditing.room(held, proof.frame) for held in proof.held]


def test_whatever_the_hidden_figures_are_the_same_room_is_told() -> None:
    """Whoever tries numbers for them, as the program is public, learns nothing from the report of the audit."""
    where, same = geography([2, 1, 1]), 0
    for seed in (1, 5, 7, 8):
        draw = np.random.default_rng(seed)
        counts = town_at_random(draw)
        published, told = report_of(counts, where)
        for _ in range(8):
            other = exchanged(counts, draw)
            if other.min() >= 0:
                again = report_of(other, where)
                same += again[0] == published
                assert again[0] != published or again[1] == told
    assert same > 3
