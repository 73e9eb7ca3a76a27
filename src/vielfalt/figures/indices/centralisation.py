"""Centralisation: whether a group lives nearer to a centre. Areas at the same distance count as one."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from vielfalt.numbers import Floats

_NEAREST = 5
"""So many of the nearest areas are taken with an area for its local centralisation."""


def centre(total: Floats, points: Floats) -> Floats:
    """The mean place of all residents, where no other centre is named. Null rule: there must be residents."""
    found: Floats = total @ points / total.sum()
    return found


def absolute_centralisation(group: Floats, sizes: Floats, distances: Floats) -> float | None:
    """Group against land, −1 to 1: above 0 when the group lives nearer to the centre than the land lies.

    Null when the group is empty.
    """
    return _nearer(group, sizes, distances)


def relative_centralisation(group: Floats, total: Floats, distances: Floats) -> float | None:
    """Group against everyone else, −1 to 1: the share of everyone else that would have to move to be as near.

    Null when either is empty.
    """
    return _nearer(group, total - group, distances)


def local_centralisation(group: Floats, total: Floats, points: Floats) -> Floats:
    """Per area: relative centralisation of the area and its nearest ones around the area itself.

    NaN where only one of both lives there. Of areas that are equally far, any may be taken for the last.
    """
    _, near = KDTree(points).query(points, k=min(_NEAREST + 1, len(points)))
    ours, others = group[near], (total - group)[near]
    whole, rest = ours.sum(axis=1), others.sum(axis=1)
    upto, others_upto = np.cumsum(ours, axis=1), np.cumsum(others, axis=1)
    crossed = (upto[:, :-1] * others_upto[:, 1:] - upto[:, 1:] * others_upto[:, :-1]).sum(axis=1)
    found: Floats = np.divide(crossed, whole * rest, out=np.full(len(group), np.nan), where=(whole > 0) & (rest > 0))
    return found


def _nearer(first: Floats, second: Floats, distances: Floats) -> float | None:
    whole, rest = first.sum(), second.sum()
    if not whole or not rest:
        return None
    _, ring = np.unique(distances, return_inverse=True)
    upto = np.cumsum(np.bincount(ring, weights=first)) / whole
    second_upto = np.cumsum(np.bincount(ring, weights=second)) / rest
    return float((upto[:-1] * second_upto[1:] - upto[1:] * second_upto[:-1]).sum())
