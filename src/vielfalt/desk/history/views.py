"""The history of one object, for whoever may see the object. There is no list by account and no search for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from vielfalt.desk.accounts.permissions import demand, visible
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.views import release_or_404
from vielfalt.desk.history import telling
from vielfalt.desk.history.models import Entry
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.releases.models import Release, Town
from vielfalt.words import N_, Words

MOST = 200
"""Entries on a page, latest first."""


@dataclass(frozen=True)
class Line:
    """One entry as it is shown; ``changes`` are titles of fields and what became of them; of what is new all values."""

    number: int
    at: str
    who: str
    action: str
    changes: list[tuple[str, str]]
    is_new: bool


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
    return _page(request, things, {"town": release.town, "release": release, "name": called(release, current())})


def _page(request: HttpRequest, things: Sequence[models.Model], context: dict[str, object]) -> HttpResponse:
    return render(request, "desk/history.html", {**context, "lines": lines(things, current())})


def lines(things: Sequence[models.Model], words: Words) -> list[Line]:
    """The entries of some objects, latest first."""
    theirs, names = Q(pk__in=()), {}
    for thing in things:
        theirs |= Q(model=thing._meta.label, key=str(thing.pk))
        names[thing._meta.label, str(thing.pk)] = called(thing, words)
        if isinstance(thing, Release):
            names[Town._meta.label, str(thing.town_id)] = thing.town.name
    return [
        Line(
            entry.number,
            telling.moment(entry.at, words),
            words(N_("Account {number}"), number=entry.who) if entry.who else words(N_("Vielfalt (command line)")),
            telling.done(entry, words),
            list(telling.changes(entry.model, entry.changes, names, words)),
            is_new=entry.action == "created",
        )
        for entry in Entry.objects.filter(theirs).order_by("-number")[:MOST]
    ]


def called(thing: models.Model, words: Words) -> str:
    """What a thing is called on the pages of the desk."""
    if isinstance(thing, Release):
        return words(N_("{town} on {date}"), town=thing.town.name, date=words.date(thing.day))
    return str(thing)
