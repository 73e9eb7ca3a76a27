"""Commands that evaluate: check an extract, run a town, code birth places, import a table."""

from __future__ import annotations

from pathlib import Path

import click

from vielfalt.commands.options import (
    FILE,
    FOLDER,
    WORDS,
    date_option,
    engine_option,
    json_option,
    lang_option,
    print_json,
    spoken,
    to_stderr,
)
from vielfalt.words import Language, typed


@click.command(help=WORDS("Read the extract of the town project FOLDER and print findings and what it can support."))
@click.argument("folder", type=FOLDER)
@date_option
@engine_option
@json_option
@lang_option
def check(folder: Path, date: str | None, engine: str, as_json: bool, lang: Language | None) -> None:
    """Checks an extract."""
    from vielfalt import console, dates, evaluation, pipeline
    from vielfalt.steps import AFTER_A_CHECK
    from vielfalt.town import read_town
    from vielfalt.vault import workspace

    town = read_town(folder)
    words = spoken(lang, town.language)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    names = {name: title for name, title in workspace.steps_on(engine).items() if name not in AFTER_A_CHECK}
    with console.Steps(names, words).shown() as step:
        found = evaluation.check_town(town, day, step, workspace.opening(engine, step))
    if as_json:
        print_json(
            {
                "date": dates.to_iso(day),
                "rows": found.rows,
                "residents": found.residents,
                "findings": [vars(entry) for entry in found.findings],
                "capabilities": [vars(entry) for entry in found.capabilities],
            }
        )
        return
    click.echo(
        words(
            "{rows} rows, {residents} residents on {date}",
            rows=words.number(found.rows),
            residents=words.number(found.residents),
            date=words.date(day),
        )
    )
    console.show_findings(found.findings, town.profile.columns, words)
    console.show_capabilities(found.capabilities, words)


@click.command(help=WORDS("Evaluate the town project FOLDER: from the extract to the release package."))
@click.argument("folder", type=FOLDER)
@date_option
@click.option(
    "--replace",
    is_flag=True,
    help=WORDS("Put the earlier releases of this reference date away. Only if nobody outside has seen one of them."),
)
@engine_option
@json_option
@lang_option
def run(folder: Path, date: str | None, replace: bool, engine: str, as_json: bool, lang: Language | None) -> None:
    """Evaluates a town."""
    from vielfalt import console, dates, pipeline
    from vielfalt.publish import cost
    from vielfalt.town import read_town
    from vielfalt.vault import withdraw, workspace

    town = read_town(folder)
    words = spoken(lang, town.language)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    replaced = withdraw.of_date(town.releases, day) if replace else ()
    with console.Steps(workspace.steps_on(engine), words).shown() as step:
        released = pipeline.run(town, day, words.language, step, replaced, workspace.opening(engine, step))
    if as_json:
        print_json(
            {
                "date": dates.to_iso(day),
                "release": str(released.folder),
                "unchanged": released.unchanged,
                "withdrawn": [str(path) for path in released.withdrawn],
                "findings": [vars(entry) for entry in released.findings],
                "utility": cost.as_dict(released.utility) if released.utility else None,
            }
        )
    elif released.unchanged:
        click.echo(
            words("Nothing has changed since the last run. The release lies in {folder}", folder=released.folder)
        )
    else:
        if released.utility:
            headings = words("Measure"), words("Value")
            console.show_table(words("What the protection costs"), headings, cost.rows(released.utility, words))
        click.echo(words("Released: {folder}", folder=released.folder))
        click.echo(words("Report: {file}", file=released.folder / "report.pdf"))
    if not as_json:
        for path in released.withdrawn:
            click.echo(words("Put away, no longer counted as published: {folder}", folder=path))


@click.command(
    help=WORDS("List the birth places of the town project FOLDER that stay open, or take over a list filled in.")
)
@click.argument("folder", type=FOLDER)
@click.option("--take", "file", type=FILE, default=None, help=WORDS("Take over the answers of this file."))
@date_option
@lang_option
def places(folder: Path, file: Path | None, date: str | None, lang: Language | None) -> None:
    """Lists or codes open birth places."""
    from vielfalt import console, dates, pipeline
    from vielfalt.steps import STEPS
    from vielfalt.tools import placing
    from vielfalt.town import read_town

    town = read_town(folder)
    words = spoken(lang, town.language)
    if file is not None:
        new, known = placing.take(town, file)
        click.echo(
            words(
                "{new} spellings taken over; {file} now holds {known}.",
                new=words.number(new),
                file=town.coded_places,
                known=words.number(known),
            )
        )
        return
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    names = {name: STEPS[name] for name in placing.STEPS}
    with console.Steps(names, words).shown() as step:
        path, spellings, residents = placing.write_open(town, day, words.language, step)
    click.echo(
        words(
            "{spellings} open spellings of {residents} residents: {file}",
            spellings=words.number(spellings),
            residents=words.number(residents),
            file=path,
        )
    )
    if spellings:
        click.echo(
            words(
                "Fill in the column “country”, then: vielfalt places {folder} --take {file}",
                folder=typed(folder),
                file=typed(path),
            )
        )


@click.command(
    "import-table", help=WORDS("Evaluate a table that others counted: FILE, read as the table profile says.")
)
@click.argument("file", type=FILE)
@click.option("--profile", "profile_path", type=FILE, required=True, help=WORDS("Table profile (TOML)."))
@click.option(
    "--out", type=FOLDER, default=Path("releases"), show_default=True, help=WORDS("Folder for the release package.")
)
@lang_option
def import_table(file: Path, profile_path: Path, out: Path, lang: Language | None) -> None:
    """Evaluates an aggregated table."""
    from vielfalt.tools import importing

    words = spoken(lang)
    released = importing.run(file, profile_path, out, words, to_stderr)
    click.echo(words("Released: {folder}", folder=released))


ALL: tuple[click.Command, ...] = (check, run, places, import_table)
