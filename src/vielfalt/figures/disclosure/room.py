"""The room of every hidden figure: which numbers it may have for an attacker, and the solutions that prove it.

A solution is a number for every hidden figure with which all sums hold: a possible truth, as the true numbers are. All
numbers between two solutions are possible too, so what solutions show needs no trust in the program that found them;
adding up is enough. Source: Fischetti & Salazar 2001 (feasible intervals as the measure of protection).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy import sparse

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import AllFigures, Attack, attack, hidden_cells, placed
from vielfalt.figures.disclosure.attackers import ATTACKERS, Attacker
from vielfalt.figures.disclosure.division import Division, Ints, Marks, division
from vielfalt.figures.disclosure.grids import Grid, grids
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program, Solver, solve, solver
from vielfalt.figures.disclosure.programs import matrix_of
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.figures.disclosure.solutions import walk
from vielfalt.geography import Geography

LARGEST = 100_000
"""Releases with more hidden figures are left to the other attacks, and that is reported: programs take too long."""
_MANY = 100
_GAIN = 0.05
"""Programs for many figures at once end after so many, or when one settles less than this part of what is open."""


@dataclass(frozen=True)
class Held:
    """What one attacker finds: how many hidden figures were looked at, how many have too little room, the narrowest.

    ``left``: figures not looked at, because there are too many; ``programs``: how many linear programs it took.
    """

    attacker: str
    cells: int
    narrow: int
    narrowest: int
    programs: int
    left: int = 0


@dataclass(frozen=True)
class Rooms:
    """The room of all hidden figures of a release. For the vault: it tells what must stay hidden.

    ``frame``: table, level, area, category (keys joined by a blank), ``low`` and ``high`` (between which whole numbers
    the figure may be for the stronger attacker), ``narrow`` (whether that is too little for one of the attackers), and
    one column per solution, which together prove it. ``narrow``: the same cells by table id.
    """

    held: tuple[Held, ...]
    frame: pl.DataFrame
    narrow: Mapping[str, Hidden]


@dataclass
class _Seen:
    """The solutions so far, and between which numbers each unknown was seen, from the true one on."""

    low: Costs
    high: Costs
    aim: Ints
    solutions: list[Costs] = field(default_factory=list)

    def add(self, found: Costs) -> None:
        self.solutions.append(found)
        np.minimum(self.low, found, out=self.low)
        np.maximum(self.high, found, out=self.high)

    def ends(self) -> tuple[Ints, Ints]:
        return np.ceil(self.low - WHOLE).astype(np.int64), np.floor(self.high + WHOLE).astype(np.int64)

    def room(self) -> Ints:
        low, high = self.ends()
        return high - low

    def open(self) -> Marks:
        marks: Marks = self.room() < self.aim
        return marks


def rooms(
    protected: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    geography: Geography,
    protection: Protection,
    unknown: Mapping[str, pl.DataFrame] | None = None,
) -> Rooms:
    """The room of every suppressed cell for the attackers who read one release (``sums``, ``zeros``).

    Each cell that is not zero must have a room of ``min_cell`` for ``sums``, in crossings too, and ``zeros`` must be
    left more than one number. Attackers know the residents without an area. ``unknown``: see ``protect``.
    """
    areas = division(geography)
    tables = {id: grid for id, grid in grids(cells, areas, unknown or {}).items() if id in protected}
    hidden = {id: hidden_cells(grid, protected[id], areas) for id, grid in tables.items()}
    return rooms_of(attack(tables, areas), hidden, hidden, areas, protection)


def rooms_of(
    against: Attack,
    hidden: Mapping[str, Hidden],
    asked: Mapping[str, Hidden],
    areas: Division,
    protection: Protection,
) -> Rooms:
    """The room of the hidden cells ``asked`` for, by table id; tables that ``hidden`` does not name are unknown."""
    figures = against.figures
    unread: dict[str, Hidden] = dict.fromkeys(figures.numbers, ())
    known, must = figures.known({**unread, **hidden}), np.zeros(len(figures.values), np.bool_)
    for id, levels in asked.items():
        for place, marks in zip(figures.numbers[id], levels, strict=True):
            must[place] = marks & (figures.in_areas[place] > 0)
    unknowns = np.flatnonzero(~known)
    wanted = must[unknowns]
    if len(unknowns) > LARGEST:
        many = int(wanted.sum())
        return Rooms(tuple(Held(each.id, many, 0, 0, 0, many) for each in _HERE), pl.DataFrame(), {})
    least = {each.id: _least(each, figures) for each in _HERE}
    values = figures.values[unknowns].astype(np.float64)
    seen = _Seen(values.copy(), values.copy(), np.where(wanted, protection.min_cell, 0))
    program, strongest = _program(against, known), _HERE[-1]
    programs = _look(program, least[strongest.id][unknowns], seen)
    held, frame = (
        [_held(strongest, seen, programs)],
        _frame({id: figures.tables[id] for id in hidden}, figures, areas, seen, unknowns),
    )
    narrow = np.zeros(len(figures.values), np.bool_)
    narrow[unknowns] = seen.room() < _needed(strongest, seen)
    for attacker in reversed(_HERE[:-1]):  # what the stronger one cannot tell, the weaker cannot
        programs = _look(program, least[attacker.id][unknowns], seen)
        held.insert(0, _held(attacker, seen, programs))
        narrow[unknowns] |= seen.room() < _needed(attacker, seen)
    frame = frame.with_columns(narrow=pl.Series(narrow[frame["number"].to_numpy()], dtype=pl.Boolean)).drop("number")
    return Rooms(
        tuple(held), frame, {id: tuple(narrow[place] for place in places) for id, places in figures.numbers.items()}
    )


def _needed(attacker: Attacker, seen: _Seen) -> Ints:
    """How much room each figure must have: for who knows that none is zero, more than one number."""
    return np.minimum(seen.aim, 1) if attacker.least else seen.aim


def _held(attacker: Attacker, seen: _Seen, programs: int) -> Held:
    asked: Marks = seen.aim > 0
    narrowest = int(seen.room()[asked].min(initial=int(seen.aim.max(initial=0))))
    return Held(attacker.id, int(asked.sum()), int((seen.room() < _needed(attacker, seen)).sum()), narrowest, programs)


_HERE = tuple(each for each in ATTACKERS if not (each.person or each.earlier))


def _least(attacker: Attacker, figures: AllFigures) -> Ints:
    """What each figure is at least for him. A table of one characteristic lists only what occurs in the town."""
    least = np.zeros(len(figures.values), dtype=np.int64)
    for numbers in figures.numbers.values():
        least[numbers[0]] = attacker.least
    least[~figures.one_dimension | (figures.values == 0)] = 0
    return least


def _program(against: Attack, known: Marks) -> Program:
    """All sums over the hidden figures, as the published ones leave them."""
    values, unknowns = against.figures.values, np.flatnonzero(~known)
    open_ = against.system.only(against.system.holding(~known))
    sums = sparse.csr_array(matrix_of(open_, len(values))[:, unknowns])
    right = sums @ values[unknowns].astype(np.float64)
    none, most = np.zeros(len(unknowns)), np.full(len(unknowns), float(values.max(initial=0)))
    return Program(none, sums, right, right, none, most)


def _look(program: Program, least: Ints, seen: _Seen) -> int:
    """Solutions until every figure has its room or none for it: each moves all open ones, the rest one by one."""
    size, draw, open_ = len(program.cost), np.random.default_rng(0), seen.open()
    if not open_.any():
        return 0
    highs, everyone, before = solver(program), np.arange(size, dtype=np.int32), len(seen.solutions)
    highs.changeColsBounds(size, everyone, least.astype(np.float64), program.high)
    for number in range(_MANY):
        rise = draw.random(size) < 0.5 if number else seen.high < seen.aim
        highs.changeColsCost(size, everyone, np.where(rise, -1.0, 1.0) * open_ * draw.uniform(0.5, 1.5, size))
        # From nothing the first solution takes a multiple of the time without a simplification of the program.
        highs.setOptionValue("presolve", "off" if number else "on")
        _add(highs, seen)
        still = seen.open()
        if not still.any() or (number and still.sum() > (1 - _GAIN) * open_.sum()):
            break
        walk(highs)
        open_ = still
    highs.changeColsCost(size, everyone, np.zeros(size))
    for place in np.flatnonzero(seen.open()).tolist():
        for sign in (1.0, -1.0):
            if seen.open()[place]:
                highs.changeColCost(place, sign)
                _add(highs, seen)
                highs.changeColCost(place, 0.0)
    return len(seen.solutions) - before


def _add(highs: Solver, seen: _Seen) -> None:
    found = solve(highs)
    assert found is not None  # the true numbers are a solution
    seen.add(found)


def _frame(
    tables: Mapping[str, Grid], figures: AllFigures, areas: Division, seen: _Seen, unknowns: Ints
) -> pl.DataFrame:
    low, high = seen.ends()
    place = np.full(len(figures.values), -1)
    place[unknowns] = np.arange(len(unknowns))
    rows = [
        (*placed(grid, areas, level, area, column), place[number[area, column]])
        for id, grid in tables.items()
        for level, number in enumerate(figures.numbers[id])
        for area, column in np.argwhere(place[number] >= 0)
    ]
    names = {"table": pl.Utf8, "level": pl.Utf8, "area": pl.Utf8, "category": pl.Utf8, "place": pl.Int64}
    frame = pl.DataFrame(rows, schema=names, orient="row")
    at = frame["place"].to_numpy()
    solutions = [pl.Series(f"solution_{n}", found[at]) for n, found in enumerate(seen.solutions, start=1)]
    ends = pl.Series("low", low[at]), pl.Series("high", high[at]), pl.Series("number", unknowns[at])
    return frame.drop("place").with_columns(*ends, *solutions)
