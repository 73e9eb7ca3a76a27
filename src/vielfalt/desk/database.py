"""Where the desk keeps its figures: SQLite in its own folder, or the PostgreSQL server that DATABASE_URL names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from vielfalt.words import N_

_POSTGRESQL = "django.db.backends.postgresql"
BAD_ADDRESS = N_("DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host/name")
_KEPT_SECONDS = 60
"""How long a connection to PostgreSQL waits for the next request."""


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
        "NAME": folder / "desk.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        },
    }


def forget_earlier_pages() -> None:
    """Empties the write-ahead log of SQLite, where pages stand as they were before; PostgreSQL does so by itself."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
