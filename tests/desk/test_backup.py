"""Backup and restore: every row and every package comes back, and what is broken, newer or not asked for is refused."""

from __future__ import annotations

import errno
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction

from vielfalt import cli
from vielfalt.desk import upkeep
from vielfalt.desk.atlas.packages import archive_of
from vielfalt.desk.backups import contents, encrypting
from vielfalt.desk.backups.contents import FORMAT, MANIFEST, Manifest
from vielfalt.desk.backups.restoring import restore
from vielfalt.desk.backups.writing import backup, one_moment
from vielfalt.desk.history import recording, watching
from vielfalt.desk.history.migrations._sealing import unseal
from vielfalt.desk.history.models import Entry, Head
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import DeliveryError, StorageError, UsageError

pytestmark = pytest.mark.django_db(transaction=True)
Rows = dict[str, list[tuple[Any, ...]]]


def all_rows() -> Rows:
    return {
        model._meta.label: list(models.QuerySet(model).order_by("pk").values_list()) for model in contents.kept_models()
    }


@pytest.fixture()
def filled(release: Release) -> Release:
    watching.note("logged_in")
    return release


@pytest.fixture()
def saved(filled: Release, tmp_path: Path) -> Path:
    file = tmp_path / "desk.backup"
    backup(file)
    return file


@pytest.fixture(autouse=True)
def _open() -> Iterator[None]:
    """A restore seals the logs; the database is emptied after the test, which the seal refuses."""
    yield
    unseal(connection)


def destroyed() -> None:
    """Nothing is left: no row, no package."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
    for package in Path(settings.PACKAGES).glob("*.zip"):
        package.unlink()


def test_everything_comes_back(filled: Release, saved: Path) -> None:
    before, package = all_rows(), archive_of(filled).read_bytes()
    assert len(before["releases.Series"]) > 100
    assert before["history.Entry"] and before["history.Event"]
    destroyed()
    assert not Release.objects.exists()
    restore(saved, replace=False)
    after = all_rows()
    added = after["history.Entry"].pop()
    heads = before.pop("history.Head"), after.pop("history.Head")
    assert after == before
    assert archive_of(filled).read_bytes() == package
    assert added[3:5] == ("restored", "desk")
    assert [rows[0][1] for rows in heads] == [2, 3]
    assert recording.first_break() is None


def test_a_restore_tells_the_moment_as_people_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Manifest(1, "2026-11-27T10:00:19.509544+00:00", "1", [], rows={"rows/a.jsonl": 3})
    monkeypatch.setattr(upkeep, "restored", lambda *_: manifest)
    told = CliRunner().invoke(cli.commands, ["desk", "restore", "some.backup", "--lang", "de"])
    assert told.output.strip() == "Wiederhergestellt: 3 Zeilen vom 27.11.2026, 11:00 Uhr"


def test_a_restored_desk_goes_on(saved: Path) -> None:
    """New rows get numbers that are free, entries continue the chain, and the database refuses changes again."""
    restore(saved, replace=True)
    Town.objects.create(ags="05999005", name="Musterburg")
    watching.note("logged_out")
    assert recording.first_break() is None
    assert Entry.objects.count() == 4
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet(Entry).update(who="3")


def test_a_filled_desk_is_replaced_only_on_demand(filled: Release, saved: Path) -> None:
    filled.town.name = "Musterburg"
    filled.town.save()
    stray = Path(settings.PACKAGES) / f"{'a' * 64}.zip"
    stray.write_bytes(b"of a release that came later")
    with pytest.raises(UsageError, match="would replace"):
        restore(saved, replace=False)
    assert Town.objects.get().name == "Musterburg"
    restore(saved, replace=True)
    assert Town.objects.get().name == "Musterfurt"
    assert not stray.exists()


def test_a_backup_is_readable_for_its_owner_alone(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    with zipfile.ZipFile(saved) as archive:
        assert not any("secret" in name for name in archive.namelist())
        assert json.loads(archive.read(MANIFEST))["rows"]["releases.Town"] == 1


def test_no_file_is_overwritten(saved: Path) -> None:
    content = saved.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        backup(saved)
    assert saved.read_bytes() == content


def test_a_full_disk_leaves_nothing(filled: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "desk.backup")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(StorageError, match="cannot be written"):
        backup(tmp_path / "desk.backup")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_of_one_moment(filled: Release) -> None:
    """What is written while a backup is read is not in it."""
    if connection.vendor == "sqlite":
        pytest.skip("the test's database lies in memory, where SQLite has no write-ahead log")
    with one_moment() as alias:
        assert models.QuerySet(Town, using=alias).count() == 1
        Town.objects.create(ags="05999005", name="Musterburg")
        assert models.QuerySet(Town, using=alias).count() == 1
    assert Town.objects.count() == 2


def rewritten(saved: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    with zipfile.ZipFile(saved) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    target = saved.with_name("other.backup")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def told(files: dict[str, bytes], **values: object) -> None:
    files[MANIFEST] = json.dumps({**json.loads(files[MANIFEST]), **values}).encode()


def shortened(files: dict[str, bytes]) -> None:
    files["rows/releases.Series.jsonl"] = files["rows/releases.Series.jsonl"].rpartition(b"\n{")[0]


def nonsense(files: dict[str, bytes]) -> None:
    """Rows that no table takes, under a hash that fits."""
    import hashlib

    files["rows/releases.Town.jsonl"] = b'{"model": "releases.town", "pk": 1, "fields": {"nothing": 1}}\n'
    hashes = json.loads(files[MANIFEST])["hashes"]
    hashes["rows/releases.Town.jsonl"] = hashlib.sha256(files["rows/releases.Town.jsonl"]).hexdigest()
    told(files, hashes=hashes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (shortened, "damaged"),
        (nonsense, "damaged"),
        (lambda files: files.pop("rows/releases.Town.jsonl"), "damaged"),
        (lambda files: files.update({"packages/../../x.zip": b"x"}), "damaged"),
        (lambda files: files.pop(MANIFEST), "damaged"),
        (lambda files: files.update({MANIFEST: b"{}"}), "damaged"),
        (lambda files: told(files, rows={}), "damaged"),
        (lambda files: told(files, format=FORMAT + 1, news=1), "newer version"),
        (lambda files: told(files, migrations=[*contents.state(), "releases.0099_later"]), "newer version"),
        (lambda files: told(files, migrations=contents.state()[1:]), "older version"),
    ],
)
def test_what_cannot_be_trusted_is_refused(
    saved: Path, change: Callable[[dict[str, bytes]], object], message: str
) -> None:
    before = all_rows()
    with pytest.raises(DeliveryError, match=message):
        restore(rewritten(saved, change), replace=True)
    assert all_rows() == before
    assert recording.first_break() is None


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_backup(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "desk.backup"
    file.write_bytes(content)
    with pytest.raises(DeliveryError, match="no backup"):
        restore(file, replace=True)


def test_a_cut_backup(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-2_000])
    with pytest.raises(DeliveryError, match="damaged"):
        restore(saved, replace=True)


def test_a_missing_backup(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be restored"):
        restore(tmp_path / "none", replace=True)


def test_an_empty_desk_can_be_saved_and_restored(tmp_path: Path) -> None:
    backup(tmp_path / "empty.backup")
    restore(tmp_path / "empty.backup", replace=False)
    assert Head.objects.get().number == 1


PASSPHRASE = b"Kiesel Ampel Rosine Tinte Bahnhof"


@pytest.fixture()
def locked(filled: Release, tmp_path: Path) -> Path:
    file = tmp_path / "desk.locked"
    backup(file, PASSPHRASE)
    return file


def test_an_encrypted_backup_tells_nothing_and_comes_back(locked: Path, filled: Release) -> None:
    before, content = all_rows(), locked.read_bytes()
    assert stat.S_IMODE(locked.stat().st_mode) == 0o600
    assert not zipfile.is_zipfile(locked) and filled.name.encode() not in content and b"releases" not in content
    destroyed()
    restore(locked, replace=False, passphrase=PASSPHRASE)
    restored = all_rows()
    assert restored["releases.Release"] == before["releases.Release"] != []
    assert sorted(Path(settings.DATA).glob("tmp*")) == []


def test_two_backups_share_nothing_a_reader_could_compare(filled: Release, locked: Path, tmp_path: Path) -> None:
    backup(tmp_path / "second", PASSPHRASE)
    one, two = (file.read_bytes()[len(encrypting.HEAD) :] for file in (locked, tmp_path / "second"))
    assert one[:64] != two[:64]


@pytest.mark.parametrize("passphrase", [b"", b"Kiesel Ampel Rosine Tinte Bahnhoff"])
def test_an_encrypted_backup_opens_with_its_passphrase_alone(locked: Path, passphrase: bytes) -> None:
    before = all_rows()
    with pytest.raises(UsageError if not passphrase else DeliveryError, match=r"passphrase|encrypted"):
        restore(locked, replace=True, passphrase=passphrase)
    assert all_rows() == before


SMALL = 4_096


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: -SMALL - 16],
        lambda content: content[: encrypted_from()],
        lambda content: content[:-100] + bytes([content[-100] ^ 1]) + content[-99:],
        lambda content: swapped(content),
        lambda content: content + b"x",
    ],
    ids=["cut by a byte", "cut by a piece", "no piece", "one bit changed", "pieces swapped", "something behind"],
)
def test_a_damaged_encrypted_backup_changes_nothing(
    filled: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(encrypting, "PIECE", SMALL)
    file = tmp_path / "desk.locked"
    backup(file, PASSPHRASE)
    before, content = all_rows(), file.read_bytes()
    assert len(content) > 4 * SMALL
    file.write_bytes(damage(content))
    with pytest.raises(DeliveryError, match="damaged"):
        restore(file, replace=True, passphrase=PASSPHRASE)
    assert all_rows() == before


def encrypted_from() -> int:
    """Where the first piece begins."""
    return len(encrypting.HEAD) + 16 + 7


def swapped(content: bytes) -> bytes:
    """The first two pieces in the wrong order."""
    start, size = encrypted_from(), SMALL + 16
    first, second = content[start : start + size], content[start + size : start + 2 * size]
    return content[:start] + second + first + content[start + 2 * size :]


@pytest.mark.parametrize("text", ["", "kurz\n", "   \nthe second line is long enough"])
def test_a_short_passphrase_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "passphrase").write_text(text)
    with pytest.raises(UsageError, match="fewer than 16 characters"):
        encrypting.passphrase_of(tmp_path / "passphrase")


def test_the_first_line_of_the_file_is_the_passphrase(tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_bytes(PASSPHRASE + b"\r\nanything else\n")
    assert encrypting.passphrase_of(tmp_path / "passphrase") == PASSPHRASE
    with pytest.raises(StorageError, match="cannot be read"):
        encrypting.passphrase_of(tmp_path / "nowhere")
