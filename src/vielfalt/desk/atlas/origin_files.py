"""The profile of a country or country group as CSV and XLSX: all its tables as one, a row per value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from vielfalt.desk import gateway
from vielfalt.desk.atlas import downloads, origin_views, origins, view_files
from vielfalt.desk.atlas.kept import file
from vielfalt.desk.atlas.tabular import Row, told
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.view_files import Address, Content, Context
from vielfalt.desk.atlas.workbooks import Value
from vielfalt.desk.gateway import NOT_APPLICABLE, translated
from vielfalt.desk.releases.models import Release
from vielfalt.words import N_, Words

_PLACE = (N_("Area level"), N_("Key"), N_("Area"), N_("Reference date"))
_COUNTED = (N_("Number"), N_("Share"), N_("Quality"))
_COLUMNS = (
    *(N_("Table"), N_("Way of counting"), N_("Category"), *_PLACE, *_COUNTED),
    *(N_("Percentage points"), N_("Compared with"), N_("Share of the group"), N_("Share of all residents")),
    *(N_("Index"), N_("Value"), N_("Interval from"), N_("Interval to"), N_("What it means"), N_("Method and source")),
    N_("Note"),
)


def origin_file(request: HttpRequest, ags: str, name: str, key: str, form: str) -> HttpResponseBase:
    """The profile of a country or group: its dates, make-up, areas and indices."""
    return view_files.file_of(request, form, origin_views.of_origin(request, ags, name, key), _profile)


def quotient_file(request: HttpRequest, ags: str, name: str, key: str, form: str) -> HttpResponseBase:
    """The map of location quotients as SVG or PNG; there is none where the release holds no shapes (404)."""
    shown = origin_views.of_origin(request, ags, name, key)
    return file(request, shown.releases, lambda: _quotients(shown.context(), form, current()), *shown.also)


def _quotients(context: Context, form: str, words: Words) -> HttpResponse:
    figure = context.get("figure")
    if not figure or not figure.area_set.height:
        raise Http404
    name = (*_name(context), origins.QUOTIENT)
    return downloads.pictured(form, origins.quotient_file(context["found"], figure, words), name)


def _profile(context: Context, words: Words, address: Address) -> Content:
    release, chosen = context["release"], context.get("figure")
    rows = (
        *_series(context, words),
        *_mixes(context, words),
        *_places(context, words, address),
        *_indices(context, words, address),
    )
    overlap = N_(
        "The two ways of counting overlap and must not be added: nationality is that of the passport, the reference "
        "country that of birth or of the parents."
    )
    notes = [words(overlap)]
    if chosen:
        notes.append(context["caveat"])
    if any(entry.low is not None for _, _, entry, _ in context["indices"]):
        notes.append(words(gateway.INTERVAL))
    if any(gateway.at_least(entry.note) for _, _, entry, _ in context["indices"]):
        notes.append(words(gateway.LEAST))
    dated = [point.release.pk for _, _, points in context["series"] for point in points]
    every = Release.objects.filter(pk__in=[*dated, release.pk]).select_related("town").reverse()
    return Content(
        title=context["title"],
        name=_name(context),
        definitions=context["definitions"],
        notes=notes,
        sources=list(every),
        columns=_COLUMNS,
        rows=rows,
    )


def _name(context: Context) -> tuple[str, ...]:
    """The parts of a file's name; what the reader chose is among them where there are areas to choose."""
    release, figure = context["release"], context.get("figure")
    chosen = (figure.table.key, figure.level) if figure else ()
    return (release.town.ags, release.name, "herkunft", context["key"], *chosen)


def _row(of: Sequence[Value], counted: Sequence[Value], index: Sequence[Value], note: Value) -> Row:
    """A row of the table: what it is of, what is counted, the index of it; what does not apply is empty."""
    return (*of, *counted, *[""] * (7 - len(counted)), *(index or [""] * 6), note)


def _series(context: Context, words: Words) -> Iterator[Row]:
    for title, _, points in context["series"]:
        for level, key, area, day, number, share, quality, *change, note in view_files.dates(points, words):
            place = (words(N_("Number and change")), title, context["title"], level, key, area, day)
            yield _row(place, (number, share, quality, *change), (), note)


def _mixes(context: Context, words: Words) -> Iterator[Row]:
    release = context["release"]
    town = (words(N_("Town as a whole")), release.town.ags, release.town.name, words.date(release.day))
    for mix in context["mixes"]:
        for label, cell, beside in mix.rows:
            whole = told(beside, words)[1] if beside else NOT_APPLICABLE
            place = (words(N_("Make-up")), mix.title, label, *town)
            number, part, quality = told(cell, words)
            yield _row(place, (number, "", quality, "", "", part, whole), (), "")


def _places(context: Context, words: Words, address: Address) -> Iterator[Row]:
    """The areas with their location quotients, in the order of the page."""
    figure = context.get("figure")
    if not figure:
        return
    quotient = gateway.index(origins.QUOTIENT)
    for place, (_, _, text) in zip(context["found"], context["places"], strict=True):
        cell = place.cell
        value = text if place.quotient is None else view_files.index_number(place.quotient)
        yield _row(
            (
                *(words(N_("Where they live")), _counted(context), figure.title, figure.level_title),
                *(cell.key, cell.name, words.date(figure.release.day)),
            ),
            told(cell, words),
            (words(quotient.title), value, "", "", "", address("index_method", quotient.id)),
            "",
        )


def _counted(context: Context) -> str:
    """The title of the way of counting that was chosen for the areas."""
    titles: dict[str, str] = {table.key: title for title, table, _ in context["series"]}
    return titles[context["figure"].table.key]


def _indices(context: Context, words: Words, address: Address) -> Iterator[Row]:
    figure, release = context.get("figure"), context["release"]
    for title, counted, entry, said in context["indices"]:
        yield _row(
            (
                *(words(N_("Indices")), counted, context["title"], figure.level_title if figure else ""),
                *(release.town.ags, release.town.name, words.date(release.day)),
            ),
            (),
            (title, *view_files.index_numbers(entry), said, address("index_method", entry.index)),
            translated(words, entry.note),
        )
