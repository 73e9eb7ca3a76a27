"""The public pages: open data of a town, its catalogue, and what the figures are in plain words."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from vielfalt.desk.accounts.permissions import visible
from vielfalt.desk.atlas.counties import speak_of
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.publishing import opendata
from vielfalt.desk.publishing.catalogue import FORMATS, Dataset, catalogue, reached
from vielfalt.desk.publishing.models import Publication, Publisher, has_published, published
from vielfalt.desk.publishing.opendata import OpenFile
from vielfalt.desk.releases.models import Release, Town
from vielfalt.words import Words

FORMAT_NAMES = {"ttl": "Turtle", "rdf": "RDF/XML", "jsonld": "JSON-LD"}
"""What the catalogue's formats are called, by the ending of their addresses."""


def open_data(request: HttpRequest, ags: str) -> HttpResponse:
    """What a town has published, file by file, with licence and attribution."""
    town, publisher = _publisher(request, ags)
    datasets = _datasets(request, town)
    for latest in datasets[:1]:
        speak_of(latest.release)
    context = {
        "town": town,
        "publisher": publisher,
        "contact_address": reached(publisher),
        "licence": LICENCES[publisher.licence],
        "datasets": [(dataset, _named(dataset, current())) for dataset in datasets],
        "formats": list(FORMAT_NAMES.items()),
    }
    return render(request, "desk/publishing/open_data.html", context)


def town_catalogue(request: HttpRequest, ags: str, form: str) -> HttpResponse:
    """The catalogue of a town for other portals: Turtle, RDF/XML or JSON-LD."""
    if form not in FORMATS:
        raise Http404
    town, publisher = _publisher(request, ags)

    def address(dataset: Dataset, file: OpenFile) -> str:
        return request.build_absolute_uri(reverse("open_file", args=(ags, dataset.release.name, file.path)))

    home = request.build_absolute_uri(reverse("open_data", args=(ags,)))
    graph = catalogue(publisher, _datasets(request, town), home, address)
    name, media_type = FORMATS[form]
    return HttpResponse(graph.serialize(format=name, encoding="utf-8"), content_type=f"{media_type}; charset=utf-8")


def open_file(request: HttpRequest, ags: str, name: str, path: str) -> HttpResponse:
    """One file of a published release, as the vault wrote it."""
    del request
    releases = published(Release.objects.filter(town__ags=ags))
    found = opendata.content(get_object_or_404(releases, name=name), path)
    if found is None:
        raise Http404
    file, held = found
    response = HttpResponse(held, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{ags}-{name}-{path.rpartition("/")[2]}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
def plain_words(request: HttpRequest) -> HttpResponse:
    """What the atlas is, in short sentences and everyday words."""
    return render(request, "desk/publishing/plain_words.html")


def _publisher(request: HttpRequest, ags: str) -> tuple[Town, Publisher]:
    """The town and who publishes for it. Raises Http404 for a town that has published nothing."""
    town = get_object_or_404(visible(request.user, Town.objects.select_related("publisher")), ags=ags)
    if not has_published(town):
        raise Http404
    return town, town.publisher


def _datasets(request: HttpRequest, town: Town) -> list[Dataset]:
    entries = Publication.objects.filter(release__town=town, approved_at__isnull=False, ended_at=None)
    found = []
    for entry in entries.select_related("release__town").order_by("release"):
        page = request.build_absolute_uri(reverse("release", args=(town.ags, entry.release.name)))
        if entry.approved_at is not None:
            found.append(Dataset(entry.release, opendata.open_files(entry.release), page, entry.approved_at))
    return found


def _named(dataset: Dataset, words: Words) -> list[tuple[OpenFile, str]]:
    """The files with their titles in the language of the words: the report first, then tables, indices and areas."""
    titles = opendata.titles(dataset.release, words)
    order = {path: place for place, path in enumerate(titles)}
    files = sorted(dataset.files, key=lambda file: order.get(file.path, len(order)))
    return [(file, titles.get(file.path, file.path)) for file in files]
