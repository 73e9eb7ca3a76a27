"""How much of a change between two dates protection alone can make, where numbers are changed or rounded."""

from __future__ import annotations

import re
from math import inf, pi, sqrt

from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.gateway import CHANGED, ROUNDED
from vielfalt.desk.releases.models import Table

_BY_CHANCE = "by chance"
_SPREAD = 1.96 * sqrt(2) * sqrt(pi / 2)
"""Of two unchanged numbers, 95 of 100 differ by less than this many mean changes of a number.

The difference of two independent changes has the square root of two times their standard deviation, which is the root
of pi over two times their mean size (normal distribution).
"""


def persons(before: Table, after: Table) -> float:
    """By how many persons an unchanged count may differ on two dates; 0 where counts are as they were counted.

    Rounding to the nearest multiple moves a count by half the base at most, rounding by chance by nearly the base.
    For the cell key method the releases tell the mean change; infinite where they do not.
    """
    if after.method in ROUNDED:
        base = int(re.findall(r"\d+", after.method)[-1])
        return 2 * (base - 1) if _BY_CHANCE in after.method else base
    if after.method in CHANGED:
        costs = [table.release.description.get("utility", {}).get("mean_change") for table in (before, after)]
        return _SPREAD * max(costs) if all(costs) else inf
    return 0


def is_noise(before: Cell, after: Cell, size: float) -> bool:
    """Whether the shares of two dates differ by no more than ``size`` persons make, in the number and in its base."""
    if not size or before.share is None or after.share is None or not before.base or not after.base:
        return False
    largest = size * (1 + max(before.share, after.share)) / min(before.base, after.base)
    return abs(after.share - before.share) <= largest
