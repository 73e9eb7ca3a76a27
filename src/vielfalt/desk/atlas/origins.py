"""Countries and country groups: what a release publishes of one of them, put together from all its tables.

A group is counted in two ways that do not fit into each other: by nationality and by reference country. Both are
shown, never added. Groups stand in the order of the code list; nothing ranks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vielfalt.desk import gateway
from vielfalt.desk.atlas import addresses, figures
from vielfalt.desk.atlas.drawing import ON_BOTH_SIDES, Box, MapPicture, as_file, of_figure, picture, shape
from vielfalt.desk.atlas.figures import Cell, Figure
from vielfalt.desk.gateway import TOWN, Protection
from vielfalt.desk.releases.models import Index, Release, Series, Table, joined, keys_of
from vielfalt.words import N_, Words

GROUPS = ("nationality_group", "reference_group")
COUNTRIES = ("nationality", "reference_country")
QUOTIENT = "location_quotient"
_BOUNDS = (0.5, 0.8, 1.25, 2.0)
"""Of the classes of the location quotient: each bound below 1 is one above it turned round."""


@dataclass(frozen=True)
class Mix:
    """How a group is made up by another characteristic: per category its title, its cell, and that of all residents.

    The share of the first cell is that of the group; the second is null where the release does not count all residents.
    """

    title: str
    rows: tuple[tuple[str, Cell, Cell | None], ...]


@dataclass(frozen=True)
class Place:
    """One area in which a group lives: its cell and its location quotient (null where it may not be stated)."""

    cell: Cell
    quotient: float | None


def address_of(table: Table, category: str) -> str:
    """The address of the profile of the country or group that a category stands for; empty for any other category."""
    keys = keys_of(category)
    if not keys or not _is_origin(table.dimensions[0], keys[0]):
        return ""
    return addresses.of_origin(table.release, keys[0])


def listed(release: Release, words: Words) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The groups a release publishes of the town, each with key, title and its countries, in the order of the lists.

    A country that is a group of its own stands there once, as the group: both count the same people.
    """
    tables = {table.key: table for table in release.tables.all()}
    keys: dict[str, set[str]] = {dimension: set() for dimension in (*GROUPS, *COUNTRIES)}
    for table, category, status in Series.objects.filter(
        table__release=release, table__key__in=keys, level=TOWN
    ).values_list("table__key", "category", "status"):
        found = keys_of(category)
        if found and _is_origin(table, found[0]) and status != "s":
            keys[table].add(found[0])
    title = {key: told_apart(key, _label(tables, key, words), words) for dimension in keys for key in keys[dimension]}
    groups = _ordered(GROUPS, keys[GROUPS[0]] | keys[GROUPS[1]])
    countries = _ordered(COUNTRIES, keys[COUNTRIES[0]] | keys[COUNTRIES[1]])
    alone = {group for group in groups if len(gateway.countries_of(group)) == 1}
    return [
        (
            group,
            _label(tables, group, words) if group in alone else title[group],
            [(key, title[key]) for key in countries if gateway.country_group(key) == group and group not in alone],
        )
        for group in groups
    ]


def told_apart(key: str, name: str, words: Words) -> str:
    """The name of a country or of a country group; with the word for its kind where one of the other kind bears it."""
    group = group_of(key)
    if group and gateway.category_label(words, GROUPS[0], group) == name:
        return words(N_("{name} (country)"), name=name)
    if name in {gateway.category_label(words, COUNTRIES[0], country) for country in gateway.countries_of(key)}:
        return words(N_("{name} (country group)"), name=name)
    return name


def tables_of(release: Release, key: str) -> list[Table]:
    """The tables of one dimension in which a release counts this country or group for the town."""
    wanted = [name for name in (*GROUPS, *COUNTRIES) if _is_origin(name, key)]
    return list(release.tables.filter(key__in=wanted, series__level=TOWN, series__category=joined((key,))))


def group_of(key: str) -> str:
    """The group that a country lies in; empty for a group."""
    return gateway.country_group(key)


def mixes(release: Release, key: str, wholes: Mapping[str, Cell], words: Words) -> Iterator[Mix]:
    """The group by each other characteristic that the release crosses it with, in the town as a whole.

    ``wholes``: the number of the group in the town, by the id of the table that counts it.
    """
    tables = {table.key: table for table in release.tables.all()}
    crossed = {
        id: next(number for number, name in enumerate(table.dimensions) if _is_origin(name, key))
        for id, table in tables.items()
        if len(table.dimensions) == 2 and any(_is_origin(name, key) for name in table.dimensions)
    }
    beside = {tables[id].dimensions[1 - place] for id, place in crossed.items()}
    values = figures.town_values(release, [tables[id] for id in tables if id in crossed or id in beside], words)
    for id, place in crossed.items():
        table = tables[id]
        own, other = table.dimensions[place], table.dimensions[1 - place]
        chosen = {keys_of(name)[1 - place]: cell for name, cell in values[id].items() if keys_of(name)[place] == key}
        if chosen:
            rows = _rows(table, other, chosen, wholes.get(own), values.get(other, {}), words)
            yield Mix(figures.table_title(table, words), tuple(rows))


def places(figure: Figure) -> list[Place]:
    """The areas of a figure with location quotients, in the order of the areas."""
    protection = Protection.of(figure.table.parameters)
    least = int(figure.table.parameters["min_area_index"])
    whole = figure.town
    return [Place(cell, _quotient(cell, whole, least, protection)) for cell in figure.cells]


def quotient_map(found: Sequence[Place], figure: Figure, words: Words, linked: bool = True) -> MapPicture:
    """The map of location quotients: two classes each way from the middle, in which a group lives as everywhere.

    ``linked``: each area leads to its profile.
    """
    shapes = [
        shape(figure, one.cell, _style(one), quotient_text(one, words), dark=_class(one) in (0, 4), linked=linked)
        for one in found
    ]
    description = words(
        N_("Map of the location quotient: {title}, by area ({level}). 1 means: the share of the town as a whole."),
        title=figure.title,
        level=figure.level_title,
    )
    return picture(shapes, figure, description, _legend(found, words))


def quotient_file(found: Sequence[Place], figure: Figure, words: Words) -> str:
    """The map of location quotients as an SVG file of its own, with title, legend and source."""
    title = f"{figure.title}, {words(gateway.index(QUOTIENT).title)}"
    return as_file(quotient_map(found, figure, words, linked=False), ON_BOTH_SIDES, (title, *of_figure(figure, words)))


def quotient_text(place: Place, words: Words) -> str:
    """The location quotient in words; "." where the area is not published, "–" where it is too small."""
    if place.quotient is not None:
        return words.number(place.quotient, 2)
    return gateway.SUPPRESSED if place.cell.mark == "suppressed" else gateway.NOT_APPLICABLE


def index_rows(release: Release, tables: Iterable[Table], key: str, level: str) -> list[Index]:
    """The indices of the group on a level, for the town as a whole, in the order of the catalogue."""
    order = {index.id: place for place, index in enumerate(gateway.INDICES)}
    names = [table.key for table in tables]
    found = release.indices.filter(table__in=names, group=key, area="", level=level).order_by("pk")
    return sorted((one for one in found if one.index in order), key=lambda one: (order[one.index], one.table))


def _is_origin(dimension: str, key: str) -> bool:
    if dimension in GROUPS:
        return key in gateway.origin_groups(dimension)
    return dimension in COUNTRIES and bool(gateway.country_group(key))


def _label(tables: Mapping[str, Table], key: str, words: Words) -> str:
    dimension = next(name for name in (*GROUPS, *COUNTRIES) if name in tables and _is_origin(name, key))
    return figures.category_label(tables[dimension], dimension, key, words)


def _ordered(dimensions: tuple[str, ...], keys: Iterable[str]) -> tuple[str, ...]:
    return gateway.in_order(dimensions[0], sorted(keys))


def _rows(
    table: Table, other: str, chosen: Mapping[str, Cell], whole: Cell | None, everyone: Mapping[str, Cell], words: Words
) -> Iterator[tuple[str, Cell, Cell | None]]:
    protection = Protection.of(table.parameters)
    for name in gateway.in_order(other, chosen):
        of, value = whole.value if whole else None, chosen[name].value
        shared = gateway.has_shares(table.key)
        part, printed = (
            each(value, of, protection) if shared else None for each in (gateway.share, gateway.as_printed)
        )
        percent = gateway.share_text(words, value, of, protection) if shared else gateway.NOT_APPLICABLE
        yield (
            gateway.sentence_case(figures.category_label(table, other, name, words)),
            replace(_of_the_number(chosen[name], table), share=part, printed=printed, percent=percent),
            everyone.get(joined((name,))),
        )


def _of_the_number(cell: Cell, table: Table) -> Cell:
    """The cell with the quality of its number: that of the share may be hidden where the number is not."""
    if cell.value is None:
        return cell
    return replace(cell, mark="estimated" if table.method in gateway.CHANGED | gateway.ROUNDED else "published")


def _quotient(cell: Cell, whole: Cell, least: int, protection: Protection) -> float | None:
    """The share in the area by that in the town; null below ``least`` residents, as for the indices of a release."""
    if cell.value is None or not cell.base or not whole.value or not whole.base or cell.base < least:
        return None
    if gateway.share(whole.value, whole.base, protection) is None:
        return None
    return cell.value / cell.base / (whole.value / whole.base)


def _class(place: Place) -> int | None:
    """The class of the quotient as printed, with two decimals."""
    return None if place.quotient is None else sum(round(place.quotient, 2) >= bound for bound in _BOUNDS)


def _style(place: Place) -> str:
    number = _class(place)
    if number is None:
        return "suppressed" if place.cell.mark == "suppressed" else "absent"
    return f"d{number}"


def _legend(found: Sequence[Place], words: Words) -> Iterator[Box]:
    """From the highest class to the lowest, then what is not shown."""
    low, near, far, high = (words.number(bound, 2) for bound in _BOUNDS)
    labels = (
        words(N_("less than {low} times the town's share"), low=low),
        words(N_("{low} to {high} times"), low=low, high=near),
        words(N_("about the town's share ({low} to {high})"), low=near, high=far),
        words(N_("{low} to {high} times"), low=far, high=high),
        words(N_("{high} times the town's share or more"), high=high),
    )
    for number in reversed(range(len(labels))):
        yield Box(f"d{number}", labels[number], sum(_class(place) == number for place in found))
    for style, label in (("absent", N_("too few residents (–)")), ("suppressed", N_("not published (.)"))):
        if count := sum(_style(place) == style for place in found):
            yield Box(style, words(label), count)
