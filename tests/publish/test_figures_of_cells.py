"""Reading protected tables, shares and print signs."""

from __future__ import annotations

import dataclasses

import polars as pl
import publish_example as example
import pytest

from vielfalt.publish import lookup
from vielfalt.publish.results import Results
from vielfalt.publish.shares import number_text, share, share_text
from vielfalt.words import Words

PROTECTION = example.PROTECTION


def test_a_category_by_area_keeps_suppressed_values_as_none(results: Results) -> None:
    cells = results.tables["nationality"]
    found = lookup.by_area(cells, "block", ("423",))
    rows = cells.frame.filter((pl.col("level") == "block") & (pl.col("nationality") == "423"))
    assert len(found) == 48
    assert {area for area, value in found.items() if value is None} == set(
        rows.filter(pl.col("status") == "suppressed")["area"]
    )


def test_the_base_of_a_programme_table_is_the_head_of_its_chain(results: Results) -> None:
    residents = lookup.by_area(results.tables["residents"], "quarter", ())
    assert lookup.bases(results, "reference_country", "quarter") == residents


def test_the_base_of_a_lone_table_is_its_own_sum_and_unknown_where_a_part_is_hidden(imported: Results) -> None:
    cells = imported.tables["herkunft_2024"]
    lone = dataclasses.replace(imported, tables={"herkunft_2024": cells})
    found = lookup.bases(lone, "herkunft_2024", "quarter")
    for area, base in found.items():
        values = [lookup.by_area(cells, "quarter", (key,))[area] for key in set(cells.frame["Herkunftsgebiet"])]
        assert base == (None if None in values else sum(value or 0 for value in values))
    assert None in found.values()
    assert any(found.values())


@pytest.mark.parametrize(
    ("value", "base", "text"),
    [
        (None, 500, "."),
        (5, None, "."),
        (5, 29, "–"),
        (0, 0, "–"),
        (15, 30, "50%"),
        (49, 99, "49%"),
        (1, 100, "1.0%"),
        (0, 100, "0.0%"),
    ],
)
def test_shares_need_a_base_and_decimals_a_larger_one(value: int | None, base: int | None, text: str) -> None:
    assert share_text(Words("en"), value, base, PROTECTION) == text
    assert (share(value, base, PROTECTION) is None) == (text in ".–")


def test_zero_is_zero_and_suppressed_is_a_full_stop() -> None:
    assert number_text(Words("de"), 0) == "0"
    assert number_text(Words("de"), None) == "."
    assert number_text(Words("de"), 12_345) == "12.345"
