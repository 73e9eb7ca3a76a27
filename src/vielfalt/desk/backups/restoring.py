"""Restoring a desk from a backup: all is checked first, then everything is there, or nothing has changed."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core import serializers
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction

from vielfalt.desk.backups import contents
from vielfalt.desk.backups.contents import FORMAT, MANIFEST, PACKAGES, Manifest
from vielfalt.desk.backups.encrypting import decrypt, is_encrypted
from vielfalt.desk.history.migrations._sealing import seal, unseal
from vielfalt.desk.history.recording import record
from vielfalt.errors import DeliveryError, StorageError, UsageError, why
from vielfalt.wholefile import BROKEN_ZIP, written_whole
from vielfalt.words import N_

_LARGEST_MANIFEST = 10_000_000
_CHUNK = 1 << 20
_PACKAGE = re.compile(rf"{PACKAGES}[0-9a-f]{{64}}\.zip")
_MADE_BY_DJANGO = {"contenttypes.ContentType", "auth.Permission"}
"""Rows that stand in every database, an empty one too."""
RESTORED = "restored"


def restore(file: Path, replace: bool, passphrase: bytes = b"") -> Manifest:
    """Puts the desk into the state of the backup; what that held. The history goes on with an entry that says so.

    ``replace``: whether a desk that holds something may be replaced; ``passphrase``: of an encrypted backup. Raises
    DeliveryError for a backup that is broken, newer or older than this program, or does not open, UsageError for a
    filled desk, StorageError without space or permission.
    """
    try:
        with _readable(file, passphrase) as readable, ExitStack() as until_done:
            try:  # what breaks after this is no fault of the file
                archive = until_done.enter_context(zipfile.ZipFile(readable))
                manifest = _checked(archive, file)
            except BROKEN_ZIP as error:
                raise _broken(file) from error
            if not replace and is_filled():
                raise UsageError(
                    N_("This desk holds data; a restore would replace them."),
                    todo=N_("Make a backup of it first, then repeat with --replace."),
                )
            _replaced(archive, manifest, file)
    except OSError as error:
        raise StorageError(
            N_("The backup cannot be restored: {reason}."),
            where=error.filename or file,
            reason=why(error),
            todo=N_("Check path, free space and permissions; nothing was changed."),
        ) from error
    return manifest


@contextmanager
def _readable(file: Path, passphrase: bytes) -> Iterator[Path | IO[bytes]]:
    """The backup in clear; of an encrypted one a copy in the desk's folder that has no name and is gone afterwards."""
    if not is_encrypted(file):
        yield file
        return
    if not passphrase:
        raise UsageError(
            N_("The backup is encrypted."),
            where=file.name,
            todo=N_("Name the file that holds its passphrase: --passphrase-file FILE."),
        )
    folder = Path(settings.DATA)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as clear:
        decrypt(file, passphrase, clear)
        yield clear


def is_filled() -> bool:
    """Whether the desk holds anything that a restore would replace."""
    kept = (model for model in contents.kept_models() if model._meta.label not in _MADE_BY_DJANGO)
    return any(models.QuerySet(model).exists() for model in kept)


def _broken(file: Path) -> DeliveryError:
    return DeliveryError(
        N_("The file is no backup of a desk, or it is damaged."),
        where=file.name,
        todo=N_("Take another copy of the backup; nothing was changed."),
    )


def _checked(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """The manifest of a backup whose every file is there, unchanged, and of this program's state."""
    manifest = _manifest(archive, file)
    known = set(contents.state())
    if manifest.format > FORMAT or set(manifest.migrations) - known:
        raise DeliveryError(
            N_("The backup was made by a newer version ({version})."),
            where=file.name,
            version=manifest.version,
            todo=N_("Install that version or a later one, then restore."),
        )
    if known - set(manifest.migrations):
        raise DeliveryError(
            N_("The backup was made by an older version ({version}) whose tables differ."),
            where=file.name,
            version=manifest.version,
            todo=N_("Restore it with that version; the next start of a newer one brings the database up to date."),
        )
    wanted = {contents.file_of(model) for model in contents.kept_models()}
    packages = {name for name in manifest.hashes if _PACKAGE.fullmatch(name)}
    names = archive.namelist()
    if set(manifest.hashes) != wanted | packages or sorted(names) != sorted({*manifest.hashes, MANIFEST}):
        raise _broken(file)
    for name, digest in manifest.hashes.items():
        with archive.open(name) as entry:
            if hashlib.file_digest(cast(io.BufferedIOBase, entry), "sha256").hexdigest() != digest:
                raise _broken(file)
    return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise _broken(file)
        told = json.loads(archive.read(MANIFEST))
        if told["format"] > FORMAT:
            return Manifest(told["format"], "", str(told.get("version", "?")), [])
        return Manifest(**told)
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(file) from error


def _replaced(archive: zipfile.ZipFile, manifest: Manifest, file: Path) -> None:
    """Rows in one transaction; packages lie there before it ends, and what is over is removed after it."""
    try:
        with transaction.atomic():
            unseal(connection)
            _emptied()
            for model in contents.kept_models():
                _loaded(archive, model)
            if manifest.rows != {model._meta.label: models.QuerySet(model).count() for model in contents.kept_models()}:
                raise _broken(file)
            connection.check_constraints()
            _numbered_on()
            seal(connection)
            record(RESTORED, "desk", "", {"made": [None, manifest.made]})
            _unpacked(archive, manifest)
    except (serializers.base.DeserializationError, DatabaseError) as error:
        raise _broken(file) from error
    for package in Path(settings.PACKAGES).glob("*.zip"):
        if PACKAGES + package.name not in manifest.hashes:
            package.unlink()


def _emptied() -> None:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def _loaded(archive: zipfile.ZipFile, model: type[models.Model]) -> None:
    with archive.open(contents.file_of(model)) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as lines:
        for row in serializers.deserialize("jsonl", lines):
            row.save(force_insert=True)


def _numbered_on() -> None:
    """Lets the numbers of new rows begin after those restored (PostgreSQL counts them apart from the rows)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), contents.kept_models()):
            cursor.execute(statement)


def _unpacked(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    folder = Path(settings.PACKAGES)
    folder.mkdir(parents=True, exist_ok=True)
    for name in manifest.hashes:
        if _PACKAGE.fullmatch(name):
            whole = written_whole(folder / name.removeprefix(PACKAGES))
            with archive.open(name) as source, whole as partial, partial.open("wb") as copy:
                while chunk := source.read(_CHUNK):
                    copy.write(chunk)
