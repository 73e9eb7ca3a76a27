"""The indices explained: what a family asks, what a value says in a sentence, and a page for the method of each."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from vielfalt.desk import gateway
from vielfalt.desk.atlas import bounds
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.words import N_, Words

ASKS: Mapping[str, str] = {
    "evenness": N_("Is the group spread over the areas like the others?"),
    "exposure": N_("Whom does a member of the group meet in the own area, if only the numbers decide?"),
    "concentration": N_("Does the group live on less land than others?"),
    "centralisation": N_("Does the group live nearer to the centre than others?"),
    "clustering": N_("Do the areas in which the group lives lie side by side?"),
    "multigroup": N_("How mixed is the town, all groups taken together?"),
    "local": N_("What is special about a single area?"),
}
"""What the indices of each family ask (the five dimensions after Massey & Denton 1988, Social Forces 67)."""


def reading(id: str, value: float | None, words: Words, note: str = "") -> str:
    """A value with two decimals in a sentence; empty where there is no value, or where no sentence would be exact."""
    return gateway.reading(id, value, words, note, bounds.DIGITS)


@login_not_required
def index_methods(request: HttpRequest) -> HttpResponse:
    """All indices by family, each leading to its method."""
    words = current()
    families = [
        (words(title), words(ASKS[family]), [one for one in gateway.INDICES if one.family == family])
        for family, title in gateway.FAMILIES.items()
    ]
    return render(request, "desk/index_methods.html", {"families": families})


@login_not_required
def index_method(request: HttpRequest, id: str) -> HttpResponse:
    """The method of one index: formula in words and signs, range, cautions, source, what other programs give."""
    found = next((one for one in gateway.INDICES if one.id == id), None)
    if found is None:
        raise Http404
    context = {"index": found, "family": gateway.FAMILIES[found.family], "asks": ASKS[found.family]}
    return render(request, "desk/index_method.html", context)
