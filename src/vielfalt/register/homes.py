"""Which addresses are homes: those the register marks, and shelters that only their residents show."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np

from vielfalt import codes
from vielfalt.numbers import Ints

NONE, MARKED, BY_RESIDENTS = 0, 1, 2
LARGE_HOUSE = 24
"""Residents up to which a house full of newcomers may be one or two families and their kin; own choice."""
NEWCOMER_YEARS = 3
"""Years since immigration within which people live in shelters: up to 18 months in the state's reception centre
(AsylG §47) and 24 in the district's shelters (FlüAG Baden-Württemberg §9), less than four years in all."""
SHARE = 2
"""One resident in so many must be a newcomer: own choice. In ordinary houses far fewer are: of the 84 million residents
of Germany 2.6 million came from abroad in the years 2022 to 2024 more than left (Destatis, Wanderungssaldo)."""


def is_marked() -> nw.Expr:
    """Whether the entry of a person says that the address is a home: the mark, or a conditional block (BMG §52).

    Null rule: no without an address.
    """
    entry = (nw.col("institution") == 1) | (nw.col("information_block") == "conditional")
    return (entry & ~nw.col("address").is_null()).fill_null(False)


def is_newcomer(date: int) -> nw.Expr:
    """Whether a foreigner came from abroad in the three years before ``date``. Null rule: no without a date."""
    came = nw.col("arrival_from_abroad_date") >= date - NEWCOMER_YEARS * 10_000
    return ((nw.col("nationality_1") != codes.GERMANY) & came).fill_null(False)


def homes(marked: Ints, newcomers: Ints, group: Ints) -> Ints:
    """What home each resident of whole addresses lives in, by the marks (1 or 0) of the residents and their address.

    MARKED where somebody of the address is marked; BY_RESIDENTS at unmarked addresses of more than 24 residents, at
    least half of them newcomers; else NONE. ``group``: the number of each resident's address, from 0.
    """
    residents = np.bincount(group)
    full = (residents > LARGE_HOUSE) & (np.bincount(group, newcomers) * SHARE >= residents)
    found: Ints = np.where(np.bincount(group, marked) > 0, MARKED, np.where(full, BY_RESIDENTS, NONE))[group]
    return found
