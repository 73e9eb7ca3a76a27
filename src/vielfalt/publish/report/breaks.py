"""Breaks as the report says them: what changed besides the people, what it concerns, what is therefore not compared."""

from __future__ import annotations

from collections.abc import Iterable

from vielfalt import breaks, schema
from vielfalt.breaks import Break
from vielfalt.publish.report.model import Block, Bullets, Note
from vielfalt.publish.results import Results
from vielfalt.words import N_, Words

_MOST_NAMES = 8
_FIELDS = {field.name: field.meaning for field in schema.EXTRACT}


def noted(found: Iterable[Break], results: Results, words: Words) -> tuple[Block, ...]:
    """A remark that there is a break, and each break in words; nothing without breaks."""
    lines = tuple(in_words(entry, results, words) for entry in found)
    if not lines:
        return ()
    return (Note(words(N_("There is a break between the two reference dates:"))), Bullets(lines))


def in_words(entry: Break, results: Results, words: Words) -> str:
    """One break: what was found, what it concerns, what follows."""
    check = breaks.check(entry.check)
    parts = (words(check.message), _names(entry, results, words), words(check.consequence))
    return " ".join(part for part in parts if part)


def _names(entry: Break, results: Results, words: Words) -> str:
    """The areas, fields or ids concerned, in brackets; the first few of many."""
    known = results.geography.names(entry.level) if entry.level in _levels(results) else {}
    named = [known.get(name) or words(_FIELDS.get(name, "")) or name for name in entry.names]
    if not named:
        return ""
    level = [results.geography.level(entry.level).title] if entry.level in _levels(results) else []
    more = ["…"] if len(named) > _MOST_NAMES else []
    return f"({': '.join([*level, ', '.join([*named[:_MOST_NAMES], *more])])})"


def _levels(results: Results) -> frozenset[str]:
    return frozenset(level.id for level in results.geography.levels)
