"""The report as content: its sections in reading order, tables and figures numbered. Read it as a table of contents."""

from __future__ import annotations

from dataclasses import replace

from vielfalt.publish.maps import Atlas
from vielfalt.publish.report import areas, change, indices, method, movements, people, quality, series, summary
from vielfalt.publish.report.framing import facts, frame, numbered
from vielfalt.publish.report.model import Block, Report
from vielfalt.publish.results import Results
from vielfalt.words import N_, Words


def build_report(results: Results, atlas: Atlas, words: Words) -> Report:
    """The report of a run: from the summary to sources and signs. Sections without figures are left out.

    Areas stand in the order of their names in every table: keys are not printed, so nobody could look by them.
    """
    results = replace(results, geography=results.geography.in_order_of_names())
    blocks = (
        *summary.summary(results, words),
        *_body(results, atlas, words),
        *indices.indices(results, words),
        *quality.rules(results, words),
        *quality.findings(results, words),
        *quality.capabilities(results, words),
        *method.meanings(results, words),
        *method.method(results, words),
        *method.sources(results, words),
    )
    source = results.source
    return Report(
        title=words(N_("{town}: population and migration"), town=source.town),
        subtitle=words(N_("Report on the reference date {date}"), date=words.date(source.date)),
        language=words.language,
        date=source.date,
        author=source.town,
        facts=facts(
            words,
            town=source.town,
            ags=source.ags,
            day=source.date,
            source=words(source.text),
            rule_set=results.rule_set,
            licence=source.licence,
        ),
        blocks=tuple(numbered(blocks, words)),
        frame=frame(words),
    )


def _body(results: Results, atlas: Atlas, words: Words) -> tuple[Block, ...]:
    """The figures: an imported table has its own sections, a register run those of the table programme."""
    if results.source.kind == "table":
        return (
            *quality.not_shown(results, words),
            *areas.imported(results, words),
            *areas.maps(atlas, words),
        )
    return (
        summary.introduction(words),
        *quality.not_shown(results, words),
        *areas.population(results, words),
        *areas.maps(atlas, words),
        *people.origin(results, words),
        *people.characteristics(results, words),
        *change.change(results, words),
        *series.series(results, words),
        *movements.movements(results, atlas, words),
    )
