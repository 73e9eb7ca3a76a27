"""The rules of movements as the manual tells them: every line of its tables, on every engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import spec_tables

from vielfalt.engines.base import Engine
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.polars import Polars
from vielfalt.register.movements import CAME, CITIZENSHIP, WENT
from vielfalt.rules import Decision, Rule

PAGE = "movements.md"
DECISIONS: tuple[Decision, ...] = (CAME, WENT, CITIZENSHIP)
LINES = spec_tables.lines(PAGE)
SCHEMA = {
    **dict.fromkeys(("linked", "same_area"), pl.Boolean),
    **dict.fromkeys(("birth_date", "move_in_date", "arrival_date", "arrival_from_abroad_date"), pl.Int32),
    "origin_municipality": pl.Int32,
    **dict.fromkeys(("foreigner", "foreigner_before"), pl.Utf8),
    **dict.fromkeys(("since", "late_since", "place"), pl.Int32),
}


def given(place: int, line: spec_tables.Line) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMA) | {"since": 20241231, "late_since": 20231231, "place": place}
    for name, text in line.given.items():
        if name in SCHEMA:
            kind = SCHEMA[name]
            row[name] = text == "yes" if kind == pl.Boolean else int(text) if kind == pl.Int32 else text
    return row


@pytest.fixture(scope="module", params=["duckdb", "polars"])
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What every decision makes of every line of the page."""
    folder: Path = tmp_path_factory.mktemp("engine")
    engine: Engine = DuckDB(folder) if request.param == "duckdb" else Polars()
    rows = pl.DataFrame([given(place, line) for place, line in enumerate(LINES)], schema=SCHEMA)
    frame = engine.load(rows.to_arrow(), "cases")
    decided = frame.with_columns(*(column for decision in DECISIONS for column in decision.columns()))
    found: list[dict[str, Any]] = sorted(engine.collect(decided).to_pylist(), key=lambda row: row["place"])
    engine.close()
    return found


@pytest.mark.parametrize("place", [pytest.param(place, id=line.case) for place, line in enumerate(LINES)])
def test_line_of_the_manual(outcomes: list[dict[str, Any]], place: int) -> None:
    wanted = LINES[place].expected
    assert {name: outcomes[place][name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("decision", "rule"),
    [pytest.param(decision, rule, id=rule.id) for decision in DECISIONS for rule in decision.all_rules()],
)
def test_every_rule_has_a_case_and_a_near_miss(decision: Decision, rule: Rule) -> None:
    decided = [line.expected[decision.rule] for line in LINES if line.section == rule.id]
    assert rule.id in decided
    assert set(decided) != {rule.id}


def test_every_section_says_the_reason() -> None:
    sections = {heading: " ".join(text.split()) for heading, text in spec_tables.sections(PAGE).items()}
    for decision in DECISIONS:
        for rule in decision.all_rules():
            assert f"**{rule.because}.**" in sections[rule.id], rule.id
