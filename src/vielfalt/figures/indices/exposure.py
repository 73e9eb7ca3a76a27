"""Exposure: whom the members of a group have as neighbours. Pure functions of counts per area."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices.arrays import quotient
from vielfalt.numbers import Floats


def isolation(group: Floats, total: Floats) -> float | None:
    """Share of the group in the area of its average member: sum a_i/A a_i/t_i. Null when the group is empty."""
    whole = group.sum()
    if not whole:
        return None
    return float((group * quotient(group, total)).sum() / whole)


def interaction(group: Floats, total: Floats) -> float | None:
    """Share of everyone else in the area of the group's average member; with isolation it makes 1.

    Null when the group is empty.
    """
    whole = group.sum()
    if not whole:
        return None
    return float((group * quotient(total - group, total)).sum() / whole)


def eta_squared(group: Floats, total: Floats) -> float | None:
    """Isolation beyond the group's share P: (xPx - P)/(1 - P), 0 to 1. Null when either is empty."""
    met, everyone = isolation(group, total), total.sum()
    if met is None or group.sum() == everyone:
        return None
    share = float(group.sum() / everyone)
    return (met - share) / (1 - share)


def exposures(groups: Floats) -> Floats:
    """Groups by groups: the share of the column's group in the area of the average member of the row's group.

    ``groups``: areas by groups. Rows sum to 1; rows of empty groups are NaN.
    """
    total = groups.sum(axis=0)
    there = quotient(groups, groups.sum(axis=1, keepdims=True))
    met: Floats = quotient(groups, total).T @ there
    met[total == 0] = np.nan
    return met
