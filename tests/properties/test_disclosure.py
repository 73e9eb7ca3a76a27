"""Disclosure control: what is hidden by which rule, and that nobody can compute it from what is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from linear_attack import intervals
from protected_towns import ORIGIN, examples, people, primaries_only, shown
from small_towns import (
    ALL_TABLES,
    CHAINS,
    PROTECTION,
    TOWN,
    WITH_STATUS,
    Counts,
    cells_of,
    geography,
    tables,
    towns,
)

from vielfalt import programme
from vielfalt.cells import Cells, Protection
from vielfalt.figures.disclosure import protect, recomputable
from vielfalt.figures.disclosure.attack import Attack, exposed
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.geography import Geography


@examples(120)
@given(towns())
def test_nothing_hidden_can_be_computed(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    found = recomputable(protect(cells, where, PROTECTION), cells, where, PROTECTION)
    assert found.is_empty(), found


@examples(20)
@given(towns(WITH_STATUS))
def test_every_hidden_number_has_room_by_linear_programming(town: tuple[dict[str, Cells], Geography]) -> None:
    """The theorem: what the published figures allow spans at least the minimum cell, however they are combined."""
    cells, where = town
    for found in intervals(cells, protect(cells, where, PROTECTION), where):
        assert found.low - 1e-6 <= found.value <= found.high + 1e-6
        assert found.high - found.low >= PROTECTION.min_cell - 1e-6, found


@examples(40)
@given(towns())
def test_no_published_value_is_wrong_or_small(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    for id, table in protect(cells, where, PROTECTION).items():
        smallest = PROTECTION.min_cell_fine if table.table.fine else PROTECTION.min_cell
        for level in ("town", *(level.id for level in where.levels)):
            above = where.ancestors(level)
            true = (
                cells[id]
                .frame.filter((pl.lit(level == "town")) | (pl.col("area") != ""))
                .with_columns(pl.col("area").replace_strict(above, default=TOWN.key, return_dtype=pl.Utf8))
                .group_by("area", *table.table.dimensions)
                .agg(pl.col("n").sum())
            )
            counts = {tuple(row[:-1]): row[-1] for row in true.iter_rows()}
            for key, value in shown(table, level).items():
                assert value is None or (value == counts.get(key, 0) and not 0 < value < smallest)


def test_the_check_catches_protection_without_secondary_suppression() -> None:
    where = geography([2, 1])
    cells = people({"Q0B0": {0: 50, 5: 3}, "Q0B1": {0: 60, 5: 8}, "Q1B0": {0: 70, 5: 9}}, where, CHAINS)
    found = recomputable(primaries_only(cells, where), cells, where, PROTECTION)
    told = {(row["table"], row["area"], row["category"], row["low"], row["high"]) for row in found.to_dicts()}
    assert ("foreigner", "Q0B0", "foreign", 3, 3) in told
    assert ("nationality", "Q0B0", "152", 3, 3) in told


def test_the_check_catches_a_crossing_that_follows_from_its_margins() -> None:
    where = geography([1, 1])
    cells = people({"Q0B0": {0: 50, 1: 60, 5: 40, 6: 3}, "Q1B0": {0: 50, 1: 60, 5: 40, 6: 30}}, where, ALL_TABLES)
    safe = protect(cells, where, PROTECTION)
    assert recomputable(safe, cells, where, PROTECTION).is_empty()
    only = (pl.col("level") != "town") & (pl.col("area").str.starts_with("Q0")) & (pl.col("age_class") == "0-17")
    only &= pl.col("mh_group") == "foreigner"
    whole = protect(cells, where, replace(PROTECTION, min_cell=1, min_cell_fine=1))["mh_group_by_age"].frame
    leaky = replace(
        safe["mh_group_by_age"],
        frame=whole.with_columns(
            value=pl.when(~only).then("value"),
            status=pl.when(only).then(pl.lit("suppressed")).otherwise(pl.lit("ok")),
        ),
    )
    found = recomputable({**safe, "mh_group_by_age": leaky}, cells, where, PROTECTION)
    assert ("mh_group_by_age", "foreigner 0-17", 3, 3) in set(found.select("table", "category", "low", "high").rows())


def rules_of_a_town() -> tuple[dict[str, Cells], Geography]:
    """Four from Kazakhstan and seven of unclear nationality, whom the rule A0 counts as well."""
    where = geography([1, 1])
    counts: dict[str, Counts] = {id: {} for id in ("residents", "foreigner", "nationality_group")}
    counts |= {"migration_status": {}, "migration_rule": {}}
    for block, unclear in (("Q0B0", 4), ("Q1B0", 3)):
        groups = {"germany": 100, "turkey": 30, "kazakhstan": 2, "unclear": unclear}
        counts["residents"][(block,)] = sum(groups.values())
        counts["foreigner"] |= {(block, "german"): 100, (block, "foreign"): sum(groups.values()) - 100}
        counts["nationality_group"] |= {(block, key): n for key, n in groups.items()}
        counts["migration_status"] |= {(block, "none"): 100, (block, "foreigner_born_abroad"): 32 + unclear}
        counts["migration_rule"] |= {(block, "N2"): 100, (block, "A1"): 32, (block, "A0"): unclear}
    return {id: cells_of(programme.table(id), of) for id, of in counts.items()}, where


def test_a_rule_does_not_tell_the_group_that_it_counts() -> None:
    cells, where = rules_of_a_town()
    found = protect(cells, where, PROTECTION)
    assert recomputable(found, cells, where, PROTECTION).is_empty()
    groups, rules = shown(found["nationality_group"], "town"), shown(found["migration_rule"], "town")
    assert groups[(TOWN.key, "kazakhstan")] is None
    assert (groups[(TOWN.key, "unclear")] is None) == (rules[(TOWN.key, "A0")] is None)
    counted = pl.col("migration_rule").replace_strict({"A1": 64, "A0": 7, "N2": 200}, return_dtype=pl.Int64)
    frame = found["migration_rule"].frame.with_columns(value=counted, status=pl.lit("ok"))
    careless = {**found, "migration_rule": replace(found["migration_rule"], frame=frame)}
    told = set(recomputable(careless, cells, where, PROTECTION).select("table", "category", "low", "high").iter_rows())
    assert ("nationality_group", "kazakhstan", 4, 4) in told


def test_a_crossing_that_would_tell_a_rule_is_hidden_around_that_figure_alone() -> None:
    """Three minors under U3 stand beside the shown 48 under U1 in a figure of 51: it is hidden, and no other crossing.

    What all crossings would lose otherwise is every figure by sex.
    """
    where = geography([1, 1])
    ids = ("residents", "mh_register", "mh_group", "migration_status", "migration_rule", "age_class", "sex")
    counts: dict[str, Counts] = {id: {} for id in (*ids, "mh_group_by_age", "mh_group_by_sex")}
    for block, few in (("Q0B0", 2), ("Q1B0", 1)):
        open_ = 24 + 15 + few
        counts["residents"][(block,)] = 500 + open_
        for id, none in (("mh_register", "without"), ("mh_group", "none"), ("migration_status", "none")):
            counts[id] |= {(block, none): 500, (block, "undeterminable"): open_}
        counts["migration_rule"] |= {(block, "N2"): 500, (block, "U1"): 24, (block, "U2"): 15, (block, "U3"): few}
        for crossing, dimension, keys, here in (
            ("mh_group_by_age", "age_class", ("0-17", "18-64"), ((100, 24 + few), (400, 15))),
            ("mh_group_by_sex", "sex", ("m", "w"), ((240, 20), (260, open_ - 20))),
        ):
            for key, (none_there, open_there) in zip(keys, here, strict=True):
                counts[dimension][block, key] = none_there + open_there
                counts[crossing] |= {(block, "none", key): none_there, (block, "undeterminable", key): open_there}
    cells = {id: cells_of(programme.table(id), of) for id, of in counts.items()}
    found = protect(cells, where, PROTECTION)
    assert recomputable(found, cells, where, PROTECTION).is_empty()
    rules = shown(found["migration_rule"], "town")
    assert [rules[(TOWN.key, rule)] for rule in ("U1", "U2", "U3")] == [48, None, None]
    by_age = shown(found["mh_group_by_age"], "town")
    assert by_age[(TOWN.key, "undeterminable", "0-17")] is None
    assert found["mh_group_by_sex"].frame["value"].null_count() == 0
    assert all(found[id].frame["value"].null_count() == 0 for id in ("mh_group", "age_class", "sex"))


def test_what_follows_whatever_is_hidden_of_crossings_costs_them_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack is made to tell a group of a block always: no crossing is to blame, and none loses a figure by it."""
    where = geography([2, 2])
    counts = {f"Q{quarter}B{block}": {0: 50, 1: 60, 5: 40, 6: 30} for quarter in (0, 1) for block in (0, 1)}
    cells = people({**counts, "Q0B0": {0: 50, 1: 60, 5: 40, 6: 3}}, where, ALL_TABLES)
    usual = protect(cells, where, PROTECTION)
    assert 0 < usual["mh_group_by_age"].frame["value"].null_count() < usual["mh_group_by_age"].frame.height

    def always(against: tuple[Attack, Attack], hidden: Mapping[str, Hidden], by: Protection) -> dict[str, Any]:
        found = dict(exposed(against, hidden, by))
        *coarser, (marks, low, high) = found["nationality_group"]
        always_told = marks.copy()
        always_told[0, 0] = True
        return {**found, "nationality_group": (*coarser, (always_told, low, high))}

    monkeypatch.setattr("vielfalt.figures.disclosure.crossings.exposed", always)
    for id, table in protect(cells, where, PROTECTION).items():
        assert table.frame.equals(usual[id].frame), id


@pytest.mark.parametrize("foreign", [0, 1, PROTECTION.min_cell - 1, PROTECTION.min_cell])
def test_the_smallest_figure_that_is_shown(foreign: int) -> None:
    where = geography([1, 1, 1])
    counts = {"Q0B0": {0: 100, 5: foreign}, "Q1B0": {0: 100, 5: 60}, "Q2B0": {0: 100, 5: 60}}
    groups = shown(protect(people(counts, where, CHAINS), where, PROTECTION)["foreigner"], "quarter")
    hidden = 0 < foreign < PROTECTION.min_cell
    assert groups[("Q0", "foreign")] == (None if hidden else foreign)
    assert sum(value is None for value in groups.values()) == (4 if hidden else 0)


@pytest.mark.parametrize("residents", [1, PROTECTION.min_area - 1, PROTECTION.min_area])
def test_the_smallest_area_that_is_shown(residents: int) -> None:
    where = geography([1, 1, 1])
    counts = {"Q0B0": {0: residents}, "Q1B0": {0: 100}, "Q2B0": {0: 100}}
    areas = shown(protect(people(counts, where, CHAINS), where, PROTECTION)["residents"], "quarter")
    hidden = residents < PROTECTION.min_area
    assert areas[("Q0",)] == (None if hidden else residents)
    assert sum(value is None for value in areas.values()) == (2 if hidden else 0)


def test_small_cells_get_partners_and_zeros_stay() -> None:
    where = geography([1, 1, 1])
    counts = {f"Q{place}B0": {0: 100, 5: 30, 7: 20 if place else 2} for place in range(3)}
    groups = shown(protect(people(counts, where, CHAINS), where, PROTECTION)["nationality_group"], "quarter")
    assert groups[("Q0", "turkey")] is None
    assert sum(value is None for value in groups.values()) == 4
    assert [groups[(f"Q{place}", "germany")] for place in range(3)] == [100, 100, 100]


def test_every_category_of_the_town_has_a_row_in_every_area() -> None:
    where = geography([2, 1])
    table = protect(people({"Q0B0": {0: 50, 5: 30}, "Q1B0": {0: 70}}, where, CHAINS), where, PROTECTION)["nationality"]
    assert table.frame.group_by("level", maintain_order=True).len().rows() == [
        ("town", 2),
        ("quarter", 4),
        ("block", 6),
    ]
    assert shown(table, "block")[("Q0B1", "152")] == 0
    assert shown(table, "town") == {(TOWN.key, "000"): 120, (TOWN.key, "152"): 30}


def test_all_of_a_small_area_is_hidden_with_a_partner() -> None:
    where = geography([1, 1, 1])
    counts = {"Q0B0": {0: 10, 1: 9}, "Q1B0": {0: 40, 1: 40}, "Q2B0": {0: 300, 1: 200}}
    protected = protect(people(counts, where, CHAINS), where, PROTECTION)
    assert shown(protected["residents"], "quarter") == {("Q0",): None, ("Q1",): None, ("Q2",): 500}
    assert {key[0] for key, value in shown(protected["age_class"], "block").items() if value is None} == {
        "Q0B0",
        "Q1B0",
    }


def test_an_area_where_nobody_lives_has_nothing_to_hide() -> None:
    where = geography([1, 1])
    residents = protect(people({"Q0B0": {0: 100}}, where, CHAINS), where, PROTECTION)["residents"]
    assert shown(residents, "quarter") == {("Q0",): 100, ("Q1",): 0}


def test_one_address_must_not_dominate_a_cell() -> None:
    where = geography([1, 1])
    counts = np.array([[200] * 5 + [60, 0, 0, 90, 40], [200] * 5 + [60, 0, 0, 90, 40], [0] * 10])
    together = np.zeros(counts.shape, dtype=bool)
    before = protect(tables(counts, together, where, CHAINS), where, PROTECTION)["nationality"]
    together[0, 8] = True
    after = protect(tables(counts, together, where, CHAINS), where, PROTECTION)["nationality"]
    assert shown(before, "quarter")[("Q0", "423")] == 90
    assert shown(after, "quarter")[("Q0", "423")] is None


def test_crossings_use_the_larger_minimum() -> None:
    where = geography([1, 1])
    counts = {f"Q{place}B0": {0: 100, 1: 200, 5: 40, 6: 7 + 8 * place} for place in range(2)}
    protected = protect(people(counts, where, ALL_TABLES), where, PROTECTION)
    assert shown(protected["mh_group_by_age"], "quarter")[("Q0", "foreigner", "0-17")] is None
    assert shown(protected["nationality"], "quarter")[("Q0", "163")] == 7


def test_residents_without_an_area_count_in_the_town_alone() -> None:
    where = geography([1, 1])
    protected = protect(people({"Q0B0": {0: 100}, "Q1B0": {0: 60}, "": {0: 7}}, where, CHAINS), where, PROTECTION)
    assert shown(protected["residents"], "town") == {(TOWN.key,): 167}
    assert sum(value or 0 for value in shown(protected["residents"], "quarter").values()) == 160


def test_the_only_area_within_an_area_has_the_same_status() -> None:
    where = geography([1, 2, 1])
    counts = {area.key: {0: 90, 5: 3 if area.key == "Q0B0" else 25, 8: 30} for area in where.finest.areas}
    groups = protect(people(counts, where, CHAINS), where, PROTECTION)["nationality_group"]
    quarters, blocks = shown(groups, "quarter"), shown(groups, "block")
    assert quarters[("Q0", "poland")] is None
    for key in ("germany", "poland", "afghanistan"):
        assert blocks[("Q0B0", key)] == quarters[("Q0", key)]


@examples(30)
@given(towns(WITH_STATUS))
def test_cells_of_the_same_people_are_hidden_together(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    protected = protect(cells, where, PROTECTION)
    for level in ("town", "quarter", "block"):
        left, right = shown(protected["foreigner"], level), shown(protected["mh_group"], level)
        for (area, key), value in left.items():
            if key == "foreign" and (area, "foreigner") in right:
                assert value == right[(area, "foreigner")]


def test_couples_and_the_people_in_them_are_hidden_together() -> None:
    where = geography([1, 1, 1])
    kinds = ("single", "couple_no_child", "couple_child")
    homes: Counts = {(f"Q{place}B0", key): 60 for place in range(3) for key in kinds}
    homes[("Q0B0", "couple_no_child")] = 3
    size = {"single": 1, "couple_no_child": 2, "couple_child": 4}
    persons: Counts = {(area, key): size[key] * number for (area, key), number in homes.items()}
    cells = {
        "residents": cells_of(programme.table("residents"), _totals(persons)),
        "household_type": cells_of(programme.table("household_type"), persons),
        "households": cells_of(programme.table("households"), _totals(homes)),
        "households_by_type": cells_of(programme.table("households_by_type"), homes),
    }
    protected = protect(cells, where, PROTECTION)
    assert shown(protected["households_by_type"], "quarter")[("Q0", "couple_no_child")] is None
    assert shown(protected["household_type"], "quarter")[("Q0", "couple_no_child")] is None
    assert recomputable(protected, cells, where, PROTECTION).is_empty()


def _totals(counts: Counts) -> Counts:
    found: dict[tuple[str, ...], int] = {}
    for (area, *_), n in counts.items():
        found[(area,)] = found.get((area,), 0) + n
    return found


def test_what_nobody_knows_is_suppressed_with_every_sum_that_contains_it() -> None:
    where = geography([2, 1])
    counts: Counts = {(f"Q{q}", key): 40 for q in ("0B0", "0B1", "1B0") for key in ("here", "there")}
    del counts[("Q0B0", "there")]
    residents: Counts = {(area.key,): 80 for area in where.finest.areas}
    cells = {"residents": cells_of(programme.table("residents"), residents), "origin": cells_of(ORIGIN, counts)}
    unknown = {"origin": pl.DataFrame({"area": ["Q0B0"], "origin": ["there"]})}
    origin = protect(cells, where, PROTECTION, unknown)["origin"]
    hidden = origin.frame.filter(pl.col("status") == "suppressed").select("level", "area", "origin").rows()
    assert hidden == [("town", TOWN.key, "there"), ("quarter", "Q0", "there"), ("block", "Q0B0", "there")]


@pytest.mark.parametrize("parent", ["", "residents"])
def test_a_table_without_its_total_is_protected_as_if_everyone_knew_it(parent: str) -> None:
    where = geography([1, 1, 1])
    table = replace(ORIGIN, parent=parent)
    counts: Counts = {(f"Q{place}B0", key): 40 for place in range(3) for key in ("a", "b", "c")}
    counts[("Q0B0", "a")] = 2
    values = shown(protect({"origin": cells_of(table, counts)}, where, PROTECTION)["origin"], "quarter")
    hidden = [key for key, value in values.items() if value is None]
    assert set(protect({"origin": cells_of(table, counts)}, where, PROTECTION)) == {"origin"}
    assert len(hidden) == 4
    assert len([key for key in hidden if key[0] == "Q0"]) == 2
    assert len([key for key in hidden if key[1] == "a"]) == 2


@examples(15)
@given(towns())
def test_the_order_of_rows_and_tables_does_not_matter(town: tuple[dict[str, Cells], Geography]) -> None:
    cells, where = town
    turned = {id: replace(cells[id], frame=cells[id].frame.reverse()) for id in reversed(cells)}
    first, second = protect(cells, where, PROTECTION), protect(turned, where, PROTECTION)
    assert all(first[id].frame.equals(second[id].frame) for id in cells)


def test_residents_alone_can_be_protected_and_checked() -> None:
    where = geography([1, 1])
    cells = {"residents": cells_of(programme.table("residents"), {("Q0B0",): 100, ("Q1B0",): 60, ("",): 3})}
    protected = protect(cells, where, PROTECTION)
    assert shown(protected["residents"], "quarter") == {("Q0",): 100, ("Q1",): 60}
    assert recomputable(protected, cells, where, PROTECTION).is_empty()


def test_a_table_that_counts_nobody_has_no_rows() -> None:
    where = geography([1, 1])
    cells = {
        "residents": cells_of(programme.table("residents"), {("Q0B0",): 100}),
        "foreigner": cells_of(programme.table("foreigner"), {}),
    }
    protected = protect(cells, where, PROTECTION)
    assert protected["foreigner"].frame.is_empty()
    assert recomputable(protected, cells, where, PROTECTION).is_empty()


def test_residents_that_nobody_knows_hide_the_town_too() -> None:
    where = geography([1, 1])
    cells = {"residents": cells_of(programme.table("residents"), {("Q0B0",): 100, ("Q1B0",): 60})}
    unknown = {"residents": pl.DataFrame({"area": ["Q0B0"]})}
    protected = protect(cells, where, PROTECTION, unknown)["residents"]
    assert shown(protected, "quarter") == {("Q0",): None, ("Q1",): 60}
    assert shown(protected, "town") == {(TOWN.key,): None}


def test_what_has_no_row_counts_as_hidden() -> None:
    where = geography([2, 1])
    cells = people({"Q0B0": {0: 50, 5: 40}, "Q0B1": {0: 60, 5: 30}, "Q1B0": {0: 70, 5: 90}}, where, CHAINS)
    protected = protect(cells, where, PROTECTION)
    assert all((table.frame["status"] == "ok").all() for table in protected.values())
    shorter = protected["foreigner"].frame.filter((pl.col("level") != "block") | (pl.col("area") != "Q0B0"))
    parts = {**protected, "foreigner": replace(protected["foreigner"], frame=shorter)}
    told = recomputable(parts, cells, where, PROTECTION)
    assert ("foreigner", "Q0B0", "foreign", 40, 40) in told.select("table", "area", "category", "low", "high").rows()


def test_an_unknown_area_is_refused() -> None:
    where = geography([1])
    with pytest.raises(KeyError, match="nowhere"):
        protect({"residents": cells_of(programme.table("residents"), {("nowhere",): 100})}, where, PROTECTION)
