"""Indices of all groups together. ``groups``: areas by groups, every person in one group. Empty ones change nothing."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices.arrays import divergence, entropy, quotient, weighted_logarithm
from vielfalt.numbers import Floats


def shares(groups: Floats) -> tuple[Floats, Floats, Floats]:
    """Weights of the areas, shares of the groups in each area (rows of zeros in empty ones), shares in the town."""
    here = groups.sum(axis=1)
    everyone = here.sum()
    return here / everyone, quotient(groups, here[:, None]), groups.sum(axis=0) / everyone


def is_mixed(groups: Floats) -> bool:
    """Whether at least two groups have members: without them nothing can be uneven."""
    return int(np.count_nonzero(groups.sum(axis=0))) > 1


def dissimilarity(groups: Floats) -> float | None:
    """Multigroup D, 0 to 1. Null with fewer than two groups."""
    if not is_mixed(groups):
        return None
    weights, here, town = shares(groups)
    return float(weights @ np.abs(here - town).sum(axis=1) / (2 * _interaction(town)))


def gini(groups: Floats) -> float | None:
    """Multigroup Gini, 0 to 1, by sorting. Null with fewer than two groups."""
    if not is_mixed(groups):
        return None
    weights, here, town = shares(groups)
    order = np.argsort(here, axis=0)
    sorted_weights = weights[order]
    sorted_shares = np.take_along_axis(here, order, axis=0)
    # Sum over pairs w_i w_j |p_i - p_j| = 2 sum w_i p_i (weight before i - weight after i).
    upto = np.cumsum(sorted_weights, axis=0)
    spread = (sorted_weights * sorted_shares * (2 * upto - sorted_weights - upto[-1])).sum()
    return float(spread / _interaction(town))


def information(groups: Floats) -> float | None:
    """Theil's H of several groups: the mutual information over the entropy of the town, 0 to 1. Null if not mixed."""
    mutual = mutual_information(groups)
    return None if mutual is None else mutual / float(entropy(shares(groups)[2]))


def mutual_information(groups: Floats) -> float | None:
    """Theil's M in nats: how much the area tells about the group; at most ln of the smaller of both numbers.

    Null with fewer than two groups.
    """
    if not is_mixed(groups):
        return None
    everyone = groups.sum()
    cells, areas, town = (
        float(weighted_logarithm(values).sum()) for values in (groups, groups.sum(axis=1), groups.sum(axis=0))
    )
    return float(np.log(everyone) + (cells - areas - town) / everyone)


def squared_variation(groups: Floats) -> float | None:
    """Squared coefficient of variation over K − 1 groups, 0 to 1; groups without members are not counted in K."""
    if not is_mixed(groups):
        return None
    weights, here, town = shares(groups[:, groups.sum(axis=0) > 0])
    return float((weights @ (here - town) ** 2 / town).sum() / (len(town) - 1))


def normalised_exposure(groups: Floats) -> float | None:
    """Normalised exposure P: every group's isolation beyond its share, 0 to 1. Null with fewer than two groups."""
    if not is_mixed(groups):
        return None
    weights, here, town = shares(groups)
    return float((weights @ (here - town) ** 2 / (1 - town)).sum())


def relative_diversity(groups: Floats) -> float | None:
    """Relative diversity R: how much likelier two of the same area are alike than two of the town, 0 to 1."""
    if not is_mixed(groups):
        return None
    weights, here, town = shares(groups)
    return float((weights @ (here - town) ** 2).sum() / _interaction(town))


def diversity(groups: Floats) -> float | None:
    """Entropy of the town's groups in nats, 0 to ln K. Null without people."""
    return float(entropy(shares(groups)[2])) if groups.sum() else None


def simpson_concentration(groups: Floats) -> float | None:
    """Chance that two people of the town are of the same group, 1/K to 1. Null without people."""
    return float((shares(groups)[2] ** 2).sum()) if groups.sum() else None


def simpson_interaction(groups: Floats) -> float | None:
    """Chance that two people of the town are of different groups, 0 to 1 − 1/K. Null without people."""
    return _interaction(shares(groups)[2]) if groups.sum() else None


def mean_divergence(groups: Floats) -> float | None:
    """Roberto's divergence: the mean over residents of their area's divergence from the town; the same number as M."""
    if not is_mixed(groups):
        return None
    weights, here, town = shares(groups)
    return float(weights @ divergence(here, town))


def _interaction(town: Floats) -> float:
    return float((town * (1 - town)).sum())
