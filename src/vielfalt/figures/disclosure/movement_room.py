"""The room of every hidden figure of movements, for somebody who reads both dates and all movements at once.

All tables of movements and the residents of both dates are one system of sums. Beyond what is published he is taken to
know by how much coming exceeds going for each group of each area shown, as if nobody had changed the group in secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, product

import numpy as np
import polars as pl

from vielfalt import codes
from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import AllFigures, Attack, all_figures, hidden_cells
from vielfalt.figures.disclosure.division import Division, division
from vielfalt.figures.disclosure.equations import Family, Numbers, System, as_sums, but_for_few, families, twins
from vielfalt.figures.disclosure.grids import Grid, columns_of, grids, levels_of, no_tops
from vielfalt.figures.disclosure.group_movements import OUTGOING, WITHIN, naturalised_hidden, primary_crossed
from vielfalt.figures.disclosure.movements import Dates, published_of_dates, with_groups
from vielfalt.figures.disclosure.persons import secret
from vielfalt.figures.disclosure.room import Rooms, told_of
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.figures.disclosure.telling import withhold
from vielfalt.figures.disclosure.widening import Beside, Task, widened
from vielfalt.geography import Geography
from vielfalt.movement_programme import is_by_group
from vielfalt.numbers import Ints, Marks
from vielfalt.table import Table

NEW = "new"
_ALL_NEW = "came:new"
"""Born and arrived together: never published by itself, so only a number between two sums."""
_ALL = "flow:"
"""Before a kind of movement: all of it, where no table by area tells it; every table by group adds up to it."""
_BY_AGE, _MINORS, _BORN = "flow_by_age", (NEW, "0-17"), ("born",)
_MINORS_ARRIVED = "flow_by_age:arrived"
"""Who came and is under 18 was born or arrived: never fewer than were born."""
_STAY, _UNDER_A_YEAR = "stay_class", "0"
"""Who has been here for less than a year was born or arrived since the date a year before: the same people, but for
those who came back or are entered late. Where both numbers agree, everybody who reads two releases sets them equal."""
_OF_FOREIGNERS = "flow_by_mh_group", "flow_by_nationality_group"
_OPEN = ("came", "came_from", "went", "movement")
"""Dimensions of which nobody knows without a table of movements which categories occur."""


def movements_with_room(
    shown: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    dates: Dates,
    geography: Geography,
    protection: Protection,
) -> tuple[dict[str, ProtectedCells], Rooms]:
    """Movements as they may be published, and the room of what is hidden of them and of the residents of both dates.

    ``shown``: the tables of movements as ``protect_movements`` leaves them, ``cells`` their counts. Each hidden figure
    that is not zero must have a room of ``min_cell``, and none that is hidden for its own sake may be told by somebody
    who is alone in another; moves within the town by group and area, which are never shown, only where they are small
    or at one address. Where that does not hold, more movements are hidden; where no hiding helps, ``held`` tells it,
    but for what somebody tells who is alone in a figure, if the residents of both dates alone tell it to him: asked of
    who knows the growth of every group, of who knows it where both dates show the residents, and of who knows none.
    That the length of stay tells who is new is left out of account where no hiding of movements helps against it.
    Where naturalised are hidden for somebody's room, movements by group are protected anew beside that, for those of
    foreigners tell them (``group_movements``).
    """
    found = _but_for_stay(shown, cells, dates, geography, protection)
    while _naturalised_beside(found[0]) - naturalised_hidden(shown):
        shown = {id: each for id, each in found[0].items() if not is_by_group(each.table)}
        anew = with_groups(shown, cells, dates, geography, protection)
        found = _but_for_stay(anew, cells, dates, geography, protection)
    return found


def _naturalised_beside(shown: Mapping[str, ProtectedCells]) -> set[tuple[str, str]]:
    """The town and the areas whose naturalised are hidden and of which movements of foreigners are shown."""
    levels = {level for id in _OF_FOREIGNERS if id in shown for level in shown[id].frame["level"].unique()}
    return {(level, area) for level, area in naturalised_hidden(shown) if level in levels}


def _but_for_stay(
    shown: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    dates: Dates,
    geography: Geography,
    protection: Protection,
) -> tuple[dict[str, ProtectedCells], Rooms]:
    """Movements with room; without what the length of stay tells where no hiding of movements helps against it."""
    found = _with_room(shown, cells, dates, geography, protection)
    if any(each.narrow for each in found[1].held) and _STAY in dates.now:
        shorter = replace(dates, now={id: each for id, each in dates.now.items() if id != _STAY})
        return _with_room(shown, cells, shorter, geography, protection)
    return found


def _with_room(
    shown: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    dates: Dates,
    geography: Geography,
    protection: Protection,
) -> tuple[dict[str, ProtectedCells], Rooms]:
    areas, dated = division(geography), published_of_dates(dates)
    tables, read = _tables(shown, cells, dates, areas), {**dated, **shown}
    figures = all_figures(tables)
    against, *others = _readers(figures, dates, areas)
    hidden = {id: _hidden(grid, read[id], areas) for id, grid in tables.items() if id in read}
    before = _published(figures, hidden)
    idle = figures.marked({id: _idle(tables[id], hidden[id], protection) for id in hidden}) | _unread(figures, hidden)
    must = ~idle & (figures.in_areas > 0)
    of_dates = figures.marked({id: _all(tables[id]) for id in dated if id in tables})
    beside = Beside(tuple(others), of_dates)
    task = Task(against, must, before & of_dates, must & secret(figures, protection), protection.min_cell, beside)
    looked = widened(task, before)
    found = told_of(looked, hidden, areas)
    if (looked.known == before).all():
        return dict(shown), found
    return withhold(shown, found.frame.filter(pl.col("table").is_in(list(shown)))), found


def _readers(figures: AllFigures, dates: Dates, areas: Division) -> list[Attack]:
    """Who reads all these tables: one knows the growth of each group in each area, one where the residents of the group
    are shown on both dates, one none at all.
    """
    tables, numbers = figures.tables, figures.numbers
    same = twins(tables, numbers)
    known = chain(families(tables, numbers, areas), as_sums(same), _sums(tables, numbers, areas))
    sums = tuple(but_for_few(known, figures.values))
    groups = {id: grid for id, grid in tables.items() if len(grid.table.dimensions) == 2}
    growths: list[list[Family]] = [
        [each for id, grid in groups.items() for each in _growth(grid, numbers[id], _all(grid))],
        [each for id, grid in groups.items() for each in _growth(grid, numbers[id], _on_both(grid, dates, areas))],
        [],
    ]
    return [Attack(figures, System.of(figures.values, (*sums, *growth)), same) for growth in growths]


def _on_both(grid: Grid, dates: Dates, areas: Division) -> Hidden:
    """The categories of movements by group of which both dates show the residents of the group."""
    group = grid.table.dimensions[1]
    shown = [
        set(each[group].frame.filter(pl.col("value").is_not_null()).select("level", "area", group).iter_rows())
        for each in (dates.published, dates.earlier)
        if group in each
    ]
    both = set.intersection(*shown) if len(shown) == 2 else set()
    return tuple(
        np.array([[(level, area, key) in both for _, key in grid.categories] for area in keys], dtype=np.bool_)
        for level, keys, _ in zip(areas.levels, areas.keys, grid.values, strict=False)
    )


def _tables(
    shown: Mapping[str, ProtectedCells], cells: Mapping[str, Cells], dates: Dates, areas: Division
) -> dict[str, Grid]:
    """All tables of movements, the residents of both dates, and what is known of them though it is no table."""
    given = {id: dates.now[id] for id in ("residents", "foreigner", _STAY) if id in dates.now}
    simple = {id: each for id, each in cells.items() if len(each.table.dimensions) < 2}
    whole = {id: pl.DataFrame({id: _kinds(id)}) for id in simple if id in _OPEN}
    tables = grids({**given, **simple}, areas, whole)
    crossed = [id for id in cells if id not in simple and shown[id].frame.height]
    tables |= {id: _by_group(cells[id], shown[id], areas) for id in crossed}
    if "came" in tables:
        tables[_ALL_NEW] = _together(tables["came"], _ALL_NEW, ("born", "arrived"))
        tables |= _minors_arrived(tables)
    else:
        tables |= {
            _ALL + kind: _together(tables[id], _ALL + kind, (kind,))
            for id in crossed[::-1]
            if "flow" in cells[id].table.dimensions
            for kind in _kinds("flow")
        }
    return tables


def _kinds(dimension: str) -> list[str]:
    return [row.key for row in codes.categories(dimension)]


def _hidden(grid: Grid, shown: ProtectedCells, areas: Division) -> Hidden:
    """What is hidden of a table. A category without any row is nobody, as everyone can see."""
    listed = np.isin(np.arange(len(grid.categories)), columns_of(shown.frame, grid.table, grid.categories))
    return tuple(marks & listed for marks in hidden_cells(grid, shown, areas))


def _published(figures: AllFigures, hidden: Mapping[str, Hidden]) -> Marks:
    """What can be read; tables that are not published are unknown."""
    unread: dict[str, Hidden] = dict.fromkeys(figures.numbers, ())
    return figures.known({**unread, **hidden})


def _unread(figures: AllFigures, hidden: Mapping[str, Hidden]) -> Marks:
    return figures.marked({id: _all(grid) for id, grid in figures.tables.items() if id not in hidden})


def _all(grid: Grid) -> Hidden:
    return tuple(np.ones(values.shape, np.bool_) for values in grid.values)


def _by_group(cells: Cells, shown: ProtectedCells, areas: Division) -> Grid:
    """A table of two characteristics on the levels shown."""
    names = cells.table.dimensions
    keys = [_kinds(name) if name in _OPEN else list(dict.fromkeys(shown.frame[name])) for name in names]
    categories = tuple(product(*keys))
    listed = cells.frame.filter(*(pl.col(name).is_in(own) for name, own in zip(names, keys, strict=True)))
    values, tops, outside = levels_of(replace(cells, frame=listed), categories, areas, cells.table.town_only)
    depth, nowhere = shown.frame["level"].n_unique(), np.zeros(len(categories), dtype=np.int64)
    return Grid(cells.table, categories, values[:depth], tops[:depth], outside, "", nowhere)


def _together(grid: Grid, id: str, kinds: Sequence[str]) -> Grid:
    """What a table counts of some kinds of movement, as one figure of each area."""
    columns = [column for column, (kind, *_) in enumerate(grid.categories) if kind in kinds]
    values = tuple(level[:, columns].sum(axis=1, keepdims=True) for level in grid.values)
    outside = grid.outside[columns].sum(keepdims=True)
    return Grid(Table(id, "", (), ()), ((),), values, no_tops(values), outside, "", np.zeros(1, np.int64))


def _minors_arrived(tables: Mapping[str, Grid]) -> dict[str, Grid]:
    """Of those who came and are under 18 the ones who were not born here; none where the tables say less than none."""
    ages, came = tables.get(_BY_AGE), tables["came"]
    if ages is None or _MINORS not in ages.categories or _BORN not in came.categories:
        return {}
    minors, born = ages.categories.index(_MINORS), came.categories.index(_BORN)
    pairs = zip(ages.values, came.values, strict=False)
    values = tuple(new[:, [minors]] - each[:, [born]] for new, each in pairs)
    outside = ages.outside[[minors]] - came.outside[[born]]
    if min(outside.min(), *(level.min() for level in values)) < 0:
        return {}
    table = Table(_MINORS_ARRIVED, "", (), ())
    return {_MINORS_ARRIVED: Grid(table, ((),), values, no_tops(values), outside, "", np.zeros(1, np.int64))}


def _born_and_arrived(tables: Mapping[str, Grid], numbers: Mapping[str, Numbers]) -> Iterator[Family]:
    """Of every area the minors who came are those born and those who arrived."""
    if _MINORS_ARRIVED in tables:
        minors, born = tables[_BY_AGE].categories.index(_MINORS), tables["came"].categories.index(_BORN)
        for ages, came, arrived in zip(numbers[_BY_AGE], numbers["came"], numbers[_MINORS_ARRIVED], strict=False):
            parts = np.column_stack([came[:, born], arrived[:, 0]])
            equation = np.repeat(np.arange(len(parts)), 2)
            yield Family(ages[:, minors], equation, parts.ravel(), np.zeros(len(parts), np.int64))


def _idle(grid: Grid, hidden: Hidden, protection: Protection) -> Hidden:
    """What is hidden and needs no room: moves within the town by group and area that disclose nothing themselves."""
    moves = [category[0] == WITHIN and "flow" in grid.table.dimensions for category in grid.categories if category]
    within = np.array(moves or [False] * len(grid.categories), dtype=np.bool_)
    return tuple(
        marks & within & ~primary_crossed(values, tops, protection)
        for marks, values, tops in zip(hidden, grid.values, grid.tops, strict=True)
    )


def _sums(tables: Mapping[str, Grid], numbers: Mapping[str, Numbers], areas: Division) -> Iterator[Family]:
    """What holds between tables of two characteristics and all others."""
    if _ALL_NEW in tables:
        yield from _equal(tables, numbers, (_ALL_NEW, ()), ("came", [("born",), ("arrived",)]))
        if _STAY in tables:
            yield from _equal(tables, numbers, (_ALL_NEW, ()), (_STAY, [(_UNDER_A_YEAR,)]))
    for id, grid in tables.items():
        if len(grid.table.dimensions) == 2:
            for total, parts in _totals(grid, tables):
                yield from _equal(tables, numbers, total, (id, parts))
    yield from _born_and_arrived(tables, numbers)
    if "moves_between" in tables:
        yield from _between(tables, numbers, areas)


_Figure = tuple[str, tuple[str, ...]]
"""Table and category."""
_TOTALS: Mapping[str, Mapping[str, _Figure]] = {
    "flow": {NEW: (_ALL_NEW, ()), WITHIN: ("came", ("moved",)), OUTGOING: ("went", ("gone",))},
    "movement": {"born": ("came", ("born",)), "arrived": ("came", ("arrived",))},
}
"""By the kind of movement the figure that counts it for all groups together."""


def _totals(grid: Grid, tables: Mapping[str, Grid]) -> Iterator[tuple[_Figure, list[tuple[str, ...]]]]:
    """The categories of a table that add up to a figure of another one."""
    kind, group = grid.table.dimensions
    for key, total in _TOTALS.get(kind, {}).items():
        parts = [category for category in grid.categories if category[0] == key]
        yield total, parts
        yield (_ALL + key, ()), parts
        if group == "nationality_group":
            abroad = [part for part in parts if codes.category(group, part[1]).parent == "foreign"]
            yield ("flow_by_mh_group", (key, "foreigner")), abroad
    if grid.table.parent in tables:
        for own in dict.fromkeys(category[1] for category in grid.categories):
            parts = [category for category in grid.categories if category[1] == own]
            yield (grid.table.parent, (NEW, own)), parts


def _equal(
    tables: Mapping[str, Grid],
    numbers: Mapping[str, Numbers],
    total: _Figure,
    parts: tuple[str, list[tuple[str, ...]]],
) -> Iterator[Family]:
    """On every level that both have: the one figure is the sum of the others of the same area."""
    (id, category), (other, wanted) = total, parts
    places = {key: column for column, key in enumerate(tables[other].categories)}
    columns = [places[part] for part in wanted if part in places]
    if id not in tables or category not in tables[id].categories or not columns:
        return
    own = tables[id].categories.index(category)
    for left, right in zip(numbers[id], numbers[other], strict=False):
        equation = np.repeat(np.arange(len(left)), len(columns))
        yield Family(left[:, own], equation, right[:, columns].ravel(), np.zeros(len(left), np.int64))


def _growth(grid: Grid, numbers: Numbers, known: Hidden) -> Iterator[Family]:
    """By how much coming exceeds going in each group and area where that is known."""
    places = {category: column for column, category in enumerate(grid.categories)}
    found = [(place, places.get((OUTGOING, key[1]), -1)) for key, place in places.items() if key[0] == NEW]
    pairs = [(came, went) for came, went in found if went >= 0]
    if not pairs:
        return
    came, went = (np.array(column) for column in zip(*pairs, strict=True))
    for values, number, marks in zip(grid.values, numbers, known, strict=True):
        chosen = marks[:, came]
        totals: Ints = number[:, came][chosen]
        added = (values[:, came] - values[:, went])[chosen]
        yield Family(totals, np.arange(len(totals)), number[:, went][chosen], added)


def _between(tables: Mapping[str, Grid], numbers: Mapping[str, Numbers], areas: Division) -> Iterator[Family]:
    """Moves from an area to all others and to it from all others are those by area."""
    grid, own = tables["moves_between"], numbers["moves_between"][0][0]
    for place, id in enumerate(("went", "came")):
        if id in tables and ("moved",) in tables[id].categories:
            column = tables[id].categories.index(("moved",))
            for row, key in enumerate(areas.keys[1]):
                parts = own[[category[place] == key for category in grid.categories]]
                total = numbers[id][1][row : row + 1, column]
                yield Family(total, np.zeros(len(parts), np.int64), parts, np.zeros(1, np.int64))
