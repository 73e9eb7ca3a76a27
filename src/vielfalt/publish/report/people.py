"""Figures of the town as a whole: nationalities, reference countries, age, sex, marital status, households, stay."""

from __future__ import annotations

from collections.abc import Sequence

from vielfalt.publish import charts, labels, lookup
from vielfalt.publish.charts import Chart
from vielfalt.publish.report import tables
from vielfalt.publish.report.model import Block, Figure, Heading, Note, Paragraph
from vielfalt.publish.results import Results
from vielfalt.words import N_, Words

_CHARACTERISTICS = (
    *("age_group", "sex", "marital_status", "religion_group", "household_type", "households_by_type"),
    *("mh_household", "couple_nationality"),
)
_CROSSINGS = ("mh_group_by_age", "mh_group_by_sex", "mh_group_by_household", "nationality_group_by_age")


_FALL_AT_18 = N_(
    "The register links children to their parents until they are 18. Adults born in Germany as Germans to immigrants "
    "are therefore counted as without migration background, and the shares fall at that age although nobody has "
    "changed."
)


_OTHERS = N_(
    "Chosen among the countries whose number is published. A country whose number is not published may have more "
    "residents than some of these."
)


_HOMES = N_(
    "In homes and shelters everybody counts as one household. These households are part of every number of households "
    "and of the base of every share."
)


_TWO_SEXES = N_(
    "Residents registered as diverse or without entry are counted as male or female, assigned by chance as in official "
    "population statistics: so few of them could never be published by themselves."
)


def origin(results: Results, words: Words) -> tuple[Block, ...]:
    """Migration status, nationalities and reference countries of the town."""
    body: list[Block] = []
    for table in ("mh_group", "migration_status", "immigration_history", "nationality_group"):
        body += tables.distribution(results, words, table)
    body += _countries(
        results,
        words,
        "nationality",
        N_("Most frequent nationalities, in alphabetical order"),
        N_("Most frequent nationalities"),
    )
    body += tables.distribution(results, words, "reference_group")
    body += _countries(
        results,
        words,
        "reference_country",
        N_("Most frequent reference countries, in alphabetical order"),
        N_("Most frequent reference countries"),
    )
    return (Heading(words(N_("Nationalities and reference countries")), "origin"), *body) if body else ()


def characteristics(results: Results, words: Words) -> tuple[Block, ...]:
    """Age, sex, marital status, households and length of stay of the town, and their crossings with origin."""
    body: list[Block] = []
    drawn = charts.age_chart(results, words)
    body += _figure(drawn)
    if drawn is not None:
        body.append(Note(words(_FALL_AT_18)))
    told = False
    for table in _CHARACTERISTICS:
        found = tables.distribution(results, words, table)
        if found and results.tables[table].table.unit == "households" and not told:
            body += _homes(results, words)
            told = True
        body += found
        if found and table == "sex":
            body.append(Note(words(_TWO_SEXES)))
    body += _figure(charts.distribution_chart(results, words, "stay_class"))
    body += tables.distribution(results, words, "stay_class")
    for table in _CROSSINGS:
        body += tables.crossing(results, words, table)
    if not body:
        return ()
    return (Heading(words(N_("Age, sex, marital status, households, length of stay")), "characteristics"), *body)


def _homes(results: Results, words: Words) -> tuple[Block, ...]:
    """What people in homes are among households; with their number where it is published, nothing where it is 0."""
    homes = lookup.in_town(results, "households_by_type").get(("institution",), None)
    if homes == 0:
        return ()
    number = "" if homes is None else " " + words(N_("Their number in the town: {n}."), n=words.number(homes))
    return (Note(words(_HOMES) + number),)


def _countries(results: Results, words: Words, table: str, title: str, short: str) -> Sequence[Block]:
    if table not in results.tables:
        return ()
    found = charts.most_frequent(results, words, table)
    if not found:
        sentence = N_("{table}: no country reaches a number that may be published.")
        return (Paragraph(words(sentence, table=labels.table_title(words, results.tables[table].table))),)
    chosen = [category for category, _ in found]
    drawn = charts.countries_chart(results, words, table, words(title))
    note = (Note(words(_OTHERS)),) if charts.may_be_missing(results, table) else ()
    return (*_figure(drawn), *tables.distribution(results, words, table, chosen, words(short)), *note)


def _figure(chart: Chart | None) -> tuple[Block, ...]:
    return () if chart is None else (Figure(chart.svg, chart.alt, chart.title),)
