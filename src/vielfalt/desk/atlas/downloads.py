"""The figure of a page as files: CSV, XLSX, SVG, PNG, GeoJSON. Each says what it shows, of when, from where."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from vielfalt.desk.atlas import addresses, change, comparison, lines, selecting, view_files
from vielfalt.desk.atlas.drawing import standalone, style_of
from vielfalt.desk.atlas.figures import MARKS, NUMBERS_ALONE, Cell, Figure, table_title
from vielfalt.desk.atlas.kept import Shown, file
from vielfalt.desk.atlas.tabular import disposition, saved, told
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.views import chosen_figure, release_or_404
from vielfalt.desk.gateway import licence_title, translated
from vielfalt.words import N_, Words

_PNG_SCALE = 2


def csv_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The table of the figure as CSV: semicolons, decimal comma in German, UTF-8 with mark, as Excel opens it."""
    return _table_of(request, ags, name, "csv")


def xlsx_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The table of the figure as a workbook; every text is written as text, never as a formula."""
    return _table_of(request, ags, name, "xlsx")


def svg_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The map as SVG."""
    return _file_of(request, ags, name, _svg)


def png_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The map as PNG, twice the size of the page's."""
    return _file_of(request, ags, name, _png)


def geojson_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The areas with the values of the figure as GeoJSON (RFC 7946); the interactive map of the page reads it."""
    return _file_of(request, ags, name, _geojson)


def change_file(request: HttpRequest, ags: str, form: str) -> HttpResponseBase:
    """The map of the change between two dates as SVG or PNG; there is none where the dates cannot be compared (404)."""
    shown = comparison.over_time(request, ags)
    return file(request, shown.releases, lambda: _change(shown.context(), form, current()), *shown.also)


def _change(context: Mapping[str, Any], form: str, words: Words) -> HttpResponse:
    if not context.get("changes") or not context["map"].height:
        raise Http404
    table, days = context["table"], (context[end].reference_date.isoformat() for end in ("first", "last"))
    name = (context["town"].ags, "zeit", table.key, context["category"], context["level"], *days)
    return pictured(form, change.change_file(context["changes"], context["first"], context["after"], words), name)


def line_file(request: HttpRequest, ags: str, form: str) -> HttpResponseBase:
    """The line of the town over its dates as SVG or PNG; there is none with fewer than two shares (404)."""
    shown = comparison.over_time(request, ags)
    return file(request, shown.releases, lambda: _line(shown.context(), form, current()), *shown.also)


def _line(context: Mapping[str, Any], form: str, words: Words) -> HttpResponse:
    if not context.get("line"):
        raise Http404
    name = (context["town"].ags, "zeit", context["table"].key, context["category"])
    drawn = lines.line_file(context["line"], context["title"], context["share_of"], context["points"], words)
    return pictured(form, drawn, name)


def _svg(figure: Figure, words: Words) -> HttpResponse:
    return _drawn(_map(figure, words), _name(figure))


def _png(figure: Figure, words: Words) -> HttpResponse:
    return _painted(_map(figure, words), _name(figure))


def _map(figure: Figure, words: Words) -> str:
    """The map; there is none of a theme that is told in numbers alone (404)."""
    if not figure.share_of:
        raise Http404
    return standalone(figure, words)


def _drawn(picture: str, name: Iterable[str]) -> HttpResponse:
    return saved(picture, "image/svg+xml", name, "svg")


def _painted(picture: str, name: Iterable[str]) -> HttpResponse:
    import vl_convert

    return saved(vl_convert.svg_to_png(picture, scale=_PNG_SCALE), "image/png", name, "png")


_PICTURES: Mapping[str, Callable[[str, Iterable[str]], HttpResponse]] = {"svg": _drawn, "png": _painted}


def pictured(form: str, picture: str, name: Iterable[str]) -> HttpResponse:
    """A picture (SVG) as a file of this form; there is no other than "svg" and "png" (404)."""
    if form not in _PICTURES:
        raise Http404
    return _PICTURES[form](picture, name)


def _geojson(figure: Figure, words: Words) -> JsonResponse:
    known = {cell.key: cell for cell in figure.cells}
    areas = json.loads(figure.area_set.geojson)
    features = [
        {"type": "Feature", "geometry": area["geometry"], "properties": _properties(cell, figure, words)}
        for area in areas["features"]
        if (cell := known.get(area["properties"]["key"])) is not None and area["geometry"]
    ]
    whole = {"type": "FeatureCollection", "about": dict(_about(figure, words)), "features": features}
    response = JsonResponse(whole, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = disposition(_name(figure), "geojson")
    return response


def _properties(cell: Cell, figure: Figure, words: Words) -> dict[str, object]:
    """What programs read of an area, numbers as numbers and null where there is none; the class of its colour, and
    what the map of the page says of it."""
    return {
        "key": cell.key,
        "name": cell.name,
        "number": cell.value,
        "share": cell.printed,
        "quality": words(MARKS[cell.mark]),
        "label": f"{cell.percent} ({cell.number})" if figure.share_of else cell.number,
        "style": style_of(cell, figure),
        "profile": addresses.of_area(figure.release, figure.level, cell.key),
    }


def _table_of(request: HttpRequest, ags: str, name: str, form: str) -> HttpResponseBase:
    """The table of the figure that the address names, with the head that the files of all pages have."""
    release = release_or_404(request, ags, name)

    def context() -> dict[str, Figure]:
        return {"figure": chosen_figure(selecting.mapped(release), release, request)}

    return view_files.file_of(request, form, Shown([release], context), _table)


def _table(context: view_files.Context, words: Words, address: view_files.Address) -> view_files.Content:
    del address
    figure: Figure = context["figure"]
    levels = (*[figure.level_title] * len(figure.cells), words(N_("Town as a whole")))
    return view_files.Content(
        title=figure.title,
        theme=table_title(figure.table, words),
        name=_name(figure),
        definitions=selecting.definitions(figure.release, figure.table.definitions),
        notes=() if figure.share_of else [words(NUMBERS_ALONE)],
        sources=[figure.release],
        columns=(N_("Area level"), N_("Key"), N_("Area"), N_("Number"), figure.share_of or N_("Share"), N_("Quality")),
        rows=[
            (level, cell.key, cell.name, *told(cell, words))
            for level, cell in zip(levels, (*figure.cells, figure.town), strict=True)
        ],
    )


def _file_of(
    request: HttpRequest, ags: str, name: str, made: Callable[[Figure, Words], HttpResponse]
) -> HttpResponseBase:
    """The file of the figure that the address names, for those who may see its release."""
    release = release_or_404(request, ags, name)
    return file(request, [release], lambda: made(chosen_figure(selecting.mapped(release), release, request), current()))


def _about(figure: Figure, words: Words) -> Iterator[tuple[str, str]]:
    description = figure.release.description
    yield words(N_("Figure")), figure.title
    yield words(N_("Theme")), table_title(figure.table, words)
    yield words(N_("Municipality")), figure.release.town.name
    yield words(N_("Reference date")), words.date(figure.release.day)
    yield words(N_("Area level")), figure.level_title
    if figure.share_of:
        yield words(N_("What the share is of")), figure.share_of
    yield words(N_("Definition")), ", ".join(figure.table.definitions)
    yield words(N_("Source")), translated(words, description["source"])
    yield words(N_("Licence")), licence_title(description["licence"])
    yield words(N_("Release")), figure.release.name
    if description.get("altered"):
        yield words(N_("Note")), words(view_files.ALTERED)


def _name(figure: Figure) -> tuple[str, ...]:
    return figure.release.town.ags, figure.release.name, figure.table.key, figure.category, figure.level
