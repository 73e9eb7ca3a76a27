"""Which maps a release shows: the standing themes on every level, the largest groups on the level that carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vielfalt.geography import Geography
from vielfalt.publish import lookup
from vielfalt.publish.classes import Classes, classes
from vielfalt.publish.lookup import Category
from vielfalt.publish.results import Results
from vielfalt.publish.shares import as_printed, share
from vielfalt.table import Table

STANDING: tuple[tuple[str, str], ...] = (
    ("foreigner", "foreign"),
    ("mh_register", "with"),
    ("immigration_history", "immigrated"),
    ("age_class", "0-17"),
    ("age_class", "65+"),
    ("came", "arrived"),
)
GROUPS: Mapping[str, tuple[str, ...]] = {
    "reference_group": ("none", "undeterminable", "unknown"),
    "nationality_group": ("germany", "unclear"),
}
"""The tables of country groups, best first, each with the categories that are no group of origin."""
TOP_GROUPS = 4
MAX_IMPORTED = 12
MOST_HIDDEN = 0.9
"""A map of which more would be hatched says nothing and is not drawn."""
ENOUGH_SHOWN = 0.5
"""A group is mapped on the finest level on which this part of the areas is published."""


@dataclass(frozen=True)
class Theme:
    """One map to draw: the share of a category of a table by areas of a level; None where an area shows none.

    ``printed`` are the shares as they are printed, which decide on the class of an area.
    ``empty`` are those of them where nothing is hidden: nobody lives there, or too few for a share.
    """

    table: Table
    category: Category
    level: str
    shares: Mapping[str, float | None]
    printed: Mapping[str, float | None]
    empty: frozenset[str] = frozenset()

    @property
    def classes(self) -> Classes:
        """The classes of the shares that are published."""
        return classes(*(([one for one in of.values() if one is not None]) for of in (self.printed, self.shares)))

    @property
    def hidden(self) -> float:
        """The part of the areas whose share is not published, among those that could have one."""
        return len(self.suppressed) / max(len(self.shares) - len(self.empty), 1)

    @property
    def suppressed(self) -> frozenset[str]:
        """The areas whose share is not published."""
        return frozenset(key for key, value in self.shares.items() if value is None) - self.empty


def themes(results: Results) -> tuple[tuple[Theme, ...], tuple[Theme, ...]]:
    """The maps to draw and those left out because more than nine tenths of their areas would be hatched."""
    levels = mapped_levels(results.geography)
    if results.source.kind == "table":
        wanted = [theme(results, *chosen, level) for chosen in _imported(results) for level in levels]
    else:
        standing = [(table, (key,)) for table, key in STANDING if table in results.tables]
        wanted = [theme(results, *chosen, level) for chosen in standing for level in levels]
        wanted += [found for chosen in _largest(results) if (found := _on_best_level(results, *chosen, levels))]
    possible = [found for found in wanted if len(found.shares) > len(found.empty)]
    drawn = tuple(found for found in possible if found.hidden <= MOST_HIDDEN)
    return drawn, tuple(found for found in possible if found.hidden > MOST_HIDDEN)


def theme(results: Results, table: str, category: Category, level: str) -> Theme:
    """The shares of one category in the areas of a level that have a shape."""
    cells = results.tables[table]
    values = lookup.by_area(cells, level, category)
    bases = lookup.bases(results, table, level)
    counted = {
        area.key: (values[area.key], bases.get(area.key))
        for area in results.geography.level(level).areas
        if area.key in values and area.key in results.geography.shapes[level]
    }
    shares = {key: share(*each, cells.protection) for key, each in counted.items()}
    printed = {key: as_printed(*each, cells.protection) for key, each in counted.items()}
    empty = frozenset(key for key, each in counted.items() if None not in each and shares[key] is None)
    return Theme(cells.table, category, level, shares, printed, empty)


def mapped_levels(geography: Geography) -> tuple[str, ...]:
    """The levels with shapes for two areas or more, coarse to fine."""
    return tuple(level.id for level in geography.levels if len(geography.shapes.get(level.id, ())) > 1)


def _imported(results: Results) -> list[tuple[str, Category]]:
    chosen = [
        (id, category)
        for id, cells in results.tables.items()
        if cells.table.dimensions and not cells.table.town_only
        for category in dict.fromkeys(cells.frame.select(*cells.table.dimensions).iter_rows())
    ]
    return chosen[:MAX_IMPORTED]


def _largest(results: Results) -> list[tuple[str, Category]]:
    """The country groups with most residents in the town; ties in the order of the code list."""
    table = next((id for id in GROUPS if id in results.tables), None)
    if table is None:
        return []
    counts = {
        category: value
        for category, value in lookup.in_town(results, table).items()
        if value is not None and category[0] not in GROUPS[table]
    }
    return [(table, category) for category in sorted(counts, key=lambda key: -counts[key])[:TOP_GROUPS]]


def _on_best_level(results: Results, table: str, category: Category, levels: tuple[str, ...]) -> Theme | None:
    """On the finest level where enough areas are published, else on the level where most are."""
    found = [theme(results, table, category, level) for level in reversed(levels)]
    good = next((one for one in found if one.shares and one.hidden <= 1 - ENOUGH_SHOWN), None)
    return good or min(found, key=lambda one: one.hidden, default=None)
