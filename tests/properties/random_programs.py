"""Random tables with sums, for linear programs over them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from vielfalt.figures.disclosure.equations import Family
from vielfalt.numbers import Ints, Marks

LEAST = 5


@st.composite
def tables(draw: st.DrawFn) -> tuple[Ints, Marks, list[Family]]:
    """A table with its sums over rows, over columns and over three pairs: the values, which are published, the sums.

    The three pairs of three cells have solutions in halves.
    """
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    inside = np.array(draw(st.lists(st.integers(0, 7), min_size=rows * columns, max_size=rows * columns)))
    three = np.array(draw(st.permutations(range(rows * columns))))[:3]
    pairs = np.column_stack([three, np.roll(three, 1)])
    grid = inside.reshape(rows, columns)
    values = np.concatenate([inside, grid.sum(axis=1), grid.sum(axis=0), inside[pairs].sum(axis=1)])
    known = np.array(draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    number = np.arange(rows * columns).reshape(rows, columns)
    start = rows * columns
    by_row = _sums(start + np.arange(rows), number)
    by_column = _sums(start + rows + np.arange(columns), number.T)
    return values, known, [by_row, by_column, _sums(start + rows + columns + np.arange(3), pairs)]


def _sums(totals: Ints, parts: Ints) -> Family:
    equation = np.repeat(np.arange(len(totals)), parts.shape[1])
    return Family(totals, equation, parts.ravel(), np.zeros(len(totals), np.int64))
