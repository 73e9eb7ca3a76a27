"""A figure: one category of one table over the areas of a level, with everything that must be said beside it.

Map, table, bars and downloads of a page are made from the same figure, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
_STATUS: dict[str, Mark] = {"o": "published", "e": "estimated", "s": "suppressed", NO_AREA: "absent"}


@dataclass(frozen=True)
class Cell:
    """One area's value: as number and as share, in print signs ("." suppressed, "–" too small a base), its class.

    ``share`` is 0 to 1 of ``base`` and null where there is none to show; ``place`` is the number of the class, 0 the
    lowest.
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


@dataclass(frozen=True)
class Figure:
    """One theme on one level.

    ``share_of`` says what shares refer to; ``labels`` names the classes from the lowest, ``sizes`` counts their areas.
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
    series = {(found.level, found.category): found for found in wanted}
    if (level, category) not in series or level == TOWN:
        raise Series.DoesNotExist
    area_set = _area_set(release, level)
    protection = Protection.of(table.parameters)
    everywhere = range(len(area_set.areas))
    shares = [share for _, _, share in _rows(series, level, category, protection, everywhere)]
    found = gateway.classes([share for share in shares if share is not None])
    return Figure(
        release=release,
        table=table,
        category=category,
        level=level,
        level_title=area_set.title,
        title=category_title(table, category, words),
        share_of=words(N_("Share of households")) if table.unit == "households" else words(N_("Share of residents")),
        cells=_cells(series, level, category, area_set.areas, protection, found, words),
        town=_cells(series, TOWN, category, _areas(release, TOWN), protection, Classes((), ()), words)[0],
        labels=gateway.class_labels(words, found),
        sizes=found.sizes,
        area_set=area_set,
    )


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


def values_in(
    release: Release, tables: Sequence[Table], level: str, keys: Sequence[str], words: Words
) -> dict[tuple[str, str], dict[str, Cell]]:
    """The values of tables of a release in areas of a level: by id of the table and key of the area, by category."""
    series: dict[int, list[Series]] = {table.pk: [] for table in tables}
    for one in Series.objects.filter(table__in=tables, level=level):
        series[one.table_id].append(one)
    areas = _areas(release, level)
    places = {area["key"]: place for place, area in enumerate(areas)}
    return {
        (table.key, key): dict(_in_area(table, series[table.pk], areas, places[key], words))
        for table in tables
        for key in keys
    }


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
    wanted = Series.objects.filter(table__in=tables, level=TOWN, category__in=(category, Series.BASE))
    series: dict[int, dict[tuple[str, str], Series]] = {}
    for one in wanted:
        series.setdefault(one.table_id, {})[TOWN, one.category] = one
    found = {}
    for table in tables:
        known = series.get(table.pk, {})
        if (TOWN, category) in known:
            protection, areas = Protection.of(table.parameters), _areas(table.release, TOWN)
            cell = _cells(known, TOWN, category, areas, protection, Classes((), ()), words)[0]
            if cell.mark != "absent":
                found[table.pk] = cell
    return found


def _in_area(
    table: Table, series: list[Series], areas: list[dict[str, Any]], place: int, words: Words
) -> Iterator[tuple[str, Cell]]:
    """The categories that the table has of one area, in order, with their values."""
    if not series:
        return
    level, protection = series[0].level, Protection.of(table.parameters)
    known = {(one.level, one.category): one for one in series}
    for category in ordered_categories(table, [one.category for one in series]):
        cell = _cells(known, level, category, areas, protection, Classes((), ()), words, (place,))[0]
        if cell.mark != "absent":
            yield category, cell


def ordered_categories(table: Table, categories: Sequence[str]) -> list[str]:
    """The categories in the order of the code lists, without the base."""
    if not table.dimensions:
        return [Series.BASE]
    split = [keys_of(category) for category in categories if category != Series.BASE]
    orders = [
        {key: place for place, key in enumerate(gateway.in_order(dimension, (keys[number] for keys in split)))}
        for number, dimension in enumerate(table.dimensions)
    ]
    ordered = sorted(split, key=lambda keys: [order[key] for order, key in zip(orders, keys, strict=True)])
    return [joined(keys) for keys in ordered]


def _areas(release: Release, level: str) -> list[dict[str, Any]]:
    if level == TOWN:
        return [{"key": release.town.ags, "name": release.town.name, "path": "", "spot": []}]
    areas: list[dict[str, Any]] = _area_set(release, level).areas
    return areas


def _area_set(release: Release, level: str) -> AreaSet:
    return next(found for found in release.area_sets if found.level == level)


def _rows(
    series: dict[tuple[str, str], Series], level: str, category: str, protection: Protection, places: Sequence[int]
) -> list[tuple[int | None, int | None, float | None]]:
    """Value, base and share of each of the places."""
    values = series[level, category].values
    bases = series[level, Series.BASE].values if (level, Series.BASE) in series else [None] * len(values)
    pairs = ((values[place], bases[place]) for place in places)
    return [(value, base, gateway.share(value, base, protection)) for value, base in pairs]


def _cells(
    series: dict[tuple[str, str], Series],
    level: str,
    category: str,
    areas: list[dict[str, Any]],
    protection: Protection,
    found: Classes,
    words: Words,
    places: Sequence[int] | None = None,
) -> tuple[Cell, ...]:
    wanted, status = range(len(areas)) if places is None else places, series[level, category].status
    cells = []
    for place, (value, base, share) in zip(wanted, _rows(series, level, category, protection, wanted), strict=True):
        mark = _STATUS[status[place]]
        if mark != "absent" and share is None:
            mark = "suppressed" if value is None or base is None else "too_few"
        cells.append(
            Cell(
                key=areas[place]["key"],
                name=areas[place]["name"],
                value=value,
                number=gateway.number_text(words, value) if mark != "absent" else gateway.NOT_APPLICABLE,
                base=base,
                share=share,
                percent=gateway.share_text(words, value, base, protection)
                if mark != "absent"
                else gateway.NOT_APPLICABLE,
                mark=mark,
                place=None if share is None or not found.sizes else found.of(share),
                area=areas[place],
            )
        )
    return tuple(cells)
