"""What is put away is never lost, whatever lies there already."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from vielfalt.publish.package import clear_leftovers
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


def test_a_release_that_is_gone_is_not_said_to_be_put_away(tmp_path: Path) -> None:
    gone, there = tmp_path / "releases" / "2025-12-31-2", released(tmp_path / "releases", "there")
    assert withdraw.put_away([gone, there], tmp_path / "vault") == (tmp_path / "vault" / withdraw.PLACE / NAME,)


def test_a_release_that_was_put_away_by_half_counts_as_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its zip file would be left for somebody to hand out, and nothing would ever put it away."""
    folder, move, moved = released(tmp_path / "releases", "half"), Path.rename, list[Path]()

    def once(path: Path, to: Path) -> Path:
        if moved:
            raise OSError("no space")
        moved.append(path)
        return move(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", once)
        with pytest.raises(OSError, match="no space"):
            withdraw.put_away([folder], tmp_path / "vault")
    assert withdraw.of_date(folder.parent, 20251231) == (folder,)
    assert not folder.with_name(f"{NAME}.zip").exists()
    assert withdraw.put_away([folder], tmp_path / "vault") == (tmp_path / "vault" / withdraw.PLACE / NAME,)
    assert sorted(path.name for path in (tmp_path / "vault" / withdraw.PLACE).iterdir()) == [NAME, f"{NAME}.zip"]


def test_a_vault_on_another_disk_gets_a_release_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be renamed is copied; what is left of it here is hidden, whenever the program is killed."""
    folder, rename = released(tmp_path / "releases", "whole"), Path.rename

    def within(path: Path, to: Path) -> Path:
        if path.parent != to.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", within)
    with monkeypatch.context() as killed:
        killed.setattr(shutil, "rmtree", lambda path: (path / "report.html").unlink())
        (away,) = withdraw.put_away([folder], tmp_path / "vault")
    assert (away / "report.html").read_text(encoding="utf-8") == "whole"
    assert sorted(path.name for path in away.parent.iterdir()) == [NAME, f"{NAME}.zip"]
    assert [path.name for path in folder.parent.iterdir()] == [f".{NAME}.partial"]
    clear_leftovers(folder.parent)
    assert not list(folder.parent.iterdir())


def test_a_release_without_a_zip_file_is_put_away_alone(tmp_path: Path) -> None:
    folder = released(tmp_path / "releases", "only")
    folder.with_name(f"{NAME}.zip").unlink()
    (away,) = withdraw.put_away([folder], tmp_path / "vault")
    assert [path.name for path in away.parent.iterdir()] == [NAME]
