"""The room of hidden figures for everybody who reads one release, and for those who are alone in one of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import compress

import numpy as np
import polars as pl
from scipy import sparse

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import AllFigures, Attack, attack, read
from vielfalt.figures.disclosure.attackers import ATTACKERS
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.holders import FURTHEST, Told, alone_in, holders, told_to_one
from vielfalt.figures.disclosure.linked import search
from vielfalt.figures.disclosure.linked.improve import free
from vielfalt.figures.disclosure.mending import Wanted, cannot_change
from vielfalt.figures.disclosure.programs import matrix_of
from vielfalt.figures.disclosure.rests import by_itself, is_rest
from vielfalt.figures.disclosure.room import Held, Looked, Rooms, look_at, program_of, told_of
from vielfalt.geography import Geography
from vielfalt.numbers import Ints, Marks

_STEPS = (1, 2)
"""Some figures count two persons for one of another (couples)."""


def rooms(
    protected: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    geography: Geography,
    protection: Protection,
    unknown: Mapping[str, pl.DataFrame] | None = None,
    beside: bool = False,
) -> Rooms:
    """The room of every suppressed cell for the attackers who read one release (``sums``, ``zeros``, ``person``).

    Rests are among them where they have too little.

    Each cell that is not zero must have a room of ``min_cell`` for ``sums``, in crossings too; ``zeros`` and
    ``person`` must be left more than one number, the second of what is hidden for its own sake. Attackers know the
    residents without an area. ``unknown``: see ``protect``.

    ``beside``: all but the figures of the whole are published already, as those of a county's towns are: each area's
    own tables list only what occurs in it, and what ``person`` tells without the whole does not count.
    """
    areas = division(geography)
    tables, hidden = read(protected, cells, areas, unknown)
    everything = attack(tables, areas)
    figures = everything.figures
    known = figures.known(hidden)
    against = everything.beside_shown(known)
    own = secret(figures, protection)
    must, listed = ~known & with_room(figures, own), 2 if beside else 1
    looked = look_at(against, known, must, protection.min_cell, listed=listed)
    told, person = told_to_persons(looked, own)
    pairs = to_keep_from(told, looked)
    if beside:
        pairs = _told_by_the_whole(looked, pairs, protection.min_cell)
    narrow, places = looked.narrow.copy(), sorted({place for place, *_ in pairs})
    narrow[places] = True
    person = replace(person, narrow=len(places), narrowest=int(not places))
    looked = replace(looked, held=(*looked.held, person), narrow=narrow)
    left = {id: marks for id, marks in hidden.items() if is_rest(id)}
    found = told_of(looked, {id: marks for id, marks in hidden.items() if id not in left}, areas)
    return replace(found, frame=pl.concat([found.frame, told_of(looked, left, areas).frame.filter("narrow")]))


def _told_by_the_whole(looked: Looked, pairs: list[Wanted], width: int) -> list[Wanted]:
    """Those of which he cannot tell the figure from what the areas publish alone.

    He may know that he is alone in the whole, or in his area only: what he knows without the whole differs, so both
    are asked.
    """
    figures = looked.against.figures
    whole = np.zeros(len(figures.values), np.bool_)
    for numbers in figures.numbers.values():
        whole[numbers[0]] = True
    areas, least = looked.known & ~whole, np.where(whole, 0, looked.least)
    found = np.zeros(len(pairs), np.bool_)
    for wanted in (pairs, [(place, who[~whole[who]], wide) for place, who, wide in pairs]):
        told = cannot_change(looked.against, looked.known, looked.least, width, wanted)
        found |= told & ~cannot_change(looked.against, areas, least, width, wanted)
    return list(compress(pairs, found))


def secret(figures: AllFigures, protection: Protection) -> Marks:
    """The figures that must not be told by themselves."""
    marks: Marks = figures.marked(by_itself(figures.tables, protection)) & (figures.in_areas > 0)
    return marks


def with_room(figures: AllFigures, secret: Marks) -> Marks:
    """The figures that must have a room where they are hidden: all but zeros, and of rests the secret ones."""
    marks: Marks = (figures.in_areas > 0) & (secret | ~figures.rests())
    return marks


def told_to_persons(looked: Looked, secret: Marks, counts: Attack | None = None) -> tuple[Told, Held]:
    """What somebody can tell who is alone in a hidden figure: of all secret ones, with what the audit says of it.

    ``counts``: the attack without all that he knows beside sums of people, if he knows more.
    """
    (attacker,) = (each for each in ATTACKERS if each.person)
    unknowns = looked.unknowns
    figures = looked.against.figures
    values, wanted = figures.values[unknowns], secret[unknowns]
    program = program_of(looked.against, looked.known)
    alone = alone_in(values, figures.at_one[unknowns])
    people = holders(program_of(counts, looked.known) if counts else program, alone)
    told = told_to_one(program, values, looked.least[unknowns], wanted, people)
    told = replace(told, pairs=_but_their_own(counts or looked.against, told, unknowns, alone))
    narrow = len({place for place, _ in told.pairs})
    return told, Held(attacker.id, int(wanted.sum()), narrow, int(not narrow))


def _but_their_own(against: Attack, told: Told, unknowns: Ints, alone: Marks) -> tuple[tuple[int, Ints], ...]:
    """Of what is told to somebody, the figures of others.

    A sum that holds as counted holds for every single one of the people. If a figure counted somebody beside those of
    his household, that person's own figures, one in each, would be a change of figures that leaves those in which the
    household is alone. Where there is no such change, not even of published figures, it counts nobody else. ``holders``
    sees that of a total and its part alone; figures of two tables may be tied by sums over several.
    """
    if not any(alone[place] for place, _ in told.pairs):
        return told.pairs
    values = against.figures.values
    every, far = sparse.csr_array(matrix_of(against.system, len(values))), np.full(len(values), FURTHEST)
    sums = sparse.csr_array(every[np.flatnonzero(every @ values == 0)])
    at = search.Search(sums, sparse.csr_array(sums.T), far, far, free(values), values == 0)

    def theirs(place: int, who: Ints) -> bool:
        moves = (search.cheapest(at, int(unknowns[place]), step, unknowns[who].tolist()) for step in _STEPS)
        return bool(alone[place]) and all(move is None for move in moves)

    return tuple(pair for pair in told.pairs if not theirs(*pair))


def to_keep_from(told: Told, looked: Looked) -> list[Wanted]:
    """Each figure that is told, and the figures of the person from whom it is to be kept, as ``mended`` takes them."""
    return [(int(looked.unknowns[place]), looked.unknowns[who], False) for place, who in told.pairs]
