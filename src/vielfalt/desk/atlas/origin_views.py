"""Pages of countries and country groups: the list of them, and the profile of each."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse

from vielfalt.desk import gateway
from vielfalt.desk.accounts.permissions import visible
from vielfalt.desk.atlas import addresses, change, figures, methods, origins, selecting
from vielfalt.desk.atlas.asking import asked
from vielfalt.desk.atlas.drawing import drawn_map, hatching
from vielfalt.desk.atlas.figures import Figure
from vielfalt.desk.atlas.kept import Shown, page
from vielfalt.desk.atlas.origins import quotient_text
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.views import release_or_404
from vielfalt.desk.releases.models import Index, Release, Table, described, joined
from vielfalt.words import Words


def origins_page(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """All countries and groups of a release, in the order of the code list."""
    found = release_or_404(request, ags, name)

    def context() -> dict[str, object]:
        return {"release": found, "town": found.town, "groups": origins.listed(found, current())}

    return page(request, "desk/origins.html", [found], context)


def origin(request: HttpRequest, ags: str, name: str, key: str) -> HttpResponse:
    """Everything that a release publishes of one country or group; the query chooses way of counting and level."""
    shown = of_origin(request, ags, name, key)
    return page(request, "desk/origin.html", shown.releases, shown.context)


def of_origin(request: HttpRequest, ags: str, name: str, key: str) -> Shown:
    """What the profile of a country or group is made of. Raises Http404 where the reader may not see the release."""
    found = release_or_404(request, ags, name)
    every = visible(request.user, found.town.releases.filter(kind=found.kind))
    past = every.filter(reference_date__lte=found.reference_date).select_related("town").defer("description")
    dates = change.dated(past)
    return Shown([found, *dates], lambda: _origin(request, found, described(dates), key))


def _origin(request: HttpRequest, found: Release, dates: list[Release], key: str) -> dict[str, object]:
    words = current()
    tables = origins.tables_of(found, key)
    if not tables:
        raise Http404
    counted = {one.key: one for one in tables}
    table = counted[asked(request, "thema", counted, tables[0].key)]
    category = joined((key,))
    group = origins.group_of(key)
    levels = {one.level: one.title for one in found.area_sets}
    usable = [one for one in levels if category in selecting.categories(table, one)]
    level = selecting.level(request, levels, usable)
    titles = {one.key: figures.table_title(one, words) for one in tables}
    series = list(_series(dates, tables, category))
    wholes = {one.key: points[-1].cell for one, points in series}
    context: dict[str, object] = {
        "release": found,
        "town": found.town,
        "title": origins.told_apart(key, figures.category_title(table, category, words), words),
        "key": key,
        "group": group,
        "group_title": gateway.category_label(words, origins.GROUPS[0], group) if group else "",
        "series": [(titles[one.key], one, points) for one, points in series],
        "category": category,
        "mixes": list(origins.mixes(found, key, wholes, words)),
        "tables": selecting.choices(titles, table.key),
        "levels": selecting.choices({one: levels[one] for one in levels if level}, level),
        "indices": [_index(one, titles, words) for one in origins.index_rows(found, tables, key, level)],
        "definitions": selecting.definitions(found, [id for one in tables for id in one.definitions]),
    }
    if level:
        context |= _where(figures.figure(table, category, level, words), words)
    return context


def _series(dates: list[Release], tables: list[Table], category: str) -> list[tuple[Table, list[change.Point]]]:
    """The town's values in each table on all dates."""
    words = current()
    counted = figures.tables_of(dates, [table.key for table in tables])
    return [
        (table, change.series([one for one in counted if one.key == table.key], category, words)) for table in tables
    ]


def _where(figure: Figure, words: Words) -> dict[str, object]:
    found = origins.places(figure)
    rows = sorted(found, key=lambda place: gateway.by_name(place.cell.name))
    return {
        "figure": figure,
        "found": rows,
        "maps": [
            (figure.share_of, drawn_map(figure, words)),
            (_index_title(origins.QUOTIENT, words), origins.quotient_map(found, figure, words)),
        ],
        "hatching": hatching("hatch"),
        "places": [
            (place.cell, addresses.of_area(figure.release, figure.level, place.cell.key), quotient_text(place, words))
            for place in rows
        ],
        "caveat": words(gateway.index(origins.QUOTIENT).caveat),
    }


def _index(one: Index, titles: Mapping[str, str], words: Words) -> tuple[str, str, Index, str]:
    """An index with its title, the way of counting, and what it says in a sentence."""
    said = methods.reading(one.index, one.value, words, one.note)
    return _index_title(one.index, words), titles[one.table], one, said


def _index_title(id: str, words: Words) -> str:
    return words(gateway.index(id).title)
