"""The security checklist: every line once, with tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.apps import apps

from vielfalt import schema
from vielfalt.desk.history import privacy
from vielfalt.words import Language, Words

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "security-checklist.md"
LINES = 36


STATES = {"held": "eingehalten", "in part": "zum Teil", "not built": "nicht gebaut"}


def lines(page: Path = PAGE) -> list[list[str]]:
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_line_is_there_once() -> None:
    assert [int(row[0]) for row in lines()] == list(range(1, LINES + 1))
    assert all(len(row) == 5 and row[1] for row in lines())


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 80
    assert [f"{file}::{name}" for file, name in named if name not in functions_of(file)] == []


def test_what_is_held_is_tested_and_what_is_missing_is_said() -> None:
    for number, _, state, tests, missing in lines():
        assert state in {"held", "in part", "not built"}, number
        assert bool(tests) == (state != "not built"), number
        assert bool(missing) == (state != "held"), number


def test_the_german_page_says_the_same_of_every_line() -> None:
    """Number, state, tests, and whether something is missing."""
    german = lines(PAGE.with_suffix(".de.md"))
    assert [[row[0], row[2], row[3], bool(row[4])] for row in german] == [
        [number, STATES[state], tests, bool(missing)] for number, _, state, tests, missing in lines()
    ]


@pytest.mark.parametrize(("suffix", "language"), [("md", "en"), ("de.md", "de")])
def test_the_text_for_the_staff_council_tells_all_that_is_kept(suffix: str, language: Language) -> None:
    """The table in the text is that of the program: every kind of data about employees, its purpose and time."""
    page = ROOT / "docs" / "how-to" / f"agree-with-the-staff-council.{suffix}"
    words = Words(language)
    assert [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:] == [
        f"| {words(kept.title)} | {words(kept.purpose)} | {words(kept.retention.text)} |"
        for kept in privacy.ALL
        if kept.personal
    ]


def test_the_maturity_is_the_same_everywhere() -> None:
    status = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))["developmentStatus"]
    text = (ROOT / "docs" / "explanation" / "foundations.md").read_text(encoding="utf-8")
    assert f"State of the project: **{status}**" in text


def test_no_model_of_the_desk_can_hold_a_resident() -> None:
    """No field is one of the register's; birth, sex, marital status, religion and dwelling have no place here."""
    of_persons = {field.name for field in (*schema.EXTRACT, *schema.PERSONS)}
    assert {"birth_date", "family_name", "nationality_1"} <= of_persons
    fields = {(model._meta.label, field.name) for model in apps.get_models() for field in model._meta.get_fields()}
    assert {(model, name) for model, name in fields if name in of_persons} == set()
    about = re.compile(r"birth|sex|gender|religion|nationality|marital|family|given_name|street|house|dwelling|person")
    assert {(model, name) for model, name in fields if about.search(name)} == set()
