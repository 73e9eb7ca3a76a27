"""Where the areas lie: sizes, points, shared borders; and sums over near areas without a matrix of all pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.spatial.distance import cdist
from shapely.geometry.base import BaseGeometry

from vielfalt.numbers import Floats, Ints

_PAIRS_AT_ONCE = 4_000_000
"""So many distances are held at once: 32 MB, whatever the number of areas."""
_METRES = 1000.0
SELF_DISTANCE = 0.6
"""The mean distance within an area of size a is taken as sqrt(0.6 a) (White 1983, American Journal of Sociology 88)."""


@dataclass(frozen=True)
class Places:
    """The areas in the order of the counts: ``sizes`` (km²), ``points`` (km, one row each), ``perimeters`` (km).

    ``left``, ``right`` are the areas of each pair of neighbours (they share at least a point), each pair once;
    ``lengths`` the border they share (km, 0 for a point).
    """

    sizes: Floats
    points: Floats
    perimeters: Floats
    left: Ints
    right: Ints
    lengths: Floats


def extents(shapes: Sequence[BaseGeometry]) -> Places:
    """The places of polygons in a coordinate system of metres, without neighbours: for indices that need none."""
    given = np.array(shapes, dtype=object)
    middles = shapely.centroid(given)
    points = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)]) / _METRES
    nobody = np.zeros(0, dtype=np.int64)
    sizes, perimeters = shapely.area(given) / _METRES**2, shapely.length(given) / _METRES
    return Places(sizes, points, perimeters, nobody, nobody, np.zeros(0))


def places(shapes: Sequence[BaseGeometry]) -> Places:
    """The places of polygons in a coordinate system of metres, with their neighbours."""
    given = np.array(shapes, dtype=object)
    left, right = (np.asarray(side, dtype=np.int64) for side in shapely.STRtree(given).query(given, "intersects"))
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.length(shapely.intersection(given[left], given[right])) / _METRES
    return replace(extents(shapes), left=left, right=right, lengths=np.asarray(shared))


def within(sizes: Floats) -> Floats:
    """The distance of an area to itself (km) from its size (km²)."""
    found: Floats = np.sqrt(SELF_DISTANCE * sizes)
    return found


def around(points: Floats, own: Floats, columns: Floats, reach: float = 1.0) -> Floats:
    """For each area and column the sum over all areas, each weighted exp(−distance / reach).

    ``own`` is the distance of each area to itself; ``points``, ``own`` and ``reach`` in km. Every pair of areas counts,
    no matter how far. Pairs are taken in blocks: memory grows with the number of areas, time with its square.
    """
    number = len(points)
    found = np.zeros_like(columns)
    step = max(1, _PAIRS_AT_ONCE // max(1, number))
    for start in range(0, number, step):
        end = min(start + step, number)
        near = cdist(points[start:end], points[start:])
        near[np.arange(end - start), np.arange(end - start)] = own[start:end]
        np.exp(np.divide(near, -reach, out=near), out=near)
        found[start:end] += near @ columns[start:]
        # The weights are symmetric: what follows the block gets its share of it now.
        found[end:] += near[:, end - start :].T @ columns[start:end]
    return found
