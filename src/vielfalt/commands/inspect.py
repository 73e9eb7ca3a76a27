"""Commands that say why a figure is what it is: rules, a single row, other definitions."""

from __future__ import annotations

from pathlib import Path

import click

from vielfalt.commands.options import FOLDER, WORDS, Whole, date_option, json_option, lang_option, print_json, spoken
from vielfalt.words import Language


@click.command(help=WORDS("Explain a rule, definition, index, check or setting by its ID; list all without one."))
@click.argument("id", required=False)
@lang_option
def explain(id: str | None, lang: Language | None) -> None:
    """Explains an id."""
    from vielfalt.tools import explain as explaining

    words = spoken(lang)
    if id is None:
        for entry in explaining.entries(words):
            click.echo(
                f"{entry.id:<26} {entry.kind:<26} {entry.paragraphs[-2 if entry.kind == words('Rule') else 0][1]}"
            )
        return
    entry = explaining.explain(id, words)
    click.echo(f"{entry.id}: {entry.kind}")
    for label, text in entry.paragraphs:
        click.echo(f"  {label}: {text}")


@click.command(
    help=WORDS("Show which rule decided for the data row RECORD of the town project FOLDER, and on which evidence.")
)
@click.argument("folder", type=FOLDER)
@click.argument("record", type=Whole(1))
@date_option
@lang_option
def trace(folder: Path, record: int, date: str | None, lang: Language | None) -> None:
    """Traces one row."""
    from vielfalt import dates, pipeline
    from vielfalt.tools import tracing
    from vielfalt.town import read_town
    from vielfalt.vault.locking import undisturbed_in

    town = read_town(folder)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    words = spoken(lang, town.language)
    with undisturbed_in(town.vault):
        click.echo("\n".join(tracing.lines(town, day, record, words)))


@click.command(
    "compare-definitions",
    help=WORDS("Compare rule sets and definitions on the town project FOLDER: who changes class, by rule and area."),
)
@click.argument("folder", type=FOLDER)
@date_option
@click.option(
    "--with", "names", multiple=True, metavar="NAME", help=WORDS("Rule set to compare with; all unless given.")
)
@json_option
@lang_option
def compare_definitions(
    folder: Path, date: str | None, names: tuple[str, ...], as_json: bool, lang: Language | None
) -> None:
    """Compares rule sets and definitions."""
    from vielfalt import console, dates, pipeline
    from vielfalt.tools import definitions_compared, definitions_shown
    from vielfalt.town import read_town

    town = read_town(folder)
    words = spoken(lang, town.language)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    with console.Steps(definitions_compared.NAMES, words).shown() as step:
        found = definitions_compared.compare(town, day, names, step)
    if as_json:
        print_json({"date": dates.to_iso(day), **definitions_shown.as_json(found, town.protection(day))})
    else:
        definitions_shown.show(found, town.protection(day), words)


ALL: tuple[click.Command, ...] = (explain, trace, compare_definitions)
