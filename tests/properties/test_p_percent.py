"""The p% rule: who lives at the second largest address of a figure must not tell the largest too closely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_towns import CHAINS, PROTECTION, TOWN, geography, tables, towns

from vielfalt import programme
from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure import protect, protect_with_room, recomputable
from vielfalt.figures.disclosure.addresses import two_largest
from vielfalt.figures.disclosure.changing import change
from vielfalt.figures.disclosure.county import TownPart, protect_county
from vielfalt.figures.disclosure.primary import at_one_address
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.methods import CellKey, Suppression
from vielfalt.vault.totals import totals

_SOME = settings(max_examples=40, suppress_health_check=list(HealthCheck), derandomize=True)
_RULE = replace(PROTECTION, p_percent=25)
Parts = list[tuple[int, list[int]]]
"""Parts of cells: the number of the cell, and how many live at each address of the part."""
_PARTS = st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(1, 9), min_size=1, max_size=4)), max_size=12)


@pytest.mark.parametrize(
    ("figure", "largest", "second", "p", "told"),
    [
        (100, 50, 45, 10, False),  # 5 others, and p per cent of the largest are 5: the border is safe
        (99, 50, 45, 10, True),
        (100, 51, 45, 10, True),
        (100, 51, 45, 9, True),
        (100, 51, 45, 7, False),
        (99, 90, 0, 10, False),  # without a second one it is dominance: largest > figure / (1 + p %)
        (98, 90, 0, 10, True),
        (50, 20, 20, 50, False),
        (49, 20, 20, 50, True),
        (12, 6, 6, 1, True),
        (12, 6, 6, 0, False),  # off
        (6, 6, 0, 0, False),
        (50, 0, 0, 100, False),  # nobody knows addresses
        (0, 0, 0, 100, False),
        (199, 100, 0, 100, True),
        (200, 100, 0, 100, False),
    ],
)
def test_the_rule_and_its_borders(figure: int, largest: int, second: int, p: int, told: bool) -> None:
    rules = replace(PROTECTION, dominance=1.0, p_percent=p)
    assert at_one_address(np.array([figure]), np.array([[largest], [second]]), rules).tolist() == [told]


@given(_PARTS)
@_SOME
def test_the_two_largest_of_all_parts_are_found(parts: Parts) -> None:
    place = np.array([cell for cell, _ in parts], dtype=np.int64)
    frame = pl.DataFrame([_largest(addresses) for _, addresses in parts], _MEASURES, orient="row")
    found = two_largest(frame, place, (2, 2)).reshape(2, 4).T.tolist()
    assert found == [list(_largest(addresses)) for addresses in _joined(parts)]


@given(_PARTS.filter(bool))
@_SOME
def test_the_town_as_a_whole_has_the_two_largest_of_its_areas(parts: Parts) -> None:
    rows = [
        (f"B{number}", str(cell), sum(addresses), 0, *_largest(addresses))
        for number, (cell, addresses) in enumerate(parts)
    ]
    names = {"area": pl.String, "foreigner": pl.String, "n": pl.Int64, "key_sum": pl.Int64, **_MEASURES}
    cells = Cells(programme.table("foreigner"), pl.DataFrame(rows, names, orient="row"))
    found = {int(cell): (n, top, second) for cell, n, _, top, second in totals(cells).iter_rows()}
    wanted = {cell: (sum(all_of), *_largest(all_of)) for cell, all_of in enumerate(_joined(parts)) if all_of}
    assert found == wanted


_MEASURES = {"top": pl.Int64, "second": pl.Int64}


def _largest(addresses: list[int]) -> tuple[int, int]:
    first, second, *_ = [*sorted(addresses, reverse=True), 0, 0]
    return first, second


def _joined(parts: Parts) -> list[list[int]]:
    return [[n for at, addresses in parts if at == cell for n in addresses] for cell in range(4)]


@given(towns())
@_SOME
def test_no_figure_is_shown_that_tells_of_an_address(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    shown, _ = protect_with_room(cells, where, _RULE)
    assert told(shown, cells, where, _RULE) == []
    assert recomputable(shown, cells, where, _RULE).is_empty()


def told(
    shown: Mapping[str, ProtectedCells], cells: Mapping[str, Cells], where: Geography, rules: Protection
) -> list[tuple[str, ...]]:
    """The figures shown that tell of an address by one of the two rules, written out for one figure at a time."""
    found = []
    for id, table in shown.items():
        for level in ("town", *(level.id for level in where.levels)):
            counts, at = _figures(cells[id], where, level)
            for area, *category, value in table.frame.filter(pl.col("level") == level).drop("level", "status").rows():
                key = area, *category
                first, second = _largest(at[key])
                dominated = first > rules.dominance * counts[key]
                near = counts[key] - first - second < rules.p_percent / 100 * first
                if value and (dominated or near):
                    found.append((id, level, *key))
    return found


def _figures(
    cells: Cells, where: Geography, level: str
) -> tuple[Mapping[tuple[str, ...], int], Mapping[tuple[str, ...], list[int]]]:
    """The true figures of a level and the addresses in each."""
    above = where.ancestors(level)
    counts: dict[tuple[str, ...], int] = defaultdict(int)
    at: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in cells.frame.iter_rows(named=True):
        if level == "town" or row["area"]:
            key = above.get(row["area"], TOWN.key), *(row[name] for name in cells.table.dimensions)
            counts[key] += row["n"]
            at[key] += [row["top"], row["second"]]
    return counts, at


def two_shelters() -> tuple[dict[str, Cells], Geography]:
    """Of 92 people of a nationality in a block 48 live in one shelter and 44 in another: none has three quarters."""
    where = geography([1, 1, 1])
    counts = np.array([[200] * 5 + [60, 48, 44, 90, 40], *[[200] * 5 + [60, 50, 40, 90, 40]] * 2, [0] * 10])
    addresses = np.zeros(counts.shape, dtype=np.int64)
    addresses[0, 6:8] = 1, 2
    return tables(counts, addresses, where, CHAINS), where


def test_two_shelters_in_a_block_are_hidden_by_this_rule_alone() -> None:
    cells, where = two_shelters()
    here = (pl.col("level") == "block") & (pl.col("area") == "Q0B0") & (pl.col("nationality") == "163")
    before = protect(cells, where, PROTECTION)["nationality"]
    after = protect(cells, where, replace(PROTECTION, p_percent=10))
    assert before.frame.filter(here)["value"].item() == 92
    assert after["nationality"].frame.filter(here)["value"].item() is None
    # Nor can it be computed from the figures around it.
    assert after["nationality"].frame.filter(pl.col("level") == "block")["value"].null_count() >= 4


def test_larger_numbers_stay_out_where_numbers_are_changed() -> None:
    cells, where = two_shelters()
    method = CellKey(largest_shift=5, variance=3.0, smallest=3)
    here = (pl.col("level") == "block") & (pl.col("area") == "Q0B0") & (pl.col("nationality") == "163")
    hidden = [
        change(cells, where, replace(PROTECTION, p_percent=p), method)["nationality"]
        .frame.filter(here)["status"]
        .item()
        for p in (0, 10)
    ]
    assert hidden == ["estimated", "suppressed"]


@pytest.mark.parametrize(("p", "shown"), [(0, True), (10, True), (80, False)])
def test_a_county_tells_no_sum_of_its_towns_that_tells_of_an_address(p: int, shown: bool) -> None:
    """Three towns hide their figure: 40 of 92 live at the largest address, 30 at that of another town."""
    rules = replace(PROTECTION, p_percent=p)
    keys = ("05999001", "05999002", "05999003")
    where = Geography(
        Area("05999", "County", ""),
        (AreaLevel("municipality", "Towns", tuple(Area(key, key, "05999") for key in keys)),),
    )
    numbers = ((41, 40, 0), (31, 30, 0), (20, 1, 1))
    parts = [_town(key, *figure, rules) for key, figure in zip(keys, numbers, strict=True)]
    found = protect_county(parts, where, rules, Suppression(), {})["residents"].frame
    assert (found.filter(pl.col("level") == "town")["status"].item() == "ok") == shown


def _town(key: str, n: int, top: int, second: int, rules: Protection) -> TownPart:
    table = programme.table("residents")
    frame = pl.DataFrame({"area": [key], "n": [n], "key_sum": [0], "top": [top], "second": [second]})
    hidden = pl.DataFrame({"level": ["town"], "area": [key], "value": [None], "status": ["suppressed"]})
    shown = ProtectedCells(table, hidden.cast({"value": pl.Int64}), "", rules)
    return TownPart(key, {"residents": Cells(table, frame)}, {"residents": shown})


def test_releases_from_before_the_rule_are_read_as_made_without_it() -> None:
    values = dict(PROTECTION.as_dict())
    del values["p_percent"]
    assert Protection.of(values) == PROTECTION
