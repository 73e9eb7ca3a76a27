"""Movements by group and area: an exact attacker who knows nearly everything still cannot tell a hidden number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from scipy.optimize import linprog
from small_towns import PROTECTION, cells_of
from towns_by_age import CHANGED, GROUPS, Counts, busy, towns

from vielfalt import programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import group_areas
from vielfalt.figures.disclosure.group_areas import with_areas
from vielfalt.figures.disclosure.group_movements import Residents, by_group
from vielfalt.geography import Geography
from vielfalt.table import Table

SMALLEST = PROTECTION.min_cell


def shown(new: Counts, gone: Counts, changed: Counts, where: Geography) -> ProtectedCells:
    """The table as it is published; the totals by area are all published."""
    flows: Counts = {(area, "new", group): n for (area, group), n in new.items() if n}
    flows |= {(area, "gone", group): n for (area, group), n in gone.items() if n}
    cells = cells_of(programme.table("flow_by_age"), flows)
    residents = Table("age_class", "", ("age_class",), ())
    before: Counts = {pair: 200 + gone[pair] for pair in gone}
    now = {pair: 200 + new[pair] + changed[pair] for pair in new}
    dates = Residents(cells_of(residents, before), cells_of(residents, now))
    found = {id: _all_published(id, key, where) for id, key in (("came", "arrived"), ("went", "gone"))}
    return with_areas(cells, by_group(cells, found, dates, where, PROTECTION), found, dates, where)


def _all_published(id: str, key: str, where: Geography) -> ProtectedCells:
    rows = [(level.id, area.key, key, 99, "ok") for level in where.levels for area in level.areas]
    rows.append(("town", where.town.key, key, 99, "ok"))
    frame = pl.DataFrame(rows, ["level", "area", id, "value", "status"], orient="row")
    return ProtectedCells(programme.table(id), frame, "", PROTECTION)


@given(towns())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_hidden_numbers_have_room(town: tuple[Counts, Counts, Counts, Geography]) -> None:
    new, gone, _, where = town
    table = shown(*town)
    for cell, low, high in intervals(table, new, gone, where):
        assert high - low >= SMALLEST - 1e-6, cell


def intervals(
    table: ProtectedCells, new: Counts, gone: Counts, where: Geography
) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """The range of every hidden number that is not zero.

    The attacker knows all totals by area, and the growth of every group of every area for which groups are shown.
    """
    pairs = list(new)
    size = len(pairs)
    left, right = [], []

    def knows(chosen: np.ndarray, value: int) -> None:
        left.append(chosen.astype(float))
        right.append(value)

    truth = np.array([new[pair] for pair in pairs] + [gone[pair] for pair in pairs])
    inside = {
        (level.id, area.key): {key for key, above in where.ancestors(level.id).items() if above == area.key}
        for level in where.levels
        for area in level.areas
    } | {("town", where.town.key): {area.key for area in where.finest.areas}}
    for keys in inside.values():
        member = np.array([area in keys for area, _ in pairs])
        for part in (np.r_[member, np.zeros(size, bool)], np.r_[np.zeros(size, bool), member]):
            knows(part, int(truth[part].sum()))
    present = set(table.frame["level"])
    finest = next((level.id for level in reversed(where.levels) if level.id in present), "town")
    for (level, _), keys in inside.items():
        for group in GROUPS if level == finest else ():
            member = np.array([area in keys and other == group for area, other in pairs])
            growth = np.r_[member, np.zeros(size)] - np.r_[np.zeros(size), member]
            left.append(growth)
            right.append(int(truth @ growth))
    hidden = []
    for level, area, kind, group, value, _ in table.frame.filter(pl.col("flow") != "moved").iter_rows():
        member = np.array([one in inside[level, area] and other == group for one, other in pairs])
        nobody = np.zeros(size, bool)
        part = np.r_[member, nobody] if kind == "new" else np.r_[nobody, member]
        if value is None:
            hidden.append(((level, area, kind, group), part))
        else:
            knows(part, value)
    for cell, part in hidden:
        if truth[part].sum():
            ends = [
                linprog(sign * part.astype(float), A_eq=np.array(left), b_eq=np.array(right), method="highs")
                for sign in (1, -1)
            ]
            assert all(end.status == 0 for end in ends)
            yield cell, ends[0].fun, -ends[1].fun


def test_a_busy_town_shows_all_levels_and_hides_who_changed_the_group() -> None:
    town = busy(CHANGED)
    frame = shown(*town).frame.filter(pl.col("flow") != "moved")
    assert set(frame["level"]) == {"town", *(level.id for level in town[3].levels)}
    hidden = frame.filter((pl.col("status") == "suppressed") & (pl.col("area") == "Q0B0"))
    assert {"0-17", "18-64"} <= set(hidden["age_class"])
    assert frame.filter(pl.col("status") == "ok").height > frame.height / 3


def test_without_partners_it_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exact attacker sees it where the program is made to hide no partner."""
    town = busy(CHANGED)
    assert all(high - low >= SMALLEST for _, low, high in intervals(shown(*town), town[0], town[1], town[3]))
    monkeypatch.setattr(group_areas, "_covered", lambda level, room, marks, rows, smallest: marks[rows])
    assert any(high == low for _, low, high in intervals(shown(*town), town[0], town[1], town[3]))


def test_where_a_total_of_an_area_is_hidden_the_level_is_not_shown() -> None:
    new, gone, _, where = busy({})
    before = Cells(Table("age_class", "", ("age_class",), ()), cells_of(programme.table("age_class"), gone).frame)
    found = {id: _all_published(id, key, where) for id, key in (("came", "arrived"), ("went", "gone"))}
    finest = where.levels[-1].id
    frame = found["went"].frame.with_columns(
        value=pl.when(pl.col("level") == finest).then(None).otherwise("value"),
        status=pl.when(pl.col("level") == finest).then(pl.lit("suppressed")).otherwise("status"),
    )
    found["went"] = ProtectedCells(found["went"].table, frame, "", PROTECTION)
    flows: Counts = {(area, "new", group): n for (area, group), n in new.items()}
    flows |= {(area, "gone", group): n for (area, group), n in gone.items()}
    cells = cells_of(programme.table("flow_by_age"), flows)
    town = by_group(cells, found, Residents(before, before), where, PROTECTION)
    levels = set(with_areas(cells, town, found, Residents(before, before), where).frame["level"])
    assert levels == {"town", *(level.id for level in where.levels[:-1])}
