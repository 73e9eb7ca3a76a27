"""The room of every hidden figure: which numbers it may have for an attacker, and the solutions that prove it.

A solution is a number for every hidden figure with which all sums hold: a possible truth, as the true numbers are. All
numbers between two solutions are possible too, so what solutions show needs no trust in the program that found them;
adding up is enough. Source: Fischetti & Salazar 2001 (feasible intervals as the measure of protection).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure.attack import AllFigures, Attack, placed
from vielfalt.figures.disclosure.attackers import ATTACKERS, Attacker
from vielfalt.figures.disclosure.division import Division
from vielfalt.figures.disclosure.equations import at_most
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program
from vielfalt.figures.disclosure.programs import matrix_of
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.rests import is_rest
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.figures.disclosure.spans import Spans, look, no_span
from vielfalt.numbers import Ints, Marks
from vielfalt.words import N_

LARGEST = 500_000
"""Releases with more hidden figures are refused: to prove their room would take hours and more memory than is usual.

Measured are 3.5 minutes for 73,000 hidden figures (300,000 residents) and 1.3 GB; time grows with the power 1.6.
"""


@dataclass(frozen=True)
class Held:
    """What one attacker finds: how many hidden figures were looked at, how many have too little room, the narrowest.

    More room than a figure must have is not counted: how much was found, and how soon, depends on the true numbers.
    """

    attacker: str
    cells: int
    narrow: int
    narrowest: int


@dataclass(frozen=True)
class Rooms:
    """The room of all hidden figures of a release. For the vault: it tells what must stay hidden.

    ``frame``: table, level, area, category (keys joined by a blank), ``low`` and ``high`` (between which whole numbers
    the figure may be for the stronger attacker), ``narrow`` (whether that is too little for one of the attackers), and
    one column per solution, which together prove it.
    """

    held: tuple[Held, ...]
    frame: pl.DataFrame


@dataclass(frozen=True)
class Looked:
    """What the attackers who read one release find, figure by figure.

    ``known``: the published figures; ``unknowns``: the numbers of the others. For the stronger attacker: ``least``,
    what each figure is at least, and ``spans``, those of the unknowns. ``solutions``: the same for the weaker one, with
    a number for every figure. ``narrow``: figures with too little room for one of them.
    """

    against: Attack
    known: Marks
    unknowns: Ints
    least: Ints
    spans: Spans
    solutions: tuple[Costs, ...]
    held: tuple[Held, ...]
    narrow: Marks


def look_at(
    against: Attack, known: Marks, must: Marks, width: int, before: Sequence[Costs] = (), listed: int = 1
) -> Looked:
    """The room of the figures that ``must`` have one of ``width``, when those ``known`` are published.

    Rests that are in no sum count as known. ``before``: solutions with a number for every figure that are known to hold
    already. ``listed``: on so many levels from the top a table of one characteristic lists for each area only what
    occurs there.
    Raises DisclosureError when more than ``LARGEST`` figures are unknown.
    """
    known = known | against.untied()
    figures, unknowns = against.figures, np.flatnonzero(~known)
    _refuse_too_many(figures, known)
    least, strongest = {each.id: _least(each, figures, listed) for each in _HERE}, _HERE[-1]
    aim = np.where(must[unknowns], width, 0)
    narrow, spans = np.zeros(len(known), np.bool_), no_span(figures.values[unknowns], aim)
    held: list[Held] = []
    program, found = program_of(against, known), {}
    left = [each[unknowns] for each in before]
    for attacker in reversed(_HERE):  # what the stronger one cannot tell, the weaker cannot
        spans = found[attacker.id] = spans.copy()
        floor = least[attacker.id][unknowns]
        still_left = []
        for solution in left:
            if (solution >= floor - WHOLE).all():
                spans.add(solution)  # and so it stands among those of all weaker ones
            else:
                still_left.append(solution)
        left = still_left
        look(program, floor, spans, _needed(attacker, spans))
        held.insert(0, _held(attacker, spans))
        narrow[unknowns] |= spans.room() < _needed(attacker, spans)
    solutions = tuple(figures.with_numbers(unknowns, solution) for solution in spans.solutions)
    return Looked(against, known, unknowns, least[strongest.id], found[strongest.id], solutions, tuple(held), narrow)


def _refuse_too_many(figures: AllFigures, known: Marks) -> None:
    """Names the table that hides most."""
    cells = int((~known).sum())
    if cells > LARGEST:
        hidden = {id: sum(int((~known[place]).sum()) for place in places) for id, places in figures.numbers.items()}
        raise DisclosureError(
            N_("{cells} hidden figures are too many to prove that none can be computed; nothing was released."),
            where=max(hidden, key=lambda id: hidden[id]),
            cells=cells,
            todo=N_(
                "At most {most} can be proved. Leave out the finest area level, or publish by the cell key method "
                "(method in [protection] of town.toml)."
            ),
            most=LARGEST,
        )


def told_of(looked: Looked, hidden: Mapping[str, Hidden], areas: Division) -> Rooms:
    """The room of every cell of the tables that ``hidden`` names."""
    figures = looked.against.figures
    tables = {id: figures.tables[id] for id in hidden}
    frame = _frame(tables, figures, areas, looked.spans, looked.unknowns)
    narrow = looked.narrow[frame["number"].to_numpy()]
    frame = frame.with_columns(narrow=pl.Series(narrow, dtype=pl.Boolean)).drop("number")
    return Rooms(looked.held, frame)


def _needed(attacker: Attacker, spans: Spans) -> Ints:
    """How much room each figure must have: for who knows that none is zero, more than one number."""
    return np.minimum(spans.aim, 1) if attacker.least else spans.aim


def _held(attacker: Attacker, spans: Spans) -> Held:
    asked, needed = spans.aim > 0, _needed(attacker, spans)
    narrowest = np.minimum(spans.room(), needed)[asked].min(initial=needed.max(initial=0))
    return Held(attacker.id, int(asked.sum()), int((spans.room() < needed).sum()), int(narrowest))


_HERE = tuple(each for each in ATTACKERS if not (each.person or each.earlier))


def least_known(figures: AllFigures) -> Ints:
    """What each figure is at least for the stronger attacker who reads one release."""
    return _least(_HERE[-1], figures, listed=1)


def _least(attacker: Attacker, figures: AllFigures, listed: int) -> Ints:
    """What each figure is at least for him: on the levels ``listed`` he sees that a hidden one is not zero."""
    least = np.zeros(len(figures.values), dtype=np.int64)
    for numbers in (numbers for id, numbers in figures.numbers.items() if not is_rest(id)):
        for number in numbers[:listed]:
            least[number] = attacker.least
    least[~figures.one_dimension | (figures.values == 0)] = 0
    return least


def program_of(against: Attack, known: Marks) -> Program:
    """All sums over the hidden figures, as the published ones leave them."""
    values, unknowns = against.figures.values, np.flatnonzero(~known)
    open_ = against.system.only(against.system.holding(~known))
    sums = sparse.csr_array(matrix_of(open_, len(values))[:, unknowns])
    right = sums @ values[unknowns].astype(np.float64)
    none, most = np.zeros(len(unknowns)), np.full(len(unknowns), float(at_most(values)))
    return Program(none, sums, right, right, none, most)


def _frame(
    tables: Mapping[str, Grid], figures: AllFigures, areas: Division, spans: Spans, unknowns: Ints
) -> pl.DataFrame:
    low, high = spans.ends()
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
    solutions = [pl.Series(f"solution_{n}", found[at]) for n, found in enumerate(spans.solutions, start=1)]
    ends = pl.Series("low", low[at]), pl.Series("high", high[at]), pl.Series("number", unknowns[at])
    return frame.drop("place").with_columns(*ends, *solutions)
