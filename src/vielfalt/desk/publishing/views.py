"""The pages on which a release is proposed, published and withdrawn, and a town says who publishes."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.permissions import demand, visible
from vielfalt.desk.accounts.roles import Action
from vielfalt.desk.atlas.asking import UnknownError
from vielfalt.desk.atlas.views import release_or_404
from vielfalt.desk.entered import shown_lines
from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.forms import LONGEST_REASON, PublisherForm, ReasonForm
from vielfalt.desk.publishing.models import NOT_PUBLIC, STATES, Publisher, has_published
from vielfalt.desk.releases.models import Release, Town
from vielfalt.desk.saved import is_saved, saved
from vielfalt.words import N_

LICENCE_IN_USE = N_("Figures are public under the present licence: nobody can take it from those who use them already.")


@never_cache
@require_safe_or_post
def publication(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """Where the publication of a release stands, and the steps that the reader may take."""
    release, user = release_or_404(request, ags, name), cast(User, request.user)
    rights = demand(user, ("propose", "publish"), release)
    refused, form = "", ReasonForm()
    if request.method == "POST":
        try:
            _step(request, user, release)
        except steps.RefusedError as error:
            refused = error.message
            form = ReasonForm(request.POST) if refused == steps.NO_REASON else form
        else:
            return redirect("publication", ags, release.name)
    context = {**_context(user, release, rights), "refused": refused, "form": form}
    return render(request, "desk/publishing/publication.html", context, status=409 if refused else 200)


def _step(request: HttpRequest, user: User, release: Release) -> None:
    wanted, reason = request.POST.get("step", ""), shown_lines(request.POST.get("reason", ""))[:LONGEST_REASON]
    if wanted == "propose":
        steps.propose(user, release)
    elif wanted == "publish":
        steps.publish(user, release)
    elif wanted == "decline":
        steps.decline(user, release, reason)
    elif wanted == "withdraw":
        steps.withdraw(user, release, reason)
    else:
        raise UnknownError("step", wanted)


def _context(user: User, release: Release, rights: frozenset[Action]) -> dict[str, object]:
    past = list(release.publications.select_related("proposed_by", "approved_by", "ended_by"))
    current = next((entry for entry in past if entry.ended_at is None), None)
    state = current.state if current else None
    publishes, proposes = "publish" in rights, "propose" in rights
    own = current is not None and current.proposed_by_id == user.pk
    offered = {
        "propose": state is None and proposes and hasattr(release.town, "publisher"),
        "publish": state == "proposed" and publishes and not own,
        "decline": state == "proposed" and (publishes or (own and proposes)),
        "withdraw": state == "published" and publishes,
    }
    return {
        "release": release,
        "town": release.town,
        "current": current,
        "publisher": getattr(release.town, "publisher", None),
        "proposes": proposes,
        "offered": {step for step, wanted in offered.items() if wanted},
        "waiting": state == "proposed" and own,
        "own": own,
        "licence": LICENCES[release.town.publisher.licence] if hasattr(release.town, "publisher") else None,
        "past": [(entry, STATES[entry.state]) for entry in past],
        "state": STATES[state] if state else NOT_PUBLIC,
    }


@never_cache
@require_safe_or_post
@transaction.atomic
def publisher(request: HttpRequest, ags: str) -> HttpResponse:
    """Who publishes the figures of a town, whom readers can ask, and the licence.

    Whoever publishes a release in the same moment waits, or is waited for: both ask for the licence.
    """
    town = get_object_or_404(visible(request.user, Town.objects.all()), ags=ags)
    demand(cast(User, request.user), "propose", town)
    entries = Publisher.objects.select_for_update() if request.method == "POST" else Publisher.objects
    known = entries.filter(town=town).first()
    first = {field: getattr(known, field) for field in PublisherForm.base_fields} if known else _suggested(town)
    form = PublisherForm(request.POST if request.method == "POST" else None, initial=first)
    in_use = has_published(town)
    if request.method == "POST" and form.is_valid() and in_use and form.cleaned_data["licence"] != first["licence"]:
        form.add_error("licence", LICENCE_IN_USE)
    if request.method == "POST" and form.is_valid():
        Publisher.objects.update_or_create(town=town, defaults=form.cleaned_data)
        return saved("publisher", ags)
    context = {
        "town": town,
        "form": form,
        "in_use": in_use,
        "saved": is_saved(request),
        "releases": visible(request.user, town.releases.all()) if known else (),
    }
    return render(request, "desk/publishing/publisher.html", context)


def _suggested(town: Town) -> dict[str, str]:
    return {"name": town.name, "attribution": town.name, "licence": next(iter(LICENCES))}
