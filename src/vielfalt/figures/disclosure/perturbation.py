"""Perturbation tables of the cell key method: with which chance a count of i becomes i + v.

Of all chances that meet the demands, those of largest entropy: they promise nothing beyond the demands (Giessing 2016,
"Computational issues in the design of transition probabilities and disclosure risk estimation for additive noise";
R package ptable). The demands: mean 0, a fixed variance, no shift beyond the largest, no negative number, no number
below the smallest one shown but zero, zero stays zero; where wanted a least chance of no change, and monotony.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from vielfalt.errors import TownError
from vielfalt.methods import CellKey
from vielfalt.numbers import Floats
from vielfalt.words import N_

VERSION = 2
"""Of how numbers are changed; raised when the same settings give another table, or the same keys another change."""
DIGITS = 8
"""Decimals of a chance. Rounded, so that every machine has the same table to the last digit."""
_EXACT = 1e-12
_STEPS = 500


@dataclass(frozen=True)
class Perturbation:
    """The chances of all shifts: row i for the count i, the last row for all larger counts.

    ``chances`` (rows, 2D + 1): column k for the shift k - D. Each row sums to 1.
    """

    chances: Floats

    @property
    def largest(self) -> int:
        """D: no count changes by more."""
        return int(self.chances.shape[1] // 2)


def kept_table(method: CellKey) -> bytes:
    """The table as the vault keeps it (JSON): version, settings, sha256 of the rows, and the rows."""
    table = perturbation(method)
    shifts = range(-table.largest, table.largest + 1)
    rows = [
        {"count": count, "chances": {shift: chance for shift, chance in zip(shifts, row, strict=True) if chance}}
        for count, row in enumerate(table.chances.tolist())
    ]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return json.dumps({"version": VERSION, "settings": vars(method), "sha256": digest, "rows": rows}, indent=1).encode()


@dataclass(frozen=True)
class Row:
    """What is demanded of the shifts of one count; ``variance`` None: as entropy leaves it."""

    count: int
    largest_shift: int
    variance: float | None
    smallest: int = 1
    stay: float = 0.0
    monotone: bool = True


@cache
def perturbation(method: CellKey) -> Perturbation:
    """The table of a town's settings. Raises TownError when no chances meet the demands: none is ever given up."""
    shift, last = method.largest_shift, method.largest_shift + method.smallest - (method.smallest == 1)
    rows = [np.eye(2 * shift + 1)[shift]]
    for count in range(1, last + 1):
        row = Row(count, shift, method.variance, method.smallest, method.stay, method.monotone)
        rows.append(np.round(chances(row), DIGITS))
        rows[-1] /= rows[-1].sum()
    return Perturbation(np.array(rows))


def chances(row: Row) -> Floats:
    """The chances of the shifts -D to D of one count. Raises TownError when none meet the demands."""
    demands = _demands(row)
    _refuse_impossible(row, demands)
    found = np.zeros(2 * row.largest_shift + 1)
    found[demands.shifts + row.largest_shift] = _largest_entropy(demands)
    return found


@dataclass(frozen=True)
class _Demands:
    """Linear demands on the chances of the possible shifts: the first ``equal`` rows hold exactly, others at least."""

    shifts: npt.NDArray[np.int64]
    matrix: Floats
    bounds: Floats
    equal: int


def _demands(row: Row) -> _Demands:
    """Mean and variance in units of the largest shift, so that all rows of the matrix are of one size."""
    largest = row.largest_shift
    results = {shift: row.count + shift for shift in range(-largest, largest + 1)}
    shifts = np.array([shift for shift, result in results.items() if result == 0 or result >= row.smallest])
    lines, bounds = [shifts / largest], [0.0]
    if row.variance is not None:
        lines.append(shifts**2 / largest**2)
        bounds.append(row.variance / largest**2)
    equal = len(lines)
    if row.stay and 0 in shifts:
        lines.append((shifts == 0).astype(np.float64))
        bounds.append(row.stay)
    for place in range(len(shifts) - 1) if row.monotone else ():
        step = np.zeros(len(shifts))
        step[place : place + 2] = (-1, 1) if shifts[place + 1] <= 0 else (1, -1)
        if shifts[place + 1] <= 0 or shifts[place] >= 0:
            lines.append(step)
            bounds.append(0.0)
    return _Demands(shifts, np.array(lines), np.array(bounds), equal)


def _refuse_impossible(row: Row, demands: _Demands) -> None:
    """Raises TownError unless the variance lies between the smallest and largest that the other demands allow."""
    ends = [_variance(demands, sign) for sign in (1, -1)]
    low, high = ends[0], ends[1]
    if low is None or high is None:
        raise TownError(
            N_("No change of the count {count} meets the settings of the cell key method."),
            where="town.toml [protection.cell_key]",
            todo=N_("Raise largest_shift, or lower smallest or stay."),
            count=row.count,
        )
    if row.variance is not None and not low < row.variance < high:
        raise TownError(
            N_("For the count {count} the variance must lie between {low} and {high}; demanded is {wanted}."),
            where="town.toml [protection.cell_key]",
            todo=N_("Set another variance or largest_shift, or lower smallest or stay."),
            count=row.count,
            low=f"{low:.3f}",
            high=f"{high:.3f}",
            wanted=row.variance,
        )


def _variance(demands: _Demands, sign: int) -> float | None:
    """The smallest (sign 1) or largest (-1) variance under all other demands; None where they contradict each other."""
    held, least = demands.matrix[:1], demands.matrix[demands.equal :]
    found = linprog(
        sign * demands.shifts.astype(np.float64) ** 2,
        A_eq=np.vstack([held, np.ones(len(demands.shifts))]),
        b_eq=[0.0, 1.0],
        A_ub=-least if len(least) else None,
        b_ub=-demands.bounds[demands.equal :] if len(least) else None,
    )
    return float(sign * found.fun) if found.status == 0 else None


def _largest_entropy(demands: _Demands) -> Floats:
    """The chances of largest entropy: exponential in the demands, with prices found by Newton's method on the dual.

    A demand that need not hold exactly has a price of zero or more. Where only mean and variance bind, this is the
    closed form exp(-a v - b v²).
    """
    matrix, bounds = demands.matrix, demands.bounds
    exact = np.arange(len(bounds)) < demands.equal
    prices = np.zeros(len(bounds))
    for _ in range(_STEPS):
        found = _chances(matrix, prices)
        missing = bounds - matrix @ found
        binding = exact | (prices > 0) | (missing > 0)
        if np.abs(missing[binding]).max() < _EXACT:
            break
        active = matrix[binding]
        curvature = (active * found) @ active.T - np.outer(active @ found, active @ found)
        step = np.zeros(len(bounds))
        step[binding] = np.linalg.lstsq(curvature, missing[binding], rcond=_EXACT)[0]
        shorter = _shortened(demands, prices, step, missing)
        if shorter is None:
            break
        prices = shorter
    return _chances(matrix, prices)


def _shortened(demands: _Demands, prices: Floats, step: Floats, missing: Floats) -> Floats | None:
    """The prices after the longest halved step that improves the dual; None when none does: the optimum is reached."""
    before, length = _dual(demands, prices), 1.0
    while length > _EXACT:
        after = prices + length * step
        after[demands.equal :] = np.maximum(after[demands.equal :], 0)
        if _dual(demands, after) <= before - 1e-4 * missing @ (after - prices):
            return after
        length /= 2
    return None


def _dual(demands: _Demands, prices: Floats) -> float:
    weights = demands.matrix.T @ prices
    return float(weights.max() + np.log(np.exp(weights - weights.max()).sum()) - prices @ demands.bounds)


def _chances(matrix: Floats, prices: Floats) -> Floats:
    weights = matrix.T @ prices
    likely = np.exp(weights - weights.max())
    found: Floats = likely / likely.sum()
    return found
