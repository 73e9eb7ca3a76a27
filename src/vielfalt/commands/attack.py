"""The command that attacks releases."""

from __future__ import annotations

from pathlib import Path

import click

from vielfalt.commands.options import FILE, WORDS, json_option, lang_option, print_json, spoken
from vielfalt.words import Language


@click.command(
    help=WORDS(
        "Attack the last RELEASE as an intruder would who has all of them: which hidden figures can be computed?"
    )
)
@click.argument("release", type=FILE, nargs=-1, required=True)
@click.option(
    "--known",
    "known",
    type=FILE,
    multiple=True,
    help=WORDS("Table of figures published elsewhere (CSV, columns as in the release)."),
)
@json_option
@lang_option
def audit(release: tuple[Path, ...], known: tuple[Path, ...], as_json: bool, lang: Language | None) -> None:
    """Audits releases."""
    from vielfalt import auditing
    from vielfalt.tools import attacking

    words = spoken(lang)
    attacks = attacking.of_folders(release, known)
    if as_json:
        print_json({"attacks": auditing.as_json(attacks), "passed": auditing.passed(attacks)})
    else:
        click.echo("\n".join(attacking.lines(attacks, words)))
    auditing.refuse(attacks, release[-1])
    auditing.refuse_undecided(attacks, release[-1])


ALL: tuple[click.Command, ...] = (audit,)
