"""The audit as an intruder: it finds what was left open on purpose, and nothing in what the program protects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from audited_releases import FOUR, LATER, SOURCE, over_quarters, plain, release, told, with_value, without_foreigners
from hypothesis import given
from hypothesis import strategies as st
from small_towns import ALL_TABLES, PROTECTION, TOWN, Counts, cells_of, geography, tables

from vielfalt import auditing, programme
from vielfalt.audit import Attack, Release, attack, singles
from vielfalt.audit.altered import reach
from vielfalt.audit.attacks import TITLES, Programs, intervals
from vielfalt.audit.figures import Figures, Key
from vielfalt.audit.index_values import shares
from vielfalt.audit.sums import COUPLE
from vielfalt.audit.told import Told
from vielfalt.cells import ProtectedCells
from vielfalt.errors import DisclosureError, UsageError
from vielfalt.figures.disclosure import protect
from vielfalt.figures.disclosure.cellkey import KEY_BITS
from vielfalt.figures.disclosure.primary import at_one_address
from vielfalt.figures.disclosure.rounding import by_chance, to_nearest
from vielfalt.figures.index_values import IndexValue
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.methods import BASES, CELL_KEY, NEAREST, UP_OR_DOWN
from vielfalt.publish.classes import Classes
from vielfalt.publish.layout import wgs84
from vielfalt.publish.themes import Theme
from vielfalt.tools import attacking
from vielfalt.words import Words


def drawn_town(seed: int) -> tuple[Geography, dict[str, ProtectedCells]]:
    """A small town at random, protected by the program; some of its groups live at one address."""
    draw = np.random.default_rng(seed)
    where = geography(draw.integers(1, 4, size=draw.integers(2, 4)).tolist())
    shape = (len(where.finest.areas) + 1, 10)
    counts = draw.poisson(draw.gamma(0.6, 25.0, size=shape))
    counts[-1] = draw.integers(0, 4, size=10)
    together = draw.random(shape) < 0.1
    return where, protect(tables(counts, together, where, ALL_TABLES), where, PROTECTION)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_told_of_a_random_town(seed: int) -> None:
    where, shown = drawn_town(seed)
    found = attack([release(where, shown)])
    assert [(each.id, each.told) for each in found if each.told] == []


@pytest.mark.parametrize("seed", range(20))
def test_people_of_unknown_age_are_missing_without_telling_anything(seed: int) -> None:
    """A handful of people whose age nobody knows is left out of the tables of ages, so their sums do not hold."""
    draw = np.random.default_rng(seed)
    where = geography(draw.integers(1, 4, size=draw.integers(2, 4)).tolist())
    counts = draw.poisson(draw.gamma(0.6, 60.0, size=(len(where.finest.areas) + 1, 10)))
    known = np.maximum(counts - (draw.random(counts.shape) < 0.08), 0)
    nobody = np.zeros(counts.shape, dtype=bool)
    everyone, of_known_age = (tables(each, nobody, where, ALL_TABLES) for each in (counts, known))
    aged = {id: cells for id, cells in of_known_age.items() if "age_class" in cells.table.dimensions}
    assert aged
    shown = protect(everyone | aged, where, PROTECTION)
    assert [(each.id, each.told) for each in attack([release(where, shown)]) if each.told] == []


@pytest.mark.parametrize(
    ("corrected", "method", "found"),
    [
        (40, "", []),
        (41, "", [("foreigner", "Q0", ("foreign",), 1, 1)]),
        (44, "", [("foreigner", "Q0", ("foreign",), 4, 4)]),
        (45, "", []),
        (None, "", []),
        (45, CELL_KEY, [("foreigner", "Q0", ("foreign",), 1, 45)]),
    ],
)
def test_a_correction_of_a_date_that_is_out_tells_of_whom_it_is(
    corrected: int | None, method: str, found: list[object]
) -> None:
    """Two releases of one date differ by the people they were corrected for; what the second hides shows nothing."""
    where, shown = drawn_town(0)

    def version(value: int | None) -> Release:
        table = with_value(shown["foreigner"], "Q0", "foreign", value)
        if method:
            estimated = pl.col("status").replace({"ok": "estimated"})
            table = replace(table, method=method, frame=table.frame.with_columns(status=estimated))
        return release(where, {**shown, "foreigner": table})

    one, other = version(40), version(corrected)
    assert told(attack([one, other]), "corrections") == found
    assert told(attack([one, other, other]), "corrections") == []
    assert told(attack([one, replace(other, results=replace(other.results, source=LATER))]), "corrections") == []


@pytest.mark.parametrize("keys", [("block", "B0", "B1"), ("zone", "Z0", "Z1")])
@pytest.mark.parametrize(
    ("method", "before", "found"),
    [
        (CELL_KEY, (127, 99), ["0", "1"]),
        (CELL_KEY, (120, 99), ["1"]),
        (CELL_KEY, (120, 103), []),
        (CELL_KEY, (150, 70), []),
        (UP_OR_DOWN[10], (120, 120), ["1"]),
        ("", (127, 99), []),
    ],
    ids=["both", "one", "nobody", "thirty people and more", "rounded", "as counted"],
)
def test_changed_numbers_of_an_area_redrawn_tell_of_the_few_between(
    keys: tuple[str, str, str], method: str, before: tuple[int, int], found: list[str]
) -> None:
    """The same people have the same number: where one differs, somebody of the house at the border is counted."""

    def drawn(border: float, keys: tuple[str, str, str], counts: tuple[int, int]) -> Release:
        level, *areas = keys
        shapes = shapely.box(0, 0, border, 1), shapely.box(border, 0, 20, 1)
        where = _flat(level, dict(zip(areas, shapes, strict=True)))
        shown = _residents(where, dict(zip(areas, counts, strict=True)))
        frame = shown.frame.filter(pl.col("level") == level)
        if method:
            shown = replace(shown, method=method)
            frame = frame.with_columns(status=pl.lit("estimated"))
        return release(where, {"residents": replace(shown, frame=frame)})

    first, again = drawn(10, ("block", "B0", "B1"), before), drawn(9.9, keys, (120, 103))
    assert [area[-1] for _, area, *_ in told(attack([first, again]), "corrections")] == found
    assert told(attack([first, first]), "corrections") == []


@pytest.mark.parametrize(("again", "found"), [(None, []), (40, []), (41, [1]), (39, [1]), (80, [40])])
def test_residents_beside_movements_tell_a_correction_of_their_date(again: int | None, found: list[int]) -> None:
    """A date that is evaluated anew after a later one was compared with it; and the other way round."""
    where = _flat("block", {f"B{place}": shapely.box(place, 0, place + 1, 1) for place in range(3)})

    def counted(first: int) -> ProtectedCells:
        cells = _residents(where, {"B0": first, "B1": 50, "B2": 60})
        return replace(cells, frame=cells.frame.filter(pl.col("level") == "block"))

    beside = replace(counted(40), table=programme.table("residents_before"))
    later = replace(release(where, {"residents_before": beside}, source=LATER), since=SOURCE.date)
    anew = release(where, {"residents": counted(again) if again else _hide(counted(40), ("B0",))})
    for releases in ([later, anew], [anew, later]):
        assert [each[-1] for each in told(attack(releases), "corrections")] == found


@pytest.mark.parametrize(("in_first", "known"), [(60, True), (61, False)])
def test_persons_in_couples_are_told_by_the_couples_only_where_no_couple_is_seen_to_live_apart(
    in_first: int, known: bool
) -> None:
    """In Q0 one person lives who is in a couple with somebody elsewhere; so it may be where the persons are hidden."""
    where, shown = geography([1, 1, 1, 1]), {}
    for id, counts in (("household_type", (in_first, 40, 50, 70)), ("households_by_type", (30, 20, 25, 35))):
        counted: Counts = {(f"Q{place}B0", COUPLE): n for place, n in enumerate(counts)}
        shown[id] = protect({id: cells_of(programme.table(id), counted)}, where, PROTECTION)[id]
    for area in ("Q1", "Q1B0", "Q2", "Q2B0"):
        shown["household_type"] = with_value(shown["household_type"], area, COUPLE, None)
    found = attack([release(where, shown)])
    assert [("household_type", "Q1", (COUPLE,), 40, 40) in told(found, "definitions")] == [known]
    assert all(each.programs is None or not each.programs.left for each in found)


def test_how_many_people_nobody_knows_the_category_of_is_no_secret_but_tells_no_other_figure() -> None:
    """In Q0 live two more than both categories say; with a category hidden nobody knows how many they are."""
    where, known = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    _, everyone = plain({"Q0": (62, 30), "Q1": (80, 40), "Q2": (70, 50)})
    shown = {"residents": everyone["residents"], "foreigner": known["foreigner"]}
    assert [each.told for each in attack([release(where, shown)]) if each.told] == []
    for area in ("Q1", "Q1B0", "Q2", "Q2B0"):
        shown["foreigner"] = with_value(shown["foreigner"], area, "foreign", None)
    assert [each.told for each in attack([release(where, shown)]) if each.told] == []


def test_a_partner_forgotten_is_found_by_the_interval_attack() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    assert not any(each.told for each in attack([release(where, shown)]))
    leaky = dict(shown)
    for area in ("Q0", "Q0B0"):
        leaky["foreigner"] = with_value(leaky["foreigner"], area, "foreign", None)
    assert ("foreigner", "Q0", ("foreign",), 30, 30) in told(attack([release(where, leaky)]), "recompute")


def test_a_version_that_shows_more_tells_what_the_other_hides() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    hidden = dict(shown)
    for area in ("Q0", "Q1", "Q0B0", "Q1B0"):
        for category in ("german", "foreign"):
            hidden["foreigner"] = with_value(hidden["foreigner"], area, category, None)
    first = dict(hidden)
    first["foreigner"] = with_value(first["foreigner"], "Q0", "foreign", 30)
    alone = attack([release(where, hidden)])
    both = attack([release(where, first), release(where, hidden, "2")])
    assert not any(each.told for each in alone)
    assert not told(both, "recompute")
    assert not told(both, "releases")  # the first version told it without the second


def test_figures_published_elsewhere_are_used() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    for area in ("Q0", "Q1", "Q0B0", "Q1B0"):
        for category in ("german", "foreign"):
            shown["foreigner"] = with_value(shown["foreigner"], area, category, None)
    table = shown["foreigner"].table
    key = Key(20251231, "foreigner", table.definitions, "quarter", "Q1", ("foreign",))
    assert not any(each.told for each in attack([release(where, shown)]))
    found = attack([release(where, shown)], [(key, 40)])
    assert ("foreigner", "Q0", ("foreign",), 30, 30) in told(found, "totals")


def test_divisions_that_overlap_are_subtracted() -> None:
    """The second division merges two areas of the first but for one block, whose figure follows."""
    squares = {f"B{place}": shapely.box(place, 0, place + 1, 1) for place in range(3)}
    one = _flat("block", squares)
    other = _flat("zone", {"Z0": shapely.box(0, 0, 2, 1), "Z1": squares["B2"]})
    counts = {"B0": 40, "B1": 30, "B2": 70}
    shown = {"residents": _residents(one, counts)}
    shown["residents"] = _hide(shown["residents"], ("B0", "B1"))
    zones = {"residents": _residents(other, {"Z0": 70, "Z1": 70})}
    together = attack([release(other, zones), release(one, shown, "2")])
    assert not any(each.told for each in together)
    shown["residents"] = _hide(_residents(one, counts), ("B1", "B2"))
    together = attack([release(other, zones), release(one, shown, "2")])
    assert ("residents", "B2", (), 70, 70) in told(together, "areas")


def _flat(level: str, shapes: Mapping[str, shapely.Polygon]) -> Geography:
    areas = tuple(Area(key, key, TOWN.key) for key in shapes)
    return Geography(TOWN, (AreaLevel(level, level, areas),), "EPSG:25832", {level: shapes})


def _residents(where: Geography, counts: Mapping[str, int]) -> ProtectedCells:
    cells = cells_of(programme.table("residents"), {(area,): n for area, n in counts.items()})
    return protect({"residents": cells}, where, PROTECTION)["residents"]


def _hide(cells: ProtectedCells, areas: tuple[str, ...], category: str | None = None) -> ProtectedCells:
    """The table with areas hidden by hand, all of them or one category."""
    here = pl.col("area").is_in(areas)
    if category is not None:
        here &= pl.col(cells.table.dimensions[0]) == category
    frame = cells.frame.with_columns(
        value=pl.when(~here).then("value"), status=pl.when(here).then(pl.lit("suppressed")).otherwise("status")
    )
    return replace(cells, frame=frame)


def test_a_boundary_that_moves_under_the_same_keys_is_subtracted() -> None:
    """Three people live where the boundary moved; the earlier release comes from its package, in degrees."""
    here, moved = (
        {"B0": shapely.box(400_000, 5_700_000, east, 5_701_000), "B1": shapely.box(east, 5_700_000, 402_000, 5_701_000)}
        for east in (401_000, 400_990)
    )
    now = _flat("block", moved)
    before = replace(now, crs="EPSG:4326", shapes={"block": wgs84(here, "EPSG:25832")})
    first = {"residents": _residents(before, {"B0": 40, "B1": 50})}
    again = {"residents": _residents(now, {"B0": 37, "B1": 53})}
    assert not any(each.told for each in attack([release(before, first), release(before, first, "2")]))
    found = told(attack([release(before, first), release(now, again, "2")]), "areas")
    assert [each[3:] for each in found] == [(3, 3)]


def test_divisions_that_cut_each_other_are_taken_apart() -> None:
    """A zone ends in the middle of a block where nobody lives, so the zone and the block before it are the same."""
    squares = {f"B{place}": shapely.box(place, 0, place + 1, 1) for place in range(4)}
    one = _flat("block", squares)
    other = _flat("zone", {"Z0": shapely.box(0, 0, 1.5, 1), "Z1": shapely.box(1.5, 0, 4, 1)})
    shown = {"residents": _hide(_residents(one, {"B0": 40, "B2": 30, "B3": 70}), ("B0", "B3"))}
    zones = {"residents": _residents(other, {"Z0": 40, "Z1": 100})}
    for alone in (release(one, shown), release(other, zones)):
        assert not any(each.told for each in attack([alone]))
    found = told(attack([release(other, zones), release(one, shown, "2")]), "areas")
    assert set(found) == {("residents", "B0", (), 40, 40), ("residents", "B3", (), 70, 70)}


def test_definitions_are_subtracted_from_each_other() -> None:
    """With migration background minus foreigner is Germans with migration background."""
    where = geography([1, 1, 1])
    counts = np.zeros((4, 10), dtype=np.int64)
    counts[:3, [0, 3, 5]] = [[60, 20, 30], [80, 25, 40], [70, 30, 50]]
    ids = ("residents", "foreigner", "mh_register", "mh_group")
    shown = protect(tables(counts, np.zeros(counts.shape, bool), where, ids), where, PROTECTION)
    assert not any(each.told for each in attack([release(where, shown)]))
    for category in ("foreigner", "german_with"):
        shown["mh_group"] = _hide(shown["mh_group"], ("Q0", "Q0B0", "Q1", "Q1B0"), category)
    found = attack([release(where, shown)])
    assert not told(found, "recompute")
    assert {("mh_group", "Q0", ("foreigner",), 30, 30), ("mh_group", "Q0", ("german_with",), 20, 20)} <= set(
        told(found, "definitions")
    )


def test_crossings_are_subtracted_from_each_other() -> None:
    """Foreigners by age are a row of one crossing and a sum over country groups in another."""
    where = geography([1, 1, 1])
    counts = np.zeros((4, 10), dtype=np.int64)
    counts[:3, [0, 1, 2, 5, 6, 7, 8]] = [[60, 90, 20, 30, 40, 50, 20], [80, 70, 30, 25, 40, 60, 20], [70] * 7]
    shown = protect(tables(counts, np.zeros(counts.shape, bool), where, ALL_TABLES), where, PROTECTION)
    assert not any(each.told for each in attack([release(where, shown)]))
    crossing = shown["nationality_group_by_age"]
    secret = pl.col("nationality_group").is_in(["germany", "turkey"]) & pl.col("age_class").is_in(["0-17", "65+"])
    secret &= pl.col("area").is_in(["Q0", "Q0B0", "Q1", "Q1B0"])
    frame = crossing.frame.with_columns(
        value=pl.when(~secret).then("value"), status=pl.when(secret).then(pl.lit("suppressed")).otherwise("status")
    )
    crossing = replace(crossing, frame=frame)
    found = attack([release(where, {**shown, "nationality_group_by_age": crossing})])
    assert not told(found, "recompute")
    germans = {("nationality_group_by_age", "Q0", ("germany", age), n, n) for age, n in (("0-17", 60), ("65+", 20))}
    assert germans <= set(told(found, "definitions"))


def test_dates_are_subtracted_from_each_other() -> None:
    """The earlier residents minus those who went stayed; they and those who came are the later residents."""
    where = geography([1, 1, 1])
    blocks = [area.key for area in where.finest.areas]
    stayed, gone, new = dict(zip(blocks, (90, 80, 70), strict=True)), 10, 20
    before = _counted(where, "residents", {(area,): n + gone for area, n in stayed.items()})
    of_then: Counts = {}
    of_now: Counts = {}
    for area, n in stayed.items():
        of_then |= {(area, "stayed"): n, (area, "gone"): gone}
        of_now |= {(area, "stayed"): n, (area, "arrived"): new}
    shown = {
        "residents": _counted(where, "residents", {(area,): n + new for area, n in stayed.items()}),
        "came": _counted(where, "came", of_now),
        "residents_before": replace(before, table=programme.table("residents_before")),
        "went": _counted(where, "went", of_then),
    }
    for id, category in (("residents", None), ("residents_before", None), ("came", "stayed"), ("went", "stayed")):
        shown[id] = _hide(shown[id], ("Q0", "Q0B0", "Q1", "Q1B0"), category)
    later = replace(release(where, shown, "2"), since=20241231)
    earlier = release(where, {"residents": before}, source=replace(SOURCE, date=20241231))
    for alone in (earlier, later):
        assert not any(each.told for each in attack([alone]))
    found = attack([earlier, later])
    assert ("residents", "Q0", (), 110, 110) in told(found, "releases")
    assert {entry["attacker"] for entry in auditing.as_json(found) if entry["disclosed"]} == {"reader"}


def test_moves_within_the_town_are_among_those_who_came_and_those_who_went(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three births hidden beside moves that the other table shows."""
    where = geography([1, 1])
    one, two = (area.key for area in where.finest.areas)
    both: Counts = {(one, "stayed"): 448, (two, "stayed"): 447}
    came: Counts = {**both, (two, "moved"): 29, (two, "born"): 3, (one, "arrived"): 60, (two, "arrived"): 74}
    went: Counts = {**both, (one, "moved"): 29, (one, "gone"): 73, (two, "gone"): 50}
    now: Counts = {(one,): 448 + 60, (two,): 447 + 29 + 3 + 74}
    then: Counts = {(one,): 448 + 29 + 73, (two,): 447 + 50}
    shown = {
        "residents": _counted(where, "residents", now),
        "came": _counted(where, "came", came),
        "residents_before": replace(_counted(where, "residents", then), table=programme.table("residents_before")),
        "went": _counted(where, "went", went),
    }
    for kind in ("moved", "born"):
        shown["came"] = _hide(shown["came"], (where.town.key, "Q1", two), kind)
    later = replace(release(where, shown), since=20241231)
    assert ("came", where.town.key, ("born",), 3, 3) in told(attack([later]), "definitions")
    monkeypatch.setattr(programme, "SAME_IN_TOWN", ())
    assert not any(each.told for each in attack([later]))


def _counted(where: Geography, id: str, counts: Counts) -> ProtectedCells:
    return protect({id: cells_of(programme.table(id), counts)}, where, PROTECTION)[id]


def _drawn() -> tuple[Geography, dict[str, ProtectedCells]]:
    """Quarters with shapes, two of them with hidden figures of foreigners."""
    where, shown = plain({f"Q{place}": (60 + place, 20 + 7 * place) for place in range(6)})
    squares = {f"Q{place}": shapely.box(place, 0, place + 1, 1) for place in range(6)}
    blocks = {f"{key}B0": shape for key, shape in squares.items()}
    for category in ("german", "foreign"):
        shown["foreigner"] = _hide(shown["foreigner"], ("Q0", "Q0B0", "Q1", "Q1B0"), category)
    return replace(where, shapes={"quarter": squares, "block": blocks}), shown


def test_the_bounds_of_classes_repeat_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quantiles as they come are the exact shares of areas."""
    where, shown = _drawn()
    assert next(each.tried for each in attack([release(where, shown)]) if each.id == "classes") > 0
    assert not told(attack([release(where, shown)]), "classes")
    exact = property(lambda theme: Classes(tuple(sorted(filter(None, theme.shares.values()))[1:3]), ()))
    monkeypatch.setattr(Theme, "classes", exact)
    found = told(attack([release(where, shown)]), "classes")
    assert {each[:3] for each in found} >= {("foreigner", "Q3", ("foreign",)), ("foreigner", "Q4", ("foreign",))}


def test_a_hidden_area_in_the_colour_of_a_class_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    where, shown = _drawn()
    shares = {"Q0": 0.2, **{f"Q{place}": 0.3 + place / 100 for place in range(2, 6)}}
    careless = Theme(shown["foreigner"].table, ("foreign",), "quarter", shares, shares)
    monkeypatch.setattr(singles, "themes", lambda results: ((careless,), ()))
    assert [each[:3] for each in told(attack([release(where, shown)]), "classes")] == [
        ("foreigner", "Q0", ("foreign",))
    ]


def test_a_quotient_of_a_hidden_figure_is_turned_back() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    for area in ("Q0", "Q1", "Q0B0", "Q1B0"):
        for category in ("german", "foreign"):
            shown["foreigner"] = with_value(shown["foreigner"], area, category, None)
    quotient = IndexValue(
        "location_quotient", "foreigner", "quarter", "foreign", "Q0", round(30 / 90 / (120 / 330), 3), 3
    )
    found = attack([release(where, shown, indices=(quotient,))])
    assert told(found, "shares") == [("foreigner", "Q0", ("foreign",), 30, 30)]


@pytest.mark.parametrize("id", ["isolation", "segregation_index", "dissimilarity"])
def test_an_index_that_needs_a_hidden_figure_is_turned_back(id: str) -> None:
    """Where the town hides the group, what is left of it in the areas that hide it follows from the index alone."""
    where, shown = without_foreigners(TOWN.key, "Q0", "Q0B0")
    careless = over_quarters(id, [40, 50, 20, 30], [120, 120, 110, 90])
    ((table, area, category, low, high),) = told(attack([release(where, shown, indices=(careless,))]), "shares")
    assert (table, area, category) == ("foreigner", TOWN.key, ("foreign",))
    assert low <= 140 <= high and (id == "isolation" or high - low < PROTECTION.min_cell)
    left_out = over_quarters(id, [40, 50, 20], [120, 120, 110])
    assert not told(attack([release(where, shown, indices=(left_out,))]), "shares")
    where, shown = without_foreigners("Q0", "Q0B0")
    assert not told(attack([release(where, shown, indices=(careless,))]), "shares"), "what is left follows anyway"


def test_an_index_compared_with_a_hidden_group_is_found() -> None:
    where, shown = without_foreigners(TOWN.key, "Q0", "Q0B0")
    shown["mh_register"] = replace(
        shown["foreigner"],
        table=replace(shown["foreigner"].table, id="mh_register", dimensions=("mh_register",)),
        frame=shown["foreigner"]
        .frame.rename({"foreigner": "mh_register"})
        .with_columns(pl.col("mh_register").replace({"foreign": "with", "german": "without"})),
    )
    careless = over_quarters("dissimilarity", [40, 50, 20, 30], [120, 120, 110, 90])
    ((table, area, _, low, high),) = told(attack([release(where, shown, indices=(careless,))]), "shares")
    assert (table, area, low, high) == ("foreigner", TOWN.key, 0, 440), "two figures are hidden: no number follows"


def test_a_quotient_tells_the_town_s_figure_too() -> None:
    where, shown = without_foreigners(TOWN.key)
    quotient = IndexValue(
        "location_quotient", "foreigner", "quarter", "foreign", "Q0", round(30 / 90 / (140 / 440), 3), 4
    )
    (found,) = shares(release(where, shown, indices=(quotient,)))[1]
    assert (found.key.table, found.key.area, found.key.category) == ("foreigner", TOWN.key, ("foreign",))
    assert found.low <= 140 <= found.high and found.high - found.low < PROTECTION.min_cell


def test_a_diversity_of_an_area_whose_residents_are_hidden_is_found() -> None:
    where, shown = plain(FOUR)
    here = pl.col("area").is_in(["Q0", "Q0B0"])
    frame = shown["residents"].frame.with_columns(
        value=pl.when(here).then(None).otherwise("value"),
        status=pl.when(here).then(pl.lit("suppressed")).otherwise("status"),
    )
    shown["residents"] = replace(shown["residents"], frame=frame)
    values = tuple(IndexValue("entropy_diversity", "foreigner", "quarter", "", area, 0.918, 4) for area in ("Q0", "Q1"))
    tried, found = shares(release(where, shown, indices=values))
    assert (tried, [(each.key.table, each.key.area) for each in found]) == (2, [("residents", "Q0")])


@given(
    largest=st.integers(0, 60),
    second=st.integers(0, 60),
    others=st.integers(0, 60),
    dominance=st.sampled_from([0.5, 0.75, 0.9]),
    p_percent=st.sampled_from([0, 5, 10, 50]),
)
def test_two_homes_taken_for_one_are_never_overlooked(
    largest: int, second: int, others: int, dominance: float, p_percent: int
) -> None:
    """Whatever the true homes of an area tell, all of them as one home tell as well: the attack is on the safe side."""
    rules = replace(PROTECTION, dominance=dominance, p_percent=p_percent)
    value = np.array(largest + second + others)
    two, one = np.array(sorted((largest, second))[::-1]), np.array([largest + second, 0])
    assert at_one_address(value, one, rules) or not at_one_address(value, two, rules)


def test_a_quarter_that_is_a_shelter_is_found() -> None:
    where, shown = plain({"Q0": (60, 300), "Q1": (80, 40), "Q2": (70, 50)})
    homes = replace(
        shown["foreigner"],
        table=replace(shown["foreigner"].table, id="household_type", dimensions=("household_type",)),
        frame=shown["foreigner"]
        .frame.rename({"foreigner": "household_type"})
        .with_columns(pl.col("household_type").replace({"foreign": "institution", "german": "single"})),
    )
    found = told(attack([release(where, {**shown, "household_type": homes})]), "address")
    assert ("foreigner", "Q0", ("foreign",), 300, 300) in found
    assert not [each for each in found if each[1] in ("Q1", "Q2")]


def test_changed_numbers_are_left_out() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    changed = {
        id: replace(cells, frame=cells.frame.with_columns(status=pl.lit("estimated"))) for id, cells in shown.items()
    }
    assert [(each.tried, each.told) for each in attack([release(where, changed)])] == [(0, ())] * 9


def rounded(cells: ProtectedCells, base: int) -> ProtectedCells:
    frame = cells.frame.with_columns(
        value=(2 * pl.col("value") + base) // (2 * base) * base, status=pl.lit("estimated")
    )
    return replace(cells, frame=frame, method=NEAREST[base])


def test_a_rounded_version_narrows_what_another_version_hides() -> None:
    """Rounded by threes 29 and 38 are 30 and 39, so at least 29 and 38; of 67 together that leaves nothing open."""
    where, counted = plain({"Q0": (60, 29), "Q1": (79, 38), "Q2": (70, 50)})
    hidden = dict(counted)
    for area in ("Q0", "Q1", "Q0B0", "Q1B0"):
        for category in ("german", "foreign"):
            hidden["foreigner"] = with_value(hidden["foreigner"], area, category, None)
    loose, tight = ({id: rounded(cells, base) for id, cells in counted.items()} for base in (5, 3))
    for alone in (hidden, loose, tight):
        assert not any(each.told for each in attack([release(where, alone)]))
    assert not told(attack([release(where, loose), release(where, hidden, "2")]), "methods")
    for pair in ((tight, hidden), (hidden, tight)):
        found = told(attack([release(where, version) for version in pair]), "methods")
        assert {each[1:] for each in found} >= {("Q0", ("foreign",), 29, 29), ("Q1", ("foreign",), 38, 38)}


def test_two_versions_of_changed_numbers_are_intersected() -> None:
    """Rounded by threes 32 is 33, so 32 to 34; by fives it is 30, so 28 to 32."""
    where, counted = plain({"Q0": (60, 32), "Q1": (80, 40), "Q2": (70, 50)})
    loose, tight = ({id: rounded(cells, base) for id, cells in counted.items()} for base in (5, 3))
    found = told(attack([release(where, loose), release(where, tight, "2")]), "methods")
    assert ("foreigner", "Q0", ("foreign",), 32, 32) in found


@pytest.mark.parametrize(("fingerprint", "other"), [("a table", "another"), ("a table", "a table")])
def test_changes_drawn_anew_are_another_method(fingerprint: str, other: str) -> None:
    """Changed by at most 5 in either way, 27 and 37 are 32; one table draws them once, two tables twice."""
    where, counted = plain({"Q0": (60, 32), "Q1": (80, 40), "Q2": (70, 50)})
    up, down = (
        {
            id: replace(
                cells,
                frame=cells.frame.with_columns(value=pl.col("value") + shift, status=pl.lit("estimated")),
                method=CELL_KEY,
            )
            for id, cells in counted.items()
        }
        for shift in (5, -5)
    )
    first, second = release(where, up, fingerprint=fingerprint), release(where, down, "2", fingerprint=other)
    attacks = attack([first, second])
    expected = {"foreigner"} if fingerprint != other else set()
    told_of = [each for each in attacks if each.id == "methods" and each.told]
    assert {each.key.table for attack in told_of for each in attack.told if each.key.category} == expected


@pytest.mark.parametrize(
    ("low", "high", "is_told"),
    [(1, 4, True), (1, 5, False), (0, 4, False), (4, 4, True), (9, 9, True), (0, 0, False), (2, 6, False)],
)
def test_told_is_what_has_one_number_or_must_be_positive_and_below_the_minimum(
    low: int, high: int, is_told: bool
) -> None:
    """The minimum cell is 5; a number from which on a figure may be shown is no secret, nor is a zero."""
    figures, number = Figures(), Key(20251231, "sex", (), "town", "1", ("w",))
    figures.between(number, low, high, 5)
    figures.shown(replace(number, category=()), 7)
    figures.shown(replace(number, table="age_class"), 7)
    found = intervals("recompute", figures, [(1, [2])])
    assert [(one.key, one.low, one.high) for one in found.told] == ([(number, low, high)] if is_told else [])


@pytest.mark.parametrize(("n", "is_told"), [(0, False), (1, True), (4, True), (5, False), (9, False)])
def test_a_part_of_two_areas_is_told_below_the_number_from_which_on_it_may_be_known(n: int, is_told: bool) -> None:
    figures, total = Figures(), Key(20251231, "sex", (), "town", "1", ("w",))
    figures.shown(total, 9 + n)
    figures.shown(total.at("block", "1"), 9)
    atom = figures.atom(total.at("atom", "1 & 2"), 20, 5)
    found = intervals("areas", figures, [(0, [1, atom])])
    assert [one.low for one in found.told] == ([n] if is_told else [])


@pytest.mark.parametrize("first", [2, 5])
def test_a_difference_is_bounded_either_way_by_the_widest_that_is_seen(first: int) -> None:
    figures, key = Figures(), Key(20251231, "sex", (), "town", "1", ("w", ""))
    for most in (first, 7 - first):
        number = figures.difference(key, most)
    assert (figures.low[number], figures.high[number]) == (-5, 5)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("names", [NEAREST, UP_OR_DOWN])
def test_a_rounded_number_stands_for_just_those_that_are_rounded_to_it(base: int, names: Mapping[int, str]) -> None:
    counts, key = np.arange(100), 1 << KEY_BITS
    rounded = [to_nearest(counts, base)]
    if names is UP_OR_DOWN:
        rounded = [by_chance(counts, np.full(100, end), base) for end in (0, key - 1)]
    below, above = max((each - counts).max() for each in rounded), max((counts - each).max() for each in rounded)
    cells: Any = SimpleNamespace(method=names[base])
    assert reach(release(geography([1]), {}), cells, "block") == (below, above)


def test_what_is_told_is_refused_by_place_and_without_its_number() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    for area in ("Q0", "Q0B0"):
        shown["foreigner"] = with_value(shown["foreigner"], area, "foreign", None)
    found = attack([release(where, shown)])
    with pytest.raises(DisclosureError, match=r"what is published: 2\."):
        auditing.refuse(found, "release")
    lines = "\n".join(attacking.lines(found, Words("en")))
    assert "foreigner quarter Q0 foreign" in lines
    assert "30" not in lines
    assert {entry["id"]: entry["disclosed"] for entry in auditing.as_json(found)}["recompute"] == 2


@pytest.mark.parametrize(
    ("told", "message", "advice"),
    [
        ((), "", ""),
        (("corrections",), r"has other numbers.*: 1\.", "another key in the vault"),
        (("corrections", "releases"), r"has other numbers.*: 1\.", "another version of Vielfalt"),
        (("areas", "methods", "releases"), r"beside those before it: 3\.", "raise the thresholds"),
        (("corrections", "recompute"), "", ""),
    ],
)
def test_what_a_release_tells_beside_others_alone_is_refused_with_the_reasons_that_it_can_have(
    told: tuple[str, ...], message: str, advice: str
) -> None:
    """What it tells by itself is refused as such (``refuse``), whatever it tells beside others."""
    one = Told(Key(20251231, "sex", (), "town", "1", ("w",)), 1, 2)
    attacks = [Attack(id, 5, (one,) if id in told else ()) for id in TITLES]
    if not message:
        auditing.refuse_together(attacks, Path("releases"))
        return
    with pytest.raises(DisclosureError, match=message) as refused:
        auditing.refuse_together(attacks, Path("releases"))
    assert advice in refused.value.todo and "--replace" in refused.value.todo


def test_what_could_not_be_decided_is_not_released() -> None:
    decided, left = Programs(90, 10, 0), Programs(90, 5, 5)
    auditing.refuse_undecided([Attack("recompute", 100, (), decided), Attack("shares", 7, ())], "release")
    with pytest.raises(DisclosureError, match=r"can be computed: 5\."):
        auditing.refuse_undecided([Attack("recompute", 100, (), decided), Attack("releases", 10**7, (), left)], "x")
    assert [auditing.passed([Attack("recompute", 100, (), each)]) for each in (decided, left, None)] == [
        True,
        False,
        True,
    ]


def test_an_attack_with_nothing_to_try_is_not_said_to_have_been_held() -> None:
    words = Words("en")
    said = attacking.lines((Attack("recompute", 0, ()), Attack("shares", 2, ())), words)
    assert [line.rpartition(": ")[2] for line in said] == ["nothing to try", "2 figures tried, held"]


def test_the_report_says_how_the_figures_were_decided() -> None:
    where, shown = plain({"Q0": (60, 30), "Q1": (80, 40), "Q2": (70, 50)})
    for area in ("Q0", "Q1", "Q0B0", "Q1B0"):
        for category in ("german", "foreign"):
            shown["foreigner"] = with_value(shown["foreigner"], area, category, None)
    found = attack([release(where, shown)])
    assert auditing.as_json(found)[0] == {
        "id": "recompute",
        "attacker": "sums",
        "cells": 8,
        "disclosed": 0,
        "programs": {"together": 8, "alone": 0, "left": 0},
    }
    said = attacking.lines((replace(found[0], programs=Programs(5, 1, 2)),), Words("de"))[0]
    assert said.endswith("(lineare Programme entschieden 5 gemeinsam, 1 einzeln und ließen 2 offen)")


def test_releases_of_two_municipalities_are_not_audited_together(monkeypatch: pytest.MonkeyPatch) -> None:
    where = geography([2])
    own = release(where, {})
    other = replace(own, results=replace(own.results, source=replace(SOURCE, ags="01999001")))
    monkeypatch.setattr("vielfalt.audit.read_releases", lambda folders: (own, other))
    with pytest.raises(UsageError, match="different municipalities: 01999001, "):
        attacking.of_folders((), ())
