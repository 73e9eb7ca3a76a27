"""Concentration: how little of the town's land a group lives on. ``sizes``: square kilometres per area."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices.arrays import Floats, Ints
from vielfalt.figures.indices.evenness import dissimilarity

_EQUAL = 1e-9
"""Mean sizes that differ by less than this part are equal; computing polygons leaves traces of rounding."""


def delta(group: Floats, sizes: Floats) -> float | None:
    """Hoover's delta: 1/2 sum |x_i/X - a_i/A|, 0 to 1. Null when the group is empty."""
    return dissimilarity(group, sizes)


def smallest_first(total: Floats, sizes: Floats) -> Ints:
    """The areas from the smallest to the largest; among equals the fewer residents first, whatever their order."""
    return np.lexsort((total, sizes))


def absolute_concentration(group: Floats, total: Floats, sizes: Floats, order: Ints | None = None) -> float | None:
    """Massey and Denton's absolute concentration: 1 if the group fills the smallest areas, 0 if it fills the largest.

    Null when the group is empty, and when all areas are of one size: then no group can live on less land than another.
    ``order`` is that of ``smallest_first``, where it is known already.
    """
    bounds = _smallest_and_largest(group, total, sizes, order)
    if bounds is None:
        return None
    least, most = bounds
    return float(1 - ((group @ sizes) / group.sum() - least) / (most - least))


def relative_concentration(group: Floats, total: Floats, sizes: Floats, order: Ints | None = None) -> float | None:
    """Massey and Denton's relative concentration: above 0 when the group lives in smaller areas than everyone else.

    Null when either is empty, and when all areas are of one size. ``order`` as above.
    """
    others = total - group
    bounds = _smallest_and_largest(group, total, sizes, order)
    if bounds is None or not others.sum():
        return None
    least, most = bounds
    measured = (group @ sizes) / group.sum() / ((others @ sizes) / others.sum())
    return float((measured - 1) / (least / most - 1))


def _smallest_and_largest(
    group: Floats, total: Floats, sizes: Floats, known: Ints | None
) -> tuple[float, float] | None:
    """Mean size of area per person if as many as the group filled the smallest, and the largest, areas."""
    if not group.sum() or total.sum() < group.sum():
        return None
    order = smallest_first(total, sizes) if known is None else known
    least = _filled(total[order], sizes[order], float(group.sum()))
    most = _filled(total[order[::-1]], sizes[order[::-1]], float(group.sum()))
    return None if most - least <= _EQUAL * most else (least, most)


def _filled(total: Floats, sizes: Floats, people: float) -> float:
    """Mean size of the first areas that together hold at least so many people, weighted with their residents."""
    last = int(np.searchsorted(np.cumsum(total), people * (1 - 1e-12))) + 1
    return float((total[:last] @ sizes[:last]) / total[:last].sum())
