"""Evenness of two groups: whether a group lives in the same areas as the others. Pure functions of counts per area."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices.arrays import quotient, weighted_logarithm
from vielfalt.numbers import Floats


def dissimilarity(group: Floats, others: Floats) -> float | None:
    """Duncan's D between two groups: 1/2 sum |a_i/A - b_i/B|, between 0 and 1. Null when one group is empty."""
    whole, rest = group.sum(), others.sum()
    if not whole or not rest:
        return None
    return float(np.abs(group / whole - others / rest).sum() / 2)


def segregation_index(group: Floats, total: Floats) -> float | None:
    """Dissimilarity between a group and everyone else. Null when either is empty."""
    return dissimilarity(group, total - group)


def gini(group: Floats, total: Floats) -> float | None:
    """Gini between a group and everyone else: twice the area between Lorenz curve and diagonal, 0 to 1.

    The mean absolute difference of the areas' shares over its largest value, found by sorting instead of by pairs.
    Null when either is empty.
    """
    whole, rest = group.sum(), (total - group).sum()
    if not whole or not rest:
        return None
    order = np.argsort(quotient(group, total))
    ours, others = group[order], (total - group)[order]
    below = np.cumsum(others) - others
    ours_below = np.cumsum(ours) - ours
    return float((ours * below - others * ours_below).sum() / (whole * rest))


def information(group: Floats, total: Floats) -> float | None:
    """Theil's H: how much less mixed the areas are than the town, 0 to 1. Null when either is empty."""
    whole, everyone = group.sum(), total.sum()
    if not whole or whole == everyone:
        return None
    others = total - group
    # sum t_i E_i = sum t ln t - sum x ln x - sum y ln y: three logarithms per area, none of them of a quotient.
    areas = weighted_logarithm(total) - weighted_logarithm(group) - weighted_logarithm(others)
    town = everyone * np.log(everyone) - whole * np.log(whole) - (everyone - whole) * np.log(everyone - whole)
    return float(1 - areas.sum() / town)


def atkinson(group: Floats, total: Floats) -> float | None:
    """Atkinson's index with b = 0.5, 0 to 1: areas where the group is rare or common weigh alike.

    Null when either is empty.
    """
    whole, rest = group.sum(), (total - group).sum()
    if not whole or not rest:
        return None
    return float(1 - np.sqrt(group * (total - group)).sum() ** 2 / (whole * rest))


def gorard(group: Floats, total: Floats) -> float | None:
    """Gorard's S: 1/2 sum |x_i/X - t_i/T|: the share of the group that would have to move. Null when it is empty."""
    return dissimilarity(group, total)


def minimum_maximum(group: Floats, total: Floats) -> float | None:
    """One minus the sum of the smaller over the sum of the larger of both groups' shares per area, 0 to 1.

    It is 2D/(1+D) of the segregation index D. Null when either is empty.
    """
    uneven = segregation_index(group, total)
    return None if uneven is None else 2 * uneven / (1 + uneven)


def concentration_profile(group: Floats, total: Floats) -> float | None:
    """Hong and Sadahiro's R: how far the curve "share of the group in areas where it makes up at least v" is off.

    The curve is integrated exactly; 0 when every area has the town's share, 1 when the groups never share an area; a
    majority can exceed 1. Null when either is empty.
    """
    whole, everyone = float(group.sum()), float(total.sum())
    if not whole or whole == everyone:
        return None
    share, here = whole / everyone, quotient(group, total)
    weights = group / whole
    below = float((weights * np.minimum(here, share)).sum())
    above = float((weights * np.maximum(here - share, 0)).sum())
    return (share - below + above) / (1 - share)
