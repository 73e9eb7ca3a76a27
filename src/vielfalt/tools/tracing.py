"""The lines that ``vielfalt trace`` shows for one row."""

from __future__ import annotations

from collections.abc import Iterator

from vielfalt import codes
from vielfalt.register.checks import check
from vielfalt.tools.explain import explain, trace
from vielfalt.town import Town
from vielfalt.words import N_, Words

_ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("evidence missing")}
_DECIDED = {
    "birth_rule": N_("Country of birth"),
    "migration_rule": N_("Migration status"),
    "immigration_rule": N_("Immigration history"),
}


_EVIDENCE = {
    "birth_country": N_("Country of birth"),
    "german_nationality_kind": N_("How German nationality was acquired"),
    "german": N_("German"),
    "unclear": N_("Only stateless, unclear or not stated"),
    "further_nationality": N_("A nationality other than the German one"),
    "born_here": N_("Born in Germany"),
    "born_abroad": N_("Born abroad"),
    "minor": N_("Under 18 years old"),
    "descendant_age": N_("Under 19 years old"),
    "expellee": N_("Born before 1945 in the former German eastern territories or the Sudeten areas"),
    "repatriate_window": N_("Country of birth and year of arrival as of repatriates"),
    "arrived_since": N_("No arrival before 1950 on record"),
    "parents_linked": N_("Linked parents"),
    "parents_marked": N_("– of whom with migration background"),
    "parents_open": N_("– of whom not determinable"),
    "parents_immigrated": N_("– of whom immigrated"),
    "parents_history_open": N_("– of whom it is not known"),
    "mother_rule": N_("Mark of the mother"),
    "mother_country": N_("Reference country of the mother"),
    "father_rule": N_("Mark of the father"),
    "father_country": N_("Reference country of the father"),
}
_VALUES = {
    "True": N_("yes"),
    "False": N_("no"),
    "birth": N_("by birth"),
    "naturalised": N_("by naturalisation"),
    "repatriate": N_("as repatriate"),
    "option": N_("legacy option flag"),
    "other": N_("in another way"),
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
        yield f"  {words(_DECIDED[column])}: {words('rule')} {rule}: {_because(rule, words)}"
    yield words(
        "Rules of the migration status ({rule_set}) in the order in which they are asked; the first yes decides:",
        rule_set=found.rule_set,
    )
    answers = {answer: words(text) for answer, text in _ANSWERS.items()}
    width = max(map(len, answers.values()))
    for rule, answer in found.asked:
        yield f"  {rule:<5} {answers[answer]:<{width}}  {_because(rule, words)}"
    yield words("Evidence:")
    width = max(len(words(title)) for title in _EVIDENCE.values())
    for column, value in found.evidence:
        yield f"  {words(_EVIDENCE[column]):<{width}}  {_shown(column, value, words)}"


def _because(rule: str, words: Words) -> str:
    return dict(explain(rule, words).paragraphs).get(words("Reason"), "")


def _shown(column: str, value: str, words: Words) -> str:
    """One piece of evidence as a person reads it: a country with its name, a flag as yes or no, "–" for nothing."""
    if column in ("birth_country", "mother_country", "father_country") and value:
        return f"{value} {codes.category('nationality', value).label(words.language)}"
    return words(_VALUES.get(value, value)) or "–"
