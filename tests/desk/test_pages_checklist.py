"""The checklist of the pages: every line stands there, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES = 34


def test_every_line_is_held_by_a_test_or_says_that_it_is_not_built() -> None:
    page = (ROOT / "docs/reference/pages-checklist.md").read_text(encoding="utf-8")
    rows = [re.split(r" *\| *", row.strip("| ")) for row in page.splitlines() if re.match(r"\| \d", row)]
    assert [int(number) for number in dict.fromkeys(row[0] for row in rows)] == list(range(1, LINES + 1))
    for number, _, held in rows:
        named = re.findall(r"`(tests/[a-z_/]+\.py)::(\w+)`", held)
        assert named or held.startswith("not built"), number
        for file, test in named:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (number, test)
