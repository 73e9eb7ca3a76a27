"""What one published figure leaves of another that counts all its people: a number that no table holds.

Six residents of a block have the reference country Syria, five are Syrians: one is a German of Syrian origin, as
everybody subtracts. Such a rest is protected like a figure of a table, though it is never published. And since it is
never negative, the one figure bounds the other where it is hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from vielfalt import codes, programme
from vielfalt.cells import Protection
from vielfalt.figures.disclosure.grids import Category, Grid, no_tops
from vielfalt.figures.disclosure.primary import primary
from vielfalt.numbers import Ints, Marks

REST = ":rest"
"""What the id of a rest bears, behind that of the table whose figures are the larger ones."""
ORIGINS = tuple(whole for _, whole in programme.WITHIN_COUNTRIES)
"""The tables whose rests are people of one origin; they must not be told for their own sake."""
_Figure = tuple[str, int]
"""Table id and column."""
_Line = tuple[int, list[_Figure]]
"""The column of a larger figure, and the smaller ones beside which it leaves a rest."""


def is_rest(id: str) -> bool:
    """Whether a grid holds rests."""
    return id.endswith(REST)


def rests(tables: Mapping[str, Grid]) -> dict[str, Grid]:
    """The rests between these tables, by the id of the larger one's with ``REST``; none where one would be negative.

    A rest bears the table of the larger figure, so that what is told of it is told of that one.
    """
    found = {}
    for whole, lines in _lines(tables).items():
        large = tables[whole]
        levels = [
            np.column_stack(
                [
                    values[:, column] - _sum(tables[id].values[level][:, at] for id, at in parts)
                    for column, parts in lines
                ]
            )
            for level, values in enumerate(large.values)
        ]
        outside = np.array(
            [large.outside[column] - _sum(tables[id].outside[at] for id, at in parts) for column, parts in lines]
        )
        sound = (levels[-1] >= 0).all(axis=0) & (outside >= 0)
        values = tuple(level[:, sound] for level in levels)
        names = tuple(large.categories[column] for (column, _), keep in zip(lines, sound, strict=True) if keep)
        nowhere = np.zeros(len(names), np.int64)
        found[f"{whole}{REST}"] = Grid(large.table, names, values, no_tops(values), outside[sound], "", nowhere)
    return found


def _sum(parts: Iterable[Ints]) -> Ints:
    return sum(parts, np.zeros((), np.int64))


def rest_sums(
    tables: Mapping[str, Grid], numbers: Mapping[str, tuple[Ints, ...]]
) -> Iterator[tuple[Ints, Sequence[Ints]]]:
    """On every level a figure of all areas, and what adds up to it: the smaller ones and the rest.

    Rests of country groups are those of their countries.
    """
    columns = {id: _columns(grid) for id, grid in tables.items() if is_rest(id)}
    for whole, lines in _lines(tables).items() if columns else ():
        rest = f"{whole}{REST}"
        for column, parts in lines:
            own = columns[rest].get(_key(tables[whole].categories[column]), -1)
            for level, these in enumerate(numbers[whole]) if own >= 0 else ():
                yield these[:, column], [numbers[id][level][:, at] for id, at in (*parts, (rest, own))]
    groups, countries = (f"{whole}{REST}" for _, whole in programme.WITHIN_COUNTRIES)
    for key, column in columns.get(groups, {}).items() if countries in columns else ():
        inside = [
            at for name, at in columns[countries].items() if codes.category("reference_country", name).parent == key
        ]
        for these, those in zip(numbers[groups], numbers[countries], strict=True) if inside else ():
            yield these[:, column], [those[:, at] for at in inside]


def at_one(id: str, tables: Mapping[str, Grid], level: int) -> Ints:
    """How many people of each figure of a table live at the address of most: all of a rest if all do of the larger one.

    0 where nobody knows, and where the table counts households: several of them in one house are no household.
    """
    grid = tables[id]
    if grid.table.unit == "households":
        return np.zeros_like(grid.values[level])
    if not is_rest(id):
        tops: Ints = grid.tops[level][0]
        return tops
    large = tables[id.removesuffix(REST)]
    columns = [large.categories.index(category) for category in grid.categories]
    everyone = (large.tops[level][0] == large.values[level])[:, columns]
    found: Ints = np.where(everyone, grid.values[level], 0)
    return found


def by_itself(tables: Mapping[str, Grid], protection: Protection) -> dict[str, tuple[Marks, ...]]:
    """The figures that must not be told for their own sake; of rests those by reference country."""
    return {
        id: primary(grid, tables, protection)
        if id.removesuffix(REST) in ORIGINS or not is_rest(id)
        else tuple(np.zeros(values.shape, np.bool_) for values in grid.values)
        for id, grid in tables.items()
    }


def _lines(tables: Mapping[str, Grid]) -> dict[str, list[_Line]]:
    """By the id of the larger one's table the figures that count all people of others."""
    places = {id: _columns(grid) for id, grid in tables.items() if len(grid.table.dimensions) < 2 and not is_rest(id)}
    lost = programme.without_reference(places.get("nationality", ()))
    found: dict[str, list[_Line]] = defaultdict(list)
    for part, whole in programme.WITHIN_COUNTRIES:
        for key, column in places.get(whole, {}).items() if part in places else ():
            if key not in lost:
                found[whole].append((column, [(part, places[part][key])] if key in places[part] else []))
    for (whole, key), parts in programme.WITHIN:
        if key in places.get(whole, {}) and all(id in places for id, _ in parts):
            inside = [(id, places[id][own]) for id, own in parts if own in places[id]]
            found[whole].append((places[whole][key], inside))
    return found


def _columns(grid: Grid) -> dict[str, int]:
    return {_key(category): column for column, category in enumerate(grid.categories)}


def _key(category: Category) -> str:
    return "".join(category)
