"""Indices with what a reader needs to judge them: meaning, bounds, caveat, number of areas, why one is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import index
from vielfalt.figures.indices.notes import at_least
from vielfalt.figures.indices.wording import INTERVAL, LEAST
from vielfalt.geography import TOWN
from vielfalt.publish import altered, labels, lookup
from vielfalt.publish.index_reading import reading
from vielfalt.publish.report.model import Block, Column, DataTable, Heading, Note, Paragraph, Terms
from vielfalt.publish.results import Results
from vielfalt.publish.shares import NOT_APPLICABLE, SUPPRESSED, share_text
from vielfalt.words import N_, Words

_DIGITS = 3
_BRACKETS = N_("The interval of a value stands behind it in brackets.")
_EXAMPLE = "mh_register"
"""The table whose value is told in a sentence, where it has one."""
MARK = "*"
"""Stands beside a value that is stated with a note."""
_MOST_ROWS, _MOST_GROUPS = 60, 6
"""Tables of area indices with more areas or groups are left to the release package."""


def indices(results: Results, words: Words) -> tuple[Block, ...]:
    """One section per index: its texts, its values for groups, its values by area; how many cannot be stated."""
    if not results.indices:
        return ()
    blocks: list[Block] = [
        Heading(words(N_("Indices")), "indices"),
        Paragraph(
            words(
                N_(
                    "Indices condense the distribution over areas into one number. They depend on the size and number "
                    "of areas; compare them only within the same town, the same area level and the same definition. "
                    "They describe where people live, not why."
                )
            )
        ),
    ]
    if any(value.low is not None for value in results.indices):
        blocks.append(Paragraph(f"{words(_BRACKETS)} {words(INTERVAL)}"))
    if any(value.value is not None and at_least(value.note) for value in results.indices):
        blocks.append(Paragraph(words(LEAST)))
    if altered.altered(results):
        blocks.append(Note(words(altered.INDEX_NOTE)))
    for number, id in enumerate(dict.fromkeys(value.index for value in results.indices)):
        values = [value for value in results.indices if value.index == id]
        stated = [value for value in values if value.value is not None]
        title = words(index(id).title)
        blocks += [Heading(title, f"index-{number + 1}", 2), _meaning(words, id, _example(results, words, stated))]
        blocks += _by_group(results, words, title, [value for value in stated if not value.area])
        blocks += _by_area(results, words, title, [value for value in stated if value.area])
        blocks += _marks(words, stated)
        if len(stated) < len(values):
            blocks.append(_not_stated(words, len(values) - len(stated)))
    return tuple(blocks)


def _meaning(words: Words, id: str, example: str) -> Terms:
    text = index(id)
    entries = (
        *([(N_("Example"), example)] if example else []),
        (N_("Formula"), text.formula),
        (N_("Bounds"), text.bounds),
        (N_("Caution"), text.caveat),
        (N_("Source"), text.source),
    )
    return Terms(tuple((words(term), (words(meaning),)) for term, meaning in entries))


def _example(results: Results, words: Words, stated: Sequence[IndexValue]) -> str:
    """What a value of the tables says in a sentence: of migration background on the finest level if it is there.

    Isolation is told with the share of the group, which it would be if the group were spread evenly.
    """
    said = [
        (value, sentence)
        for value in stated
        if not value.area and (sentence := reading(value.index, value.value, words, value.note, _DIGITS))
    ]
    if not said:
        return ""
    value, sentence = next((one for one in said[::-1] if one[0].table == _EXAMPLE), said[0])
    group, level = _heading(results, words, value.table, value.group), _level(results, words, value.level)
    example = f"{group} ({level}), {_number(words, replace(value, low=None, high=None))}: {sentence}"
    part = _share_in_town(results, words, value)
    if value.index != "isolation" or not part:
        return example
    even = N_("If the group were spread evenly over the areas, it would be about its share of the town, {share}.")
    return f"{example} {words(even, share=part)}"


def _share_in_town(results: Results, words: Words, value: IndexValue) -> str:
    """The share of the group in the town as it is printed; empty where it is not published."""
    if value.table not in results.tables:
        return ""
    base = lookup.town_base(results, value.table)
    counts = lookup.in_town(results, value.table)
    part = share_text(words, counts.get((value.group,)), base, results.protection)
    return "" if part in (SUPPRESSED, NOT_APPLICABLE) else part


def _marks(words: Words, stated: Sequence[IndexValue]) -> tuple[Block, ...]:
    """What the mark beside a value means: how it was computed where figures are hidden, and of which it is said."""
    notes = dict.fromkeys(value.note for value in stated if value.note)
    kinds = {at_least(note) for note in notes}
    marked = N_("Note on the values marked with *: {note}")
    least = N_("Note on the values marked with * that say “at least”: {note}")
    others = N_("Note on the other values marked with *: {note}")
    return tuple(
        Note(words(marked if len(kinds) == 1 else least if at_least(note) else others, note=words(note)))
        for note in sorted(notes, key=at_least, reverse=True)
    )


def _not_stated(words: Words, number: int) -> Note:
    return Note(
        words.plural(
            "{n} further value is not stated, mostly because the group or the areas are too small (file indices.csv).",
            "{n} further values are not stated, mostly because groups or areas are too small (file indices.csv).",
            number,
        )
    )


def _by_group(results: Results, words: Words, title: str, values: Sequence[IndexValue]) -> tuple[Block, ...]:
    """Groups in rows, area levels in columns, each with the number of areas that entered."""
    if not values:
        return ()
    levels = list(dict.fromkeys(value.level for value in values))
    areas = {level: {value.areas for value in values if value.level == level} for level in levels}
    found = {(value.table, value.group, value.level): value for value in values}
    columns = (
        Column(words(N_("Characteristic")), numeric=False),
        Column(words(N_("Group")), numeric=False),
        *(
            Column(_level(results, words, level) if level == TOWN else _counted(results, words, level, areas[level]))
            for level in levels
        ),
    )
    rows = tuple(
        (
            _table_title(results, words, table),
            group_label(results, words, table, group),
            *(_number(words, found.get((table, group, level))) for level in levels),
        )
        for table, group in dict.fromkeys((value.table, value.group) for value in values)
    )
    return (DataTable(words(N_("{index}, by group"), index=title), columns, rows),)


def _by_area(results: Results, words: Words, title: str, values: Sequence[IndexValue]) -> tuple[Block, ...]:
    """Per level: areas in rows, characteristics and groups in columns; long or wide tables are left to the package."""
    blocks: list[Block] = []
    left: list[str] = []
    for level in dict.fromkeys(value.level for value in values):
        here = [value for value in values if value.level == level]
        groups = list(dict.fromkeys((value.table, value.group) for value in here))
        present = {value.area for value in here}
        if len(present) > _MOST_ROWS or len(groups) > _MOST_GROUPS:
            left.append(_level(results, words, level))
            continue
        found = {(value.table, value.group, value.area): value for value in here}
        names = results.geography.names(level)
        columns = (
            Column(words(N_("Area")), numeric=False),
            *(Column(_heading(results, words, *group)) for group in groups),
        )
        rows = tuple(
            (name, *(_number(words, found.get((*group, area))) for group in groups))
            for area, name in names.items()
            if area in present
        )
        caption = words(N_("{index}, by area ({level})"), index=title, level=_level(results, words, level))
        blocks.append(DataTable(caption, columns, rows))
    if left:
        sentence = N_("{level}: the values are part of the release package (file indices.csv).")
        blocks.append(Note(words(sentence, level=", ".join(left))))
    return tuple(blocks)


def _table_title(results: Results, words: Words, table: str) -> str:
    return labels.table_title(words, results.tables[table].table) if table in results.tables else table


def group_label(results: Results, words: Words, table: str, group: str) -> str:
    """The group an index was computed for; “all groups” where it covers a whole table."""
    if not group:
        return words(N_("all groups"))
    dimensions = results.tables[table].table.dimensions if table in results.tables else ()
    return labels.category_label(words, dimensions[0], group) if dimensions else group


def _heading(results: Results, words: Words, table: str, group: str) -> str:
    return group_label(results, words, table, group) if group else _table_title(results, words, table)


def _level(results: Results, words: Words, level: str) -> str:
    known = {TOWN, *(one.id for one in results.geography.levels)}
    return labels.level_title(words, results.geography, level) if level in known else level


def _counted(results: Results, words: Words, level: str, areas: set[int]) -> str:
    """The level with the number of areas that entered, the largest one where it differs from group to group."""
    title = _level(results, words, level)
    if len(areas) > 1:
        return words.plural("{level} (up to {n} area)", "{level} (up to {n} areas)", max(areas), level=title)
    return words.plural("{level} ({n} area)", "{level} ({n} areas)", max(areas), level=title)


def _number(words: Words, value: IndexValue | None) -> str:
    """The value with its interval if it has one; at least so much where it is a bound; "–" where it is not stated.

    The interval is not broken over two lines.
    """
    if value is None or value.value is None:
        return NOT_APPLICABLE
    number = words.number(value.value, _DIGITS) + (MARK if value.note else "")
    low, high = (NOT_APPLICABLE if end is None else words.number(end, _DIGITS) for end in (value.low, value.high))
    if at_least(value.note):
        least = N_("at least {value}") if value.low is None else N_("at least {value} (from {low})")
        return _unbroken(words(least, value=number, low=low))
    if value.low is None or value.high is None:
        return number
    return _unbroken(words(N_("{value} ({low} to {high})"), value=number, low=low, high=high))


def _unbroken(text: str) -> str:
    """The text with spaces that hold its interval together."""
    value, bracket, interval = text.partition(" (")
    return value + bracket + interval.replace(" ", "\u00a0")
