"""How much any protection hides at least."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vielfalt.figures.disclosure.linked.solver import Program, solve, solver
from vielfalt.figures.disclosure.linked.work import Work


def fewest(work: Work) -> float:
    """A cost that no protection goes below: in every sum a class wanted needs at least one more that can change."""
    sums, wanted = work.unknowns.sums, work.wanted
    inside = sparse.csr_array((np.ones(sums.nnz), sums.indices, sums.indptr), shape=sums.shape)
    alone = np.flatnonzero(inside @ wanted.astype(np.float64) == 1)
    own = float(work.unknowns.cost[wanted].sum())
    if not alone.size:
        return own
    rows = sparse.csr_array(inside[alone] @ sparse.diags_array((~wanted).astype(np.float64)))
    size, ends = rows.shape[1], np.full(len(alone), np.inf)
    # A sum that nothing else can enter is one where protection is not possible; it asks for nothing.
    least = np.minimum(np.asarray(rows.sum(axis=1)), 1.0)
    program = Program(work.unknowns.cost, rows, least, ends, np.zeros(size), np.ones(size))
    found = solve(solver(program))
    return own + (float(work.unknowns.cost @ found) if found is not None else 0.0)
