"""Protects the tables of a run until every hidden figure has its room, for those who are counted in it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import AllFigures, Attack, attack, read
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.equations import bounds
from vielfalt.figures.disclosure.mending import NO_ONE, Mend, Mended, Wanted, cannot_change, mended
from vielfalt.figures.disclosure.persons import secret, to_keep_from, told_to_persons, with_room
from vielfalt.figures.disclosure.protecting import missing, protect, published
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.room import Looked, Rooms, least_known, look_at, told_of
from vielfalt.geography import Geography
from vielfalt.numbers import Marks


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
    own = secret(figures, protection)
    task = Task(against, with_room(figures, own), fixed, own, protection.min_cell)
    looked = widened(task, figures.known(hidden))
    if (looked.known != figures.known(hidden))[~figures.rests()].any():
        hidden |= {id: tuple(~looked.known[number] for number in figures.numbers[id]) for id in cells}
        protected = {id: published(tables[id], hidden[id], areas, protection) for id in cells}
    return protected, told_of(looked, {id: hidden[id] for id in cells}, areas)


@dataclass(frozen=True)
class Beside:
    """What is published already, beside the figures that may still be hidden: the fixed ones of a task.

    What somebody tells from these alone is not told by the rest. That may be so for him who knows most (the attack of
    the task) and not for others, so each of the ``readers`` is asked too, who know less of the same figures; the last
    one knows sums of people alone. ``seen``: the tables of the fixed figures, which list what occurs.
    """

    readers: tuple[Attack, ...]
    seen: Marks


@dataclass(frozen=True)
class Task:
    """The figures of one system: which of them ``must`` have a room of ``width`` where they are hidden, which are
    ``fixed`` (what is known of them is known whatever is hidden), and which nobody may tell (``secret``).

    ``beside``: given where the fixed figures are published already.
    """

    against: Attack
    must: Marks
    fixed: Marks
    secret: Marks
    width: int
    beside: Beside | None = None


def widened(task: Task, known: Marks) -> Looked:
    """The release with so much hidden that every hidden figure has its room and nobody alone in one tells another.

    ``known``: what is published before. Where no hiding helps, ``held`` tells it.
    """
    first = _without_single_sums(task, known)
    looked = _with_room(task, _look(task, first.known, first.solutions))
    readers = task.beside.readers if task.beside else ()
    told, person = told_to_persons(looked, task.secret, readers[-1] if readers else None)
    pairs = to_keep_from(told, looked)
    if pairs:
        looked, lost, pairs = _safe(task, task.against, looked, pairs)
        for reader in readers:
            told_too = cannot_change(reader, looked.known, looked.least, task.width, pairs)
            looked, more, pairs = _safe(task, reader, looked, list(compress(pairs, told_too)))
            lost |= more
        person = replace(person, narrow=len(lost), narrowest=int(not lost))
    return replace(looked, held=(*looked.held, person))


def _safe(
    task: Task, reader: Attack, looked: Looked, told: list[Wanted]
) -> tuple[Looked, frozenset[int], list[Wanted]]:
    """The release with more hidden of what is told to one reader; the figures that no hiding helps; and those figures
    with the people to whom the fixed figures alone tell them.
    """
    if not told:
        return looked, frozenset(), []
    looked, open_ = _mend(task, looked, told, reader)
    looked, told = _with_room(task, looked), list(compress(told, open_))
    alone = np.zeros(len(told), np.bool_)
    if task.beside and told:
        least = np.where(task.beside.seen, looked.least, 0)
        alone = cannot_change(reader, task.fixed, least, task.width, told)
    return looked, frozenset(place for place, *_ in compress(told, ~alone)), list(compress(told, alone))


def _without_single_sums(task: Task, known: Marks) -> Mended:
    """More hidden where sums one by one bound a figure too closely, which is seen at once; programs would take long."""
    against, figures = task.against.beside_shown(known), task.against.figures
    found = bounds(known, figures.values, against.system.only(against.system.holding(~known)), against.same)
    narrow = np.flatnonzero(task.must & ~known & (found.high - found.low < task.width))
    wanted = [(int(place), NO_ONE, True) for place in narrow]
    return mended(Mend(against, known, least_known(figures), task.fixed, task.width), wanted)


def _look(task: Task, known: Marks, before: Sequence[Costs]) -> Looked:
    return look_at(task.against.beside_shown(known), known, ~known & task.must, task.width, before)


def _with_room(task: Task, looked: Looked) -> Looked:
    """The release with so much hidden that every hidden figure has its room, or that no more hiding helps one."""
    while looked.narrow.any():
        narrow = np.flatnonzero(looked.narrow)
        looked, open_ = _mend(task, looked, [(int(place), NO_ONE, True) for place in narrow], task.against)
        if looked.narrow[narrow[open_]].any():
            break
    return looked


def _mend(task: Task, looked: Looked, wanted: list[Wanted], reader: Attack) -> tuple[Looked, Marks]:
    """The release with more hidden, and which of the figures wanted no hiding helps against one reader."""
    known = looked.known & ~looked.against.figures.rests()
    found = mended(Mend(reader.beside_shown(known), known, looked.least, task.fixed, task.width), wanted)
    # What may be the truth for who knows less need not be for him who knows most.
    proofs = found.solutions if reader is task.against else ()
    return _look(task, found.known, (*looked.solutions, *proofs)), found.open


def _fixed(figures: AllFigures, own: set[str]) -> Marks:
    """What everyone knows whatever is hidden: totals that are not published, and those of the town without groups."""
    marks = np.zeros(len(figures.values), np.bool_)
    for id, numbers in figures.numbers.items():
        for level, number in enumerate(numbers):
            marks[number] = id not in own or (level == 0 and not figures.tables[id].table.dimensions)
    return marks & ~figures.rests()
