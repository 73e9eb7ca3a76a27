"""How a town protects its figures: one method per release, with its settings.

Defaults and sources in ``parameters/methods.toml``. Which method suits which town: docs/how-to/choose-a-method.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vielfalt.words import N_


@dataclass(frozen=True)
class Suppression:
    """Cell suppression (Zellsperrung): true counts, some of them hidden. Its settings are those of ``Protection``."""


@dataclass(frozen=True)
class CellKey:
    """The cell key method (Cell-Key-Methode): every count changed a little, by a table of chances and its key sum.

    ``largest_shift``: no count changes by more; ``variance``: of the shift, in every row; ``smallest``: the smallest
    number that is shown (but zero); ``stay``: least chance of no change, 0 to below 1; ``monotone``: larger shifts are
    never likelier than smaller ones; ``additive``: areas add up to the coarser areas and the town.
    """

    largest_shift: int
    variance: float
    smallest: int
    stay: float = 0.0
    monotone: bool = True
    additive: bool = False


@dataclass(frozen=True)
class Rounding:
    """Rounding (Rundung) to multiples of ``base``: to the nearest, or up or down ``by_chance`` without bias."""

    base: int
    by_chance: bool


Method = Suppression | CellKey | Rounding


def by_keys(method: Method) -> bool:
    """Whether the record keys of those counted decide by how much a number is changed."""
    return isinstance(method, CellKey) or (isinstance(method, Rounding) and method.by_chance)


BASES = (3, 5, 10)
"""The bases that offices round to."""
CELL_KEY = N_("Cell key method: every number is changed a little")
CELL_KEY_ADDITIVE = N_("Cell key method: every number is changed a little; areas add up")
NEAREST: Mapping[int, str] = {
    3: N_("Rounding to the nearest multiple of 3"),
    5: N_("Rounding to the nearest multiple of 5"),
    10: N_("Rounding to the nearest multiple of 10"),
}
UP_OR_DOWN: Mapping[int, str] = {
    3: N_("Rounding up or down by chance to a multiple of 3"),
    5: N_("Rounding up or down by chance to a multiple of 5"),
    10: N_("Rounding up or down by chance to a multiple of 10"),
}
CHANGED = frozenset({CELL_KEY, CELL_KEY_ADDITIVE})
"""What tables under the cell key method are marked with."""
ROUNDED = frozenset({*NEAREST.values(), *UP_OR_DOWN.values()})
"""What rounded tables are marked with."""
