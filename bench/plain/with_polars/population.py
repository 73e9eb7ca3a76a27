"""Each resident once, with age and with links to other residents, in polars."""

from __future__ import annotations

import polars as pl

from bench.plain.shared import Given
from vielfalt.schema import END_FIELDS

_IDENTITY = ["family_name", "given_names", "birth_date", "birth_place"]
LINKS = {"spouse": "spouse_id", "guardian_1": "guardian_1_id", "guardian_2": "guardian_2_id"}


def residents(rows: pl.DataFrame, given: Given) -> pl.DataFrame:
    """``person`` numbers them from 0; the links are such numbers, null for nobody."""
    left = pl.col("move_out_date").is_not_null() & ~(pl.col("move_in_date") > pl.col("move_out_date")).fill_null(False)
    main = rows.filter(pl.col("dwelling_status").ne_missing("secondary"), ~left, pl.col("death_date").is_null())
    latest = main.sort("move_in_date", "record", descending=[True, False], nulls_last=True).unique(
        "person_id", keep="first", maintain_order=True
    )
    known = (pl.col("birth_date") % 100 > 0) & pl.all_horizontal(pl.col(_IDENTITY).is_not_null())
    once = latest.filter(known).unique(_IDENTITY, keep="first", maintain_order=True)
    people = pl.concat([once, latest.filter(~known.fill_null(False))]).sort("record").with_row_index("person")
    for link, pointer in LINKS.items():
        others = people.select(pl.col("person_id").alias(pointer), pl.col("person").alias(link))
        people = people.join(others, on=pointer, how="left", maintain_order="left")
    return people.with_columns(
        *(_old_enough(link) for link in ("guardian_1", "guardian_2")),
        age=pl.when(_years("birth_date", given.date) <= 115).then(_years("birth_date", given.date)),
        stay_years=_years("arrival_date", given.date),
    ).drop("person_id", "given_names", *END_FIELDS, *LINKS.values())


def _years(since: str, date: int) -> pl.Expr:
    """Completed years up to the date."""
    return (date - pl.col(since)) // 10_000


def _old_enough(link: str) -> pl.Expr:
    theirs = pl.col("birth_date").gather(pl.col(link))
    too_young = (pl.col("birth_date") - theirs) // 10_000 < 12
    return pl.when(~too_young.fill_null(False)).then(link).alias(link)
