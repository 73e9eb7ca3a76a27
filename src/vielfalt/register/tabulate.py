"""From residents to cells: the border between the big and the small world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import codes
from vielfalt.cells import UNRESOLVED, Cells
from vielfalt.engines.base import Engine, Frame
from vielfalt.geography import Geography
from vielfalt.register.counting import Numbered, counted, numbered
from vielfalt.register.household_origin import household_origin
from vielfalt.table import Table

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
_BY_MEMBERS = ("mh_household", "couple_nationality")
"""What a household is by the origin of its members: looked up once per household, not per resident."""
_FEW = (
    "migration_status",
    "migration_rule",
    "immigration_history",
    "household_type",
    "marital_status",
    "religion_group",
)
"""Columns of so few values that they are replaced where they stand."""
_MANY = ("area", "nationality", "reference_country")
"""Columns of so many values that they are looked up by a join, which databases do faster."""
_YEARS = {"age_group": "age", "age_class": "age", "stay_class": "stay_years"}
_ASKED = (
    *("record", "key", "address", "sex", "german", "nationality_1", "reference_country"),
    *("migration_status", "migration_rule", "immigration_history", "marital_status", "religion", "age", "stay_years"),
    *("household", "household_type", "household_first", "household_partner"),
)
"""What the dimensions are made of, besides the area."""


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
    official population statistics assign them by chance (Destatis, quality report Bevölkerungsfortschreibung), because
    cells of one or two persons could never be published.
    """
    asked = engine.checkpoint(people.select(*_ASKED, nw.col(geography.finest.id).alias("finest")), "asked")
    classes = _class_tables(geography)
    households = household_origin(asked)
    households = households.select("household", *(place for name in _BY_MEMBERS for place in _replaced(name, classes)))
    frame = asked.select(
        *("record", "key", "household", "household_first"),
        nw.coalesce(nw.col("address"), nw.lit(0) - nw.col("record")).alias("address"),
        *(_fine(name).alias(f"fine_{name}") for name in _MANY),
        *(place for name in _FEW for place in _replaced(name, classes)),
        _sex(geography).alias("sex"),
        *(_by_years(dimension, nw.col(years), geography) for dimension, years in _YEARS.items()),
    ).join(households, on="household", how="left")
    for name in _MANY:
        loaded = engine.load(classes[name].to_arrow(), f"classes_{name}")
        frame = frame.join(loaded, left_on=f"fine_{name}", right_on="fine", how="left").drop(f"fine_{name}")
    placed = engine.checkpoint(frame.drop("household"), "classified")
    engine.drop("asked")
    return placed


def _fine(column: str) -> nw.Expr:
    """What a resident has in a column of ``_class_tables``; never null but for what households decide."""
    status = nw.col("migration_status")
    if column == "area":
        return nw.coalesce(nw.col("finest"), nw.lit(UNRESOLVED))
    if column == "nationality":
        known = nw.coalesce(nw.col("nationality_1"), nw.lit(UNKNOWN))
        return nw.when(nw.col("german")).then(nw.lit(codes.GERMANY)).otherwise(known)
    if column == "reference_country":
        country = nw.coalesce(nw.col("reference_country"), nw.lit(UNKNOWN))
        return nw.when(status.is_in(["none", "undeterminable"])).then(status).otherwise(country)
    if column == "marital_status":
        return nw.coalesce(nw.col("marital_status"), nw.lit("NB"))
    if column == "religion_group":
        return nw.coalesce(nw.col("religion"), nw.lit("none_or_unknown"))
    return nw.col(column)


def _replaced(column: str, classes: Mapping[str, pl.DataFrame]) -> list[nw.Expr]:
    """The places of what a column of ``_class_tables`` says, in every dimension it decides; null for null."""
    fine, *dimensions = classes[column].get_columns()
    return [
        replaced(_fine(column), dict(zip(fine, places, strict=True)), nw.Int32).alias(places.name)
        for places in dimensions
    ]


def replaced(column: nw.Expr, by: Mapping[Any, int | str], kind: type[nw.Int32 | nw.String]) -> nw.Expr:
    """What stands for each value of a column of few; null for others."""
    found = nw.lit(None, dtype=kind)
    for instead in dict.fromkeys(by.values()):
        same = [value for value, its in by.items() if its == instead]
        meant = column.is_in(same) if len(same) > 1 else column == same[0]
        found = nw.when(meant).then(nw.lit(instead).cast(kind)).otherwise(found)
    return found


def _by_years(dimension: str, years: nw.Expr, geography: Geography) -> nw.Expr:
    """The place of the class of a number of completed years, by the first year of each; null is unknown."""
    keys = values_of(dimension, geography)
    found = nw.lit(keys.index(UNKNOWN)).cast(nw.Int32)
    for place, key in enumerate(key for key in keys if key != UNKNOWN):
        first = int(key.partition("-")[0].rstrip("+"))
        found = nw.when(years >= first).then(nw.lit(place).cast(nw.Int32)).otherwise(found)
    return found.alias(dimension)


def _sex(geography: Geography) -> nw.Expr:
    men, women = (nw.lit(values_of("sex", geography).index(sex)).cast(nw.Int32) for sex in ("m", "w"))
    by_chance = nw.when(nw.col("key") % 2 == 0).then(men).otherwise(women)
    woman_or_not_known = nw.when(nw.col("sex") == "w").then(women).otherwise(by_chance)
    return nw.when(nw.col("sex") == "m").then(men).otherwise(woman_or_not_known)


def values_of(dimension: str, geography: Geography) -> list[str]:
    """The keys of a dimension in the order of the places ``classified`` holds.

    "area" is the finest level; ``moved_from`` and ``moved_to`` the coarsest.
    """
    if dimension == "area":
        return [UNRESOLVED, *(area.key for area in geography.finest.areas)]
    if dimension in ("moved_from", "moved_to"):
        return [UNRESOLVED, *(area.key for area in geography.levels[0].areas)]
    return list(dict.fromkeys([*(row.key for row in codes.categories(dimension)), UNKNOWN]))


def tabulate(
    engine: Engine, people: Frame, tables: Iterable[Table], geography: Geography, p_percent: int = 0
) -> dict[str, Cells]:
    """The cells of each table at the finest area level, from ``classified`` residents.

    The second largest address of a cell is counted where the p% rule asks for it (``p_percent`` above 0).
    """
    tables = list(tables)
    columns = {"area", *(name for table in tables for name in table.dimensions)}
    keys = {name: values_of(name, geography) for name in columns}
    wanted = numbered(tables, {name: len(values) for name, values in keys.items()})
    found = counted(engine, people, wanted, second=p_percent > 0)
    return {each.table.id: _cells(each, found, keys) for each in wanted}


def _cells(of: Numbered, counted: pl.DataFrame, keys: Mapping[str, Sequence[str]]) -> Cells:
    """The cells of one table among all that were counted, with the keys of their places."""
    cells = of.frame(counted)
    texts = [pl.Series(name, keys[name], pl.Utf8).gather(cells[name]) for name in of.columns]
    measures = ("n", "key_sum", "top", "second")
    named = cells.with_columns(texts).select(*of.columns, *measures)
    return Cells(of.table, _without_few_unknown(named, of.table).sort(*of.columns))


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


def _class_tables(geography: Geography) -> dict[str, pl.DataFrame]:
    """Per fine column (see ``_fine``) its values, ``fine``, and their places in every dimension that they decide."""
    countries = (row for row in codes.categories("reference_country") if row.parent in _reference_groups())
    alone = ("area", "migration_rule", "immigration_history", "household_type", *_BY_MEMBERS, "religion_group")
    tables: dict[str, tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]] = {
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
        **{name: ((name,), {key: (key,) for key in values_of(name, geography)}) for name in alone},
    }
    return {column: _placed(*table, geography) for column, table in tables.items()}


def _placed(dimensions: tuple[str, ...], rows: Mapping[str, tuple[str, ...]], geography: Geography) -> pl.DataFrame:
    columns: dict[str, Any] = {"fine": list(rows)}
    for dimension, keys in zip(dimensions, zip(*rows.values(), strict=True), strict=True):
        place = {key: number for number, key in enumerate(values_of(dimension, geography))}
        columns[dimension] = pl.Series([place[key] for key in keys], dtype=pl.Int32)
    return pl.DataFrame(columns)


def _reference_groups() -> frozenset[str]:
    """The groups of reference countries: a special key such as "stateless" lies in none and is nobody's country."""
    return frozenset(row.key for row in codes.categories("reference_group"))


def _chain(fine: str, middle: str) -> dict[str, tuple[str, str, str]]:
    """Per category of the fine dimension: itself, its group, and the group of that."""
    return {row.key: (row.key, row.parent, codes.category(middle, row.parent).parent) for row in codes.categories(fine)}
