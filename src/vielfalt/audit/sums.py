"""Every sum that an intruder knows to hold between the figures of releases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from vielfalt import codes, programme
from vielfalt.audit.figures import OUTSIDE, Figures, Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.cells import ProtectedCells
from vielfalt.geography import TOWN, Geography
from vielfalt.table import Table

Sum = tuple[int, list[int]]
"""The number of a total and those of its parts."""
COUPLE = "couple_no_child"
"""The one pair of ``programme.SAME`` in which a household is two persons."""
Inside = dict[tuple[str, ...], list[tuple[str, ...]]]
"""For each category of a total its parts."""
MISSING = ("",)
"""The category of people whom a table leaves out because it does not know theirs."""


def sums(releases: Iterable[Release], figures: Figures) -> list[Sum]:
    """Over areas, over categories, and over either characteristic of a crossing."""
    found: list[Sum] = []
    for release in releases:
        tables = release.results.tables
        left_out = partial(release, figures)
        for cells in tables.values():
            key, categories = key_of(release, cells), _categories(cells)
            found += _over_areas(figures, key, categories, release.results.geography, cells)
            for place, parent in _totals(cells.table, tables):
                sure = cells.table.dimensions[1 - place if place else -1] not in left_out
                found += _over_categories(figures, key, key_of(release, parent), cells, parent, place, sure)
    return found


def partial(release: Release, figures: Figures) -> set[str]:
    """The characteristics of which a table of their own shows that people are left out, whose category nobody knows.

    Those in another area without a move are left out of both tables of movements: shown of one, it holds of the other.
    """
    tables = release.results.tables
    found = {
        cells.table.dimensions[0]
        for cells in tables.values()
        if len(cells.table.dimensions) == 1
        for place, parent in _totals(cells.table, tables)
        if not _complete(figures, key_of(release, cells), key_of(release, parent), cells, _inside(cells, parent, place))
    }
    return found | {"came", "went"} if found & {"came", "went"} else found


def _categories(cells: ProtectedCells) -> list[tuple[str, ...]]:
    names = list(cells.table.dimensions)
    return [tuple(row) for row in cells.frame.select(names).unique(maintain_order=True).iter_rows()] if names else [()]


def _over_areas(
    figures: Figures, key: Key, categories: list[tuple[str, ...]], geography: Geography, cells: ProtectedCells
) -> Iterator[Sum]:
    present = set(cells.frame["level"].unique())
    above = TOWN
    most = max(figures.high, default=0)
    for division in geography.levels:
        level = division.id
        if level not in present or above not in present:
            return
        inside = defaultdict(list)
        for inner in division.areas:
            inside[inner.parent].append(inner.key)
        for category in categories:
            named = Key(key.date, key.table, key.definitions, "", "", category)
            for area, parts in inside.items():
                numbers = [figures.number[named.at(level, part)] for part in parts]
                if above == TOWN:
                    numbers.append(figures.hidden(named.at(OUTSIDE, area), most))
                yield figures.number[named.at(above, area)], numbers
        above = level


def _totals(table: Table, tables: Mapping[str, ProtectedCells]) -> Iterator[tuple[int, ProtectedCells]]:
    """The tables whose figures are totals of this one's: by which dimension, and which table."""
    if len(table.dimensions) == 1:
        parent = table.parent
        while parent and parent not in tables:
            parent = programme.table(parent).parent if parent in programme.IDS else ""
        if parent:
            yield 0, tables[parent]
    above = tables.get(table.parent)
    if len(table.dimensions) == 2 and above is not None and above.table.dimensions == table.dimensions[:1]:
        yield 0, above
        second = (table.dimensions[1:], table.unit)
        yield from ((1, other) for other in tables.values() if (other.table.dimensions, other.table.unit) == second)


def _over_categories(
    figures: Figures, key: Key, total: Key, cells: ProtectedCells, parent: ProtectedCells, place: int, sure: bool
) -> Iterator[Sum]:
    inside = _inside(cells, parent, place)
    sure = sure and not _changed(cells) and _complete(figures, key, total, cells, inside)
    levels, places = set(parent.frame["level"].unique()), _places(cells)
    for above, parts in inside.items():
        for level, area in places:
            named = Key(total.date, total.table, total.definitions, level, area, above)
            if level in levels and named in figures.number:
                numbers = [
                    figures.number[Key(key.date, key.table, key.definitions, level, area, part)] for part in parts
                ]
                if not sure:
                    most = figures.high[figures.number[named]]
                    missing = Key(key.date, key.table, key.definitions, level, area, (*above, *MISSING))
                    numbers.append(figures.hidden(missing, most))
                yield figures.number[named], numbers


def _changed(cells: ProtectedCells) -> bool:
    """Whether numbers are changed or rounded: then categories of few people may be missing."""
    return bool((cells.frame["status"] == "estimated").any())


def _inside(cells: ProtectedCells, parent: ProtectedCells, place: int) -> Inside:
    found: Inside = defaultdict(list)
    for category in _categories(cells):
        found[_above(cells.table, place, category, parent.table)].append(category)
    return found


def _places(cells: ProtectedCells) -> list[tuple[str, str]]:
    return list(cells.frame.select("level", "area").unique(maintain_order=True).iter_rows())


def _above(table: Table, place: int, category: tuple[str, ...], parent: Table) -> tuple[str, ...]:
    """The category of the parent table in which a category lies."""
    if not parent.dimensions:
        return ()
    dimension, key = table.dimensions[place], category[place]
    id = table.parent if len(table.dimensions) == 1 else parent.id
    while dimension != parent.dimensions[0]:
        above = programme.table(id)
        if above.dimensions and above.dimensions[0] != dimension:
            dimension, key = above.dimensions[0], codes.category(dimension, key).parent
        id = above.parent
    return (key,)


def _complete(figures: Figures, key: Key, total: Key, cells: ProtectedCells, inside: Inside) -> bool:
    """Whether no area shows, for any total, that the parts are fewer: people of unknown category are left out.

    Where one total shows it, the others may lack people too, although their parts are hidden.
    """
    places = _places(cells)
    for above, parts in inside.items():
        for level, area in places:
            whole = figures.number.get(Key(total.date, total.table, total.definitions, level, area, above))
            numbers = [figures.number[Key(key.date, key.table, key.definitions, level, area, part)] for part in parts]
            if whole is None or any(figures.low[number] != figures.high[number] for number in (whole, *numbers)):
                continue
            if sum(figures.low[number] for number in numbers) != figures.low[whole]:
                return False
    return True


def same_people(releases: Iterable[Release], figures: Figures) -> list[Sum]:
    """Figures that count the same people in two tables, as totals with a single part (or the same part twice)."""
    kinds = _same, _crossed, _gathered, _left_over
    return [found for release in releases for of in kinds for found in of(figures, release)]


def _same(figures: Figures, release: Release) -> Iterator[Sum]:
    """Couples may live in two areas, so where some figures show that, none is taken to be twice the couples exactly."""
    tables = release.results.tables
    for (one, category), (other, counterpart) in (*programme.SAME, *programme.SAME_IN_TOWN):
        if one in tables and other in tables:
            left, right = key_of(release, tables[one]), key_of(release, tables[other])
            pairs, everywhere = [], ((one, category), (other, counterpart)) in programme.SAME
            for level, area in (place for place in _places(tables[one]) if everywhere or place[0] == TOWN):
                whole = Key(left.date, left.table, left.definitions, level, area, (category,))
                part = Key(right.date, right.table, right.definitions, level, area, (counterpart,))
                if whole in figures.number and part in figures.number:
                    pairs.append((whole, [figures.number[part]] * (2 if category == COUPLE else 1)))
            off = max((_off(figures, figures.number[whole], parts) for whole, parts in pairs), default=0)
            for whole, parts in pairs:
                if off:
                    parts.append(figures.difference(replace(whole, category=(*whole.category, *MISSING)), off))
                yield figures.number[whole], parts


def _crossed(figures: Figures, release: Release) -> Iterator[Sum]:
    """Crossings of which one shows a group as a whole and the other its parts, both by the same characteristic."""
    tables = release.results.tables
    crossings = [cells for cells in tables.values() if len(cells.table.dimensions) == 2]
    for (one, key), (other, counterpart) in programme.SAME_CROSSED:
        for whole, cells in product(crossings, crossings):
            first = tables.get(cells.table.parent)
            if whole is cells or whole.table.parent != other or one not in tables or first is None or _changed(cells):
                continue
            if whole.table.dimensions[1] == cells.table.dimensions[1] and one in all_above(first.table):
                here = _categories(cells)
                parts = [each for each in here if _above(first.table, 0, each[:1], tables[one].table) == (key,)]
                yield from _wholes(figures, release, whole, counterpart, cells, parts)


def all_above(table: Table) -> Iterator[str]:
    """A table and all above it in its chain."""
    id = table.id
    while id in programme.IDS:
        yield id
        id = programme.table(id).parent


def _wholes(
    figures: Figures,
    release: Release,
    whole: ProtectedCells,
    counterpart: str,
    cells: ProtectedCells,
    parts: list[tuple[str, ...]],
) -> Iterator[Sum]:
    left, right = key_of(release, whole), key_of(release, cells)
    for category in _categories(whole):
        inside = [part for part in parts if part[1] == category[1]]
        for level, area in _places(whole) if category[0] == counterpart and inside else ():
            named = [Key(right.date, right.table, right.definitions, level, area, part) for part in inside]
            if all(each in figures.number for each in named):
                total = Key(left.date, left.table, left.definitions, level, area, category)
                yield figures.number[total], [figures.number[each] for each in named]


def _gathered(figures: Figures, release: Release) -> Iterator[Sum]:
    """Figures of the town to which rules add up; of crossings they are at least as many."""
    tables, town = release.results.tables, release.results.geography.town.key
    for (id, category), (other, keys) in programme.GATHERED:
        if id in tables and other in tables:
            left, right = key_of(release, tables[id]), key_of(release, tables[other])
            total = Key(left.date, left.table, left.definitions, TOWN, town, category)
            parts = [Key(right.date, right.table, right.definitions, TOWN, town, (key,)) for key in keys]
            inside = [figures.number[part] for part in parts if part in figures.number]
            if total in figures.number and inside:
                if len(category) > 1:
                    missing = replace(total, category=(*category, *MISSING))
                    inside.append(figures.hidden(missing, max(figures.high[figures.number[total]], 1)))
                yield figures.number[total], inside


def _left_over(figures: Figures, release: Release) -> Iterator[Sum]:
    """Of each reference country the foreigners, and the Germans whom that leaves: a small number of these is told.

    Only where one of the two figures is shown: two hidden ones bound each other loosely. Where some figures show fewer
    people than foreigners alone, nothing is taken to hold of that country.
    """
    tables = release.results.tables
    listed = _categories(tables["nationality"]) if "nationality" in tables else []
    lost = programme.without_reference(key for (key,) in listed)
    for one, other in programme.WITHIN_COUNTRIES:
        if one in tables and other in tables:
            part, whole = key_of(release, tables[one]), key_of(release, tables[other])
            common = set(_categories(tables[one])) & set(_categories(tables[other])) - {(key,) for key in lost}
            for category in sorted(common):
                places = [
                    (replace(part, category=category).at(*place), replace(whole, category=category).at(*place))
                    for place in _places(tables[other])
                ]
                pairs = [(figures.number[small], large) for small, large in places if small in figures.number]
                if all(figures.low[small] <= figures.high[figures.number[large]] for small, large in pairs):
                    least = tables[other].protection.min_cell
                    told = (
                        (small, large) for small, large in pairs if _is_shown(figures, small, figures.number[large])
                    )
                    yield from (_beside(figures, small, large, least) for small, large in told)


def _is_shown(figures: Figures, *numbers: int) -> bool:
    """Whether one of the figures can be read."""
    return any(figures.low[number] == figures.high[number] for number in numbers)


def _beside(figures: Figures, small: int, large: Key, limit: int) -> Sum:
    """A figure as the sum of a smaller one and what it counts besides, which must not be told below the limit."""
    rest = figures.atom(
        replace(large, category=(*large.category, *MISSING)), figures.high[figures.number[large]], limit
    )
    return figures.number[large], [small, rest]


def _off(figures: Figures, whole: int, parts: list[int]) -> int:
    """By how much a shown figure is not the sum of its parts; 0 where one of them is hidden."""
    if any(figures.low[number] != figures.high[number] for number in (whole, *parts)):
        return 0
    return abs(figures.low[whole] - sum(figures.low[number] for number in parts))
