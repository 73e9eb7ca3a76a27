"""Which pages the readers of ``bench.desk`` open: mostly the latest figures, sometimes anything."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from vielfalt.desk import gateway
from vielfalt.desk.atlas import selecting
from vielfalt.desk.releases.models import Release, Town

KINDS = {"theme": 50, "area": 15, "release": 10, "time": 10, "origin": 5, "indices": 5, "compare": 5}
"""Of a hundred pages."""
_LATEST, _FIRST_CHOICE = 0.6, 0.5
"""How often a reader stays with the latest date, and with the theme that the page begins with."""


@dataclass(frozen=True)
class Shelf:
    """A release as readers walk through it: addresses of its areas and groups, and queries of its themes."""

    home: str
    town: str
    areas: tuple[str, ...]
    themes: tuple[str, ...]
    compared: tuple[str, ...]
    origins: tuple[str, ...]


def shelves() -> list[list[Shelf]]:
    """The releases of each town, latest first."""
    return [[_shelf(release) for release in town.releases.select_related("town")] for town in Town.objects.all()]


def _shelf(release: Release) -> Shelf:
    town = f"/kommunen/{release.town.ags}/"
    named = [
        (key, urlencode({"thema": key, "kategorie": category, "ebene": one.level}))
        for key, table in selecting.mapped(release).items()
        for one in release.area_sets
        for category in selecting.categories(table, one.level)
    ]
    beside = selecting.compared(release)
    compared = tuple(query for key, query in named if key in beside)
    areas = tuple(f"gebiete/{one.level}/{area['key']}/" for one in release.area_sets for area in one.areas)
    groups = release.tables.get(key="nationality_group")
    counted = gateway.origin_groups(groups.key).intersection(selecting.categories(groups))
    origins = tuple(f"herkunft/{key}/" for key in sorted(counted))
    return Shelf(f"{town}{release.name}/", town, areas, tuple(query for _, query in named), compared, origins)


def drawn(shelves: Sequence[Sequence[Shelf]]) -> Callable[[random.Random], tuple[str, str]]:
    """Draws the next page of a reader: kind and address."""

    def draw(chance: random.Random) -> tuple[str, str]:
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        dates = chance.choice(shelves)
        shelf = dates[0] if chance.random() < _LATEST else chance.choice(dates)
        offered = shelf.themes if kind == "theme" else dates[0].compared
        query = "" if chance.random() < _FIRST_CHOICE else "?" + chance.choice(offered)
        return kind, {
            "theme": f"{shelf.home}karte/{query}",
            "area": shelf.home + chance.choice(shelf.areas),
            "release": shelf.home,
            "time": f"{shelf.town}zeit/{query}",
            "origin": shelf.home + chance.choice(shelf.origins),
            "indices": f"{shelf.home}kennzahlen/",
            "compare": f"/vergleich/{query}",
        }[kind]

    return draw
