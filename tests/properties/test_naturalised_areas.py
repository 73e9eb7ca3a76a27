"""The naturalised of an area: hidden, they do not follow from movements of foreigners there, by an exact attack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from small_towns import PROTECTION, geography
from two_dated_towns import SOME, Town, cells_by_group, table_between, with_movements

from vielfalt.cells import Cells
from vielfalt.figures.disclosure import group_areas
from vielfalt.geography import Geography

GROUPS = ("foreigner", "german_with", "none")
SIGNS = (-1, 1, 0)
"""How many of each group one naturalisation makes more of."""
CHANGED = "changed", ""
Counts = dict[str, tuple[int, int, int]]
"""By area of the finest level and group."""
Rows = dict[tuple[str, ...], int]


def town(
    where: Geography, new: Counts, gone: Counts, naturalised: dict[str, int], at_one_address: dict[str, int]
) -> Town:
    """All movements as they are published between two dates; nobody moves within the town."""
    before = {area: (200 + out[0], 200 + out[1], 600 + out[2]) for area, out in gone.items()}
    now: Counts = {}
    for area, was in before.items():
        came, left = new[area], gone[area]
        more = (was[at] + came[at] - left[at] + SIGNS[at] * naturalised.get(area, 0) for at in range(3))
        now[area] = next(more), next(more), next(more)
    stayed = {area: sum(sizes) - sum(gone[area]) for area, sizes in before.items()}
    cells = cells_by_group(GROUPS, stayed, new, gone)
    cells["citizenship_change"] = changed(now, naturalised, at_one_address)
    return with_movements(where, residents(now), residents(before), cells)


def changed(now: Counts, naturalised: dict[str, int], at_one_address: dict[str, int]) -> Cells:
    """Residents by change of citizenship, so many of the naturalised of an area at one address."""
    counts: Rows = {(area, "naturalised"): n for area, n in naturalised.items() if n}
    counts |= {(area, "foreign"): sizes[0] for area, sizes in now.items()}
    counts |= {(area, "german"): sum(sizes[1:]) - naturalised.get(area, 0) for area, sizes in now.items()}
    cells = table_between("citizenship_change", counts)
    named = pl.col("citizenship_change") == "naturalised"
    top = pl.col("area").replace_strict(at_one_address, default=0, return_dtype=pl.Int64)
    return Cells(cells.table, cells.frame.with_columns(top=pl.when(named).then(top).otherwise(0)))


def residents(sizes: Counts) -> dict[str, Cells]:
    """The residents of a date by citizenship and migration background."""
    counts: dict[str, Rows] = {
        "residents": {(area,): sum(each) for area, each in sizes.items()},
        "foreigner": {(area, "foreign"): each[0] for area, each in sizes.items()},
        "mh_register": {(area, "with"): sum(each[:2]) for area, each in sizes.items()},
        "mh_group": {(area, key): n for area, each in sizes.items() for key, n in zip(GROUPS, each, strict=True)},
    }
    counts["foreigner"] |= {(area, "german"): sum(each[1:]) for area, each in sizes.items()}
    counts["mh_register"] |= {(area, "without"): each[2] for area, each in sizes.items()}
    return {id: table_between(id, each) for id, each in counts.items()}


Figure = tuple[str, str, dict[tuple[str, str], int], int | None]
"""Level, area, how often each kind of movement counts, and the number if it is published."""


def figures(published: Town) -> Iterator[Figure]:
    """All that is published of movements, and by how much each group grew where both dates show it."""
    shown, dates, _ = published
    for id, column, kind in (("came", "arrived", "new"), ("went", "gone", "gone")):
        frame = shown[id].frame.filter(pl.col(id) == column)
        for level, area, value in frame.select("level", "area", "value").rows():
            yield level, area, {(kind, group): 1 for group in GROUPS}, value
    for level, area, kind, group, value, _ in shown["flow_by_mh_group"].frame.iter_rows():
        yield level, area, {(kind, group): 1}, value
    names = ["level", "area", "mh_group"]
    both = dates.earlier["mh_group"].frame.join(dates.published["mh_group"].frame, on=names, suffix="_now")
    growth = pl.col("value_now") - pl.col("value")
    for level, area, group, value in both.select(*names, growth).rows():
        sign = SIGNS[GROUPS.index(group)]
        yield level, area, {("new", group): 1, ("gone", group): -1, CHANGED: sign}, value
    frame = shown["citizenship_change"].frame.filter(citizenship_change="naturalised")
    for level, area, value in frame.select("level", "area", "value").rows():
        yield level, area, {CHANGED: 1}, value


def intervals(published: Town) -> Iterator[tuple[str, str, float, float]]:
    """The range of the hidden naturalised of every area, for who reads both dates and all movements."""
    where = published[2]
    blocks = [area.key for area in where.finest.areas]
    kinds = [*product(("new", "gone"), GROUPS), CHANGED]
    above = {level.id: where.ancestors(level.id) for level in where.levels}
    above["town"] = dict.fromkeys(blocks, where.town.key)
    known, values, hidden = [], [], []
    for level, area, signs, value in figures(published):
        inside = [above[level][block] == area for block in blocks]
        row = np.outer(inside, [signs.get(kind, 0) for kind in kinds]).ravel().astype(float)
        if value is not None:
            known.append(row)
            values.append(value)
        elif set(signs) == {CHANGED}:
            hidden.append((level, area, row))
    for level, area, row in hidden:
        ends = [linprog(sign * row, A_eq=np.array(known), b_eq=values, method="highs") for sign in (1, -1)]
        assert all(end.status == 0 for end in ends)
        yield level, area, ends[0].fun, -ends[1].fun


def busy(naturalised: dict[str, int], at_one_address: dict[str, int]) -> Town:
    where = geography([2, 2])
    blocks = [area.key for area in where.finest.areas]
    return town(
        where, dict.fromkeys(blocks, (40, 40, 80)), dict.fromkeys(blocks, (30, 30, 70)), naturalised, at_one_address
    )


Naturalised = tuple[dict[str, int], dict[str, int]]
"""The naturalised of every block, and how many of them live at one address."""
ONE_FAMILY: Naturalised = {"Q0B0": 6, "Q0B1": 30, "Q1B0": 30, "Q1B1": 30}, {"Q0B0": 6}
A_PARTNER: Naturalised = {"Q0B0": 3, "Q0B1": 12, "Q1B0": 30, "Q1B1": 30}, {}
"""The three of a block are hidden, and those of the next block with them."""


def hidden_movements(published: Town) -> set[tuple[str, str]]:
    """Areas and groups whose coming and going is hidden."""
    frame = published[0]["flow_by_mh_group"].frame.filter(pl.col("flow") != "moved", status="suppressed")
    return set(frame.select("area", "mh_group").iter_rows())


@pytest.mark.parametrize(("naturalised", "at_one_address"), [ONE_FAMILY, A_PARTNER])
def test_hidden_naturalised_of_an_area_do_not_follow_from_movements(
    naturalised: dict[str, int], at_one_address: dict[str, int]
) -> None:
    published = busy(naturalised, at_one_address)
    ranges = {area: high - low for _, area, low, high in intervals(published)}
    assert set(ranges) == {"Q0B0", "Q0B1"}
    assert min(ranges.values()) >= PROTECTION.min_cell
    pairs = {(area, group) for area in ranges for group in ("foreigner", "german_with")}
    assert pairs <= hidden_movements(published)
    assert set(published[0]["flow_by_mh_group"].frame["level"]) == {"town", "quarter", "block"}


def test_naturalised_who_are_shown_hide_no_movements() -> None:
    published = busy(ONE_FAMILY[0], {})
    assert not list(intervals(published))
    assert not hidden_movements(published)


def test_without_what_they_tell_the_naturalised_would_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exact attacker sees it where the program is made to ask for small differences only."""
    nothing = [np.zeros((size, len(GROUPS)), np.bool_) for size in (1, 2, 4)]
    monkeypatch.setattr(group_areas, "_naturalised", lambda found, groups, areas: nothing)
    assert ("block", "Q0B0", 6, 6) in list(intervals(busy(*ONE_FAMILY)))


_SIZES = st.tuples(st.sampled_from([14, 20, 40]), st.sampled_from([14, 30]), st.sampled_from([0, 20, 80]))


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Two or three quarters of one to three blocks in which people come and go, and some are naturalised."""
    where = geography(draw(st.lists(st.integers(1, 3), min_size=2, max_size=3)))
    blocks = [area.key for area in where.finest.areas]
    new, gone = ({block: draw(_SIZES) for block in blocks} for _ in range(2))
    naturalised = {block: draw(st.sampled_from([0, 1, 3, 6, 6, 12, 30])) for block in blocks}
    families = {block: n for block, n in naturalised.items() if draw(st.booleans())}
    return town(where, new, gone, naturalised, families)


@given(towns())
@settings(SOME, max_examples=40)
def test_hidden_naturalised_have_room_wherever_they_are(published: Town) -> None:
    for level, area, low, high in intervals(published):
        assert high - low >= PROTECTION.min_cell - 1e-6, (level, area)
