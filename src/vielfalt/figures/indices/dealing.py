"""Random tables with both margins fixed: the same people dealt out to the same dwellings by chance.

Two ways to the same distribution. With few cells, each cell is drawn in turn (Patefield 1981, Applied Statistics 30).
With many cells, people are dealt out: most draw an area by lot, each for himself; whoever is left over takes the
dwellings that are free in random order (the idea of Boyett 1979, Applied Statistics 28, for few people instead of all).
Everybody is treated alike, so each way of housing the same people is as likely as any other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import random_table

Ints = NDArray[np.int64]

_PEOPLE_PER_CELL = 16
"""Drawing a cell takes as long as dealing out so many people."""
_FREE = 3.5
"""By how many standard deviations fewer people than an area holds draw it, so that hardly ever too many do."""
_LOTS = 1 << 16


def random_tables(areas: Ints, groups: Ints, draws: int, seed: int) -> Iterator[Ints]:
    """So many tables (areas by groups) with these residents per area and per group; there must be people."""
    chance = np.random.default_rng(seed)
    if areas.sum() > _PEOPLE_PER_CELL * len(areas) * len(groups):
        tables = random_table(areas, groups)
        yield from (tables.rvs(method="patefield", random_state=chance) for _ in range(draws))
    else:
        lots = _lots(areas)
        yield from (_dealt(areas, groups, lots, chance) for _ in range(draws))


def _lots(areas: Ints) -> NDArray[np.int32]:
    """The area of each lot; the lots of nobody's area, which comes last, mean that one is left over."""
    share = np.maximum(areas - _FREE * np.sqrt(areas), 0) / areas.sum()
    lots = (_LOTS * share).astype(np.int64)
    return np.repeat(np.arange(len(areas) + 1, dtype=np.int32), np.append(lots, _LOTS - lots.sum()))


def _dealt(areas: Ints, groups: Ints, lots: NDArray[np.int32], chance: np.random.Generator) -> Ints:
    """One table. When more people draw an area than it holds, all draw again: that treats everybody alike."""
    people, width = int(areas.sum()), len(areas) + 1
    first = np.arange(len(groups), dtype=np.int32) * width
    of_group = np.repeat(first, groups)
    free = np.full(len(areas), -1)
    while free.min() < 0:
        drawn = lots[chance.bit_generator.random_raw(-(-people // 4)).view(np.uint16)[:people]]
        found = np.bincount(drawn + of_group, minlength=width * len(groups)).reshape(len(groups), width)
        free = areas - found[:, :-1].sum(axis=0)
    dwellings = np.repeat(np.arange(len(areas)), free)
    chance.shuffle(dwellings)
    late = np.bincount(dwellings + np.repeat(first, found[:, -1]), minlength=found.size).reshape(found.shape)
    table: Ints = (found + late)[:, :-1].T
    return table
