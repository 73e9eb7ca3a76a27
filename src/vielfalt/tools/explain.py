"""Explaining: what a rule, definition, index, link, check or setting says, and which rule decided for one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import breaks, codes, dates, definitions, parameters, rule_sets, schema
from vielfalt.errors import StorageError, TownError, UsageError
from vielfalt.figures.indices import ALL as INDICES
from vielfalt.register import checks, kinship
from vielfalt.register.birthplaces import COUNTRY_OF_BIRTH
from vielfalt.register.evidence import CODES, COUNTS, FLAGS, NOT_COUNTED, PARENTS, RULE_SET
from vielfalt.register.immigration import IMMIGRATION_HISTORY
from vielfalt.register.movements import CAME, CITIZENSHIP, WENT
from vielfalt.register.origin import RULES, migration_status
from vielfalt.rule_sets import RuleSet
from vielfalt.rules import Decision, Rule
from vielfalt.town import Town
from vielfalt.words import N_, Words

DECISIONS: tuple[Decision, ...] = (
    COUNTRY_OF_BIRTH,
    *(migration_status(rule_set) for rule_set in rule_sets.ALL),
    IMMIGRATION_HISTORY,
    *(CAME, WENT, CITIZENSHIP),
)
DECIDED = {
    COUNTRY_OF_BIRTH.name: N_("Country of birth"),
    migration_status(rule_sets.VIELFALT).name: N_("Migration status"),
    IMMIGRATION_HISTORY.name: N_("Immigration history"),
    CAME.name: N_("Where they came from"),
    WENT.name: N_("What became of them"),
    CITIZENSHIP.name: N_("Change of citizenship"),
}
"""What each decision decides, in words."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be explained: its id, its kind, and labelled paragraphs (label and text as shown)."""

    id: str
    kind: str
    paragraphs: tuple[tuple[str, str], ...]


def entries(words: Words) -> Iterator[Entry]:
    """Everything that can be explained, in the language of the words."""
    for rule in COUNTRY_OF_BIRTH.all_rules():
        yield _rule(COUNTRY_OF_BIRTH, rule, words)
    for rule in RULES.values():
        yield _status_rule(rule, words)
    for rule in IMMIGRATION_HISTORY.all_rules():
        yield _rule(IMMIGRATION_HISTORY, rule, words)
    for decision in (CAME, WENT, CITIZENSHIP):
        for rule in decision.all_rules():
            yield _rule(decision, rule, words)
    for rule_set in rule_sets.ALL:
        yield _rule_set(rule_set, words)
    for link in kinship.LINKS:
        yield _entry(
            link.id,
            N_("Link of households"),
            words,
            (N_("Reason"), words(link.because)),
            (N_("Source"), _source(link.source, words)),
        )
    for meaning in definitions.ALL:
        yield _definition(meaning, words)
    for index in INDICES:
        yield _entry(
            index.id,
            N_("Index"),
            words,
            (N_("Title"), words(index.title)),
            (N_("Formula"), words(index.formula)),
            (N_("Formula in symbols"), words(index.symbols)),
            (N_("Bounds"), words(index.bounds)),
            (N_("Please note"), words(index.caveat)),
            (N_("Users of other programs"), words(index.peers)),
            (N_("Source"), index.source),
        )
    yield from _checks(words)
    yield from _parameters(words)


def explain(id: str, words: Words) -> Entry:
    """The entry of an id, whatever its case. Raises UsageError when there is none, naming those that begin alike."""
    found = {entry.id.lower(): entry for entry in entries(words)}
    if id.lower() in found:
        return found[id.lower()]
    near = [entry.id for key, entry in found.items() if key[:1] == id.lower()[:1]]
    raise UsageError(
        N_("Nothing is called “{id}”."),
        id=id,
        near=", ".join(near),
        todo=N_("Known are, among others: {near}.")
        if near
        else N_("“vielfalt explain” without an ID lists everything."),
    )


@dataclass(frozen=True)
class Trace:
    """How one row was decided: the rules that fired, in order of asking, and the evidence they looked at."""

    record: int
    rule_set: str
    not_counted: str
    decided: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]


def trace(town: Town, date: int, record: int) -> Trace:
    """How the row ``record`` of an extract was decided, from the vault's evidence.

    ``decided``: column and the id of the rule that decided it; ``asked``: each rule of the migration status with "yes",
    "no" or "unknown"; ``evidence``: column and value. Raises TownError when the date was not run or has no such row,
    StorageError when the evidence is damaged.
    """
    path = town.vault / dates.to_iso(date) / "evidence.parquet"
    row = _row(path, record, date)
    if row[NOT_COUNTED][0] is not None:
        return Trace(record, "", str(row[NOT_COUNTED][0]), (), (), ())
    chosen = rule_sets.rule_set(str(row[RULE_SET][0]))
    rules = ("birth_rule", "migration_rule", "immigration_rule")
    return Trace(
        record,
        chosen.id,
        "",
        tuple((name, str(row[name][0])) for name in rules),
        tuple((rule.id, _answer(rule, row)) for rule in migration_status(chosen).rules),
        tuple(
            (name, "" if row[name][0] is None else str(row[name][0]))
            for name in (*CODES[:2], *FLAGS, *COUNTS, *PARENTS)
        ),
    )


def _row(path: Path, record: int, date: int) -> pl.DataFrame:
    try:
        row = pl.read_parquet(path).filter(pl.col("record") == record)
    except FileNotFoundError:
        raise TownError(
            N_("The reference date {date} has not been evaluated yet."),
            where=path,
            date=dates.to_iso(date),
            todo=N_("Run “vielfalt run” first."),
        ) from None
    except (OSError, pl.exceptions.PolarsError):
        raise StorageError(
            N_("The evidence of the reference date {date} is damaged or cannot be read."),
            where=path,
            date=dates.to_iso(date),
            todo=N_("Delete the file, then “vielfalt run”: what the vault has lost is written again."),
        ) from None
    if row.is_empty():
        raise TownError(
            N_("The extract has no readable row {record}."),
            where=path,
            record=record,
            todo=N_("Rows count from 1, without the header; “vielfalt check” lists rows that cannot be read."),
        )
    return row


def _answer(rule: Rule, row: pl.DataFrame) -> str:
    """Whether the rule's condition holds for the row: "yes", "no", or "unknown" when evidence is missing."""
    answer = nw.from_native(row).select(rule.when.alias("answer"))["answer"][0]
    return "unknown" if answer is None else "yes" if answer else "no"


def _rule(decision: Decision, rule: Rule, words: Words) -> Entry:
    place = decision.all_rules().index(rule) + 1
    decides = f"{words(DECIDED[decision.name])} ({words('asked as number {place}', place=place)})"
    return _explained(decision.name, rule, decides, words)


def _status_rule(rule: Rule, words: Words) -> Entry:
    """A rule of the migration status, with its place in each rule set that holds it."""
    places = (
        words("{rule_set}: asked as number {place}", rule_set=entry.id, place=entry.rules.index(rule.id) + 1)
        for entry in rule_sets.ALL
        if rule.id in entry.rules
    )
    name = "migration_status"
    return _explained(name, rule, f"{words(DECIDED[name])} ({'; '.join(places)})", words)


def _explained(dimension: str, rule: Rule, decides: str, words: Words) -> Entry:
    value = (
        words("A column of the evidence") if not isinstance(rule.value, str) else _label(dimension, rule.value, words)
    )
    return _entry(
        rule.id,
        N_("Rule"),
        words,
        (N_("Decides"), decides),
        (N_("Value"), value),
        (N_("Reason"), words(rule.because)),
        (N_("Source"), _source(rule.source, words)),
    )


def _source(source: str, words: Words) -> str:
    """The sources of a rule; those that are words rather than titles are translated."""
    return "; ".join(words(part) for part in source.split("; "))


_WHERE = {
    "anywhere": N_("all linked parents"),
    "address": N_("linked parents at the child's address"),
    "household": N_("linked parents in the child's household"),
}
_COUNTRIES = {
    "own": N_("own evidence"),
    "parents": N_("the mother's, else the father's"),
    "household": N_("that of the others in the household"),
}


def _rule_set(entry: RuleSet, words: Words) -> Entry:
    meanings = {field.name: words(field.meaning) for field in schema.EXTRACT} | {
        "birth_country": words("Country of birth")
    }
    order = " · ".join(entry.rules)
    countries = "; ".join(
        f"{words(whom)}: {', '.join(steps)}"
        for whom, steps in (
            (N_("Foreigners"), [meanings[field] for field in entry.foreigners]),
            (N_("Germans"), [meanings[field] for field in entry.germans]),
            (N_("children by their parents"), [words(_COUNTRIES[step]) for step in entry.children]),
            (N_("everybody else"), [words(_COUNTRIES[step]) for step in entry.others]),
        )
    )
    return _entry(
        entry.id,
        N_("Rule set"),
        words,
        (N_("Title"), words(entry.title)),
        (N_("Meaning"), words(entry.text)),
        (N_("Rules in the order in which they are asked"), order),
        (N_("Parents looked at"), words(_WHERE[entry.where])),
        (N_("Marks that parents hand on"), ", ".join(entry.parents)),
        (N_("Reference country"), countries),
        (N_("Definition"), entry.definition),
        (N_("Source"), _source(entry.source, words)),
    )


def _label(dimension: str, key: str, words: Words) -> str:
    known = (
        {row.key: row.label(words.language) for row in codes.categories(dimension)}
        if dimension != "birth_country"
        else {}
    )
    return f"{key}: {known[key]}" if key in known else key


def _definition(meaning: definitions.Definition, words: Words) -> Entry:
    return _entry(
        meaning.id,
        N_("Definition"),
        words,
        (N_("Title"), words(meaning.title)),
        (N_("Who counts"), words(meaning.text)),
        (N_("Limits"), words(meaning.limits)),
        (N_("Needs the fields"), ", ".join(meaning.needs)),
        (N_("Source"), words(meaning.source)),
    )


def _checks(words: Words) -> Iterator[Entry]:
    """The checks of an extract, and those of what changed between two dates."""
    for kind, declared in ((N_("Check"), checks.ALL), (N_("Break"), breaks.ALL)):
        for check in declared:
            yield _entry(
                check.id,
                kind,
                words,
                (N_("Finding"), words(check.message)),
                (N_("Consequence"), words(check.consequence)),
            )


def _value(versions: tuple[parameters.Parameter, ...], words: Words) -> str:
    """The latest value, with the day it holds from where it was another before."""
    latest = versions[-1]
    return str(latest.value) if len(versions) == 1 else f"{latest.value} ({words('since')} {words.date(latest.since)})"


def _parameters(words: Words) -> Iterator[Entry]:
    for topic in ("protection", "methods", "migration", "movements"):
        for name, versions in parameters.load(topic).items():
            latest = versions[-1]
            yield _entry(
                name,
                N_("Setting"),
                words,
                (N_("Meaning"), words(latest.meaning)),
                (N_("Value"), _value(versions, words)),
                (N_("Source"), words(latest.source)),
            )


def _entry(id: str, kind: str, words: Words, *paragraphs: tuple[str, str]) -> Entry:
    return Entry(id, words(kind), tuple((words(label), text) for label, text in paragraphs if text))
