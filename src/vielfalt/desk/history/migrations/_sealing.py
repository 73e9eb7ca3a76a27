"""Triggers that refuse to change the logs, for whoever goes past the program: SQLite and PostgreSQL."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_SEALED = (("history_entry", ("UPDATE", "DELETE")), ("history_event", ("UPDATE",)))
"""The history refuses both; the security log is tidied, so it refuses changes alone."""
_FUNCTION = """
CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an entry of a log is never changed or deleted'; END $$
"""


def seal(connection: BaseDatabaseWrapper) -> None:
    """Makes the database refuse changes of what was logged."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table, actions in _SEALED:
            for action in actions:
                cursor.execute(_trigger(connection.vendor, table, action))
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION history_refuse()"
                )


def unseal(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away: for a restore, and for tests that empty the database."""
    with connection.cursor() as cursor:
        for table, actions in _SEALED:
            postgresql = connection.vendor == "postgresql"
            for action in (*actions, *(("TRUNCATE",) if postgresql else ())):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{action.lower()}" + (f" ON {table}" * postgresql))


def _trigger(vendor: str, table: str, action: str) -> str:
    head = f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} FOR EACH ROW"
    if vendor == "postgresql":
        return f"{head} EXECUTE FUNCTION history_refuse()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'an entry of a log is never changed or deleted'); END"
