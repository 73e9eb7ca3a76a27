"""Change against the previous reference date, from the protected tables of both and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vielfalt.breaks import BY_RULES, Break, areas_comparable, comparable
from vielfalt.geography import TOWN
from vielfalt.publish import altered, charts, labels, lookup
from vielfalt.publish.lookup import Category
from vielfalt.publish.report import breaks, tables
from vielfalt.publish.report.model import Block, Column, DataTable, Figure, Heading, Note, Paragraph
from vielfalt.publish.results import DatedTables, Previous, Results
from vielfalt.publish.shares import NOT_APPLICABLE, SUPPRESSED, growth_text, number_text, share_text
from vielfalt.words import N_, Words

FIGURES: tuple[tuple[str, Category], ...] = (
    ("residents", ()),
    ("foreigner", ("foreign",)),
    ("mh_register", ("with",)),
    ("immigration_history", ("immigrated",)),
    ("age_class", ("0-17",)),
    ("age_class", ("65+",)),
)


def change(results: Results, words: Words) -> tuple[Block, ...]:
    """Town figures and residents by area on both dates. What is suppressed on one of them has no change."""
    heading = Heading(words(N_("Change against the previous reference date")), "change")
    if results.previous is None:
        return (heading, Paragraph(words(N_("There is no earlier reference date to compare with."))))
    shown = [entry for entry in FIGURES if is_comparable(results, results.previous, results.breaks, entry[0])]
    blocks: list[Block] = [heading, *breaks.noted(results.breaks, results, words)]
    if altered.altered(results):
        blocks.append(Note(words(altered.CHANGE_NOTE)))
    if results.previous.rule_set != results.rule_set:
        blocks.append(_other_rules(results, results.previous, words))
    elif len(shown) < len([entry for entry in FIGURES if entry[0] in results.tables]):
        blocks.append(
            Note(
                words(
                    N_(
                        "Some figures are not compared: they are missing on one of the dates, or definitions or "
                        "disclosure control have changed in between, or there is a break."
                    )
                )
            )
        )
    if not shown:
        return tuple(blocks)
    drawn = charts.change_chart(
        results,
        words,
        [(title_of(results, words, *entry), _dated(results, results.previous, words, *entry)) for entry in shown],
    )
    return (
        *blocks,
        Figure(drawn.svg, drawn.alt, drawn.title),
        _town(results, results.previous, words, shown),
        *_by_area(results, results.previous, words),
    )


def _other_rules(results: Results, previous: Previous, words: Words) -> Note:
    """The remark that the rules have changed between the dates."""
    sentence = N_(
        "The figures of {date} were derived under the rule set {earlier}, those of this report under {now}. Figures "
        "that depend on the rules are not compared."
    )
    date = words.date(previous.date)
    return Note(words(sentence, date=date, earlier=previous.rule_set, now=results.rule_set))


def is_comparable(later: DatedTables, before: DatedTables, found: Iterable[Break], table: str) -> bool:
    """Whether both dates hold the table, by the same definitions and rules, equally protected, without a break."""
    if table not in later.tables or table not in before.tables:
        return False
    now, earlier = later.tables[table], before.tables[table]
    if before.rule_set != later.rule_set and BY_RULES & set(now.table.definitions):
        return False
    same_meaning = (now.table.dimensions, now.table.definitions) == (
        earlier.table.dimensions,
        earlier.table.definitions,
    )
    if not comparable(found, now.table):
        return False
    return same_meaning and (now.method, now.protection) == (earlier.method, earlier.protection)


def title_of(published: DatedTables, words: Words, table: str, category: Category) -> str:
    """A figure in words: its category, else its table."""
    entry = published.tables[table].table
    return labels.sentence_case(labels.label(words, entry, category)) or labels.table_title(words, entry)


def _values(results: Results, previous: Previous, table: str, category: Category) -> tuple[int | None, int | None]:
    earlier = lookup.in_area(previous.tables[table], TOWN, results.geography.town.key)
    return earlier.get(category), lookup.in_town(results, table).get(category)


def _dated(
    results: Results, previous: Previous, words: Words, table: str, category: Category
) -> tuple[tuple[str, int | None], ...]:
    earlier, now = _values(results, previous, table, category)
    return (words.date(previous.date), earlier), (words.date(results.source.date), now)


def _town(results: Results, previous: Previous, words: Words, shown: list[tuple[str, Category]]) -> DataTable:
    dates = words.date(previous.date), words.date(results.source.date)
    rows = []
    for table, category in shown:
        earlier, now = _values(results, previous, table, category)
        bases = _values(results, previous, "residents", ()) if "residents" in previous.tables else (None, None)
        protection = results.tables[table].protection
        rows.append(
            (
                title_of(results, words, table, category),
                number_text(words, earlier),
                number_text(words, now),
                _difference(words, earlier, now),
                growth_text(words, earlier, now, protection),
                share_text(words, earlier, bases[0], protection),
                share_text(words, now, bases[1], protection),
            )
        )
    columns = (
        Column(words(N_("Figure")), numeric=False),
        *(Column(date) for date in dates),
        Column(words(N_("Change"))),
        Column(words(N_("Change in per cent"))),
        *(Column(words(N_("Share {date}"), date=date)) for date in dates),
    )
    return DataTable(words(N_("Change in the town as a whole")), columns, tuple(rows))


def _by_area(results: Results, previous: Previous, words: Words) -> list[Block]:
    """Residents and residents with migration background on both dates, for the levels short enough to print."""
    wanted = [
        entry
        for entry in (("residents", ()), ("mh_register", ("with",)))
        if is_comparable(results, previous, results.breaks, entry[0])
    ]
    blocks: list[Block] = []
    for level in results.geography.levels:
        pairs = [
            (
                lookup.by_area(previous.tables[table], level.id, category),
                lookup.by_area(results.tables[table], level.id, category),
            )
            for table, category in wanted
        ]
        if len(level.areas) > tables.MOST_AREAS or not pairs or not all(earlier and now for earlier, now in pairs):
            continue
        if not areas_comparable(results.breaks, level.id):
            continue
        columns = [Column(words(N_("Area")), numeric=False)]
        for table, category in wanted:
            title = title_of(results, words, table, category)
            columns += [
                Column(words(N_("{figure}, {date}"), figure=title, date=words.date(date)))
                for date in (previous.date, results.source.date)
            ]
            columns.append(Column(words(N_("Change"))))
        rows = tuple((area.name, *_pairs(words, pairs, area.key)) for area in level.areas)
        caption = words(N_("Change by area ({level})"), level=level.title)
        blocks.append(DataTable(caption, tuple(columns), rows))
    return blocks


def _pairs(
    words: Words, pairs: list[tuple[Mapping[str, int | None], Mapping[str, int | None]]], area: str
) -> tuple[str, ...]:
    return tuple(
        text
        for earlier, now in pairs
        for text in (
            number_text(words, earlier[area]) if area in earlier else NOT_APPLICABLE,
            number_text(words, now.get(area)),
            _difference(words, earlier[area], now.get(area)) if area in earlier else NOT_APPLICABLE,
        )
    )


def _difference(words: Words, earlier: int | None, now: int | None) -> str:
    if earlier is None or now is None:
        return SUPPRESSED
    return f"{'+' if now > earlier else ''}{words.number(now - earlier)}"
