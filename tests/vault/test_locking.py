"""One run at a time, and nothing of it left when it ends."""

from __future__ import annotations

import stat
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest

from vielfalt.errors import BusyError, StorageError
from vielfalt.vault.locking import LOCK, alone_in, undisturbed_in

Held = Callable[[Path], AbstractContextManager[None]]


@pytest.mark.parametrize("first", [alone_in, undisturbed_in])
@pytest.mark.parametrize("second", [alone_in, undisturbed_in])
def test_whoever_comes_second_is_told_and_comes_in_when_the_first_has_gone(
    first: Held, second: Held, tmp_path: Path
) -> None:
    with alone_in(tmp_path):
        pass
    with first(tmp_path), pytest.raises(BusyError) as told, second(tmp_path):
        pass
    assert told.value.where == str(tmp_path / LOCK) and told.value.exit_code == 15
    with suppress(ValueError), first(tmp_path):
        raise ValueError("what fails inside")
    with second(tmp_path):
        pass


def test_two_folders_and_two_names_do_not_meet(tmp_path: Path) -> None:
    with alone_in(tmp_path / "one"), alone_in(tmp_path / "other"), alone_in(tmp_path / "one", "jobs"):
        pass


def test_what_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    with alone_in(tmp_path / "town" / "vault"):
        pass
    assert stat.S_IMODE((tmp_path / "town" / "vault").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "town" / "vault" / LOCK).stat().st_mode) == 0o600
    assert (tmp_path / "town" / "vault" / LOCK).read_bytes() == b""


def test_who_only_reads_makes_nothing(tmp_path: Path) -> None:
    with undisturbed_in(tmp_path / "vault"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file", encoding="utf-8")
    with pytest.raises(StorageError), alone_in(tmp_path / "vault"):
        pass
