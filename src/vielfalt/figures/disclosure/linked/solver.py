"""The one door to HiGHS: the cheapest change of some unknowns under equations, and the extremes of an unknown.

One thread everywhere: two instances with different numbers of threads in one process disturb each other, and the
second keeps old values. Every status is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from highspy import _core
from scipy import sparse

from vielfalt.errors import EngineError
from vielfalt.figures.disclosure.rectangles import Costs
from vielfalt.numbers import Ints, Marks
from vielfalt.words import N_

WHOLE = 1e-6
"""How far a number may be from a whole one to count as such: the tolerance of the solver."""


@dataclass(frozen=True)
class Program:
    """Unknowns between ``low`` and ``high`` with ``row_low <= rows @ x <= row_high``, at least ``cost @ x``."""

    cost: Costs
    rows: sparse.csr_array | sparse.csc_array
    row_low: Costs
    row_high: Costs
    low: Costs
    high: Costs


_WHOLE, _ANY = int(highspy.HighsVarType.kInteger), int(highspy.HighsVarType.kContinuous)

Solver = Any
"""A HiGHS instance; the library has no types for it."""


def solver(program: Program, whole: bool | Marks = False) -> Solver:
    """A solver that holds the program; ``whole`` asks for whole numbers, of all unknowns or of those marked."""
    # The class meant for users prints a banner to standard output, where `--json` wants JSON alone.
    highs = _core._Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        _sound(highs.setOptionValue(option, value))
    if not np.any(whole):
        _sound(highs.setOptionValue("presolve", "off"))
    matrix = program.rows.tocsc()
    # Arrays handed over at once: filling a model field by field takes longer than solving it.
    _sound(
        highs.passModel(
            matrix.shape[1],
            matrix.shape[0],
            matrix.nnz,
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            *(program.cost, program.low, program.high, program.row_low, program.row_high),
            *(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(np.float64)),
            np.where(np.broadcast_to(whole, matrix.shape[1]), _WHOLE, _ANY).astype(np.int32),
        )
    )
    return highs


def solve(highs: Solver) -> Costs | None:
    """The best values of the unknowns; None when nothing fulfils the equations.

    Where the solver loses its way after its last solution it starts from nothing once; then it raises EngineError.
    """
    _sound(highs.run())
    if highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:
        _sound(highs.clearSolver())
        _sound(highs.run())
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise EngineError(
            N_("The solver of linear programs gave up ({status})."),
            status=highs.modelStatusToString(status),
            todo=N_("Please report this; nothing was released."),
        )
    return np.array(highs.getSolution().col_value)


def solve_partly(highs: Solver, nodes: int) -> Costs | None:
    """The best values found in whole numbers after so many steps of the search; None when none are."""
    _sound(highs.setOptionValue("mip_max_nodes", nodes))
    _sound(highs.run())
    found = highs.getInfo().primal_solution_status == int(highspy.kSolutionStatusFeasible)
    return np.array(highs.getSolution().col_value) if found else None


def whole_numbers(found: Costs) -> Ints | None:
    """The values as whole numbers; None when one of them is not."""
    near = np.rint(found)
    return near.astype(np.int64) if np.abs(found - near).max(initial=0.0) <= WHOLE else None


def _sound(status: highspy.HighsStatus) -> None:
    if status == highspy.HighsStatus.kError:
        raise EngineError(N_("The solver of linear programs refused its task."), todo=N_("Please report this."))
