"""The pages of the atlas. What a page shows stands in its address, so a link is enough to see the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from vielfalt.desk import gateway, showcase
from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.permissions import Reader, may, rights, visible
from vielfalt.desk.atlas import addresses, figures, kept, methods, origins, profiles, selecting
from vielfalt.desk.atlas.asking import UnknownError
from vielfalt.desk.atlas.counties import speak_of
from vielfalt.desk.atlas.drawing import bars, drawn_map, hatching
from vielfalt.desk.atlas.figures import Figure
from vielfalt.desk.atlas.kept import Shown, page
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.atlas.town_list import town_list
from vielfalt.desk.house.first_steps import first_steps
from vielfalt.desk.publishing.models import NOT_PUBLIC, Publication, has_published, open_states
from vielfalt.desk.releases.models import AreaSet, Index, Release, Table, Town, joined
from vielfalt.words import Words

_TWO_PERSONS: tuple[roles.Action, ...] = ("propose", "publish")


def towns(request: HttpRequest) -> HttpResponse:
    """All municipalities with their latest release."""
    found = town_list(request)
    if not found.every and not request.user.is_authenticated:
        raise Http404
    jobs = showcase.told(settings.DATA)
    context = {
        "list": found,
        "jobs": jobs,
        "jobs_done": sum(job.state == "done" for job in jobs),
        **_steps(request),
        "proposals": _proposals(request.user),
        "making": any(job.state in ("waiting", "running") for job in jobs),
    }
    return render(request, "desk/towns.html", context)


def _proposals(user: Reader) -> list[Publication]:
    """What waits for a second person in the towns in which the reader proposes or publishes, oldest first."""
    found: dict[int, Publication] = {}
    for action in _TWO_PERSONS:
        waiting = visible(user, Publication.objects.filter(approved_at=None, ended_at=None), action)
        found |= {one.pk: one for one in waiting.select_related("release__town", "proposed_by")}
    return sorted(found.values(), key=lambda one: one.proposed_at)


def _steps(request: HttpRequest) -> dict[str, object]:
    """The first steps for those who can take them, as long as one is left."""
    if not may(request.user, "import"):
        return {}
    steps = first_steps(settings.DATA)
    done = sum(step.done for step in steps)
    return {"steps": steps if done < len(steps) else (), "steps_done": done}


def town(request: HttpRequest, ags: str) -> HttpResponse:
    """The releases of one municipality, latest first; who may read its history sees which of them are public."""
    releases = Prefetch("releases", visible(request.user, Release.objects.all()))
    found = get_object_or_404(visible(request.user, Town.objects.prefetch_related(releases)), ags=ags)
    for latest in found.releases.all()[:1]:
        speak_of(latest)
    told = open_states(found) if may(request.user, "history", found) else None
    listed = [(one, told.get(one.pk, NOT_PUBLIC) if told is not None else "") for one in found.releases.all()]
    context = {"town": found, "releases": listed, "states": told is not None, "open_data": has_published(found)}
    return render(request, "desk/town.html", context)


def release(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """What a release holds: key figures of the town, themes, areas, indices, definitions, breaks."""
    found = release_or_404(request, ags, name)
    open_data = has_published(found.town)
    offered = sorted(rights(request.user)) + ["open_data"] * open_data
    return page(request, "desk/release.html", [found], lambda: _release(found, open_data), *offered)


def _release(found: Release, open_data: bool) -> dict[str, object]:
    words = current()
    return {
        "release": found,
        "town": found.town,
        "key_figures": _key_figures(found),
        "tables": [(table, figures.table_title(table, words)) for table in selecting.mapped(found).values()],
        "levels": [(one, _listed(found, one)) for one in found.area_sets],
        "breaks": found.description["breaks"],
        "open_data": open_data,
    }


def _listed(found: Release, areas: AreaSet) -> list[tuple[str, str]]:
    """Name and address of each area of a level, in the order of the names."""
    ordered = sorted(areas.areas, key=lambda area: gateway.by_name(area["name"]))
    return [(area["name"], addresses.of_area(found, areas.level, area["key"])) for area in ordered]


def themes(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """One theme on one area level: map, bars and table of the same figure, and the choice of another."""
    found = release_or_404(request, ags, name)
    return page(request, "desk/theme.html", [found], lambda: _theme(request, found))


def _theme(request: HttpRequest, found: Release) -> dict[str, object]:
    words, tables = current(), selecting.mapped(found)
    shown = chosen_figure(tables, found, request)
    levels = {one.level: one.title for one in found.area_sets}
    return {
        "release": found,
        "town": found.town,
        "figure": shown,
        "numbers_alone": figures.NUMBERS_ALONE,
        "map": drawn_map(shown, words),
        "hatching": hatching("hatch"),
        "bars": bars(shown),
        "definitions": selecting.definitions(found, shown.table.definitions),
        "origin": origins.address_of(shown.table, shown.category),
        "tables": selecting.table_choices(tables, shown.table.key, words),
        "categories": selecting.category_choices(shown.table, shown.category, words, shown.level),
        "levels": selecting.choices(levels, shown.level),
    }


def area(request: HttpRequest, ags: str, name: str, level: str, area: str) -> HttpResponse:
    """Everything that a release publishes of one area, beside the town as a whole."""
    shown = of_area(request, ags, name, level, area)
    return page(request, "desk/area.html", shown.releases, shown.context)


def of_area(request: HttpRequest, ags: str, name: str, level: str, area: str) -> Shown:
    """What the profile of an area is made of. Raises Http404 where the reader may not see the release."""
    found = release_or_404(request, ags, name)
    return Shown([found], lambda: _area(found, level, area))


def _area(found: Release, level: str, area: str) -> dict[str, object]:
    sets = {one.level: one for one in found.area_sets}
    areas = {one["key"]: one for one in sets[level].areas} if level in sets else {}
    if area not in areas:
        raise Http404
    words = current()
    whole = kept.value(found, "shares of the town", lambda: figures.shares_of_town(found, words))
    own = figures.profile(found, level, area, words)
    coarser = _coarser(sets, level, areas[area])
    return {
        "release": found,
        "town": found.town,
        "area": areas[area],
        "level": sets[level],
        "coarser": coarser,
        "own": own,
        "summary": list(profiles.summary(own, whole, words)),
        "subjects": list(profiles.subjects(own, whole, words)),
        "special": profiles.special(found, level, area, [table for table, _ in own], words),
    }


def indices(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """The indices of a release for the town, with intervals, and with reasons where there is no value."""
    shown = of_indices(request, ags, name)
    return page(request, "desk/indices.html", shown.releases, shown.context)


def of_indices(request: HttpRequest, ags: str, name: str) -> Shown:
    """What the page of the indices is made of. Raises Http404 where the reader may not see the release."""
    found = release_or_404(request, ags, name)
    return Shown([found], lambda: _indices(request, found))


def _indices(request: HttpRequest, found: Release) -> dict[str, object]:
    words = current()
    tables = {table.key: table for table in found.tables.all()}
    entries = [entry for entry in found.indices.filter(area="").order_by("pk") if entry.table in tables]
    chosen = selecting.indices(request, entries, found.area_sets)
    shown = chosen.of(entries)
    grouped = [
        (index, [_named(entry, tables[entry.table], words) for entry in rows])
        for index in gateway.INDICES
        if (rows := [entry for entry in shown if entry.index == index.id])
    ]
    titles = {key: figures.table_title(tables[key], words) for key in chosen.tables}
    return {
        "release": found,
        "town": found.town,
        "groups": grouped,
        "table": tables.get(chosen.table),
        "interval": words(gateway.INTERVAL) if any(entry.low is not None for entry in shown) else "",
        "least": words(gateway.LEAST) if any(gateway.at_least(entry.note) for entry in shown) else "",
        "query": {"ebene": chosen.level, "thema": chosen.table, "familie": chosen.family},
        "levels": selecting.choices(chosen.levels, chosen.level),
        "tables": selecting.choices(titles, chosen.table),
        "families": selecting.choices(chosen.families, chosen.family),
    }


def _named(entry: Index, table: Table, words: Words) -> tuple[str, Index, str]:
    """A value of an index with its group in words (all groups: the title of the table), and in a sentence."""
    said = methods.reading(entry.index, entry.value, words, entry.note)
    if not entry.group:
        return figures.table_title(table, words), entry, said
    return figures.category_title(table, joined((entry.group,)), words), entry, said


def definitions(request: HttpRequest, ags: str, name: str) -> HttpResponse:
    """What the figures of a release mean, how they were protected, and where the data come from."""
    found = release_or_404(request, ags, name)
    return page(request, "desk/definitions.html", [found], lambda: _definitions(found))


def _definitions(found: Release) -> dict[str, object]:
    words = current()
    method = found.tables.values_list("method", flat=True).first() or ""
    return {
        "release": found,
        "town": found.town,
        "definitions": found.description["definitions"],
        "method": words(method),
        "rules": (rules := gateway.protection_rules(words, method)),
        "settings": gateway.protection_settings(words, bool(rules), found.description),
        "cost": gateway.protection_cost(words, found.description),
    }


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    """How to read the atlas, and how a release comes in and becomes public: signs, indices, import, steps, roles."""
    words = current()
    held = [(role, ", ".join(words(roles.ACTIONS[action]) for action in role.grants)) for role in roles.ALL]
    return render(request, "desk/help.html", {"roles": held})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address, or a form, that asks for something unknown."""
    part = exception.part if isinstance(exception, UnknownError) else ""
    return render(request, "desk/bad_request.html", {"part": part}, status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that leads nowhere."""
    del exception
    return render(request, "desk/not_found.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what no role of the reader allows."""
    del exception
    return render(request, "desk/forbidden.html", status=403)


def release_or_404(request: HttpRequest, ags: str, name: str) -> Release:
    """The release of that name that the reader may see; the address "neueste" stands for the latest.

    The request speaks of its town or county from then on.
    """
    releases = visible(request.user, Release.objects.select_related("town").filter(town__ags=ags))
    found = releases.first() if name == "neueste" else releases.filter(name=name).first()
    if found is None:
        raise Http404
    speak_of(found)
    return found


def chosen_figure(tables: Mapping[str, Table], release: Release, request: HttpRequest) -> Figure:
    """The figure of one of the tables that the query of an address names; what it leaves out is chosen for the reader.

    A category or level that a table does not have gives way to the table's first, so that a reader can change the
    theme alone. Raises UnknownError for what the release does not have at all.
    """
    table = selecting.theme(request, tables)
    counted = selecting.offered(release)[table.key]
    levels = [one.level for one in release.area_sets]
    usable = [level for level in levels if level in counted]
    if not usable:
        raise Http404
    level = selecting.level(request, levels, usable)
    category = selecting.category(request, table, selecting.categories(table, level))
    return figures.figure(table, category, level, current())


def _key_figures(release: Release) -> list[dict[str, Any]]:
    """The town's own values of the standing themes."""
    words, wanted = current(), (("residents", ""), *gateway.STANDING)
    tables = {table.key: table for table in figures.tables_of([release], [key for key, _ in wanted])}
    values = figures.town_values(release, list(tables.values()), words)
    return [
        {
            "title": figures.category_title(tables[key], category, words),
            "cell": values[key][category],
            "table": key,
            "category": category,
        }
        for key, category in wanted
        if category in values.get(key, {})
    ]


def _coarser(sets: dict[str, Any], level: str, area: dict[str, Any]) -> dict[str, Any] | None:
    """The area of the next coarser level that holds an area; None at the coarsest."""
    order = list(sets)
    place = order.index(level)
    if not place:
        return None
    above = sets[order[place - 1]]
    found = next((one for one in above.areas if one["key"] == area["parent"]), None)
    return found and {"level": above.level, "title": above.title, **found}
