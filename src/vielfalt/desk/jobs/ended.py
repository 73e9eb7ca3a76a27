"""Telling people on any page that a job of theirs has ended, until they have looked at it or log out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from vielfalt.desk.jobs.models import DONE, FAILED, Job

_WATCHED = "jobs"


def watch(request: HttpRequest, job: Job) -> None:
    """From now on pages of this session tell when the job has ended."""
    request.session[_WATCHED] = [*request.session.get(_WATCHED, ()), str(job.pk)]


def seen(request: HttpRequest, job: Job) -> None:
    """The page of the ended job has been opened: there is nothing more to tell."""
    watched = request.session.get(_WATCHED, ())
    if str(job.pk) in watched:
        request.session[_WATCHED] = [key for key in watched if key != str(job.pk)]


def ended_jobs(request: HttpRequest) -> dict[str, Any]:
    """For every page: the jobs of this session that have ended unseen. Asks the database only where one is awaited."""
    watched = request.session.get(_WATCHED, ()) if hasattr(request, "session") else ()
    return {"ended_jobs": _ended(watched) if watched else ()}


def _ended(watched: list[str]) -> Callable[[], list[Job]]:
    def found() -> list[Job]:
        now = dt.datetime.now(dt.UTC)
        return [job for job in Job.objects.filter(pk__in=watched) if job.state in (DONE, FAILED) or job.is_lost(now)]

    return found
