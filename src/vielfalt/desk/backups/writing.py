"""Making a backup while the desk is running: all rows as they are at one moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from django.conf import settings
from django.core import serializers
from django.db import connection, connections, models, transaction

from vielfalt.desk.backups import contents
from vielfalt.desk.backups.contents import FORMAT, MANIFEST, PACKAGES, Exact, Manifest
from vielfalt.desk.backups.encrypting import Encrypted
from vielfalt.desk.secret import owner_only
from vielfalt.errors import StorageError, UsageError, why
from vielfalt.wholefile import written_whole
from vielfalt.words import N_

if TYPE_CHECKING:
    from typing_extensions import Buffer

_MOMENT = "moment"
_CHUNK = 1 << 20


def backup(file: Path, passphrase: bytes = b"") -> Manifest:
    """Writes the backup, readable for its owner alone and encrypted where there is a passphrase; what it holds.

    Raises UsageError for a file that exists, StorageError without space or permission; nothing is left then.
    """
    if file.exists():
        raise UsageError(N_("The file exists already."), where=file, todo=N_("Name a file that does not exist yet."))
    try:
        with written_whole(file) as partial, open(partial, "wb", opener=owner_only) as raw:
            manifest = _encrypted(raw, passphrase) if passphrase else _written(raw)
    except OSError as error:
        raise StorageError(
            N_("The backup cannot be written: {reason}."),
            where=error.filename or file,
            reason=why(error),
            todo=N_("Check free space and permissions, or name another place."),
        ) from error
    return manifest


def _encrypted(raw: IO[bytes], passphrase: bytes) -> Manifest:
    target = Encrypted(raw, passphrase)
    manifest = _written(cast(IO[bytes], target))
    target.finish()
    return manifest


def _written(raw: IO[bytes]) -> Manifest:
    manifest = Manifest(FORMAT, dt.datetime.now(dt.UTC).isoformat(), version("vielfalt"), contents.state())
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with one_moment() as alias:
            for model in contents.kept_models():
                rows: models.QuerySet[models.Model] = models.QuerySet(model, using=alias)
                manifest.rows[model._meta.label] = rows.count()
                with _entry(archive, manifest, contents.file_of(model)) as entry:
                    text = io.TextIOWrapper(cast(IO[bytes], entry), encoding="utf-8", newline="\n")
                    serializers.serialize("jsonl", rows.order_by("pk").iterator(2_000), stream=text, cls=Exact)
                    text.flush()
                    text.detach()
        # The rows were read first: a release that came in meanwhile brings a package too many, never one too few.
        for package in sorted(Path(settings.PACKAGES).glob("*.zip")):
            with package.open("rb") as source, _entry(archive, manifest, PACKAGES + package.name) as entry:
                shutil.copyfileobj(source, entry, _CHUNK)
        archive.writestr(MANIFEST, manifest.as_json())
    return manifest


class _Hashed(io.BufferedIOBase):
    """A file that is hashed while it is written."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.hash = inner, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        self.hash.update(data)
        return self.inner.write(data)


@contextmanager
def _entry(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> Iterator[_Hashed]:
    """One file of the backup, written piece by piece; its hash is in the manifest afterwards."""
    with archive.open(name, "w", force_zip64=True) as inner:
        hashed = _Hashed(inner)
        yield hashed
    manifest.hashes[name] = hashed.hash.hexdigest()


@contextmanager
def one_moment() -> Iterator[str]:
    """A connection of its own that sees all tables as they are now, whatever is written meanwhile; its name.

    SQLite: a reading transaction of the write-ahead log. PostgreSQL: a transaction in which reads are repeatable.
    """
    copied = connection.copy(_MOMENT)
    options = copied.settings_dict.setdefault("OPTIONS", {})
    if connection.vendor == "sqlite":
        options["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections[_MOMENT] = copied
    try:
        with transaction.atomic(using=_MOMENT):
            yield _MOMENT
    finally:
        copied.close()
        del connections[_MOMENT]
