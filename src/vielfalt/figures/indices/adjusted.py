"""Dissimilarity less what neighbours across a border have in common (Morrill, Wong)."""

from __future__ import annotations

import numpy as np

from vielfalt.figures.indices.arrays import quotient
from vielfalt.figures.indices.evenness import segregation_index
from vielfalt.figures.indices.places import Places
from vielfalt.numbers import Floats


def morrill(group: Floats, total: Floats, where: Places) -> float | None:
    """Segregation index less the mean difference of shares between neighbouring areas. Null when either is empty."""
    return _less(group, total, where, np.ones(len(where.left)), np.ones(len(where.left)))


def wong_borders(group: Floats, total: Floats, where: Places) -> float | None:
    """The same with differences weighted by the length of the shared border. Null when either is empty."""
    return _less(group, total, where, where.lengths, np.ones(len(where.left)))


def wong_shapes(group: Floats, total: Floats, where: Places) -> float | None:
    """The same, weighted by border and by how ragged both areas are: perimeter over size, over the largest of it."""
    ragged = quotient(where.perimeters, where.sizes)
    of_pair = (ragged[where.left] + ragged[where.right]) / (2 * ragged.max())
    return _less(group, total, where, where.lengths, of_pair)


def _less(group: Floats, total: Floats, where: Places, weights: Floats, factor: Floats) -> float | None:
    """The index less the weighted mean of |difference of shares| times ``factor``; areas without people have none."""
    uneven = segregation_index(group, total)
    if uneven is None:
        return None
    lived_in = (total[where.left] > 0) & (total[where.right] > 0)
    sum_of_weights = weights[lived_in].sum()
    if not sum_of_weights:
        return uneven
    share = quotient(group, total)
    differ = np.abs(share[where.left] - share[where.right]) * factor
    return float(uneven - weights[lived_in] @ differ[lived_in] / sum_of_weights)
