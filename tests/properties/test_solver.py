"""The door to the solver of linear programs: what happens when it loses its way."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy import sparse

from vielfalt.errors import EngineError
from vielfalt.figures.disclosure.linked.solver import Program, Solver, solve, solver

LOST = highspy.HighsModelStatus.kUnknown


def two_that_make_seven() -> Program:
    """The first of two numbers is to be least, both from 0 to 5."""
    seven, none, five = np.array([7.0]), np.zeros(2), np.full(2, 5.0)
    return Program(np.array([1.0, 0.0]), sparse.csr_array([[1.0, 1.0]]), seven, seven, none, five)


class Losing:
    """A solver that loses its way until it has started anew so often."""

    def __init__(self, highs: Solver, often: int) -> None:
        self._highs, self._often = highs, often

    def __getattr__(self, name: str) -> object:
        return getattr(self._highs, name)

    def getModelStatus(self) -> object:
        return LOST if self._often else self._highs.getModelStatus()

    def clearSolver(self) -> object:
        self._often -= 1
        return self._highs.clearSolver()


def test_a_solver_that_loses_its_way_starts_from_nothing() -> None:
    found = solve(Losing(solver(two_that_make_seven()), often=1))
    assert found is not None and found.tolist() == [2.0, 5.0]


def test_a_solver_that_is_still_lost_then_gives_up() -> None:
    with pytest.raises(EngineError, match="gave up"):
        solve(Losing(solver(two_that_make_seven()), often=2))
