"""Where the desk keeps its figures: SQLite in its own folder, or the PostgreSQL server that DATABASE_URL names."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from vielfalt.desk.secret import owner_only
from vielfalt.errors import BusyError, StorageError
from vielfalt.vault.locking import alone_in
from vielfalt.wholefile import written_whole
from vielfalt.words import N_

_POSTGRESQL = "django.db.backends.postgresql"
BAD_ADDRESS = N_(
    "DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host/name. "
    "Signs such as # / ? @ in the password are written %23 %2F %3F %40."
)
_KEPT_SECONDS = 60
"""How long a connection to PostgreSQL waits for the next request."""

_FILE = "desk.sqlite3"
_BESIDE = ("", "-wal", "-shm")
"""The database of SQLite, its write-ahead log and the index of that."""
BEFORE_UPGRADE = "desk-before-upgrade.sqlite3"
"""The database as the version before left it, in the data folder."""
_UPGRADE = int.from_bytes(b"Vielfalt")
"""The number of the lock that programs wait for; PostgreSQL keeps it apart for each database."""
_LOOKED_EVERY = 0.2
_UPGRADE_KEPT = dt.timedelta(days=30)


def database(url: str, folder: Path) -> dict[str, Any]:
    """Django's settings of the database. Raises ImproperlyConfigured for an address that is none of PostgreSQL's."""
    if not url:
        return _sqlite(folder)
    try:
        found = dict(dj_database_url.parse(url, conn_max_age=_KEPT_SECONDS, conn_health_checks=True))
    except ValueError:
        found = {}
    if found.get("ENGINE") != _POSTGRESQL:
        # The address holds a password: it is not repeated.
        raise ImproperlyConfigured(BAD_ADDRESS)
    return found


def _sqlite(folder: Path) -> dict[str, Any]:
    """One file; readers do not wait for a writer (write-ahead log), and writers wait for each other.

    Each thread keeps it open: opening it takes as long as three questions. What is deleted is overwritten.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / _FILE,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        },
    }


@contextmanager
def alone_in_upgrade() -> Iterator[None]:
    """Lets one program at a time bring the database up to date, where several start together; the others wait.

    Raises StorageError where the folder of a desk with SQLite cannot be written.
    """
    from django.conf import settings
    from django.db import DatabaseError, connection

    if connection.vendor != "postgresql":
        with ExitStack() as held:
            while not _taken(held, settings.DATA):
                time.sleep(_LOOKED_EVERY)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_UPGRADE])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a connection that broke has given it back
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_UPGRADE])


def _taken(held: ExitStack, folder: Path) -> bool:
    try:
        held.enter_context(alone_in(folder))
    except BusyError:
        return False
    return True


def refuse_other_encoding() -> None:
    """Raises StorageError where the database on PostgreSQL cannot hold every letter: an import would fail on it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    connection.ensure_connection()
    encoding = connection.connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StorageError(
            N_("The database that DATABASE_URL names keeps texts as {encoding}, which lacks letters."),
            where="DATABASE_URL",
            encoding=encoding,
            todo=N_("Make another one: createdb --encoding=UTF8 --template=template0 --owner=NAME DATABASE"),
        )


def forget_earlier_pages() -> None:
    """Empties the write-ahead log of SQLite, where pages stand as they were before; PostgreSQL does so by itself."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def keep_from_others(folder: Path) -> None:
    """Leaves the database of SQLite to its owner alone, whatever the folder allows: it holds accounts and sessions.

    SQLite gives the files beside it the same permissions; those of an older desk are changed.
    """
    from django.db import connection

    if Path(connection.settings_dict["NAME"]) != folder / _FILE:
        return
    if not (folder / _FILE).exists():
        open(folder / _FILE, "ab", opener=owner_only).close()
    for path in (folder / f"{_FILE}{end}" for end in _BESIDE):
        with suppress(FileNotFoundError, PermissionError):  # another account may work here, but not change this
            path.chmod(0o600)


def save_before_upgrade(folder: Path) -> None:
    """Copies the database of SQLite where this version is about to change its tables, for the way back.

    PostgreSQL has tools of its own for that. Raises OSError and sqlite3.Error when there is no room.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor != "sqlite":
        return
    executor = MigrationExecutor(connection)
    is_new = not executor.loader.applied_migrations
    if is_new or not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    connection.ensure_connection()
    with written_whole(folder / BEFORE_UPGRADE) as partial:
        open(partial, "wb", opener=owner_only).close()
        with closing(sqlite3.connect(partial)) as copy:
            connection.connection.backup(copy)


def forget_before_upgrade(folder: Path, now: dt.datetime | None = None) -> None:
    """Deletes that copy: at once, for it holds accounts as they were, or (``now``) when it is a month old."""
    copy = folder / BEFORE_UPGRADE
    if copy.exists() and (now is None or copy.stat().st_mtime < (now - _UPGRADE_KEPT).timestamp()):
        copy.unlink()
