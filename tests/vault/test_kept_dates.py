"""What is kept of a date for later ones belongs together, whenever a run ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from vielfalt.register.links import LINKS
from vielfalt.vault.kept_dates import FACTS, held_back, put_in_place


def test_a_run_that_ends_between_two_files_leaves_no_facts_beside_the_links_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A date without facts is compared with none; with facts of another run its links would mean other groups."""
    for name in (LINKS, FACTS):
        (tmp_path / name).write_text("old", encoding="utf-8")
    moved, replace = list[str](), Path.replace

    def once(path: Path, to: Path) -> Path:
        if moved:
            raise KeyboardInterrupt
        moved.append(path.name)
        return replace(path, to)

    with held_back(tmp_path) as folder:
        folder.mkdir()
        for name in (FACTS, LINKS):
            (folder / name).write_text("new", encoding="utf-8")
        monkeypatch.setattr(Path, "replace", once)
        with pytest.raises(KeyboardInterrupt):
            put_in_place(folder, tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {LINKS: "new"}


def test_what_was_held_back_takes_the_place_of_what_was_kept(tmp_path: Path) -> None:
    (tmp_path / FACTS).write_text("old", encoding="utf-8")
    with held_back(tmp_path) as folder:
        folder.mkdir()
        for name in (FACTS, LINKS):
            (folder / name).write_text("new", encoding="utf-8")
        put_in_place(folder, tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {FACTS: "new", LINKS: "new"}
