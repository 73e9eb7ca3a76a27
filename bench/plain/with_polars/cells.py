"""From derived residents to the cells of all tables, in polars."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from bench.plain.shared import Given, parents, year_classes
from vielfalt import codes
from vielfalt.register.tabulate import FEW_UNKNOWN, LEFT_OUT
from vielfalt.table import Table

_LAST = 200


def counted(people: pl.DataFrame, addresses: pl.DataFrame, given: Given) -> dict[str, pl.DataFrame]:
    """The cells of each table: the area, the dimensions, ``n``, ``key_sum``, ``top`` and ``second`` (not counted)."""
    classes = _classes(people, addresses)
    largest = classes.group_by("area", "address").len().group_by("area").agg(largest=pl.col("len").max())
    heads = classes.filter("household_first")
    counts = [
        _cells((heads if table.unit == "households" else classes).lazy(), table, largest.lazy())
        for table in given.tables
    ]
    return {
        table.id: _without_few_unknown(cells, table)
        for table, cells in zip(given.tables, pl.collect_all(counts), strict=True)
    }


def _classes(people: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """The residents by the categories of every dimension."""
    own = -1 - pl.col("person").cast(pl.Int64)
    by_chance = pl.when(pl.col("key") % 2 == 0).then(pl.lit("m")).otherwise(pl.lit("w"))
    text = pl.String
    nationality = pl.when("german").then(pl.lit(codes.GERMANY)).otherwise(pl.col("nationality_1").cast(text))
    status, country = pl.col("migration_status").cast(text), pl.col("reference_country").cast(text)
    outside = pl.when(status.is_in(["none", "undeterminable"])).then(status)
    found = (
        people.join(addresses.select("address", "area"), on="address", how="left", maintain_order="left")
        .join(_of_households(people), on="household", how="left", maintain_order="left")
        .select(
            *("key", "household_first", "migration_rule", "migration_status", "immigration_history"),
            *("household_type", "mh_household", "couple_nationality"),
            area=pl.col("area").fill_null("").cast(pl.Categorical),
            address=pl.coalesce("address", own),
            nationality=nationality.fill_null("unknown"),
            reference_country=pl.coalesce(outside, country, pl.lit("unknown")),
            sex=pl.coalesce(pl.when(pl.col("sex").is_in(["m", "w"])).then(pl.col("sex").cast(text)), by_chance),
            marital_status=_grouped(pl.col("marital_status").cast(text).fill_null("NB"), codes.marital_groups()),
            age_group=_year_class("age", "age_group"),
            stay_class=_year_class("stay_years", "stay_class"),
        )
    )
    for coarse, fine in (
        *(("nationality_group", "nationality"), ("foreigner", "nationality_group"), ("mh_group", "migration_status")),
        *(("mh_register", "mh_group"), ("reference_group", "reference_country"), ("age_class", "age_group")),
    ):
        found = found.with_columns(_grouped(pl.col(fine).cast(text), parents(fine)).alias(coarse))
    return found.with_columns(pl.col(pl.String).cast(pl.Categorical))


def _grouped(values: pl.Expr, groups: Mapping[str, str]) -> pl.Expr:
    return values.replace_strict(dict(groups), return_dtype=pl.String)


def _year_class(years: str, dimension: str) -> pl.Expr:
    classes = dict(enumerate(year_classes(dimension, _LAST)))
    return pl.col(years).replace_strict(classes, default="unknown", return_dtype=pl.String)


def _of_households(people: pl.DataFrame) -> pl.DataFrame:
    """Per household whether its members have a migration background, and the nationalities of its couple."""
    status, partner, german = pl.col("migration_status"), pl.col("household_partner"), pl.col("german")
    marked = ~status.is_in(["none", "undeterminable"])
    partners, germans = partner.sum(), (partner & german).sum()
    foreigners = (partner & pl.col("foreign")).sum()
    return people.group_by("household").agg(
        mh_household=pl.when(marked.all())
        .then(pl.lit("all"))
        .when(marked.any())
        .then(pl.lit("some"))
        .when((status == "undeterminable").any())
        .then(pl.lit("undeterminable"))
        .otherwise(pl.lit("none")),
        couple_nationality=pl.when(partners != 2)
        .then(pl.lit("no_couple"))
        .when(germans == 2)
        .then(pl.lit("german"))
        .when((germans == 1) & (foreigners == 1))
        .then(pl.lit("binational"))
        .when(foreigners == 2)
        .then(pl.lit("foreign"))
        .otherwise(pl.lit("unknown")),
    )


def _cells(people: pl.LazyFrame, table: Table, largest: pl.LazyFrame) -> pl.LazyFrame:
    keys = ["area", *table.dimensions]
    top = pl.when(pl.col("n") * 0.5 <= pl.col("largest")).then("top").otherwise(0)
    return (
        people.group_by(*keys, "address")
        .agg(top=pl.len(), key_sum=pl.col("key").sum())
        .group_by(keys)
        .agg(n=pl.col("top").sum(), key_sum=pl.col("key_sum").sum(), top=pl.col("top").max())
        .join(largest, on="area")
        .select(pl.col(keys).cast(pl.String), "n", "key_sum", top, second=0)
    )


def _without_few_unknown(cells: pl.DataFrame, table: Table) -> pl.DataFrame:
    for dimension in (name for name in table.dimensions if name in LEFT_OUT):
        unknown = pl.col(dimension) == "unknown"
        if int(cells.filter(unknown)["n"].sum()) < FEW_UNKNOWN * int(cells["n"].sum()):
            cells = cells.filter(~unknown)
    return cells
