"""The waist: integer cells, and the only form in which they may be published.

``Cells`` are what the big world hands over: one row per non-empty combination, all measures integers.
``ProtectedCells`` are what disclosure control makes of them; everything in ``publish`` takes nothing else. Only
``vielfalt.figures.disclosure`` constructs them (an architecture test sees to it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from vielfalt.table import Table

UNRESOLVED = ""
"""The area key of residents whose address lies in no area."""

LEAST_CELL = 3
"""The lowest minimum cell found in practice (Braunschweig 17-05226-01)."""
LEAST_DOMINANCE = 0.5
"""The smallest part of a cell at one address that can count as dominance."""
LARGEST_P_PERCENT = 100
"""The largest p of the p% rule: the second address must miss the largest by as many as live there."""


@dataclass(frozen=True)
class Cells:
    """The counts of one table at the finest area level.

    ``frame`` columns: ``area`` (key of the finest level, empty when unresolved), one Utf8 column per dimension of
    the table, ``n`` (persons or households), ``key_sum`` (sum of the record keys, for the cell key method),
    ``top`` (how many of ``n`` live at the one address that holds most of them; 0 where no address can hold half of
    them, or nobody knows addresses) and ``second`` (the same of the address that holds most but for that one; 0, and
    too low in sums over areas, where nobody counted it). Where ``second`` is counted, both are exact in every cell.
    ``n`` and ``key_sum`` add up over every dimension; the addresses do not: over areas the two largest of all count
    (an address lies in one area), over categories they must be counted anew, so each table brings its own.
    """

    table: Table
    frame: pl.DataFrame

    def __post_init__(self) -> None:
        wanted = ["area", *self.table.dimensions, "n", "key_sum", "top", "second"]
        if self.frame.columns != wanted:
            raise ValueError(f"cells of {self.table.id}: columns {self.frame.columns}, not {wanted}")


@dataclass(frozen=True)
class Protection:
    """Settings of disclosure control: defaults and sources in ``parameters/protection.toml``."""

    min_cell: int
    min_cell_fine: int
    min_area: int
    min_area_index: int
    min_group_index: int
    min_base_share: int
    min_base_decimal: int
    dominance: float
    p_percent: int = 0

    @classmethod
    def of(cls, values: Mapping[str, int | float]) -> Protection:
        """The settings from their values by name. Raises KeyError when one is missing.

        Releases older than the p% rule do not name ``p_percent``: it was 0.
        """
        named = {"p_percent": 0, **values}
        whole = {name: int(named[name]) for name in cls.__dataclass_fields__ if name != "dominance"}
        return cls(**whole, dominance=float(named["dominance"]))

    def as_dict(self) -> Mapping[str, int | float]:
        """The settings by name, for the release package and the report."""
        return dict(vars(self))


@dataclass(frozen=True)
class ProtectedCells:
    """One table for all area levels as it may be published.

    ``frame`` columns: ``level`` ("town" or an area level), ``area`` (key; the town's AGS for the town), one column
    per dimension, ``value`` (Int64, null exactly where suppressed), ``status`` (ok: as counted; suppressed; estimated:
    changed or rounded). It is complete: each area x category of the table has a row, zeros included.
    """

    table: Table
    frame: pl.DataFrame
    method: str
    protection: Protection

    def __post_init__(self) -> None:
        wanted = ["level", "area", *self.table.dimensions, "value", "status"]
        if self.frame.columns != wanted:
            raise ValueError(f"protected cells of {self.table.id}: columns {self.frame.columns}, not {wanted}")
        hidden = self.frame["status"] == "suppressed"
        if not (hidden == self.frame["value"].is_null()).all():
            raise ValueError(f"protected cells of {self.table.id}: a value is null exactly where it is suppressed")
