"""The number of questions a page asks the database does not grow with towns, dates, or what else the desk holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import people
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from forging import described, sealed
from pages_served import PAGES, addresses

from vielfalt.desk.jobs.models import Job
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Town

MOST = 20
"""Queries of any page that is made for the first time."""


def another(package: Path, tmp_path: Path, ags: str, date: str) -> Release:
    """The release of another town or date, imported: the same figures under other names."""
    folder = tmp_path / ags / f"{date}-1"
    shutil.copytree(package, folder)
    for path in (*folder.rglob("*.csv"), *folder.rglob("*.json"), *folder.rglob("*.geojson")):
        path.write_text(path.read_text(encoding="utf-8").replace("05999004", ags), encoding="utf-8")
    described(folder, lambda content: content.update(release=folder.name, reference_date=date, previous_release=None))
    sealed(folder)
    return import_release(folder)


def asked(client: Client, release: Release) -> dict[str, int]:
    """How many queries each page needs when it is made for the first time."""
    found = {}
    for name, address in addresses(release).items():
        if name in PAGES:
            caches["pages"].clear()
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found[name] = len(queries)
    return found


@pytest.mark.django_db
def test_pages_ask_as_often_for_many_as_for_few(
    client: Client, release: Release, package: Path, tmp_path: Path
) -> None:
    another(package, tmp_path, "05999004", "2024-12-31")
    another(package, tmp_path, "05999005", "2025-12-31")
    asked(client, release)
    few = asked(client, release)
    assert all(0 < number <= MOST for number in few.values()), few
    for date in ("2022-12-31", "2023-12-31"):
        another(package, tmp_path, "05999004", date)
    for ags in ("05999006", "05999007"):
        another(package, tmp_path, ags, "2025-12-31")
    for number in range(5):
        Town.objects.create(ags=f"0599910{number}", name=f"Musterdorf {number}")
        Job.objects.create(name=f"{number}.zip")
        people.person("council")
        release.town.name = f"Musterfurt {number}"
        release.town.save()
    assert asked(client, release) == few


@pytest.mark.django_db
def test_a_page_that_was_made_before_asks_who_reads_and_what_may_be_read(client: Client, release: Release) -> None:
    address = addresses(release)["theme"]
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert not [query["sql"] for query in queries if "releases_series" in query["sql"] or "areaset" in query["sql"]]
    assert len(queries) <= 6
