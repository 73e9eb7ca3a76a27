"""Local indices: one value per area. NaN for areas without people."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices import multigroup
from vielfalt.figures.indices.arrays import divergence, entropy
from vielfalt.numbers import Floats


def location_quotient(group: Floats, total: Floats, group_town: float, total_town: float) -> Floats:
    """Per area: share of the group there over its share in the town. NaN for empty areas or an empty group."""
    expected = total * group_town
    found: Floats = np.divide(group * total_town, expected, out=np.full(len(group), np.nan), where=expected > 0)
    return found


def entropy_diversity(counts: Floats) -> float | None:
    """Shannon entropy of the categories over its largest value ln(K), between 0 and 1; 0 ln 0 is 0.

    K counts the categories given, empty ones included. Null without persons or with fewer than two categories.
    """
    if len(counts) < 2 or not counts.sum():
        return None
    return float(max(0.0, entropy(counts / counts.sum()) / np.log(len(counts))))


def diversity(groups: Floats) -> Floats:
    """Entropy of each area's groups in nats, 0 to ln K."""
    return _inhabited(groups, entropy(multigroup.shares(groups)[1]))


def relative_entropy(groups: Floats) -> Floats:
    """Entropy of each area's groups over ln K, 0 to 1. ``groups``: areas by groups, at least two."""
    found: Floats = diversity(groups) / np.log(groups.shape[1])
    return found


def simpson_concentration(groups: Floats) -> Floats:
    """Chance that two people of the area are of the same group, 1/K to 1."""
    return _inhabited(groups, (multigroup.shares(groups)[1] ** 2).sum(axis=1))


def simpson_interaction(groups: Floats) -> Floats:
    """Chance that two people of the area are of different groups, 0 to 1 − 1/K."""
    return 1 - simpson_concentration(groups)


def local_information(groups: Floats) -> Floats:
    """How far the area's groups differ from the town's, in nats: weighted with residents its mean is Theil's M."""
    _, here, town = multigroup.shares(groups)
    return _inhabited(groups, divergence(here, town))


def _inhabited(groups: Floats, values: Floats) -> Floats:
    return np.where(groups.sum(axis=1) > 0, values, np.nan)
