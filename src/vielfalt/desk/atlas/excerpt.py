"""An excerpt of a release: some of its areas and themes, chosen by a reader, beside the town as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from vielfalt.desk.atlas import figures
from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.gateway import TOWN
from vielfalt.desk.releases.models import AreaSet, Release, Series, Table
from vielfalt.errors import UsageError
from vielfalt.words import N_, Words

MOST_FIGURES = 8_000
"""Of one excerpt: so many are set within some seconds."""
AREA, THEME = "gebiet", "thema"
"""Names in the query: an area as ``level/key``, a theme as the id of its table; each as often as wanted."""


@dataclass(frozen=True)
class Place:
    """One chosen area."""

    areas: AreaSet
    key: str
    name: str

    @property
    def value(self) -> str:
        """As the query names it."""
        return f"{self.areas.level}/{self.key}"


@dataclass(frozen=True)
class Row:
    """One category: its words, and its value in each chosen area and, last, in the town; None where there is none."""

    label: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Section:
    """One theme: title, what shares refer to (empty: numbers alone), a row for every category somebody falls into."""

    table: Table
    title: str
    share_of: str
    rows: tuple[Row, ...]

    @property
    def is_of_town(self) -> bool:
        """Whether the release holds it for none of the chosen areas, but for the town as a whole."""
        return all(cell is None for row in self.rows for cell in row.cells[:-1])


@dataclass(frozen=True)
class Excerpt:
    """What a reader has chosen, in the order of the release."""

    release: Release
    places: tuple[Place, ...]
    tables: tuple[Table, ...]


def offered(release: Release) -> tuple[list[Place], list[Table]]:
    """All areas and themes of a release."""
    places = [Place(one, area["key"], area["name"]) for one in release.area_sets for area in one.areas]
    return places, list(release.tables.all())


def chosen(release: Release, query: QueryDict) -> Excerpt:
    """The areas and themes that a query names.

    Raises UsageError where it names none, something that the release does not have, or more than a report can hold.
    """
    places, tables = offered(release)
    wanted, themes = set(query.getlist(AREA)), set(query.getlist(THEME))
    found = Excerpt(
        release,
        tuple(place for place in places if place.value in wanted),
        tuple(table for table in tables if table.key in themes),
    )
    if not found.places or not found.tables:
        raise UsageError(
            N_("Nothing has been chosen that a report could be made of."),
            todo=N_("Choose at least one area and one theme."),
        )
    if len(found.places) < len(wanted) or len(found.tables) < len(themes):
        raise UsageError(
            N_("The release does not have one of the areas or themes."), todo=N_("Choose from the lists below.")
        )
    size = Series.objects.filter(table__in=found.tables, level=TOWN).count() * (len(found.places) + 1)
    if size > MOST_FIGURES:
        raise UsageError(
            N_("The report would hold about {size} figures; {most} are the most."),
            size=size,
            most=MOST_FIGURES,
            todo=N_("Choose fewer areas or fewer themes, or take the whole release package."),
        )
    return found


def sections(excerpt: Excerpt, words: Words) -> list[Section]:
    """The figures of an excerpt, theme by theme."""
    values: dict[tuple[str, str, str], dict[str, Cell]] = {}
    for level in dict.fromkeys(place.areas.level for place in excerpt.places):
        keys = [place.key for place in excerpt.places if place.areas.level == level]
        found = figures.values_in(excerpt.release, excerpt.tables, level, keys, words)
        values |= {(table, level, key): rows for (table, key), rows in found.items()}
    towns = figures.town_values(excerpt.release, excerpt.tables, words)
    return [
        Section(
            table,
            figures.table_title(table, words),
            figures.share_of(table, words),
            _rows(
                table,
                [*(values[table.key, place.areas.level, place.key] for place in excerpt.places), towns[table.key]],
                words,
            ),
        )
        for table in excerpt.tables
    ]


def _rows(table: Table, columns: Sequence[dict[str, Cell]], words: Words) -> tuple[Row, ...]:
    """A row for every category; those are left out that are exactly zero in every column."""
    categories = figures.ordered_categories(table, [category for column in columns for category in column])
    rows = (
        Row(figures.category_title(table, category, words), tuple(column.get(category) for column in columns))
        for category in dict.fromkeys(categories)
    )
    return tuple(row for row in rows if any(cell is not None and cell.value != 0 for cell in row.cells))
