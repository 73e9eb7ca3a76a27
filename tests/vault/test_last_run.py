"""What a vault remembers of the last run is read back as it was, or counts as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from vielfalt.register.checks import Finding
from vielfalt.vault.last_run import LastRun, last_run, remember

FINDING = Finding("duplicate_person", "person_id", 2, (4, 17))


def test_a_run_is_remembered_as_it_was(tmp_path: Path) -> None:
    run = LastRun("f" * 64, "2025-12-31-1", (FINDING,))
    remember(tmp_path, run)
    assert last_run(tmp_path) == run
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        '{"fingerprint": "f"',
        "[]",
        '"f"',
        '{"fingerprint": "f"}',
        '{"fingerprint": "f", "release": "r", "findings": [{"check": "x"}]}',
        '{"fingerprint": "f", "release": "r", "findings": 3}',
    ],
)
def test_a_file_that_cannot_be_read_remembers_nothing(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    assert last_run(tmp_path) is None


def test_a_release_is_the_same_only_where_it_still_lies(tmp_path: Path) -> None:
    run = LastRun("f", "2025-12-31-1")
    assert not run.is_of("f", tmp_path)
    (tmp_path / run.release).mkdir()
    assert run.is_of("f", tmp_path) and not run.is_of("other", tmp_path)
