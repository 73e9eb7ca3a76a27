"""All reference dates side by side: every break is marked where it lies and told."""

from __future__ import annotations

import dataclasses

import pytest

from vielfalt.breaks import Break
from vielfalt.publish.maps import Atlas
from vielfalt.publish.report.content import build_report
from vielfalt.publish.report.model import DataTable, Heading, Note
from vielfalt.publish.report.series import series
from vielfalt.publish.results import EarlierDate, Results
from vielfalt.words import Words


@pytest.fixture
def dated(results: Results) -> Results:
    """The example after two earlier dates; a field was not delivered on the first of them."""
    assert results.previous is not None
    first = dataclasses.replace(results.previous, date=results.previous.date - 10_000)
    broken = EarlierDate(first, (Break("field_changed", ("birth_state",)),))
    return dataclasses.replace(results, series=(broken, EarlierDate(results.previous, ())))


def rows_of(results: Results, words: Words) -> tuple[dict[str, tuple[str, ...]], list[str], list[str]]:
    blocks = series(results, words)
    table = next(one for one in blocks if isinstance(one, DataTable))
    notes = [one.text for one in blocks if isinstance(one, Note)]
    return {row[0]: row[1:] for row in table.rows}, [column.title for column in table.columns], notes


def test_a_break_is_marked_at_the_date_after_it_and_told(dated: Results, words: Words) -> None:
    rows, columns, notes = rows_of(dated, words)
    assert len(columns) == 4 and columns[1] < columns[2] < columns[3]
    background = rows["With migration background"]
    assert not background[0].startswith("‖") and background[1].startswith("‖ ") and not background[2].startswith("‖")
    assert not any("‖" in cell for cell in rows["Residents"])
    assert len(notes) == 1 and columns[1] in notes[0] and columns[2] in notes[0] and "State of birth" in notes[0]


def test_a_figure_missing_in_between_keeps_the_break(dated: Results, words: Words) -> None:
    first, second = dated.series
    tables = {id: table for id, table in second.release.tables.items() if id != "mh_register"}
    gap = EarlierDate(dataclasses.replace(second.release, tables=tables), ())
    rows, _, _ = rows_of(dataclasses.replace(dated, series=(first, gap)), words)
    assert rows["With migration background"][1] == "–"
    assert rows["With migration background"][2].startswith("‖ ")


def test_two_dates_are_no_series(results: Results, dated: Results, words: Words) -> None:
    assert series(dataclasses.replace(dated, series=dated.series[1:]), words) == ()
    report = build_report(dated, Atlas((), ()), words)
    assert "series" in [one.anchor for one in report.blocks if isinstance(one, Heading)]
