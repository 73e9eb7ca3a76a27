"""Linear programs on groups of figures: held against two plain programs for every figure."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.equations import Family, System, bounds
from vielfalt.figures.disclosure.programs import narrow

LEAST = 5


@st.composite
def tables(draw: st.DrawFn) -> tuple[Ints, Marks, list[Family]]:
    """A table with its sums over rows and columns: the values, which are published, and the sums."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    inside = np.array(draw(st.lists(st.integers(0, 7), min_size=rows * columns, max_size=rows * columns)))
    grid = inside.reshape(rows, columns)
    values = np.concatenate([inside, grid.sum(axis=1), grid.sum(axis=0)])
    known = np.array(draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    number = np.arange(rows * columns).reshape(rows, columns)
    by_row = _sums(rows * columns + np.arange(rows), number)
    by_column = _sums(rows * columns + rows + np.arange(columns), number.T)
    return values, known, [by_row, by_column]


def _sums(totals: Ints, parts: Ints) -> Family:
    equation = np.repeat(np.arange(len(totals)), parts.shape[1])
    return Family(totals, equation, parts.ravel(), np.zeros(len(totals), np.int64))


@settings(max_examples=150, deadline=None)
@given(table=tables(), asked=st.integers(0, 2**24 - 1))
def test_what_is_told_is_what_plain_programs_tell(table: tuple[Ints, Marks, list[Family]], asked: int) -> None:
    values, known, sums = table
    found, system = bounds(known, values, sums, (np.zeros(0, np.int64),) * 3), System.of(known, values, sums)
    low, high = found.low.copy(), found.high.copy()
    wanted = np.array([bool(asked >> place & 1) for place in range(len(values))])
    narrow(system, low, high, np.full(len(values), LEAST), wanted)
    assert (low <= values).all()
    assert (values <= high).all()
    for place in np.flatnonzero(~known & wanted).tolist():
        least, most = _extremes(found.low, found.high, sums, place)
        assert (low[place] == high[place]) == (least == most)
        assert (low[place] > 0 and high[place] < LEAST) == (least > 0 and most < LEAST)


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
