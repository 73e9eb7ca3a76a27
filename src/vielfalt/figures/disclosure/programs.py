"""Linear programs for groups of linked unknowns: what all their sums at once allow, not one sum after the other."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.equations import System
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, solve, solver

LARGEST = 400
"""Groups up to this size are attacked so; it takes up to two programs for each of their figures."""


def narrow(system: System, low: Ints, high: Ints, least: Ints) -> None:
    """Narrows the bounds of every figure in a small group, where that could tell it.

    A figure is told when one number is left, or when it must be positive and below ``least``. The equations must hold
    for some numbers within the bounds.
    """
    for unknowns, equations in _groups(system, low, high):
        _by_programs(system, unknowns, equations, low, high, least)


def _matrix(system: System, size: int) -> sparse.csr_array:
    """One row per sum: 1 at the total, -1 at each part."""
    rows = np.concatenate([np.arange(len(system.totals)), system.equation])
    columns = np.concatenate([system.totals, system.parts])
    factors = np.concatenate([np.ones(len(system.totals)), -np.ones(len(system.parts))])
    return sparse.csr_array((factors, (rows, columns)), shape=(len(system.totals), size))


def _groups(system: System, low: Ints, high: Ints) -> list[tuple[Ints, Ints]]:
    """Unknowns that sums link with each other, and these sums; those small enough for linear programs."""
    free: Marks = low < high
    matrix = sparse.csr_array(_matrix(system, len(low)) @ sparse.diags_array(free.astype(np.float64)))
    matrix.eliminate_zeros()
    _, group = csgraph.connected_components(abs(matrix).T @ abs(matrix), directed=False)
    size = np.bincount(group[free], minlength=int(group.max(initial=0)) + 1)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    of_sum = group[matrix.indices[matrix.indptr[filled]]]
    return [
        (np.flatnonzero(free & (group == each)), filled[of_sum == each])
        for each in np.flatnonzero((size > 1) & (size <= LARGEST)).tolist()
    ]


def _by_programs(system: System, unknowns: Ints, equations: Ints, low: Ints, high: Ints, least: Ints) -> None:
    """Narrows the figures of one group to what all their sums together allow, where that could tell them."""
    matrix = _matrix(system, len(low))[equations]
    known = np.where(low == high, low, 0).astype(np.float64)
    right = system.added[equations] - matrix @ known
    part = sparse.csr_array(matrix[:, unknowns])
    ends = low[unknowns].astype(np.float64), high[unknowns].astype(np.float64)
    highs = solver(Program(np.zeros(len(unknowns)), part, right, right, *ends))
    seen_low, seen_high = np.full(len(unknowns), np.inf), np.full(len(unknowns), -np.inf)
    for place, number in enumerate(unknowns.tolist()):
        for sign in (1.0, -1.0):
            # Every vertex is a possible truth: a figure seen at two numbers, one of them harmless, cannot be told.
            apart = seen_high[place] - seen_low[place] >= 1 - WHOLE
            if apart and (seen_low[place] < 1 - WHOLE or seen_high[place] >= least[number] - WHOLE):
                break
            highs.changeColCost(place, sign)
            found = solve(highs)
            highs.changeColCost(place, 0.0)
            if found is None:
                return
            np.minimum(seen_low, found, out=seen_low)
            np.maximum(seen_high, found, out=seen_high)
            if sign > 0:
                low[number] = max(low[number], int(np.ceil(found[place] - WHOLE)))
            else:
                high[number] = min(high[number], int(np.floor(found[place] + WHOLE)))
