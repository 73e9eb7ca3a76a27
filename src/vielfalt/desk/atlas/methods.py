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
_READINGS: Mapping[str, str] = {
    "dissimilarity": N_(
        "{percent} of the group would have to live in another area to be spread like those without migration "
        "background."
    ),
    "segregation_index": N_(
        "{percent} of the group would have to live in another area to be spread like everyone else."
    ),
    "gorard": N_("{percent} of the group would have to live in another area to have the same share everywhere."),
    "delta": N_("{percent} of the group would have to live in another area to be spread like the land."),
    "isolation": N_("In the area of an average member of the group, {percent} of the residents belong to the group."),
    "interaction": N_("In the area of an average member of the group, {percent} of the residents do not belong to it."),
    "exposure": N_(
        "In the area of an average member of the group, {percent} of the residents belong to the other group."
    ),
    "simpson_concentration": N_("In {percent} of cases, two residents drawn by lot belong to the same group."),
    "simpson_interaction": N_("In {percent} of cases, two residents drawn by lot belong to different groups."),
    "relative_diversity": N_(
        "Two residents of one area belong to different groups {percent} less often than two of the town."
    ),
}
"""What a value says, where one sentence can say it exactly; it follows from the formula of the index."""
_LEAST: Mapping[str, str] = {
    "dissimilarity": N_(
        "At least {percent} of the group would have to live in another area to be spread like those without migration "
        "background."
    ),
    "segregation_index": N_(
        "At least {percent} of the group would have to live in another area to be spread like everyone else."
    ),
    "isolation": N_(
        "In the area of an average member of the group, at least {percent} of the residents belong to the group."
    ),
}
"""What the indices over areas that a release holds say where they are the least that they can be."""


def reading(id: str, value: float | None, words: Words, note: str = "") -> str:
    """A value in a sentence; empty where there is no value, or where no sentence would be exact.

    ``note`` is what stands beside it: of areas left out no sentence is said. A least value is rounded down.
    """
    said = _LEAST if gateway.at_least(note) else _READINGS
    if id not in said or value is None or gateway.is_part(note):
        return ""
    return words(said[id], percent=words.percent(bounds.rounded_down(value, 2) if said is _LEAST else value, 0))


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
