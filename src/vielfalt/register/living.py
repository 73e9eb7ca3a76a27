"""Where people live whose address is in no street directory: with the spouse, parent or child they point at."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt.engines.base import Engine, Frame
from vielfalt.register.homes import is_marked
from vielfalt.register.population import ROLES


def at_home(engine: Engine, people: Frame, unlisted: pl.DataFrame) -> Frame:
    """The residents with the address they are taken to live at, and ``moved``: whether it is not the one registered.

    ``unlisted``: the addresses (column ``address``) that are not in the street directory. Who is registered at one of
    them lives with those they point at, or who point at them, where these are registered at one address of the
    directory. Null rule: people without any address, and people in marked homes, stay where they are.
    """
    if unlisted.is_empty():
        return people.with_columns(nw.lit(False).alias("moved"))
    elsewhere = engine.load(unlisted.select("address").to_arrow(), "unlisted")
    lost = people.filter(~is_marked()).join(elsewhere, on="address", how="semi").select("record", *ROLES.values())
    listed = people.filter(~nw.col("address").is_null()).join(elsewhere, on="address", how="anti")
    pointed = (lost.select("record", nw.col(role).alias("other")) for role in ROLES.values())
    pointing = (
        people.select(nw.col(role).alias("record"), nw.col("record").alias("other"))
        .filter(~nw.col("record").is_null())
        .join(lost.select("record"), on="record", how="semi")
        for role in ROLES.values()
    )
    theirs = listed.select(nw.col("record").alias("other"), nw.col("address").alias("home"))
    found = (
        nw.concat([*pointed, *pointing])
        .join(theirs, on="other", how="inner")
        .group_by("record")
        .agg(nw.col("home").min().alias("home"), nw.col("home").max().alias("last"))
        .filter(nw.col("home") == nw.col("last"))
        .select("record", "home")
    )
    return (
        people.join(found, on="record", how="left")
        .with_columns(
            (~nw.col("home").is_null()).alias("moved"),
            nw.coalesce(nw.col("home"), nw.col("address")).alias("address"),
        )
        .drop("home")
    )
