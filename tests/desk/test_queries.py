"""The number of questions a page asks the database does not grow with what the desk holds."""

from __future__ import annotations

from pathlib import Path

import people
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from forging import described, forged
from test_pages import PAGES, addresses

from vielfalt.desk.jobs.models import Job
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Town


def asked(client: Client, release: Release) -> dict[str, int]:
    """How many queries each page needs."""
    found = {}
    for name, address in addresses(release).items():
        if name in PAGES:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            found[name] = len(queries)
    return found


@pytest.mark.django_db
def test_pages_ask_as_often_for_many_as_for_few(
    client: Client, release: Release, package: Path, tmp_path: Path
) -> None:
    asked(client, release)
    few = asked(client, release)
    import_release(
        forged(
            package, tmp_path, lambda folder: described(folder, lambda content: content.update(release="2025-12-31-2"))
        )
    )
    for number in range(5):
        Town.objects.create(ags=f"0599910{number}", name=f"Musterdorf {number}")
        Job.objects.create(name=f"{number}.zip")
        people.person("council")
        release.town.name = f"Musterfurt {number}"
        release.town.save()
    assert asked(client, release) == few
