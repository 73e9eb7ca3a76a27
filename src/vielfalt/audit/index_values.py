"""Indices turned back into counts: every printed value is set against the published figures that it may rest on.

A value that rests on published figures and on sums that follow from them tells nothing. Any other is told: whoever
tries numbers for what is hidden sees which of them make it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from vielfalt.audit.figures import Categories, Key, Places, by_place, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.told import Told
from vielfalt.errors import DeliveryError
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import evenness, exposure, local
from vielfalt.figures.indices.compute import with_interval
from vielfalt.geography import TOWN
from vielfalt.numbers import Floats
from vielfalt.words import N_

Figure = tuple[str, tuple[str, ...]]
"""Table id and category of a figure."""

_HALF = 0.0005
"""Half of the last digit of an index."""
_STEPS = 21
"""So many numbers of residents without an area are tried at most, from the least to the largest."""
_RESIDENTS: Figure = ("residents", ())
_OTHERS: Figure = ("mh_register", ("without",))
"""With whom dissimilarity compares a group, where they are known."""
_OVER_AREAS: Mapping[str, Callable[[Floats, Floats], float | None]] = {
    "segregation_index": evenness.dissimilarity,
    "isolation": lambda group, others: exposure.isolation(group, group + others),
    "dissimilarity": evenness.dissimilarity,
}
"""Of a group and those it is compared with, area by area."""


def shares(release: Release) -> tuple[int, tuple[Told, ...]]:
    """How many values were tried, and the hidden figures that they tell.

    Raises DeliveryError for an index that this program cannot compute anew.
    """
    tables = {id: by_place(cells) for id, cells in release.results.tables.items()}
    tried, told = 0, []
    for index in release.results.indices:
        if index.value is not None and {index.table, "residents"} <= tables.keys():
            tried += 1
            told += list(_told(_Printed(release, tables, index, index.value)))
    return tried, tuple(told)


@dataclass(frozen=True)
class _Printed:
    """A value, and the figures beside it."""

    release: Release
    tables: Mapping[str, Places]
    index: IndexValue
    value: float

    def categories(self, table: str, level: str, area: str) -> Categories:
        """All figures of a table in one place."""
        return self.tables[table].get((level, area), {})

    def figure(self, figure: Figure, level: str, area: str) -> int | None:
        """A published figure, None where it is hidden; what has no row is nobody."""
        id, category = figure
        return self.categories(id, level, area).get(category, 0)

    def in_town(self, figure: Figure) -> int | None:
        """The same for the town."""
        return self.figure(figure, TOWN, self.town)

    def in_areas(self, figure: Figure, level: str) -> list[int | None]:
        """The same for every area of a level; None also where the table has none of the area."""
        known = ((self.categories(figure[0], level, area), area) for area in self.areas(level))
        return [self.figure(figure, level, area) if here else None for here, area in known]

    def areas(self, level: str) -> list[str]:
        """The keys of the areas of a level."""
        levels = self.release.results.geography.levels
        return next(([area.key for area in each.areas] for each in levels if each.id == level), [])

    @property
    def town(self) -> str:
        """The key of the town."""
        return self.release.results.geography.town.key

    def is_near(self, value: float | None) -> bool:
        """Whether the number would be printed as the value is."""
        return value is not None and _is_near(self.value, value)

    def told(self, figure: Figure, level: str, area: str, ends: tuple[int, int] | None = None) -> Told:
        """A figure, and between which numbers it lies: of all residents, if nothing more is known."""
        key = key_of(self.release, self.release.results.tables[figure[0]])
        ends = ends or (0, self.in_town(_RESIDENTS) or 0)
        return Told(Key(key.date, key.table, key.definitions, level, area, figure[1]), *ends)


def _is_near(printed: float, value: float) -> bool:
    return abs(value - printed) <= _HALF + 1e-9


def _told(printed: _Printed) -> Iterator[Told]:
    index = printed.index
    if index.index == "location_quotient":
        return _by_quotient(printed)
    if index.index == "entropy_diversity":
        return _by_diversity(printed)
    if index.index not in _OVER_AREAS:
        raise DeliveryError(
            N_("The release states an index that this version of Vielfalt cannot check: {index}."),
            where=printed.release.name,
            todo=N_("Audit the release with the version that made it; datapackage.json names it (made_with)."),
            index=index.index,
        )
    return _by_areas(printed)


def _by_quotient(printed: _Printed) -> Iterator[Told]:
    """A share in an area over that in the town: each of four figures follows from the three others."""
    index = printed.index
    group: Figure = index.table, (index.group,)
    places = [(figure, index.level, index.area) for figure in (group, _RESIDENTS)]
    places += [(figure, TOWN, printed.town) for figure in (group, _RESIDENTS)]
    found = [printed.figure(*place) for place in places]
    hidden = [place for place, number in zip(places, found, strict=True) if number is None]
    here, everyone, whole, town = (number or 0 for number in found)
    ends = None
    if hidden == places[:1] and town:
        ends = _whole(printed.value, whole / town * everyone)
    elif hidden == places[2:3] and everyone and printed.value > _HALF:
        lowest, highest = (here / everyone * town / (printed.value + sign * _HALF) for sign in (1, -1))
        ends = math.ceil(lowest), math.floor(highest)
    elif not hidden and not printed.is_near(here * town / (everyone * whole) if everyone * whole else None):
        hidden = places[:1]
    yield from (printed.told(*place, ends) for place in hidden)


def _whole(quotient: float, factor: float) -> tuple[int, int]:
    return math.ceil((quotient - _HALF) * factor), math.floor((quotient + _HALF) * factor)


def _by_diversity(printed: _Printed) -> Iterator[Told]:
    """The categories that are shown, and what they leave of the residents as one; all others count, but hold nobody."""
    index = printed.index
    area = index.area or printed.town
    everyone, inside = printed.figure(_RESIDENTS, index.level, area), printed.categories(index.table, index.level, area)
    shown = [number for number in inside.values() if number is not None]
    hidden = [category for category, number in inside.items() if number is None]
    left = [max(0, (everyone or 0) - sum(shown)), *[0] * (len(hidden) - 1)] if hidden else []
    if everyone is None or not printed.is_near(_diversity([*shown, *left])):
        figure: Figure = (index.table, hidden[0]) if hidden and everyone is not None else _RESIDENTS
        yield printed.told(figure, index.level, area)


def _diversity(counts: list[int]) -> float | None:
    return local.entropy_diversity(np.array(counts, dtype=float))


def _by_areas(printed: _Printed) -> Iterator[Told]:
    """Areas with hidden figures enter as what the shown ones leave of the town, so the town's figures must be shown.

    Else the value must be that of the areas shown alone.
    """
    wanted = _wanted(printed)
    shown = _shown(printed, wanted)
    hidden = [figure for figure in wanted if printed.in_town(figure) is None]
    if hidden:
        if not (printed.is_near(_value(printed, shown.large)) and _has_its_interval(printed, shown.large)):
            yield printed.told(hidden[0], TOWN, printed.town, _ends(printed, wanted, hidden, shown))
    elif not _rests_on_the_rest(printed, wanted, shown):
        level = printed.index.level
        single = [(figure, level, area) for figure in wanted for area in printed.areas(level)]
        unknown = (place for place in single if printed.figure(*place) is None)
        yield printed.told(*next(unknown, (wanted[1], TOWN, printed.town)))


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


def _shown(printed: _Printed, wanted: list[Figure]) -> _Shown:
    found = zip(*(printed.in_areas(figure, printed.index.level) for figure in wanted), strict=True)
    rows = [[float(n) for n in row if n is not None] for row in found if None not in row]
    figures = np.array(rows, dtype=float).reshape(-1, len(wanted)).T
    return _Shown(figures, figures[:, figures[0] >= printed.release.results.protection.min_area_index])


def _rests_on_the_rest(printed: _Printed, wanted: list[Figure], shown: _Shown) -> bool:
    """Whether the large areas shown make the value: alone if all areas are shown, else with all others as one.

    Residents without an area belong to neither; how many they are may not follow. Then a value is allowed that lies
    between those of the numbers possible, with any interval.
    """
    town = np.array([printed.in_town(figure) or 0 for figure in wanted], dtype=float)
    if shown.figures.shape[1] == len(printed.areas(printed.index.level)):
        return printed.is_near(_value(printed, shown.large)) and _has_its_interval(printed, shown.large)
    left = town - shown.large.sum(axis=1)
    outside = list(product(*_without_area(printed, wanted)))
    least, most = math.inf, -math.inf
    for each in outside:
        rest = np.maximum(left - each, 0)
        rest = np.minimum(rest, rest[0])
        large = rest[0] >= printed.release.results.protection.min_area_index
        figures = np.column_stack([shown.large, rest]) if large else shown.large
        value = _value(printed, figures)
        if value is not None:
            least, most = min(least, value), max(most, value)
        if least - _HALF - 1e-9 <= printed.value <= most + _HALF + 1e-9:
            return len(outside) > 1 or _has_its_interval(printed, figures)
    return False


def _without_area(printed: _Printed, wanted: list[Figure]) -> list[list[int]]:
    """How many residents without an area, and of each other figure, there may be."""
    ends = [_outside(printed, figure) for figure in wanted]
    everyone = ends[0][1]
    return [_steps(least, max(least, min(most, everyone))) for least, most in ends]


def _outside(printed: _Printed, figure: Figure) -> tuple[int, int]:
    """Between which numbers those without an area lie: what any level leaves of the town, if it shows all areas."""
    town = printed.in_town(figure) or 0
    least, most = 0, town
    for level in printed.release.results.geography.levels:
        here = printed.in_areas(figure, level.id)
        left = max(0, town - sum(number or 0 for number in here))
        least, most = max(least, left if None not in here else 0), min(most, left)
    return min(least, most), most


def _steps(least: int, most: int) -> list[int]:
    return sorted({round(step) for step in np.linspace(least, most, _STEPS).tolist()})


def _value(printed: _Printed, figures: Floats) -> float | None:
    """The index over these areas."""
    return _OVER_AREAS[printed.index.index](*_both(figures))


def _both(figures: Floats) -> tuple[Floats, Floats]:
    """The group and those it is compared with: all others, where they are not a group of their own."""
    return figures[1], figures[2] if len(figures) > 2 else figures[0] - figures[1]


def _has_its_interval(printed: _Printed, figures: Floats) -> bool:
    """Whether the ends of the interval beside the value, if any, are those of these areas: everybody can draw it."""
    formula = _OVER_AREAS[printed.index.index]

    def statistic(drawn: Floats) -> Floats:
        value = formula(drawn[:, 0], drawn[:, 1])
        return np.array([np.nan if value is None else value])

    ends = printed.index.low, printed.index.high
    if ends == (None, None):
        return True
    _, low, high = with_interval(np.column_stack(_both(figures)), statistic)
    return all(end is None or _is_near(end, float(own[0])) for end, own in zip(ends, (low, high), strict=True))


def _ends(printed: _Printed, wanted: list[Figure], hidden: list[Figure], shown: _Shown) -> tuple[int, int] | None:
    """Between which numbers the town's figure lies with which the value would be printed as it is."""
    if hidden != wanted[1:2]:
        return None
    sums = shown.figures.sum(axis=1)
    left = [float(printed.in_town(figure) or 0) - own for figure, own in zip(wanted, sums, strict=True)]
    fit = []
    for number in range(int(left[0]) + 1):
        left[1] = float(number)
        if printed.is_near(_value(printed, np.column_stack([shown.large, left]))):
            fit.append(int(sums[1]) + number)
    return (min(fit), max(fit)) if fit else None
