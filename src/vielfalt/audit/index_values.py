"""Indices turned back into counts: every printed value is set against the published figures that it may rest on.

A value that rests on published figures and on sums that follow from them tells nothing. Any other is told: the numbers
with which it would be printed as it is are few.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vielfalt.audit.figures import Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.told import Told
from vielfalt.cells import ProtectedCells
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import evenness, exposure
from vielfalt.figures.indices.arrays import Floats
from vielfalt.geography import TOWN

Values = Mapping[tuple[str, ...], int | None]
"""The values of a table by level, area and category."""
Figure = tuple[str, tuple[str, ...]]
"""Table id and category of a figure."""

_HALF = 0.0005
"""Half of the last digit of an index."""
_RESIDENTS: Figure = ("residents", ())
_OTHERS: Figure = ("mh_register", ("without",))
"""With whom dissimilarity compares a group, where they are known."""
_OVER_AREAS: Mapping[str, Callable[[Floats], float | None]] = {
    "segregation_index": lambda figures: evenness.dissimilarity(figures[1], figures[0] - figures[1]),
    "isolation": lambda figures: exposure.isolation(figures[1], figures[0]),
    "dissimilarity": lambda figures: evenness.dissimilarity(figures[1], figures[-1]),
}
"""Of all residents, a group, and those it is compared with, area by area."""


def shares(release: Release) -> tuple[int, tuple[Told, ...]]:
    """How many values were tried, and the hidden figures that they tell."""
    tables = {id: values_of(cells) for id, cells in release.results.tables.items()}
    tried, told = 0, []
    for index in release.results.indices:
        if index.value is not None and {index.table, "residents"} <= tables.keys():
            tried += 1
            told += list(_told(_Printed(release, tables, index, index.value)))
    return tried, tuple(told)


def values_of(cells: ProtectedCells) -> Values:
    """The values of a table by place."""
    return {tuple(row[:-1]): row[-1] for row in cells.frame.drop("status").iter_rows()}


@dataclass(frozen=True)
class _Printed:
    """A value, and the figures beside it."""

    release: Release
    tables: Mapping[str, Values]
    index: IndexValue
    value: float

    def figure(self, figure: Figure, level: str, area: str) -> int | None:
        """A published figure, None where it is hidden; what has no row is nobody."""
        id, category = figure
        return self.tables[id].get((level, area, *category), 0)

    def in_town(self, figure: Figure) -> int | None:
        """The same for the town."""
        return self.figure(figure, TOWN, self.release.results.geography.town.key)

    def told(self, figure: Figure, level: str, area: str, ends: tuple[int, int]) -> Told:
        """A hidden figure, and between which numbers it lies."""
        key = key_of(self.release, self.release.results.tables[figure[0]])
        return Told(Key(key.date, key.table, key.definitions, level, area, figure[1]), *ends)


def _told(printed: _Printed) -> Iterator[Told]:
    index = printed.index
    if index.index == "location_quotient":
        return _by_quotient(printed)
    if index.index == "entropy_diversity":
        return _by_diversity(printed)
    return _by_areas(printed)


def _by_quotient(printed: _Printed) -> Iterator[Told]:
    """A share in an area over that in the town: each of four figures follows from the three others."""
    index = printed.index
    group: Figure = index.table, (index.group,)
    places = [(figure, index.level, index.area) for figure in (group, _RESIDENTS)]
    places += [(figure, TOWN, printed.release.results.geography.town.key) for figure in (group, _RESIDENTS)]
    found = [printed.figure(*place) for place in places]
    hidden = [place for place, number in zip(places, found, strict=True) if number is None]
    here, everyone, whole, town = (number or 0 for number in found)
    ends = 0, printed.in_town(_RESIDENTS) or 0
    if hidden == places[:1] and town:
        ends = _whole(printed.value, whole / town * everyone)
    elif hidden == places[2:3] and everyone and printed.value > _HALF:
        lowest, highest = (here / everyone * town / (printed.value + sign * _HALF) for sign in (1, -1))
        ends = math.ceil(lowest), math.floor(highest)
    yield from (printed.told(*place, ends) for place in hidden)


def _whole(quotient: float, factor: float) -> tuple[int, int]:
    return math.ceil((quotient - _HALF) * factor), math.floor((quotient + _HALF) * factor)


def _by_diversity(printed: _Printed) -> Iterator[Told]:
    """The categories that are shown, and what they leave of the residents as one."""
    index, town = printed.index, printed.release.results.geography.town.key
    area = index.area or town
    if printed.figure(_RESIDENTS, index.level, area) is None:
        yield printed.told(_RESIDENTS, index.level, area, (0, printed.in_town(_RESIDENTS) or 0))


def _by_areas(printed: _Printed) -> Iterator[Told]:
    """Areas with hidden figures enter as what the shown ones leave of the town, so the town's figures must be shown.

    Else the value must be that of the areas shown alone.
    """
    wanted = _wanted(printed)
    shown = _shown(printed, wanted)
    hidden = [figure for figure in wanted if printed.in_town(figure) is None]
    if hidden and not shown.all_areas and not _prints(printed, shown.large):
        town = printed.release.results.geography.town.key
        yield printed.told(hidden[0], TOWN, town, _ends(printed, wanted, hidden, shown))


def _wanted(printed: _Printed) -> list[Figure]:
    """What enters: residents, the group, and those it is compared with where they are not all others."""
    group = printed.index.table, (printed.index.group,)
    others = [_OTHERS] if printed.index.index == "dissimilarity" and "mh_register" in printed.tables else []
    return [_RESIDENTS, group, *others]


@dataclass(frozen=True)
class _Shown:
    """The areas of which all that enters is shown (figures by areas): all of them, and those large enough."""

    figures: Floats
    large: Floats
    all_areas: bool


def _shown(printed: _Printed, wanted: list[Figure]) -> _Shown:
    results, level = printed.release.results, printed.index.level
    areas = next((each.areas for each in results.geography.levels if each.id == level), ())
    found = [[printed.figure(figure, level, area.key) for figure in wanted] for area in areas]
    rows = [[float(n) for n in row if n is not None] for row in found if None not in row]
    figures = np.array(rows, dtype=float).reshape(-1, len(wanted)).T
    large = figures[:, figures[0] >= results.protection.min_area_index]
    return _Shown(figures, large, len(rows) == len(found))


def _prints(printed: _Printed, figures: Floats) -> bool:
    """Whether these areas make the value that is printed."""
    rows = figures if len(figures) > 2 else np.vstack([figures, figures[0] - figures[1]])
    found = _OVER_AREAS[printed.index.index](rows)
    return found is not None and abs(found - printed.value) <= _HALF + 1e-9


def _ends(printed: _Printed, wanted: list[Figure], hidden: list[Figure], shown: _Shown) -> tuple[int, int]:
    """Between which numbers the town's figure lies with which the value would be printed as it is."""
    town = printed.in_town(_RESIDENTS) or 0
    if hidden != wanted[1:2]:
        return 0, town
    sums = shown.figures.sum(axis=1)
    left = [float(printed.in_town(figure) or 0) - own for figure, own in zip(wanted, sums, strict=True)]
    fit = []
    for number in range(int(left[0]) + 1):
        left[1] = float(number)
        if _prints(printed, np.column_stack([shown.large, left])):
            fit.append(int(sums[1]) + number)
    return (min(fit), max(fit)) if fit else (0, town)
