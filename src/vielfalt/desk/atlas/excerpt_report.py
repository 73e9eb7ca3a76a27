"""The report of an excerpt: the same content as PDF, in the looks of the town's own report, and as a workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from vielfalt.desk import gateway
from vielfalt.desk.atlas import selecting
from vielfalt.desk.atlas.drawing import locator
from vielfalt.desk.atlas.excerpt import Excerpt, Row, Section
from vielfalt.desk.atlas.figures import table_title
from vielfalt.desk.atlas.tabular import told
from vielfalt.desk.atlas.workbooks import Value
from vielfalt.desk.gateway import (
    NOT_APPLICABLE,
    Block,
    Bullets,
    Column,
    DataTable,
    Heading,
    Paragraph,
    Picture,
    Report,
    Terms,
)
from vielfalt.desk.releases.models import Table
from vielfalt.words import N_, Words

_SHARE = N_("Share")
_ABREAST = 3
"""Areas side by side in one table, each with number and share, before the town: more do not fit on a page."""


def report(excerpt: Excerpt, sections: Sequence[Section], words: Words) -> Report:
    """The report as content: what was chosen, where it lies, the figures, and what they mean."""
    release = excerpt.release
    blocks = (
        *_choice(excerpt, words),
        *_figures(excerpt, sections, words),
        *_meanings(excerpt, words),
        *_protection(excerpt, words),
        *_sources(excerpt, words),
    )
    return Report(
        title=words(N_("{town}: report of a selection"), town=release.town.name),
        subtitle=words(N_("Reference date {date}"), date=words.date(release.day)),
        language=words.language,
        date=release.day,
        author=release.town.name,
        facts=facts(excerpt, words),
        blocks=tuple(gateway.numbered(blocks, words)),
        frame=gateway.frame(words),
    )


def facts(excerpt: Excerpt, words: Words) -> tuple[tuple[str, str], ...]:
    """What the figures are of, and where they come from."""
    release = excerpt.release
    return gateway.facts(
        words,
        town=release.town.name,
        ags=release.town.ags,
        day=release.day,
        release=release.name,
        source=gateway.translated(words, release.description["source"]),
        rule_set=release.rule_set,
        licence=release.description["licence"],
    )


def sheets(
    excerpt: Excerpt, sections: Sequence[Section], words: Words
) -> Iterator[tuple[str, list[tuple[Value, ...]]]]:
    """The workbook: a sheet of facts, then one per theme with a row for each area and category."""
    rules = [("", rule) for rule in _rules(excerpt, words)]
    yield words(N_("Selection")), [*facts(excerpt, words), *rules]
    names = (N_("Area level"), N_("Key"), N_("Area"), N_("Category"), N_("Number"), _SHARE, N_("Quality"))
    town = excerpt.release.town
    where = [(place.areas.title, place.key, place.name) for place in excerpt.places]
    for section in sections:
        rows: list[tuple[Value, ...]] = [
            tuple(section.share_of or words(name) if name == _SHARE else words(name) for name in names)
        ]
        for column, place in enumerate([*where, (words(N_("Town as a whole")), town.ags, town.name)]):
            for row in section.rows:
                if cell := row.cells[column]:
                    rows.append((*place, row.label, *told(cell, words)))
        yield section.title, rows


def _choice(excerpt: Excerpt, words: Words) -> Iterator[Block]:
    yield Heading(words(N_("Selection")), "selection")
    sets = list(dict.fromkeys(place.areas for place in excerpt.places))
    chosen = {areas: [place for place in excerpt.places if place.areas == areas] for areas in sets}
    yield Bullets(tuple(f"{areas.title}: {', '.join(one.name for one in found)}" for areas, found in chosen.items()))
    for areas, found in chosen.items():
        if areas.height and len(found) < len(areas.areas):
            names = ", ".join(place.name for place in found)
            yield Picture(
                locator(areas, {place.key for place in found}),
                words(N_("Map of the areas ({level}). Dark are: {names}."), level=areas.title, names=names),
                words(N_("Where the chosen areas lie ({level})"), level=areas.title),
            )


def _figures(excerpt: Excerpt, sections: Sequence[Section], words: Words) -> Iterator[Block]:
    yield Heading(words(N_("Figures")), "figures")
    town = words(N_("Town as a whole"))
    for number, section in enumerate(sections):
        yield Heading(section.title, f"theme-{number + 1}", 2)
        if not section.rows:
            yield Paragraph(words(N_("The release holds no figures of this theme for these areas.")))
            continue
        if section.is_of_town:
            yield Paragraph(words(N_("This theme is published for the town as a whole only.")))
            yield _table(section, [(len(excerpt.places), town)], words)
            continue
        for first in range(0, len(excerpt.places), _ABREAST):
            places = enumerate(excerpt.places[first : first + _ABREAST], first)
            columns = [*((number, place.name) for number, place in places), (len(excerpt.places), town)]
            yield _table(section, columns, words)


def _table(section: Section, columns: Sequence[tuple[int, str]], words: Words) -> DataTable:
    """A theme in some of the areas: number and, where it has shares, share; ``columns``: place and name of each."""
    title = ", ".join(text for text in (section.title, section.share_of) if text)
    names = [name for _, name in columns[:-1]] or [columns[-1][1]]
    return DataTable(
        f"{title}: {', '.join(names)}",
        (Column(words(N_("Category")), numeric=False), *_columns(section, [name for _, name in columns], words)),
        tuple((row.label, *_texts(section, row, [place for place, _ in columns])) for row in section.rows),
    )


def _columns(section: Section, names: Sequence[str], words: Words) -> Iterator[Column]:
    for name in names:
        yield Column(words(N_("{area}: number"), area=name))
        if section.share_of:
            yield Column(words(N_("{area}: share"), area=name))


def _texts(section: Section, row: Row, places: Sequence[int]) -> Iterator[str]:
    for cell in (row.cells[place] for place in places):
        yield cell.number if cell else NOT_APPLICABLE
        if section.share_of:
            yield cell.percent if cell else NOT_APPLICABLE


def _meanings(excerpt: Excerpt, words: Words) -> Iterator[Block]:
    used = selecting.definitions(excerpt.release, [id for table in excerpt.tables for id in table.definitions])
    entries = tuple(
        gateway.meaning(
            *(gateway.translated(words, entry[part]) for part in ("title", "text", "limits", "source")), words=words
        )
        for entry in used
    )
    if entries:
        yield Heading(words(N_("Definitions")), "definitions")
        yield Terms(entries)


def _protection(excerpt: Excerpt, words: Words) -> Iterator[Block]:
    methods = _methods(excerpt)
    changed = all(gateway.protection_rules(words, method) for method in methods)
    settings = gateway.protection_settings(words, changed, excerpt.release.description)
    yield Heading(words(N_("Protection")), "protection")
    yield Paragraph(
        words(
            N_(
                "Each figure was protected by the town itself before it was released. A dot stands for a figure that "
                "is not published, to protect individual people; it never means zero."
            )
        )
    )
    if rules := _rules(excerpt, words):
        yield Bullets(rules)
    yield Terms(
        (
            *((_applied(tables, methods, words), (words(method),)) for method, tables in methods.items()),
            *((name, (value,)) for name, value in settings),
        )
    )


def _methods(excerpt: Excerpt) -> dict[str, list[Table]]:
    """The tables by the method that protected them."""
    found: dict[str, list[Table]] = {}
    for table in excerpt.tables:
        found.setdefault(table.method, []).append(table)
    return found


def _applied(tables: Sequence[Table], methods: Collection[str], words: Words) -> str:
    """What a method is called in the report; where there are several, with what it was applied to."""
    if len(methods) == 1:
        return words(N_("Method"))
    return words(N_("Method ({themes})"), themes=", ".join(table_title(table, words) for table in tables))


def _rules(excerpt: Excerpt, words: Words) -> tuple[str, ...]:
    """What follows from the methods for reading the figures, each rule once."""
    found = (rule for method in _methods(excerpt) for rule in gateway.protection_rules(words, method))
    return tuple(dict.fromkeys(found))


def _sources(excerpt: Excerpt, words: Words) -> Iterator[Block]:
    description = excerpt.release.description
    source = gateway.translated(words, description["source"])
    yield Heading(words(N_("Sources, licence, signs")), "sources")
    yield Paragraph(words(N_("Source: {source}"), source=source))
    yield Paragraph(words(N_("Licence: {licence}"), licence=gateway.licence_title(description["licence"])))
    yield gateway.signs(bool(description.get("altered")), words)
