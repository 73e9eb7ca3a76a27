from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from vielfalt.errors import StorageError, TownError
from vielfalt.register.links import LINKS
from vielfalt.register.pseudonyms import pseudonyms, record_keys, town_key

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


def of(*ids: str | None, key: bytes = KEY) -> list[int | None]:
    found: list[int | None] = pseudonyms(pa.array(ids, type=pa.string()), key).to_pylist()
    return found


def test_same_number_same_pseudonym() -> None:
    assert of("4711", "x", "4711")[0] == of("4711")[0] == of("4711", "x", "4711")[2]


def test_different_numbers_different_pseudonyms() -> None:
    ids = [str(number) for number in range(5000)] + [f"{number:020}" for number in range(5000)]
    assert len(set(of(*ids))) == len(ids)


def test_other_towns_key_gives_unrelated_pseudonyms() -> None:
    ids = [str(number) for number in range(2000)]
    here, there = np.array(of(*ids), dtype=np.int64), np.array(of(*ids, key=OTHER), dtype=np.int64)
    assert not np.intersect1d(here, there).size
    flipped = np.unpackbits((here ^ there).view(np.uint8)).mean()
    assert 0.48 < flipped < 0.52


def test_pseudonyms_do_not_show_the_order_of_numbers() -> None:
    found = np.array(of(*(str(number) for number in range(2000))), dtype=np.float64)
    assert abs(np.corrcoef(found, np.arange(2000))[0, 1]) < 0.1


@pytest.mark.parametrize("length", [1, 15, 16, 17, 40, 1000])
def test_numbers_of_any_length(length: int) -> None:
    first, second = "7" * length, "7" * (length - 1) + "8"
    assert of(first, second) == [*of(first), *of(second)]
    assert of(first) != of(second)


def test_long_numbers_do_not_change_the_others_and_differ_from_their_beginning() -> None:
    assert of("4711", "9" * 17)[0] == of("4711")[0]
    assert of("9" * 17) != of("9" * 16)


def test_long_numbers_depend_on_the_key() -> None:
    assert of("9" * 40) != of("9" * 40, key=OTHER)


def test_outer_blanks_do_not_matter() -> None:
    assert of("4711 ", " 4711", "4711\u00a0", "\t4711") == of("4711") * 4
    assert of("47 11") != of("4711")


def test_leading_zeros_matter() -> None:
    assert of("04711") != of("4711")


def test_blank_numbers_are_nobody() -> None:
    assert of("", None, "   ", "1")[:3] == [None] * 3
    assert of() == []
    assert of(None) == [None]


def test_letters_beyond_ascii() -> None:
    assert of("Ä1", "A1")[0] not in (None, of("A1")[0])


def test_slices_of_a_column() -> None:
    column = pa.array(["1", "22", None, "333", "4" * 20], type=pa.string())
    whole = pseudonyms(column, KEY).to_pylist()
    assert pseudonyms(column.slice(1, 3), KEY).to_pylist() == whole[1:4]


@pytest.mark.parametrize(("later", "same_year"), [(20251231, True), (20241231, False)])
def test_record_keys_are_stable_and_differ_by_date(later: int, same_year: bool) -> None:
    """Also within a year: whose numbers moved from June to December would be those of who came or left."""
    people = np.array(of(*(str(number) for number in range(5000))), dtype=np.int64)
    keys, again, then = (record_keys(people, date) for date in (20250630, 20250630, later))
    assert (keys == again).all()
    assert keys.min() >= 0
    assert keys.max() < 2**32
    assert len(np.unique(keys)) > 4990
    assert (keys != then).mean() > 0.999
    assert abs(np.corrcoef(keys, then)[0, 1]) < 0.05
    assert (keys % 2 == then % 2).all() == same_year
    assert 0.45 < (keys % 2).mean() < 0.55


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError):
            town_key(tmp_path)
    assert len(town_key(tmp_path)) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    vault = tmp_path / "town" / "vault"
    mask = os.umask(0)
    try:
        key = town_key(vault)
    finally:
        os.umask(mask)
    assert len(key) == 32
    assert town_key(vault) == key
    assert stat.S_IMODE((vault / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.stat().st_mode) == 0o700


def test_every_town_has_its_own_key(tmp_path: Path) -> None:
    assert town_key(tmp_path / "one") != town_key(tmp_path / "two")


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_damaged_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(TownError, match="damaged") as raised:
        town_key(tmp_path)
    assert raised.value.exit_code == 11
    assert (tmp_path / "key").read_bytes() == content


def test_no_new_key_where_earlier_dates_hang_on_the_old_one(tmp_path: Path) -> None:
    for date in ("2025-12-31", "2024-12-31"):
        (tmp_path / date).mkdir()
        (tmp_path / date / LINKS).touch()
    with pytest.raises(TownError, match="2024-12-31, 2025-12-31") as raised:
        town_key(tmp_path)
    assert "vielfalt forget" in raised.value.todo and raised.value.where == str(tmp_path / "key")
    assert not (tmp_path / "key").exists()
    for path in tmp_path.glob(f"*/{LINKS}"):
        path.unlink()
    assert len(town_key(tmp_path)) == 32


def test_vault_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file in its place")
    with pytest.raises(StorageError) as raised:
        town_key(tmp_path / "vault")
    assert raised.value.exit_code == 14
