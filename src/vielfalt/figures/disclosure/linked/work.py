"""The moves found so far: what they hide, and which room and which safety they give each class."""

from __future__ import annotations

from dataclasses import dataclass, field

from vielfalt.figures.disclosure.linked.figures import Classes
from vielfalt.figures.disclosure.linked.search import Move, reach
from vielfalt.numbers import Marks

LEAST = 1
"""Zeros are shown, so the strongest attacker takes every hidden figure to be at least 1."""


@dataclass(frozen=True)
class Work:
    """``wanted``: the classes to be protected. ``moves`` by number.

    ``through``: by class the numbers of those that change it, with by how much each lets it rise and fall.
    """

    unknowns: Classes
    wanted: Marks
    width: int
    moves: dict[int, Move] = field(default_factory=dict)
    through: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)

    def add(self, move: Move) -> None:
        """Takes a move over."""
        self.put(max(self.moves, default=-1) + 1, move)

    def put(self, number: int, move: Move) -> None:
        """Takes a move over under its number."""
        self.moves[number] = move
        forth, back = reach(move, self.unknowns.values, LEAST, self.width)
        for place, by in zip(move[0].tolist(), move[1].tolist(), strict=True):
            spans = (by * forth, by * back) if by > 0 else (-by * back, -by * forth)
            self.through.setdefault(place, {})[number] = spans

    def drop(self, number: int) -> Move:
        """Forgets a move."""
        move = self.moves.pop(number)
        for place in move[0].tolist():
            del self.through[place][number]
        return move

    def hidden(self) -> Marks:
        """The classes to be hidden: those wanted and those that a move changes."""
        marks = self.wanted.copy()
        for places, _ in self.moves.values():
            marks[places] = True
        return marks

    def room(self, place: int) -> int:
        """How wide the room of a class is: the highest rise and the deepest fall together."""
        spans = self.through.get(place, {}).values()
        return max((up for up, _ in spans), default=0) + max((down for _, down in spans), default=0)

    def knowing(self, place: int) -> set[int]:
        """The classes of one person that every move of a class changes: who is that person could tell the class."""
        numbers = self.through.get(place, {})
        common = set.intersection(*(set(self.moves[number][0].tolist()) for number in numbers)) if numbers else set()
        return {other for other in common if self.unknowns.values[other] == 1 and other != place}
