"""Starting a job, doing it, and saying how it ended. A job whose worker died can be started again."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_delete

from vielfalt.desk.accounts import mail
from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.permissions import reach_of
from vielfalt.desk.history.recording import acting
from vielfalt.desk.jobs.models import DONE, FAILED, LOST_AFTER, RUNNING, WAITING, Job
from vielfalt.desk.releases.importing import imported
from vielfalt.desk.releases.models import Release, Town
from vielfalt.desk.releases.previewing import previewed_or_there
from vielfalt.errors import DeliveryError, DisclosureError, UsageError, VielfaltError, known
from vielfalt.words import N_, Text, Words

_BEAT_SECONDS = 5
_OWNER_ONLY = 0o600
_TAKEN_OVER = 2
"""The attempt that no worker follows by itself."""
_USELESS_AGAIN = (DeliveryError, DisclosureError, UsageError)
"""Faults of the package or of rights: the same package fails again."""


def begun(owner: User, upload: UploadedFile[bytes], letter: bool = False) -> Job:
    """Keeps an uploaded package and puts its import into the queue; ``letter``: the owner is told when it has ended."""
    return _queued(Job(owner=owner, name=(upload.name or "")[-200:], letter=letter), upload)


def begun_check(owner: User, upload: UploadedFile[bytes], letter: bool = False) -> Job:
    """Keeps an uploaded package and puts its check into the queue: what an import would change."""
    return _queued(Job(owner=owner, name=(upload.name or "")[-200:], letter=letter, preview={}), upload)


def import_after_check(job: Job) -> bool:
    """Puts the import of a package that was checked into the queue; False where it was not, or is waiting already."""
    if not can_import(job):
        return False
    with transaction.atomic():
        free = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=DONE).exclude(preview=None)
        changed = free.update(state=WAITING, step="", preview=None, ended=None, attempt=1)
        if changed:
            _enqueued(job)
    return bool(changed)


def can_import(job: Job) -> bool:
    """Whether a package was checked, found good, and is still there."""
    return job.state == DONE and bool(job.preview) and job.file.exists()


def _queued(job: Job, upload: UploadedFile[bytes]) -> Job:
    job.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with job.file.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        job.file.chmod(_OWNER_ONLY)
        with transaction.atomic():
            job.save()
            _enqueued(job)
    except BaseException:
        job.file.unlink(missing_ok=True)
        raise
    return job


def again(job: Job, now: dt.datetime) -> bool:
    """Puts a job that failed or was lost into the queue once more; False where that is not possible."""
    if not can_start_again(job, now):
        return False
    with transaction.atomic():
        free = Job.objects.filter(pk=job.pk, attempt=job.attempt)
        changed = free.update(state=WAITING, step="", fault=None, ended=None, attempt=job.attempt + 1)
        if changed:
            _enqueued(job)
    return bool(changed)


def take_over(now: dt.datetime) -> int:
    """Puts the jobs of workers that are gone into the queue once more, each one time; how many.

    A package that ends a worker twice waits for a person to start it again.
    """
    lost = Job.objects.filter(state=RUNNING, beat__lt=now - LOST_AFTER, attempt__lt=_TAKEN_OVER)
    return sum(again(job, now) for job in lost)


def can_start_again(job: Job, now: dt.datetime) -> bool:
    """Whether a job has failed in a way that another attempt may mend."""
    return (job.state == FAILED or job.is_lost(now)) and job.file.exists()


def _enqueued(job: Job) -> None:
    from vielfalt.desk.jobs.tasks import import_package

    import_package.enqueue(str(job.pk))


def run(key: str) -> None:
    """Does a waiting job; what another worker has taken is left alone. Raises nothing: how it ended is in the job."""
    now = dt.datetime.now(dt.UTC)
    if not Job.objects.filter(pk=uuid.UUID(key), state=WAITING).update(state=RUNNING, beat=now):
        return
    job = Job.objects.select_related("owner").get(pk=key)
    ended: dict[str, Any]
    try:
        with _beating(job), acting(lambda: str(job.owner_id or "")):
            ended = {"state": DONE, **(_check(job) if job.is_check else _import(job))}
    except Exception as error:
        ended = {"state": FAILED, "fault": told(known(error))}
        useless = isinstance(error, _USELESS_AGAIN)
    else:
        useless = "preview" not in ended
    if not Job.objects.filter(pk=job.pk, attempt=job.attempt).update(**ended, ended=dt.datetime.now(dt.UTC)):
        return
    if useless:
        job.file.unlink(missing_ok=True)
    if job.letter and job.owner is not None:
        mail.send_end(job.owner, job.name, failed=ended["state"] == FAILED)


def _import(job: Job) -> dict[str, Any]:
    release, _ = imported(job.file, _towns(job.owner), lambda step: _stepped(job, step))
    return {"release": release}


def _check(job: Job) -> dict[str, Any]:
    """What an import would change; of a package that is here already the release is told, as by an import."""
    found = previewed_or_there(job.file, _towns(job.owner), lambda step: _stepped(job, step))
    return {"release": found} if isinstance(found, Release) else {"preview": found}


def _towns(owner: User | None) -> frozenset[str] | None:
    """The municipalities whose packages the owner may import, now that it happens; None for all."""
    if owner is None:
        return frozenset()
    reach = reach_of(owner, "import")
    return (
        None if reach.everywhere else frozenset(Town.objects.filter(pk__in=reach.towns).values_list("ags", flat=True))
    )


def _stepped(job: Job, step: str) -> None:
    Job.objects.filter(pk=job.pk, attempt=job.attempt).update(step=step, beat=dt.datetime.now(dt.UTC))


@contextmanager
def _beating(job: Job) -> Iterator[None]:
    """Gives a sign of life every few seconds, from a thread with a connection of its own."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT_SECONDS):
            try:
                Job.objects.filter(pk=job.pk, attempt=job.attempt).update(beat=dt.datetime.now(dt.UTC))
            except DatabaseError:
                # The database is busy, with this very import perhaps; the next beat comes.
                continue
            finally:
                connection.close()

    heart = threading.Thread(target=beat, name=f"beat-{job.pk}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def told(error: VielfaltError) -> dict[str, Any]:
    """An error as data, to be told in any language later. The place is a file of the package, or of the program."""
    values = error.values.items()
    return {
        "what": error.what,
        "where": error.where,
        "todo": error.todo,
        "values": {
            name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()
        },
        "translated": [name for name, value in values if isinstance(value, Text)],
    }


LOST = told(
    VielfaltError(
        N_("The job ended in the middle; its worker was stopped."),
        todo=N_("Nothing was imported. Start it again."),
    )
)


def sentences(fault: dict[str, Any], words: Words) -> tuple[str, str, str]:
    """What went wrong, where, and what to do next, in the reader's language."""
    values = {name: Text(value) if name in fault["translated"] else value for name, value in fault["values"].items()}
    return words(fault["what"], **values), fault["where"], words(fault["todo"], **values)


def fault_of(job: Job, now: dt.datetime) -> dict[str, Any] | None:
    """Why a job has failed; the file it is about under the name it was uploaded with. None unless it has."""
    fault = LOST if job.is_lost(now) else job.fault
    return {**fault, "where": job.name} if fault and fault["where"] == job.file.name else fault


def listen() -> None:
    """Removes the file of a job that is erased."""
    post_delete.connect(_erased, sender=Job, dispatch_uid="job-erased")


def _erased(instance: Job, **told: object) -> None:
    del told
    instance.file.unlink(missing_ok=True)
