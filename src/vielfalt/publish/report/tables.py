"""Tables of the report, made of protected tables: one characteristic of the town, or chosen figures by area."""

from __future__ import annotations

from collections.abc import Sequence

from vielfalt.geography import TOWN
from vielfalt.publish import labels, lookup
from vielfalt.publish.lookup import Category
from vielfalt.publish.report.model import Block, Column, DataTable, Note
from vielfalt.publish.results import Results
from vielfalt.publish.shares import number_text, share_text
from vielfalt.table import Table
from vielfalt.words import N_, Words

MOST_AREAS = 120
"""Levels with more areas are not printed as tables; the release package holds them."""
MOST_COLUMNS = 12
"""More columns do not fit on a page."""


def distribution(
    results: Results, words: Words, table: str, chosen: Sequence[Category] = (), title: str = ""
) -> tuple[Block, ...]:
    """Numbers and shares of the categories of a table in the town; all but exact zeros, or those chosen.

    ``title``: what the chosen ones are, as the caption says it.

    A remark instead, where the town as a whole has no published number.
    """
    counts = lookup.in_town(results, table)
    if not counts:
        return ()
    entry = results.tables[table].table
    if all(value is None for value in counts.values()):
        return (_nothing(words, entry),)
    base = lookup.town_base(results, table)
    kept = chosen or [category for category in _ordered(results, table) if counts[category] != 0]
    unit = words(N_("Households")) if entry.unit == "households" else words(N_("Residents"))
    return (
        DataTable(
            words(N_("{table}, town as a whole"), table=title or labels.table_title(words, entry)),
            (
                Column(", ".join(labels.dimension_title(words, one) for one in entry.dimensions), numeric=False),
                Column(unit),
                Column(words(N_("Share"))),
            ),
            tuple(
                (
                    labels.label(words, entry, category),
                    number_text(words, counts[category]),
                    share_text(words, counts[category], base, results.tables[table].protection),
                )
                for category in kept
            ),
        ),
    )


def crossing(results: Results, words: Words, table: str) -> tuple[Block, ...]:
    """A table of two dimensions in the town: the first in rows, the second in columns; zeros alone are left out."""
    counts = lookup.in_town(results, table)
    if not counts:
        return ()
    entry = results.tables[table].table
    if all(value is None for value in counts.values()):
        return (_nothing(words, entry),)
    first, second = entry.dimensions
    filled = [category for category, value in counts.items() if value != 0]
    rows = labels.in_order(first, [row for row, _ in filled])
    columns = labels.in_order(second, [column for _, column in filled])
    return (
        DataTable(
            words(N_("{table}, town as a whole"), table=labels.table_title(words, entry)),
            (
                Column(labels.dimension_title(words, first), numeric=False),
                *(Column(labels.sentence_case(labels.category_label(words, second, column))) for column in columns),
            ),
            tuple(
                (
                    labels.category_label(words, first, row),
                    *(number_text(words, counts[row, column]) for column in columns),
                )
                for row in rows
            ),
        ),
    )


def _nothing(words: Words, entry: Table) -> Note:
    sentence = N_("{table}: no number is published for the town as a whole.")
    return Note(words(sentence, table=labels.table_title(words, entry)))


def figures_by_area(
    results: Results, words: Words, level: str, caption: str, wanted: Sequence[tuple[str, Category, str]]
) -> tuple[Block, ...]:
    """Residents, then number and share of each wanted (table, category, heading), per area of a level."""
    areas = results.geography.level(level).areas
    if len(areas) > MOST_AREAS:
        return (too_many(results, words, level),)
    counts = [lookup.by_area(results.tables[table], level, category) for table, category, _ in wanted]
    base = lookup.by_area(results.tables["residents"], level, ())
    columns = [Column(words(N_("Area")), numeric=False), Column(words(N_("Residents")))]
    for _, _, heading in wanted:
        columns += [Column(heading), Column(words(N_("Share")))]
    rows = [
        (
            area.name,
            number_text(words, base.get(area.key)),
            *(
                text
                for values in counts
                for text in (
                    number_text(words, values.get(area.key)),
                    share_text(words, values.get(area.key), base.get(area.key), results.protection),
                )
            ),
        )
        for area in areas
    ]
    return (DataTable(caption, tuple(columns), (*rows, _town_row(results, words, wanted))),)


def _town_row(results: Results, words: Words, wanted: Sequence[tuple[str, Category, str]]) -> tuple[str, ...]:
    """The same figures for the town as a whole, which the areas do not always add up to."""
    residents = lookup.in_town(results, "residents").get(())
    row = [words(N_("Town as a whole")), number_text(words, residents)]
    for table, category, _ in wanted:
        value = lookup.in_town(results, table).get(category)
        row += [number_text(words, value), share_text(words, value, residents, results.protection)]
    return tuple(row)


def categories_by_area(results: Results, words: Words, table: str, level: str) -> tuple[Block, ...]:
    """Numbers of all categories of a table per area of a level, six categories to a table."""
    cells = results.tables[table]
    areas = results.geography.level(level).areas
    present = set(cells.frame["area"].filter(cells.frame["level"] == level))
    if not present:
        return ()
    if len(areas) > MOST_AREAS:
        return (too_many(results, words, level),)
    categories = _ordered(results, table)
    blocks: list[Block] = []
    for start in range(0, max(len(categories), 1), 6):
        part = categories[start : start + 6]
        counts = [lookup.by_area(cells, level, category) for category in part]
        headings = [labels.label(words, cells.table, category) or words(N_("Number")) for category in part]
        blocks.append(
            DataTable(
                words(
                    N_("{table}, by area ({level})"),
                    table=labels.table_title(words, cells.table),
                    level=results.geography.level(level).title,
                ),
                (Column(words(N_("Area")), numeric=False), *(Column(heading) for heading in headings)),
                tuple(
                    (area.name, *(number_text(words, values.get(area.key)) for values in counts))
                    for area in areas
                    if area.key in present
                ),
            )
        )
    return tuple(blocks)


def too_many(results: Results, words: Words, level: str) -> Note:
    """The remark that replaces a table which would fill many pages."""
    found = results.geography.level(level)
    return Note(
        words.plural(
            "{level}: {n} area. The table is part of the release package (folder tables).",
            "{level}: {n} areas. The tables are part of the release package (folder tables).",
            len(found.areas),
            level=found.title,
        )
    )


def levels_with_figures(results: Results, table: str) -> tuple[str, ...]:
    """The area levels for which a table holds rows, coarse to fine, without the town."""
    present = set(results.tables[table].frame["level"]) - {TOWN} if table in results.tables else set()
    return tuple(level.id for level in results.geography.levels if level.id in present)


def _ordered(results: Results, table: str) -> Sequence[Category]:
    """The categories of a table in the order of the code lists."""
    entry = results.tables[table].table
    found = list(dict.fromkeys(results.tables[table].frame.select(*entry.dimensions).iter_rows()))
    if not entry.dimensions:
        return [()]
    places = [
        {key: place for place, key in enumerate(labels.in_order(dimension, [row[spot] for row in found]))}
        for spot, dimension in enumerate(entry.dimensions)
    ]
    return sorted(found, key=lambda row: [place[key] for place, key in zip(places, row, strict=True)])
