"""The figure of a page as files: CSV, XLSX, SVG, PNG, GeoJSON. Each says what it shows, of when, from where."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from vielfalt.desk.atlas import addresses, selecting
from vielfalt.desk.atlas.drawing import standalone, style_of
from vielfalt.desk.atlas.figures import MARKS, Cell, Figure
from vielfalt.desk.atlas.kept import file
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.views import chosen_figure, release_or_404
from vielfalt.desk.atlas.workbooks import XLSX, workbook
from vielfalt.desk.gateway import SUPPRESSED, translated
from vielfalt.words import N_, Words

_PNG_SCALE = 2
_FORMULA = re.compile(r"^[=+\-@\t\r]")
"""Signs that make a spreadsheet take a text for a formula (OWASP, CSV injection)."""


def csv_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The table of the figure as CSV: semicolons, decimal comma in German, UTF-8 with mark, as Excel opens it."""
    return _file_of(request, ags, name, _csv)


def xlsx_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The table of the figure as a workbook; every text is written as text, never as a formula."""
    return _file_of(request, ags, name, _xlsx)


def svg_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The map as SVG."""
    return _file_of(request, ags, name, _svg)


def png_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The map as PNG, twice the size of the page's."""
    return _file_of(request, ags, name, _png)


def geojson_file(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The areas with the values of the figure as GeoJSON (RFC 7946); the interactive map of the page reads it."""
    return _file_of(request, ags, name, _geojson)


def _csv(figure: Figure, words: Words) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in (*_head(figure, words), (), *_rows(figure, words)):
        writer.writerow([_plain(cell, words) for cell in row])
    return _file("\ufeff" + text.getvalue(), "text/csv; charset=utf-8", figure, "csv")


def _xlsx(figure: Figure, words: Words) -> HttpResponse:
    rows = (*_head(figure, words), (), *_rows(figure, words))
    return _file(workbook([(figure.table.key, rows)]), XLSX, figure, "xlsx")


def _svg(figure: Figure, words: Words) -> HttpResponse:
    return _file(standalone(figure, words), "image/svg+xml", figure, "svg")


def _png(figure: Figure, words: Words) -> HttpResponse:
    import vl_convert

    return _file(vl_convert.svg_to_png(standalone(figure, words), scale=_PNG_SCALE), "image/png", figure, "png")


def _geojson(figure: Figure, words: Words) -> JsonResponse:
    known = {cell.key: cell for cell in figure.cells}
    areas = json.loads(figure.area_set.geojson)
    features = [
        {"type": "Feature", "geometry": area["geometry"], "properties": _properties(cell, figure, words)}
        for area in areas["features"]
        if (cell := known.get(area["properties"]["key"])) is not None and area["geometry"]
    ]
    head = {row[0]: row[1] for row in _head(figure, words)}
    whole = {"type": "FeatureCollection", "about": head, "features": features}
    response = JsonResponse(whole, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = _disposition(figure, "geojson")
    return response


def _properties(cell: Cell, figure: Figure, words: Words) -> dict[str, object]:
    """What the map says of an area, and the class of its colour."""
    return {
        "key": cell.key,
        "name": cell.name,
        "number": cell.number,
        "share": cell.percent,
        "quality": words(MARKS[cell.mark]),
        "style": style_of(cell, figure),
        "profile": addresses.of_area(figure.release, figure.level, cell.key),
    }


def _file_of(
    request: HttpRequest, ags: str, name: str, made: Callable[[Figure, Words], HttpResponse]
) -> HttpResponseBase:
    """The file of the figure that the address names, for those who may see its release."""
    release = release_or_404(request, ags, name)
    return file(request, release, lambda: made(chosen_figure(selecting.mapped(release), release, request), current()))


def _head(figure: Figure, words: Words) -> Iterator[tuple[str, ...]]:
    description = figure.release.description
    yield words(N_("Figure")), figure.title
    yield words(N_("Municipality")), figure.release.town.name
    yield words(N_("Reference date")), words.date(figure.release.day)
    yield words(N_("Area level")), figure.level_title
    yield words(N_("Definition")), ", ".join(figure.table.definitions)
    yield words(N_("Source")), translated(words, description["source"])
    yield words(N_("Licence")), description["licence"]
    yield words(N_("Release")), figure.release.name


def _rows(figure: Figure, words: Words) -> Iterator[tuple[str | int | float, ...]]:
    yield (
        words(N_("Key")),
        words(N_("Area")),
        words(N_("Number")),
        words(N_("Share")),
        words(N_("Quality")),
    )
    for cell in (*figure.cells, figure.town):
        value = SUPPRESSED if cell.value is None else cell.value
        share: str | float = cell.percent if cell.share is None else round(cell.share, 3)
        yield cell.key, cell.name, value, share, words(MARKS[cell.mark])


def _plain(cell: str | int | float, words: Words) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if isinstance(cell, float):
        return words.number(cell, 3)
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and _FORMULA.match(text) else text


def _file(content: str | bytes, kind: str, figure: Figure, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = _disposition(figure, ending)
    return response


def _disposition(figure: Figure, ending: str) -> str:
    name = "-".join((figure.release.town.ags, figure.release.name, figure.table.key, figure.category, figure.level))
    return f'attachment; filename="{re.sub("[^A-Za-z0-9._-]+", "_", name)}.{ending}"'
