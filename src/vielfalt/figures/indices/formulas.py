"""Indices of segregation and diversity: pure functions of counts per area."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]


def dissimilarity(group: Floats, others: Floats) -> float | None:
    """Duncan's D between two groups: 1/2 sum |a_i/A - b_i/B|, between 0 and 1. Null when one group is empty."""
    if not group.sum() or not others.sum():
        return None
    return float(np.abs(group / group.sum() - others / others.sum()).sum() / 2)


def segregation_index(group: Floats, total: Floats) -> float | None:
    """Dissimilarity between a group and everyone else. Null when either is empty."""
    return dissimilarity(group, total - group)


def isolation(group: Floats, total: Floats) -> float | None:
    """Share of the group in the area of its average member: sum a_i/A a_i/t_i. Null when the group is empty."""
    if not group.sum():
        return None
    lived_in = total > 0
    return float((group[lived_in] / group.sum() * group[lived_in] / total[lived_in]).sum())


def location_quotient(group: Floats, total: Floats, group_town: float, total_town: float) -> Floats:
    """Per area: share of the group there over its share in the town. NaN for empty areas or an empty group."""
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Floats = np.divide(group * total_town, total * group_town)
    return np.where(np.isfinite(quotient), quotient, np.nan)


def entropy_diversity(counts: Floats) -> float | None:
    """Shannon entropy of the categories over its largest value ln(K), between 0 and 1; 0 ln 0 is 0.

    K counts the categories given, empty ones included. Null without persons or with fewer than two categories.
    """
    if len(counts) < 2 or not counts.sum():
        return None
    shares = counts[counts > 0] / counts.sum()
    return float(max(0.0, -(shares * np.log(shares)).sum() / np.log(len(counts))))
