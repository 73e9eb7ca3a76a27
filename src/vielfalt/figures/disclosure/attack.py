"""The self-check before a release: an attacker tries to compute what was suppressed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.division import Division, division, row_numbers
from vielfalt.figures.disclosure.equations import (
    Bounds,
    Family,
    Numbers,
    System,
    Twins,
    as_sums,
    bounds,
    but_for_few,
    families,
    numbered,
    twins,
)
from vielfalt.figures.disclosure.grids import TOTAL, Grid, columns_of, grids
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.programs import narrow
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.rests import at_one as at_one_address
from vielfalt.figures.disclosure.rests import by_itself, is_rest, rests
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.geography import Geography
from vielfalt.numbers import Ints, Marks

SCHEMA = {
    "table": pl.Utf8,
    "level": pl.Utf8,
    "area": pl.Utf8,
    "category": pl.Utf8,
    "low": pl.Int64,
    "high": pl.Int64,
}

EXACT = 0
"""Asks for exactly known figures alone: no number lies between 1 and 0."""


def recomputable(
    protected: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    geography: Geography,
    protection: Protection,
    unknown: Mapping[str, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """The suppressed cells that somebody could compute from the published ones: empty for a sound release.

    A cell is listed when the published figures leave only its true value although it is not zero, or when it is
    smaller than the minimum cell and they show that. The attacker knows every sum over areas and over categories, which
    figures count the same people, how many residents have no area, and that no figure is negative. Of crossings only
    the primary cells are listed, and not those that he could tell without any crossing: if all residents of an area
    are of one age, so is each group there.

    Columns: table, level, area, category (keys of the dimensions joined by a blank), and the bounds low and high.
    This is for the vault: it tells what must stay hidden. ``unknown``: see ``protect``.
    """
    areas = division(geography)
    tables, hidden = read(protected, cells, areas, unknown)
    found = exposed(attackers(tables, areas), hidden, protection)
    rows = [row for id, marks in found.items() for row in _rows(tables[id], marks, areas)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def read(
    protected: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    division: Division,
    unknown: Mapping[str, pl.DataFrame] | None,
) -> tuple[dict[str, Grid], dict[str, Hidden]]:
    """The tables that somebody reads, and what is hidden of them.

    A total that is not published but known to everyone (see ``grids``) is among them, unless parts of it are unknown;
    so are rests, which are never published.
    """
    unknown = unknown or {}
    whole = {f"{id}{TOTAL}" for id in protected if id not in unknown or unknown[id].is_empty()}
    found = {id: grid for id, grid in grids(cells, division, unknown).items() if id in protected or id in whole}
    shown = {id: tuple(np.zeros(values.shape, np.bool_) for values in found[id].values) for id in found.keys() & whole}
    hidden = {id: shown.get(id) or hidden_cells(grid, protected[id], division) for id, grid in found.items()}
    left = rests(found)
    hidden |= {id: tuple(np.ones(values.shape, np.bool_) for values in grid.values) for id, grid in left.items()}
    return found | left, hidden


def hidden_cells(grid: Grid, protected: ProtectedCells, division: Division) -> Hidden:
    """Which cells of a published frame are suppressed, in the shape of the grid; so is what has no row."""
    frame, levels = protected.frame, []
    columns, suppressed = columns_of(frame, grid.table, grid.categories), (frame["status"] == "suppressed").to_numpy()
    for level, values in enumerate(grid.values):
        here = frame["level"] == division.levels[level]
        marks, rows = np.ones(values.shape, dtype=np.bool_), here.to_numpy()
        marks[row_numbers(division.keys[level], frame["area"].filter(here)), columns[rows]] = suppressed[rows]
        levels.append(marks)
    return tuple(levels)


Exposed = tuple[tuple[Marks, Ints, Ints], ...]
"""Per level of one table: which cells an attacker can tell, and the bounds he finds."""


@dataclass(frozen=True)
class Attack:
    """What one attacker compares: the figures of some tables, the sums that hold, and which figures tell each other."""

    figures: AllFigures
    system: System
    same: Twins
    _remembered: dict[tuple[int, bytes], Bounds] = field(default_factory=dict)

    def beside_shown(self, known: Marks) -> Attack:
        """The same without rests of which both figures are hidden.

        Their rooms bound each other loosely. Programs with all of them would take ten times as long.
        """
        system, rest = self.system, self.figures.rests()
        if not rest.any():
            return self
        others = system.sums((~known & ~rest).astype(np.int64)) > 0
        hidden = system.holding(rest) & ~known[system.totals] & others & ~rest[system.totals]
        loose = np.zeros(len(known), np.bool_)
        loose[system.parts[hidden[system.equation]]] = True
        return replace(self, system=system.only(~system.holding(loose & rest)), _remembered={})

    def untied(self) -> Marks:
        """The rests in no sum: nothing follows of them, nor from them."""
        marks = self.figures.rests()
        marks[self.system.totals] = marks[self.system.parts] = False
        return marks

    def bounds(self, known: Marks, least: int, wanted: Marks) -> Bounds:
        """The bounds after the attack: sum by sum, then by linear programs where few figures hang together.

        The programs look for wanted figures that only one number fits, or only numbers from 1 to below ``least``.
        """
        values, system = self.figures.values, self.system.only(self.system.holding(~known))
        found = bounds(known, values, system, self.same)
        narrow(system, found.low, found.high, np.full(len(values), least), wanted)
        return found

    def without_crossings(self, known: Marks, least: int) -> Bounds:
        """The bounds of crossings where none is published. They are asked for again while others stay as they are."""
        known = known & self.figures.one_dimension
        asked = least, known.tobytes()
        if asked not in self._remembered:
            self._remembered.clear()
            self._remembered[asked] = self.bounds(known, least, ~self.figures.one_dimension)
        return self._remembered[asked]


def attack(tables: Mapping[str, Grid], division: Division, knows_few: bool = True) -> Attack:
    """The attack on tables of one run, whatever is hidden of them.

    ``knows_few``: whether he knows of how few people some sums lack the category (``but_for_few``).
    """
    figures = all_figures(tables)
    same = twins(tables, figures.numbers)
    sums: Iterable[Family] = chain(families(tables, figures.numbers, division), as_sums(same))
    if knows_few:
        sums = but_for_few(sums, figures.values)
    return Attack(figures, System.of(figures.values, sums), same)


def attackers(tables: Mapping[str, Grid], division: Division) -> tuple[Attack, Attack]:
    """One attacker knows the residents without an area and uses all levels; another does not and has the town alone."""
    town = {
        id: replace(grid, values=grid.values[:1], tops=grid.tops[:1], outside=np.zeros_like(grid.outside))
        for id, grid in tables.items()
    }
    return attack(tables, division), attack(town, division)


def exposed(against: tuple[Attack, Attack], hidden: Mapping[str, Hidden], protection: Protection) -> dict[str, Exposed]:
    """Which hidden cells one of the ``attackers`` can tell, by table id.

    What the first knows of a town's figure that lies in no area at all, he knew before.
    """
    found, alone = (_exposed(each, hidden, protection) for each in against)
    for id, ((marks, low, high), *rest) in found.items():
        found[id] = ((marks | alone[id][0][0], low, high), *rest)
    return found


def _exposed(attack: Attack, hidden: Mapping[str, Hidden], protection: Protection) -> dict[str, Exposed]:
    """Which hidden cells one attacker can tell, by table id."""
    figures = attack.figures
    tables, known = figures.tables, figures.known(hidden)
    attack = attack.beside_shown(known)
    found = attack.bounds(known, protection.min_cell, ~known)
    told = {id: _told(figures, id, found, hidden[id], protection.min_cell) for id in tables}
    secret = by_itself(tables, protection)
    for id in filter(is_rest, tables):
        told[id] = tuple(marks & own for marks, own in zip(told[id], secret[id], strict=True))
    crossings = [id for id in tables if len(tables[id].table.dimensions) > 1]
    if any(marks.any() for id in crossings for marks in told[id]):
        before = attack.without_crossings(known, protection.min_cell)
        for id in crossings:
            already = _told(figures, id, before, hidden[id], protection.min_cell)
            told[id] = tuple(now & ~old & own for now, old, own in zip(told[id], already, secret[id], strict=True))
    return {
        id: tuple((marks, found.low[place], found.high[place]) for marks, place in zip(told[id], places, strict=True))
        for id, places in figures.numbers.items()
    }


def computable(
    tables: Mapping[str, Grid], hidden: Mapping[str, Hidden], division: Division, protection: Protection
) -> dict[str, Hidden]:
    """Hidden cells that everyone can compute from the published ones, by table id; primary cells only of crossings, and
    only where tables with one dimension tell them: all residents of an area are of one age, so is each group there.

    They hide nothing and protect nothing: mostly zeros, and partners of cells that were hidden more widely later.
    """
    everything = attack(tables, division, knows_few=False)
    figures = everything.figures
    known, values, crossing = figures.known(hidden), figures.values, ~figures.one_dimension
    own = np.zeros(len(values), np.bool_)
    for id, grid in tables.items():
        for number, marks in zip(figures.numbers[id], primary(grid, tables, protection), strict=True):
            own[number] = marks
    small = (values > 0) & (values < protection.min_cell)
    wanted = ~known & ~small & (crossing | ~own)
    found = everything.bounds(known, EXACT, wanted)
    exact = (found.low == found.high) & wanted
    anyway = exact & ~own
    if (exact & own).any():
        alone = everything.bounds(known & ~crossing, EXACT, exact & own)
        anyway |= exact & own & (alone.low == alone.high)
    return {id: tuple(anyway[place] for place in figures.numbers[id]) for id in tables}


@dataclass(frozen=True)
class AllFigures:
    """All figures of some tables as one row of numbers: their values, those in areas (what is published), and where.

    ``at_one``: how many of each live at the address of most; 0 where nobody knows.
    """

    tables: Mapping[str, Grid]
    numbers: Mapping[str, Numbers]
    values: Ints
    in_areas: Ints
    at_one: Ints
    one_dimension: Marks

    def known(self, hidden: Mapping[str, Hidden]) -> Marks:
        """Which of the figures are published."""
        return self.marked({id: tuple(~marks for marks in hidden[id]) for id in self.numbers})

    def marked(self, cells: Mapping[str, Hidden]) -> Marks:
        """Which of the figures are marked in the tables given."""
        found = np.zeros(len(self.values), np.bool_)
        for id, levels in cells.items():
            for number, marks in zip(self.numbers[id], levels, strict=False):
                found[number] = marks
        return found

    def rests(self) -> Marks:
        """Which of the figures are rests, that no table holds."""
        found = np.zeros(len(self.values), np.bool_)
        for number in (number for id in filter(is_rest, self.numbers) for number in self.numbers[id]):
            found[number] = True
        return found

    def with_numbers(self, places: Ints, numbers: Costs) -> Costs:
        """The values with some other numbers in their places."""
        found = self.values.astype(np.float64)
        found[places] = numbers
        return found


def all_figures(tables: Mapping[str, Grid]) -> AllFigures:
    """All figures of the tables, those hidden among them."""
    numbers, size = numbered(tables)
    values, in_areas, at_one = (np.zeros(size, np.int64) for _ in range(3))
    one_dimension = np.zeros(size, np.bool_)
    for id, grid in tables.items():
        for level, number in enumerate(numbers[id]):
            values[number] = grid.values[level]
            in_areas[number] = grid.values[level] - (0 if level else grid.outside)
            at_one[number] = at_one_address(id, tables, level)
            one_dimension[number] = len(grid.table.dimensions) < 2
    return AllFigures(tables, numbers, values, in_areas, at_one, one_dimension)


def _told(figures: AllFigures, id: str, found: Bounds, hidden: Hidden, smallest: int) -> Hidden:
    """Hidden cells that are not zero and either exactly known or known to be small."""
    exact, small = found.low == found.high, (figures.values < smallest) & (found.high < smallest)
    told = (exact | small) & (figures.in_areas > 0)
    return tuple(told[place] & marks for place, marks in zip(figures.numbers[id], hidden, strict=False))


def placed(grid: Grid, division: Division, level: int, area: int, column: int) -> tuple[str, str, str, str]:
    """Where a figure stands: table, level, area, category (keys of the dimensions joined by a blank)."""
    return grid.table.id, division.levels[level], division.keys[level][area], " ".join(grid.categories[column])


def _rows(grid: Grid, found: Exposed, division: Division) -> list[tuple[str, str, str, str, int, int]]:
    return [
        (
            *placed(grid, division, level, area, column),
            int(low[area, column]),
            int(high[area, column]),
        )
        for level, (told, low, high) in enumerate(found)
        for area, column in np.argwhere(told)
    ]
