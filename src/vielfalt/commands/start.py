"""Commands that start a town project: an invented town, an empty project, a column profile, a demonstration."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from vielfalt.commands.desk import is_installed
from vielfalt.commands.options import FILE, FOLDER, WORDS, Whole, lang_option, spoken, to_stderr
from vielfalt.words import Language, typed

_LEAST = 1_000
"""Residents of the smallest synthetic town (``synthetic.MIN_RESIDENTS``, which help need not wait for)."""


@click.command(help=WORDS("Write a synthetic town as a complete town project into FOLDER."))
@click.argument("folder", type=FOLDER)
@click.option("--residents", type=Whole(_LEAST), default=40_000, show_default=True, help=WORDS("Residents."))
@click.option(
    "--seed",
    type=Whole(0),
    default=7,
    show_default=True,
    help=WORDS("Seed: the same seed gives the same town."),
)
@lang_option
def synth(folder: Path, residents: int, seed: int, lang: Language | None) -> None:
    """Writes a synthetic town."""
    from vielfalt.synthetic import write_town

    words = spoken(lang)
    told = words.language
    write_town(folder, residents=residents, seed=seed, language=told, progress=lambda line: to_stderr(words(line)))
    click.echo(
        words("The synthetic town lies in {folder}. Next: vielfalt run {next}", folder=folder, next=typed(folder))
    )


@click.command(help=WORDS("Write a new town project into FOLDER: settings, field request, example profile."))
@click.argument("folder", type=FOLDER)
@lang_option
def init(folder: Path, lang: Language | None) -> None:
    """Writes a new town project."""
    from vielfalt.tools.starting import init_town

    words = spoken(lang)
    for path in init_town(folder, words):
        click.echo(str(path))
    click.echo(
        words(
            "Next: fill in town.toml, put the extract into register/DATE/register.csv, then: vielfalt check {folder}",
            folder=typed(folder),
        )
    )


@click.command(help=WORDS("Propose a column profile from the header and the first rows of FILE."))
@click.argument("file", type=FILE)
@lang_option
def profile(file: Path, lang: Language | None) -> None:
    """Proposes a column profile."""
    from vielfalt.tools.profiling import propose_profile

    words = spoken(lang)
    proposal = propose_profile(file, words)
    click.echo(proposal.toml, nl=False)
    for note in proposal.notes:
        click.echo(note, err=True)


@click.command(help=WORDS("Write a synthetic town, evaluate it and show it in the browser."))
@click.option("--residents", type=Whole(_LEAST), default=20_000, show_default=True, help=WORDS("Residents."))
@click.option(
    "--folder", type=FOLDER, default=None, help=WORDS("Where to put the town; a temporary folder unless given.")
)
@click.option("--no-open", is_flag=True, help=WORDS("Do not open the browser."))
@lang_option
def demo(residents: int, folder: Path | None, no_open: bool, lang: Language | None) -> None:
    """Shows the whole path on a synthetic town.

    It ends in the desk, which stays until somebody ends it; so only on a terminal. Else it ends in the report.
    """
    words = spoken(lang)
    if is_installed() and sys.stdout.isatty() and not no_open:
        from vielfalt.commands import showcase

        showcase.show(residents, folder, words, to_stderr)
        return
    import webbrowser

    from vielfalt.tools import demonstration

    report = demonstration.run(residents, folder, words, to_stderr)
    click.echo(str(report))
    if not no_open:
        webbrowser.open(report.as_uri())


ALL: tuple[click.Command, ...] = (synth, init, profile, demo)
