"""From the extract to typed rows, in polars."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bench.plain.shared import Given, codes_of, house
from vielfalt import codes, schema
from vielfalt.register.family_names import name_key
from vielfalt.register.text import normalise
from vielfalt.town import RELIGION

CODES = [entry.name for entry in schema.EXTRACT if entry.type in ("code", "flag") and entry.name != RELIGION]
DATES = [entry.name for entry in schema.EXTRACT if entry.type == "date"]
COUNTRY = pl.Enum(list(codes.countries()))


def read(given: Given) -> pl.DataFrame:
    """The rows that can be read, with numbers for dates and categories for codes and names; null is not known."""
    texts = _rows_in_order(given).rename(given.fields)
    record = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    nameless = pl.format("{} row {}", pl.lit(given.date), record)
    text, number = pl.col("house_number").fill_null(""), pl.col("house_suffix").fill_null("")
    rows = texts.select(
        record.alias("record"),
        pl.coalesce(_stripped("person_id"), nameless).alias("person_id"),
        *(_stripped(name) for name in schema.POINTER_FIELDS),
        *(_coded(name, given) for name in CODES),
        *(_date(name, given.date) for name in DATES),
        *(_each(pl.col(name), name_key).cast(pl.Categorical) for name in ("family_name", "birth_name")),
        *(_each(pl.col(name), normalise).cast(pl.Categorical) for name in ("given_names", "origin_municipality")),
        _each(pl.col("birth_place"), normalise),
        _stripped("street_key").alias("street"),
        _each(text.str.strip_chars() + number.str.strip_chars(), house, empty="").alias("house"),
        *(pl.col(name).str.replace(",", ".").cast(pl.Float64, strict=False) for name in ("easting", "northing")),
    ).collect()
    return rows.with_columns(key=pl.Series(given.record_keys(rows["person_id"].to_arrow())))


def _rows_in_order(given: Given) -> pl.LazyFrame:
    """The rows of as many values as there are columns, as text; those cut short lack the last value."""
    profile, header = given.town.profile, given.header
    return (
        pl.scan_csv(
            given.path,
            separator=profile.delimiter,
            quote_char=profile.quote,
            encoding="utf8",
            has_header=False,
            skip_rows=1,
            schema=dict.fromkeys([*header, "surplus"], pl.String()),
            missing_columns="insert",
            truncate_ragged_lines=True,
        )
        .filter(pl.col("surplus").is_null() & pl.col(header[-1]).is_not_null())
        .drop("surplus")
    )


def _stripped(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _each(texts: pl.Expr, meaning: Callable[[str], str], empty: str | None = None) -> pl.Expr:
    """What each text means, found once for each that is different."""

    def meanings(column: pl.Series) -> pl.Series:
        distinct = column.drop_nulls().unique()
        found = [meaning(text) or empty for text in distinct]
        return column.replace_strict(distinct, pl.Series(found, dtype=pl.String), default=None, return_dtype=pl.String)

    return texts.map_batches(meanings, return_dtype=pl.String)


def _coded(name: str, given: Given) -> pl.Expr:
    known = codes_of(name, given)
    kind = COUNTRY if name in schema.COUNTRY_FIELDS else pl.Enum(list(dict.fromkeys(known.values())))
    return pl.col(name).str.strip_chars().replace_strict(known, default=None, return_dtype=kind)


def _date(name: str, reference: int) -> pl.Expr:
    """A German date as yyyymmdd, day and month perhaps zero; null for what is no date, none yet, or too long ago."""
    text = pl.col(name).str.strip_chars()
    day = text.str.to_date("%d.%m.%Y", strict=False)
    whole = day.dt.year() * 10_000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
    part = text.str.extract_groups(r"^(?:0{1,2}\.(\d{1,2})\.)?(\d{4})$").struct
    month, year = (part.field(place).cast(pl.Int32, strict=False) for place in ("1", "2"))
    partial = pl.when(month.fill_null(0) <= 12).then(year * 10_000 + month.fill_null(0) * 100)
    value = pl.coalesce(whole, partial)
    return pl.when(value.is_between(18_500_000, reference)).then(value).alias(name)
