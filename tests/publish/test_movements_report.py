"""Movements and breaks in report and package: what is shown, what is marked, what a break keeps from being shown."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import publish_example as example
import pytest

from vielfalt import breaks, codes, programme
from vielfalt.breaks import Break
from vielfalt.cells import ProtectedCells
from vielfalt.publish.descriptor import describe
from vielfalt.publish.maps import Atlas
from vielfalt.publish.report.content import build_report
from vielfalt.publish.report.model import Block, Bullets, DataTable, Heading, Note, Paragraph, Report
from vielfalt.publish.results import Movements, Results
from vielfalt.words import Words

SINCE = 20241231
NO_MAPS = Atlas((), ())


def table(id: str, hidden: tuple[str, ...] = ()) -> ProtectedCells:
    """A table of movements in which every figure tells its place; those of the areas named are suppressed."""
    entry, where = programme.table(id), example.geography(1)
    keys = [row.key for row in codes.categories(entry.dimensions[0])]
    rows = [
        (level, area, key, None if area in hidden else 10 * (place + 1), "suppressed" if area in hidden else "ok")
        for level in ("town", *(level.id for level in where.levels))
        for area in where.names(level)
        for place, key in enumerate(keys)
    ]
    columns = ["level", "area", entry.dimensions[0], "value", "status"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").cast({"value": pl.Int64})
    return ProtectedCells(entry, frame, "primary suppression", example.PROTECTION)


def between() -> ProtectedCells:
    keys = ["D1", "D2", "D3"]
    rows = [("town", example.AGS, a, b, 100 + 10 * x + y, "ok") for x, a in enumerate(keys) for y, b in enumerate(keys)]
    columns = ["level", "area", "moved_from", "moved_to", "value", "status"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").cast({"value": pl.Int64})
    return ProtectedCells(programme.table("moves_between"), frame, "primary suppression", example.PROTECTION)


@pytest.fixture(scope="module")
def moved(results: Results) -> Results:
    tables = {
        **results.tables,
        "came": table("came", ("01", "D1")),
        "went": table("went", ("01", "D1")),
        "moves_between": between(),
    }
    return replace(
        results, geography=example.geography(1), tables=tables, previous=None, movements=Movements(SINCE, ())
    )


def section(report: Report, anchor: str) -> list[Block]:
    """The blocks of a chapter, from its heading to the next of the same level."""
    blocks = list(report.blocks)
    start = next(place for place, one in enumerate(blocks) if isinstance(one, Heading) and one.anchor == anchor)
    found = []
    for one in blocks[start + 1 :]:
        if isinstance(one, Heading) and one.level == 1:
            break
        found.append(one)
    return found


def tables_in(blocks: list[Block]) -> dict[str, DataTable]:
    return {one.caption.partition(": ")[2]: one for one in blocks if isinstance(one, DataTable)}


def test_the_balance_is_coming_minus_going_and_hidden_where_one_is(moved: Results, words: Words) -> None:
    found = tables_in(section(build_report(moved, NO_MAPS, words), "movements"))
    across = found["Births, arrivals and departures by area (Stadtteile)"]
    rows = {row[0]: row[1:] for row in across.rows}
    assert rows["Altstadt"] == (".", ".", ".", ".")
    # born 30 + arrived 40 - gone 30
    assert rows["Hafen"] == ("30", "40", "30", "+40")
    within = found["Moves within the town between areas of the level “Blöcke”, by area (Stadtteile)"]
    assert {row[0]: row[1:] for row in within.rows}["Hafen"] == ("20", "20", "0")


def test_origins_stand_as_parts_below_the_new_and_a_rest_is_told(moved: Results, words: Words) -> None:
    came_from = table("came_from")
    few = came_from.frame.filter(~pl.col("came_from").is_in(["open", "unknown"]))
    some = {**moved.tables, "came_from": replace(came_from, frame=few.with_columns(value=pl.lit(15, pl.Int64)))}
    blocks = section(build_report(replace(moved, tables=some), NO_MAPS, words), "movements")
    told = [row[0] for row in tables_in(blocks)["Movements in the town as a whole"].rows]
    assert told[1:5] == [
        "New in the register",
        "Of whom arrived from abroad",
        "Of whom arrived from Germany",
        "Moved from another area of the town",
    ]
    rest = "For the others who are new in the register nothing tells where they came from."
    assert rest in [one.text for one in blocks if isinstance(one, Paragraph)]
    none = {
        **moved.tables,
        "came_from": replace(
            came_from, frame=few.with_columns(value=pl.lit(None, pl.Int64), status=pl.lit("suppressed"))
        ),
    }
    blocks = section(build_report(replace(moved, tables=none), NO_MAPS, words), "movements")
    assert rest not in [one.text for one in blocks if isinstance(one, Paragraph)]


def test_moves_are_shown_from_area_to_area(moved: Results, words: Words) -> None:
    matrix = tables_in(section(build_report(moved, NO_MAPS, words), "movements"))[
        "Moves from area to area (Stadtbezirke)"
    ]
    assert [column.title for column in matrix.columns[1:]] == ["Mitte", "Nord", "Süd"]
    assert matrix.rows[0] == ("Mitte", "111", "110", "112")


def test_the_statement_on_protection_names_movements(results: Results, moved: Results, words: Words) -> None:
    """Where there are any; a break may leave none, and the rule would explain what is not there."""
    rule = "a hidden number of one of the two dates could be calculated"
    assert any(rule in str(one) for one in section(build_report(moved, NO_MAPS, words), "not-shown"))
    for compared in (None, Movements(SINCE, (Break("links_lost"),))):
        alone = build_report(replace(moved, tables=results.tables, movements=compared), NO_MAPS, words)
        assert not any(rule in str(one) for one in section(alone, "not-shown"))


def by_age(hidden_level: str) -> ProtectedCells:
    """Ages by area: 10 new of the youngest, 11 gone, and so on; one level is hidden whole, moves everywhere."""
    where = example.geography(1)
    rows = []
    for level in ("town", *(level.id for level in where.levels)):
        for area in where.names(level):
            for place, (age, kind) in enumerate(
                (a, k) for a in ("0-17", "18-64", "65+") for k in ("new", "moved", "gone")
            ):
                shut = level == hidden_level or (kind == "moved" and level != "town")
                rows.append((level, area, kind, age, None if shut else 10 + place, "suppressed" if shut else "ok"))
    columns = ["level", "area", "flow", "age_class", "value", "status"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").cast({"value": pl.Int64})
    return ProtectedCells(programme.table("flow_by_age"), frame, "primary suppression", example.PROTECTION)


def test_groups_are_shown_by_area_where_enough_is_published(moved: Results, words: Words) -> None:
    aged = replace(moved, tables={**moved.tables, "flow_by_age": by_age("quarter")})
    found = tables_in(section(build_report(aged, NO_MAPS, words), "movements"))
    shown = found["Movements by age, by area (Stadtbezirke)"]
    assert [column.title for column in shown.columns[1:3]] == [
        "Under 18 years: born or new in the register",
        "Under 18 years: moved away or died",
    ]
    assert shown.rows[1] == ("Nord", "10", "12", "13", "15", "16", "18")
    assert "Movements by age, by area (Stadtteile)" not in found


def test_the_report_never_speaks_of_deaths_alone(moved: Results, words: Words) -> None:
    text = " ".join(str(one) for one in section(build_report(moved, NO_MAPS, words), "movements"))
    assert "moved away or died" in text.lower()
    assert "Deaths" not in text


def test_without_an_earlier_date_the_report_says_so(results: Results, words: Words) -> None:
    found = section(build_report(replace(results, movements=None), NO_MAPS, words), "movements")
    assert found == [
        Paragraph("Movements are not shown: the vault keeps no earlier reference date that could be linked.")
    ]


def test_a_break_is_named_with_what_it_concerns(moved: Results, words: Words) -> None:
    found = (Break("areas_changed", ("01", "99"), "quarter"), Break("missing_jumped", ("birth_state",)))
    broken = replace(moved, movements=Movements(SINCE, found))
    blocks = section(build_report(broken, NO_MAPS, words), "movements")
    assert any(isinstance(one, Note) and "break" in one.text for one in blocks)
    lines = next(one for one in blocks if isinstance(one, Bullets)).items
    assert "Areas were added, removed or redrawn. (Stadtteile: Altstadt, 99)" in lines[0]
    assert "(State of birth)" in lines[1]
    for entry, line in zip(found, lines, strict=True):
        assert words(breaks.check(entry.check).consequence) in line


def comparisons(results: Results, words: Words) -> tuple[list[str], list[str]]:
    """The figures compared in the chapter on change, and the captions of its tables."""
    found = tables_in(section(build_report(results, NO_MAPS, words), "change"))
    town = found.get("Change in the town as a whole")
    return [row[0] for row in town.rows] if town else [], list(found)


def test_figures_are_not_compared_across_a_break(results: Results, words: Words) -> None:
    figures, tables = comparisons(results, words)
    assert {"Foreigners", "With migration background"} <= set(figures)
    assert "Change by area (Stadtteile)" in tables
    for entry, gone in (
        (Break("field_changed", ("birth_state",)), {"With migration background", "Immigrated"}),
        (Break("missing_jumped", ("nationality_2",)), {"Foreigners", "With migration background"}),
        (Break("rules_changed", ("N9",)), {"With migration background", "Immigrated"}),
        (Break("field_changed", ("dwelling_status",)), set(figures)),
        (Break("codes_changed", ("2026-11", "2027-01")), set(figures) - {"Residents"}),
    ):
        kept, _ = comparisons(replace(results, breaks=(entry,)), words)
        assert set(figures) - set(kept) == gone, entry


def test_areas_are_not_compared_when_their_level_was_redrawn(results: Results, words: Words) -> None:
    redrawn = replace(results, breaks=(Break("areas_changed", ("01",), "quarter"),))
    _, tables = comparisons(redrawn, words)
    assert "Change by area (Stadtteile)" not in tables
    assert "Change by area (Stadtbezirke)" in tables
    recoded = replace(results, breaks=(Break("areas_recoded"),))
    assert not [caption for caption in comparisons(recoded, words)[1] if caption.startswith("Change by area")]


def test_the_summary_does_not_compare_residents_across_a_break(results: Results, words: Words) -> None:
    broken = replace(results, breaks=(Break("field_changed", ("dwelling_status",)),))
    sentences = next(one for one in build_report(broken, NO_MAPS, words).blocks if isinstance(one, Bullets)).items
    assert "The number of residents is not compared: there is a break between the reference dates." in sentences


def test_the_package_names_breaks_and_the_date_movements_are_counted_from(moved: Results, words: Words) -> None:
    entry = Break("areas_changed", ("01",), "quarter")
    broken = replace(moved, breaks=(), movements=Movements(SINCE, (entry,)))
    content = describe(broken, words, "2025-12-31-1", {})["vielfalt"]
    assert content["movements_since"] == "2024-12-31"
    assert [(found["since"], found["check"], found["level"], found["names"]) for found in content["breaks"]] == [
        ("2024-12-31", "areas_changed", "quarter", ["01"])
    ]
    assert describe(replace(moved, movements=None), words, "2025-12-31-1", {})["vielfalt"]["movements_since"] is None
