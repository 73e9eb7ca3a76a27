"""What all commands share: options, the language they speak, and how they print."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from vielfalt.errors import UsageError, VielfaltError
from vielfalt.words import LANGUAGES, N_, Language, Words

Command = TypeVar("Command", bound=Callable[..., Any])
LANGUAGE_VARIABLE = "VIELFALT_LANG"


def asked_for() -> Language | None:
    """The language that the environment asks for; none where it asks for none or for one that is not spoken."""
    wanted = os.environ.get(LANGUAGE_VARIABLE)
    return next((known for known in LANGUAGES if known == wanted), None)


def language() -> Language:
    """The language that the environment asks for, else German."""
    return asked_for() or "de"


def refuse_unknown_language() -> None:
    """Raises UsageError where the environment asks for a language that is not spoken."""
    wanted = os.environ.get(LANGUAGE_VARIABLE)
    if wanted and not asked_for():
        raise UsageError(
            N_("The variable {variable} is “{value}”; there are {allowed}."),
            variable=LANGUAGE_VARIABLE,
            value=wanted,
            allowed=", ".join(LANGUAGES),
            todo=N_("Set it to one of these, or leave it out."),
        )


WORDS = Words(language())
FOLDER = click.Path(path_type=Path, file_okay=False, readable=False)
FOLDER.name = WORDS("directory")
FILE = click.Path(path_type=Path, readable=False)
FILE.name = WORDS("file")


class Whole(click.IntRange):
    """The type of a whole number within limits, which click would tell in English and as a formula."""

    name = WORDS("whole number")

    def _describe_range(self) -> str:
        if self.max is None:
            return WORDS(N_("{least} or more"), least=self.min)
        return WORDS(N_("{least} to {most}"), least=self.min, most=self.max)


def _heard(context: click.Context, _: click.Parameter, lang: Language | None) -> Language | None:
    """Keeps the language asked for, so that an error can be told in it."""
    if lang:
        context.ensure_object(dict)["language"] = lang
    return lang


def lang_option(function: Command) -> Command:
    """The option --lang."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default=None,
        callback=_heard,
        help=WORDS("Language of messages and report; German unless town.toml says otherwise."),
    )(function)


def json_option(function: Command) -> Command:
    """The flag --json."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=WORDS("Print one JSON object to standard output and nothing else there."),
    )(function)


def date_option(function: Command) -> Command:
    """The option --date: the reference date of an extract."""
    return click.option(
        "--date",
        default=None,
        metavar=WORDS("YYYY-MM-DD"),
        help=WORDS("Reference date; the latest extract unless given."),
    )(function)


def engine_option(function: Command) -> Command:
    """The option --engine: where the register is evaluated."""
    return click.option(
        "--engine",
        default="auto",
        show_default=True,
        metavar="auto|local[N]|spark://HOST:PORT|sc://HOST:PORT|connect",
        help=WORDS("Where the register is evaluated: on this machine, or on an Apache Spark. No figure depends on it."),
    )(function)


def spoken(lang: Language | None, town: Language | None = None) -> Words:
    """The words of a command: in the language of --lang, else of the environment, else of the town."""
    chosen = lang or asked_for() or town or "de"
    click.get_current_context().ensure_object(dict)["language"] = chosen
    return Words(chosen)


def to_stderr(line: str) -> None:
    """Prints a line of progress or trouble, which is no result."""
    click.echo(line, err=True)


def show_error(error: VielfaltError, words: Words) -> None:
    """What went wrong, where, and what to do next."""
    lines = [words(error.what, **error.values)]
    if error.where:
        lines.append(f"  {words('Where')}: {error.where}")
    if error.todo:
        lines.append(f"  {words('What to do')}: {words(error.todo, **error.values)}")
    to_stderr("\n".join(lines))


def print_json(content: object) -> None:
    """Prints one JSON object, the result of a command."""
    import json

    click.echo(json.dumps(content, ensure_ascii=False))
