"""The room of hidden movements: proved for every figure, and found wanting where a partner is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from linear_attack import Cell, Interval, intervals
from scipy.optimize import linprog
from small_towns import PROTECTION, Counts, cells_of, geography
from towns_by_age import CHANGED, busy
from towns_by_age import Counts as Pairs
from towns_by_age import towns as towns_by_age
from two_dated_towns import SOME, cells_between, published, two_dates

from vielfalt import programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import (
    Dates,
    Rooms,
    group_areas,
    movements_with_room,
    protect,
    protect_movements,
    recomputable,
    widening,
)
from vielfalt.figures.disclosure.mending import Mended
from vielfalt.geography import Geography
from vielfalt.table import Table

SMALLEST = PROTECTION.min_cell


Groups = Mapping[str, tuple[Cells, Cells]]
"""By dimension the residents of the earlier and of the later date."""


def dates_of(cells: dict[str, Cells], where: Geography, groups: Groups, shown: bool) -> Dates:
    """Both dates with what is published of them: the residents, and whether these are ``shown`` by group."""
    before, later = ({id: pair[at] for id, pair in groups.items()} for at in (0, 1))
    then = {"residents": Cells(programme.table("residents"), cells["residents_before"].frame)}
    now = {"residents": cells["residents"]}
    published = [
        protect({**residents, **(by if shown else {})}, where, PROTECTION)
        for residents, by in ((now, later), (then, before))
    ]
    return Dates({**now, **later}, published[0], before, published[1])


def looked_at(
    cells: dict[str, Cells], where: Geography, groups: Groups | None = None
) -> tuple[dict[str, ProtectedCells], Rooms]:
    """The movements as they would be published beside the residents of both dates, with the room of what is hidden."""
    dates = dates_of(cells, where, groups or {}, shown=False)
    movements = {id: table for id, table in cells.items() if id != "residents"}
    shown = protect_movements(movements, dates, where, PROTECTION)
    shown, rooms = movements_with_room(shown, movements, dates, where, PROTECTION)
    return {**dates.published, **shown}, rooms


@given(two_dates())
@settings(SOME, max_examples=30)
def test_movements_by_area_have_their_room(town: tuple[dict[str, Cells], Geography]) -> None:
    """Movements that fail the check are withheld; no room is claimed that an exact attacker does not find."""
    cells, where = town
    shown, found = looked_at(cells, where)
    if recomputable(shown, cells, where, PROTECTION).is_empty():
        # Of a handful of people in all no hiding helps against one of them; then no movement is released.
        assert not any(each.narrow for each in found.held if each.attacker != "person")
    claimed = {tuple(row[:4]): row[4:] for row in found.frame.drop("^solution_.*$").iter_rows()}
    for exact in intervals(cells, shown, where):
        low, high, _ = claimed[exact.cell]
        assert exact.low - 1e-6 <= low <= exact.value <= high <= exact.high + 1e-6


def by_age(new: Pairs, gone: Pairs, changed: Pairs, where: Geography) -> tuple[dict[str, Cells], tuple[Cells, Cells]]:
    """The movements of a town by area and age, and its residents by age before and after."""
    arrived, left = Counter[str](), Counter[str]()
    for counts, sums in ((new, arrived), (gone, left)):
        for (area, _), n in counts.items():
            sums[area] += n
    cells = cells_between(
        {}, dict.fromkeys(arrived, 600), {(area, "arrived"): n for area, n in arrived.items()}, dict(left)
    )
    flows: Counts = {
        (area, kind, age): n for kind, by in (("new", new), ("gone", gone)) for (area, age), n in by.items() if n
    }
    cells["flow_by_age"] = cells_of(programme.table("flow_by_age"), flows)
    ages = Table("age_class", "", ("age_class",), ())
    before = {pair: 200 + n for pair, n in gone.items()}
    later = {pair: 200 + n + changed[pair] for pair, n in new.items()}
    return cells, (cells_of(ages, before), cells_of(ages, later))


@given(towns_by_age())
@settings(SOME, max_examples=40)
def test_movements_by_group_have_their_room(town: tuple[Pairs, Pairs, Pairs, Geography]) -> None:
    cells, residents = by_age(*town)
    shown, found = looked_at(cells, town[3], {"age_class": residents})
    assert not any(each.narrow for each in found.held if each.attacker != "person")
    hidden = shown["flow_by_age"].frame.filter(pl.col("value").is_null())
    assert found.frame.filter(pl.col("table") == "flow_by_age").height == hidden.height


def test_solutions_keep_every_total_and_every_growth() -> None:
    cells, residents = by_age(*busy(CHANGED))
    shown, found = looked_at(cells, geography([2, 2]), {"age_class": residents})
    frame, solutions = shown["flow_by_age"].frame, [name for name in found.frame.columns if name.startswith("solution")]
    assert solutions
    key = pl.concat_str("flow", "age_class", separator=" ")
    places = found.frame.filter(pl.col("table") == "flow_by_age").select("level", "area", "category", *solutions)
    joined = frame.with_columns(category=key).join(places, on=["level", "area", "category"], how="left")
    for level, area in frame.select("level", "area").unique().iter_rows():
        here = joined.filter(level=level, area=area)
        for name in solutions:
            count = here.select("flow", "age_class", n=pl.col("value").cast(pl.Float64).fill_null(pl.col(name)))
            sums = dict(count.group_by("flow").agg(pl.col("n").sum()).iter_rows())
            blocks = 1 if level == "block" else 2 if level == "quarter" else 4
            assert np.allclose([sums["new"], sums["gone"]], [120 * blocks, 90 * blocks])
            for age in count["age_class"].unique():
                new, gone = (count.filter(flow=kind, age_class=age)["n"][0] for kind in ("new", "gone"))
                assert abs(new - gone - 10 * blocks) < 1e-5


def test_without_partners_there_is_no_room_until_some_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hidden without partners is hidden more widely; were it not, nothing would be released."""
    cells, residents = by_age(*busy(CHANGED))
    monkeypatch.setattr(group_areas, "_covered", lambda level, room, marks, rows, smallest: marks[rows])
    mended, found = looked_at(cells, geography([2, 2]), {"age_class": residents})
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    monkeypatch.setattr(widening, "mended", lambda task, wanted: Mended(task.known, (), np.ones(len(wanted), np.bool_)))
    careless, found = looked_at(cells, geography([2, 2]), {"age_class": residents})
    assert all(each.narrow and not each.narrowest for each in found.held[:2])
    was, now = (each["flow_by_age"].frame["value"] for each in (careless, mended))
    assert was.null_count() < now.null_count() and (was.is_not_null() | now.is_null()).all()


ONE_BESIDE_FOUR = {"born": (1, 4, 30), "arrived": (30, 35, 40)}
"""Births and arrivals of three blocks: who is the one child of the first can tell the four of the second."""


def births(new: Mapping[str, tuple[int, ...]]) -> tuple[dict[str, Cells], Geography]:
    """Three blocks, each a quarter of its own, with so many new residents."""
    where = geography([1, 1, 1])
    blocks = [area.key for area in where.finest.areas]
    came = {(block, kind): n for kind, counts in new.items() for block, n in zip(blocks, counts, strict=True)}
    return cells_between({}, dict.fromkeys(blocks, 400), came, dict.fromkeys(blocks, 50)), where


def told_to_one(cells: dict[str, Cells], shown: dict[str, ProtectedCells], where: Geography) -> set[tuple[Cell, Cell]]:
    """Each small hidden figure of two people or more that somebody can tell who knows that he is alone in another."""
    hidden = list(intervals(cells, shown, where))
    found = set()
    for alone in (each.cell for each in hidden if each.value == 1):
        small = (each for each in known_to(alone, cells, shown, where) if 1 < each.value < SMALLEST)
        found |= {(each.cell, alone) for each in small if each.high - each.low < 1e-6}
    return found


def known_to(
    alone: Cell, cells: dict[str, Cells], shown: dict[str, ProtectedCells], where: Geography
) -> Iterator[Interval]:
    """What somebody finds who knows that one hidden figure is he alone."""
    return intervals(cells, shown, where, lambda cell: int(cell == alone), lambda cell: 1 if cell == alone else 10_000)


def test_four_births_are_not_told_to_the_parents_of_the_one_beside_them() -> None:
    cells, where = births(ONE_BESIDE_FOUR)
    first, (shown, found) = published(cells, where), looked_at(cells, where)
    assert recomputable(first, cells, where, PROTECTION).is_empty()
    assert {other[1:] for other, _ in told_to_one(cells, first, where)} == {
        ("block", "Q1B0", "born"),
        ("quarter", "Q1", "born"),
    }
    assert not told_to_one(cells, shown, where)
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    more = [sum(each.frame["value"].null_count() for each in tables.values()) for tables in (first, shown)]
    assert more[0] < more[1] <= more[0] + 8


def test_what_is_hidden_for_one_person_has_a_proof_too() -> None:
    cells, where = births(ONE_BESIDE_FOUR)
    shown, found = looked_at(cells, where)
    hidden = {id: each.frame["value"].null_count() for id, each in shown.items() if each.frame["value"].null_count()}
    proved = dict(found.frame.group_by("table").len().iter_rows())
    assert {id: proved.get(id, 0) for id in hidden} == hidden


@given(two_dates())
@settings(SOME, max_examples=12)
def test_no_small_movement_is_told_to_one_of_those_counted(town: tuple[dict[str, Cells], Geography]) -> None:
    """An exact attacker who is alone in a figure; what hiding cannot help is withheld."""
    cells, where = town
    shown, found = looked_at(cells, where)
    if recomputable(shown, cells, where, PROTECTION).is_empty() and not any(each.narrow for each in found.held):
        assert not told_to_one(cells, shown, where)


def test_what_either_date_shows_is_not_hidden_for_movements() -> None:
    cells, where = births(ONE_BESIDE_FOUR)
    shown, _ = looked_at(cells, where)
    first = published(cells, where)
    assert all(shown[id].frame.equals(first[id].frame) for id in ("residents", "residents_before"))


AGES = ("0-17", "18-64", "65+")


def aged(old: int, came: int) -> tuple[dict[str, Cells], Groups, Geography]:
    """A town of one block with so many old people, of whom one left and to whom so many came."""
    where = geography([1])
    (block,) = (area.key for area in where.finest.areas)
    before, new, gone = (500, 100, old), (30, 40, came), (20, 30, 1)
    cells = cells_between({}, {block: sum(before) - sum(gone)}, {(block, "arrived"): sum(new)}, {block: sum(gone)})
    flows: Counts = {
        (block, kind, age): n for kind, by in (("new", new), ("gone", gone)) for age, n in zip(AGES, by, strict=True)
    }
    cells["flow_by_age"] = cells_of(programme.table("flow_by_age"), flows)
    later = [n + plus - minus for n, plus, minus in zip(before, new, gone, strict=True)]
    earlier, now = (
        cells_of(programme.table("age_class"), {(block, age): n for age, n in zip(AGES, by, strict=True)})
        for by in (before, later)
    )
    return cells, {"age_class": (earlier, now)}, where


def room_of_the_old_who_came(cells: Cells, shown: ProtectedCells | None, growths: Iterable[str]) -> float:
    """How far their number is open to the only one of them who left, who knows the growth of some ages and of all.

    ``shown``: the movements by age, if any are published; then their totals are, too.
    """
    truth = {(kind, age): n for _, kind, age, n in cells.frame.select("area", "flow", "age_class", "n").iter_rows()}
    left: list[list[int]] = []
    right: list[int] = []

    def knows(factors: Mapping[tuple[str, str], int]) -> None:
        left.append([factors.get(cell, 0) for cell in truth])
        right.append(sum(factor * truth[cell] for cell, factor in factors.items()))

    signs = {"new": 1, "gone": -1}
    knows({("gone", "65+"): 1})
    knows({(kind, age): signs[kind] for kind, age in truth})
    for wanted in growths:
        knows({(kind, wanted): sign for kind, sign in signs.items()})
    if shown is not None:
        for wanted in signs:
            knows({(kind, age): 1 for kind, age in truth if kind == wanted})
        for kind, age in shown.frame.filter(pl.col("value").is_not_null()).select("flow", "age_class").iter_rows():
            knows({(kind, age): 1})
    aim = np.array([cell == ("new", "65+") for cell in truth], dtype=np.float64)
    low, high = (
        linprog(sign * aim, A_eq=np.array(left), b_eq=np.array(right), bounds=(0, 1_000), method="highs").fun
        for sign in (1, -1)
    )
    return float(-high - low)


def shown_on_both(dates: Dates) -> set[str]:
    """The ages whose residents are published on both dates."""
    tables = (dates.earlier["age_class"].frame, dates.published["age_class"].frame)
    earlier, later = (set(each.filter(pl.col("value").is_not_null())["age_class"]) for each in tables)
    return earlier & later


def movements_by_age(old: int, came: int) -> tuple[Cells, Dates, list[ProtectedCells], Rooms]:
    """Counts, dates, and the movements by age before and after the room of hidden figures was looked at."""
    cells, groups, where = aged(old, came)
    dates = dates_of(cells, where, groups, shown=True)
    movements = {id: table for id, table in cells.items() if id != "residents"}
    first = protect_movements(movements, dates, where, PROTECTION)
    shown, found = movements_with_room(first, movements, dates, where, PROTECTION)
    return cells["flow_by_age"], dates, [each["flow_by_age"] for each in (first, shown)], found


@pytest.mark.parametrize("came", [3, 1])
def test_movements_do_not_tell_what_only_an_unpublished_growth_would_tell(came: int) -> None:
    """Whoever knows by how much the old grew is told by that alone; whoever does not, was told by the movements."""
    cells, dates, (first, shown), found = movements_by_age(4, came)
    known = shown_on_both(dates)
    assert known == {"0-17"}
    assert not room_of_the_old_who_came(cells, None, AGES)
    assert not room_of_the_old_who_came(cells, first, known) and room_of_the_old_who_came(cells, None, known) >= 1
    assert room_of_the_old_who_came(cells, shown, known) >= 1
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    assert first.frame["value"].null_count() == 4 and shown.frame["value"].null_count() == 6


def test_what_the_residents_of_both_dates_tell_costs_no_movement() -> None:
    """The old are shown on both dates: who knows that he alone of them left, knows how many came."""
    cells, dates, (first, shown), found = movements_by_age(50, 3)
    assert shown_on_both(dates) == set(AGES) and not room_of_the_old_who_came(cells, None, AGES)
    assert not room_of_the_old_who_came(cells, first, AGES) and room_of_the_old_who_came(cells, first, ()) >= 1
    assert shown.frame.equals(first.frame) and 0 < first.frame["value"].null_count() < first.frame.height
    assert [(each.attacker, each.narrow) for each in found.held] == [("sums", 0), ("zeros", 0), ("person", 0)]


@pytest.mark.parametrize(("born", "arrived"), [(1, 1), (0, 3), (3, 0)])
def test_whether_anybody_was_born_or_arrived_is_not_known_without_movements(born: int, arrived: int) -> None:
    """602 or 603 residents after 601, of whom one left: two or three came. How many of them arrived is told by the
    table alone, which lists what occurs; so the one who left may not read it."""
    where = geography([1])
    (block,) = (area.key for area in where.finest.areas)
    new = {kind: n for kind, n in (("born", born), ("arrived", arrived)) if n}
    cells = cells_between({}, {block: 600}, {(block, kind): n for kind, n in new.items()}, {block: 1})
    shown, found = looked_at(cells, where)
    assert recomputable(shown, cells, where, PROTECTION).is_empty()
    assert not any(each.narrow for each in found.held[:2])
    exact = {each.cell[0:4:3]: each for each in intervals(cells, shown, where, lambda _: 1, most_of_who_left)}
    assert all(exact["came", kind].high - exact["came", kind].low < 1e-6 for kind in new)
    assert found.held[2].narrow and not found.held[2].narrowest


def most_of_who_left(cell: Cell) -> int:
    return 1 if cell[0:4:3] == ("went", "gone") else 10_000


def new_by_area(shown: Mapping[str, ProtectedCells]) -> dict[str, dict[str, int | None]]:
    """Born and arrived of each block as published."""
    rows = shown["came"].frame.filter(pl.col("came").is_in(["born", "arrived"]), level="block")
    found: dict[str, dict[str, int | None]] = {}
    for area, kind, value in rows.select("area", "came", "value").iter_rows():
        found.setdefault(area, {})[kind] = value
    return found


def test_who_has_been_here_for_less_than_a_year_does_not_tell_births() -> None:
    """In two blocks four are born, beside those who moved in; the length of stay tells everybody who is new there."""
    where = geography([2, 2])
    blocks = [area.key for area in where.finest.areas]
    born, arrived = dict(zip(blocks, (4, 4, 20, 30), strict=True)), dict(zip(blocks, (50, 40, 60, 30), strict=True))
    moved = {(one, other): 5 for one in blocks for other in blocks if one != other}
    new = {(area, kind): n for kind, by in (("born", born), ("arrived", arrived)) for area, n in by.items()}
    cells = cells_between(moved, dict.fromkeys(blocks, 600), new, dict.fromkeys(blocks, 50))
    stay: dict[tuple[str, ...], int] = {(area, "0"): born[area] + arrived[area] for area in blocks}
    stay |= {(area, "20+"): 615 for area in blocks}
    table = cells_of(programme.table("stay_class"), stay)
    dates = dates_of(cells, where, {"stay_class": (table, table)}, shown=True)
    assert dates.published["stay_class"].frame["value"].null_count() == 0
    movements = {id: each for id, each in cells.items() if id != "residents"}
    alone = protect_movements(movements, dates, where, PROTECTION)
    assert new_by_area(alone)["Q0B0"] == {"born": None, "arrived": 50}
    shown, rooms = movements_with_room(alone, movements, dates, where, PROTECTION)
    assert not any(each.narrow for each in rooms.held)
    for area in ("Q0B0", "Q0B1"):
        assert set(new_by_area(shown)[area].values()) == {None}


BACKGROUND, SEXES = ("foreigner", "german_with", "none", "undeterminable"), ("m", "w")


def one_beside_five() -> tuple[dict[str, Cells], Groups]:
    """A town of one block: one German with migration background came, and five without; also by sex."""

    def counted(id: str, counts: Mapping[str, Iterable[int]], keys: tuple[str, ...]) -> Cells:
        rows = {kind: dict(zip(keys, numbers, strict=True)) for kind, numbers in counts.items()}
        given = {(kind, key) if kind else (key,): n for kind, row in rows.items() for key, n in row.items() if n}
        return cells_of(programme.table(id), {("Q0B0", *category): n for category, n in given.items()})

    cells = cells_between({}, {"Q0B0": 900}, {("Q0B0", "arrived"): 46}, {"Q0B0": 41}) | {
        "flow_by_mh_group": counted("flow_by_mh_group", {"new": (40, 1, 5, 0), "gone": (30, 5, 6, 0)}, BACKGROUND),
        "flow_by_sex": counted("flow_by_sex", {"new": (22, 24), "gone": (20, 21)}, SEXES),
    }
    background, sexes = ((100, 100, 700, 41), (110, 96, 699, 41)), ((470, 471), (472, 474))
    return cells, {
        id: (counted(id, {"": before}, keys), counted(id, {"": now}, keys))
        for id, (before, now), keys in (("mh_group", background, BACKGROUND), ("sex", sexes, SEXES))
    }


@pytest.mark.parametrize("redrawn", [False, True])
def test_nobody_tells_others_by_the_total_of_another_table(redrawn: bool) -> None:
    """Who was the one tells the five from all who came. Where areas were redrawn no table by area tells how many these
    are; that by sex does, as everybody adds up.
    """
    where, (cells, groups) = geography([1]), one_beside_five()
    dates = dates_of(cells, where, groups, shown=False)
    wanted = {id: each for id, each in cells.items() if id.startswith("flow") or (not redrawn and id != "residents")}
    first = protect_movements(wanted, dates, where, PROTECTION)
    shown, found = movements_with_room(first, wanted, dates, where, PROTECTION)
    assert not any(each.narrow for each in found.held)
    before, after = (
        {(id, key) for id in ("flow_by_mh_group", "flow_by_sex") for key in not_shown(tables[id])}
        for tables in (first, shown)
    )
    assert before == {("flow_by_mh_group", "german_with"), ("flow_by_mh_group", "none")}
    assert after - before in ({("flow_by_mh_group", "foreigner")}, {("flow_by_sex", "m")}, {("flow_by_sex", "w")})


def not_shown(cells: ProtectedCells) -> list[str]:
    """The groups of which the town does not show who came."""
    return cells.frame.filter(level="town", flow="new", status="suppressed")[cells.table.dimensions[1]].to_list()


def test_births_do_not_bound_the_minors_who_came() -> None:
    """Nine were born, so at least nine minors came: as many as did. Two of the old left, so no more than two fewer came
    of them: of the minors 9 to 11 would be left, and of those who left two numbers as close.
    """
    where = geography([1])
    flows = {"new": (9, 50, 12), "gone": (5, 40, 2)}
    counts: Counts = {("Q0B0", kind, age): n for kind, ns in flows.items() for age, n in zip(AGES, ns, strict=True)}
    cells = cells_between({}, {"Q0B0": 900}, {("Q0B0", "born"): 9, ("Q0B0", "arrived"): 62}, {"Q0B0": 47})
    cells["flow_by_age"] = cells_of(programme.table("flow_by_age"), counts)
    before, now = (
        cells_of(programme.table("age_class"), {("Q0B0", age): n for age, n in zip(AGES, ns, strict=True)})
        for ns in ((150, 600, 197), (140, 615, 216))
    )
    dates = dates_of(cells, where, {"age_class": (before, now)}, shown=False)
    wanted = {id: each for id, each in cells.items() if id != "residents"}
    first = protect_movements(wanted, dates, where, PROTECTION)
    shown, found = movements_with_room(first, wanted, dates, where, PROTECTION)
    assert not_shown(first["flow_by_age"]) == ["0-17", "65+"]
    assert shown["came"].frame.filter(level="town", came="born")["value"].item() == 9
    assert not any(each.narrow for each in found.held)
    assert not_shown(shown["flow_by_age"]) == list(AGES)
