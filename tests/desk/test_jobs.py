"""Uploading a package: a job that shows how far it is, may be left, fails with a reason, and survives its worker."""

from __future__ import annotations

import datetime as dt
import errno
import html
import io
import threading
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import people
import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from vielfalt.desk import upkeep
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.history.models import Entry
from vielfalt.desk.history.tidying import tidy
from vielfalt.desk.jobs import queueing, running, worker
from vielfalt.desk.jobs.models import DONE, FAILED, LOST_AFTER, RUNNING, WAITING, Job
from vielfalt.desk.releases.importing import CHECK, KEEP, STEPS
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import StorageError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture()
def owner() -> User:
    return people.person("statistics")


@pytest.fixture()
def browser(owner: User) -> Client:
    return people.client(owner)


def uploaded(browser: Client, content: bytes, name: str = "2025-12-31-1.zip") -> Job:
    answer = browser.post(reverse("upload"), {"package": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.get(pk=answer.headers["Location"].strip("/").rpartition("/")[2])


def page_of(browser: Client, job: Job, language: str = "de") -> HttpResponse:
    answer = browser.get(reverse("job", args=[job.pk]), headers={"accept-language": language})
    assert answer.status_code == 200
    return cast(HttpResponse, answer)


def text(content: bytes) -> str:
    return html.unescape(content.decode())


def test_an_upload_becomes_a_release(browser: Client, owner: User, zipped: Path) -> None:
    job = uploaded(browser, zipped.read_bytes())
    assert (job.state, job.owner, job.file.stat().st_mode & 0o777) == (WAITING, owner, 0o600)
    waiting = page_of(browser, job)
    assert waiting.headers["Refresh"] == "3"
    assert "Wartet" in text(waiting.content)
    worker.do_waiting()
    job.refresh_from_db()
    assert (job.state, job.release, job.fault) == (DONE, Release.objects.get(), None)
    done = page_of(browser, job)
    assert "Refresh" not in done.headers
    assert reverse("release", args=["05999004", "2025-12-31-1"]) in text(done.content)
    assert not job.file.exists()
    assert set(Entry.objects.filter(model="releases.Release").values_list("who", flat=True)) == {str(owner.pk)}


def test_who_asked_gets_a_letter_when_it_has_ended(
    browser: Client, owner: User, zipped: Path, settings: Settings
) -> None:
    """Where a mail server is set; the letter names the file and tells nothing of what is in it."""
    assert 'name="letter"' not in text(browser.get(reverse("upload")).content)
    settings.EMAIL_HOST = "mail.example"
    assert 'name="letter"' in text(browser.get(reverse("upload")).content)
    for content, name in ((zipped.read_bytes(), "a.zip"), (b"no zip", "b.zip")):
        package = SimpleUploadedFile(name, content)
        assert browser.post(reverse("upload"), {"package": package, "letter": "ja"}).status_code == 302
        worker.do_waiting()
    uploaded(browser, b"no zip", "c.zip")
    worker.do_waiting()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([owner.email], "a.zip ist fertig"),
        ([owner.email], "b.zip ist fehlgeschlagen"),
    ]
    assert "Bisherige Aufträge" in mail.outbox[0].body and "Musterfurt" not in mail.outbox[0].body


def test_every_step_is_shown_while_it_lasts(browser: Client, zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []
    stepped = running._stepped

    def looked(job: Job, step: str) -> None:
        stepped(job, step)
        page = text(page_of(browser, job, "en").content)
        seen.append((step, page.partition("Step ")[2].partition("<")[0]))

    job = uploaded(browser, zipped.read_bytes())
    monkeypatch.setattr(running, "_stepped", looked)
    worker.do_waiting()
    assert [step for step, _ in seen] == list(STEPS)
    assert [said for _, said in seen] == [f"{place} of 3: {step}" for place, step in enumerate(STEPS, 1)]
    assert Job.objects.get(pk=job.pk).state == DONE


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Die Datei ist keine ZIP-Datei"), ("en", "The file is no zip file, or it is damaged.")],
)
def test_a_refused_package_says_why(browser: Client, language: str, said: str) -> None:
    job = uploaded(browser, b"no zip at all")
    worker.do_waiting()
    page = page_of(browser, job, language)
    assert said in text(page.content)
    assert "2025-12-31-1.zip</code>" in text(page.content), "under the name it was uploaded with"
    assert reverse("start_again", args=[job.pk]) not in text(page.content), "the same package fails again"
    assert not job.file.exists()
    assert not Release.objects.exists()


def test_the_same_package_twice(browser: Client, release: Release, zipped: Path) -> None:
    """No failure: the page says that it is here already, since when, and leads to it."""
    job = uploaded(browser, zipped.read_bytes())
    worker.do_waiting()
    job.refresh_from_db()
    assert (job.state, job.release, job.file.exists()) == (DONE, release, False)
    page = text(page_of(browser, job, "en").content)
    assert "This release is here already" in page
    assert f'href="{reverse("release", args=[release.town.ags, release.name])}"' in page
    assert "Was here already" in text(browser.get(reverse("jobs"), headers={"accept-language": "en"}).content)
    assert Release.objects.count() == 1


def test_a_path_out_of_the_package(browser: Client) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../outside", "x")
    job = uploaded(browser, content.getvalue(), name="../../../evil.zip")
    worker.do_waiting()
    assert "outside its own folder" in text(page_of(browser, job, "en").content)
    assert job.name == "evil.zip"
    assert job.file.parent == Path(settings.UPLOADS)


def test_a_package_of_another_town(browser: Client, owner: User, zipped: Path) -> None:
    """Who may import for one town may not bring in another's, whatever the package is called."""
    Membership.objects.all().delete()
    Membership.objects.create(user=owner, role="statistics", town=Town.objects.create(ags="05999999", name="Anderswo"))
    job = uploaded(browser, zipped.read_bytes())
    worker.do_waiting()
    assert "another municipality: Musterfurt" in text(page_of(browser, job, "en").content)
    assert not Release.objects.exists()


@pytest.mark.parametrize("how", ["closed", "deleted", "without a role"])
def test_whoever_lost_the_right_imports_nothing(browser: Client, owner: User, zipped: Path, how: str) -> None:
    job = uploaded(browser, zipped.read_bytes())
    if how == "closed":
        owner.is_active = False
        owner.save()
    elif how == "deleted":
        owner.delete()
    else:
        owner.memberships.all().delete()
    worker.do_waiting()
    assert Job.objects.get(pk=job.pk).state == FAILED
    assert not Release.objects.exists()


def killed(job: Job) -> None:
    """A worker took the job and was killed: nobody says how it ended."""
    Job.objects.filter(pk=job.pk).update(state=RUNNING, step=CHECK, beat=NOW - LOST_AFTER - dt.timedelta(seconds=1))
    DBTaskResult.objects.update(status="RUNNING")


def test_a_job_whose_worker_was_killed_can_be_started_again(browser: Client, zipped: Path) -> None:
    job = uploaded(browser, zipped.read_bytes())
    killed(job)
    worker.do_waiting()
    page = page_of(browser, job, "en")
    assert "its worker was stopped" in text(page.content)
    assert "Refresh" not in page.headers
    assert browser.post(reverse("start_again", args=[job.pk])).status_code == 302
    assert page_of(browser, job).headers["Refresh"]
    worker.do_waiting()
    job.refresh_from_db()
    assert (job.state, job.attempt) == (DONE, 2)


def test_a_worker_thought_lost_does_not_speak_for_a_later_one(browser: Client, zipped: Path) -> None:
    job = uploaded(browser, zipped.read_bytes())
    killed(job)
    assert queueing.again(Job.objects.get(pk=job.pk), NOW)
    running._stepped(job, KEEP)
    assert Job.objects.get(pk=job.pk).step == ""
    assert not queueing.again(Job.objects.get(pk=job.pk), NOW), "it is waiting already"


def test_a_running_job_is_not_started_again(browser: Client, zipped: Path) -> None:
    job = uploaded(browser, zipped.read_bytes())
    Job.objects.update(state=RUNNING, beat=dt.datetime.now(dt.UTC))
    browser.post(reverse("start_again", args=[job.pk]))
    assert Job.objects.get().state == RUNNING
    running.run(str(job.pk))
    assert not Release.objects.exists(), "another worker has it"


def test_a_full_disk_can_be_mended(browser: Client, zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise StorageError("The package cannot be kept.")

    job = uploaded(browser, zipped.read_bytes())
    with monkeypatch.context() as disk:
        disk.setattr("vielfalt.desk.releases.importing.keep", full)
        worker.do_waiting()
    assert "cannot be kept" in text(page_of(browser, job, "en").content)
    browser.post(reverse("start_again", args=[job.pk]))
    worker.do_waiting()
    assert Job.objects.get().state == DONE


def test_a_fault_of_the_program_tells_no_values(browser: Client, zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise DatabaseError("value geheim")

    job = uploaded(browser, zipped.read_bytes())
    monkeypatch.setattr(running, "imported", broken)
    worker.do_waiting()
    assert Job.objects.get().state == FAILED
    assert "geheim" not in text(page_of(browser, job).content)
    assert "geheim" not in str(DBTaskResult.objects.values())


def test_a_full_disk_while_a_package_is_uploaded(
    browser: Client, zipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *how: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    before = set(Path(settings.UPLOADS).glob("*"))
    sent = {"package": SimpleUploadedFile("2025-12-31-1.zip", zipped.read_bytes())}
    with monkeypatch.context() as disk:
        disk.setattr(Path, "open", full)
        answer = browser.post(reverse("upload"), sent)
    assert answer.status_code == 507
    assert "keinen Platz für die Datei" in text(answer.content)
    assert not Job.objects.exists()
    assert set(Path(settings.UPLOADS).glob("*")) == before


class FullFile(TemporaryUploadedFile):
    """Every byte of it goes to a device that is always full."""

    def __init__(self, name: str, *told: str) -> None:
        super().__init__(name, "application/zip", 0, None)
        self.close()
        self.file = Path("/dev/full").open("wb")  # noqa: SIM115


def no_file(*told: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("temporary", [FullFile, no_file])
def test_a_full_disk_before_a_package_has_come(
    browser: Client, monkeypatch: pytest.MonkeyPatch, temporary: Callable[..., object]
) -> None:
    """A large upload waits in the temporary folder of the system, which can be full too."""
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", temporary)
    large = SimpleUploadedFile("2025-12-31-1.zip", bytes(3_000_000))
    answer = browser.post(reverse("upload"), {"package": large})
    assert answer.status_code == 507
    assert "keinen Platz für die Datei" in text(answer.content)
    assert not Job.objects.exists()


def test_a_large_package_waits_in_a_file(browser: Client) -> None:
    job = uploaded(browser, bytes(3_000_000))
    assert job.file.stat().st_size == 3_000_000


@pytest.mark.parametrize("files", [{}, {"package": SimpleUploadedFile("empty.zip", b"")}])
def test_nothing_to_upload(browser: Client, files: dict[str, SimpleUploadedFile]) -> None:
    answer = browser.post(reverse("upload"), files)
    assert answer.status_code == 422
    assert "Wählen Sie die ZIP-Datei" in text(answer.content)
    assert not Job.objects.exists()


def test_what_is_too_large_is_answered_before_it_is_read(browser: Client) -> None:
    answer = browser.post(reverse("upload"), {"package": SimpleUploadedFile("x.zip", b"x")}, CONTENT_LENGTH="500000000")
    assert answer.status_code == 413
    assert "höchstens 100 MB" in text(answer.content)
    assert not Job.objects.exists()


def test_a_failed_upload_leaves_no_file(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: Job) -> None:
        raise DatabaseError("broken")

    monkeypatch.setattr(queueing, "_enqueued", broken)
    before = set(Path(settings.UPLOADS).glob("*"))
    with pytest.raises(DatabaseError):
        queueing.begun(owner, SimpleUploadedFile("x.zip", b"x"))
    assert set(Path(settings.UPLOADS).glob("*")) == before


def test_jobs_are_seen_by_their_owner_and_who_looks_after_the_desk(browser: Client, owner: User) -> None:
    job = uploaded(browser, b"x")
    other = people.client(people.person("statistics"))
    assert other.get(reverse("job", args=[job.pk])).status_code == 200
    assert owner.email not in text(other.get(reverse("jobs")).content)
    for action in ("upload", "jobs"):
        assert people.client(people.person("council")).get(reverse(action)).status_code == 403
        assert Client().get(reverse(action)).status_code == 302
    reader = people.client(people.person("council"))
    assert reader.post(reverse("start_again", args=[job.pk])).status_code == 403
    assert browser.get(reverse("job", args=[uuid.uuid4()])).status_code == 404


def test_the_list_says_what_it_lists_and_that_there_are_releases(browser: Client, release: Release) -> None:
    """A release that the command line imported is no job; the desk is not empty for that."""
    page = text(browser.get(reverse("jobs")).content)
    assert "Hier wurde noch kein Auftrag begonnen." in page and "noch nichts eingelesen" not in page
    assert "Was auf der Befehlszeile eingelesen wurde, ist nicht dabei." in page
    assert (
        f'href="{reverse("towns")}">Veröffentlichungen im Pult</a> (1)' in page
        or "Veröffentlichungen im Pult (1)" in page
    )


def test_jobs_of_another_town_are_not_seen(zipped: Path, release: Release) -> None:
    """Who looks after a town sees what its people and its releases are of, and may start it again, not import it."""
    elsewhere = Town.objects.create(ags="05999999", name="Anderswo")
    here, there = (people.client(people.person("administration", town)) for town in (release.town, elsewhere))
    colleague = people.person("statistics", release.town)
    job = uploaded(people.client(colleague), zipped.read_bytes())
    page = reverse("job", args=[job.pk])
    assert (here.get(page).status_code, there.get(page).status_code) == (200, 404)
    assert job.name in text(here.get(reverse("jobs")).content)
    assert job.name not in text(there.get(reverse("jobs")).content)
    Job.objects.update(owner=None, release=release)
    assert (here.get(page).status_code, there.get(page).status_code) == (200, 404)
    seen = {"town": "M", "ags": "0", "new_town": True, "release": "1", "date": "2025-12-31", "before": ""}
    Job.objects.update(state=DONE, release=None, owner=colleague, preview={**seen, "tables": [], "areas": []})
    assert "Jetzt einlesen" in text(people.client(colleague).get(page).content)
    assert "Jetzt einlesen" not in text(here.get(page).content)
    assert here.post(reverse("start_again", args=[job.pk])).status_code == 302
    assert Job.objects.get().state == DONE


def test_old_jobs_go_with_their_files(browser: Client) -> None:
    job = uploaded(browser, b"x")
    assert job.file.exists()
    tidy(dt.datetime.now(dt.UTC) + dt.timedelta(days=31))
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert not job.file.exists()


def test_a_worker_takes_over_once(browser: Client, zipped: Path) -> None:
    job = uploaded(browser, zipped.read_bytes())
    killed(job)
    now = dt.datetime.now(dt.UTC)
    assert (queueing.take_over(now), queueing.take_over(now)) == (1, 0)
    Job.objects.filter(pk=job.pk).update(state=RUNNING, beat=now - dt.timedelta(seconds=1))
    assert queueing.take_over(now) == 0, "its worker lives"
    killed(job)
    assert queueing.take_over(now) == 0, "a package that ended two workers waits for a person"
    assert "its worker was stopped" in text(page_of(browser, job, "en").content)


def test_who_waits_for_a_worker_that_is_not_there_is_told_so(browser: Client, zipped: Path) -> None:
    """By the page of the job and by ``vielfalt desk check``; a worker that is busy with another job is there."""
    job, other = uploaded(browser, zipped.read_bytes()), uploaded(browser, b"x")
    says = "niemand erledigt sie"
    assert says not in text(page_of(browser, job).content), "it has just been handed in"
    Job.objects.update(made=NOW - 2 * LOST_AFTER)
    assert says in text(page_of(browser, job).content)
    assert queueing.NO_WORKER in [fault.message for fault in upkeep.faults()]
    Job.objects.filter(pk=other.pk).update(state=RUNNING, beat=dt.datetime.now(dt.UTC))
    assert says not in text(page_of(browser, job).content)
    Job.objects.filter(pk=other.pk).update(state=FAILED, ended=dt.datetime.now(dt.UTC))
    assert says not in text(page_of(browser, job).content)
    Job.objects.filter(pk=other.pk).update(ended=NOW - 2 * LOST_AFTER)
    assert says in text(page_of(browser, job).content)
    assert queueing.again(Job.objects.get(pk=other.pk), dt.datetime.now(dt.UTC))
    Job.objects.filter(pk=job.pk).delete()
    assert says not in text(page_of(browser, other).content), "it waits since now, not since it was handed in"


def test_a_worker_goes_on_after_whatever_has_failed(monkeypatch: pytest.MonkeyPatch, one_connection: None) -> None:
    """A full disk, say: a worker within the desk that ended would leave every job waiting, and nobody would know."""
    over, rounds = threading.Event(), []

    def broken(now: dt.datetime) -> int:
        rounds.append(now)
        if len(rounds) == 3:
            over.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(worker, "_INTERVAL_SECONDS", 0)
    monkeypatch.setattr(queueing, "take_over", broken)
    worker.work(over)
    assert len(rounds) == 3
