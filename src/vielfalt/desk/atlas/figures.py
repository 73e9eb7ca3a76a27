"""A figure: one category of one table over the areas of a level, with everything that must be said beside it.

Map, table, bars and downloads of a page are made from the same figure, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet

from vielfalt.desk import gateway
from vielfalt.desk.gateway import TOWN, Classes, Protection
from vielfalt.desk.releases.importing import NO_AREA
from vielfalt.desk.releases.models import AreaSet, Release, Series, Table, joined, keys_of
from vielfalt.words import N_, Words

Mark = Literal["published", "estimated", "suppressed", "too_few", "absent"]
MARKS: dict[Mark, str] = {
    "published": N_("published"),
    "estimated": N_("estimated"),
    "suppressed": N_("not published, to protect individual people"),
    "too_few": N_("too few residents for a share"),
    "absent": N_("no figure"),
}
"""What the mark of a value says."""
_SHARE_OF = {
    "persons": N_("Share of residents"),
    "households": N_("Share of households"),
    "earlier": N_("Share of residents at the earlier reference date"),
    "alone": N_("Share of all counted"),
}
"""What shares refer to, by the unit of a table; ``alone``: in a table that others counted, without residents beside."""
NUMBERS_ALONE = N_("This theme is told in numbers alone: what it counts is no part of one whole.")
_STATUS: dict[str, Mark] = {"o": "published", "e": "estimated", "s": "suppressed", NO_AREA: "absent"}


@dataclass(frozen=True)
class Cell:
    """One area's value: as number and as share, in print signs ("." suppressed, "–" too small a base), its class.

    ``share`` is 0 to 1 of ``base`` and null where there is none to show; ``place`` is the number of the class of the
    share as ``printed``, 0 the lowest. In a table that is told in numbers alone there is neither, and ``mark`` is that
    of the number.
    """

    key: str
    name: str
    value: int | None
    number: str
    base: int | None
    share: float | None
    percent: str
    mark: Mark
    place: int | None
    area: dict[str, Any]
    printed: float | None = None


class Line(NamedTuple):
    """What a cell is made of in a ``Series``: who reads a thousand of them has no use for a thousand models."""

    values: Sequence[int | None]
    status: str


Lines = Mapping[tuple[str, str], Line]
"""The lines of a table by level and category."""


@dataclass(frozen=True)
class Figure:
    """One theme on one level.

    ``share_of`` says what shares refer to, and is empty where there are numbers alone; ``labels`` names the classes
    from the lowest, ``sizes`` counts their areas.
    """

    release: Release
    table: Table
    category: str
    level: str
    level_title: str
    title: str
    share_of: str
    cells: tuple[Cell, ...]
    town: Cell
    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    area_set: AreaSet

    @property
    def suppressed(self) -> int:
        """How many areas are not published."""
        return sum(cell.mark == "suppressed" for cell in self.cells)

    @property
    def too_few(self) -> int:
        """How many areas have too few residents for a share."""
        return sum(cell.mark == "too_few" for cell in self.cells)


def figure(table: Table, category: str, level: str, words: Words) -> Figure:
    """The figure of a category on a level. Raises ``Series.DoesNotExist`` when the release has none."""
    release = table.release
    wanted = Series.objects.filter(table=table, level__in=(level, TOWN), category__in=(category, Series.BASE))
    lines = _lines(wanted).get(table.pk, {})
    if (level, category) not in lines or level == TOWN:
        raise Series.DoesNotExist
    area_set, protection = _area_set(release, level), _protection(table)
    cells = _cells(lines, level, category, area_set.areas, protection, words)
    found = gateway.classes(
        [cell.printed for cell in cells if cell.printed is not None],
        [cell.share for cell in cells if cell.share is not None],
    )
    return Figure(
        release=release,
        table=table,
        category=category,
        level=level,
        level_title=area_set.title,
        title=category_title(table, category, words),
        share_of=share_of(table, words),
        cells=tuple(_classed(cell, found) for cell in cells),
        town=_cells(lines, TOWN, category, _areas(release, TOWN), protection, words)[0],
        labels=gateway.class_labels(words, found),
        sizes=found.sizes,
        area_set=area_set,
    )


def share_of(table: Table, words: Words) -> str:
    """What the shares of a table refer to; empty for a whole, and for one that is told in numbers alone."""
    if not table.dimensions or not gateway.has_shares(table.key):
        return ""
    return words(_SHARE_OF["alone" if table.release.stands_alone else table.unit])


def _protection(table: Table) -> Protection | None:
    """The settings that say which shares of a table may be shown; null where it has none."""
    return Protection.of(table.parameters) if table.dimensions and gateway.has_shares(table.key) else None


def category_title(table: Table, category: str, words: Words) -> str:
    """The category in words; the title of the table where it has no dimensions."""
    if not table.dimensions:
        return table_title(table, words)
    labels = (
        category_label(table, dimension, key, words)
        for dimension, key in zip(table.dimensions, keys_of(category), strict=True)
    )
    return gateway.sentence_case(", ".join(labels))


def category_label(table: Table, dimension: str, key: str, words: Words) -> str:
    """What a key means: in the language of the page where the code lists know it, else as the release says."""
    label = gateway.category_label(words, dimension, key)
    return label if label != key else str(table.release.description["categories"].get(dimension, {}).get(key, key))


def table_title(table: Table, words: Words) -> str:
    """The title of a table in the language of the page; of an imported one as the release says."""
    return gateway.programme_title(words, table.key) or table.title


def profile(release: Release, level: str, key: str, words: Words) -> list[tuple[Table, list[tuple[str, Cell]]]]:
    """Everything that a release publishes of one area: per table the categories with their values."""
    tables = list(release.tables.all())
    found = values_in(release, tables, level, (key,), words)
    return [(table, list(rows.items())) for table in tables if (rows := found[table.key, key])]


def shares_of_town(release: Release, words: Words) -> dict[tuple[str, str], str]:
    """The share of every category in the town as a whole, in print signs, by id of the table and category."""
    found = profile(release, TOWN, release.town.ags, words)
    return {(table.key, category): cell.percent for table, rows in found for category, cell in rows}


def values_in(
    release: Release, tables: Sequence[Table], level: str, keys: Sequence[str], words: Words
) -> dict[tuple[str, str], dict[str, Cell]]:
    """The values of tables of a release in areas of a level: by id of the table and key of the area, by category."""
    lines = _lines(Series.objects.filter(table__in=tables, level=level))
    areas = {area["key"]: (place, area) for place, area in enumerate(_areas(release, level))}
    found = {}
    for table in tables:
        own = lines.get(table.pk, {})
        order = ordered_categories(table, [category for _, category in own]) if own else ()
        protection = _protection(table)
        for key in keys:
            cells = _in_area(own, level, order, *areas[key], protection, words)
            found[table.key, key] = {category: cell for category, cell in cells if cell.mark != "absent"}
    return found


def tables_of(releases: Sequence[Release], keys: Sequence[str]) -> list[Table]:
    """The tables of these ids that the releases have, in the order of the releases."""
    order = {release.pk: place for place, release in enumerate(releases)}
    found = list(Table.objects.filter(release__in=order, key__in=keys))
    for table in found:
        table.release = releases[order[table.release_id]]
    return sorted(found, key=lambda table: order[table.release_id])


def town_values(release: Release, tables: Sequence[Table], words: Words) -> dict[str, dict[str, Cell]]:
    """The values of tables of a release for the town as a whole: by id of the table and category."""
    found = values_in(release, tables, TOWN, (release.town.ags,), words)
    return {table: rows for (table, _), rows in found.items()}


def in_town(tables: Sequence[Table], category: str, words: Words) -> dict[int, Cell]:
    """The value of one category for the town as a whole in each of the tables that have it, by primary key."""
    lines = _lines(Series.objects.filter(table__in=tables, level=TOWN, category__in=(category, Series.BASE)))
    found = {}
    for table in tables:
        known = lines.get(table.pk, {})
        if (TOWN, category) in known:
            areas, protection = _areas(table.release, TOWN), _protection(table)
            cell = _cells(known, TOWN, category, areas, protection, words)[0]
            if cell.mark != "absent":
                found[table.pk] = cell
    return found


def _lines(wanted: QuerySet[Series]) -> dict[int, dict[tuple[str, str], Line]]:
    """The lines of each table, by its primary key."""
    found: dict[int, dict[tuple[str, str], Line]] = {}
    for table, level, category, values, status in wanted.values_list(
        "table_id", "level", "category", "values", "status"
    ):
        found.setdefault(table, {})[level, category] = Line(values, status)
    return found


def ordered_categories(table: Table, categories: Iterable[str]) -> tuple[str, ...]:
    """The categories in the order of the code lists, without the base."""
    return _ordered(tuple(table.dimensions), tuple(categories))


@lru_cache(maxsize=5_000)
def _ordered(dimensions: tuple[str, ...], categories: tuple[str, ...]) -> tuple[str, ...]:
    """The same for all areas of a level, so it is remembered."""
    if not dimensions:
        return (Series.BASE,)
    split = [keys_of(category) for category in categories if category != Series.BASE]
    orders = [
        {key: place for place, key in enumerate(gateway.in_order(dimension, (keys[number] for keys in split)))}
        for number, dimension in enumerate(dimensions)
    ]
    ordered = sorted(split, key=lambda keys: [order[key] for order, key in zip(orders, keys, strict=True)])
    return tuple(joined(keys) for keys in ordered)


def _areas(release: Release, level: str) -> list[dict[str, Any]]:
    if level == TOWN:
        return [{"key": release.town.ags, "name": release.town.name, "path": "", "spot": []}]
    areas: list[dict[str, Any]] = _area_set(release, level).areas
    return areas


def _area_set(release: Release, level: str) -> AreaSet:
    return next(found for found in release.area_sets if found.level == level)


def _cells(
    lines: Lines,
    level: str,
    category: str,
    areas: list[dict[str, Any]],
    protection: Protection | None,
    words: Words,
) -> list[Cell]:
    """A category in all areas of a level."""
    found = (_in_area(lines, level, (category,), place, area, protection, words) for place, area in enumerate(areas))
    return [cell for cells in found for _, cell in cells]


def _in_area(
    lines: Lines,
    level: str,
    categories: Iterable[str],
    place: int,
    area: dict[str, Any],
    protection: Protection | None,
    words: Words,
) -> Iterator[tuple[str, Cell]]:
    """These categories in the area of a level that stands in a place."""
    bases = lines.get((level, Series.BASE)) if protection else None
    base = bases.values[place] if bases else None
    for category in categories:
        line = lines[level, category]
        yield category, _cell(area, line.values[place], base, _STATUS[line.status[place]], protection, words)


def _cell(
    area: dict[str, Any], value: int | None, base: int | None, mark: Mark, protection: Protection | None, words: Words
) -> Cell:
    absent, share, printed, percent = mark == "absent", None, None, gateway.NOT_APPLICABLE
    if protection and not absent:
        share, printed = (each(value, base, protection) for each in (gateway.share, gateway.as_printed))
        percent = gateway.share_text(words, value, base, protection)
        if share is None:
            mark = "suppressed" if value is None or base is None else "too_few"
    return Cell(
        key=area["key"],
        name=area["name"],
        value=value,
        number=gateway.NOT_APPLICABLE if absent else gateway.number_text(words, value),
        base=base,
        share=share,
        percent=percent,
        mark=mark,
        place=None,
        area=area,
        printed=printed,
    )


def _classed(cell: Cell, found: Classes) -> Cell:
    return cell if cell.printed is None or not found.sizes else replace(cell, place=found.of(cell.printed))
