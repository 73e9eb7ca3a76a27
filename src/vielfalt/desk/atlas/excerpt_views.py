"""Choosing areas and themes of a release, and taking their report away."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from vielfalt.desk import gateway
from vielfalt.desk.atlas import excerpt_report, figures
from vielfalt.desk.atlas.excerpt import AREA, THEME, Excerpt, chosen, offered, sections
from vielfalt.desk.atlas.kept import file
from vielfalt.desk.atlas.selecting import Choice
from vielfalt.desk.atlas.tabular import disposition, few
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.views import release_or_404
from vielfalt.desk.atlas.workbooks import XLSX, workbook
from vielfalt.desk.releases.models import Release
from vielfalt.errors import UsageError


def excerpt(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """The page on which areas and themes are chosen."""
    return _form(request, release_or_404(request, ags, name))


def excerpt_pdf(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The report of the chosen areas and themes as PDF/UA."""
    return _report(request, ags, name, "pdf")


def excerpt_xlsx(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The same figures as a workbook."""
    return _report(request, ags, name, "xlsx")


def _report(request: HttpRequest, ags: str, name: str, ending: str) -> HttpResponseBase:
    release = release_or_404(request, ags, name)
    try:
        found = chosen(release, request.GET)
    except UsageError as fault:
        return _form(request, release, fault)
    return file(request, [release], lambda: _made(found, ending))


def _made(found: Excerpt, ending: str) -> HttpResponse:
    words = current()
    values = sections(found, words)
    if ending == "pdf":
        response = HttpResponse(
            gateway.to_pdf(excerpt_report.report(found, values, words)), content_type="application/pdf"
        )
    else:
        response = HttpResponse(workbook(excerpt_report.sheets(found, values, words)), content_type=XLSX)
    areas, themes = [f"{one.areas.level}-{one.key}" for one in found.places], [one.key for one in found.tables]
    name = (found.release.town.ags, found.release.name, "auswahl", *few(areas, "gebiete"), *few(themes, "themen"))
    response["Content-Disposition"] = disposition(name, ending)
    return response


def _form(request: HttpRequest, release: Release, fault: UsageError | None = None) -> HttpResponse:
    words, wanted = current(), request.GET
    places, tables = offered(release)
    areas, themes = set(wanted.getlist(AREA)), set(wanted.getlist(THEME))
    levels = [
        (
            areas_of.title,
            [
                Choice(one.value, one.name, one.value in areas)
                for one in sorted(found, key=lambda one: gateway.by_name(one.name))
            ],
        )
        for areas_of, found in groupby(places, key=lambda place: place.areas)
    ]
    context = {
        "release": release,
        "town": release.town,
        "levels": [(title, found, any(one.chosen for one in found)) for title, found in levels],
        "themes": [Choice(one.key, figures.table_title(one, words), one.key in themes) for one in tables],
        "fault": (words(fault.what, **fault.values), words(fault.todo, **fault.values)) if fault else None,
    }
    return render(request, "desk/excerpt.html", context, status=422 if fault else 200)
