"""From residents to cells: the border between the big and the small world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa

from vielfalt import codes
from vielfalt.cells import LEAST_DOMINANCE, UNRESOLVED, Cells
from vielfalt.engines.base import Engine, Frame
from vielfalt.geography import Geography
from vielfalt.programme import DIMENSIONS, Table

_OLDEST = 130
UNKNOWN = "unknown"
"""The category of residents whose value is not known."""
FEW_UNKNOWN = 0.01
"""Part of the residents below which those of unknown age, nationality and the like are left out of a table."""
LEFT_OUT = ("age_group", "age_class", "stay_class", "marital_status", "nationality", "nationality_group", "foreigner")
"""Dimensions in which everyone has a value, whether the register knows it or not."""
_FILLED = LEFT_OUT[:4]


def persons(people: Frame, levels: Iterable[str]) -> Frame:
    """The residents as the vault keeps them: the columns of ``schema.PERSONS``, then one per area level."""
    return people.select(
        "record",
        "birth_country",
        nw.col("nationality_1").alias("nationality"),
        *("migration_status", "migration_rule", "reference_country", "immigration_history", "generation"),
        *("household", "household_type", "age", "sex", "marital_status"),
        nw.coalesce(nw.col("religion"), nw.lit("none_or_unknown")).alias("religion_group"),
        "stay_years",
        *levels,
    )


def classified(engine: Engine, people: Frame, geography: Geography) -> Frame:
    """One column per dimension of the programme, besides area, address, record key and household membership.

    A German with further nationalities counts as German, whichever stands first. Null rule: what is not known becomes
    the category "unknown" of its dimension (reference country: "none", "undeterminable" or "unknown"). Sex m and w
    only: residents registered as diverse or without entry are assigned by the parity of their record key, as official
    population statistics assign them by chance (Destatis, quality report on the population projection), because cells
    of one or two persons could never be published.
    """
    status = nw.col("migration_status")
    unmarked = nw.when(status == "none").then(nw.lit("none"))
    chance = nw.when(nw.col("key") % 2 == 0).then(nw.lit("m")).otherwise(nw.lit("w"))
    frame = people.select(
        "key",
        "household_first",
        nw.coalesce(nw.col(geography.finest.id), nw.lit(UNRESOLVED)).alias("area"),
        nw.coalesce(nw.col("address"), nw.lit(0) - nw.col("record")).alias("address"),
        nw.when(nw.col("german"))
        .then(nw.lit(codes.GERMANY))
        .otherwise(nw.coalesce(nw.col("nationality_1"), nw.lit(UNKNOWN)))
        .alias("nationality"),
        unmarked.otherwise(
            nw.when(status == "undeterminable")
            .then(nw.lit("undeterminable"))
            .otherwise(nw.coalesce(nw.col("reference_country"), nw.lit(UNKNOWN)))
        ).alias("reference_country"),
        *("migration_status", "migration_rule", "immigration_history", "household_type", "age", "stay_years"),
        nw.when(nw.col("sex").is_in(["m", "w"])).then(nw.col("sex")).otherwise(chance).alias("sex"),
        nw.coalesce(nw.col("marital_status"), nw.lit("NB")).alias("marital"),
        nw.coalesce(nw.col("religion"), nw.lit("none_or_unknown")).alias("religion_group"),
    )
    for column, table in _class_tables().items():
        frame = frame.join(engine.load(table, f"classes_{column}"), on=column, how="left")
    known = frame.drop("age", "stay_years", "marital").with_columns(
        *(nw.coalesce(nw.col(name), nw.lit(UNKNOWN)).alias(name) for name in _FILLED)
    )
    areas = [UNRESOLVED, *(area.key for area in geography.finest.areas)]
    return engine.checkpoint(
        known.with_columns(_listed("area", areas), *(_listed(name, _keys(name)) for name in DIMENSIONS)), "classified"
    )


def _listed(column: str, values: list[str]) -> nw.Expr:
    """The column as places in a list of values: groups of them form twice as fast as groups of texts."""
    return nw.col(column).cast(nw.Enum(values))


def _keys(dimension: str) -> list[str]:
    return list(dict.fromkeys([*(row.key for row in codes.categories(dimension)), UNKNOWN]))


def tabulate(engine: Engine, people: Frame, tables: Iterable[Table]) -> dict[str, Cells]:
    """The cells of each table at the finest area level, from ``classified`` residents."""
    heads = people.filter(nw.col("household_first"))
    largest = _largest_addresses(engine, people)
    return {
        table.id: Cells(table, _cells(engine, heads if table.unit == "households" else people, table, largest))
        for table in tables
    }


def _cells(engine: Engine, people: Frame, table: Table, largest: pl.DataFrame) -> pl.DataFrame:
    keys = ["area", *table.dimensions]
    counted = people.group_by(*keys).agg(nw.len().alias("n"), nw.col("key").sum().alias("key_sum"))
    cells = _without_few_unknown(_collected(engine, counted, keys), table)
    return (
        cells.join(_tops(engine, people, keys, cells.join(largest, on="area")), on=keys, how="left")
        .select(*keys, "n", "key_sum", pl.col("top").fill_null(0))
        .sort(keys)
    )


def _without_few_unknown(cells: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The cells without the category "unknown" of a dimension where it holds next to nobody.

    A handful of people of unknown age would be suppressed everywhere, and others with them; the findings count them.
    """
    for dimension in table.dimensions:
        unknown, everyone = int(cells.filter(pl.col(dimension) == UNKNOWN)["n"].sum()), int(cells["n"].sum())
        if dimension in LEFT_OUT and unknown < FEW_UNKNOWN * everyone:
            cells = cells.filter(pl.col(dimension) != UNKNOWN)
    return cells


def _largest_addresses(engine: Engine, people: Frame) -> pl.DataFrame:
    """Per area, how many live at its largest address."""
    addresses = people.group_by("area", "address").agg(nw.len().alias("n"))
    return _collected(engine, addresses.group_by("area").agg(nw.col("n").max().alias("largest")), ["area"])


def _tops(engine: Engine, people: Frame, keys: list[str], cells: pl.DataFrame) -> pl.DataFrame:
    """Per cell, how many live at the one address that holds most of them; only cells that an address could dominate."""
    small = cells.filter(pl.col("n") * LEAST_DOMINANCE <= pl.col("largest")).select(keys)
    listed = people.collect_schema()
    cells_here = engine.load(small.to_arrow(), "small_cells").with_columns(
        nw.col(key).cast(listed[key]) for key in keys
    )
    concerned = people.join(cells_here, on=keys, how="semi")
    by_address = concerned.group_by(*keys, "address").agg(nw.len().alias("top"))
    return _collected(engine, by_address.group_by(*keys).agg(nw.col("top").max()), keys)


def _collected(engine: Engine, frame: Frame, keys: list[str]) -> pl.DataFrame:
    """The frame in memory: keys as text, measures as 64-bit integers."""
    table = pl.DataFrame(pl.from_arrow(engine.collect(frame)))
    return table.with_columns(*(pl.col(name).cast(pl.Utf8 if name in keys else pl.Int64) for name in table.columns))


def _class_tables() -> dict[str, pa.Table]:
    """What each fine value means in the coarser dimensions, as tables to join on the fine column."""
    ages = [(age, *_classes("age_group", age)) for age in range(_OLDEST + 1)]
    stays = [(years, _classes("stay_class", years)[0]) for years in range(_OLDEST + 1)]
    return {
        "nationality": _table(
            "nationality", ("nationality_group", "foreigner"), _chain("nationality", "nationality_group")
        ),
        "reference_country": _table(
            "reference_country",
            ("reference_group",),
            {row.key: (row.parent,) for row in codes.categories("reference_country")},
        ),
        "migration_status": _table(
            "migration_status", ("mh_group", "mh_register"), _chain("migration_status", "mh_group")
        ),
        "marital": _table(
            "marital", ("marital_status",), {key: (group,) for key, group in codes.marital_groups().items()}
        ),
        "age": pa.table(dict(zip(("age", "age_group", "age_class"), map(list, zip(*ages, strict=True)), strict=True))),
        "stay_years": pa.table(
            dict(zip(("stay_years", "stay_class"), map(list, zip(*stays, strict=True)), strict=True))
        ),
    }


def _chain(fine: str, middle: str) -> dict[str, tuple[str, str]]:
    return {row.key: (row.parent, codes.category(middle, row.parent).parent) for row in codes.categories(fine)}


def _table(key: str, columns: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> pa.Table:
    values = zip(*rows.values(), strict=True)
    return pa.table({key: list(rows), **dict(zip(columns, map(list, values), strict=True))})


def _classes(dimension: str, years: int) -> tuple[str, str]:
    """The class of a number of completed years by its key ("3-5", "80+", "0"), and the class it lies in."""
    for row in codes.categories(dimension):
        low, _, high = row.key.rstrip("+").partition("-")
        if low.isdigit() and int(low) <= years <= (
            int(high) if high else _OLDEST if row.key.endswith("+") else int(low)
        ):
            return row.key, row.parent
    raise KeyError(f"{dimension} has no class for {years}")
