"""The audit sets every printed index against the published figures: none is told that rests on them, every other is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from audited_releases import FOUR, over_quarters, plain, release, with_value, without_foreigners
from small_towns import ALL_TABLES, PROTECTION, TOWN, geography, tables

from vielfalt.audit.index_values import shares
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.errors import DeliveryError
from vielfalt.figures.disclosure import protect, protect_with_room
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices.compute import indices, with_interval
from vielfalt.figures.indices.evenness import dissimilarity
from vielfalt.figures.indices.exposure import isolation
from vielfalt.figures.indices.local import entropy_diversity
from vielfalt.figures.indices.notes import LEFT_OUT, MERGED, MERGED_BEFORE, MORE_BY_COARSER, TOGETHER, at_least
from vielfalt.geography import Geography
from vielfalt.numbers import Floats
from vielfalt.words import LANGUAGES, Words

RESIDENTS = [n + m for n, m in FOUR.values()]
OVER_AREAS = ("isolation", "segregation_index", "dissimilarity")
Place = tuple[str, str, tuple[str, ...]]


def told(where: Geography, shown: Mapping[str, ProtectedCells], *printed: IndexValue) -> list[Place]:
    """Table, area and category of what the values tell."""
    tried, found = shares(release(where, shown, indices=printed))
    assert tried == sum(index.value is not None for index in printed)
    return [(each.key.table, each.key.area, each.key.category) for each in found]


def drawn(seed: int, outside: int) -> tuple[Geography, dict[str, Cells]]:
    """A town at random; so many of each kind at most live in no area."""
    draw = np.random.default_rng(seed)
    where = geography(draw.integers(1, 4, size=draw.integers(3, 6)).tolist())
    counts = draw.poisson(draw.gamma(0.6, 25.0, size=(len(where.finest.areas) + 1, 10)))
    counts[-1] = draw.integers(0, outside + 1, size=10)
    return where, tables(counts, np.zeros(counts.shape, bool), where, ALL_TABLES)


def possible(proof: pl.DataFrame, cells: Mapping[str, Cells], level: str) -> list[dict[str, Cells]]:
    """The towns in which a release could as well have been made: each whole solution of its sums, instead of the truth.

    Hidden figures of the finest areas differ; what is shown, and who lives in no area, is the same.
    """
    found = []
    for name in (name for name in proof.columns if name.startswith("solution_")):
        numbers = proof[name].to_numpy()
        if np.abs(numbers - numbers.round()).max(initial=0) < 1e-6:
            here = proof.with_columns(n=pl.Series(numbers.round()).cast(pl.Int64)).filter(pl.col("level") == level)
            found.append({id: instead(each, here.filter(pl.col("table") == id)) for id, each in cells.items()})
    return found


def instead(cells: Cells, numbers: pl.DataFrame) -> Cells:
    """The cells of a table with other numbers in some places."""
    dimensions, keys = cells.table.dimensions, ["area", *cells.table.dimensions]
    named = numbers.with_columns(pl.col("category").str.split_exact(" ", max(len(dimensions) - 1, 0)))
    places = named.unnest("category").select("area", *(pl.nth(3 + n).alias(d) for n, d in enumerate(dimensions)), "n")
    both = cells.frame.join(places, on=keys, how="full", coalesce=True, suffix="_other")
    counted = both.with_columns(n=pl.coalesce("n_other", "n")).filter(pl.col("n") > 0)
    return Cells(cells.table, counted.select(cells.frame.columns).fill_null(0))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_hidden_figures_are_the_same_indices_are_printed(seed: int) -> None:
    """Values, those that are refused and why, and intervals: an index that another truth would change tells of it."""
    where, counted = drawn(seed, 3)
    shown, proof = protect_with_room(counted, where, PROTECTION)
    printed = indices(counted, shown, where, PROTECTION)
    others = possible(proof.frame, counted, where.finest.id)
    assert len(others) > 3 and sum(index.value is not None for index in printed) > 50
    for each in others:
        assert sum(set(table.frame.iter_rows()) != set(counted[id].frame.iter_rows()) for id, table in each.items()) > 2
        assert indices(each, shown, where, PROTECTION) == printed


@pytest.mark.parametrize("id", OVER_AREAS)
def test_an_index_over_single_hidden_areas_is_told_although_the_town_shows_the_group(id: str) -> None:
    """Two quarters hide 30 and 20 foreigners of 50 together. The index over all four leaves few numbers for the 30."""
    where, shown = without_foreigners("Q0", "Q0B0", "Q3", "Q3B0")
    careless = over_quarters(id, [30, 40, 50, 20], RESIDENTS)
    fit = [n for n in range(51) if over_quarters(id, [n, 40, 50, 50 - n], RESIDENTS).value == careless.value]
    assert 30 in fit and len(fit) < PROTECTION.min_cell
    assert told(where, shown, careless) == [("foreigner", "Q0", ("foreign",))]
    together = over_quarters(id, [40, 50, 50], [120, 120, 200])
    assert together.value != careless.value
    assert told(where, shown, together) == []


def test_an_interval_of_other_areas_than_the_value_is_told() -> None:
    """It is drawn by a known seed, so it says as much as the value. All live in an area here."""
    where, shown = without_foreigners("Q0", "Q0B0", "Q3", "Q3B0")
    both = np.array([[40, 50, 50], [80, 70, 150]], dtype=float).T
    value, low, high = with_interval(both, lambda drawn: np.array([dissimilarity(drawn[:, 0], drawn[:, 1])]))
    ends = round(float(low[0]), 3), round(float(high[0]), 3)
    right = over_quarters("segregation_index", [40, 50, 50], [120, 120, 200])
    assert round(float(value[0]), 3) == right.value
    assert told(where, shown, replace(right, low=ends[0], high=ends[1])) == []
    other = replace(right, low=ends[0], high=round(ends[1] + 0.002, 3))
    assert told(where, shown, other) == [("foreigner", "Q0", ("foreign",))]


def test_an_index_over_finer_areas_than_it_says_is_told() -> None:
    """All quarters are shown; the blocks of two are not, which nobody can subtract."""
    where = geography([2, 1, 1])
    counts = np.zeros((5, 10), dtype=np.int64)
    counts[:4, 0], counts[:4, 5] = (50, 70, 60, 90), (40, 10, 30, 20)
    shown = protect(tables(counts, counts < 0, where, ("residents", "foreigner")), where, PROTECTION)
    for area in ("Q0B0", "Q0B1"):
        for category in ("german", "foreign"):
            shown["foreigner"] = with_value(shown["foreigner"], area, category, None)
    over_blocks = over_quarters("isolation", [40, 10, 30, 20], [90, 80, 90, 110])
    over_all = over_quarters("isolation", [50, 30, 20], [170, 90, 110])
    assert told(where, shown, over_blocks) == [("foreigner", TOWN.key, ("foreign",))]
    assert told(where, shown, over_all) == []


def test_a_quotient_that_the_figures_shown_do_not_give_is_told() -> None:
    where, shown = plain(FOUR)
    right = IndexValue("location_quotient", "foreigner", "quarter", "foreign", "Q0", round(30 / 90 / (140 / 440), 3), 4)
    assert told(where, shown, right) == []
    assert told(where, shown, replace(right, value=1.049)) == [("foreigner", "Q0", ("foreign",))]


@pytest.mark.parametrize("area", ["Q0", ""])
def test_a_diversity_that_tells_hidden_groups_apart_is_told(area: str) -> None:
    """Two groups of 8 and 22 are hidden, of which 30 people are left."""
    where = geography([1, 1, 1])
    counts = np.zeros((4, 10), dtype=np.int64)
    counts[:3, [0, 5, 8]] = [[60, 8, 22], [80, 25, 40], [70, 30, 50]]
    ids = ("residents", "foreigner", "nationality_group")
    shown = protect(tables(counts, counts < 0, where, ids), where, PROTECTION)
    table = shown["nationality_group"]
    place = area or TOWN.key
    groups = table.frame.filter(area=place)["nationality_group"].to_list()
    everyone = counts[0] if area else counts.sum(axis=0)
    for group in groups[1:]:
        table = with_value(table, place, group, None)
    shown["nationality_group"] = table
    level = "quarter" if area else "town"

    def printed(numbers: list[int]) -> IndexValue:
        value = round(entropy_diversity(np.array(numbers, dtype=float)) or 0, 3)
        return IndexValue("entropy_diversity", "nationality_group", level, "", area, value, 3)

    one, two, three = (int(everyone[kind]) for kind in (0, 5, 8))
    assert told(where, shown, printed([one, two, three])) == [("nationality_group", place, (groups[1],))]
    assert told(where, shown, printed([one, two + three, *[0] * (len(groups) - 2)])) == []


@pytest.mark.parametrize("seed", range(12))
def test_no_index_of_the_program_is_told(seed: int) -> None:
    where, counted = drawn(seed, 3)
    shown = protect(counted, where, PROTECTION)
    printed = indices(counted, shown, where, PROTECTION)
    assert sum(index.value is not None for index in printed) > 10
    assert told(where, shown, *printed) == []


UNPROTECTED = replace(PROTECTION, min_cell=1, min_cell_fine=1, min_area=1, dominance=1)


def one_by_one(shown: Mapping[str, ProtectedCells], index: IndexValue) -> float | None:
    """The index from unprotected figures over all areas, however small; of one area, over all groups of the table."""
    if index.index == "entropy_diversity":
        place = index.area or TOWN.key
        return entropy_diversity(shown[index.table].frame.filter(area=place)["value"].to_numpy().astype(float))

    def counts(table: str, category: str = "") -> Floats:
        rows = shown[table].frame.filter(level=index.level)
        here = rows.filter(pl.col(table) == category) if category else rows
        return here.sort("area")["value"].to_numpy().astype(float)

    group, everyone = counts(index.table, index.group), counts("residents")
    if index.index == "isolation":
        return isolation(group, everyone)
    return dissimilarity(
        group, counts("mh_register", "without") if index.index == "dissimilarity" else everyone - group
    )


def test_a_least_value_is_never_above_the_index_over_all_areas_and_groups_one_by_one() -> None:
    """Nor below that of a coarser level, and it has no upper end (towns in which all live in an area)."""
    bounds, withdrawn = 0, 0
    for seed in range(12):
        where, counted = drawn(seed, 0)
        open_ = protect(counted, where, UNPROTECTED)
        largest: dict[tuple[str, ...], float] = {}
        for each in indices(counted, protect(counted, where, PROTECTION), where, PROTECTION):
            key = each.index, each.table, each.group, each.area
            withdrawn += each.note == MORE_BY_COARSER
            if each.value is None or each.note == LEFT_OUT:
                continue
            if at_least(each.note):
                bounds += 1
                assert each.high is None
                assert each.value <= (one_by_one(open_, each) or 0) + 0.0005 + 1e-9
                assert each.area or each.value >= largest.get(key, 0)
            largest[key] = max(each.value, largest.get(key, 0))
    assert bounds > 100 and withdrawn > 3


def test_a_note_tells_a_bound_in_every_language() -> None:
    for language in LANGUAGES:
        assert at_least(Words(language)(TOGETHER)) and at_least(Words(language)(MERGED))
        assert not at_least(Words(language)(LEFT_OUT)) and not at_least(Words(language)(MERGED_BEFORE))


@pytest.mark.parametrize(("outside", "part"), [(0, 1.0), (3, 0.75)])
def test_indices_over_true_figures_are_told(outside: int, part: float) -> None:
    """Towns at random with indices computed as if nothing were hidden, wherever that gives another number.

    How many residents have no area follows for most groups.
    """
    tried, found = 0, 0
    for seed in range(6):
        where, counted = drawn(seed, outside)
        shown = protect(counted, where, PROTECTION)
        everything = protect(counted, where, UNPROTECTED)
        stated = {_of(each): each.value for each in indices(counted, shown, where, PROTECTION)}
        for each in indices(counted, everything, where, PROTECTION):
            careful = stated.get(_of(each))
            if None not in (careful, each.value) and careful != each.value:
                tried += 1
                found += bool(told(where, shown, each))
    assert tried > 50
    assert found >= part * tried


def _of(index: IndexValue) -> tuple[str, ...]:
    return index.index, index.table, index.level, index.group, index.area


def test_an_index_that_this_program_does_not_know_is_named() -> None:
    """A package of another version may state one; nothing can be said of it."""
    where, shown = plain(FOUR)
    with pytest.raises(DeliveryError, match="unheard_of"):
        told(where, shown, replace(over_quarters("isolation", [30, 40, 50, 20], RESIDENTS), index="unheard_of"))
