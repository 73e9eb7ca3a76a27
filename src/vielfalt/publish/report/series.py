"""All reference dates released so far, side by side: town figures, with every break marked where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vielfalt.breaks import Break
from vielfalt.geography import TOWN
from vielfalt.publish import lookup
from vielfalt.publish.report import breaks, tables
from vielfalt.publish.report.change import FIGURES, is_comparable, title_of
from vielfalt.publish.report.model import Block, Column, DataTable, Heading, Note, Paragraph
from vielfalt.publish.results import DatedTables, Results
from vielfalt.publish.shares import NOT_APPLICABLE, number_text
from vielfalt.words import N_, Words

BREAK = "‖"
"""Stands before a figure that is not comparable with the one to its left."""


@dataclass(frozen=True)
class _Step:
    """One date, what was published of it, and what lies between it and the date before it."""

    date: int
    published: DatedTables
    since: tuple[Break, ...]


def series(results: Results, words: Words) -> tuple[Block, ...]:
    """A table of all dates, where there are three or more; the latest that fit on a page."""
    steps = _steps(results)[-(tables.MOST_COLUMNS - 1) :]
    if len(steps) < 3:
        return ()
    shown = [entry for entry in FIGURES if entry[0] in results.tables]
    rows = tuple((title_of(results, words, *entry), *_row(results, steps, words, *entry)) for entry in shown)
    columns = (
        Column(words(N_("Figure")), numeric=False),
        *(Column(words.date(step.date)) for step in steps),
    )
    return (
        Heading(words(N_("All reference dates")), "series"),
        Paragraph(
            words(
                N_(
                    "The figures of every reference date as they were released, the latest release of each. “{mark}” "
                    "stands before a number that is not comparable with the one to its left: there is a break, told "
                    "below the table, or definitions or disclosure control have changed."
                ),
                mark=BREAK,
            )
        ),
        DataTable(words(N_("The town at all reference dates")), columns, rows),
        *_reasons(results, steps, words),
    )


def _steps(results: Results) -> tuple[_Step, ...]:
    """The dates from the earliest to that of the report."""
    dated: list[tuple[int, DatedTables]] = [(one.release.date, one.release) for one in results.series]
    dated.append((results.source.date, results))
    since: list[tuple[Break, ...]] = [(), *(one.breaks for one in results.series)]
    return tuple(_Step(*one, found) for one, found in zip(dated, since, strict=True))


def _row(
    results: Results, steps: Sequence[_Step], words: Words, table: str, category: tuple[str, ...]
) -> tuple[str, ...]:
    """The figure at every date; the mark where it means something else than at the last date that held it."""
    cells: list[str] = []
    last: DatedTables | None = None
    found: list[Break] = []
    for step in steps:
        found += step.since
        if table not in step.published.tables:
            cells.append(NOT_APPLICABLE)
            continue
        counts = lookup.in_area(step.published.tables[table], TOWN, results.geography.town.key)
        text = number_text(words, counts.get(category))
        same = last is None or is_comparable(step.published, last, found, table)
        cells.append(text if same else f"{BREAK} {text}")
        last, found = step.published, []
    return tuple(cells)


def _reasons(results: Results, steps: Sequence[_Step], words: Words) -> tuple[Block, ...]:
    """Per pair of dates the breaks between them."""
    blocks: list[Block] = []
    for before, step in pairwise(steps):
        if step.since:
            sentence = N_("Between {earlier} and {later}: {breaks}")
            told = " ".join(breaks.in_words(entry, results, words) for entry in step.since)
            dates = {"earlier": words.date(before.date), "later": words.date(step.date)}
            blocks.append(Note(words(sentence, breaks=told, **dates)))
    return tuple(blocks)
