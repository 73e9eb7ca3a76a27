"""How fast numbers are changed: 1,000,000 cells, beside one sum over them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from vielfalt.figures.disclosure.cellkey import changed
from vielfalt.figures.disclosure.perturbation import perturbation
from vielfalt.figures.disclosure.rounding import by_chance
from vielfalt.methods import CellKey

CELLS = 1_000_000
REPEATS = 5


def measured() -> dict[str, float]:
    """Seconds of processor time: the table of the default settings, and each method on a million cells."""
    rng = np.random.default_rng(7)
    counts, keys = rng.integers(0, 60, CELLS), rng.integers(0, 1 << 50, CELLS)
    method = CellKey(largest_shift=5, variance=3, smallest=3)
    started = time.process_time()
    table = perturbation(method)
    made = time.process_time() - started
    return {
        "perturbation table, default settings": made,
        "1,000,000 cells, cell key method": _best(lambda: changed(counts, keys, table)),
        "1,000,000 cells, rounding by chance": _best(lambda: by_chance(counts, keys, 5)),
    }


def _best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)
