"""The holders of records: what somebody can tell of others who knows that some figures count his household alone.

He knows every figure that counts nobody else: 1, or as many as all live at his address and could be one household. A
secret figure of others is safe from him if a solution leaves all of these as they are and the secret one at least one
off its true number: then he is left more than one number. One solution shows that for many figures and many holders at
once. Therefore everybody's figures are held in half of a few programs, those of no two holders in the same ones
(Sperner 1928), so that each pair is looked at; what they leave open gets a search for a move of its own.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations, count, islice
from math import comb

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from vielfalt.figures.disclosure.linked import search
from vielfalt.figures.disclosure.linked.improve import free
from vielfalt.figures.disclosure.linked.solver import WHOLE, Program
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.figures.disclosure.spans import no_span, together
from vielfalt.numbers import Ints, Marks

HOUSEHOLD = 12
"""So many at one address may be one household; of more, the check of an extract asks whether they are."""
_AT_ONCE = 1_000
"""So many secret unknowns are set against all people together; more would only take memory."""
FURTHEST = 20.0
"""A move that takes a figure further than this proves no more."""


@dataclass(frozen=True)
class Told:
    """``pairs``: each secret unknown that one holder can tell, and the unknowns that count his household alone."""

    pairs: tuple[tuple[int, Ints], ...]


def told_to_one(program: Program, values: Ints, least: Ints, secret: Marks, people: Ints) -> Told:
    """The secret unknowns that somebody can tell who is alone in others.

    ``program``: the sums over all unknowns; ``values``: their true numbers; ``least``: what each is at least for him;
    ``people``: who is alone in which, as ``holders`` says.
    """
    if not people.max(initial=-1) + 1 or not secret.any():
        return Told(())
    solutions = _solutions(program, values, least, secret, people)
    at = _search(program, values, least)
    open_ = _unproved(solutions, values, secret, people)
    pairs = [pair for place, who in open_ for pair in _told_to(at, place, who, people)]
    return Told(tuple(pairs))


def alone_in(values: Ints, at_one: Ints) -> Marks:
    """Which figures count one person, or people of one address who may be one household.

    ``at_one``: how many live at the address of most; 0 where nobody knows, so that single people alone are found.
    """
    marks: Marks = (values == 1) | ((values > 0) & (values <= HOUSEHOLD) & (values == at_one))
    return marks


def holders(program: Program, alone: Marks) -> Ints:
    """By unknown the number of the holder who is ``alone`` in it, -1 where it counts nobody or several addresses.

    A total and a part of it that count people of one address each count people of the same one; so ``program`` may hold
    sums of people only, no differences of them.
    """
    sums = sparse.coo_array(program.rows)
    totals = np.full(sums.shape[0], -1)
    totals[sums.row[sums.data > 0]] = sums.col[sums.data > 0]
    total = totals[sums.row]
    same = (sums.data < 0) & (total >= 0) & alone[sums.col] & alone[total]
    pairs = sparse.coo_array((np.ones(int(same.sum())), (sums.col[same], total[same])), shape=(len(alone),) * 2)
    _, group = csgraph.connected_components(pairs, directed=False)
    people = np.full(len(alone), -1)
    people[alone] = np.unique(group[alone], return_inverse=True)[1]
    return people


def _solutions(program: Program, values: Ints, least: Ints, secret: Marks, people: Ints) -> list[Costs]:
    """Solutions in which many holders' figures stay and many secret ones change: first of all holders, then of half."""
    alone = people >= 0
    first = _held(program, values, least, secret & ~alone, alone)
    moved = np.zeros(len(values), np.bool_)
    for found in first:
        moved |= np.abs(found - values) >= 1 - WHOLE
    wanted = secret & (alone | ~moved)
    still = halves(int(people.max()) + 1)[people] & alone[:, None]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # more at once would only take memory
        others = pool.map(lambda held: _held(program, values, least, wanted & ~held, held), still.T)
        return [*first, *(found for each in others for found in each)]


def _held(program: Program, values: Ints, least: Ints, wanted: Marks, held: Marks) -> list[Costs]:
    """Solutions that change as many of the unknowns wanted as possible, with those ``held`` as they are."""
    spans = no_span(values, wanted.astype(np.int64))
    together(replace(program, high=np.where(held, values, program.high)), np.where(held, values, least), spans)
    return spans.solutions


def halves(people: int) -> Marks:
    """Per person (row) half of as few programs as possible, so that of any two each is in one without the other."""
    programs = next(number for number in count(2) if comb(number, number // 2) >= people)
    marks = np.zeros((people, programs), np.bool_)
    for person, chosen in enumerate(islice(combinations(range(programs), programs // 2), people)):
        marks[person, chosen] = True
    return marks


def _unproved(solutions: list[Costs], values: Ints, secret: Marks, people: Ints) -> list[tuple[int, Ints]]:
    """Each secret unknown that the solutions do not show to be safe from everybody, with those it may be told to."""
    alone, wanted = np.flatnonzero(people >= 0), np.flatnonzero(secret)
    still = np.ones((len(solutions), int(people.max()) + 1), np.float32)
    changed = np.zeros((len(solutions), len(wanted)), np.float32)
    for number, found in enumerate(solutions):
        still[number, people[alone[np.abs(found[alone] - values[alone]) > WHOLE]]] = 0
        changed[number] = np.abs(found[wanted] - values[wanted]) >= 1 - WHOLE
    pairs = []
    for start in range(0, len(wanted), _AT_ONCE):
        open_ = changed[:, start : start + _AT_ONCE].T @ still == 0
        for row in np.flatnonzero(open_.any(axis=1)).tolist():
            place = int(wanted[start + row])
            others = np.flatnonzero(open_[row])
            if len(others := others[others != people[place]]):
                pairs.append((place, others))
    return pairs


def _search(program: Program, values: Ints, least: Ints) -> search.Search:
    """A search for moves of the hidden figures alone."""
    sums = sparse.csr_array(program.rows)
    most = np.full(len(values), FURTHEST)
    fall = np.minimum(values - least, most)
    return search.Search(sums, sparse.csr_array(sums.T), most, fall, free(values), np.zeros(len(values), np.bool_))


def _told_to(at: search.Search, place: int, who: Ints, people: Ints) -> list[tuple[int, Ints]]:
    """To which of these people an unknown is told: those without whom no move changes it.

    A move that leaves several of them alone clears all of these, so one half is asked after the other.
    """
    theirs = np.flatnonzero(np.isin(people, who))
    if _moves(at, place, theirs):
        return []
    if len(who) == 1:
        return [(place, theirs)]
    half = len(who) // 2
    return [*_told_to(at, place, who[:half], people), *_told_to(at, place, who[half:], people)]


def _moves(at: search.Search, place: int, still: Ints) -> bool:
    return any(search.cheapest(at, place, step, still.tolist()) is not None for step in (1, -1))
