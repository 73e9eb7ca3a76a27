"""What is put away is never lost, whatever lies there already."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vielfalt.vault import withdraw

NAME = "2025-12-31-1"


def released(releases: Path, content: str) -> Path:
    (releases / NAME).mkdir(parents=True)
    (releases / NAME / "report.html").write_text(content, encoding="utf-8")
    (releases / f"{NAME}.zip").write_text(content, encoding="utf-8")
    return releases / NAME


def test_releases_of_one_name_lie_side_by_side(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    found = [withdraw.put_away([released(tmp_path / "releases", str(number))], vault) for number in range(3)]
    places = [vault / withdraw.PLACE / name for name in (NAME, f"{NAME}~2", f"{NAME}~3")]
    assert found == [(place,) for place in places]
    for number, place in enumerate(places):
        assert (place / "report.html").read_text(encoding="utf-8") == str(number)
        assert place.with_name(f"{place.name}.zip").read_text(encoding="utf-8") == str(number)
    assert not list((tmp_path / "releases").iterdir())


def test_a_release_that_was_put_away_by_half_counts_as_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its zip file would be left for somebody to hand out, and nothing would ever put it away."""
    folder, move, moved = released(tmp_path / "releases", "half"), shutil.move, list[Path]()

    def once(path: Path, to: Path) -> None:
        if moved:
            raise OSError("no space")
        moved.append(path)
        move(path, to)

    monkeypatch.setattr(shutil, "move", once)
    with pytest.raises(OSError, match="no space"):
        withdraw.put_away([folder], tmp_path / "vault")
    assert withdraw.of_date(folder.parent, 20251231) == (folder,)
    assert not folder.with_name(f"{NAME}.zip").exists()


def test_a_release_without_a_zip_file_is_put_away_alone(tmp_path: Path) -> None:
    folder = released(tmp_path / "releases", "only")
    folder.with_name(f"{NAME}.zip").unlink()
    (away,) = withdraw.put_away([folder], tmp_path / "vault")
    assert [path.name for path in away.parent.iterdir()] == [NAME]
