"""An index beside chance: several indices of one table, each with its interval, what chance gives, and a p-value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vielfalt.figures.indices import chance, measures
from vielfalt.figures.indices.measures import Situation
from vielfalt.numbers import Floats

Formula = Callable[[Floats], float | None]
"""An index of a table (areas by groups, every person once)."""


@dataclass(frozen=True)
class Judged:
    """``corrected`` is the index less its bias, ``low`` to ``high`` its interval.

    ``by_chance`` is the mean of random tables, ``p`` how often these give at least the index. All null where nothing is
    drawn or the index has no value.
    """

    corrected: float | None = None
    low: float | None = None
    high: float | None = None
    by_chance: float | None = None
    p: float | None = None


NOT_DRAWN = Judged()


def of_group(id: str) -> Formula:
    """An index of the catalogue for the first column of a table against all columns."""
    return lambda table: measures.OF_GROUP[id](Situation(table[:, :1], table.sum(axis=1)), 0)


def of_town(id: str) -> Formula:
    """An index of the catalogue for all columns of a table together."""
    return lambda table: measures.OF_TOWN[id](Situation(table, table.sum(axis=1)))


def values(table: Floats, formulas: Mapping[str, Formula]) -> Floats:
    """The indices of a table, NaN where one has no value."""
    found = (formula(table) for formula in formulas.values())
    return np.array([np.nan if value is None else value for value in found], dtype=float)


def judged(table: Floats, formulas: Mapping[str, Formula], draws: int, seed: int) -> Mapping[str, Judged]:
    """Each index beside so many bootstrap samples and as many random tables."""
    if not draws or not formulas or not table.sum():
        return dict.fromkeys(formulas, NOT_DRAWN)

    def statistic(drawn: Floats) -> Floats:
        return values(drawn, formulas)

    observed = values(table, formulas)
    corrected, low, high = chance.debiased(observed, chance.resampled(table, statistic, draws, seed))
    random = chance.permuted(table, statistic, draws, seed)
    columns = (corrected, low, high, random.mean(axis=0), chance.p_values(observed, random))
    return {
        id: Judged(*(_known(column[place]) for column in columns)) if np.isfinite(observed[place]) else NOT_DRAWN
        for place, id in enumerate(formulas)
    }


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
