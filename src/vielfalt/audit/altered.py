"""A changed or rounded number says between which bounds the true one lies."""

from __future__ import annotations

from vielfalt import parameters
from vielfalt.audit.releases import Release
from vielfalt.cells import ProtectedCells
from vielfalt.methods import CELL_KEY, CELL_KEY_ADDITIVE, NEAREST, UP_OR_DOWN


def reach(release: Release, cells: ProtectedCells, level: str) -> tuple[int, int] | None:
    """By how much the true number of a level may be below and above the published one; None where that says nothing.

    By how much the cell key method changes at most is not published; the intruder takes the default of the program.
    Where areas are made to add up, the changes of the finest areas are in all others, so only the finest say something.
    """
    near = {method: (base // 2, (base - 1) // 2) for base, method in NEAREST.items()}
    near |= {method: (base - 1, base - 1) for base, method in UP_OR_DOWN.items()}
    levels = release.results.geography.levels
    if cells.method == CELL_KEY or (cells.method == CELL_KEY_ADDITIVE and levels and level == levels[-1].id):
        shift = int(parameters.on("methods", release.results.source.date)["cell_key_largest_shift"])
        return shift, shift
    return near.get(cells.method)
