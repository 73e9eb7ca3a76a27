"""Hiding less by choosing anew, piece by piece: many moves are collected, and a program chooses among them.

One piece are the classes around one; what is hidden elsewhere stays. A program in whole numbers finds the cheapest
choice for the piece, and it is taken only if every figure has the room and the safety it had, counted by the moves
themselves (neighbourhoods solved exactly: Shaw 1998, *Principles and Practice of Constraint Programming*).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.attackers import ATTACKERS
from vielfalt.figures.disclosure.linked.figures import Classes, Figures
from vielfalt.figures.disclosure.linked.improve import State, forget_needless, holds, state_of
from vielfalt.figures.disclosure.linked.nearby import nearby
from vielfalt.figures.disclosure.linked.proof import Suppression
from vielfalt.figures.disclosure.linked.search import Move
from vielfalt.figures.disclosure.linked.solver import Program, solve_partly, solver
from vielfalt.figures.disclosure.linked.suppress import outcome, protect, to_protect
from vielfalt.figures.disclosure.linked.work import Work
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks

_PASSES, _PIECES, _IN_VAIN, _AROUND, _NODES = 24, 300, 60, 150, 50
"""How many other protections lend their moves; how many pieces are tried, in all and without gain before it ends; how
large a piece is; the steps spent on each. More hides less and takes longer; set on the reference table of 3,042.
"""


@dataclass(frozen=True)
class Pool:
    """Moves, the classes each changes, those of them not wanted, and by class wanted the moves that suffice for it."""

    moves: Sequence[Move]
    inside: Sequence[frozenset[int]]
    beside: Sequence[frozenset[int]]
    of: dict[int, list[int]]


def refine(figures: Figures, primary: Marks, found: Suppression, width: int) -> Suppression:
    """A suppression that costs at most as much as ``found`` and protects as well, for tables of some thousand figures.

    As well means: each figure has the room it had, and nobody who is alone in a figure can tell more than before. The
    same input gives the same result.
    """
    unknowns, members, wanted = to_protect(figures, primary)
    draw = np.random.default_rng(0)
    cost = unknowns.cost * (1.0 + 0.001 * np.log1p(unknowns.values))
    work = Work(unknowns, wanted, width)
    for move in _moves(found, unknowns):
        work.add(move)
    state = state_of(work, list(work.moves.values()))
    pool = _pool(work, cost, draw)
    hidden = work.hidden()
    sums, columns = sparse.csr_array(unknowns.sums), sparse.csr_array(unknowns.sums.T)
    in_vain = 0
    for _ in range(_PIECES):
        beside = np.flatnonzero(hidden & ~wanted)
        if not beside.size or in_vain == _IN_VAIN:
            break
        middle = int(draw.choice(beside))
        around = nearby(sums, columns, middle, np.zeros(len(cost), np.bool_), draw.random(len(cost)), _AROUND)
        chosen = _chosen(pool, work, hidden, around[~wanted[around]], cost, state)
        if chosen is not None and cost[chosen].sum() < cost[hidden].sum() and holds(_made(pool, work, chosen), state):
            hidden, in_vain = chosen, 0
        else:
            in_vain += 1
    best = _made(pool, work, hidden)
    forget_needless(best)
    return outcome(figures, primary, best, members)


def _moves(found: Suppression, unknowns: Classes) -> list[Move]:
    """The witnesses as moves: one figure stands for each class."""
    first = np.unique(unknowns.of, return_index=True)[1][-len(unknowns.values) :]
    by_class = sparse.csr_array(found.witnesses[:, first])
    by_class.sort_indices()
    ends = zip(by_class.indptr[:-1].tolist(), by_class.indptr[1:].tolist(), strict=True)
    return [(by_class.indices[start:end].astype(np.int64), by_class.data[start:end]) for start, end in ends]


def _pool(work: Work, cost: Costs, draw: np.random.Generator) -> Pool:
    """The moves of a protection, and those of others made under prices that differ by chance."""
    moves = list(work.moves.values())
    hidden = work.hidden()
    for _ in range(_PASSES):
        rate = draw.uniform(0.5, 1.5, len(cost)) * np.where(hidden, draw.choice([0.2, 0.5, 1.0, 2.0], len(cost)), 1.0)
        other = Work(work.unknowns, work.wanted, work.width)
        protect(other, cost * rate, ATTACKERS)
        moves += other.moves.values()
    moves = list({(move[0].tobytes(), move[1].tobytes()): move for move in moves}.values())
    inside = [frozenset(places.tolist()) for places, _ in moves]
    wanted = frozenset(np.flatnonzero(work.wanted).tolist())
    of: dict[int, list[int]] = {}
    trial = Work(work.unknowns, work.wanted, work.width)
    for number, move in enumerate(moves):
        trial.put(number, move)
        for place in sorted(inside[number] & wanted):
            if max(trial.through[place][number]) >= work.width:
                of.setdefault(place, []).append(number)
    return Pool(moves, inside, [classes - wanted for classes in inside], of)


def _made(pool: Pool, work: Work, hidden: Marks) -> Work:
    """All moves of the pool that change hidden classes only."""
    made = Work(work.unknowns, work.wanted, work.width)
    for number, move in enumerate(pool.moves):
        if hidden[move[0]].all():
            made.put(number, move)
    return made


def _chosen(pool: Pool, work: Work, hidden: Marks, piece: Ints, cost: Costs, state: State) -> Marks | None:
    """What is hidden when the classes of a piece are chosen anew: the cheapest choice found, None for none."""
    open_ = hidden.copy()
    open_[piece] = True
    own = frozenset(piece.tolist())
    possible = [number for number, move in enumerate(pool.moves) if open_[move[0]].all()]
    column = {number: place for place, number in enumerate(n for n in possible if pool.beside[n] & own)}
    number_of = {place: len(column) + at for at, place in enumerate(piece.tolist())}
    rows = [{column[n]: -1, number_of[c]: 1} for n in column for c in sorted(pool.beside[n] & own)]
    least = [0.0] * len(rows)
    allowed = frozenset(possible)
    for place, (_, known) in state.items():
        numbers = [number for number in pool.of.get(place, ()) if number in allowed]
        demands = _demands(pool, work, numbers, column, known | {place})
        rows += [{column[number]: 1 for number in demand} for demand in demands]
        least += [1.0] * len(demands)
    size = len(column) + len(piece)
    if not rows:
        return None
    whole = np.arange(size) >= len(column)
    price = np.concatenate([np.zeros(len(column)), cost[piece]])
    ends = np.full(len(rows), np.inf)
    program = Program(price, _matrix(rows, size), np.array(least), ends, np.zeros(size), np.ones(size))
    found = solve_partly(solver(program, whole), _NODES)
    if found is None:
        return None
    open_[piece] = found[len(column) :] > 0.5
    return open_


def _demands(pool: Pool, work: Work, numbers: list[int], column: dict[int, int], known: set[int]) -> list[list[int]]:
    """Groups of moves of each of which one must be made: any for the room, and one without each single person.

    A group with a move that the piece leaves as it is asks for nothing.
    """
    sure = [pool.inside[number] for number in numbers if number not in column]
    if len(sure) == len(numbers):
        return []
    common = frozenset.intersection(*sure) if sure else frozenset().union(*(pool.inside[n] for n in numbers))
    persons = {other for other in common if work.unknowns.values[other] == 1} - known
    without = [[number for number in numbers if person not in pool.inside[number]] for person in sorted(persons)]
    return [group for group in ([] if sure else numbers, *without) if group]


def _matrix(rows: list[dict[int, int]], size: int) -> sparse.csr_array:
    start = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.array([column for row in rows for column in row])
    return sparse.csr_array(
        (np.array([sign for row in rows for sign in row.values()]), columns, start), (len(rows), size)
    )
