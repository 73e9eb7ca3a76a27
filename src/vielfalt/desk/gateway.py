"""The only door from the desk to the rest of the program: reading releases, words, classes, shapes.

Nothing that reads a register can be reached from here (a contract of the import linter).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from vielfalt import breaks, codes, definitions, movement_programme, programme
from vielfalt.breaks import BY_RULES, Break, areas_comparable
from vielfalt.cells import ProtectedCells, Protection
from vielfalt.county.wording import SAID as COUNTY_SAID
from vielfalt.figures.indices import ALL as INDICES
from vielfalt.figures.indices import index, notes
from vielfalt.figures.indices.index import FAMILIES
from vielfalt.figures.indices.notes import at_least, is_part
from vielfalt.figures.indices.wording import INTERVAL, LEAST
from vielfalt.geography import TOWN, UNSEEN, UNSHOWABLE, AreaLevel, by_name, is_line, with_plain_blanks
from vielfalt.methods import CHANGED, ROUNDED
from vielfalt.publish import altered, cost, licences
from vielfalt.publish.classes import Classes, class_labels, classes
from vielfalt.publish.index_reading import reading, rounded_down
from vielfalt.publish.labels import category_label, in_order, sentence_case
from vielfalt.publish.licences import LICENCES
from vielfalt.publish.lookup import bases
from vielfalt.publish.palettes import DIVERGING, SEQUENTIAL
from vielfalt.publish.reading import Published, read_published
from vielfalt.publish.report.framing import facts, frame, numbered
from vielfalt.publish.report.method import meaning, settings, signs
from vielfalt.publish.report.model import Block, Bullets, Column, DataTable, Heading, Paragraph, Report, Terms
from vielfalt.publish.report.model import Figure as Picture
from vielfalt.publish.report.pdf import to_pdf
from vielfalt.publish.results import Results, Utility
from vielfalt.publish.shapes import fit, spot
from vielfalt.publish.shares import NOT_APPLICABLE, SUPPRESSED, as_printed, number_text, share, share_text
from vielfalt.publish.themes import GROUPS, STANDING
from vielfalt.table import Table
from vielfalt.words import LANGUAGES, N_, Words

BREAK_CHECKS = frozenset(check.id for check in breaks.ALL)
"""The ids of all checks for breaks."""
_PROGRAMME = {table.id: table.title for table in (*programme.ALL, *movement_programme.ALL)}


def same_meaning(found: Iterable[Break], table: str, dimensions: Iterable[str], definitions: Iterable[str]) -> bool:
    """Whether no break touches the figures of a table; its needs are those of the programme's table of that id."""
    own = next((entry for entry in programme.ALL if entry.id == table), Table(table, "", (), ()))
    counted = replace(own, dimensions=tuple(dimensions), definitions=tuple(definitions))
    return breaks.comparable(found, counted)


@cache
def _known() -> Mapping[str, str]:
    """The sentences that the program writes into packages, in each language, and their message ids."""
    entries = definitions.ALL
    ids = [text for entry in entries for text in (entry.title, entry.text, entry.limits, entry.source)]
    ids += [text for entry in breaks.ALL for text in (entry.message, entry.consequence)]
    ids += [*notes.ALL, N_("Resident register, evaluated with Vielfalt")]
    return {Words(language)(id): id for language in LANGUAGES for id in ids}


def translated(words: Words, text: str) -> str:
    """A text of a package in the reader's language where the program wrote it; what a town wrote stays as it is."""
    return words(_known().get(text, text))


def licence_title(licence: str) -> str:
    """What the licence of a package is called; one that nobody knows is named as the town names it."""
    return licences.title(licence)


def country_group(key: str) -> str:
    """The country group that a country lies in; empty for Germany and for anything that is no country."""
    country = codes.countries().get(key)
    return country.group if country and country.group in origin_groups("nationality_group") else ""


def countries_of(group: str) -> frozenset[str]:
    """The countries of a country group; none for anything else."""
    return frozenset(key for key, country in codes.countries().items() if country.group == group)


@cache
def origin_groups(dimension: str) -> frozenset[str]:
    """The categories of a table of country groups that are groups of origin."""
    return frozenset(row.key for row in codes.categories(dimension)).difference(GROUPS[dimension])


def programme_title(words: Words, table: str) -> str:
    """The title of a table of the programme; empty for a table that others counted."""
    return words(_PROGRAMME.get(table, ""))


def has_shares(table: str) -> bool:
    """Whether the figures of a table are part of a whole; those of the programme that refine none are numbers alone."""
    return table not in programme.IDS or bool(programme.head(table))


def protection_rules(words: Words, method: str) -> list[str]:
    """What a method did to numbers and what follows for reading them; nothing where figures were only hidden."""
    return [words(rule) for rule in altered.rules_of(method)]


def protection_settings(words: Words, changed: bool, description: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The settings of a release that had an effect, as its report tells them: what each means, and its value.

    ``changed``: whether its numbers were changed or rounded.
    """
    return settings(Protection.of(description["protection"]), changed, description["kind"], words)


def protection_cost(words: Words, description: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What protection cost, as the report of the release tells it: what was measured, and its value; empty where
    nobody measured it (imported tables)."""
    told = description.get("utility")
    return cost.rows(Utility(**{name: told[name] for name in Utility.__dataclass_fields__}), words) if told else ()


__all__ = [
    "BREAK_CHECKS",
    "BY_RULES",
    "CHANGED",
    "COUNTY_SAID",
    "DIVERGING",
    "FAMILIES",
    "INDICES",
    "INTERVAL",
    "LEAST",
    "LICENCES",
    "NOT_APPLICABLE",
    "ROUNDED",
    "SEQUENTIAL",
    "STANDING",
    "SUPPRESSED",
    "TOWN",
    "UNSEEN",
    "UNSHOWABLE",
    "AreaLevel",
    "Block",
    "Break",
    "Bullets",
    "Classes",
    "Column",
    "DataTable",
    "Heading",
    "Paragraph",
    "Picture",
    "ProtectedCells",
    "Protection",
    "Published",
    "Report",
    "Results",
    "Terms",
    "areas_comparable",
    "as_printed",
    "at_least",
    "bases",
    "by_name",
    "category_label",
    "class_labels",
    "classes",
    "countries_of",
    "country_group",
    "facts",
    "fit",
    "frame",
    "has_shares",
    "in_order",
    "index",
    "is_line",
    "is_part",
    "licence_title",
    "meaning",
    "number_text",
    "numbered",
    "origin_groups",
    "programme_title",
    "protection_cost",
    "protection_rules",
    "protection_settings",
    "read_published",
    "reading",
    "rounded_down",
    "same_meaning",
    "sentence_case",
    "share",
    "share_text",
    "signs",
    "spot",
    "to_pdf",
    "translated",
    "with_plain_blanks",
]
