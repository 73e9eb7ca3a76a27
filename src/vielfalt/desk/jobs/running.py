"""Doing a job, and saying how it ended. What comes before stands in ``queueing``."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.db.models.signals import post_delete

from vielfalt.desk.accounts import mail
from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.permissions import reach_of
from vielfalt.desk.history.recording import acting
from vielfalt.desk.jobs.models import DONE, FAILED, RUNNING, WAITING, Job
from vielfalt.desk.releases.importing import imported
from vielfalt.desk.releases.models import Release, Town
from vielfalt.desk.releases.previewing import previewed_or_there
from vielfalt.errors import DeliveryError, DisclosureError, UsageError, VielfaltError, known
from vielfalt.words import N_, Text, Words

_BEAT_SECONDS = 5
_USELESS_AGAIN = (DeliveryError, DisclosureError, UsageError)
"""Faults of the package or of rights: the same package fails again."""


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
