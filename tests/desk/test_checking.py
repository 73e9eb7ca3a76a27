"""Checking a package before it is imported, being told that a job has ended, and giving away what was taken in."""

from __future__ import annotations

import html
from pathlib import Path

import people
import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from forging import described, forged

from vielfalt.cli import commands
from vielfalt.desk import upkeep
from vielfalt.desk.history.telling import moment
from vielfalt.desk.jobs import queueing, worker
from vielfalt.desk.jobs.models import DONE, FAILED, WAITING, Job
from vielfalt.desk.releases.importing import imported
from vielfalt.desk.releases.models import AreaSet, Release, Series, Town
from vielfalt.desk.releases.previewing import AS_BEFORE, GONE, NEW, OTHERWISE, REDRAWN, previewed
from vielfalt.errors import DeliveryError
from vielfalt.words import Words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]


def sent(browser: Client, content: bytes, **more: str) -> Job:
    package = SimpleUploadedFile("2025-12-31-1.zip", content)
    assert browser.post(reverse("upload"), {"package": package, **more}).status_code == 302
    return Job.objects.latest("made")


def done(browser: Client, content: bytes, **more: str) -> Job:
    job = sent(browser, content, **more)
    worker.do_waiting()
    job.refresh_from_db()
    return job


def text(browser: Client, name: str, *args: object) -> str:
    answer = browser.get(reverse(name, args=args), headers={"accept-language": "en"})
    return html.unescape(answer.content.decode())


def test_a_check_keeps_nothing_and_leads_to_the_import(client: Client, zipped: Path) -> None:
    job = done(client, zipped.read_bytes(), check="ja")
    assert (job.state, job.release, job.file.exists()) == (DONE, None, True)
    assert not (Release.objects.exists() or Town.objects.exists() or AreaSet.objects.exists())
    assert job.preview
    page = text(client, "job", job.pk)
    assert "The municipality is new here." in page and "Musterfurt (05999004)" in page
    assert "<h1" in page and "Check of " in page and "Import of " not in page
    listed = text(client, "jobs")
    assert ">Check</td>" in listed and ">Import</td>" not in listed and moment(job.made, Words("en")) in listed
    assert page.count(f">{NEW}</td>") == len(job.preview["tables"]) + len(job.preview["areas"]) > 3
    client.post(reverse("start_again", args=[job.pk]))
    assert not queueing.import_after_check(job), "once is enough"
    worker.do_waiting()
    job.refresh_from_db()
    assert (job.state, job.release, job.file.exists()) == (DONE, Release.objects.get(), False)
    assert "What an import would bring" not in text(client, "job", job.pk)


def test_a_check_refuses_what_an_import_refuses(client: Client, release: Release, zipped: Path) -> None:
    bad = done(client, b"no zip", check="ja")
    assert (bad.state, bad.file.exists()) == (FAILED, False)
    assert "The file is no zip file" in text(client, "job", bad.pk)
    there = done(client, zipped.read_bytes(), check="ja")
    assert (there.state, there.release, there.file.exists()) == (DONE, release, False)
    assert "This release is here already" in text(client, "job", there.pk)
    assert Release.objects.count() == 1


def test_a_check_whose_worker_was_killed_stays_a_check(client: Client, zipped: Path) -> None:
    job = sent(client, zipped.read_bytes(), check="ja")
    Job.objects.update(state=FAILED)
    job.refresh_from_db()
    client.post(reverse("start_again", args=[job.pk]))
    assert Job.objects.get().state == WAITING
    worker.do_waiting()
    assert Job.objects.get().preview and not Release.objects.exists()


def test_a_check_tells_new_changed_unchanged_and_gone(release: Release, package: Path, tmp_path: Path) -> None:
    later = forged(
        package, tmp_path, lambda folder: described(folder, lambda content: content.update(release="2025-12-31-2"))
    )
    seen = previewed(later, None, lambda step: None)
    assert (seen["before"], seen["new_town"]) == (release.name, False)
    assert {one["state"] for one in (*seen["tables"], *seen["areas"])} == {AS_BEFORE}
    first, second, third = release.tables.all()[:3]
    first.delete()
    second.parameters = {}
    second.save()
    third.key = "gone"
    third.save()
    areas = release.area_sets[0]
    areas.digest = "other"
    areas.save()
    again = previewed(later, None, lambda step: None)
    states = {one["id"]: one["state"] for one in again["tables"]}
    assert (states[first.key], states[second.key], states["gone"]) == (NEW, OTHERWISE, GONE)
    assert [one["state"] for one in again["areas"]].count(REDRAWN) == 1


def test_the_command_checks_as_the_browser_does(
    db: None, monkeypatch: pytest.MonkeyPatch, zipped: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(upkeep, "ready", lambda: None)

    def said(path: Path, *more: str) -> Result:
        return CliRunner().invoke(commands, ["desk", "import", str(path), "--lang", "en", *more])

    first = said(zipped, "--check")
    assert first.exit_code == 0
    assert first.output.startswith("Musterfurt (05999004), reference date 2025-12-31, release 2025-12-31-1.\n")
    assert "Nothing has been kept yet." in first.output and "The municipality is new here." in first.output
    assert "  Stadtteile: New\n" in first.output and "  Migration background by age: New\n" in first.output
    assert not (Release.objects.exists() or Town.objects.exists() or AreaSet.objects.exists())
    assert said(zipped).output == "Imported: Musterfurt, release 2025-12-31-1\n"
    assert said(zipped, "--check").output == "Here already, nothing to do: Musterfurt, release 2025-12-31-1\n"
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    refused = said(tmp_path / "bad.zip", "--check").exception
    assert isinstance(refused, DeliveryError) and "no zip file" in refused.what


def test_every_page_tells_that_a_job_has_ended_until_it_was_looked_at(client: Client, zipped: Path) -> None:
    job = sent(client, zipped.read_bytes())
    assert "is done" not in text(client, "help")
    worker.do_waiting()
    assert "2025-12-31-1.zip is done" in text(client, "help")
    assert "is done" not in text(people.client(people.person("statistics")), "help"), "only to who started it"
    assert "is done" not in text(client, "job", job.pk)
    assert "is done" not in text(client, "help")
    bad = done(client, b"no zip")
    assert f'href="{reverse("job", args=[bad.pk])}"' in text(client, "towns")
    assert "has failed" in text(client, "towns")


def test_what_the_desk_gives_away_changes_nothing_when_it_comes_back(
    client: Client, release: Release, tmp_path: Path
) -> None:
    """Export and import: the same release, and not one row more or other than before."""
    rows = list(Series.objects.order_by("pk").values()), list(Release.objects.values())
    given = client.get(reverse("package", args=[release.town.ags, release.name]))
    back = tmp_path / "back.zip"
    back.write_bytes(given.getvalue())
    assert imported(back) == (release, False)
    assert (list(Series.objects.order_by("pk").values()), list(Release.objects.values())) == rows
