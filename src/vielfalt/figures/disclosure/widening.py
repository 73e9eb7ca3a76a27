"""Protects the tables of a run until every hidden figure has its room, for those who are counted in it too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import AllFigures, Attack, attack, read
from vielfalt.figures.disclosure.division import Ints, Marks, division
from vielfalt.figures.disclosure.mending import NO_ONE, Mend, mended
from vielfalt.figures.disclosure.persons import secret, told_to_persons
from vielfalt.figures.disclosure.protecting import missing, protect, published
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.room import Looked, Rooms, look_at, told_of
from vielfalt.geography import Geography

Wanted = Iterator[tuple[int, Ints, bool]]
"""Figures to be mended, as ``mended`` takes them."""


def protect_with_room(
    cells: Mapping[str, Cells],
    geography: Geography,
    protection: Protection,
    unknown: Mapping[str, pl.DataFrame] | None = None,
) -> tuple[dict[str, ProtectedCells], Rooms]:
    """All tables of one run as they may be published (see ``protect``), and the room of what is hidden.

    What has too little room, or could be told by somebody who is alone in another figure, is hidden more widely, until
    nothing is. Where no hiding helps, ``held`` of the rooms tells it.
    """
    protected, areas = protect(cells, geography, protection, unknown), division(geography)
    tables, hidden = read(protected, cells, areas, unknown)
    against = attack(tables, areas)
    figures = against.figures
    fixed = _fixed(figures, set(cells)) | figures.marked(missing(tables, areas, unknown))
    task = Task(against, figures.in_areas > 0, fixed, secret(figures, protection), protection.min_cell)
    looked = widened(task, figures.known(hidden))
    if not (looked.known == figures.known(hidden)).all():
        hidden |= {id: tuple(~looked.known[number] for number in figures.numbers[id]) for id in cells}
        protected = {id: published(tables[id], hidden[id], areas, protection) for id in cells}
    return protected, told_of(looked, {id: hidden[id] for id in cells}, areas)


@dataclass(frozen=True)
class Task:
    """The figures of one system: which of them ``must`` have a room of ``width`` where they are hidden, which are
    ``fixed`` (what is known of them is known whatever is hidden), and which nobody may tell (``secret``).

    ``beside``: what is fixed is published already, so what one person tells from that alone is not told by the rest.
    """

    against: Attack
    must: Marks
    fixed: Marks
    secret: Marks
    width: int
    beside: bool = False


def widened(task: Task, known: Marks) -> Looked:
    """The release with so much hidden that every hidden figure has its room and nobody alone in one tells another.

    ``known``: what is published before. Where no hiding helps, ``held`` tells it.
    """
    looked = _with_room(task, _look(task, known, ()))
    told, person = told_to_persons(looked, task.secret)
    if told.pairs:
        pairs = [(int(looked.unknowns[place]), looked.unknowns[who], False) for place, who in told.pairs]
        looked, open_ = _mend(task, looked, iter(pairs))
        looked = _with_room(task, looked)
        if task.beside and open_.any():
            pairs = [pair for pair in pairs if open_[pair[0]]]
            open_ &= ~mended(Mend(task.against, task.fixed, looked.least, task.fixed, task.width), pairs).open
        person = replace(person, narrow=int(open_.sum()), narrowest=int(not open_.any()))
    return replace(looked, held=(*looked.held, person))


def _look(task: Task, known: Marks, before: Sequence[Costs]) -> Looked:
    return look_at(task.against, known, ~known & task.must, task.width, before)


def _with_room(task: Task, looked: Looked) -> Looked:
    """The release with so much hidden that every hidden figure has its room, or that no more hiding helps one."""
    while looked.narrow.any():
        wanted = ((int(place), NO_ONE, True) for place in np.flatnonzero(looked.narrow))
        looked, open_ = _mend(task, looked, wanted)
        if (looked.narrow & open_).any():
            break
    return looked


def _mend(task: Task, looked: Looked, wanted: Wanted) -> tuple[Looked, Marks]:
    """The release with more hidden, and the figures that no hiding helps."""
    found = mended(Mend(task.against, looked.known, looked.least, task.fixed, task.width), wanted)
    again = _look(task, found.known, (*looked.solutions, *found.solutions))
    held = (
        replace(now, programs=before.programs + now.programs)
        for before, now in zip(looked.held, again.held, strict=True)
    )
    return replace(again, held=tuple(held)), found.open


def _fixed(figures: AllFigures, own: set[str]) -> Marks:
    """What everyone knows whatever is hidden: tables that are not published, and totals of the town without groups."""
    marks = np.zeros(len(figures.values), np.bool_)
    for id, numbers in figures.numbers.items():
        for level, number in enumerate(numbers):
            marks[number] = id not in own or (level == 0 and not figures.tables[id].table.dimensions)
    return marks
