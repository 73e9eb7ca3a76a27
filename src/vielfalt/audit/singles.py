"""Attacks that look at one figure at a time: quotients, classes of maps, a single address."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from vielfalt.audit.figures import Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.told import Told
from vielfalt.cells import ProtectedCells
from vielfalt.figures.disclosure.primary import at_one_address
from vielfalt.geography import TOWN
from vielfalt.publish.classes import classes as map_classes
from vielfalt.publish.themes import themes

Found = tuple[int, tuple[Told, ...]]
"""How many figures were tried, and what was told."""
Values = Mapping[tuple[str, ...], int | None]
"""The values of a table by level, area and category."""

_HALF = 0.0005
"""Half of the last digit of an index."""


def shares(release: Release) -> Found:
    """Location quotients of areas turned back into counts where the count is hidden."""
    tried, told = 0, []
    tables = {id: _values(cells) for id, cells in release.results.tables.items()}
    for index in release.results.indices:
        if index.index == "location_quotient" and index.area and index.value is not None and index.table in tables:
            tried += 1
            values = tables[index.table]
            place = (index.level, index.area, index.group)
            if values.get(place, 0) is None:
                everyone = tables.get("residents", {})
                told += list(_counted(release, index.table, place, index.value, values, everyone))
    return tried, tuple(told)


def _counted(
    release: Release, table: str, place: tuple[str, str, str], quotient: float, values: Values, everyone: Values
) -> Iterator[Told]:
    """The hidden count that a quotient tells: share of the group in the area by its share in the town."""
    level, area, group = place
    ags = release.results.geography.town.key
    here, town = everyone.get((level, area)), everyone.get((TOWN, ags))
    all_of_group = values.get((TOWN, ags, group))
    if here and town and all_of_group:
        low, high = ((quotient + sign * _HALF) * all_of_group / town * here for sign in (-1, 1))
        yield Told(_key(release, table, place), math.ceil(low), math.floor(high))


def classes(release: Release) -> Found:
    """Areas that a map puts into a class although their figure is hidden, or whose exact share is a bound."""
    tried, told = 0, []
    drawn, _ = themes(release.results) if release.results.geography.shapes else ((), ())
    for theme in drawn:
        shown = {area: share for area, share in theme.shares.items() if share is not None}
        bounds = map_classes(list(shown.values())).bounds
        values = _values(release.results.tables[theme.table.id])
        for area, share in shown.items():
            tried += 1
            place = (theme.level, area, *theme.category)
            hidden = values.get(place, 0) is None
            if hidden or any(abs(share - bound) < 1e-9 for bound in bounds):
                told.append(Told(_key(release, theme.table.id, place), 0, 0))
    return tried, tuple(told)


def address(release: Release) -> Found:
    """Figures of areas in which one shelter or home holds so many that a figure is mostly its own.

    Everyone knows where a home stands. Of ``residents`` and the people in institutions at least institutions + figure
    - residents are in both; more than the part ``dominance`` of a figure must not be, nor so many that the figure is
    less than ``p_percent`` above them.
    """
    tables = release.results.tables
    if not {"residents", "household_type"} <= tables.keys():
        return 0, ()
    everyone, homes = _values(tables["residents"]), _values(tables["household_type"])
    dense = {}
    for (level, area), residents in everyone.items():
        inside = homes.get((level, area, "institution"))
        if residents and inside and level != TOWN:
            dense[level, area] = residents - inside
    tried, told = 0, []
    for id, cells in tables.items():
        for (level, area, *category), value in _values(cells).items() if cells.table.unit == "persons" else ():
            if value and (level, area) in dense:
                tried += 1
                tops = np.array([value - dense[level, area], 0])
                if at_one_address(np.array(value), tops, cells.protection):
                    told.append(Told(_key(release, id, (level, area, *category)), value, value))
    return tried, tuple(told)


def _values(cells: ProtectedCells) -> Values:
    return {tuple(row[:-1]): row[-1] for row in cells.frame.drop("status").iter_rows()}


def _key(release: Release, table: str, place: tuple[str, ...]) -> Key:
    key = key_of(release, release.results.tables[table])
    return Key(key.date, key.table, key.definitions, place[0], place[1], tuple(place[2:]))
