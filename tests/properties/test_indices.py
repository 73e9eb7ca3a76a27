"""Indices: reference values, invariants, and that they state nothing that is hidden."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_towns import PROTECTION, Counts, cells_of, geography

from vielfalt import programme
from vielfalt.cells import Cells
from vielfalt.figures.disclosure import protect
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import ALL, index, indices, notes
from vielfalt.figures.indices.evenness import dissimilarity, segregation_index
from vielfalt.figures.indices.exposure import isolation
from vielfalt.figures.indices.local import entropy_diversity, location_quotient
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.numbers import Floats
from vielfalt.table import Table

SACRAMENTO = Path(__file__).resolve().parents[3] / "shared" / "data" / "segregation" / "sacramento" / "sacr_groups.csv"
ORIGIN = Table("origin", "Origin", ("origin",), ("residents",), parent="residents")
OVER_AREAS = {"dissimilarity", "segregation_index", "isolation"}


@pytest.fixture(scope="module")
def tracts() -> Mapping[str, Floats]:
    """White, Black, Asian and Hispanic residents of the census tracts of Sacramento 2000 (PySAL's test data)."""
    if not SACRAMENTO.exists():
        pytest.skip("no reference data beside the checkout")
    with SACRAMENTO.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([float(row[name]) for row in rows]) for name in ("WHITE", "BLACK", "ASIAN", "HISP", "TOT_POP")
    }


def test_reference_values_of_sacramento(tracts: Mapping[str, Floats]) -> None:
    """PySAL segregation 2.5.4; the same in R segregation to 15 digits."""
    group, total = tracts["HISP"], tracts["TOT_POP"]
    assert segregation_index(group, total) == pytest.approx(0.32184656076566864, abs=1e-14)
    assert dissimilarity(group, total - group) == segregation_index(group, total)
    assert isolation(group, total) == pytest.approx(0.2319615486459151, abs=1e-14)
    four = np.array([tracts[name].sum() for name in ("WHITE", "BLACK", "ASIAN", "HISP")])
    assert (entropy_diversity(four) or 0) * math.log(4) == pytest.approx(0.9733112243997906, abs=1e-14)


Town = tuple[Floats, Floats]
"""Members of a group, and residents, per area."""


@st.composite
def two_groups(draw: st.DrawFn) -> Town:
    pairs = draw(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 900)), min_size=2, max_size=12))
    group, others = (np.array(values, dtype=float) for values in zip(*pairs, strict=True))
    return group, group + others


def all_values(town: Town) -> dict[str, float | None]:
    group, total = town
    return {
        "dissimilarity": dissimilarity(group, total - group),
        "segregation_index": segregation_index(group, total),
        "isolation": isolation(group, total),
        "entropy_diversity": entropy_diversity(np.array([group.sum(), (total - group).sum()])),
    }


def same(left: Mapping[str, float | None], right: Mapping[str, float | None]) -> bool:
    return all(
        (left[name] is None) == (right[name] is None)
        and (left[name] or 0) == pytest.approx(right[name] or 0, abs=1e-12)
        for name in left
    )


@given(two_groups())
def test_bounds(town: Town) -> None:
    group, total = town
    values = all_values(town)
    assert all(value is None or 0 <= value <= 1 + 1e-12 for value in values.values())
    if values["isolation"] is not None:
        assert values["isolation"] >= group.sum() / total.sum() - 1e-12


@given(two_groups(), st.randoms(use_true_random=False), st.integers(2, 9))
def test_invariants(town: Town, random: st.DataObject, factor: int) -> None:
    """Order of areas, scaling, an area split evenly, an empty area: none of them changes an index."""
    group, total = town
    values = all_values(town)
    order = list(range(len(group)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert same(values, all_values((group[order], total[order])))
    assert same(values, all_values((group * factor, total * factor)))
    assert same(values, all_values((np.append(group, 0), np.append(total, 0))))
    parts = np.ones(len(group))
    parts[0] = factor
    assert same(
        values, all_values((np.repeat(group / parts, parts.astype(int)), np.repeat(total / parts, parts.astype(int))))
    )


@given(two_groups())
def test_areas_counted_as_one_never_raise_an_index(town: Town) -> None:
    group, total = town
    whole = all_values(town)
    merged = all_values((np.append(group[2:], group[:2].sum()), np.append(total[2:], total[:2].sum())))
    assert all((merged[name] or 0) <= (whole[name] or 0) + 1e-12 for name in OVER_AREAS)


def test_empty_groups_and_areas_have_no_value() -> None:
    nobody, somebody = np.zeros(3), np.array([5.0, 0.0, 9.0])
    assert dissimilarity(nobody, somebody) is None
    assert dissimilarity(somebody, nobody) is None
    assert segregation_index(somebody, somebody) is None
    assert isolation(nobody, somebody) is None
    assert entropy_diversity(np.zeros(4)) is None
    assert entropy_diversity(np.array([7.0])) is None
    assert np.isnan(location_quotient(somebody, np.array([10.0, 0.0, 10.0]), 14, 20)).tolist() == [False, True, False]
    assert np.isnan(location_quotient(nobody, somebody, 0, 14)).all()


def test_extremes() -> None:
    assert segregation_index(np.array([10.0, 0.0]), np.array([10.0, 30.0])) == 1
    assert segregation_index(np.array([10.0, 20.0]), np.array([20.0, 40.0])) == 0
    assert isolation(np.array([10.0, 0.0]), np.array([10.0, 30.0])) == 1
    assert entropy_diversity(np.array([5.0, 5.0, 5.0])) == pytest.approx(1)
    assert entropy_diversity(np.array([5.0, 0.0, 0.0])) == 0
    assert location_quotient(np.array([30.0]), np.array([100.0]), 100, 1000).tolist() == [3]


def test_the_catalogue_names_each_index_once() -> None:
    assert len({entry.id for entry in ALL}) == len(ALL)
    assert index("isolation").id == "isolation"


def town(group: list[int], others: list[int], min_cell: int = 5) -> tuple[tuple[IndexValue, ...], dict[str, Cells]]:
    """The indices of a town whose quarters have so many members of a group and so many others."""
    where = geography([1] * len(group))
    counts: Counts = {(f"Q{place}B0", "here"): n for place, n in enumerate(others)}
    counts |= {(f"Q{place}B0", "abroad"): n for place, n in enumerate(group)}
    totals: Counts = {(f"Q{place}B0",): n + group[place] for place, n in enumerate(others)}
    cells = {
        "residents": cells_of(programme.table("residents"), totals),
        "origin": cells_of(ORIGIN, counts),
    }
    rules = replace(PROTECTION, min_cell=min_cell)
    return indices(cells, protect(cells, where, rules), where, rules), cells


def value(found: tuple[IndexValue, ...], id: str, group: str = "abroad", area: str = "") -> IndexValue:
    (only,) = (
        entry for entry in found if (entry.index, entry.group, entry.area, entry.level) == (id, group, area, "quarter")
    )
    return only


def test_an_imported_table_is_compared_with_everyone_else() -> None:
    found, _ = town([30, 60, 90], [100, 100, 400])
    expected = segregation_index(np.array([30.0, 60, 90]), np.array([130.0, 160, 490])) or 0
    assert value(found, "dissimilarity").value == value(found, "segregation_index").value == round(expected, 3)
    assert value(found, "dissimilarity").areas == 3
    assert value(found, "dissimilarity").note == ""
    assert value(found, "location_quotient", area="Q1").value == round((60 / 160) / (180 / 780), 3)


def test_an_interval_leaves_out_what_chance_adds() -> None:
    """Thirty quarters in which the group is spread by lot alone, and thirty that are divided."""
    spread = np.random.default_rng(5).binomial(120, 0.4, 30).tolist()
    even, _ = town(spread, [120 - n for n in spread])
    by_lot = value(even, "segregation_index")
    assert by_lot.value is not None and by_lot.low is not None and by_lot.high is not None
    assert by_lot.low < by_lot.high < by_lot.value, "all of it is chance"
    divided, _ = town([20, 100] * 15, [100, 20] * 15)
    for id in OVER_AREAS:
        found = value(divided, id)
        assert found.value is not None and found.low is not None and found.high is not None
        assert 0.6 < found.low < found.value < found.high < 0.85
        assert found == value(town([20, 100] * 15, [100, 20] * 15)[0], id), "the same figures give the same interval"
    assert value(divided, "location_quotient", area="Q1").low is None
    assert value(town([3, 2, 2], [100, 100, 400])[0], "isolation").low is None


def test_a_hidden_figure_cannot_be_told_from_an_index() -> None:
    """Two towns that publish the same figures state the same indices, whatever is hidden."""
    one, cells = town([3, 40, 90, 80, 80], [100, 103, 400, 300, 250])
    other, _ = town([2, 41, 90, 80, 80], [101, 102, 400, 300, 250])
    assert cells["origin"].frame["n"].min() == 3
    assert one == other
    assert value(one, "isolation").areas == 4
    assert value(one, "isolation").note == notes.TOGETHER


@pytest.mark.parametrize(
    ("group", "others", "note"),
    [
        ([3, 2, 2], [100, 100, 400], notes.FEW_AREAS),
        ([0, 5, 0, 0], [100, 100, 100, 100], notes.SMALL_GROUP),
        ([200], [10], notes.FEW_AREAS),
    ],
)
def test_a_value_that_must_not_be_stated_says_why(group: list[int], others: list[int], note: str) -> None:
    found, _ = town(group, others)
    assert (value(found, "isolation").value, value(found, "isolation").note) == (None, note)


def test_an_index_without_most_of_the_group_is_not_stated() -> None:
    found, _ = town([3, 100, 0, 0, 0], [100, 100, 400, 400, 400])
    assert value(found, "isolation").note == notes.MOSTLY_HIDDEN
    assert value(found, "isolation").value is None


def hidden_by_hand(cells: Mapping[str, Cells], places: set[str]) -> tuple[IndexValue, ...]:
    """The indices where all origins are hidden in some areas."""
    where = geography([1] * 4)
    protected = protect(cells, where, PROTECTION)
    here = pl.col("area").is_in(places)
    frame = protected["origin"].frame.with_columns(
        value=pl.when(here).then(None).otherwise("value"),
        status=pl.when(here).then(pl.lit("suppressed")).otherwise("status"),
    )
    return indices(cells, {**protected, "origin": replace(protected["origin"], frame=frame)}, where, PROTECTION)


def test_where_the_town_hides_the_group_hidden_areas_are_left_out() -> None:
    """What they hold follows from nothing that is published, so two towns of other counts there state the same."""
    hidden = {"05999009", "Q0", "Q0B0"}
    one, other = (hidden_by_hand(town([n, 60, 90, 80], [130 - n, 100, 400, 300])[1], hidden) for n in (30, 12))
    assert one == other
    shown = np.array([60.0, 90, 80]), np.array([160.0, 490, 380])
    assert value(one, "isolation").value == round(isolation(*shown) or 0, 3)
    assert (value(one, "isolation").areas, value(one, "isolation").note) == (3, notes.LEFT_OUT)
    with_town = hidden_by_hand(town([30, 60, 90, 80], [100, 100, 400, 300])[1], hidden - {"05999009"})
    assert (value(with_town, "isolation").areas, value(with_town, "isolation").note) == (4, notes.TOGETHER)


def test_without_most_residents_there_is_no_index_either() -> None:
    hidden = {"05999009", "Q2", "Q2B0", "Q3", "Q3B0"}
    found = hidden_by_hand(town([30, 60, 90, 80], [100, 100, 400, 300])[1], hidden)
    assert (value(found, "isolation").value, value(found, "isolation").note) == (None, notes.MOSTLY_LEFT_OUT)


def test_small_areas_do_not_enter() -> None:
    found, _ = town([40, 50, 9], [400, 500, 15])
    assert value(found, "isolation").areas == 2
    assert not [entry for entry in found if entry.area == "Q2"]


def test_no_index_says_whether_an_area_of_hidden_size_is_large_enough() -> None:
    """A quarter of 15 hides the next larger one as well; a group that is shown as nobody there must not tell of it."""
    where = geography([1, 1, 1])
    sizes = {"Q0B0": 15, "Q1B0": 40, "Q2B0": 400}
    cells = {
        "residents": cells_of(programme.table("residents"), {(key,): n for key, n in sizes.items()}),
        "origin": cells_of(ORIGIN, {("Q2B0", "a"): 200, **{(key, "b"): min(n, 200) for key, n in sizes.items()}}),
    }
    protected = protect(cells, where, PROTECTION)
    hidden = protected["residents"].frame.filter(pl.col("value").is_null())["area"].to_list()
    assert {"Q0", "Q1"} <= set(hidden)
    nobody = (pl.col("area") == "Q1") & (pl.col("origin") == "a")
    frame = protected["origin"].frame.with_columns(
        value=pl.when(nobody).then(0).otherwise("value"),
        status=pl.when(nobody).then(pl.lit("ok")).otherwise("status"),
    )
    shown = {**protected, "origin": replace(protected["origin"], frame=frame)}
    found = indices(cells, shown, where, PROTECTION)
    assert not [entry for entry in found if entry.area in hidden]
    diverse = [entry for entry in found if (entry.index, entry.level) == ("entropy_diversity", "quarter")]
    assert [(entry.area, entry.areas) for entry in diverse] == [("Q2", 1)]


def test_diversity_counts_hidden_groups_as_one() -> None:
    where = geography([1, 1, 1])
    counts: Counts = {(f"Q{place}B0", key): 40 for place in range(3) for key in ("a", "b", "c", "d")}
    counts[("Q0B0", "a")] = 2
    totals: Counts = {(f"Q{place}B0",): 160 - (38 if place == 0 else 0) for place in range(3)}
    cells = {
        "residents": cells_of(programme.table("residents"), totals),
        "origin": cells_of(ORIGIN, counts),
    }
    found = indices(cells, protect(cells, where, PROTECTION), where, PROTECTION)
    areas = {entry.area: entry for entry in found if entry.index == "entropy_diversity" and entry.level == "quarter"}
    assert areas["Q0"].note == notes.MERGED
    assert areas["Q0"].value == round(entropy_diversity(np.array([40.0, 40, 42, 0])) or 0, 3)
    assert [entry.note for entry in areas.values()].count("") == 1
    (whole,) = (entry for entry in found if entry.index == "entropy_diversity" and entry.level == "town")
    assert whole.value == round(entropy_diversity(np.array([82.0, 120, 120, 120])) or 0, 3)


def test_programme_groups_are_compared_with_residents_without_migration_background() -> None:
    where = geography([1, 1])
    kinds = {"with": ([50, 90], "with"), "without": ([100, 300], "without"), "undeterminable": ([40, 20], "")}
    background: Counts = {(f"Q{place}B0", key): n for key, (line, _) in kinds.items() for place, n in enumerate(line)}
    totals: Counts = {(f"Q{place}B0",): sum(line[place] for line, _ in kinds.values()) for place in range(2)}
    cells = {
        "residents": cells_of(programme.table("residents"), totals),
        "mh_register": cells_of(programme.table("mh_register"), background),
    }
    found = indices(cells, protect(cells, where, PROTECTION), where, PROTECTION)
    expected = dissimilarity(np.array([50.0, 90]), np.array([100.0, 300])) or 0
    assert value(found, "dissimilarity", "with").value == round(expected, 3)
    assert value(found, "segregation_index", "with").value != round(expected, 3)


def test_without_residents_there_are_no_indices() -> None:
    where = Geography(Area("1", "Town", ""), (AreaLevel("quarter", "Quarters", (Area("Q0", "Quarter", "1"),)),))
    cells = {
        "origin": Cells(
            ORIGIN,
            pl.DataFrame({"area": ["Q0"], "origin": ["a"], "n": [900], "key_sum": [0], "top": [0], "second": [0]}),
        )
    }
    assert indices(cells, protect(cells, where, PROTECTION), where, PROTECTION) == ()
