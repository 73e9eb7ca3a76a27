"""The lines that ``vielfalt trace`` shows for one row."""

from __future__ import annotations

from collections.abc import Iterator

from vielfalt.explain import explain, trace
from vielfalt.register.checks import check
from vielfalt.town import Town
from vielfalt.words import N_, Words

_ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("evidence missing")}
_DECIDED = {
    "birth_rule": N_("Country of birth"),
    "migration_rule": N_("Migration status"),
    "immigration_rule": N_("Immigration history"),
}


def lines(town: Town, date: int, record: int, words: Words) -> Iterator[str]:
    """Which rules decided, every rule asked with its answer, and the evidence; or why the row is not counted."""
    found = trace(town, date, record)
    yield words("Row {record} on {date}", record=record, date=words.date(date))
    if found.not_counted:
        why = check(found.not_counted)
        yield f"  {words(why.message)} {words(why.consequence)}"
        return
    for column, rule in found.decided:
        entry = explain(rule, words)
        because = dict(entry.paragraphs).get(words("Reason"), "")
        yield f"  {words(_DECIDED[column])}: {words('rule')} {rule}: {because}"
    yield words("Rules of the migration status in the order in which they are asked; the first yes decides:")
    for rule, answer in found.asked:
        yield f"  {rule:<5} {words(_ANSWERS[answer])}"
    yield words("Evidence:")
    for column, value in found.evidence:
        yield f"  {column:<26} {value or '–'}"
