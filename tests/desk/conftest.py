"""A release package of the invented town, as a zip file, and a desk that has imported it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import people
import publish_example
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from vielfalt.desk.history.migrations._sealing import unseal
from vielfalt.desk.history.models import Entry, Head
from vielfalt.desk.releases import models
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import AreaSet, Index, Level, Release, Series, Table, Town
from vielfalt.methods import CELL_KEY
from vielfalt.publish.package import write_release
from vielfalt.words import Words

Row = TypeVar("Row", Town, Release)
ABOVE = [model._meta.db_table for model in (Release, Town, Entry, Head)]
BELOW = [model._meta.db_table for model in (AreaSet, Level, Table, Series, Index)]
"""What stands below towns and releases and has no history of its own, in an order in which it can be kept."""
AUDIT = {"attacks": [{"id": "recompute", "tables": 1, "cells": 1, "hidden": 1, "disclosed": 0}], "passed": True}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests that commit empty the database afterwards, which its triggers refuse; who tests these seals it again."""
    with django_db_blocker.unblock():
        unseal(connection)


@pytest.fixture(autouse=True)
def _swept(request: pytest.FixtureRequest) -> None:
    """PostgreSQL keeps the rows of tests that were taken back and plans for empty tables: queries take minutes then."""
    if os.environ.get("DATABASE_URL"):
        request.getfixturevalue("django_db_setup")
        with request.getfixturevalue("django_db_blocker").unblock(), connection.copy().cursor() as cursor:
            cursor.execute(f"VACUUM {', '.join([*ABOVE, *BELOW])}")
            cursor.connection.close()


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release; its zip file lies beside it."""
    folder = tmp_path_factory.mktemp("releases")
    return write_release(publish_example.results(), folder, Words("de"), AUDIT)


@pytest.fixture(scope="session")
def zipped(package: Path) -> Path:
    return package.with_suffix(".zip")


@dataclass(frozen=True)
class Aside:
    """A release that was imported once: what history records of it, and its package; its other rows lie aside."""

    town: Town
    release: Release
    package: Path


@pytest.fixture(scope="session")
def aside(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    zipped: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Aside:
    """Importing takes a second, and hundreds of tests begin with it: it is done once, its rows are copied back."""
    with django_db_blocker.unblock():
        found = import_release(zipped)
        kept = settings.PACKAGES / f"{found.digest}.zip"
        package = shutil.copy(kept, tmp_path_factory.mktemp("aside"))
        with connection.cursor() as cursor:
            for table in BELOW:
                cursor.execute(f"CREATE TABLE aside_{table} AS SELECT * FROM {table}")
            for table in (*reversed(BELOW), *ABOVE):
                cursor.execute(f"DELETE FROM {table}")
    return Aside(found.town, found, Path(package))


@pytest.fixture()
def release(db: None, aside: Aside) -> Release:
    """The release as ``import_release`` keeps it; the two rows that have a history are kept anew, and so told of."""
    town, release = _again(aside.town), _again(aside.release)
    town.save(force_insert=True)
    release.town = town
    release.save(force_insert=True)
    with connection.cursor() as cursor:
        for table in BELOW:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM aside_{table}")
    settings.PACKAGES.mkdir(parents=True, exist_ok=True)
    shutil.copy(aside.package, settings.PACKAGES)
    return release


def _again(row: Row) -> Row:
    """The same row, as if it had never been kept."""
    return type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})


@pytest.fixture(scope="session")
def changed_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release under the cell key method: writing one takes as long as importing ten."""
    results = publish_example.marked(publish_example.results(), CELL_KEY)
    return write_release(results, tmp_path_factory.mktemp("changed"), Words("de"), AUDIT)


@pytest.fixture()
def changed(db: None, changed_package: Path) -> Release:
    """A release under the cell key method: every number that is shown is marked as estimated."""
    return import_release(changed_package)


@pytest.fixture()
def client(db: None) -> Client:
    """A browser of somebody who reads every town."""
    return people.client(people.person("statistics"))


@pytest.fixture()
def anonymous(db: None) -> Client:
    """A browser of somebody without an account."""
    return Client()


@pytest.fixture()
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker renews its connection now and then; the test's own, in its transaction, has to stay."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Nothing that another test has shown or read is remembered; some change what never changes in a desk."""
    caches["pages"].clear()
    models._areas.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _data_folder() -> Iterator[None]:
    """What the desk keeps for the tests is gone with them."""
    yield
    shutil.rmtree(settings.DATA, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "make test installs the browser"
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as environment:
        # The browser's own loop runs in this thread; Django would refuse its database here.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        yield opened
        opened.close()


@pytest.fixture()
def shown(browser: Browser, transactional_db: None, release: Release) -> Release:
    return release
