"""Concentration: how little of the town's land a group lives on. ``sizes``: square kilometres per area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vielfalt.figures.indices.evenness import dissimilarity
from vielfalt.numbers import Floats

_EQUAL = 1e-9
"""Mean sizes that differ by less than this part are equal; computing polygons leaves traces of rounding."""
_NEARLY = 1 - 1e-12
"""Running sums leave traces of rounding, too."""


def delta(group: Floats, sizes: Floats) -> float | None:
    """Hoover's delta: 1/2 sum |x_i/X - a_i/A|, 0 to 1. Null when the group is empty."""
    return dissimilarity(group, sizes)


@dataclass(frozen=True)
class Filled:
    """Running sums of residents, and of residents times size, from the smallest area on and from the largest on."""

    people: tuple[Floats, Floats]
    land: tuple[Floats, Floats]


def filled(total: Floats, sizes: Floats) -> Filled:
    """The areas filled one after the other; among equals the fewer residents first, whatever their order."""
    order = np.lexsort((total, sizes))
    people, land = total[order], (total * sizes)[order]
    return Filled((people.cumsum(), people[::-1].cumsum()), (land.cumsum(), land[::-1].cumsum()))


def absolute_concentration(group: Floats, total: Floats, sizes: Floats, known: Filled | None = None) -> float | None:
    """Massey and Denton's absolute concentration: 1 if the group fills the smallest areas, 0 if it fills the largest.

    Null when either is empty, and when all areas are of one size: then no group can live on less land than another.
    ``known`` is ``filled`` of the same, where several groups share it.
    """
    bounds = _smallest_and_largest(float(group.sum()), known or filled(total, sizes))
    if bounds is None:
        return None
    least, most = bounds
    return float(1 - ((group @ sizes) / group.sum() - least) / (most - least))


def relative_concentration(group: Floats, total: Floats, sizes: Floats, known: Filled | None = None) -> float | None:
    """Massey and Denton's relative concentration: above 0 when the group lives in smaller areas than everyone else.

    Null when either is empty, and when all areas are of one size. ``known`` as above.
    """
    others = total - group
    bounds = _smallest_and_largest(float(group.sum()), known or filled(total, sizes))
    if bounds is None or not others.sum():
        return None
    least, most = bounds
    measured = (group @ sizes) / group.sum() / ((others @ sizes) / others.sum())
    return float((measured - 1) / (least / most - 1))


def _smallest_and_largest(people: float, areas: Filled) -> tuple[float, float] | None:
    """Mean size of area per person if so many people filled the smallest, and the largest, areas."""
    if not people or areas.people[0][-1] < people * _NEARLY:
        return None
    least, most = (_mean_size(areas, side, people) for side in range(2))
    return None if most - least <= _EQUAL * most else (least, most)


def _mean_size(areas: Filled, side: int, people: float) -> float:
    """Mean size of the first areas that together hold at least so many people, weighted with their residents."""
    last = min(int(np.searchsorted(areas.people[side], people * _NEARLY)), len(areas.people[side]) - 1)
    return float(areas.land[side][last] / areas.people[side][last])
