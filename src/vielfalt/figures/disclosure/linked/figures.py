"""Published numbers as unknowns and the sums between them as equations, whatever the shape of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks


@dataclass(frozen=True)
class Figures:
    """All numbers of linked tables and the sums that hold between them.

    ``values``: the true number of each figure. ``sums`` (equations, figures): 1 at a total, -1 at its parts, so that
    ``sums @ values`` is 0. ``cost``: what hiding each figure costs; 0 for numbers that are not published at all, such
    as the atoms of overlapping area divisions. ``fixed``: figures known to everyone whatever is hidden here: the
    residents of the town, or what an earlier release shows.
    """

    values: Ints
    sums: sparse.csr_array
    cost: Costs
    fixed: Marks


def crossed(parents: Sequence[Ints], leaves: Ints) -> Figures:
    """A table crossed from hierarchies, with all its margins; every figure costs 1.

    ``parents``: per dimension the row of the node above each node, -1 for the root, which comes first; a node comes
    after its parent. ``leaves``: counts by node of each dimension, zero where any of the nodes has others below it.
    The figures stand in the order of ``leaves`` raveled. The first, the sum of everything, is known to everyone.
    """
    values = leaves.astype(np.int64)
    for axis, above in enumerate(parents):
        lines = np.moveaxis(values, axis, 0).copy()
        for node in range(len(above) - 1, 0, -1):
            lines[above[node]] += lines[node]
        values = np.moveaxis(lines, 0, axis)
    number = np.arange(values.size).reshape(values.shape)
    blocks = [_sums(np.moveaxis(number, axis, 0).reshape(len(above), -1), above) for axis, above in enumerate(parents)]
    sums = sparse.csr_array(sparse.vstack(blocks, format="csr"))
    return Figures(values.ravel(), sums, np.ones(values.size), number.ravel() == 0)


def _sums(number: Ints, above: Ints) -> sparse.csr_array:
    """The equations along one dimension: for each node with others below it, one in every line."""
    nodes = np.unique(above[1:])
    equation = np.full(len(above), -1)
    equation[nodes] = np.arange(len(nodes))
    lines = number.shape[1]
    totals = (equation[nodes, None] * lines + np.arange(lines)).ravel()
    parts = (equation[above[1:], None] * lines + np.arange(lines)).ravel()
    factors = np.concatenate([np.ones(len(totals)), -np.ones(len(parts))])
    places = np.concatenate([totals, parts]), np.concatenate([number[nodes].ravel(), number[1:].ravel()])
    return sparse.csr_array((factors, places), shape=(len(nodes) * lines, number.size))


def whole_groups(figures: Figures, largest: int) -> Marks:
    """Figures that are all of a total of at most ``largest`` although it has several parts (group disclosure).

    Whoever is known to be in the total is then known to be in the part: all Syrians of a block are minors.
    """
    parts = sparse.csr_array(figures.sums < 0)
    most = np.asarray(figures.sums.maximum(0) @ figures.values, dtype=np.int64)
    several = np.diff(parts.indptr) > 1
    equation = np.repeat(np.arange(parts.shape[0]), np.diff(parts.indptr))
    whole = (figures.values[parts.indices] == most[equation]) & (most > 0)[equation]
    chosen = parts.indices[whole & (several & (most <= largest))[equation]]
    marks = np.zeros(len(figures.values), np.bool_)
    marks[chosen] = True
    return marks


@dataclass(frozen=True)
class Classes:
    """Figures that are always equal, as one unknown; figures that cannot change are in none.

    ``of``: the class of each figure, -1 for none. ``values``, ``cost`` per class; ``sums`` (equations, classes).
    """

    of: Ints
    values: Ints
    cost: Costs
    sums: sparse.csr_array

    def members(self) -> sparse.csr_array:
        """Which figures (columns) belong to each class (rows)."""
        figures = np.flatnonzero(self.of >= 0)
        places = self.of[figures], figures
        return sparse.csr_array((np.ones(len(figures), np.int64), places), shape=(len(self.values), len(self.of)))


def classes(figures: Figures, free: Marks) -> Classes:
    """The unknowns when only the ``free`` figures can change: a total and its only free part are the same."""
    size = len(free)
    sums = _without_zeros(figures.sums @ sparse.diags_array(free.astype(np.float64)))
    of = np.arange(size)
    while (pairs := _equal_pairs(sums)).size:
        left, right = sums.indices[sums.indptr[pairs]], sums.indices[sums.indptr[pairs] + 1]
        together = sparse.csr_array((np.ones(len(left)), (left, right)), shape=(size, size))
        _, label = csgraph.connected_components(together, directed=False)
        first = np.full(int(label.max()) + 1, size)
        np.minimum.at(first, label, np.arange(size))
        of = first[label][of]
        merge = sparse.csr_array((np.ones(size), (np.arange(size), first[label])), shape=(size, size))
        sums = _without_zeros(sums @ merge)
    free = free & ~_fixed(sums, of)
    kept, number = np.unique(of[free], return_inverse=True)
    place = np.full(size, -1)
    place[free] = number
    cost = np.bincount(number, figures.cost[free], len(kept)).astype(np.float64)
    return Classes(place, figures.values[kept], cost, _without_zeros(sums[:, kept]))


def _equal_pairs(sums: sparse.csr_array) -> Ints:
    """Equations that say that two unknowns are the same: a total, and its only part that can change."""
    pairs = np.flatnonzero(np.diff(sums.indptr) == 2)
    at = sums.indptr[pairs]
    found: Ints = pairs[sums.data[at] + sums.data[at + 1] == 0]
    return found


def _fixed(sums: sparse.csr_array, of: Ints) -> Marks:
    """Figures that are the only one of an equation that could change."""
    alone = sums.indices[sums.indptr[np.flatnonzero(np.diff(sums.indptr) == 1)]]
    return np.isin(of, alone)


def _without_zeros(matrix: object) -> sparse.csr_array:
    """The matrix without zero entries and without empty rows."""
    found = sparse.csr_array(matrix)
    found.eliminate_zeros()
    return sparse.csr_array(found[np.diff(found.indptr) > 0])
