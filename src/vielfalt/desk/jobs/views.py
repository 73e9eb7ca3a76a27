"""Uploading a release package, and the page of a job, which may be left: the job goes on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vielfalt.desk.accounts import mail
from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.permissions import may, needs, reach_of, visible
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.jobs import ended, queueing, running, uploads
from vielfalt.desk.jobs.models import DONE, FAILED, RUNNING, STATES, WAITING, Job
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.desk.releases.importing import KEEP, STEPS
from vielfalt.desk.releases.models import Release
from vielfalt.desk.releases.packages import LARGEST_PACKAGE
from vielfalt.desk.releases.previewing import tables_of
from vielfalt.words import N_

THERE, CHECKED = N_("Was here already"), N_("Checked, nothing kept")
_NO_ROOM = N_("The desk has no room for the file. Whoever runs it must free some space.")
_REFRESH_SECONDS = 3
_SHOWN = 50
_AROUND = 100_000
"""Bytes of a request beside the file."""


class UploadForm(forms.Form):
    """One file."""

    package = forms.FileField()
    letter = forms.BooleanField(required=False)


@require_safe_or_post
@needs("import")
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a release package; its import is a job."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    fault, status = "", 200
    if form.is_bound:
        fault, status = N_("Choose the zip file of a release; an empty file is none."), 422
        if not uploads.had_room(request):
            fault, status = _NO_ROOM, 507
        elif form.is_valid() and isinstance(request.user, User):
            try:
                begin = queueing.begun_check if "check" in request.POST else queueing.begun
                started = begin(request.user, form.cleaned_data["package"], form.cleaned_data["letter"])
                ended.watch(request, started)
                return redirect("job", started.pk)
            except OSError:
                fault, status = _NO_ROOM, 507
    context = {"fault": fault, "limit": LARGEST_PACKAGE // 1_000_000, "letters": mail.is_set()}
    return render(request, "desk/jobs/upload.html", context, status=status)


@never_cache
@require_safe
@needs("import", "operate")
def jobs(request: HttpRequest) -> HttpResponse:
    """The latest jobs that somebody may look at, and how many releases there are. It does not tell whose they are."""
    now = dt.datetime.now(dt.UTC)
    shown = _seen(request).select_related("release")[:_SHOWN]
    found = [(job, _said(job, _state(job, now))) for job in shown]
    context = {"jobs": found, "releases": visible(request.user, Release.objects.all()).count()}
    return render(request, "desk/jobs/jobs.html", context)


@never_cache
@require_safe
@needs("import", "operate")
def job(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a job is, and how it ended. The page asks again by itself, without a script."""
    found = get_object_or_404(_seen(request).select_related("release__town"), pk=key)
    now = dt.datetime.now(dt.UTC)
    state = _state(found, now)
    fault = running.fault_of(found, now)
    steps = tuple(step for step in STEPS if step != KEEP or not found.is_check)
    place = steps.index(found.step) + 1 if found.step in steps else 0
    moving = state in (WAITING, RUNNING)
    if not moving:
        ended.seen(request, found)
    title = N_("Check of {name}") if found.is_check else N_("Import of {name}")
    context = {
        "job": found,
        "title": current()(title, name=found.name),
        "state": state,
        "says": _said(found, state),
        "moving": moving,
        "fault": running.sentences(fault, current()) if fault else None,
        "again": queueing.can_start_again(found, now),
        "steps": steps,
        "place": len(steps) if state == DONE else place,
        "passed": len(steps) if state == DONE else max(place - 1, 0),
        "importable": _can_import(request, found),
        "tables": tables_of(found.preview or {}, current()),
        "left": queueing.NO_WORKER if state == WAITING and queueing.are_left(now) else "",
        "visible": found.release and may(request.user, "read", found.release),
    }
    response = render(request, "desk/jobs/job.html", context)
    if moving:
        response["Refresh"] = str(_REFRESH_SECONDS)
    return response


@require_POST
@needs("import", "operate")
def start_again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Puts a job that failed or was lost into the queue once more; one that only checked goes on to the import."""
    found = get_object_or_404(_seen(request), pk=key)
    imports = _can_import(request, found) and queueing.import_after_check(found)
    if imports or queueing.again(found, dt.datetime.now(dt.UTC)):
        ended.watch(request, found)
    return redirect("job", key)


def _seen(request: HttpRequest) -> QuerySet[Job]:
    """The jobs that somebody may look at: their own; who looks after towns also those of their people and releases."""
    reach = reach_of(request.user, "operate")
    if reach.everywhere:
        return Job.objects.all()
    people = visible(request.user, User.objects.all(), "operate")
    return Job.objects.filter(Q(owner=request.user.pk) | Q(owner__in=people) | Q(release__town__in=reach.towns))


def _can_import(request: HttpRequest, job: Job) -> bool:
    """Whether the reader may have a package imported that was checked: looking after jobs is not enough."""
    return queueing.can_import(job) and may(request.user, "import")


def _said(job: Job, state: str) -> str:
    return THERE if job.was_there else CHECKED if state == DONE and job.is_check else STATES[state]


def _state(job: Job, now: dt.datetime) -> str:
    return FAILED if job.is_lost(now) else job.state


def bounded(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a request larger than any package is answered before its content is read."""

    def answered(request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_PACKAGE + _AROUND:
            return render(request, "desk/jobs/too_large.html", {"limit": LARGEST_PACKAGE // 1_000_000}, status=413)
        return answer(request)

    return answered
