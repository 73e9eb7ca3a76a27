"""Files that the desk takes and gives: none can run in a reader's browser, none lies where its sender wants it."""

from __future__ import annotations

from pathlib import Path

import people
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pages_served import addresses

from vielfalt.desk.jobs import queueing
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.releases.models import Release

pytestmark = pytest.mark.django_db


def is_shut(browser: Client, address: str) -> bool:
    answer = browser.get(address)
    if answer.streaming:
        list(answer)
    assert answer.status_code == 200, address
    policy = answer.headers["Content-Security-Policy"].split("; ")
    return (
        answer.headers["Content-Disposition"].startswith("attachment; filename=")
        and {"default-src 'none'", "sandbox"} <= set(policy)
        and answer.headers["X-Content-Type-Options"] == "nosniff"
    )


def test_published_files_too(anonymous: Client, release: Release) -> None:
    """What a town's vault wrote, its report among it, comes to strangers as files to save."""
    Publisher.objects.create(town=release.town, name="x", contact="a@example.org", licence="dl-by", attribution="x")
    steps.propose(people.person("integration", release.town), release)
    steps.publish(people.person("head", release.town), release)
    for path in ("report.pdf", "indices.csv"):
        assert is_shut(anonymous, reverse("open_file", args=[release.town.ags, release.name, path])), path


def test_what_is_no_page_is_saved_or_shut(client: Client, release: Release) -> None:
    """Over all addresses of a release: a page is HTML of the desk; anything else is saved, and may run nothing.

    The report as PDF alone is shown by the browser.
    """
    saved = []
    for name, address in addresses(release).items():
        answer = client.get(address)
        if answer.streaming:
            list(answer)
        kind = answer.headers.get("Content-Type", "")
        to_save = answer.headers.get("Content-Disposition", "").startswith("attachment")
        if answer.status_code == 200 and (to_save or not kind.startswith("text/html")):
            assert "sandbox" in answer.headers["Content-Security-Policy"], (name, kind)
            assert answer.headers["X-Content-Type-Options"] == "nosniff", name
            assert to_save or kind == "application/pdf", name
            saved.append(name)
    assert {"theme_svg", "theme_csv", "theme_xlsx", "theme_geojson", "report_html", "package"} <= set(saved)


@pytest.mark.parametrize("called", ["../../desk.sqlite3", "report.html", "<script>.svg", "x" * 300])
def test_an_upload_lies_under_a_name_of_chance_outside_what_is_served(called: str) -> None:
    folder = Path(settings.UPLOADS)
    before = set(folder.glob("*"))
    job = queueing.begun(people.person("statistics"), SimpleUploadedFile(called, b"<svg/>"))
    new = {path.name for path in set(folder.iterdir()) - before}
    assert new == {f"{job.pk}.zip"}, "the name is the number of chance of the job"
    assert not any(folder.is_relative_to(served) for served in settings.STATICFILES_DIRS)
    job.delete()
    assert set(folder.iterdir()) == before
