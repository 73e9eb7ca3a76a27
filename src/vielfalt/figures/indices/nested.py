"""Theil's M of nested areas or groups: between the larger units and within each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vielfalt.figures.indices.arrays import entropy
from vielfalt.figures.indices.multigroup import mutual_information, shares
from vielfalt.numbers import Floats, Ints


@dataclass(frozen=True)
class Nested:
    """``between`` the larger units and ``within`` each (0 where nothing can differ), which weigh ``weights``.

    In nats: M is ``between`` + Σ ``weights`` × ``within``. Divided by ``town`` (entropy of the town's groups) the same
    parts add up to H.
    """

    between: float
    weights: Floats
    within: Floats
    town: float

    @property
    def total(self) -> float:
        """M of the finest units."""
        return float(self.between + self.weights @ self.within)


def of_areas(groups: Floats, larger: Ints) -> Nested | None:
    """M of areas nested in larger ones. ``larger``: number of the larger area of each, from 0. Null if not mixed."""
    return _nested(groups, larger, float(entropy(shares(groups)[2])) if groups.sum() else 0.0)


def of_groups(groups: Floats, larger: Ints) -> Nested | None:
    """M of groups nested in larger ones, such as countries in regions of the world. Null if not mixed."""
    return _nested(groups.T, larger, float(entropy(shares(groups)[2])) if groups.sum() else 0.0)


def _nested(rows: Floats, larger: Ints, town: float) -> Nested | None:
    if mutual_information(rows) is None or not town:
        return None
    units = np.zeros((int(larger.max()) + 1, rows.shape[1]))
    np.add.at(units, larger, rows)
    within = [mutual_information(rows[larger == unit]) or 0.0 for unit in range(len(units))]
    return Nested(mutual_information(units) or 0.0, units.sum(axis=1) / rows.sum(), np.array(within), town)
