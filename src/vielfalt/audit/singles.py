"""Attacks that look at one figure at a time: classes of maps, a single address."""

from __future__ import annotations

import numpy as np

from vielfalt.audit.figures import Key, by_place, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.told import Told
from vielfalt.figures.disclosure.primary import at_one_address
from vielfalt.geography import TOWN
from vielfalt.publish.themes import themes

Found = tuple[int, tuple[Told, ...]]
"""How many figures were tried, and what was told."""


def classes(release: Release) -> Found:
    """Areas that a map puts into a class although their figure is hidden, or whose exact share is a bound."""
    tried, told = 0, []
    drawn, _ = themes(release.results) if release.results.geography.shapes else ((), ())
    for theme in drawn:
        shown = {area: share for area, share in theme.shares.items() if share is not None}
        bounds = theme.classes.bounds
        figures = by_place(release.results.tables[theme.table.id])
        for area, share in shown.items():
            tried += 1
            place = (theme.level, area, *theme.category)
            hidden = figures.get((theme.level, area), {}).get(theme.category, 0) is None
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
    everyone, homes = by_place(tables["residents"]), by_place(tables["household_type"])
    dense = {}
    for place, here in everyone.items():
        residents, inside = here[()], homes.get(place, {}).get(("institution",))
        if residents and inside and place[0] != TOWN:
            dense[place] = residents - inside
    tried, told = 0, []
    for id, cells in tables.items():
        shown = by_place(cells) if cells.table.unit == "persons" else {}
        for place, category, value in ((p, c, n) for p, here in shown.items() if p in dense for c, n in here.items()):
            if value:
                tried += 1
                tops = np.array([value - dense[place], 0])
                if at_one_address(np.array(value), tops, cells.protection):
                    told.append(Told(_key(release, id, (*place, *category)), value, value))
    return tried, tuple(told)


def _key(release: Release, table: str, place: tuple[str, ...]) -> Key:
    key = key_of(release, release.results.tables[table])
    return Key(key.date, key.table, key.definitions, place[0], place[1], tuple(place[2:]))
