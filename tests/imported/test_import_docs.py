"""Every setting of the examples and every finding of the import is described in the reference."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[2]
REFERENCE = HOUSE / "docs" / "reference"
PAGES = [(REFERENCE / name).read_text(encoding="utf-8") for name in ("table-profile.md", "table-profile.de.md")]
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


def undescribed(names: set[str], page: str) -> set[str]:
    return {name for name in names if not re.search(rf"[`.\[]{name}[`\].= ]", page)}


@pytest.mark.parametrize("page", PAGES, ids=("en", "de"))
@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.name)
def test_settings_of_the_examples_are_described(path: Path, page: str) -> None:
    used = set(settings(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert undescribed(used, page) == set()


@pytest.mark.parametrize("page", PAGES, ids=("en", "de"))
def test_settings_the_reader_knows_are_described(page: str) -> None:
    source = (HOUSE / "src" / "vielfalt" / "imported" / "profile.py").read_text(encoding="utf-8")
    calls = re.findall(r"\.only\((.*?)\)\n", source, re.DOTALL)
    known = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    assert len(known) > 30
    assert undescribed(known, page) == set()


@pytest.mark.parametrize("page", PAGES, ids=("en", "de"))
def test_findings_are_described(page: str) -> None:
    ids = {
        id
        for path in SOURCES
        for id in re.findall(r'(?:TableFinding|_finding)\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(ids) > 15
    assert {id for id in ids if f"`{id}`" not in page} == set()
