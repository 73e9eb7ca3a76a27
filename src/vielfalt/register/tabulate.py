"""From residents to cells: the border between the big and the small world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import codes
from vielfalt.cells import LEAST_DOMINANCE, UNRESOLVED, Cells
from vielfalt.engines.base import Engine, Frame
from vielfalt.geography import Geography
from vielfalt.programme import DIMENSIONS
from vielfalt.register.household_origin import household_origin
from vielfalt.table import Table

_OLDEST = 130
UNKNOWN = "unknown"
"""The category of residents whose value is not known."""
OPEN = "open"
"""The category of those who are new in the register and of whom nothing says where from."""
FEW_UNKNOWN = 0.01
"""Part of the residents below which those of unknown age, nationality and the like are left out of a table."""
LEFT_OUT = (
    *("age_group", "age_class", "stay_class", "marital_status", "nationality", "nationality_group", "foreigner"),
    *("came", "came_from", "went", "citizenship_change"),
)
"""Dimensions in which everyone has a value, whether the register knows it or not."""
_NOT_KNOWN = -1
"""Years that are not known, while residents are classified."""
_FINE = "fine"
_BY_MEMBERS = ("mh_household", "couple_nationality")
"""What a household is by the origin of its members: looked up once per household, not per resident."""


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

    Areas and categories stand as their places in ``values_of`` (small integers: databases group them faster than
    texts). A German with further nationalities counts as German, whichever stands first. Null rule: what is not known
    becomes the category "unknown" of its dimension (reference country: "none", "undeterminable" or "unknown"). Sex m
    and w only: residents registered as diverse or without entry are assigned by the parity of their record key, as
    official population statistics assign them by chance (Destatis, quality report on the population projection),
    because cells of one or two persons could never be published.
    """
    # Loaded before the first step: a new table makes DuckDB bind every step of the frame once more.
    classes = {column: _loaded(engine, column, table) for column, table in _class_tables(geography).items()}
    status = nw.col("migration_status")
    unmarked = nw.when(status == "none").then(nw.lit("none"))
    households = _with_places(household_origin(people), {name: classes.pop(name) for name in _BY_MEMBERS})
    frame = people.join(households, on="household", how="left").select(
        "record",
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
        *("migration_status", "migration_rule", "immigration_history", "household_type"),
        *(f"{name}_place" for name in _BY_MEMBERS),
        _sex(geography).alias("sex_place"),
        nw.coalesce(nw.col("marital_status"), nw.lit("NB")).alias("marital_status"),
        nw.coalesce(nw.col("religion"), nw.lit("none_or_unknown")).alias("religion_group"),
        *(nw.coalesce(nw.col(years), nw.lit(_NOT_KNOWN)).alias(years) for years in ("age", "stay_years")),
    )
    placed = _with_places(frame, classes)
    return engine.checkpoint(placed.rename({f"{name}_place": name for name in ("area", *DIMENSIONS)}), "classified")


def _sex(geography: Geography) -> nw.Expr:
    men, women = (nw.lit(values_of("sex", geography).index(sex)).cast(nw.Int32) for sex in ("m", "w"))
    by_chance = nw.when(nw.col("key") % 2 == 0).then(men).otherwise(women)
    woman_or_not_known = nw.when(nw.col("sex") == "w").then(women).otherwise(by_chance)
    return nw.when(nw.col("sex") == "m").then(men).otherwise(woman_or_not_known)


def _with_places(frame: Frame, classes: Mapping[str, Frame]) -> Frame:
    """The frame with each of these columns replaced by the places of what its values mean."""
    for column, loaded in classes.items():
        frame = frame.join(loaded, left_on=column, right_on=_FINE, how="left").drop(column)
    return frame


def values_of(dimension: str, geography: Geography) -> list[str]:
    """The keys of a dimension in the order of the places ``classified`` holds.

    "area" is the finest level; ``moved_from`` and ``moved_to`` the coarsest.
    """
    if dimension == "area":
        return [UNRESOLVED, *(area.key for area in geography.finest.areas)]
    if dimension in ("moved_from", "moved_to"):
        return [UNRESOLVED, *(area.key for area in geography.levels[0].areas)]
    return list(dict.fromkeys([*(row.key for row in codes.categories(dimension)), UNKNOWN]))


def tabulate(engine: Engine, people: Frame, tables: Iterable[Table], geography: Geography) -> dict[str, Cells]:
    """The cells of each table at the finest area level, from ``classified`` residents."""
    largest = _largest_addresses(engine, people)
    found = {}
    for table in tables:
        keys = ["area", *table.dimensions]
        counted = people.filter(nw.col("household_first")) if table.unit == "households" else people
        cells = _cells(engine, counted, keys, largest)
        values = {key: pl.Series(values_of(key, geography), dtype=pl.Utf8) for key in keys}
        named = cells.with_columns(values[key].gather(cells[key]).alias(key) for key in keys)
        found[table.id] = Cells(table, _without_few_unknown(named, table).sort(keys))
    return found


def _cells(engine: Engine, people: Frame, keys: list[str], largest: pl.DataFrame) -> pl.DataFrame:
    counted = people.group_by(*keys).agg(nw.len().alias("n"), nw.col("key").sum().alias("key_sum"))
    cells = _collected(engine, counted)
    tops = _tops(engine, people, keys, cells.join(largest, on="area"))
    return cells.join(tops, on=keys, how="left").select(*keys, "n", "key_sum", pl.col("top").fill_null(0))


def _without_few_unknown(cells: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The cells without the categories "unknown" and "open" of a dimension where they hold next to nobody.

    A handful of people of unknown age would be suppressed everywhere, and others with them; the findings count them.
    """
    for dimension in (name for name in table.dimensions if name in LEFT_OUT):
        for key in (UNKNOWN, OPEN):
            unknown, everyone = int(cells.filter(pl.col(dimension) == key)["n"].sum()), int(cells["n"].sum())
            if unknown < FEW_UNKNOWN * everyone:
                cells = cells.filter(pl.col(dimension) != key)
    return cells


def _largest_addresses(engine: Engine, people: Frame) -> pl.DataFrame:
    """Per area, how many live at its largest address."""
    addresses = people.group_by("area", "address").agg(nw.len().alias("n"))
    return _collected(engine, addresses.group_by("area").agg(nw.col("n").max().alias("largest")))


def _tops(engine: Engine, people: Frame, keys: list[str], cells: pl.DataFrame) -> pl.DataFrame:
    """Per cell, how many live at the one address that holds most of them; only cells that an address could dominate."""
    small = cells.filter(pl.col("n") * LEAST_DOMINANCE <= pl.col("largest")).select(keys)
    concerned = people.join(engine.load(small.to_arrow(), "small_cells"), on=keys, how="semi")
    by_address = concerned.group_by(*keys, "address").agg(nw.len().alias("top"))
    return _collected(engine, by_address.group_by(*keys).agg(nw.col("top").max()))


def _collected(engine: Engine, frame: Frame) -> pl.DataFrame:
    """The frame in memory, all of it 64-bit integers."""
    return pl.DataFrame(pl.from_arrow(engine.collect(frame))).cast(pl.Int64)


def _loaded(engine: Engine, column: str, table: pl.DataFrame) -> Frame:
    return engine.load(table.rename({column: _FINE}).to_arrow(), f"classes_{column}")


def _class_tables(geography: Geography) -> dict[str, pl.DataFrame]:
    """Per fine column of ``classified`` its values, and the places of what each means in every dimension it decides."""
    ages = {age: _classes("age_group", age) for age in range(_OLDEST + 1)} | {_NOT_KNOWN: (UNKNOWN, UNKNOWN)}
    stays = {years: _classes("stay_class", years)[:1] for years in range(_OLDEST + 1)} | {_NOT_KNOWN: (UNKNOWN,)}
    countries = (row for row in codes.categories("reference_country") if row.parent in _reference_groups())
    alone = ("area", "migration_rule", "immigration_history", "household_type", *_BY_MEMBERS, "religion_group")
    tables: dict[str, tuple[tuple[str, ...], Mapping[Any, tuple[str, ...]]]] = {
        "nationality": (
            ("nationality", "nationality_group", "foreigner"),
            _chain("nationality", "nationality_group"),
        ),
        "reference_country": (
            ("reference_country", "reference_group"),
            {row.key: (row.key, row.parent) for row in countries},
        ),
        "migration_status": (
            ("migration_status", "mh_group", "mh_register"),
            _chain("migration_status", "mh_group"),
        ),
        "marital_status": (("marital_status",), {key: (group,) for key, group in codes.marital_groups().items()}),
        "age": (("age_group", "age_class"), ages),
        "stay_years": (("stay_class",), stays),
        **{name: ((name,), {key: (key,) for key in values_of(name, geography)}) for name in alone},
    }
    return {column: _placed(column, *table, geography) for column, table in tables.items()}


def _placed(
    column: str, dimensions: tuple[str, ...], rows: Mapping[Any, tuple[str, ...]], geography: Geography
) -> pl.DataFrame:
    columns: dict[str, Any] = {column: list(rows)}
    for dimension, keys in zip(dimensions, zip(*rows.values(), strict=True), strict=True):
        place = {key: number for number, key in enumerate(values_of(dimension, geography))}
        columns[f"{dimension}_place"] = pl.Series([place[key] for key in keys], dtype=pl.Int32)
    return pl.DataFrame(columns)


def _reference_groups() -> frozenset[str]:
    """The groups of reference countries: a special key such as "stateless" lies in none and is nobody's country."""
    return frozenset(row.key for row in codes.categories("reference_group"))


def _chain(fine: str, middle: str) -> dict[str, tuple[str, str, str]]:
    """Per category of the fine dimension: itself, its group, and the group of that."""
    return {row.key: (row.key, row.parent, codes.category(middle, row.parent).parent) for row in codes.categories(fine)}


def _classes(dimension: str, years: int) -> tuple[str, str]:
    """The class of a number of completed years by its key ("3-5", "80+", "0"), and the class it lies in."""
    for row in codes.categories(dimension):
        low, _, high = row.key.rstrip("+").partition("-")
        if low.isdigit() and int(low) <= years <= (
            int(high) if high else _OLDEST if row.key.endswith("+") else int(low)
        ):
            return row.key, row.parent
    raise KeyError(f"{dimension} has no class for {years}")
