"""What is kept of a date for later ones belongs together and to its release, whenever a run ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from vielfalt.register.links import LINKS
from vielfalt.vault import withdraw
from vielfalt.vault.held_back import ended, held_back, hold, tidied
from vielfalt.vault.keeping import ROOMS
from vielfalt.vault.kept_dates import FACTS, PERSONS
from vielfalt.vault.last_run import FILE, LastRun, last_run

OLD, NEW = "2025-12-31-1", "2025-12-31-2"
OF_THE_RUN = (PERSONS, LINKS, FACTS)


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """The releases of a town, of which one is there; the vault of its date holds files of it."""
    (tmp_path / "releases" / OLD).mkdir(parents=True)
    (tmp_path / "releases" / f"{OLD}.zip").touch()
    vault = tmp_path / "vault" / "2025-12-31"
    vault.mkdir(parents=True)
    for name in (*OF_THE_RUN, ROOMS, "open-places.csv"):
        (vault / name).write_text("old", encoding="utf-8")
    return tmp_path / "releases"


def vault_of(releases: Path) -> Path:
    return releases.parent / "vault" / "2025-12-31"


def evaluated(releases: Path, killed: type[BaseException] | None = None) -> None:
    """A run that replaces the release that is there; ``killed``: before it ends what it has begun."""
    with held_back(vault_of(releases), releases) as folder:
        for name in OF_THE_RUN:
            (folder / name).write_text("new", encoding="utf-8")
        hold(folder, LastRun("f", NEW, replaced=(OLD,)))
        (releases / NEW).mkdir()
        if killed:
            raise killed
        ended(vault_of(releases), releases)


def kept(releases: Path) -> dict[str, str]:
    files = (path for path in vault_of(releases).iterdir() if path.is_file() and path.name != FILE)
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def all_is_new(releases: Path) -> bool:
    place = releases.parent / "vault" / withdraw.PLACE
    run = last_run(vault_of(releases))
    return (
        kept(releases) == {**dict.fromkeys(OF_THE_RUN, "new"), "open-places.csv": "old"}
        and run is not None
        and run.release == NEW
        and [path.name for path in releases.iterdir()] == [NEW]
        and sorted(path.name for path in place.iterdir()) == [OLD, f"{OLD}.zip"]
    )


def test_what_was_held_back_takes_the_place_of_what_was_kept(releases: Path) -> None:
    evaluated(releases)
    assert all_is_new(releases)


def test_a_run_without_a_release_leaves_what_was_kept(releases: Path) -> None:
    before = kept(releases)
    with pytest.raises(ValueError), held_back(vault_of(releases), releases) as folder:
        (folder / FACTS).write_text("new", encoding="utf-8")
        hold(folder, LastRun("f", NEW, replaced=(OLD,)))
        raise ValueError
    tidied(releases.parent / "vault", releases)
    assert kept(releases) == before and (releases / OLD).is_dir()


def test_a_run_that_ends_after_its_release_is_ended_by_the_next(releases: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        evaluated(releases, killed=KeyboardInterrupt)
    (vault_of(releases) / ".scratch").mkdir()
    tidied(releases.parent / "vault", releases)
    assert all_is_new(releases)


@pytest.mark.parametrize("moves", range(7))
def test_a_run_that_ends_between_two_files_is_ended_by_the_next(
    releases: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """Nor are there facts beside the links of another run meanwhile: their numbers would mean other groups."""
    done, move = list[str](), Path.replace

    def some(path: Path, to: Path) -> Path:
        if ".partial" not in path.name:
            if len(done) == moves:
                raise KeyboardInterrupt
            done.append(path.name)
        return move(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", some)
        try:
            evaluated(releases)
        except KeyboardInterrupt:
            found = kept(releases)
            assert FACTS not in found or found[FACTS] == found[LINKS] == found[PERSONS]
    tidied(releases.parent / "vault", releases)
    assert all_is_new(releases)


def test_the_folder_of_a_date_of_which_nothing_is_kept_goes(tmp_path: Path) -> None:
    vault = tmp_path / "vault" / "2025-12-31"
    with held_back(vault, tmp_path / "releases") as folder:
        (folder / FACTS).touch()
    assert not vault.exists()
