"""The figures of a page as CSV and XLSX, and those of comparison, change over time, profile of an area, indices.

Each file is made of what its page shows, for those who may open the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from vielfalt.desk.atlas import comparison, figures, selecting, views
from vielfalt.desk.atlas.bounds import high_of
from vielfalt.desk.atlas.change import NO_CHANGE, Change, Point
from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.atlas.kept import Shown, file
from vielfalt.desk.atlas.tabular import FORMS, Row, Sheet, few, told
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.workbooks import Value
from vielfalt.desk.gateway import NOT_APPLICABLE, TOWN, at_least, licence_title, rounded_down, translated
from vielfalt.desk.releases.models import Index, Release
from vielfalt.words import N_, Words

ALTERED = N_("Numbers are changed or rounded to protect individual people; “0” means nobody or very few.")
_MEASURE = N_(
    "The measure is {town}: the others are shown where they are counted and protected like it. The order is that of "
    "the names and no ranking."
)
_DIGITS = 4
"""The decimals of the value of an index in a file; pages have two."""
Context = Mapping[str, Any]
Address = Callable[..., str]
"""The whole address of a page, by its name and what it is of."""


@dataclass(frozen=True)
class Content:
    """What is a page's own in its file: see ``Sheet``. ``definitions`` as the release explains them; ``theme``: the
    title of the table that the figure is of, where it is of one."""

    title: str
    name: tuple[str, ...]
    definitions: Iterable[Mapping[str, str]]
    notes: Iterable[str]
    sources: Sequence[Release]
    columns: tuple[str, ...]
    rows: Iterable[Row]
    theme: str = ""


def compare_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The comparison of towns: a row per town, with the reason where it cannot be compared."""
    return file_of(request, form, comparison.compared(request), _compared)


def time_file(request: HttpRequest, ags: str, form: str) -> HttpResponseBase:
    """The change over time: the town on all its dates, then the areas on the two dates chosen."""
    return file_of(request, form, comparison.over_time(request, ags), _over_time)


def area_file(request: HttpRequest, ags: str, name: str, level: str, area: str, form: str) -> HttpResponseBase:
    """The profile of an area: every category of every table, beside its share in the town."""
    return file_of(request, form, views.of_area(request, ags, name, level, area), _area)


def indices_file(request: HttpRequest, ags: str, name: str, form: str) -> HttpResponseBase:
    """The indices chosen, each with its interval, its reading and the address of its method."""
    return file_of(request, form, views.of_indices(request, ags, name), _indices)


def file_of(
    request: HttpRequest, form: str, shown: Shown, content: Callable[[Context, Words, Address], Content | None]
) -> HttpResponseBase:
    """The file of a page; a page without figures has none, nor is there another form (404)."""
    if form not in FORMS:
        raise Http404

    def address(page: str, *of: str) -> str:
        return request.build_absolute_uri(reverse(page, args=of))

    def made() -> HttpResponse:
        words = current()
        found = content(shown.context(), words, address)
        if found is None:
            raise Http404
        return FORMS[form](_sheet(found, words, address), words)

    return file(request, shown.releases, made, *shown.also)


def _sheet(content: Content, words: Words, address: Address) -> Sheet:
    columns = [words(column) for column in content.columns]
    return Sheet(content.title, content.name, (*_head(content, words, address),), (columns, *content.rows))


def _head(content: Content, words: Words, address: Address) -> Iterator[Row]:
    yield words(N_("Figure")), content.title
    if content.theme not in ("", content.title):
        yield words(N_("Theme")), content.theme
    for entry in content.definitions:
        yield words(N_("Definition")), translated(words, entry["title"]), entry["id"]
    for note in content.notes:
        yield words(N_("Note")), note
    yield ()
    titles = (N_("Municipality"), N_("Reference date"), N_("Source"), N_("Licence"), N_("Release"))
    yield *(words(title) for title in titles), words(N_("Definitions, protection, source")), words(N_("Note"))
    for release in content.sources:
        description = release.description
        yield (
            release.town.name,
            words.date(release.day),
            translated(words, description["source"]),
            licence_title(description["licence"]),
            release.name,
            address("definitions", release.town.ags, release.name),
            words(ALTERED) if description.get("altered") else "",
        )


def _compared(context: Context, words: Words, address: Address) -> Content | None:
    del address
    if not context.get("rows"):
        return None
    return Content(
        title=context["title"],
        theme=figures.table_title(context["table"], words),
        name=("vergleich", context["table"].key, context["category"], *_towns_named(context)),
        definitions=context["definitions"],
        notes=[words(_MEASURE, town=context["measure"].town.name)],
        sources=context["sources"],
        columns=(
            *(N_("Key"), N_("Municipality"), N_("Land"), N_("Size"), N_("Residents"), N_("Reference date")),
            *(N_("Number"), context["share_of"], N_("Quality"), N_("Note")),
        ),
        rows=[_town(row, words) for row in context["rows"]],
    )


def _towns_named(context: Context) -> Iterator[str]:
    """The towns in a file's name: the measure, and those beside it where not all are shown."""
    measure: str = context["measure"].town.ags
    yield measure
    if not all(choice.chosen for choice in context["towns"]):
        yield from few((one.town.ags for one in context["sources"] if one.town.ags != measure), "kommunen")


def _town(row: Mapping[str, Any], words: Words) -> Row:
    whole, release = row["whole"], row["release"]
    return (
        *(release.town.ags, release.town.name, row["land"], row["size"]),
        *(told(whole, words)[0] if whole else NOT_APPLICABLE, words.date(release.day)),
        *_told_or_not(row["cell"], words),
        " ".join(row["obstacles"]),
    )


def _told_or_not(cell: Cell | None, words: Words) -> tuple[Value, Value, str]:
    return told(cell, words) if cell else (NOT_APPLICABLE, NOT_APPLICABLE, words(N_("cannot be compared")))


def _over_time(context: Context, words: Words, address: Address) -> Content | None:
    del address
    if not context.get("points"):
        return None
    found = context.get("obstacles")
    days = [context[end].reference_date.isoformat() for end in ("first", "last") if end in context]
    name = (context["town"].ags, "zeit", context["table"].key, context["category"], context.get("level", TOWN), *days)
    apart = words(N_("These dates cannot be compared"))
    return Content(
        title=context["title"],
        theme=figures.table_title(context["table"], words),
        name=name,
        definitions=context["definitions"],
        notes=[f"{apart}: {' '.join(found)}"] if found else (),
        sources=context["sources"],
        columns=(
            *(N_("Area level"), N_("Key"), N_("Area"), N_("Reference date"), N_("Number")),
            *(context["share_of"] or N_("Share"), N_("Quality")),
            *(N_("Percentage points"), N_("Compared with"), N_("Note")),
        ),
        rows=(*dates(context["points"], words), *_changes(context, words)),
    )


def dates(points: Sequence[Point], words: Words) -> Iterator[Row]:
    """The town as a whole, a row per date; where it cannot be compared with the date before, why."""
    for number, point in enumerate(points):
        before = points[number - 1] if number else None
        town = point.release.town
        yield (
            *(words(N_("Town as a whole")), town.ags, town.name),
            *(words.date(point.release.day), *told(point.cell, words)),
            _difference(before.cell, point.cell, NO_CHANGE if point.noise else point.difference)
            if before and not point.obstacles
            else NOT_APPLICABLE,
            words.date(before.release.day) if before else "",
            " ".join(words(text) for text in point.obstacles),
        )


def _changes(context: Context, words: Words) -> Iterator[Row]:
    """The areas, two rows each: the first date, and the last with the difference."""
    changes: Sequence[Change] = context.get("changes", ())
    for change in changes:
        first, last = (words.date(context[end].day) for end in ("first", "last"))
        area = (context["level_title"], change.after.key, change.after.name)
        yield *area, first, *told(change.before, words), NOT_APPLICABLE, "", ""
        points = _difference(change.before, change.after, change.difference)
        yield *area, last, *told(change.after, words), points, first, ""


def _difference(before: Cell, after: Cell, said: str) -> Value:
    """The difference of two shares in percentage points; what is said where none is shown."""
    if said == NO_CHANGE or before.share is None or after.share is None:
        return said
    return Decimal(str(round(100 * (after.share - before.share), 1) + 0.0))


def _area(context: Context, words: Words, address: Address) -> Content | None:
    del address
    own, release, area = context["own"], context["release"], context["area"]
    if not own:
        return None
    town = {
        (table.key, category): told(cell, words)[1]
        for table, rows in figures.profile(release, TOWN, release.town.ags, words)
        for category, cell in rows
    }
    level = context["level"]
    return Content(
        title=f"{area['name']} ({level.title})",
        name=(release.town.ags, release.name, level.level, area["key"]),
        definitions=selecting.definitions(release, [id for table, _ in own for id in table.definitions]),
        notes=(),
        sources=[release],
        columns=(
            *(N_("Theme"), N_("Category"), N_("Number"), N_("Share"), N_("Quality")),
            *(N_("Share in town"), N_("What the share is of"), N_("Index"), N_("Value"), N_("Note")),
        ),
        rows=[
            (
                *(figures.table_title(table, words), figures.category_title(table, category, words)),
                *(*told(cell, words), town.get((table.key, category), NOT_APPLICABLE), share_of, "", "", ""),
            )
            for table, rows in own
            for share_of in [figures.share_of(table, words)]
            for category, cell in rows
        ]
        + [
            (counted, group, "", "", "", "", "", one.title, index_number(value, note), note)
            for one in context["special"]
            for group, counted, value, note in one.rows
        ],
    )


def _indices(context: Context, words: Words, address: Address) -> Content | None:
    release, query = context["release"], context["query"]
    if not context["groups"]:
        return None
    chosen = [one.label for name in ("tables", "levels") for one in context[name] if one.chosen]
    return Content(
        title=", ".join([words(N_("Indices")), *chosen]),
        name=(release.town.ags, release.name, "kennzahlen", *(query[name] for name in query if query[name])),
        definitions=selecting.definitions(release, context["table"].definitions),
        notes=[text for text in (context["interval"], context["least"]) if text],
        sources=[release],
        columns=(
            *(N_("Index"), N_("Group"), N_("Value"), N_("Interval from"), N_("Interval to"), N_("Number of areas")),
            *(N_("What it means"), N_("Method and source")),
        ),
        rows=[
            (
                *(words(index.title), name),
                *index_numbers(entry),
                *(entry.areas, " ".join(text for text in (said, translated(words, entry.note)) if text)),
                address("index_method", index.id),
            )
            for index, rows in context["groups"]
            for name, entry, said in rows
        ],
    )


def index_numbers(entry: Index) -> tuple[Value, ...]:
    """Value and interval of an index, as ``index_number``."""
    told = (entry.value, entry.low, high_of(entry.high, entry.note))
    return tuple(index_number(one, entry.note) for one in told)


def index_number(value: float | None, note: str = "") -> Value:
    """The value of an index with four decimals, rounded down where it is the least; a print sign for none."""
    if value is None:
        return NOT_APPLICABLE
    return Decimal(f"{rounded_down(value, _DIGITS) if at_least(note) else value:.{_DIGITS}f}")
