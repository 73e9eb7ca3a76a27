"""Putting jobs into the queue: at first, once more after a failure, and where nobody is there to do them."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from vielfalt.desk.accounts.models import User
from vielfalt.desk.entered import shown
from vielfalt.desk.jobs.models import DONE, FAILED, LOST_AFTER, RUNNING, WAITING, Job
from vielfalt.desk.jobs.tasks import import_package
from vielfalt.words import N_

_OWNER_ONLY = 0o600
_TAKEN_OVER = 2
"""The attempt that no worker follows by itself."""
NO_WORKER = N_(
    "Jobs are waiting and nobody does them. Whoever runs the desk must start “vielfalt desk worker”; a desk without a "
    "database server is started anew itself."
)


def begun(owner: User, upload: UploadedFile[bytes], letter: bool = False) -> Job:
    """Keeps an uploaded package and puts its import into the queue; ``letter``: the owner is told when it has ended."""
    return _queued(Job(owner=owner, name=shown(upload.name or "")[-200:], letter=letter), upload)


def begun_check(owner: User, upload: UploadedFile[bytes], letter: bool = False) -> Job:
    """Keeps an uploaded package and puts its check into the queue: what an import would change."""
    return _queued(Job(owner=owner, name=shown(upload.name or "")[-200:], letter=letter, preview={}), upload)


def import_after_check(job: Job) -> bool:
    """Puts the import of a package that was checked into the queue; False where it was not, or is waiting already."""
    if not can_import(job):
        return False
    with transaction.atomic():
        free = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=DONE).exclude(preview=None)
        now = dt.datetime.now(dt.UTC)
        changed = free.update(state=WAITING, step="", preview=None, ended=None, attempt=1, beat=now)
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
        changed = free.update(state=WAITING, step="", fault=None, ended=None, attempt=job.attempt + 1, beat=now)
        if changed:
            _enqueued(job)
    return bool(changed)


def take_over(now: dt.datetime) -> int:
    """Puts the jobs of workers that are gone into the queue once more, each one time; how many.

    A package that ends a worker twice waits for a person to start it again.
    """
    lost = Job.objects.filter(state=RUNNING, beat__lt=now - LOST_AFTER, attempt__lt=_TAKEN_OVER)
    return sum(again(job, now) for job in lost)


def are_left(now: dt.datetime) -> bool:
    """Whether a job has waited for a minute while none was done: a worker looks for them every second."""
    lately = now - LOST_AFTER
    if Job.objects.filter(state=RUNNING, beat__gte=lately).exists() or Job.objects.filter(ended__gte=lately).exists():
        return False
    waiting = Job.objects.filter(state=WAITING)
    return waiting.filter(Q(beat__lt=lately) | Q(beat=None, made__lt=lately)).exists()


def can_start_again(job: Job, now: dt.datetime) -> bool:
    """Whether a job has failed in a way that another attempt may mend."""
    return (job.state == FAILED or job.is_lost(now)) and job.file.exists()


def _enqueued(job: Job) -> None:
    import_package.enqueue(str(job.pk))
