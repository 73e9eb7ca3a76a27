"""Where residents live for the households, and which addresses are homes, in polars."""

from __future__ import annotations

import polars as pl

from vielfalt.codes import GERMANY

LINKS = ["spouse", "guardian_1", "guardian_2"]


def living(people: pl.DataFrame, addresses: pl.DataFrame, date: int) -> pl.DataFrame:
    """The residents with the address they are taken to live at; adds ``moved``, ``institution``.

    ``addresses``: whether the street directory has them ``listed``. Who is at another one lives with those linked to
    them, if these are at one listed address. People without any live alone, at a negative number.
    """
    marked = (pl.col("institution") == "yes").fill_null(False) | (
        pl.col("information_block") == "conditional"
    ).fill_null(False)
    known = people.join(addresses.select("address", "listed"), on="address", how="left").with_columns(marked=marked)
    lost = known.filter(~pl.col("listed") & ~pl.col("marked")).select("person")
    there = known.filter("listed").select(other="person", home="address")
    links = pl.concat([people.select("person", other=link) for link in LINKS]).drop_nulls()
    links = pl.concat([links, links.select(person="other", other="person")])
    homes = (
        links.join(lost, on="person", how="semi")
        .join(there, on="other")
        .group_by("person")
        .agg(home=pl.col("home").min(), last=pl.col("home").max())
        .filter(pl.col("home") == pl.col("last"))
    )
    own = -1 - pl.col("person").cast(pl.Int64)
    at_home = (
        known.join(homes.drop("last"), on="person", how="left")
        .with_columns(moved=pl.col("home").is_not_null(), address=pl.coalesce("home", "address", own))
        .sort("person")
    )
    foreign = (pl.col("nationality_1") != GERMANY) & (pl.col("arrival_from_abroad_date") >= date - 3 * 10_000)
    newcomers = foreign.fill_null(False).sum()
    full = (pl.len() > 24) & (newcomers * 2 >= pl.len())
    in_home = (pl.col("marked").any() | full).over("address") & (pl.col("address") >= 0)
    return at_home.with_columns(institution=in_home)
