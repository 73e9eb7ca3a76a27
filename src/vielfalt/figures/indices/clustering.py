"""Clustering by distance: whether the group's areas lie near one another. Weights fall with distance as exp(−km)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vielfalt.figures.indices.arrays import entropy, quotient
from vielfalt.figures.indices.multigroup import is_mixed
from vielfalt.figures.indices.places import around
from vielfalt.numbers import Floats


@dataclass(frozen=True)
class Near:
    """What lies around each area, weighted by distance: members of each group (areas by groups), residents, areas.

    Areas without residents are not counted among the ``areas``.
    """

    groups: Floats
    total: Floats
    areas: Floats


def near(groups: Floats, total: Floats, points: Floats, own: Floats, reach: float = 1.0) -> Near:
    """The surroundings of every area for all groups in one pass over the pairs of areas; see ``places.around``."""
    columns = np.column_stack([groups, total, total > 0]).astype(float)
    found = around(points, own, columns, reach)
    return Near(found[:, :-2], found[:, -2], found[:, -1])


def distance_isolation(group: Floats, around_group: Floats, around_total: Floats) -> float | None:
    """The group's share in the surroundings of its average member (Morgan). Null when the group is empty."""
    if not group.sum():
        return None
    return float(group @ quotient(around_group, around_total) / group.sum())


def distance_interaction(group: Floats, around_group: Floats, around_total: Floats) -> float | None:
    """The share of everyone else there; with distance isolation it makes 1. Null when the group is empty."""
    return distance_isolation(group, around_total - around_group, around_total)


def absolute_clustering(group: Floats, total: Floats, around_group: Floats, surroundings: Near) -> float | None:
    """How much nearer members of the group lie to one another than chance, over the most that is possible.

    Null when the group is empty or nobody else lives near.
    """
    if not group.sum():
        return None
    lived_in = total > 0
    number = np.count_nonzero(lived_in)
    by_chance = group.sum() / number**2 * surroundings.areas[lived_in].sum()
    ours = group @ around_group / group.sum() - by_chance
    most = group @ surroundings.total / group.sum() - by_chance
    return float(ours / most) if most else None


def relative_clustering(group: Floats, total: Floats, around_group: Floats, around_total: Floats) -> float | None:
    """Mean nearness within the group over that within everyone else, less 1. Null when either is empty."""
    ours, others = group.sum(), (total - group).sum()
    if not ours or not others:
        return None
    within = group @ around_group / ours**2
    elsewhere = (total - group) @ (around_total - around_group) / others**2
    return float(within / elsewhere - 1)


def spatial_proximity(group: Floats, total: Floats, around_group: Floats, around_total: Floats) -> float | None:
    """White's SP: nearness within both groups over that of all residents; 1 without clustering. Null as above."""
    ours, others = group.sum(), (total - group).sum()
    if not ours or not others:
        return None
    within = group @ around_group / ours + (total - group) @ (around_total - around_group) / others
    return float(within / (total @ around_total / total.sum()))


def spatial_dissimilarity(groups: Floats, surroundings: Near) -> float | None:
    """Reardon and O'Sullivan's D: multigroup D of the surroundings instead of the areas. Null if not mixed."""
    if not is_mixed(groups):
        return None
    weights, here, town = _environments(groups, surroundings)
    return float(weights @ np.abs(here - town).sum(axis=1) / (2 * (town * (1 - town)).sum()))


def spatial_information(groups: Floats, surroundings: Near) -> float | None:
    """Reardon and O'Sullivan's H: how much less mixed the surroundings are than the town. Null if not mixed."""
    if not is_mixed(groups):
        return None
    weights, here, town = _environments(groups, surroundings)
    return float(1 - weights @ entropy(here) / entropy(town))


def spatial_relative_diversity(groups: Floats, surroundings: Near) -> float | None:
    """Reardon and O'Sullivan's R: the same with the chance of meeting another group. Null if not mixed."""
    if not is_mixed(groups):
        return None
    weights, here, town = _environments(groups, surroundings)
    return float(1 - weights @ (here * (1 - here)).sum(axis=1) / (town * (1 - town)).sum())


def _environments(groups: Floats, surroundings: Near) -> tuple[Floats, Floats, Floats]:
    here = groups.sum(axis=1)
    met = quotient(surroundings.groups, surroundings.groups.sum(axis=1, keepdims=True))
    return here / here.sum(), met, groups.sum(axis=0) / here.sum()
