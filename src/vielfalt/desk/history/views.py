"""The history of one object, for whoever may see the object. There is no list by account and no search for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from vielfalt.desk.accounts.permissions import demand, visible
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.views import release_or_404
from vielfalt.desk.history import privacy
from vielfalt.desk.history.models import Entry
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.releases.models import Town
from vielfalt.words import N_, Words

ACTIONS = {
    "created": N_("Created"),
    "changed": N_("Changed"),
    "deleted": N_("Deleted"),
}
MOST = 200
"""Entries on a page, latest first."""


@dataclass(frozen=True)
class Line:
    """One entry as it is shown; ``changes`` are title, old and new value."""

    number: int
    at: str
    who: str
    action: str
    changes: list[tuple[str, str, str]]


def town_history(request: HttpRequest, ags: str) -> HttpResponse:
    """What was done to a municipality's entry, and to who publishes for it."""
    town = get_object_or_404(visible(request.user, Town.objects.all(), "history"), ags=ags)
    publishers = Publisher.objects.filter(town=town)
    return _page(request, [town, *publishers], {"town": town, "name": town.name})


def release_history(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """What was done to a release and to its publications."""
    release = release_or_404(request, ags, name)
    demand(request.user, "history", release)
    things = [release, *release.publications.all()]
    return _page(request, things, {"town": release.town, "release": release, "name": str(release)})


def _page(request: HttpRequest, things: Sequence[models.Model], context: dict[str, object]) -> HttpResponse:
    return render(request, "desk/history.html", {**context, "lines": lines(things, current())})


def lines(things: Sequence[models.Model], words: Words) -> list[Line]:
    """The entries of some objects, latest first."""
    theirs = Q(pk__in=())
    for thing in things:
        theirs |= Q(model=thing._meta.label, key=str(thing.pk))
    found = Entry.objects.filter(theirs).order_by("-number")[:MOST]
    return [
        Line(
            entry.number,
            _moment(entry, words),
            words("Account {number}", number=entry.who) if entry.who else words("Vielfalt (command line)"),
            words(ACTIONS[entry.action]),
            [
                (words(privacy.of(entry.model).titles.get(name, name)), old or "–", new or "–")
                for name, (old, new) in entry.changes.items()
            ],
        )
        for entry in found
    ]


def _moment(entry: Entry, words: Words) -> str:
    local = timezone.localtime(entry.at)
    return f"{words.date(int(local.strftime('%Y%m%d')))}, {local:%H:%M}"
