"""The last look at a release: the border of each rule, and each way in which a written table can differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import publish_example as example
import pytest

from vielfalt import programme
from vielfalt.cells import ProtectedCells
from vielfalt.errors import DisclosureError
from vielfalt.publish import guard
from vielfalt.publish.results import Results, Source

SOURCE = Source("Musterfurt", example.AGS, 20251231, "register", "", "")
HEAD = "level,area,foreigner,value,status"
ROWS = (f"town,{example.AGS},german,105,ok", f"town,{example.AGS},foreign,.,suppressed")


def results_of(*rows: tuple[str, int | None, str]) -> Results:
    """A release of Germans and foreigners with these categories, numbers and statuses, of which nothing is checked."""
    named = [("town", example.AGS, *row) for row in rows]
    kinds = {"level": pl.Utf8, "area": pl.Utf8, "foreigner": pl.Utf8, "value": pl.Int64, "status": pl.Utf8}
    frame = pl.DataFrame(named, kinds, orient="row")
    cells = object.__new__(ProtectedCells)
    for name, value in {
        "table": programme.table("foreigner"),
        "frame": frame,
        "method": "",
        "protection": example.PROTECTION,
    }.items():
        object.__setattr__(cells, name, value)
    return Results(SOURCE, example.geography(1), {"foreigner": cells}, (), example.PROTECTION)


@pytest.mark.parametrize(
    ("value", "status", "fault"),
    [
        (0, "ok", ""),
        (5, "ok", ""),
        (4, "ok", "below the smallest"),
        (1, "ok", "below the smallest"),
        (-1, "ok", "below the smallest"),
        (0, "estimated", ""),
        (3, "estimated", ""),
        (2, "estimated", "below the smallest"),
        (1, "estimated", "below the smallest"),
        (-3, "estimated", "below the smallest"),
        (None, "suppressed", ""),
        (None, "ok", "must be hidden"),
        (7, "suppressed", "must be hidden"),
        (7, "raw", "a status"),
    ],
)
def test_what_a_table_may_show(value: int | None, status: str, fault: str) -> None:
    results = results_of(("german", 105, "ok"), ("foreign", value, status))
    if not fault:
        guard.check_results(results)
        return
    with pytest.raises(DisclosureError, match=fault):
        guard.check_results(results)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((HEAD, *ROWS), ""),
        ((HEAD, ROWS[0].replace("105", "104"), ROWS[1]), "differs"),
        ((HEAD, ROWS[0].replace("german", "foreign"), ROWS[1]), "differs"),
        ((HEAD, ROWS[1], ROWS[0]), "differs"),
        ((HEAD, ROWS[0], ROWS[1].replace(".,", "4,")), "must be hidden"),
        ((HEAD, ROWS[0].replace("105", "."), ROWS[1]), "must be hidden"),
        ((HEAD, ROWS[0], ROWS[1].replace(".,suppressed", "4,ok")), "differs"),
        ((HEAD, ROWS[0]), "other columns or rows"),
        ((HEAD, *ROWS, ROWS[0]), "other columns or rows"),
        ((HEAD.replace("value", "n"), *ROWS), "other columns or rows"),
    ],
)
def test_a_written_table_is_the_protected_one_cell_by_cell(tmp_path: Path, lines: tuple[str, ...], fault: str) -> None:
    (tmp_path / "foreigner.csv").write_text("\n".join((*lines, "")), encoding="utf-8")
    results = results_of(("german", 105, "ok"), ("foreign", None, "suppressed"))
    if not fault:
        guard.check_written(tmp_path, {"foreigner": "foreigner.csv"}, results)
        return
    with pytest.raises(DisclosureError, match=fault):
        guard.check_written(tmp_path, {"foreigner": "foreigner.csv"}, results)


@pytest.mark.parametrize(("name", "key"), [("area", "."), ("foreigner", "."), ("area", None), ("level", "house")])
def test_a_key_is_none_that_reads_as_something_else(name: str, key: str | None) -> None:
    results = results_of(("german", 105, "ok"))
    cells = results.tables["foreigner"]
    spoilt = replace(cells, frame=cells.frame.with_columns(pl.lit(key, pl.Utf8).alias(name)))
    with pytest.raises(DisclosureError):
        guard.check_results(replace(results, tables={"foreigner": spoilt}))
