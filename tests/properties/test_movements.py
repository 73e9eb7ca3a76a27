"""Movements between two dates: nothing hidden of either date or of the movements can be computed, by exact attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_attack import intervals
from scipy.optimize import linprog
from small_towns import PROTECTION, geography
from two_dated_towns import SIZES, SOME, cells_between, published, table_between, two_dates

from vielfalt import programme
from vielfalt.cells import Cells
from vielfalt.figures.disclosure import Dates, equations, fixpoint, protect, protect_movements, recomputable
from vielfalt.figures.disclosure.group_movements import Flows, hidden_groups
from vielfalt.geography import Geography

SMALLEST = PROTECTION.min_cell


@given(two_dates())
@SOME
def test_what_either_date_hides_stays_hidden(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    shown = published(cells, where)
    now = protect({"residents": cells["residents"]}, where, PROTECTION)
    assert shown["residents"].frame.equals(now["residents"].frame)
    as_then = Cells(programme.table("residents"), cells["residents_before"].frame)
    then = protect({"residents": as_then}, where, PROTECTION)["residents"].frame
    assert shown["residents_before"].frame.equals(then)


@given(two_dates())
@settings(SOME, max_examples=40)
def test_hidden_numbers_of_both_dates_have_room(town: tuple[dict[str, Cells], Geography]) -> None:
    """An exact attacker who reads both dates and the movements; what fails the check before a release is withheld."""
    cells, where = town
    shown = published(cells, where)
    if recomputable(shown, cells, where, PROTECTION).is_empty():
        for found in intervals(cells, shown, where):
            assert found.low - 1e-6 <= found.value <= found.high + 1e-6
            assert found.high - found.low >= SMALLEST - 1e-6, found


def test_stayers_hidden_in_one_division_only_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same people in both; the exact attacker sees it where the program is made to forget it."""
    where = geography([2, 2])
    blocks = [area.key for area in where.finest.areas]
    stayed, gone = dict.fromkeys(blocks, 40), dict.fromkeys(blocks, 20)
    cells = cells_between({}, stayed, {(block, "born"): 3 for block in blocks}, gone)
    assert all(found.high - found.low >= SMALLEST for found in intervals(cells, published(cells, where), where))
    for module in (fixpoint, equations):
        monkeypatch.setattr(module, "same_cells", lambda _: iter(()))
    assert any(found.high == found.low for found in intervals(cells, published(cells, where), where))


def test_moves_hidden_among_those_who_came_only_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who moved within the town came and went: three births must not be what is left of those who came."""
    where = geography([1, 1])
    one, two = (area.key for area in where.finest.areas)
    new = {(two, "born"): 3, (two, "arrived"): 74, (one, "arrived"): 60}
    cells = cells_between({(one, two): 29}, {one: 448, two: 447}, new, {one: 73, two: 50})
    assert all(found.high - found.low >= SMALLEST for found in intervals(cells, published(cells, where), where))
    with monkeypatch.context() as forgotten:
        forgotten.setattr(programme, "SAME_IN_TOWN", ())
        careless = published(cells, where)
    assert any(found.high == found.low for found in intervals(cells, careless, where))


@given(
    st.lists(st.tuples(SIZES, SIZES, st.integers(0, 200), st.integers(-12, 12)), min_size=1, max_size=7),
    st.lists(st.integers(0, 1), min_size=7, max_size=7),
)
@settings(SOME, max_examples=200)
def test_hidden_groups_have_room(groups: list[tuple[int, int, int, int]], blocks: list[int]) -> None:
    """For an attacker who knows the growth of every group, who changed groups, and the totals of every block."""
    new, gone, _, changed = (np.array(column) for column in zip(*groups, strict=True))
    values, signs = np.stack([new, gone]), np.array([1, -1])
    part = np.array(blocks[: len(groups)])
    primary = (values > 0) & (values < 10)
    flows = Flows(values, signs, new - gone + changed, primary, 1.0 + np.log1p(values.sum(axis=0)))
    hidden = hidden_groups(flows, part, SMALLEST)
    assert hidden[primary.any(axis=0)].all()
    assert hidden[(changed != 0) & (np.abs(changed) < SMALLEST)].all()
    for block in set(part.tolist()):
        inside = hidden & (part == block)
        if not hidden[part == block].all():
            for width in _widths(values[:, inside]):
                assert width >= SMALLEST - 1e-6


def _widths(values: np.ndarray) -> Iterator[float]:
    """The width of each hidden number that is not zero: sums of rows and the balance of columns are known."""
    size = values.shape[1]
    rows = np.kron(np.eye(2), np.ones(size))
    balance = np.hstack([np.eye(size), -np.eye(size)])
    left, right = np.vstack([rows, balance]), np.concatenate([values.sum(axis=1), values[0] - values[1]])
    for place in np.flatnonzero(values.ravel()):
        objective = np.zeros(2 * size)
        objective[place] = 1
        low, high = (linprog(sign * objective, A_eq=left, b_eq=right, method="highs").fun for sign in (1, -1))
        yield -high - low


def test_moves_between_areas_hide_rows_whose_total_is_hidden() -> None:
    where = geography([2, 2, 2])
    moved = {(f"Q{a}B0", f"Q{b}B1"): 20 + a + b for a in range(3) for b in range(3)} | {("Q0B0", "Q1B0"): 3}
    cells = cells_between(moved, {"Q0B0": 300, "Q1B0": 300, "Q2B0": 300}, {}, {})
    pairs: Counter[tuple[str, ...]] = Counter()
    for (a, b), n in moved.items():
        pairs[b, a[:2], b[:2]] += n
    small = {**pairs, ("Q2B0", "Q2", "Q0"): 4}
    cells["moves_between"] = table_between("moves_between", {**small, ("Q0B1", "Q2", "Q0"): 0})
    movements = {id: table for id, table in cells.items() if id != "residents"}
    now = protect({"residents": cells["residents"]}, where, PROTECTION)
    then = protect(
        {"residents": Cells(programme.table("residents"), cells["residents_before"].frame)}, where, PROTECTION
    )
    shown = protect_movements(movements, Dates({"residents": cells["residents"]}, now, {}, then), where, PROTECTION)
    frame = shown["moves_between"].frame
    hidden = frame.filter(pl.col("status") == "suppressed")
    visible = {tuple(row) for row in hidden.select("moved_from", "moved_to").iter_rows()}
    assert ("Q2", "Q0") in visible
    per_row = hidden.group_by("moved_from").len()["len"]
    per_column = hidden.group_by("moved_to").len()["len"]
    assert per_row.min() != 1 and per_column.min() != 1


def naturalised(at_one_address: int) -> tuple[dict[str, Cells], Dates, Geography]:
    """Movements of a town of one block where six were naturalised, and so many of these live at one address."""
    groups, where = ("foreigner", "german_with", "none"), geography([1])
    new, gone, before, now = (40, 30, 60), (20, 30, 60), (100, 150, 900), (114, 156, 900)

    def counted(id: str, counts: dict[tuple[str, ...], int]) -> Cells:
        return table_between(id, {("Q0B0", *key): n for key, n in counts.items()})

    def residents(sizes: tuple[int, ...]) -> dict[str, Cells]:
        everyone = counted("residents", {(): sum(sizes)})
        with_background = counted("mh_register", {("with",): sum(sizes[:2]), ("without",): sizes[2]})
        by_group = counted("mh_group", {(group,): n for group, n in zip(groups, sizes, strict=True)})
        return {"residents": everyone, "mh_register": with_background, "mh_group": by_group}

    germans = sum(now[1:])
    changed = counted("citizenship_change", {("naturalised",): 6, ("german",): germans - 6, ("foreign",): now[0]})
    named = pl.col("citizenship_change") == "naturalised"
    top = pl.when(named).then(at_one_address).otherwise(0).cast(pl.Int64)
    flows: dict[tuple[str, ...], int] = {
        (kind, each): n for kind, ns in (("new", new), ("gone", gone)) for each, n in zip(groups, ns, strict=True)
    }
    movements = {
        "citizenship_change": Cells(changed.table, changed.frame.with_columns(top=top)),
        "flow_by_mh_group": counted("flow_by_mh_group", flows),
    }
    foreigners = counted("foreigner", {("german",): germans, ("foreign",): now[0]})
    later, then = {**residents(now), "foreigner": foreigners}, residents(before)
    shown = (protect(each, where, PROTECTION) for each in (later, then))
    return movements, Dates(later, next(shown), then, next(shown)), where


@pytest.mark.parametrize("at_one_address", [6, 0])
def test_naturalised_who_are_hidden_do_not_follow_from_movements_of_foreigners(at_one_address: int) -> None:
    """They are the foreigners before, and those who came, without those who left and those who are foreigners now."""
    movements, dates, where = naturalised(at_one_address)
    shown = protect_movements(movements, dates, where, PROTECTION)
    town = {id: each.frame.filter(level="town") for id, each in shown.items()}
    status = "suppressed" if at_one_address else "ok"
    assert town["citizenship_change"].filter(citizenship_change="naturalised")["status"].item() == status
    for group in ("foreigner", "german_with"):
        assert set(town["flow_by_mh_group"].filter(mh_group=group)["status"]) == {status}
