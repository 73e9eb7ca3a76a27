"""Pages that set figures side by side: a town on several dates, several towns on their latest date."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, inf
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from vielfalt.desk import gateway
from vielfalt.desk.accounts.permissions import visible
from vielfalt.desk.atlas import change, comparing, figures, lines, noise, selecting
from vielfalt.desk.atlas.asking import asked, asked_all
from vielfalt.desk.atlas.counties import speak_of
from vielfalt.desk.atlas.drawing import hatching
from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.atlas.kept import Shown, page
from vielfalt.desk.atlas.places import land, size_class
from vielfalt.desk.atlas.selecting import Choice
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.gateway import NOT_APPLICABLE
from vielfalt.desk.releases.models import Release, Series, Table, Town, described
from vielfalt.words import N_, Words


def time(request: HttpRequest, ags: str) -> HttpResponse:
    """One category of a town on all its dates, and by area between two of them; never across a break."""
    shown = over_time(request, ags)
    return page(request, "desk/time.html", shown.releases, shown.context, *shown.also)


def over_time(request: HttpRequest, ags: str) -> Shown:
    """The dates of a town that the reader may see. Raises Http404 for a town that the reader may not see."""
    town = get_object_or_404(visible(request.user, Town.objects.all()), ags=ags)
    every = visible(request.user, town.releases.filter(kind="register").select_related("town").defer("description"))
    dates = change.dated(every)
    return Shown(dates, lambda: _time(request, town, described(dates)), (town.ags, town.name))


def _time(request: HttpRequest, town: Town, releases: list[Release]) -> dict[str, object]:
    for latest in releases[-1:]:
        speak_of(latest)
    words = current()
    context: dict[str, object] = {"town": town, "releases": releases}
    if len(releases) < 2:
        return context
    themes = selecting.compared(releases[-1])
    table = selecting.theme(request, themes, releases)
    category = selecting.category(request, table, selecting.categories(table), releases)
    counted = {found.release: found for found in figures.tables_of(releases, [table.key])}
    points = change.series(list(counted.values()), category, words)
    dates = [point.release for point in points]
    context |= {
        "table": table,
        "category": category,
        "title": figures.category_title(table, category, words),
        "definitions": selecting.definitions(table.release, table.definitions),
        "points": points,
        "sources": dates,
        "share_of": figures.share_of(table, words),
        "numbers_alone": figures.NUMBERS_ALONE,
        "line": lines.line(points, words),
        "tables": selecting.table_choices(themes, table.key, words),
        "categories": selecting.category_choices(table, category, words),
    }
    if len(dates) > 1 and context["share_of"]:
        first, last = _two_dates(request, dates)
        chain = [one for one in releases if first.reference_date < one.reference_date <= last.reference_date]
        context |= {
            "first": first,
            "last": last,
            "from_dates": _date_choices(dates[:-1], first, words),
            "to_dates": _date_choices(dates[1:], last, words),
            "breaks": [entry for release in chain for entry in release.description["breaks"]],
            **_by_area(request, counted[first], counted[last], category, chain, words),
        }
    return context


def _two_dates(request: HttpRequest, dates: list[Release]) -> tuple[Release, Release]:
    """The dates asked for; the last two where the address names none. Raises UnknownError where they do not fit."""
    named = {release.reference_date.isoformat(): release for release in dates}
    days = list(named)
    last = asked(request, "bis", days[1:], days[-1])
    earlier = days[: days.index(last)]
    first = asked(request, "von", earlier, earlier[-1])
    return named[first], named[last]


def _date_choices(dates: list[Release], chosen: Release, words: Words) -> list[Choice]:
    options = {release.reference_date.isoformat(): words.date(release.day) for release in dates}
    return selecting.choices(options, chosen.reference_date.isoformat())


def _by_area(
    request: HttpRequest, before: Table, after: Table, category: str, chain: list[Release], words: Words
) -> dict[str, object]:
    """The change between two dates for the areas of the level chosen, or why there is none."""
    levels = {one.level: one.title for one in after.release.area_sets}
    both = [one for one in levels if all(category in selecting.categories(table, one) for table in (before, after))]
    level = selecting.level(request, levels, both)
    found = comparing.obstacles_over_time(before, after, chain)
    if level and not comparing.same_areas(level, before.release, after.release, chain):
        found = (*found, comparing.AREAS)
    context: dict[str, object] = {
        "levels": selecting.choices({key: levels[key] for key in both}, level),
        "obstacles": [words(text) for text in found],
    }
    if level and not found:
        later = figures.figure(after, category, level, words)
        changes = change.changes(figures.figure(before, category, level, words), later, words)
        context |= {
            "level": level,
            "after": later,
            "level_title": later.level_title,
            "changes": changes,
            "map": change.change_map(changes, later, words),
            "hatching": hatching("hatch"),
            "noise": _in_persons(noise.persons(before, after), words),
        }
    return context


def _in_persons(size: float, words: Words) -> str:
    """How many persons protection alone can make a difference of; empty where none."""
    return "" if not size else "?" if size == inf else words.number(ceil(size))


def compare(request: HttpRequest) -> HttpResponse:
    """Several towns side by side on their latest dates, where their figures mean the same and are protected alike."""
    shown = compared(request)
    return page(request, "desk/compare.html", shown.releases, shown.context)


def compared(request: HttpRequest) -> Shown:
    """The latest releases of the towns that the reader may see. Raises Http404 for a stranger who may see none."""
    latest = _latest(request)
    if not latest and not request.user.is_authenticated:
        raise Http404
    return Shown(latest, lambda: _compare(request, latest))


def _latest(request: HttpRequest) -> list[Release]:
    """The latest release of each town, in the order of their names, without descriptions."""
    every = visible(request.user, Release.objects.filter(kind="register"))
    newest = dict(every.reverse().values_list("town", "pk"))
    found = Release.objects.filter(pk__in=newest.values()).select_related("town").defer("description")
    return list(found.order_by("town__name", "town__ags"))


def _compare(request: HttpRequest, latest: list[Release]) -> dict[str, object]:
    words, latest = current(), described(latest)
    wanted = asked_all(request, "kommune", {release.town.ags for release in latest})
    base = asked(request, "massstab", {release.town.ags for release in latest}, "")
    chosen = [release for release in latest if not wanted or release.town.ags in (*wanted, base)]
    context: dict[str, object] = {"towns": [Choice(one.town.ags, one.town.name, one in chosen) for one in latest]}
    if chosen:
        measure = next((release for release in chosen if release.town.ags == base), chosen[0])
        names = {release.town.ags: release.town.name for release in latest}
        context |= {
            "sources": chosen,
            "measures": selecting.choices(names, measure.town.ags),
            **_side_by_side(request, chosen, measure, words),
        }
    return context


def _side_by_side(request: HttpRequest, releases: list[Release], base: Release, words: Words) -> dict[str, object]:
    """A row per town. The base sets the measure: others are shown where they are counted and protected alike."""
    offered = _shared(selecting.compared(base), [release for release in releases if release != base])
    measure = selecting.theme(request, offered, releases)
    category = selecting.category(request, measure, selecting.categories(measure), releases)
    counted = figures.tables_of(releases, [measure.key])
    everybody = figures.tables_of(releases, ["residents"])
    residents = _by_release(everybody, figures.in_town(everybody, Series.BASE, words))
    cells = _by_release(counted, figures.in_town(counted, category, words))
    tables = {table.release_id: table for table in counted}
    rows = [_row(one, residents.get(one.pk), tables.get(one.pk), cells.get(one.pk), measure, words) for one in releases]
    longest = max((row["share"] or 0 for row in rows), default=0) or 1
    return {
        "rows": [{**row, "length": round(100 * (row["share"] or 0) / longest, 1)} for row in rows],
        "title": figures.category_title(measure, category, words),
        "share_of": figures.share_of(measure, words),
        "lands": any(row["land"] != NOT_APPLICABLE for row in rows),
        "measure": measure.release,
        "table": measure,
        "category": category,
        "tables": selecting.table_choices(offered, measure.key, words),
        "categories": selecting.category_choices(measure, category, words),
        "definitions": selecting.definitions(measure.release, measure.definitions),
    }


def _shared(own: Mapping[str, Table], others: list[Release]) -> dict[str, Table]:
    """The themes with shares of the base that some other town has too; all of them where it stands alone."""
    own = {key: table for key, table in own.items() if gateway.has_shares(key)}
    held = Table.objects.filter(release__in=others, key__in=own).exclude(dimensions=[])
    shared = set(held.values_list("key", flat=True)) if others else own.keys()
    return {key: table for key, table in own.items() if key in shared}


def _by_release(tables: list[Table], cells: dict[int, Cell]) -> dict[int, Cell]:
    """The cells of tables, by the primary key of the release."""
    return {table.release_id: cells[table.pk] for table in tables if table.pk in cells}


def _row(
    release: Release, whole: Cell | None, table: Table | None, value: Cell | None, measure: Table, words: Words
) -> dict[str, Any]:
    """A town with its residents (``whole``), and its value where it may be compared; else why not."""
    found = (N_("There is no such figure."),) if table is None else comparing.obstacles(table, measure)
    cell = None if found else value
    return {
        "release": release,
        "town": release.town,
        "land": land(release.town.ags),
        "size": _size(release, whole, words),
        "residents": whole.number if whole else NOT_APPLICABLE,
        "whole": whole,
        "cell": cell,
        "share": cell.share if cell else None,
        "obstacles": [words(text) for text in found],
    }


def _size(release: Release, whole: Cell | None, words: Words) -> str:
    """The class of a town by its residents; a county is none, however many live there."""
    if release.of_county:
        return words(N_("county"))
    return words(size_class(whole.value)) if whole and whole.value is not None else NOT_APPLICABLE
