"""Chance, change and nesting: what permutation, bootstrap and decomposition must do on towns whose answer is known."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, random_table

from vielfalt.figures.indices import chance, change, evenness, multigroup, nested
from vielfalt.figures.indices.chance import Statistic
from vielfalt.figures.indices.dealing import random_tables
from vielfalt.numbers import Floats

SEED = 20


def of_first(table: Floats) -> Floats:
    """The segregation index of the first group."""
    value = evenness.segregation_index(table[:, 0], table.sum(axis=1))
    return np.array([math.nan if value is None else value])


def small_areas(seed: int, evenly: bool) -> Floats:
    """A hundred areas of thirty residents, ten per cent of them in the group: by lot, or only in every fourth."""
    lot = np.random.default_rng(seed)
    share = np.full(100, 0.1) if evenly else np.where(np.arange(100) % 4, 0.0, 0.4)
    group = lot.binomial(30, share).astype(float)
    return np.column_stack([group, 30 - group])


def test_permutation_keeps_areas_and_groups() -> None:
    table = small_areas(1, evenly=False)

    def margins(drawn: Floats) -> Floats:
        return np.concatenate([drawn.sum(axis=1), drawn.sum(axis=0)])

    found = chance.permuted(table, margins, 5, SEED)
    assert (found == margins(table)).all()
    cells = chance.permuted(table, np.ravel, 400, SEED)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)).ravel() / table.sum()
    assert np.abs(cells.mean(axis=0) - expected).max() < 0.5, "mean of a random table"


@pytest.mark.parametrize(
    ("areas", "groups"), [([30, 20, 10], [40, 20]), ([20, 10], [12, 9, 9]), ([6, 5, 2], [5, 4, 4]), ([9, 0, 4], [6, 7])]
)
def test_random_tables_come_as_often_as_they_should(areas: list[int], groups: list[int]) -> None:
    """Every table with these margins beside its exact probability, by the way for many cells."""
    draws = 20_000
    found = Counter(
        tuple(table.ravel().tolist()) for table in random_tables(np.array(areas), np.array(groups), draws, SEED)
    )
    exact = random_table(areas, groups)
    odds = {cells: exact.pmf(np.reshape(cells, (len(areas), len(groups)))) for cells in _all_tables(areas, groups)}
    assert sum(odds.values()) == pytest.approx(1), "these are all"
    often = [cells for cells, odd in odds.items() if odd * draws > 5]
    seen, expected = [found[cells] for cells in often], [odds[cells] * draws for cells in often]
    if len(often) < len(odds):
        seen, expected = [*seen, draws - sum(seen)], [*expected, draws - sum(expected)]
    assert chisquare(seen, expected).pvalue > 0.001


def _all_tables(areas: list[int], groups: list[int]) -> Iterator[tuple[int, ...]]:
    if not areas:
        yield from [()] if not any(groups) else []
        return
    for row in itertools.product(*(range(group + 1) for group in groups)):
        if sum(row) == areas[0]:
            rest = [group - taken for group, taken in zip(groups, row, strict=True)]
            yield from (row + more for more in _all_tables(areas[1:], rest))


@pytest.mark.parametrize(("size", "mean"), [((400, 3), 12), ((12, 12), 12), ((4, 2), 60)])
def test_random_tables_are_those_of_shuffled_people(size: tuple[int, int], mean: int) -> None:
    """Mean and variance of each cell beside people shuffled one by one; in the last case each cell is drawn."""
    lot = np.random.default_rng(SEED)
    table = lot.poisson(lot.gamma(2.0, mean / 2, size)) + 1
    areas, groups = table.sum(axis=1), table.sum(axis=0)
    drawn = np.array(list(random_tables(areas, groups, 600, SEED)))
    assert (drawn.sum(axis=2) == areas).all() and (drawn.sum(axis=1) == groups).all()
    homes, people = np.repeat(np.arange(size[0]), areas), np.repeat(np.arange(size[1]), groups)
    shuffled = np.zeros((600, *size))
    for one in shuffled:
        np.add.at(one, (lot.permutation(homes), people), 1)
    error = np.sqrt((drawn.var(axis=0) + shuffled.var(axis=0)) / 600)
    assert np.abs(drawn.mean(axis=0) - shuffled.mean(axis=0)).max() < 5 * error.max()
    assert drawn.var(axis=0).sum() == pytest.approx(shuffled.var(axis=0).sum(), rel=0.05)


def test_chance_explains_an_even_town_and_not_a_divided_one() -> None:
    for evenly in (True, False):
        table = small_areas(2, evenly)
        observed = of_first(table)
        drawn = chance.permuted(table, of_first, 199, SEED)
        p = float(chance.p_values(observed, drawn)[0])
        beyond = float(chance.beyond_chance(observed, drawn)[0])
        if evenly:
            assert observed[0] > 0.2, "the bias of small areas"
            assert p > 0.05
            assert abs(beyond) < 0.1
        else:
            assert p == 1 / 200, "never 0"
            assert beyond > 0.6


def test_bias_of_small_areas_is_taken_off() -> None:
    """The true index of the even town is 0, that of the divided one 0.833; the corrected one is nearer on average."""
    for evenly, true in ((True, 0.0), (False, 0.75 / 0.9)):
        plain, corrected = [], []
        for seed in range(8):
            table = small_areas(seed, evenly)
            value, low, high = chance.debiased(of_first(table), chance.resampled(table, of_first, 60, SEED))
            assert low[0] < value[0] < high[0]
            plain.append(of_first(table)[0])
            corrected.append(value[0])
        assert abs(np.mean(corrected) - true) < abs(np.mean(plain) - true)


def test_bootstrap_draws_as_many_people() -> None:
    def people(drawn: Floats) -> Floats:
        return np.array([drawn.sum()])

    assert set(chance.resampled(small_areas(1, evenly=True), people, 20, SEED).ravel()) == {3000.0}


@pytest.mark.parametrize("draw", [chance.permuted, chance.resampled])
def test_the_same_seed_gives_the_same_draws(draw: object) -> None:
    assert callable(draw)
    table, statistic = small_areas(3, evenly=True), of_first
    first: Floats = draw(table, statistic, 9, SEED)
    assert (first == draw(table, statistic, 9, SEED)).all()
    assert len(np.unique(first)) > 1, "draws differ from one another"
    assert (first != draw(table, statistic, 9, SEED + 1)).any()


def test_an_index_without_value_has_no_interval() -> None:
    table = np.array([[0.0, 5.0], [0.0, 7.0]])
    statistic: Statistic = of_first
    drawn = chance.permuted(table, statistic, 9, SEED)
    assert np.isnan(chance.p_values(statistic(table), drawn)).all()
    assert np.isnan(chance.beyond_chance(statistic(table), drawn)).all()
    assert np.isnan(chance.debiased(statistic(table), drawn)[0]).all()


def test_differences() -> None:
    one, same, other = small_areas(4, evenly=True), small_areas(5, evenly=True), small_areas(6, evenly=False)
    drawn = [chance.resampled(table, of_first, 199, seed)[:, 0] for seed, table in enumerate((one, same, other))]
    alike = change.difference(of_first(one)[0], drawn[0], of_first(same)[0], drawn[1])
    assert alike.low < 0 < alike.high
    assert alike.p > 0.05
    apart = change.difference(of_first(one)[0], drawn[0], of_first(other)[0], drawn[2])
    assert apart.p == pytest.approx(2 / 200)
    assert 0.4 < apart.low < apart.value < apart.high


tables = st.lists(st.lists(st.integers(0, 200), min_size=3, max_size=3), min_size=4, max_size=4)


@given(tables, tables)
@settings(max_examples=40, deadline=None)
def test_parts_add_up(first: list[list[int]], second: list[list[int]]) -> None:
    one, other = np.array(first, dtype=float), np.array(second, dtype=float)
    if not (one.sum() and other.sum() and multigroup.is_mixed(one) and multigroup.is_mixed(other)):
        return
    parts = change.parts(one, other, multigroup.mutual_information)
    difference = (multigroup.mutual_information(other) or 0) - (multigroup.mutual_information(one) or 0)
    assert parts is not None and parts.areas is not None
    assert parts.groups + parts.areas + parts.structure == pytest.approx(difference, abs=1e-6)
    towns = change.parts_of_towns(one, other[:3], multigroup.mutual_information)
    if towns is not None and multigroup.is_mixed(other[:3]):
        difference = (multigroup.mutual_information(other[:3]) or 0) - (multigroup.mutual_information(one) or 0)
        assert towns.groups + towns.structure == pytest.approx(difference, abs=1e-9)
        assert towns.areas is None


def test_parts_of_known_changes() -> None:
    town = np.array([[40.0, 60.0], [10.0, 90.0], [25.0, 75.0]])
    grown = change.parts(town, town * [2.0, 1.0], multigroup.dissimilarity)
    assert grown is not None and grown.structure == pytest.approx(0, abs=1e-7), "everybody of a group doubled"
    larger = change.parts(town, town * np.array([[1.0], [3.0], [1.0]]), multigroup.mutual_information)
    assert larger is not None and larger.structure == pytest.approx(0, abs=1e-7), "everybody of an area tripled"
    assert larger.areas != pytest.approx(0, abs=1e-4)
    moved = change.parts(town, np.array([[25.0, 75.0], [25.0, 75.0], [25.0, 75.0]]), multigroup.mutual_information)
    assert moved is not None
    assert moved.structure == pytest.approx(-(multigroup.mutual_information(town) or 0), abs=1e-6)
    only_here = change.parts_of_towns(np.array([[5.0, 0.0], [5.0, 0.0]]), town, multigroup.dissimilarity)
    assert only_here is None


def test_fitting_keeps_odds_ratios() -> None:
    table = np.array([[40.0, 60.0], [10.0, 90.0]])
    made = change.fitted(table, np.array([30.0, 70.0]), np.array([50.0, 50.0]))
    assert made.sum(axis=1) == pytest.approx([30, 70])
    assert made.sum(axis=0) == pytest.approx([50, 50])
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert made[0, 0] * made[1, 1] / (made[0, 1] * made[1, 0]) == pytest.approx(odds)


@given(tables, st.lists(st.integers(0, 1), min_size=4, max_size=4))
@settings(max_examples=60)
def test_nested_parts_add_up(rows: list[list[int]], larger: list[int]) -> None:
    groups = np.array(rows, dtype=float)
    parts = nested.of_areas(groups, np.array(larger))
    mutual = multigroup.mutual_information(groups) if groups.sum() else None
    assert (parts is None) == (mutual is None)
    if parts is not None:
        assert parts.total == pytest.approx(mutual, abs=1e-9)
        assert parts.total / parts.town == pytest.approx(multigroup.information(groups), abs=1e-9)
    by_groups = nested.of_groups(groups, np.array([0, 1, 1]))
    assert by_groups is None or by_groups.total == pytest.approx(mutual, abs=1e-9)
