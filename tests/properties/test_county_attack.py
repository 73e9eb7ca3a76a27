"""The county as an intruder sees it: its release beside those of its towns tells nothing that they hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from linear_attack import intervals
from small_towns import ALL_TABLES, CHAINS, PROTECTION, geography, tables

from vielfalt import programme
from vielfalt.audit import Release, attack_county
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.county.handing import check_same_run
from vielfalt.county.protecting import Known, Whole, protected_whole
from vielfalt.county.releasing import attacks_made
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure import TownPart, joined, protect_by, protect_county, tellable
from vielfalt.geography import TOWN, Area, AreaLevel, Geography
from vielfalt.methods import CellKey, Method, Rounding, Suppression
from vielfalt.publish.results import Results, Source, TownRelease
from vielfalt.vault.totals import keep_totals, read_totals, totals

COUNTY = "05999000"
SEEDS = range(6)
MEASURES = ("n", "key_sum", "top", "second")
CHANGING = (
    CellKey(largest_shift=5, variance=3.0, smallest=3),
    Rounding(5, by_chance=True),
    Rounding(5, by_chance=False),
)


@dataclass(frozen=True)
class Small:
    """A small county: its towns' parts and releases, and its own geography."""

    parts: Sequence[TownPart]
    releases: Sequence[Release]
    where: Geography


def small_county(seed: int, method: Method = Suppression()) -> Small:  # noqa: B008
    """Three to six towns at random, each protected by itself as it would publish."""
    draw = np.random.default_rng(seed)
    made = [town(f"05999{number:03}", draw, method) for number in range(1, int(draw.integers(4, 8)))]
    areas = tuple(Area(part.key, part.key, COUNTY) for part, _ in made)
    where = Geography(Area(COUNTY, "County", ""), (AreaLevel("municipality", "Towns", areas),))
    return Small([part for part, _ in made], [release for _, release in made], where)


def town(key: str, draw: np.random.Generator, method: Method) -> tuple[TownPart, Release]:
    own = geography(draw.integers(1, 4, size=draw.integers(1, 3)).tolist())
    quarters, blocks = own.levels
    own = Geography(
        Area(key, key, ""),
        (replace(quarters, areas=tuple(replace(area, parent=key) for area in quarters.areas)), blocks),
    )
    shape = (len(blocks.areas) + 1, 10)
    counts = draw.poisson(draw.gamma(0.5, 12.0, size=(1, 10)) * draw.gamma(1, 1, size=shape))
    counts[-1] = draw.integers(0, 3, size=10)
    cells = tables(counts, draw.random(shape) < 0.05, own, ALL_TABLES)
    shown, told, _ = protect_by(method, cells, own, PROTECTION)
    assert told.is_empty()
    return TownPart(key, {id: whole(each, key) for id, each in cells.items()}, shown), release(key, own, shown)


def whole(cells: Cells, key: str) -> Cells:
    """The cells of the town as the county gets them."""
    return Cells(cells.table, totals(cells).select(pl.lit(key).alias("area"), *cells.frame.columns[1:]))


def release(
    key: str, where: Geography, shown: Mapping[str, ProtectedCells], made_of: tuple[TownRelease, ...] = ()
) -> Release:
    source = Source(key, key, 20251231, "register", "", "")
    return Release("1", Results(source, where, shown, (), PROTECTION, made_of=made_of), 0)


def of_county(county: Small, shown: Mapping[str, ProtectedCells]) -> Release:
    return release(COUNTY, county.where, shown, tuple(TownRelease(part.key, "1", "") for part in county.parts))


def known(county: Small, method: Method) -> Known:
    return Known(
        county.parts, county.where, PROTECTION, method, county.releases, lambda shown: of_county(county, shown)
    )


@cache
def protected(seed: int) -> tuple[Small, Whole]:
    """The county of a seed with its tables as they would be released."""
    county = small_county(seed)
    return county, protected_whole(known(county, Suppression()))


def with_all_totals(county: Small) -> dict[str, ProtectedCells]:
    """The county as somebody would publish it who adds up the towns and thinks of nothing else."""
    cells = joined(county.parts)
    shown = protect_county(county.parts, county.where, PROTECTION, Suppression(), {})
    found = {}
    for id, each in shown.items():
        names = list(each.table.dimensions)
        sums = totals(cells[id]).select(*names, sum="n")
        frame = each.frame.join(sums, on=names, how="left", maintain_order="left") if names else each.frame
        frame = frame if names else frame.with_columns(sum=pl.lit(sums["sum"][0]))
        own = pl.col("level") == TOWN
        frame = frame.with_columns(
            value=pl.when(own).then(pl.col("sum").fill_null(0)).otherwise("value"),
            status=pl.when(own).then(pl.lit("ok")).otherwise("status"),
        )
        found[id] = replace(each, frame=frame.select(each.frame.columns))
    return found


@pytest.mark.parametrize(
    ("foreigners", "top", "total"),
    [
        ((3, 3, 2), 0, 8),  # one person of each town aside, the minimum cell is left
        ((3, 2, 2), 0, None),
        ((20, 20, 0), 0, None),  # of two towns each could subtract its own
        ((20, 20, 1), 0, 41),
        ((30, 5, 5), 30, 40),  # three quarters at one address is the border
        ((31, 5, 5), 31, None),
    ],
)
def test_the_sum_of_what_towns_hide_is_shown_from_three_towns_and_enough_people_on(
    foreigners: tuple[int, ...], top: int, total: int | None
) -> None:
    parts = [_hiding(f"0599900{number}", n, top if n == max(foreigners) else 0) for number, n in enumerate(foreigners)]
    areas = tuple(Area(part.key, part.key, COUNTY) for part in parts)
    where = Geography(Area(COUNTY, "County", ""), (AreaLevel("municipality", "Towns", areas),))
    found = protect_county(parts, where, PROTECTION, Suppression(), {})["foreigner"].frame
    own = found.filter((pl.col("level") == TOWN) & (pl.col("foreigner") == "foreign"))
    assert own["value"].to_list() == [total]


def _hiding(key: str, foreigners: int, top: int) -> TownPart:
    """A town of a thousand Germans that hides how many of each there are, but not how many there are."""
    people = pl.DataFrame({"foreigner": ["german", "foreign"], "n": [1_000, foreigners], "top": [0, top]})
    people = people.filter(pl.col("n") > 0).with_columns(area=pl.lit(key), key_sum=0, second=0, level=pl.lit(TOWN))
    everyone = people.group_by("level", "area", "key_sum", "second").agg(pl.col("n").sum(), top=pl.lit(0))
    status = pl.lit("ok"), pl.lit("suppressed")
    shown = (
        everyone.select("level", "area", value="n", status=status[0]),
        people.select("level", "area", "foreigner", value=pl.lit(None, pl.Int64), status=status[1]),
    )
    counts = everyone.select("area", *MEASURES), people.select("area", "foreigner", *MEASURES)
    of = [programme.table(id) for id in ("residents", "foreigner")]
    return TownPart(
        key,
        {table.id: Cells(table, frame) for table, frame in zip(of, counts, strict=True)},
        {table.id: ProtectedCells(table, frame, "", PROTECTION) for table, frame in zip(of, shown, strict=True)},
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_county_and_towns_together_tell_nothing(seed: int) -> None:
    county, found = protected(seed)
    attack = attack_county([*county.releases, of_county(county, found.tables)])
    assert attack.tried > 100 and attack.told == ()
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_figure_that_a_town_lists_and_hides_is_no_zero_to_the_reader(seed: int) -> None:
    county, found = protected(seed)
    cells = joined(county.parts)
    single = [id for id, each in cells.items() if len(each.table.dimensions) == 1]
    here = found.proof.filter(pl.col("table").is_in(single) & (pl.col("level") == "municipality"))
    occur = {(id, *row) for id in single for row in cells[id].frame.select("area", pl.nth(1)).iter_rows()}
    least = [
        low
        for id, area, category, low in here.select("table", "area", "category", "low").iter_rows()
        if (id, area, category) in occur
    ]
    assert least and min(least) >= 1


def test_the_attack_tells_what_plain_totals_tell() -> None:
    plain = [(county, with_all_totals(county)) for county in map(small_county, SEEDS[:3])]
    told = [attack_county([*county.releases, of_county(county, shown)]).told for county, shown in plain]
    assert all(told)


def test_numbers_that_a_town_has_replaced_hide_nothing_from_the_attack() -> None:
    county = small_county(0)
    now = [*county.releases, of_county(county, with_all_totals(county))]
    assert attack_county([*map(one_more, now), *now]).told == attack_county(now).told != ()


def one_more(release: Release) -> Release:
    """The release of an earlier evaluation, in which every figure that is shown was larger by one."""
    tables = {
        id: replace(each, frame=each.frame.with_columns(pl.col("value") + 1))
        for id, each in release.results.tables.items()
    }
    return replace(release, results=replace(release.results, tables=tables))


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_exact_programs_leave_every_hidden_figure_its_room(seed: int) -> None:
    county, found = protected(seed)
    cells = {id: joined(county.parts)[id] for id in CHAINS}
    hidden = list(intervals(cells, {id: found.tables[id] for id in CHAINS}, county.where))
    assert hidden
    assert [each for each in hidden if each.high - each.low < PROTECTION.min_cell - 1e-6] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_what_towns_publish_stands_in_the_county_as_it_is(seed: int) -> None:
    county, found = protected(seed)
    for id, each in found.tables.items():
        names = list(each.table.dimensions)
        for part in county.parts:
            own = part.published[id].frame.filter(pl.col("level") == TOWN).drop("level")
            here = each.frame.filter((pl.col("level") != TOWN) & (pl.col("area") == part.key)).drop("level")
            both = own.join(here, on=["area", *names], how="left", nulls_equal=True)
            assert both["value"].equals(both["value_right"]) and both["status"].equals(both["status_right"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_total_that_everybody_can_add_up_is_shown_and_true(seed: int) -> None:
    county, found = protected(seed)
    cells = joined(county.parts)
    for id, each in found.tables.items():
        names = list(each.table.dimensions)
        towns = each.frame.filter(pl.col("level") != TOWN)
        added = towns.group_by(names or ["table"]) if names else towns.with_columns(table=pl.lit("")).group_by("table")
        sums = added.agg(pl.col("value").sum().alias("sum"), hidden=pl.col("value").is_null().any())
        own = each.frame.filter(pl.col("level") == TOWN)
        both = own.join(sums, on=names) if names else own.join(sums, how="cross")
        assert (both.filter(~pl.col("hidden"))["value"] == both.filter(~pl.col("hidden"))["sum"]).all()
        true = totals(cells[id])
        shown = own.join(true, on=names, how="left") if names else own.join(true, how="cross")
        shown = shown.filter(pl.col("value").is_not_null())
        assert (shown["value"] == shown["n"].fill_null(0)).all()


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_county_whose_areas_add_up_is_the_sum_of_its_towns(seed: int) -> None:
    method = CellKey(largest_shift=5, variance=3.0, smallest=3, additive=True)
    shown = protected_whole(known(small_county(seed, method), method)).tables
    for each in shown.values():
        names = list(each.table.dimensions)
        own, towns = (each.frame.filter((pl.col("level") == TOWN) == whole) for whole in (True, False))
        for row in own.drop("level", "area", "status").iter_rows(named=True):
            parts = towns.filter([pl.col(name) == row[name] for name in names] or True)["value"]
            assert row["value"] == (None if parts.null_count() else parts.sum())


@pytest.mark.parametrize(
    ("method", "ids"),
    [
        (Suppression(), ["county", "recompute", "room_person", "room_sums", "room_zeros"]),
        (Rounding(5, by_chance=True), ["tell_true_counts"]),
        (CellKey(largest_shift=5, variance=3.0, smallest=3, additive=True), []),
    ],
    ids=str,
)
def test_only_attacks_that_were_made_are_told(method: Method, ids: list[str]) -> None:
    whole = protected_whole(known(small_county(0, method), method))
    assert sorted(str(entry["id"]) for entry in attacks_made(whole, method)) == ids


@pytest.mark.parametrize("method", CHANGING, ids=str)
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_changed_and_rounded_counties_tell_no_true_count(seed: int, method: CellKey | Rounding) -> None:
    county = small_county(seed, method)
    shown = protected_whole(known(county, method)).tables
    assert tellable(shown, joined(county.parts), county.where, method).is_empty()
    own = shown["foreigner"].frame.filter(pl.col("level") == TOWN)
    assert own["value"].is_not_null().any()


def test_a_table_that_counts_nobody_in_a_town_stays_in_the_county(tmp_path: Path) -> None:
    county = small_county(0)
    first, *others = county.parts
    empty = {id: cells for id, cells in first.cells.items() if id == "nationality"}
    empty = {id: Cells(cells.table, cells.frame.clear()) for id, cells in empty.items()}
    keep_totals({**first.cells, **empty}, tmp_path, CellKey(largest_shift=5, variance=3.0, smallest=3))
    found = read_totals(tmp_path)
    assert found.keys() == first.cells.keys() and found["nationality"].is_empty()
    assert sorted(found["residents"].rows()) == [("", "", *first.cells["residents"].frame.row(0)[1:])]
    shown = {**first.published, "nationality": without_rows(first.published["nationality"])}
    parts = [TownPart(first.key, {**first.cells, **empty}, shown), *others]
    frame = protect_county(parts, county.where, PROTECTION, Suppression(), {})["nationality"].frame
    own = frame.filter((pl.col("area") == first.key) & (pl.col("level") != TOWN))
    assert own.height > 1 and own["value"].to_list() == [0] * own.height


@pytest.mark.parametrize("method", (Suppression(), *CHANGING), ids=str)
def test_key_sums_reach_the_county_where_they_decide(method: Method, tmp_path: Path) -> None:
    """Without them a county rounded by chance would round every total up."""
    first = small_county(0).parts[0]
    keep_totals(first.cells, tmp_path, method)
    kept = read_totals(tmp_path)["nationality"]
    decide = isinstance(method, CellKey) or (isinstance(method, Rounding) and method.by_chance)
    wanted = first.cells["nationality"].frame["key_sum"] if decide else [0] * kept.height
    assert sorted(kept["key_sum"]) == sorted(wanted)


def without_rows(cells: ProtectedCells) -> ProtectedCells:
    return replace(cells, frame=cells.frame.clear())


@pytest.mark.parametrize("method", (Suppression(), *CHANGING), ids=str)
def test_totals_behind_a_release_are_taken_whatever_it_shows_unchanged(method: Method) -> None:
    for part in small_county(0, method).parts:
        check_same_run(part, Path())
        check_same_run(replace(part, published={id: hidden(each) for id, each in part.published.items()}), Path())


def hidden(cells: ProtectedCells) -> ProtectedCells:
    """The table of a town so small that it shows nothing."""
    return replace(cells, frame=cells.frame.with_columns(value=pl.lit(None, pl.Int64), status=pl.lit("suppressed")))


@pytest.mark.parametrize("table", ["residents", "foreigner"])
def test_totals_of_another_run_are_refused(table: str) -> None:
    part = small_county(0).parts[0]
    assert (part.published[table].frame["status"] == "ok").any()
    other = replace(part.cells[table], frame=part.cells[table].frame.with_columns(pl.col("n") + 1))
    with pytest.raises(DisclosureError, match="not those of the town's release"):
        check_same_run(replace(part, cells={**part.cells, table: other}), Path())
