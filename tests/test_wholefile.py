"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from vielfalt.wholefile import written_whole


def test_the_old_file_stands_until_the_new_one_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text("old")
    with written_whole(path) as partial:
        partial.write_text("new")
        assert partial.parent == tmp_path
        assert partial.name.startswith(".")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text("old")

    def fails() -> None:
        with written_whole(path) as partial:
            partial.write_text("half")
            raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="full"):
        fails()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_never_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), written_whole(tmp_path / "facts.json"):
        pass
