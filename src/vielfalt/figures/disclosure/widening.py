"""Protects the tables of a run until every hidden figure has its room, for those who are counted in it too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import AllFigures, Attack, attack, read
from vielfalt.figures.disclosure.attackers import ATTACKERS
from vielfalt.figures.disclosure.division import Ints, Marks, division
from vielfalt.figures.disclosure.holders import Told, told_to_one
from vielfalt.figures.disclosure.mending import NO_ONE, Mend, mended
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.protecting import missing, protect, published
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.room import Held, Looked, Rooms, look_at, program_of, told_of
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
    looked = _with_room(_look(against, figures.known(hidden), protection, ()), fixed, protection)
    told, person = told_to_persons(looked, secret(figures, protection))
    if told.pairs:
        pairs = ((int(looked.unknowns[place]), looked.unknowns[who], False) for place, who in told.pairs)
        looked, open_ = _mend(looked, pairs, fixed, protection)
        looked = _with_room(looked, fixed, protection)
        person = replace(person, narrow=int(open_.sum()), narrowest=int(not open_.any()))
    looked = replace(looked, held=(*looked.held, person))
    if not (looked.known == figures.known(hidden)).all():
        hidden |= {id: tuple(~looked.known[number] for number in figures.numbers[id]) for id in cells}
        protected = {id: published(tables[id], hidden[id], areas, protection) for id in cells}
    return protected, told_of(looked, {id: hidden[id] for id in cells}, areas)


def _look(against: Attack, known: Marks, protection: Protection, before: Sequence[Costs]) -> Looked:
    return look_at(against, known, ~known & (against.figures.in_areas > 0), protection.min_cell, before)


def _with_room(looked: Looked, fixed: Marks, protection: Protection) -> Looked:
    """The release with so much hidden that every hidden figure has its room, or that no more hiding helps one."""
    while looked.narrow.any():
        wanted = ((int(place), NO_ONE, True) for place in np.flatnonzero(looked.narrow))
        looked, open_ = _mend(looked, wanted, fixed, protection)
        if (looked.narrow & open_).any():
            break
    return looked


def _mend(looked: Looked, wanted: Wanted, fixed: Marks, protection: Protection) -> tuple[Looked, Marks]:
    """The release with more hidden, and the figures that no hiding helps."""
    found = mended(Mend(looked.against, looked.known, looked.least, fixed, protection.min_cell), wanted)
    again = _look(looked.against, found.known, protection, (*looked.solutions, *found.solutions))
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


def secret(figures: AllFigures, protection: Protection) -> Marks:
    """The figures that must not be told by themselves."""
    cells = {id: primary(grid, figures.tables, protection) for id, grid in figures.tables.items()}
    marks: Marks = figures.marked(cells) & (figures.in_areas > 0)
    return marks


def told_to_persons(looked: Looked, secret: Marks) -> tuple[Told, Held]:
    """What somebody can tell who is alone in a hidden figure: of all secret ones, with what the audit says of it."""
    (attacker,) = (each for each in ATTACKERS if each.person)
    unknowns = looked.unknowns
    wanted = secret[unknowns]
    many = int(wanted.sum())
    if any(each.left for each in looked.held):
        return Told((), 0), Held(attacker.id, many, 0, 0, 0, many)
    program = program_of(looked.against, looked.known)
    told = told_to_one(program, looked.against.figures.values[unknowns], looked.least[unknowns], wanted)
    narrow = len({place for place, _ in told.pairs})
    return told, Held(attacker.id, many, narrow, int(not narrow), told.programs)
