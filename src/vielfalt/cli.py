"""The command line. Every command reads its words first and its libraries when it runs, so that help is quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from vielfalt import clickwords
from vielfalt.words import LANGUAGES, Language, Words

Command = TypeVar("Command", bound=Callable[..., Any])
LANGUAGE_VARIABLE = "VIELFALT_LANG"


def _language() -> Language:
    wanted = os.environ.get(LANGUAGE_VARIABLE, "de")
    return wanted if wanted in LANGUAGES else "de"


_WORDS = Words(_language())
_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path)


def _heard(context: click.Context, _: click.Parameter, lang: Language | None) -> Language | None:
    """Keeps the language asked for, so that an error can be told in it."""
    if lang:
        context.ensure_object(dict)["language"] = lang
    return lang


def _lang(function: Command) -> Command:
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default=None,
        callback=_heard,
        help=_WORDS("Language of messages and report; German unless town.toml says otherwise."),
    )(function)


def _json(function: Command) -> Command:
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=_WORDS("Print one JSON object to standard output and nothing else there."),
    )(function)


def _date(function: Command) -> Command:
    return click.option(
        "--date", default=None, metavar="YYYY-MM-DD", help=_WORDS("Reference date; the latest extract unless given.")
    )(function)


@click.group(
    help=_WORDS("Vielfalt: from the extract of the resident register to protected tables, maps, indices and a report."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="vielfalt", help=_WORDS("Show the version and exit."))
def commands() -> None:
    """The group of all commands."""


@commands.command(help=_WORDS("Write a synthetic town as a complete town project into FOLDER."))
@click.argument("folder", type=_FOLDER)
@click.option("--residents", type=click.IntRange(min=1), default=40_000, show_default=True, help=_WORDS("Residents."))
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=7,
    show_default=True,
    help=_WORDS("Seed: the same seed gives the same town."),
)
@_lang
def synth(folder: Path, residents: int, seed: int, lang: Language | None) -> None:
    """Writes a synthetic town."""
    from vielfalt.synthetic import write_town

    words = _words(lang)
    write_town(folder, residents=residents, seed=seed, progress=lambda line: _to_stderr(words(line)))
    click.echo(words("The synthetic town lies in {folder}. Next: vielfalt run {folder}", folder=folder))


@commands.command(help=_WORDS("Write a new town project into FOLDER: settings, field request, example profile."))
@click.argument("folder", type=_FOLDER)
@_lang
def init(folder: Path, lang: Language | None) -> None:
    """Writes a new town project."""
    from vielfalt.starting import init_town

    words = _words(lang)
    for path in init_town(folder, words):
        click.echo(str(path))
    click.echo(
        words(
            "Next: fill in town.toml, put the extract into register/DATE/register.csv, then: vielfalt check {folder}",
            folder=folder,
        )
    )


@commands.command(help=_WORDS("Propose a column profile from the header and the first rows of FILE."))
@click.argument("file", type=_FILE)
@_lang
def profile(file: Path, lang: Language | None) -> None:
    """Proposes a column profile."""
    from vielfalt.profiling import propose_profile

    words = _words(lang)
    proposal = propose_profile(file, words)
    click.echo(proposal.toml, nl=False)
    for note in proposal.notes:
        click.echo(note, err=True)


@commands.command(
    help=_WORDS("Read the extract of the town project FOLDER and print findings and what it can support.")
)
@click.argument("folder", type=_FOLDER)
@_date
@_json
@_lang
def check(folder: Path, date: str | None, as_json: bool, lang: Language | None) -> None:
    """Checks an extract."""
    from vielfalt import console, dates, pipeline
    from vielfalt.town import read_town

    town = read_town(folder)
    words = _words(lang, town.language)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    names = {name: title for name, title in pipeline.STEPS.items() if name in pipeline.OF_A_CHECK}
    with console.Steps(names, words).shown() as step:
        found = pipeline.check_town(town, day, step)
    if as_json:
        _print_json(
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
    console.show_findings(found.findings, words)
    console.show_capabilities(found.capabilities, words)


@commands.command(help=_WORDS("Evaluate the town project FOLDER: from the extract to the release package."))
@click.argument("folder", type=_FOLDER)
@_date
@_json
@_lang
def run(folder: Path, date: str | None, as_json: bool, lang: Language | None) -> None:
    """Evaluates a town."""
    from vielfalt import console, dates, pipeline
    from vielfalt.town import read_town

    town = read_town(folder)
    words = _words(lang, town.language)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    with console.Steps(pipeline.STEPS, words).shown() as step:
        released = pipeline.run(town, day, words.language, step)
    if as_json:
        _print_json(
            {
                "date": dates.to_iso(day),
                "release": str(released.folder),
                "unchanged": released.unchanged,
                "findings": [vars(entry) for entry in released.findings],
            }
        )
    elif released.unchanged:
        click.echo(
            words("Nothing has changed since the last run. The release lies in {folder}", folder=released.folder)
        )
    else:
        click.echo(words("Released: {folder}", folder=released.folder))
        click.echo(words("Report: {file}", file=released.folder / "report.pdf"))


@commands.command(
    help=_WORDS("List the birth places of the town project FOLDER that stay open, or take over a list filled in.")
)
@click.argument("folder", type=_FOLDER)
@click.option("--take", "file", type=_FILE, default=None, help=_WORDS("Take over the answers of this file."))
@_date
@_lang
def places(folder: Path, file: Path | None, date: str | None, lang: Language | None) -> None:
    """Lists or codes open birth places."""
    from vielfalt import console, dates, pipeline, placing
    from vielfalt.town import read_town

    town = read_town(folder)
    words = _words(lang, town.language)
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
    names = {name: pipeline.STEPS[name] for name in placing.STEPS}
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
                "Fill in the column “country”, then: vielfalt places {folder} --take {file}", folder=folder, file=path
            )
        )


@commands.command(
    "import-table", help=_WORDS("Evaluate a table that others counted: FILE, read as the table profile says.")
)
@click.argument("file", type=_FILE)
@click.option("--profile", "profile_path", type=_FILE, required=True, help=_WORDS("Table profile (TOML)."))
@click.option(
    "--out", type=_FOLDER, default=Path("releases"), show_default=True, help=_WORDS("Folder for the release package.")
)
@_lang
def import_table(file: Path, profile_path: Path, out: Path, lang: Language | None) -> None:
    """Evaluates an aggregated table."""
    from vielfalt import importing

    words = _words(lang)
    released = importing.run(file, profile_path, out, words, _to_stderr)
    click.echo(words("Released: {folder}", folder=released))


@commands.command(help=_WORDS("Explain a rule, definition, index, check or setting by its ID; list all without one."))
@click.argument("id", required=False)
@_lang
def explain(id: str | None, lang: Language | None) -> None:
    """Explains an id."""
    from vielfalt import explain as explaining

    words = _words(lang)
    if id is None:
        for entry in explaining.entries(words):
            click.echo(
                f"{entry.id:<26} {entry.kind:<26} {entry.paragraphs[-2 if entry.kind == words('Rule') else 0][1]}"
            )
        return
    entry = explaining.explain(id, words)
    click.echo(f"{entry.id} ({entry.kind})")
    for label, text in entry.paragraphs:
        click.echo(f"  {label}: {text}")


@commands.command(
    help=_WORDS("Show which rule decided for the data row RECORD of the town project FOLDER, and on which evidence.")
)
@click.argument("folder", type=_FOLDER)
@click.argument("record", type=click.IntRange(min=1))
@_date
@_lang
def trace(folder: Path, record: int, date: str | None, lang: Language | None) -> None:
    """Traces one row."""
    from vielfalt import dates, pipeline, tracing
    from vielfalt.town import read_town

    town = read_town(folder)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    click.echo("\n".join(tracing.lines(town, day, record, _words(lang, town.language))))


@commands.command(
    help=_WORDS("Delete the link files of the town project FOLDER; movements from these dates can then not be counted.")
)
@click.argument("folder", type=_FOLDER)
@click.option(
    "--date", default=None, metavar="YYYY-MM-DD", help=_WORDS("Of this reference date only; of all unless given.")
)
@_lang
def forget(folder: Path, date: str | None, lang: Language | None) -> None:
    """Deletes link files."""
    from vielfalt import dates, history
    from vielfalt.town import read_town

    town = read_town(folder)
    words = _words(lang, town.language)
    wanted = [dates.from_iso(date)] if date else history.linked_dates(town)
    lines = [words("Deleted: {file}", file=path) for path in history.forget(town, wanted)]
    click.echo("\n".join(lines or [words("There is no link file to delete.")]))


@commands.command(
    "compare-definitions",
    help=_WORDS("Compare rule sets and definitions on the town project FOLDER: who changes class, by rule and area."),
)
@click.argument("folder", type=_FOLDER)
@_date
@click.option(
    "--with", "names", multiple=True, metavar="NAME", help=_WORDS("Rule set to compare with; all unless given.")
)
@_json
@_lang
def compare_definitions(
    folder: Path, date: str | None, names: tuple[str, ...], as_json: bool, lang: Language | None
) -> None:
    """Compares rule sets and definitions."""
    from vielfalt import comparing, console, dates, pipeline, showing
    from vielfalt.town import read_town

    town = read_town(folder)
    words = _words(lang, town.language)
    day = pipeline.reference_date(town, dates.from_iso(date) if date else None)
    with console.Steps(comparing.NAMES, words).shown() as step:
        found = comparing.compare(town, day, names, step)
    if as_json:
        _print_json({"date": dates.to_iso(day), **showing.as_json(found, town.protection(day))})
    else:
        showing.show(found, town.protection(day), words)


@commands.command(help=_WORDS("Write a synthetic town, evaluate it and open its report."))
@click.option("--residents", type=click.IntRange(min=1), default=40_000, show_default=True, help=_WORDS("Residents."))
@click.option(
    "--folder", type=_FOLDER, default=None, help=_WORDS("Where to put the town; a temporary folder unless given.")
)
@click.option("--no-open", is_flag=True, help=_WORDS("Do not open the report in the browser."))
@_lang
def demo(residents: int, folder: Path | None, no_open: bool, lang: Language | None) -> None:
    """Shows the whole path on a synthetic town."""
    import webbrowser

    from vielfalt import demonstration

    report = demonstration.run(residents, folder, _words(lang), _to_stderr)
    if not no_open:
        webbrowser.open(report.as_uri())
    click.echo(str(report))


def _words(lang: Language | None, town: Language | None = None) -> Words:
    language = lang or (_language() if LANGUAGE_VARIABLE in os.environ else None) or town or "de"
    click.get_current_context().ensure_object(dict)["language"] = language
    return Words(language)


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


def _print_json(content: object) -> None:
    import json

    click.echo(json.dumps(content, ensure_ascii=False))


def main() -> None:
    """Runs a command. Errors become a sentence, a place and a next step, with the exit code of their class."""
    spoken: dict[str, Language] = {}
    clickwords.speak(_language())
    try:
        commands(standalone_mode=False, prog_name="vielfalt", obj=spoken)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Abort:
        words = Words(spoken.get("language", _language()))
        _to_stderr(words("Interrupted. The next run starts clean."))
        sys.exit(130)
    except Exception as error:
        from vielfalt import console
        from vielfalt.errors import known

        told = known(error)
        console.show_error(told, Words(spoken.get("language", _language())))
        sys.exit(told.exit_code)
