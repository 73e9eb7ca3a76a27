"""What a reader has chosen: read from the query of an address, completed where it leaves something out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest

from vielfalt.desk import gateway
from vielfalt.desk.atlas import figures, kept
from vielfalt.desk.atlas.asking import UnknownError, asked
from vielfalt.desk.atlas.comparing import OF_THE_DERIVATION
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.gateway import TOWN
from vielfalt.desk.releases.models import AreaSet, Index, Release, Series, Table
from vielfalt.words import N_, Words


@dataclass(frozen=True)
class Choice:
    """One entry of a selection: its value in the address, its words, whether it is the one shown."""

    value: str
    label: str
    chosen: bool


def choices(options: Mapping[str, str], chosen: str) -> list[Choice]:
    """The options, value to words, as a selection."""
    return [Choice(value, label, value == chosen) for value, label in options.items()]


def themes(release: Release) -> dict[str, Table]:
    """The tables of a release that divide residents or households, by id, in their order."""
    return {table.key: table for table in release.tables.exclude(dimensions=[])}


def compared(release: Release) -> dict[str, Table]:
    """Those of them that say who lives in the town, and so can be set beside other dates and towns."""
    return {key: table for key, table in themes(release).items() if key not in OF_THE_DERIVATION}


def mapped(release: Release) -> dict[str, Table]:
    """Those of them that have figures of areas, not of the town alone."""
    known = offered(release)
    return {key: table for key, table in themes(release).items() if known.get(key, {}).keys() - {TOWN}}


def offered(release: Release) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The categories of every table on every level that it has, in the order of the code lists, without the base."""
    return kept.value(release, "categories", lambda: _offered(release))


def _offered(release: Release) -> dict[str, dict[str, Sequence[str]]]:
    tables = release.tables.all()
    found: dict[str, dict[str, list[str]]] = {table.key: {} for table in tables}
    series = Series.objects.filter(table__release=release).values_list("table__key", "level", "category")
    for key, level, category in series:
        found[key].setdefault(level, []).append(category)
    return {
        table.key: {one: figures.ordered_categories(table, held) for one, held in found[table.key].items()}
        for table in tables
    }


def table_choices(tables: Mapping[str, Table], chosen: str, words: Words) -> list[Choice]:
    """The selection of themes."""
    return choices({key: figures.table_title(table, words) for key, table in tables.items()}, chosen)


def category_choices(table: Table, chosen: str, words: Words, level: str = TOWN) -> list[Choice]:
    """The selection of the categories that a table has on a level."""
    return choices({key: figures.category_title(table, key, words) for key in categories(table, level)}, chosen)


def categories(table: Table, level: str = TOWN) -> list[str]:
    """The categories that a table has on a level, in the order of the code lists."""
    return [*offered(table.release)[table.key].get(level, ())]


def theme(request: HttpRequest, tables: Mapping[str, Table], others: Iterable[Release] = ()) -> Table:
    """The table asked for; one that only ``others`` have, and none, gives way to the first of the standing themes.

    ``others``: the releases beside which the tables stand; who changes the town keeps the theme in the address.
    Raises UnknownError for one that is not there, Http404 where there is none at all.
    """
    standing = next((key for key, _ in gateway.STANDING if key in tables), next(iter(tables), ""))
    if not tables:
        raise Http404
    wanted = request.GET.get("thema", "")
    if wanted and wanted not in tables and not any(wanted in offered(one) for one in others):
        raise UnknownError("thema", wanted)
    return tables.get(wanted, tables[standing])


def level(request: HttpRequest, levels: Iterable[str], usable: Sequence[str]) -> str:
    """The level asked for where it is usable, else the second usable one, else the first; empty where none is.

    Raises UnknownError for one that is not among the levels.
    """
    wanted = asked(request, "ebene", [*levels], "")
    return wanted if wanted in usable else next(iter(usable[1:2] or usable), "")


def definitions(release: Release, wanted: Iterable[str]) -> list[dict[str, str]]:
    """The definitions of those ids that the release explains, each once."""
    known = {entry["id"]: entry for entry in release.description["definitions"]}
    return [known[id] for id in dict.fromkeys(wanted) if id in known]


def category(request: HttpRequest, table: Table, present: list[str], others: Iterable[Release] = ()) -> str:
    """The category asked for; one the table lacks gives way to that of the standing theme, then to the first.

    So a reader can change the theme or the town without the category. Raises UnknownError for one that no table of the
    release and of ``others`` has, Http404 where there is none.
    """
    standing = [key for name, key in gateway.STANDING if name == table.key]
    wanted = request.GET.get("kategorie", "")
    if wanted and wanted not in present and not any(_is_category(one, wanted) for one in (table.release, *others)):
        raise UnknownError("kategorie", wanted)
    found = next((key for key in (wanted, *standing, *present) if key in present and key != Series.BASE), None)
    if found is None:
        raise Http404
    return found


def _is_category(release: Release, key: str) -> bool:
    """Whether some table of the release has this category."""
    return any(key in held for levels in offered(release).values() for held in levels.values())


@dataclass(frozen=True)
class IndexChoice:
    """What indices a reader looks at: the level, the table of the groups, the family of indices (empty: every one).

    ``levels`` and ``families`` hold the titles of what can be chosen, ``tables`` the ids.
    """

    level: str
    table: str
    family: str
    levels: Mapping[str, str]
    tables: Sequence[str]
    families: Mapping[str, str]

    def of(self, entries: Iterable[Index]) -> list[Index]:
        """The values chosen."""
        return [
            entry
            for entry in entries
            if (entry.level, entry.table) == (self.level, self.table) and self.family in ("", _FAMILY.get(entry.index))
        ]


_FAMILY = {index.id: index.family for index in gateway.INDICES}


def indices(request: HttpRequest, entries: Sequence[Index], sets: Sequence[AreaSet]) -> IndexChoice:
    """The indices asked for; what the query leaves out is the first that there is. Raises UnknownError."""
    words = current()
    titles = {one.level: one.title for one in sets} | {TOWN: words(N_("Town as a whole"))}
    levels = {key: title for key, title in titles.items() if any(entry.level == key for entry in entries)}
    tables = list(dict.fromkeys(entry.table for entry in entries))
    present = {_FAMILY.get(entry.index) for entry in entries}
    families = {"": words(N_("All indices"))} | {
        key: words(title) for key, title in gateway.FAMILIES.items() if key in present
    }
    return IndexChoice(
        level=level(request, levels, [*levels]),
        table=asked(request, "thema", tables, next(iter(tables), "")),
        family=asked(request, "familie", families, ""),
        levels=levels,
        tables=tables,
        families=families,
    )
