"""The holder of one record: who knows that he is the only one in a figure can tell no secret figure of others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from protected_towns import ORIGIN, examples
from small_towns import PROTECTION, Counts, cells_of, geography, towns

from vielfalt import codes, programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import protect, protect_with_room, recomputable, rooms
from vielfalt.figures.disclosure.attack import attack, read
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.holders import HOUSEHOLD, alone_in, halves, holders
from vielfalt.figures.disclosure.linked.solver import Solver, solve, solver
from vielfalt.figures.disclosure.mending import NO_ONE, Mend, mended
from vielfalt.figures.disclosure.persons import secret, told_to_persons
from vielfalt.figures.disclosure.room import look_at, program_of
from vielfalt.geography import Geography
from vielfalt.numbers import Ints

Town = tuple[dict[str, Cells], Geography]
LOOSE = replace(PROTECTION, min_area=0)
"""No area is too small to be shown."""


def told(protected: Mapping[str, ProtectedCells], cells: Mapping[str, Cells], where: Geography) -> set[tuple[int, int]]:
    """Which secret unknown can be told by the person that is alone in which other one."""
    areas = division(where)
    tables, hidden = read(protected, cells, areas, None)
    against = attack(tables, areas)
    known = against.figures.known(hidden)
    looked = look_at(against, known, ~known & (against.figures.in_areas > 0), LOOSE.min_cell)
    found, held = told_to_persons(looked, secret(against.figures, LOOSE))
    assert held.narrow == len({place for place, _ in found.pairs})
    return {(place, int(who[0])) for place, who in found.pairs}


def town_of(counts: Sequence[Sequence[int]]) -> Town:
    """Blocks (rows) of one quarter each, with so many people of each origin (columns)."""
    where = geography([1] * len(counts))
    areas, origins = [area.key for area in where.finest.areas], [f"o{number}" for number in range(len(counts[0]))]
    values: Counts = dict(zip(product(areas, origins), np.ravel(counts).tolist(), strict=True))
    residents: Counts = {(area,): sum(line) for area, line in zip(areas, counts, strict=True)}
    cells = {
        "residents": cells_of(programme.table("residents"), residents),
        "origin": cells_of(ORIGIN, {key: n for key, n in values.items() if n}),
    }
    return cells, where


def grid(protected: Mapping[str, ProtectedCells], shape: tuple[int, int]) -> list[list[int | None]]:
    """The published figures of the quarters, as areas times origins."""
    found = protected["origin"].frame.filter(level="quarter")["value"].to_list()
    return [found[row * shape[1] : (row + 1) * shape[1]] for row in range(shape[0])]


def fillings(shown: Sequence[Sequence[int | None]], rows: Sequence[int], columns: Sequence[int]) -> Iterator[list[int]]:
    """All tables of whole numbers with these totals that show what is shown, line by line."""
    if not shown:
        if not any(columns):
            yield []
        return
    for line in lines(shown[0], rows[0], columns):
        left = [total - n for total, n in zip(columns, line, strict=True)]
        yield from (line + rest for rest in fillings(shown[1:], rows[1:], left))


def lines(shown: Sequence[int | None], total: int, most: Sequence[int]) -> Iterator[list[int]]:
    """All ways to fill one line."""
    if not shown:
        if not total:
            yield []
        return
    for n in range(min(total, most[0]) + 1) if shown[0] is None else [shown[0]]:
        if n <= min(total, most[0]):
            yield from ([n, *rest] for rest in lines(shown[1:], total - n, most[1:]))


def told_by_counting(counts: Ints, protected: Mapping[str, ProtectedCells]) -> set[tuple[int, int]]:
    """The small hidden cells of which all tables have one number that leave a person alone elsewhere: by enumeration.

    Nothing is known but the totals, which must be shown.
    """
    assert not protected["residents"].frame["value"].null_count()
    assert not protected["origin"].frame.filter(level="town")["value"].null_count()
    shown = grid(protected, counts.shape)
    possible = np.array(list(fillings(shown, counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist())))
    values, hidden = counts.ravel(), np.array([value is None for line in shown for value in line])
    assert (possible == values).all(axis=1).any()
    found = set()
    for alone in np.flatnonzero(hidden & (values == 1)).tolist():
        fits = possible[possible[:, alone] == 1]
        for other in np.flatnonzero(hidden & (values > 0) & (values < LOOSE.min_cell)).tolist():
            if other != alone and (fits[:, other] == values[other]).all():
                found.add((other, alone))
    return found


def shown_totals(protected: Mapping[str, ProtectedCells]) -> bool:
    town = protected["origin"].frame.filter(level="town")
    return not protected["residents"].frame["value"].null_count() and not town["value"].null_count()


def small_tables() -> Iterator[Ints]:
    """Random tables of three areas and origins with many ones, whose totals are large enough to be shown."""
    for seed in range(60):
        draw = np.random.default_rng(seed)
        counts = draw.choice([0, 1, 1, 4, 4, 7], (3, 3))
        if (counts.sum(axis=0) >= LOOSE.min_cell).all():
            yield counts


def test_no_table_of_whole_numbers_leaves_a_holder_a_single_number() -> None:
    """Enumerated: every table that the published one could be. Some would tell him without what is hidden for it."""
    before = tried = 0
    for counts in small_tables():
        cells, where = town_of(counts.tolist())
        first, (protected, proof) = protect(cells, where, LOOSE), protect_with_room(cells, where, LOOSE)
        if shown_totals(first) and shown_totals(protected):
            tried += 1
            before += bool(told_by_counting(counts, first))
            assert not told_by_counting(counts, protected), counts
            assert [(each.attacker, each.narrow) for each in proof.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    assert tried > 10 and before


def test_four_people_beside_one_are_not_told_to_him() -> None:
    """Both in a rectangle whose two other cells are large: nobody else can tell them, but the one person could."""
    counts = np.array([[1, 30, 60], [4, 30, 60], [20, 30, 60]])
    cells, where = town_of(counts.tolist())
    first = protect(cells, where, LOOSE)
    assert recomputable(first, cells, where, LOOSE).is_empty()
    assert shown_totals(first) and told_by_counting(counts, first) == {(3, 0)}
    protected, proof = protect_with_room(cells, where, LOOSE)
    assert shown_totals(protected) and not told_by_counting(counts, protected)
    assert not told(protected, cells, where) and not any(each.narrow for each in proof.held)
    more = [sum(each.frame["value"].null_count() for each in tables.values()) for tables in (first, protected)]
    assert 0 < more[1] - more[0] <= 4


def of_one_house(town: Town, family: int) -> Town:
    """The town when all of the first origin in the first block live at one address."""
    cells, where = town
    frame = cells["origin"].frame
    there = (pl.col("area") == "Q0B0") & (pl.col("origin") == "o0")
    top = pl.when(there).then(pl.lit(family, pl.Int64)).otherwise("top").alias("top")
    return {**cells, "origin": Cells(ORIGIN, frame.with_columns(top))}, where


def test_four_people_beside_one_family_are_not_told_to_it() -> None:
    """Six at one address know that they are six, and both figures stand in one column with two others."""
    town = of_one_house(town_of([[6, 30, 60], [4, 30, 60], [20, 30, 60]]), 6)
    first, (protected, proof) = protect(*town, LOOSE), protect_with_room(*town, LOOSE)
    assert recomputable(first, *town, LOOSE).is_empty()
    assert told(first, *town) and not told(protected, *town)
    assert [(each.attacker, each.narrow) for each in proof.held] == [("sums", 0), ("zeros", 0), ("person", 0)]
    more = [sum(each.frame["value"].null_count() for each in tables.values()) for tables in (first, protected)]
    assert 0 < more[1] - more[0] <= 4


def test_households_of_one_house_are_several_holders() -> None:
    """Six families behind one door do not know of each other that they are six."""
    cells, where = of_one_house(town_of([[6, 30, 60], [4, 30, 60], [20, 30, 60]]), 6)
    of_households = Cells(replace(ORIGIN, unit="households"), cells["origin"].frame)
    for counted, found in ((cells["origin"], True), (of_households, False)):
        town = {**cells, "origin": counted}
        assert bool(told(protect(town, where, LOOSE), town, where)) is found


def test_more_people_than_a_household_are_several_holders() -> None:
    values = np.array([1, 1, 5, 5, HOUSEHOLD, HOUSEHOLD + 1, 0])
    at_one = np.array([1, 0, 5, 4, HOUSEHOLD, HOUSEHOLD + 1, 0])
    assert alone_in(values, at_one).tolist() == [True, True, True, False, True, False, False]


def test_the_rooms_of_a_release_say_what_one_person_can_tell() -> None:
    cells, where = town_of([[1, 30, 60], [4, 30, 60], [20, 30, 60]])
    found = rooms(protect(cells, where, LOOSE), cells, where, LOOSE)
    assert [(each.attacker, each.narrow > 0) for each in found.held] == [
        ("sums", False),
        ("zeros", False),
        ("person", True),
    ]
    assert set(found.frame.filter("narrow").select("table", "area", "category").iter_rows()) == {
        ("origin", "Q1", "o0"),
        ("origin", "Q1B0", "o0"),
    }


def told_beside(protected: Mapping[str, ProtectedCells], town: Town) -> tuple[int, int]:
    """How many figures one person alone tells of a release, and of one whose areas have published theirs before."""
    alone, beside = (rooms(protected, *town, LOOSE, beside=beside).held[-1] for beside in (False, True))
    assert alone.attacker == beside.attacker == "person"
    return alone.narrow, beside.narrow


def hidden_at(places: set[tuple[str, str]], town: Town) -> dict[str, ProtectedCells]:
    """The tables of a town with nothing hidden but these areas and categories."""
    shown = protect(*town, replace(LOOSE, min_cell=1))
    assert not any(each.frame["value"].null_count() for each in shown.values())
    at = pl.struct("area", "origin").is_in([{"area": area, "origin": key} for area, key in places])
    frame = shown["origin"].frame.with_columns(
        value=pl.when(at).then(None).otherwise("value"),
        status=pl.when(at).then(pl.lit("suppressed")).otherwise(pl.lit("ok")),
    )
    return {**shown, "origin": replace(shown["origin"], frame=frame)}


def test_what_areas_alone_tell_him_is_not_told_by_the_whole() -> None:
    """The only one of o0 in town knows that Q1, which hides two figures, has none: the other is what is left."""
    town = town_of([[1, 30, 60], [0, 4, 60], [0, 30, 60]])
    areas = {(area, key) for area in ("Q0", "Q0B0", "Q1", "Q1B0") for key in ("o0", "o1")}
    whole = {(town[1].town.key, key) for key in ("o0", "o1")}
    assert told_beside(hidden_at(areas | whole, town), town) == (2, 0)


def test_what_the_whole_tells_him_counts_beside_areas_that_have_published() -> None:
    town = town_of([[1, 30, 60], [4, 30, 60], [20, 30, 60]])
    assert told_beside(protect(*town, LOOSE), town) == (2, 2)


def test_what_one_person_can_tell_is_not_taken_for_told_to_everybody() -> None:
    """Hiding cannot help against him where nothing else may be hidden; against others it need not."""
    cells, where = town_of([[1, 30, 60], [4, 30, 60], [20, 30, 60]])
    areas = division(where)
    tables, hidden = read(protect(cells, where, LOOSE), cells, areas, None)
    against = attack(tables, areas)
    known = against.figures.known(hidden)
    looked = look_at(against, known, ~known & (against.figures.in_areas > 0), LOOSE.min_cell)
    found, _ = told_to_persons(looked, secret(against.figures, LOOSE))
    (place, who), *_ = found.pairs
    four = int(looked.unknowns[place])
    wanted = [(four, looked.unknowns[who], False), (four, NO_ONE, False), (four, NO_ONE, True)]
    task = Mend(against, known, looked.least, known, LOOSE.min_cell)
    assert mended(task, wanted).open.tolist() == [True, False, False]
    assert mended(task, wanted).known.tolist() == known.tolist()


@examples(4)
@given(towns(("residents", "foreigner", "nationality_group", "age_class", "nationality_group_by_age")))
def test_what_is_told_is_what_exact_programs_find(town: Town) -> None:
    """One program for each secret figure and each person, both ways: the same pairs, with and without the mending."""
    cells, where = town
    for protected in (protect(cells, where, LOOSE), protect_with_room(cells, where, LOOSE)[0]):
        assert told(protected, cells, where) == told_by_programs(protected, cells, where)


def told_by_programs(
    protected: Mapping[str, ProtectedCells], cells: Mapping[str, Cells], where: Geography
) -> set[tuple[int, int]]:
    areas = division(where)
    tables, hidden = read(protected, cells, areas, None)
    against = attack(tables, areas)
    figures = against.figures
    known = figures.known(hidden)
    unknowns = np.flatnonzero(~known)
    looked = look_at(against, known, ~known & (figures.in_areas > 0), LOOSE.min_cell)
    program, values = program_of(against, known), figures.values[unknowns]
    wanted = np.flatnonzero(secret(figures, LOOSE)[unknowns])
    people = holders(program, alone_in(values, figures.at_one[unknowns]))
    found = set()
    for one in range(people.max(initial=-1) + 1):
        own = people == one
        low, high = np.where(own, values, looked.least[unknowns]), np.where(own, values, program.high)
        highs = solver(replace(program, low=low.astype(np.float64), high=high))
        for place in wanted[people[wanted] != one].tolist():
            if _furthest(highs, place, int(values[place])) < 1 - 1e-6:
                found.add((place, int(np.flatnonzero(people == one)[0])))
    return found


def _furthest(highs: Solver, place: int, true: int) -> float:
    """How far one unknown can get from its true number."""
    reached = []
    for sign in (1.0, -1.0):
        highs.changeColCost(place, sign)
        found = solve(highs)
        assert found is not None
        reached.append(abs(found[place] - true))
    highs.changeColCost(place, 0.0)
    return float(max(reached))


def test_total_and_part_of_one_person_are_the_same_person() -> None:
    cells, where = town_of([[1, 30], [7, 60]])
    areas = division(where)
    tables, hidden = read(protect(cells, where, LOOSE), cells, areas, None)
    against = attack(tables, areas)
    known = against.figures.known(hidden)
    values = against.figures.values[~known]
    people = holders(program_of(against, known), values == 1)
    assert (people[values != 1] == -1).all()
    assert set(people[values == 1]) == {0} and (values == 1).sum() == 2


def by_rules() -> Town:
    """A quarter in which nothing can be said of ten minors (rules U1 and U3) and of one adult (U2)."""
    rules = {"U1": ("0-17", 8), "U3": ("0-17", 2), "U2": ("18-64", 1), "A1": ("18-64", 60), "N3": ("18-64", 90)}
    status = {"A1": "foreigner_born_abroad", "N3": "none"}
    counts: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for number, (rule, (age, people)) in enumerate(rules.items()):
        of = status.get(rule, "undeterminable")
        group = codes.category("migration_status", of).parent
        keys = {
            "residents": (),
            "mh_register": (codes.category("mh_group", group).parent,),
            "mh_group": (group,),
            "migration_status": (of,),
            "migration_rule": (rule,),
            "age_class": (age,),
            "mh_group_by_age": (group, age),
        }
        for id, category in keys.items():
            counts[id][(f"Q0B{number % 2}", *category)] += people
    return {id: cells_of(programme.table(id), found) for id, found in counts.items()}, geography([2])


def test_who_is_alone_by_rule_and_by_age_is_told_nothing_of_others() -> None:
    """The only adult of whom nothing can be said is the only one by that rule, though no sum is of these two alone."""
    _, proof = protect_with_room(*by_rules(), LOOSE)
    assert [(each.attacker, each.narrow) for each in proof.held] == [("sums", 0), ("zeros", 0), ("person", 0)]


def test_another_family_alone_is_still_told() -> None:
    """Six and four of one origin, each in a house of its own and alone in its block: the one tells the other."""
    cells, where = of_one_house(town_of([[6, 30, 60], [4, 30, 60], [20, 30, 60]]), 6)
    frame = cells["origin"].frame
    four = pl.when(pl.col("n") == 4).then(pl.lit(4, pl.Int64)).otherwise("top").alias("top")
    both = {**cells, "origin": Cells(ORIGIN, frame.with_columns(four))}
    first = protect(cells, where, LOOSE)
    assert told(first, both, where) >= told(first, cells, where) != set()


@pytest.mark.parametrize("people", [1, 2, 3, 20, 21])
def test_of_two_people_each_is_held_without_the_other(people: int) -> None:
    marks = halves(people)
    for one, other in product(range(people), repeat=2):
        assert one == other or (marks[one] & ~marks[other]).any()


def test_nobody_is_alone_where_nothing_is_hidden() -> None:
    cells, where = town_of([[20, 30], [30, 60]])
    _, proof = protect_with_room(cells, where, LOOSE)
    assert [(each.attacker, each.cells) for each in proof.held][-1] == ("person", 0)
