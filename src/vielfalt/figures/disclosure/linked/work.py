"""The moves found so far: what they hide, and which room and which safety they give each class."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vielfalt.figures.disclosure.division import Marks
from vielfalt.figures.disclosure.linked.figures import Classes
from vielfalt.figures.disclosure.linked.search import Move, reach

LEAST = 1
"""Zeros are shown, so the strongest attacker takes every hidden figure to be at least 1."""


@dataclass(frozen=True)
class Work:
    """``wanted``: the classes to be protected. ``moves`` by number; ``through``: by class those that change it."""

    unknowns: Classes
    wanted: Marks
    width: int
    moves: dict[int, Move] = field(default_factory=dict)
    through: dict[int, set[int]] = field(default_factory=dict)

    def add(self, move: Move) -> None:
        """Takes a move over."""
        self.put(max(self.moves, default=-1) + 1, move)

    def put(self, number: int, move: Move) -> None:
        """Takes a move over under its number."""
        self.moves[number] = move
        for place in move[0].tolist():
            self.through.setdefault(place, set()).add(number)

    def drop(self, number: int) -> Move:
        """Forgets a move."""
        move = self.moves.pop(number)
        for place in move[0].tolist():
            self.through[place].discard(number)
        return move

    def hidden(self) -> Marks:
        """The classes to be hidden: those wanted and those that a move changes."""
        marks = self.wanted.copy()
        for places, _ in self.moves.values():
            marks[places] = True
        return marks

    def spans(self, number: int, place: int) -> tuple[int, int]:
        """By how much one move lets a class rise and fall."""
        places, change = move = self.moves[number]
        by = int(change[np.searchsorted(places, place)])
        forth, back = (abs(by) * often for often in reach(move, self.unknowns.values, LEAST, self.width))
        return (forth, back) if by > 0 else (back, forth)

    def room(self, place: int) -> int:
        """How wide the room of a class is: the highest rise and the deepest fall together."""
        spans = [self.spans(number, place) for number in self.through.get(place, ())]
        return max((up for up, _ in spans), default=0) + max((down for _, down in spans), default=0)

    def knowing(self, place: int) -> set[int]:
        """The classes of one person that every move of a class changes: who is that person could tell the class."""
        numbers = self.through.get(place, set())
        common = set.intersection(*(set(self.moves[number][0].tolist()) for number in numbers)) if numbers else set()
        return {other for other in common if self.unknowns.values[other] == 1 and other != place}
