"""Cell key method and rounding: no bias, no surprise, the same number everywhere, and nothing true left to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protected_towns import examples, people, shown
from small_towns import ALL_TABLES, CHAINS, PROTECTION, Counts, cells_of, geography, towns

from vielfalt import parameters, programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import protect_by, protect_with_room, recomputable, telling
from vielfalt.figures.disclosure.cellkey import KEY_BITS, changed, upper_bounds
from vielfalt.figures.disclosure.changing import change
from vielfalt.figures.disclosure.costing import with_true_counts
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.equations import numbered
from vielfalt.figures.disclosure.grids import grids
from vielfalt.figures.disclosure.perturbation import Perturbation, perturbation
from vielfalt.figures.disclosure.rounding import by_chance, to_nearest
from vielfalt.figures.disclosure.telling import tellable
from vielfalt.figures.indices import indices
from vielfalt.geography import Geography
from vielfalt.methods import BASES, CellKey, Method, Rounding, Suppression
from vielfalt.mixing import mixed
from vielfalt.numbers import Ints

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "reference"
DEFAULT = CellKey(largest_shift=5, variance=3, smallest=3)
ROUNDINGS = tuple(Rounding(base, chance) for base in BASES for chance in (True, False))
METHODS = (DEFAULT, CellKey(4, 3, 3, stay=0.1), CellKey(5, 3, 3, additive=True), *ROUNDINGS)
Town = tuple[dict[str, Cells], Geography]


@given(st.integers(1, 40), st.integers(0, 2**62))
def test_a_number_moves_within_its_limits(count: int, key: int) -> None:
    counts, keys = np.array([count, 0]), np.array([key, key])
    moved, zero = changed(counts, keys, perturbation(DEFAULT))
    assert abs(moved - count) <= 5 and (moved == 0 or moved >= 3) and zero == 0
    for base in BASES:
        up_or_down, zero = by_chance(counts, keys, base)
        assert abs(up_or_down - count) < base and up_or_down % base == 0 and zero == 0
        assert up_or_down == count or count % base
        near, zero = to_nearest(counts, base)
        assert 2 * abs(near - count) <= base and near % base == 0 and zero == 0


@pytest.mark.parametrize("count", [*range(1, 12), 50])
def test_over_all_keys_nothing_is_gained_or_lost(count: int) -> None:
    """A grid over the whole circle of keys: the mean is the count, the variance the one demanded."""
    keys = np.arange(0, 1 << KEY_BITS, (1 << KEY_BITS) // 200_000)
    counts = np.full(len(keys), count)
    shift = changed(counts, keys, perturbation(DEFAULT)) - counts
    assert shift.mean() == pytest.approx(0, abs=1e-3) and shift.var() == pytest.approx(3, abs=5e-3)
    for base in BASES:
        assert by_chance(counts, keys, base).mean() == pytest.approx(count, abs=1e-3)


def test_cell_keys_do_not_add_up() -> None:
    """Else a number and its parts would narrow each other: each says in which interval its key sum lies."""
    one, other = (np.random.default_rng(seed).integers(0, 1 << 45, 200_000) for seed in (1, 2))
    left = (mixed(one + other) - mixed(one) - mixed(other)) % (1 << KEY_BITS)
    assert np.bincount(left >> (KEY_BITS - 4), minlength=16) == pytest.approx(200_000 / 16, rel=0.05)
    near = mixed(one) - mixed(one + 1)
    assert abs(np.corrcoef(mixed(one), mixed(one + 1))[0, 1]) < 0.01 and (near != 0).all()


@pytest.mark.parametrize("method", [DEFAULT, CellKey(5, 3, 3, additive=True), Rounding(10, by_chance=True)])
def test_numbers_are_changed_by_mixed_key_sums(method: CellKey | Rounding) -> None:
    """Key sums that lie near each other, all at one end of their circle, change numbers up and down alike."""
    where, blocks = geography([200]), 200
    frame = pl.DataFrame(
        {"area": [f"Q0B{place}" for place in range(blocks)], "n": 45, "key_sum": range(blocks), "top": 0, "second": 0}
    )
    residents = Cells(programme.table("residents"), frame)
    shift = shown(change({"residents": residents}, where, PROTECTION, method)["residents"], "block")
    moved = np.array([45 - (value or 0) for value in shift.values()])
    assert len(moved) == blocks and (moved > 0).sum() > 40 and (moved < 0).sum() > 40


@pytest.mark.parametrize(("base", "nearest"), [(3, [0, 0, 3, 3, 3, 6]), (5, [0, 0, 0, 5, 5, 5]), (10, [0] * 5 + [10])])
def test_the_nearest_multiple_and_from_the_middle_the_larger_one(base: int, nearest: list[int]) -> None:
    assert to_nearest(np.arange(6), base).tolist() == nearest


def test_the_share_of_keys_is_the_chance() -> None:
    table = perturbation(DEFAULT)
    widths = np.diff(upper_bounds(table), axis=1, prepend=0) / (1 << KEY_BITS)
    assert widths == pytest.approx(table.chances, abs=1e-9)
    assert (upper_bounds(table)[:, -1] == 1 << KEY_BITS).all()


def test_intervals_are_open_below_and_closed_above() -> None:
    half = Perturbation(np.array([[0, 1.0, 0], [0.5, 0, 0.5]]))
    keys = np.array([0, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 32) + 5])
    assert changed(np.full(5, 1), keys, half).tolist() == [0, 0, 2, 2, 0]


@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the shared reference data")
def test_the_table_of_r_cell_key() -> None:
    """4,580 record keys to 21 published cells, as R cellKey has them."""
    chances = pl.read_csv(REFERENCE / "ck_ptable.csv")
    table = np.zeros((9, 11))
    for count, chance, shift in chances.select("i", "p", "v").iter_rows():
        table[count, shift + 5] = chance
    people = pl.read_csv(REFERENCE / "ck_micro.csv").with_columns(
        key=(pl.col("rec_key") * 2**KEY_BITS).round().cast(pl.Int64)
    )
    wanted = pl.read_csv(REFERENCE / "ck_freqtab.csv")
    moved = pl.read_csv(REFERENCE / "ck_mod.csv")
    assert wanted.height == moved.height == 21
    for (sex, age, count, result), pert in zip(
        wanted.select("sex", "age", "uwc", "puwc").iter_rows(), moved["pert"], strict=True
    ):
        cell = people.filter(
            (pl.lit(sex == "Total") | (pl.col("sex") == sex)) & (pl.lit(age == "Total") | (pl.col("age") == age))
        )
        assert cell.height == count
        got = changed(np.array([count]), np.array([cell["key"].sum()]), Perturbation(table))[0]
        assert (got, got - count) == (result, pert), (sex, age)


@examples(12)
@given(towns(), st.sampled_from(METHODS))
def test_zeros_stay_and_nothing_small_is_shown(town: Town, method: CellKey | Rounding) -> None:
    cells, where = town
    true = {id: truth(cells[id], where) for id in cells}
    for id, table in change(cells, where, PROTECTION, method).items():
        assert set(table.frame["status"]) <= {"estimated", "suppressed", "ok"}
        for level in ("town", "quarter", "block"):
            for key, value in shown(table, level).items():
                count = true[id].get((level, *key), 0)
                additive = isinstance(method, CellKey) and method.additive
                exact = id == "residents" and level == "town" and isinstance(method, CellKey) and not additive
                if value is None or exact:
                    assert value in (None, count)
                elif not additive:
                    limit = method.base - 1 if isinstance(method, Rounding) else method.largest_shift
                    assert abs(value - count) <= limit and (count > 0 or value == 0)
                    assert value == 0 or value >= 3


@examples(12)
@given(towns(), st.sampled_from(METHODS))
def test_the_same_people_have_one_number_everywhere(town: Town, method: CellKey | Rounding) -> None:
    """Foreigners of two tables; an area that is alone in its quarter; and a second run."""
    cells, where = town
    found = change(cells, where, PROTECTION, method)
    again = change(cells, where, PROTECTION, method)
    assert all(found[id].frame.equals(again[id].frame) for id in found)
    for level in ("town", "quarter", "block"):
        left = {key[0]: value for key, value in shown(found["foreigner"], level).items() if key[1] == "foreign"}
        right = {key[0]: value for key, value in shown(found["mh_group"], level).items() if key[1] == "foreigner"}
        assert left == right
    for quarter in where.levels[0].areas:
        blocks = [block.key for block in where.finest.areas if block.parent == quarter.key]
        if len(blocks) == 1:
            here = {
                key[1:]: value for key, value in shown(found["nationality"], "quarter").items() if key[0] == quarter.key
            }
            there = {
                key[1:]: value for key, value in shown(found["nationality"], "block").items() if key[0] == blocks[0]
            }
            assert here == there


@examples(10)
@given(towns())
def test_a_table_has_the_same_numbers_whatever_else_is_published(town: Town) -> None:
    cells, where = town
    alone = {id: cells[id] for id in ("residents", "foreigner")}
    assert change(alone, where, PROTECTION, DEFAULT)["foreigner"].frame.equals(
        change(cells, where, PROTECTION, DEFAULT)["foreigner"].frame
    )


@examples(10)
@given(towns())
def test_additive_areas_add_up(town: Town) -> None:
    cells, where = town
    found = change(cells, where, PROTECTION, CellKey(5, 3, 3, additive=True))
    for table in found.values():
        blocks = shown(table, "block")
        for quarter in where.levels[0].areas:
            inside = [block.key for block in where.finest.areas if block.parent == quarter.key]
            for key, value in shown(table, "quarter").items():
                parts = [blocks[(block, *key[1:])] for block in inside]
                if key[0] == quarter.key and value is not None and None not in parts:
                    assert value == sum(part for part in parts if part is not None)


@examples(15)
@given(towns(), st.sampled_from(METHODS))
def test_no_true_count_can_be_told(town: Town, method: CellKey | Rounding) -> None:
    cells, where = town
    protected, told, _ = protect_by(method, cells, where, PROTECTION)
    assert told.is_empty(), told
    assert set(protected) == set(cells)


def test_rounding_to_the_nearest_is_read_back_and_withheld() -> None:
    """Rounded to 5, a 0 is at most 2 and a 10 at least 8: four zeros that make 10 are twos. That must not be shown."""
    blocks = {"Q0B0": {0: 30, 5: 2, 6: 1, 7: 1, 8: 2, 9: 2}}
    where = geography([1])
    cells = people(blocks, where, ALL_TABLES)
    plain = change(cells, where, PROTECTION, Rounding(5, by_chance=False))
    told = tellable(plain, cells, where, Rounding(5, by_chance=False))
    foreigners = {("foreigner", level, "foreign", 8) for level in ("town", "quarter", "block")}
    assert foreigners <= set(told.select("table", "level", "category", "low").iter_rows())
    assert set(plain["nationality"].frame["nationality"]) == {"000"}
    _, left, _ = protect_by(Rounding(5, by_chance=False), cells, where, PROTECTION)
    assert left.is_empty()


def test_couples_and_the_persons_in_them_tell_each_other() -> None:
    """Rounded to 5, 57 couples are at most 57 and 114 persons at least 113: one even number of persons is left."""
    where, method = geography([1, 1]), Rounding(5, by_chance=False)
    persons: Counts = {("Q0B0", "couple_no_child"): 114, ("Q0B0", "single"): 86, ("Q1B0", "couple_no_child"): 76}
    homes: Counts = {("Q0B0", "couple_no_child"): 57, ("Q0B0", "single"): 86, ("Q1B0", "couple_no_child"): 38}
    cells = {
        "residents": cells_of(programme.table("residents"), {("Q0B0",): 200, ("Q1B0",): 76}),
        "household_type": cells_of(programme.table("household_type"), persons),
        "households": cells_of(programme.table("households"), {("Q0B0",): 143, ("Q1B0",): 38}),
        "households_by_type": cells_of(programme.table("households_by_type"), homes),
    }
    told = tellable(change(cells, where, PROTECTION, method), cells, where, method)
    couples = told.filter((pl.col("category") == "couple_no_child") & (pl.col("area") == "Q0B0"))
    assert set(couples.select("table", "low").iter_rows()) == {("household_type", 114), ("households_by_type", 57)}
    _, left, _ = protect_by(method, cells, where, PROTECTION)
    assert left.is_empty()


def test_an_area_that_is_shown_is_no_smaller_than_the_smallest() -> None:
    """Rounded to 5, a 20 is at most 22; with 22 residents at least, it is 22."""
    where, method = geography([1, 1]), Rounding(5, by_chance=False)
    cells = people({"Q0B0": {0: 22}, "Q1B0": {0: 200, 5: 40}}, where, ALL_TABLES)
    for least in (21, 22):
        protection = replace(PROTECTION, min_area=least)
        told = tellable(change(cells, where, protection, method), cells, where, method)
        assert (("residents", "Q0B0", 22) in set(told.select("table", "area", "low").iter_rows())) == (least == 22)


@pytest.mark.parametrize("method", METHODS)
def test_an_area_hidden_for_its_one_address_is_not_taken_for_a_small_one(method: CellKey | Rounding) -> None:
    """Else the reader would conclude from something false, here that more live in the block beside it."""
    where, residents = geography([3]), programme.table("residents")
    counts: Counts = {("Q0B0",): 100, ("Q0B1",): 60, ("Q0B2",): 7}
    cells = cells_of(residents, counts)
    cells = replace(cells, frame=cells.frame.with_columns(top=pl.when(pl.col("n") == 100).then(100).otherwise(0)))
    shown_now = change({"residents": cells}, where, PROTECTION, method)
    hidden = shown_now["residents"].frame.filter(pl.col("status") == "suppressed")["area"]
    assert {"Q0B0", "Q0B2"} <= set(hidden)
    low, high, values = residents_told(shown_now, cells, where)
    assert (low <= values).all() and (values <= high).all()
    assert high[values == 7].max() == PROTECTION.min_area - 1


def residents_told(protected: Mapping[str, ProtectedCells], cells: Cells, where: Geography) -> tuple[Ints, Ints, Ints]:
    """What follows for residents from which areas are shown at all: the least, the largest, and the true numbers."""
    areas = division(where)
    tables = grids({"residents": cells}, areas, {})
    numbers, size = numbered(tables)
    values = np.concatenate([level.ravel() for level in tables["residents"].values])
    low, high = np.zeros(size, np.int64), np.full(size, 10**6)
    telling._narrow_residents(low, high, values, numbers["residents"], protected, areas)
    return low, high, values


@examples(15)
@given(towns(), st.sampled_from(METHODS))
def test_no_category_is_listed_of_which_every_number_is_zero(town: Town, method: CellKey | Rounding) -> None:
    """It would say that there is somebody: rounded to the nearest multiple of 3, exactly one."""
    cells, where = town
    found = change(cells, where, PROTECTION, method)
    for name in {name for table in found.values() for name in table.table.dimensions}:
        of = [table.frame for table in found.values() if name in table.table.dimensions]
        listed = set(pl.concat([frame.select(name) for frame in of])[name])
        left_out = pl.col("value").is_null() & pl.col("value").is_not_null().any().over("level", "area")
        somebody = (pl.col("value") > 0) | left_out
        assert listed == set(pl.concat([frame.filter(somebody).select(name) for frame in of])[name])


def test_the_only_one_of_a_country_is_not_listed() -> None:
    blocks = {"Q0B0": {0: 30, 5: 1, 6: 9}, "Q1B0": {0: 40, 6: 12}}
    cells, where = people(blocks, geography([1, 1]), CHAINS), geography([1, 1])
    found = change(cells, where, PROTECTION, Rounding(3, by_chance=False))
    assert set(found["nationality"].frame["nationality"]) == {"000", "163"}
    assert set(found["nationality_group"].frame["nationality_group"]) == {"germany", "turkey"}


@examples(15)
@given(towns(), st.sampled_from(METHODS))
def test_the_reader_of_ranges_is_never_wrong(town: Town, method: CellKey | Rounding) -> None:
    """What he tells is true, or the attack would prove nothing."""
    cells, where = town
    true = {id: truth(cells[id], where) for id in cells}
    told = tellable(change(cells, where, PROTECTION, method), cells, where, method)
    for table, level, area, category, low, high in told.iter_rows():
        if table in true:
            keys = tuple(category.split(" ")) if category else ()
            assert low == high == true[table][(level, area, *keys)]


@examples(10)
@given(towns())
def test_suppression_goes_the_way_of_its_own(town: Town) -> None:
    cells, where = town
    protected, told, found = protect_by(Suppression(), cells, where, PROTECTION)
    hidden, proof = protect_with_room(cells, where, PROTECTION)
    assert all(protected[id].frame.equals(hidden[id].frame) for id in cells)
    assert told.equals(recomputable(hidden, cells, where, PROTECTION))
    assert found.frame.equals(proof.frame) and found.held == proof.held


@examples(10)
@given(towns(), st.sampled_from(METHODS))
def test_true_counts_stand_beside_the_published_ones(town: Town, method: CellKey | Rounding) -> None:
    """What the cost of protection is computed from."""
    cells, where = town
    for id, frame in with_true_counts(change(cells, where, PROTECTION, method), cells, where).items():
        true = truth(cells[id], where)
        for level, area, *category, _, _, n in frame.iter_rows():
            assert n == true.get((level, area, *category), 0)


@examples(12)
@given(towns(), st.sampled_from(METHODS))
def test_indices_rest_on_published_numbers_alone(town: Town, method: CellKey | Rounding) -> None:
    """Whatever the true counts are: the same published tables give the same indices."""
    cells, where = town
    published = change(cells, where, PROTECTION, method)
    other = {id: Cells(table.table, table.frame.with_columns(n=3 * pl.col("n") + 7)) for id, table in cells.items()}
    assert indices(cells, published, where, PROTECTION) == indices(other, published, where, PROTECTION)


def test_small_areas_and_shelters_are_not_shown() -> None:
    """Nothing of an area below the least number, zeros included; and no larger number that one address makes up."""
    where = geography([1, 1, 1])
    cells = people({"Q0B0": {0: 12, 5: 3}, "Q1B0": {0: 300, 5: 40}, "Q2B0": {0: 300}}, where, ALL_TABLES)
    sheltered = {
        id: Cells(table.table, table.frame.with_columns(top=pl.when(pl.col("n") == 40).then(40).otherwise("top")))
        for id, table in cells.items()
    }
    found = change(sheltered, where, PROTECTION, DEFAULT)
    assert shown(found["residents"], "quarter")[("Q0",)] is None
    assert all(value is None for key, value in shown(found["nationality"], "quarter").items() if key[0] == "Q0")
    foreign = shown(found["foreigner"], "quarter")
    assert foreign[("Q1", "foreign")] is None and foreign[("Q1", "german")] is not None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("beside", "told"), [(3, True), (19, True), (20, False), (0, False)])
def test_an_area_beside_which_few_live_in_its_quarter_does_not_tell_what_they_are(
    beside: int, told: bool, method: CellKey | Rounding
) -> None:
    """Where quarter and block show other numbers of a group, somebody of the few is in it. Sums do not say that."""
    where = geography([2, 2])
    cells = people({"Q0B0": {0: 60, 5: 40}, "Q0B1": {5: beside}, "Q1B0": {0: 80}, "Q1B1": {0: 90}}, where, ALL_TABLES)
    found = change(cells, where, PROTECTION, method)
    hidden = told and not (isinstance(method, CellKey) and method.additive)
    for id, key in (("residents", ()), ("foreigner", ("foreign",)), ("foreigner", ("german",))):
        assert (shown(found[id], "block")["Q0B0", *key] is None) is hidden
        assert shown(found[id], "quarter")["Q0", *key] is not None
        assert shown(found[id], "block")["Q1B0", *key] is not None


def test_defaults_can_be_met() -> None:
    values = parameters.on("methods", 20251231)
    perturbation(
        CellKey(
            int(values["cell_key_largest_shift"]),
            values["cell_key_variance"],
            int(values["cell_key_smallest"]),
            values["cell_key_stay"],
        )
    )
    assert values["rounding_base"] in BASES


def truth(cells: Cells, where: Geography) -> Mapping[tuple[str, ...], int]:
    """True counts by (level, area, category ...)."""
    found: dict[tuple[str, ...], int] = {}
    for level in ("town", "quarter", "block"):
        above = where.ancestors(level)
        for area, *category, n in cells.frame.select("area", *cells.table.dimensions, "n").iter_rows():
            key = (level, above[area] if area else "", *category)
            if level == "town":
                key = (level, where.town.key, *category)
            found[key] = found.get(key, 0) + n
    return found


@pytest.mark.parametrize("method", [Suppression(), *METHODS], ids=str)
def test_one_method_for_all_tables(method: Method) -> None:
    where = geography([1, 1])
    cells = people({"Q0B0": {0: 120, 5: 30}, "Q1B0": {0: 300, 5: 40, 6: 2}}, where, ALL_TABLES)
    protected, *_ = protect_by(method, cells, where, PROTECTION)
    assert len({table.method for table in protected.values()}) == 1
    assert all(isinstance(table, ProtectedCells) for table in protected.values())
