"""Every setting of the examples and every finding of the import is described in the reference."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PAGE = (HOUSE / "docs" / "reference" / "table-profile.md").read_text(encoding="utf-8")
SOURCES = sorted((HOUSE / "src" / "vielfalt" / "imported").glob("*.py"))
PROFILES = sorted((HOUSE / "examples").glob("*/*.toml"))
FREE = {"filter", "names", "where", "keys"}
"""Tables whose keys are the town's own."""


def settings(content: dict[str, Any]) -> Iterator[str]:
    for name, value in content.items():
        yield name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and name not in FREE:
                yield from settings(inner)


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.name)
def test_settings_of_the_examples_are_described(path: Path) -> None:
    used = set(settings(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert {name for name in used if not re.search(rf"[`.\[]{name}[`\].= ]", PAGE)} == set()


def test_settings_the_reader_knows_are_described() -> None:
    source = (HOUSE / "src" / "vielfalt" / "imported" / "profile.py").read_text(encoding="utf-8")
    calls = re.findall(r"\.only\((.*?)\)\n", source, re.DOTALL)
    known = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    assert len(known) > 30
    assert {name for name in known if not re.search(rf"[`.\[]{name}[`\].= ]", PAGE)} == set()


def test_findings_are_described() -> None:
    ids = {
        id
        for path in SOURCES
        for id in re.findall(r'(?:TableFinding|_finding)\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(ids) > 15
    assert {id for id in ids if f"`{id}`" not in PAGE} == set()
