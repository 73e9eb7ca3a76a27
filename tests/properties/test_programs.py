"""Linear programs on groups of figures: held against two plain programs for every figure, and on a large group."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_programs import LEAST, tables
from scipy.optimize import linprog

from vielfalt.audit.bounds import narrowed
from vielfalt.audit.figures import Figures, Key
from vielfalt.audit.sums import Sum
from vielfalt.figures.disclosure import programs
from vielfalt.figures.disclosure.equations import Family, System, bounds
from vielfalt.figures.disclosure.programs import narrow
from vielfalt.numbers import Ints, Marks


@pytest.mark.parametrize("small", [1, programs.SMALL])
@pytest.mark.parametrize("smallest", [0, LEAST])
@settings(max_examples=100, deadline=None)
@given(table=tables(), asked=st.integers(0, 2**27 - 1))
def test_what_is_told_is_what_plain_programs_tell(
    small: int, smallest: int, table: tuple[Ints, Marks, list[Family]], asked: int
) -> None:
    """Groups of every size; a zero that is left alone counts as told where only exactly known figures are asked for."""
    values, known, sums = table
    system = System.of(values, sums)
    system = system.only(system.holding(~known))
    found = bounds(known, values, system, (np.zeros(0, np.int64),) * 3)
    low, high = found.low.copy(), found.high.copy()
    wanted = np.array([bool(asked >> place & 1) for place in range(len(values))])
    with patch.object(programs, "SMALL", small):
        decided = narrow(system, low, high, np.full(len(values), smallest), wanted, largest=len(values))
    assert not decided.left.any()
    assert (low <= values).all()
    assert (values <= high).all()
    for place in np.flatnonzero(~known & wanted).tolist():
        least, most = _extremes(found.low, found.high, sums, place)
        zero = smallest == 0 and high[place] == 0
        assert (low[place] == high[place] and (zero or high[place] > 0)) == (least == most and (zero or most > 0))
        assert (low[place] > 0 and high[place] < smallest) == (least > 0 and most < smallest)


def _extremes(low: Ints, high: Ints, sums: list[Family], place: int) -> tuple[int, int]:
    """The oracle: the least and the largest whole number of one figure, over all figures and all sums."""
    matrix = np.zeros((sum(len(family.totals) for family in sums), len(low)))
    start = 0
    for family in sums:
        matrix[start + np.arange(len(family.totals)), family.totals] = 1
        matrix[start + family.equation, family.parts] -= 1
        start += len(family.totals)
    cost = np.zeros(len(low))
    ends = []
    for sign in (1.0, -1.0):
        cost[place] = sign
        answer = linprog(cost, A_eq=matrix, b_eq=np.zeros(start), bounds=np.column_stack([low, high]))
        ends.append(sign * answer.fun)
    return int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))


def many_areas(areas: int) -> tuple[Figures, list[Sum]]:
    """Three ages hidden in many areas, which the published ages of the town link.

    Of each area young and middle together are published; of the first area all three pairs of ages, and these three
    equations have one solution: 20, 10 and 20.
    """
    figures, sums = Figures(), []

    def figure(table: str, area: str, category: str, value: int | None = None) -> int:
        key = Key(20251231, table, (), "area", area, (category,))
        if value is None:
            return figures.hidden(key, 100 * areas, LEAST)
        figures.shown(key, value)
        return figures.number[key]

    ages = {"young": 20, "middle": 10, "old": 20}
    parts = {age: [figure("age", f"A{area}", age) for area in range(areas)] for age in ages}
    for age, value in ages.items():
        sums.append((figure("age", "town", age, value + 25 * (areas - 1)), parts[age]))
    for area in range(areas):
        total = 50 if area else 30
        sums.append((figure("under_60", f"A{area}", "all", total), [parts["young"][area], parts["middle"][area]]))
    sums.append((figure("over_30", "A0", "all", 30), [parts["middle"][0], parts["old"][0]]))
    sums.append((figure("not_in_work", "A0", "all", 40), [parts["young"][0], parts["old"][0]]))
    return figures, sums


def test_a_figure_is_told_by_all_sums_together_in_a_group_of_any_size() -> None:
    figures, sums = many_areas(300)
    low, high, decided = narrowed(figures, sums)
    told = [number for key, number in figures.number.items() if key.area == "A0" and key.table == "age"]
    assert (low[told].tolist(), high[told].tolist()) == ([20, 10, 20], [20, 10, 20])
    assert decided.alone[told].all()
    assert (low == high).sum() == len(told) + len(sums)
    assert (decided.together | decided.alone).sum() == 900
    assert not decided.left.any()


def test_what_no_linear_program_looked_at_is_said() -> None:
    figures, sums = many_areas(300)
    with patch("vielfalt.audit.bounds.MOST", 899):
        assert narrowed(figures, sums)[2].left.sum() == 900
    with patch.object(programs, "ALONE", 1):
        decided = narrowed(figures, sums)[2]
    assert decided.alone.sum() == 1
    assert (decided.together | decided.alone | decided.left).sum() == 900


def test_of_one_date_no_figure_is_left_because_there_are_many() -> None:
    figures, sums = many_areas(300)
    with patch("vielfalt.audit.bounds.LARGEST", 899):
        assert not narrowed(figures, sums)[2].left.any()


@pytest.mark.parametrize("areas", [3, 300])
def test_sums_that_contradict_each_other_do_not_keep_the_others_from_telling(areas: int) -> None:
    figures, sums = many_areas(areas)
    more = [figures.hidden(Key(20251231, "sex", (), "area", "A1", (category,)), 100, LEAST) for category in "abcd"]
    for place, (parts, value) in enumerate([((0, 1), 50), ((1, 2), 50), ((0, 2), 40), ((0, 1, 2), 80)]):
        key = Key(20251231, f"sex {place}", (), "area", "A1", ())
        figures.shown(key, value)
        sums.append((figures.number[key], [more[part] for part in parts]))
    link = Key(20251231, "all", (), "area", "A1", ())
    figures.shown(link, 90)
    sums.append((figures.number[link], [more[0], more[3], sums[3 + 1][1][0]]))
    low, high, decided = narrowed(figures, sums)
    told = [number for key, number in figures.number.items() if key.area == "A0" and key.table == "age"]
    assert (low[told].tolist(), high[told].tolist()) == ([20, 10, 20], [20, 10, 20])
    assert not decided.left.any()
