"""Distortion: how far everything up to each distance differs from the town while the circle around an area grows."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices.arrays import weighted_logarithm
from vielfalt.figures.indices.multigroup import is_mixed
from vielfalt.numbers import Floats, Ints

EXACT = 2_000
"""The circle takes in so many of the nearest areas one by one; by then no single area changes it much."""
_RUN = 32
"""Of those farther away it takes in so many at once, in the order of their distance, and counts the way as even."""


def local_distortion(groups: Floats, points: Floats) -> Floats:
    """Per area: mean divergence from the town of everything up to each distance, while the circle grows to the town.

    Each step counts by the residents it adds; areas at one distance come in together. 0 where every circle looks like
    the town. NaN for areas without people. Exact up to ``EXACT`` inhabited areas; above that the mean over the town is
    within 0.1 % of the definition, each area within 0.0001 nats. Memory grows with the number of areas, time with its
    square.
    """
    found = np.full(len(groups), np.nan)
    lived_in = np.flatnonzero(groups.sum(axis=1) > 0)
    counts, where = groups[lived_in], points[lived_in]
    town = np.log(counts.sum(axis=0) / counts.sum(), where=counts.any(axis=0), out=np.zeros(counts.shape[1]))
    starts = np.append(np.arange(min(EXACT, len(counts))), np.arange(EXACT, len(counts), _RUN))
    east, north = np.ascontiguousarray(where.T)
    found[lived_in] = [
        _grown(np.square(east - x) + np.square(north - y), counts, starts, town) for x, y in where.tolist()
    ]
    return found


def distortion(groups: Floats, points: Floats) -> float | None:
    """The mean of the areas' distortion over residents. Null with fewer than two groups."""
    if not is_mixed(groups):
        return None
    here = groups.sum(axis=1)
    lived_in = here > 0
    return float(here[lived_in] @ local_distortion(groups, points)[lived_in] / here.sum())


def _grown(distances: Floats, counts: Floats, starts: Ints, logarithms: Floats) -> float:
    """The mean divergence while areas, and farther away runs of areas, come in by distance."""
    order = np.argsort(distances)
    met = np.cumsum(np.add.reduceat(counts.take(order, axis=0), starts, axis=0), axis=0)
    seen = met.sum(axis=1)
    apart = (weighted_logarithm(met).sum(axis=1) - met @ logarithms) / seen - np.log(seen)
    near = np.count_nonzero(starts < EXACT)
    ring_ends = np.flatnonzero(np.append(np.diff(distances[order[:near]]) > 0, True))
    at_ring = apart[ring_ends] @ np.diff(seen[ring_ends], prepend=0)
    on_the_way = (apart[near - 1 : -1] + apart[near:]) / 2 @ np.diff(seen[near - 1 :])
    return float((at_ring + on_the_way) / seen[-1])
