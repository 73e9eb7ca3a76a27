"""Starting the desk from the command line: database brought up to date, then served until it is stopped."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from vielfalt.desk import processes
from vielfalt.errors import StorageError, UsageError
from vielfalt.words import N_, Text, Words

_THREADS = 8
_LARGEST_REQUEST = 250_000_000
"""Bytes that are taken in, on the disk, before a page can say that they are too many (``jobs.views.bounded``)."""
_BEHIND = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"}
"""A server in front on this machine says who asks and whether the way there was encrypted."""


def ready() -> None:
    """Sets Django up and brings the database up to date. Raises StorageError when the data folder cannot be used."""
    import sqlite3

    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db import DatabaseError

    from vielfalt.desk import database

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vielfalt.desk.settings")
    try:
        django.setup()
        database.refuse_other_encoding()
        with database.alone_in_upgrade():
            database.keep_from_others(settings.DATA)
            database.save_before_upgrade(settings.DATA)
            call_command("migrate", verbosity=0, interactive=False)
    except ImproperlyConfigured as error:
        todo = N_("Correct it in the environment and start again.")
        if str(error) == database.BAD_ADDRESS:
            raise UsageError(database.BAD_ADDRESS, todo=todo) from None
        raise UsageError(
            N_("A setting of the desk cannot be used: {reason}"),
            reason=Text(str(error)),
            todo=todo,
        ) from None
    except (OSError, DatabaseError, sqlite3.Error) as error:
        if isinstance(error, DatabaseError) and os.environ.get("DATABASE_URL"):
            raise _no_server(error) from None
        raise _unusable(error) from error


def _no_server(error: Exception) -> StorageError:
    """What the server says may hold names and addresses; it stays there."""
    from django.db import OperationalError

    if isinstance(error, OperationalError):
        return StorageError(
            N_("The database that DATABASE_URL names cannot be reached."),
            where="DATABASE_URL",
            todo=N_("Check that the server runs, and name, password and address."),
        )
    return StorageError(
        N_("The database that DATABASE_URL names does not let the desk make its tables."),
        where="DATABASE_URL",
        todo=N_("Make the name in DATABASE_URL the owner of an empty database, and start again."),
    )


def _unusable(error: Exception) -> StorageError:
    return StorageError(
        N_("The data folder of the desk cannot be used."),
        where=getattr(error, "filename", None) or os.environ.get("VIELFALT_DESK_DATA", ""),
        todo=N_("Check free space and permissions, or name another folder in VIELFALT_DESK_DATA."),
    )


def serve(host: str, port: int, started: Callable[[int], None]) -> None:
    """Serves the desk until it is stopped; ``started`` is called with the port when it listens. Port 0: any free one.

    Raises UsageError for an address or port that cannot be listened to, for settings that show faults to readers
    where others can reach them, and for a desk.toml that cannot be used.
    """
    ready()
    from django.conf import settings

    from vielfalt.desk.house.operator import operator

    operator(settings.DATA)
    _closed_to_others(host)
    try:
        listener = processes.listening(host, port)
    except (OSError, ValueError, OverflowError):
        raise UsageError(
            N_("The desk cannot listen there; another program may be using the port."),
            where=f"{host}:{port}",
            todo=N_("Choose another port: vielfalt desk serve --port 8021"),
        ) from None
    if not os.environ.get("DATABASE_URL"):
        from vielfalt.desk.jobs.worker import started_inside

        started_inside()
    _settled()
    try:
        started(listener.getsockname()[1])
        _answered(listener)
    finally:
        gc.unfreeze()  # what the collector is spared is not taken apart at the end, of which DuckDB complains


def _answered(listener: processes.Listener) -> None:
    """Answers in as many processes as serve, until they are stopped."""
    if (number := processes.count()) == 1:
        _answer(listener)
    else:
        from django.db import connections

        connections.close_all()
        processes.keep(number, lambda: _answer(listener))


def _answer(listener: processes.Listener) -> None:
    """Answers what comes in at the socket until the process is stopped."""
    import waitress
    from django.conf import settings

    from vielfalt.desk.wsgi import application

    behind = _BEHIND if settings.ENCRYPTED else {}
    waitress.create_server(
        application, sockets=[listener], threads=_THREADS, ident="", max_request_body_size=_LARGEST_REQUEST, **behind
    ).run()


def _closed_to_others(host: str) -> None:
    """Pages of faults show code and values: whoever has set DEBUG in settings of their own sees them alone."""
    from django.conf import settings

    if settings.DEBUG and host not in ("127.0.0.1", "::1", "localhost"):
        raise UsageError(
            N_("With DEBUG the desk serves this machine alone: pages of faults would show others code and values."),
            where=host,
            todo=N_("Take DEBUG out of the settings, or start without --host."),
        )


def _settled() -> None:
    """Loads what the first page would, and spares it the collector: looking through it all would halt a page 0.1 s.

    The files of the program are looked at now, while they are those that were loaded.
    """
    from django.conf import settings

    from vielfalt.desk.atlas import kept

    import_module(settings.ROOT_URLCONF)
    kept.program()
    gc.collect()
    gc.freeze()


def work(started: Callable[[], None]) -> None:
    """Does jobs until it is stopped: the worker of a desk on a database server, in a process of its own."""
    ready()
    from vielfalt.desk.jobs.worker import run_until_stopped

    started()
    run_until_stopped()


def first_link() -> str:
    """The path of a link that makes the first account, once; empty where there is an account."""
    from django.urls import reverse

    from vielfalt.desk.accounts import links

    token = links.first_token()
    return reverse("one_time_link", args=[token]) if token else ""


def show(folder: Path, packages: Sequence[Path], words: Words, started: Callable[[int], None]) -> None:
    """Serves the showcase: a desk in ``folder`` with these packages, where everybody is logged in as a role.

    On any free port of this machine. Raises UsageError where the folder is a desk of its own, or a town a real one.
    """
    _made_for_show(folder)
    os.environ |= {"VIELFALT_DESK_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "vielfalt.desk.demo_settings"}
    ready()
    from vielfalt.desk.accounts import demo

    for package in packages:
        add_to_show(package, words)
    if not demo.all_synthetic():
        raise _no_showcase(folder)
    serve("127.0.0.1", 0, started)


def add_to_show(package: Path, words: Words) -> None:
    """Brings one more package into the showcase, where it is not there yet; the first two of one town are published.

    Every role may read its town.
    """
    ready()
    from vielfalt.desk.accounts import demo
    from vielfalt.desk.releases.importing import imported

    release, _ = imported(package)
    demo.furnish(words)
    demo.publish(release)


def _made_for_show(folder: Path) -> None:
    """Marks a new data folder as one of the demonstration."""
    from vielfalt.desk.accounts.policy import SHOWCASE

    if (folder / "desk.sqlite3").exists() and not (folder / SHOWCASE).exists():
        raise _no_showcase(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / SHOWCASE).touch()


def _no_showcase(folder: Path) -> UsageError:
    return UsageError(
        N_(
            "This desk cannot be shown without accounts: it was not made by the demonstration, or a town is a real one."
        ),
        where=folder.as_posix(),
        todo=N_("Choose another folder for the demonstration, or start the desk: vielfalt desk serve"),
    )
