"""How far the figures carry: what is not shown, which rules decided, what the check found, what is missing."""

from __future__ import annotations

from collections import Counter

from vielfalt import definitions, movement_programme, programme, rule_sets, schema
from vielfalt.geography import TOWN
from vielfalt.publish import labels, lookup
from vielfalt.publish.altered import altered
from vielfalt.publish.altered import rules as rules_of_change
from vielfalt.publish.report.model import Block, Bullets, Column, DataTable, Heading, Paragraph
from vielfalt.publish.results import Capability, FindingCount, Results
from vielfalt.publish.shares import SUPPRESSED, number_text
from vielfalt.words import N_, Words


def not_shown(results: Results, words: Words) -> tuple[Block, ...]:
    """What is not shown and why: the rules with this town's settings, and how much they hide."""
    settings = results.protection
    rules = _altered(results, words) if altered(results) else _hidden(results, words)
    introduction = _SMALL_ALTERED if altered(results) else _SMALL_HIDDEN
    shares = words(
        N_("Shares are not shown if they refer to fewer than {n} people; below {m} they are whole per cent."),
        n=settings.min_base_share,
        m=settings.min_base_decimal,
    )
    remarks = tuple(words(note) for note in results.notes)
    return (
        Heading(words(N_("What is not shown, and why")), "not-shown"),
        Paragraph(words(introduction)),
        Bullets((*rules, shares, *remarks)),
        _extent(results, words),
    )


_SMALL_HIDDEN = N_(
    "Small numbers could say something about individual people. Therefore some values are not "
    "published. They are shown as “.” in tables and hatched on maps, never as zero and never blank."
)
_SMALL_ALTERED = N_(
    "Small numbers could say something about individual people. Therefore the numbers are changed or rounded. A "
    "few are not published at all; they are shown as “.” in tables and hatched on maps."
)


def _altered(results: Results, words: Words) -> tuple[str, ...]:
    """What was done to the numbers, and the few that are not shown."""
    settings = results.protection
    address = N_(
        "A number of {n} people or more is not published if more than {share} of them live at one address, for example "
        "a shelter."
    )
    return (
        *(words(sentence) for sentence in rules_of_change(results)),
        words(N_("Numbers from areas with fewer than {n} residents are not published."), n=settings.min_area),
        words(address, n=settings.min_cell_fine, share=words.percent(settings.dominance, 0)),
        *_p_percent(results, words),
    )


def _hidden(results: Results, words: Words) -> tuple[str, ...]:
    """The rules by which numbers are hidden."""
    settings = results.protection
    return (
        words(N_("Numbers below {n} are not published; zero is."), n=settings.min_cell),
        words(
            N_("In tables that cross two characteristics, numbers below {n} are not published."),
            n=settings.min_cell_fine,
        ),
        words(N_("Numbers from areas with fewer than {n} residents are not published."), n=settings.min_area),
        *_dominance(results, words),
        words(N_("Further numbers are not published where a hidden number could be calculated from them.")),
        *_movements(results, words),
    )


def _movements(results: Results, words: Words) -> tuple[str, ...]:
    """The rule for movements, where there are any."""
    if not any(table.id in results.tables for table in movement_programme.ALL):
        return ()
    sentence = N_(
        "Movements between two reference dates are also not published where a hidden number of one of the two dates "
        "could be calculated from them."
    )
    return (words(sentence),)


def _dominance(results: Results, words: Words) -> tuple[str, ...]:
    """The rules about addresses; an imported table does not know addresses."""
    if results.source.kind == "table":
        return ()
    sentence = N_(
        "A number is not published if more than {share} of the people live at one address, for example a shelter."
    )
    return (
        words(sentence, share=words.percent(results.protection.dominance, 0)),
        *_p_percent(results, words),
    )


def _p_percent(results: Results, words: Words) -> tuple[str, ...]:
    """The p% rule, where the town asks for it."""
    if not results.protection.p_percent:
        return ()
    sentence = N_(
        "A number is not published if somebody at the second largest address could subtract that address's people "
        "from it and would come closer than {share} to the number at the largest address."
    )
    return (words(sentence, share=words.percent(results.protection.p_percent / 100, 0)),)


def _extent(results: Results, words: Words) -> DataTable:
    """Per table: how many values there are and how many of them are not published."""
    return DataTable(
        words(N_("Values that are not published, by table")),
        (Column(words(N_("Table")), numeric=False), Column(words(N_("Values"))), Column(words(N_("Not published")))),
        tuple(
            (
                labels.table_title(words, cells.table),
                words.number(cells.frame.height),
                words.number(cells.frame["value"].null_count()),
            )
            for cells in results.tables.values()
        ),
    )


def rules(results: Results, words: Words) -> tuple[Block, ...]:
    """Which rule decided the migration status, and for how many residents."""
    counts = lookup.in_town(results, "migration_rule")
    if not counts:
        return ()
    order = labels.in_order("migration_rule", [category[0] for category in counts])
    table = DataTable(
        words(N_("Residents by the rule that decided their migration status")),
        (
            Column(words(N_("Rule")), numeric=False),
            Column(words(N_("What it says")), numeric=False),
            Column(words(N_("Residents"))),
        ),
        tuple(
            (key, labels.category_label(words, "migration_rule", key), number_text(words, counts[(key,)]))
            for key in order
        ),
    )
    sentence = N_("The first rule that applies decides. Rule set: {rule_set} ({title}).")
    chosen = rule_sets.rule_set(results.rule_set)
    return (
        Heading(words(N_("Which rules decided")), "rules"),
        Paragraph(words(sentence, rule_set=chosen.id, title=words(chosen.title))),
        Paragraph(words(chosen.text)),
        Paragraph(words(N_("Source: {source}"), source="; ".join(map(words, chosen.source.split("; "))))),
        table,
    )


def findings(results: Results, words: Words) -> tuple[Block, ...]:
    """What the check of the delivered data found, in numbers of rows."""
    heading = Heading(words(N_("Quality of the data")), "quality")
    if not results.findings:
        return (heading, Paragraph(words(N_("The check of the delivered data reported nothing."))))
    times = Counter(finding.id for finding in results.findings)
    table = DataTable(
        words(N_("Findings of the check")),
        (
            Column(words(N_("Finding")), numeric=False),
            Column(words(N_("Rows"))),
            Column(words(N_("What happened to them")), numeric=False),
        ),
        tuple(
            (
                _finding(words, finding, times[finding.id] > 1),
                _rows(results, words, finding.rows) if _may_be_told(results, finding) else SUPPRESSED,
                words(finding.consequence),
            )
            for finding in results.findings
        ),
    )
    return (heading, table)


def _may_be_told(results: Results, finding: FindingCount) -> bool:
    """Whether the rows may be told at all: not those of a few houses, nor where they would bound a hidden figure."""
    if finding.in_a_few_houses:
        return False
    tables = ((results.tables[table].frame, table, key) for table, key in finding.counted_in if table in results.tables)
    return all(set(frame.filter(level=TOWN, **{table: key})["status"]) <= {"ok"} for frame, table, key in tables)


def _rows(results: Results, words: Words, rows: int) -> str:
    """How many rows of a register, in tens: as many may be the people of a hidden figure, such as nationality missing.

    Small numbers are not told. What was found in an imported table is told as counted; everybody has that table.
    """
    least = results.protection.min_cell
    if 0 < rows < least:
        return words(N_("fewer than {n}"), n=least)
    if rows and results.source.kind == "register":
        return words(N_("about {n}"), n=words.number(max((rows + 5) // 10, 1) * 10))
    return words.number(rows)


def _finding(words: Words, finding: FindingCount, named: bool) -> str:
    """What was found; with the field where the same was found in several."""
    message = words(finding.message)
    return f"{message} ({words(finding.field)})" if named and finding.field else message


def capabilities(results: Results, words: Words) -> tuple[Block, ...]:
    """Tables and definitions that this extract could not support, and the fields that are missing."""
    missing = [capability for capability in results.capabilities if not capability.possible]
    if not missing:
        return ()
    return (
        Heading(words(N_("What this extract could not support")), "missing"),
        DataTable(
            words(N_("Tables and definitions without figures")),
            (Column(words(N_("Table or definition")), numeric=False), Column(words(N_("Missing")), numeric=False)),
            tuple((_capability(words, one), _fields(words, one.missing)) for one in missing),
        ),
    )


def _capability(words: Words, capability: Capability) -> str:
    known = programme.ALL if capability.kind == "table" else definitions.ALL
    title = next((entry.title for entry in known if entry.id == capability.id), capability.id)
    if capability.kind == "table":
        return words(N_("Table: {title}"), title=words(title))
    return words(N_("Definition: {title}"), title=words(title))


def _fields(words: Words, missing: tuple[str, ...]) -> str:
    """The missing fields in words; alternatives, written ``a|b``, are joined by “or”."""
    meanings = {field.name: field.meaning for field in schema.EXTRACT}
    between = words(N_(" or "))
    return "; ".join(
        between.join(words(meanings.get(name, name)) for name in alternatives.split("|")) for alternatives in missing
    )
