"""A release package of the invented town, as a zip file, and a desk that has imported it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))

import people
import publish_example
from django.test import Client

from vielfalt.desk.history.migrations._sealing import unseal
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release
from vielfalt.methods import CELL_KEY
from vielfalt.publish.package import write_release
from vielfalt.words import Words

AUDIT = {"attacks": [{"id": "recompute", "tables": 1, "cells": 1, "hidden": 1, "disclosed": 0}], "passed": True}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests that commit empty the database afterwards, which its triggers refuse; who tests these seals it again."""
    with django_db_blocker.unblock():
        unseal(connection)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release; its zip file lies beside it."""
    folder = tmp_path_factory.mktemp("releases")
    return write_release(publish_example.results(), folder, Words("de"), AUDIT)


@pytest.fixture(scope="session")
def zipped(package: Path) -> Path:
    return package.with_suffix(".zip")


@pytest.fixture()
def release(db: None, zipped: Path) -> Release:
    return import_release(zipped)


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


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """No page of another test is shown."""
    caches["pages"].clear()


@pytest.fixture(autouse=True, scope="session")
def _data_folder() -> Iterator[None]:
    """What the desk keeps for the tests is gone with them."""
    yield
    shutil.rmtree(settings.DATA, ignore_errors=True)
