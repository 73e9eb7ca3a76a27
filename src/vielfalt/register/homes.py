"""Which addresses are homes: those the register marks, and shelters that only their residents show."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt import codes
from vielfalt.engines.base import Frame

MARKED, BY_RESIDENTS = 1, 2
LARGE_HOUSE = 24
"""Residents up to which a house full of newcomers may be one or two families and their kin; own choice."""
NEWCOMER_YEARS = 3
"""Years since immigration within which people live in shelters: up to 18 months in the state's reception centre
(AsylG §47) and 24 in the district's shelters (FlüAG Baden-Württemberg §9), less than four years in all."""
SHARE = 2
"""One resident in so many must be a newcomer: own choice. In ordinary houses far fewer are: of the 84 million residents
of Germany 2.6 million came from abroad in the years 2022 to 2024 more than left (Destatis, Wanderungssaldo)."""


def is_marked() -> nw.Expr:
    """Whether the entry of a person says that the address is a home: the mark, or a conditional block (BMG §52)."""
    return ((nw.col("institution") == 1) | (nw.col("information_block") == "conditional")).fill_null(False)


def with_homes(people: Frame, date: int) -> Frame:
    """Adds ``home``: MARKED where somebody of the address is; BY_RESIDENTS at unmarked addresses of more than 24
    residents, at least half of them foreigners who came from abroad in the three years before ``date``; else null.

    Null rules: without a date of arrival from abroad nobody is a newcomer; without an address nobody lives in a home.
    """
    since = date - NEWCOMER_YEARS * 10_000
    newcomer = (nw.col("nationality_1") != codes.GERMANY) & (nw.col("arrival_from_abroad_date") >= since)
    addresses = (
        people.filter(~nw.col("address").is_null())
        .group_by("address")
        .agg(
            is_marked().cast(nw.Int32).max().alias("home"),
            newcomer.fill_null(False).cast(nw.Int32).sum().alias("newcomers"),
            nw.len().alias("residents"),
        )
        .with_columns(
            nw.when(nw.col("home") == 1)
            .then(nw.lit(MARKED))
            .otherwise(
                nw.when(
                    (nw.col("residents") > LARGE_HOUSE) & (nw.col("newcomers") * SHARE >= nw.col("residents"))
                ).then(nw.lit(BY_RESIDENTS))
            )
            .cast(nw.Int32)
            .alias("home")
        )
        .filter(~nw.col("home").is_null())
    )
    return people.join(addresses.select("address", "home"), on="address", how="left")
