"""The cell key method: the key sum of a cell decides by how much its count is changed.

Every person has a record key, drawn from the secret key of the town; the key sum is the sum of them over the people of
the cell. Equal people give an equal sum, so a cell has one changed value wherever it stands. Key sums add up as counts
do. If they were the cell keys themselves, as in the R package, a number and its parts would narrow each other: each of
them says in which interval its sum lies. So the cell keys are the key sums mixed (``mixing``), 32 bits that say nothing
of one another. Integers throughout: sums of fractions would differ from machine to machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vielfalt.figures.disclosure.perturbation import Perturbation
from vielfalt.numbers import Ints

KEY_BITS = 32
_MODULUS = 1 << KEY_BITS


def changed(counts: Ints, keys: Ints, table: Perturbation) -> Ints:
    """The changed count of each cell: the interval of its row in which the cell key lies decides.

    The cell key c stands for the fraction (c + 1) / 2^32 in (0, 1]; the interval of a shift is open below and closed
    above, as in the R package cellKey. The last row serves all larger counts.
    """
    rows, width = table.chances.shape
    row = np.minimum(counts, rows - 1)
    # All rows as one ascending line of bounds: a single search finds the interval of each cell.
    bounds = upper_bounds(table) + (np.arange(rows, dtype=np.int64) * _MODULUS)[:, None]
    place = np.searchsorted(bounds.ravel(), row * _MODULUS + keys % _MODULUS, side="right")
    shift: Ints = place - row * width - table.largest
    return counts + shift


def upper_bounds(table: Perturbation) -> Ints:
    """The upper bound of each shift's interval of cell keys (rows, shifts), in units of 2^-32."""
    summed = np.cumsum(table.chances, axis=1)
    bounds: npt.NDArray[np.int64] = np.rint(np.minimum(summed, 1) * _MODULUS).astype(np.int64)
    # Behind the last possible shift every bound is the end, whatever the sum of rounded chances.
    last = np.cumsum(table.chances[:, ::-1], axis=1)[:, ::-1] - table.chances <= 0
    bounds[last] = _MODULUS
    return bounds
