"""Commands of county mode: a new county project, and the run of all its towns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vielfalt import dates
from vielfalt.commands.options import (
    FOLDER,
    WORDS,
    date_option,
    engine_option,
    json_option,
    lang_option,
    print_json,
    show_error,
    spoken,
    to_stderr,
)
from vielfalt.words import N_, Language, Words, typed

if TYPE_CHECKING:
    from vielfalt.county.running import Standing
    from vielfalt.county.whole import Outcome


@click.group(help=WORDS("Several towns at once: evaluate the town projects of a county, and release the county."))
def county() -> None:
    """The group of the county's commands."""


@county.command(help=WORDS("Write a new county project into FOLDER: a commented county.toml."))
@click.argument("folder", type=FOLDER)
@lang_option
def init(folder: Path, lang: Language | None) -> None:
    """Writes a new county project."""
    from vielfalt.county.project import init_county

    words = spoken(lang)
    click.echo(str(init_county(folder, words)))
    click.echo(words("Next: name the towns in county.toml, then: vielfalt county run {folder}", folder=typed(folder)))


@county.command(
    help=WORDS("Evaluate every town of the county project FOLDER apart from the others, then release the county.")
)
@click.argument("folder", type=FOLDER)
@date_option
@click.option(
    "--replace",
    is_flag=True,
    help=WORDS(
        "Put the earlier releases of this reference date away, those of every town and of the county. Only if nobody "
        "outside has seen one of them."
    ),
)
@engine_option
@json_option
@lang_option
def run(folder: Path, date: str | None, replace: bool, engine: str, as_json: bool, lang: Language | None) -> None:
    """Evaluates the towns of a county."""
    from vielfalt.county import project
    from vielfalt.county.agreeing import foreseen
    from vielfalt.county.showing import shown
    from vielfalt.county.whole import releases_of, run_county
    from vielfalt.vault import workspace

    county = project.read_county(folder)
    words = spoken(lang, county.language)
    workspace.opening(engine)  # one that does not exist is told once, not for every town
    plan = project.planned(county, dates.from_iso(date) if date else 0)
    if error := foreseen(plan):
        show_error(error, words)
    replaced = releases_of(plan) if replace else {}
    with shown(words, to_stderr) as show:
        outcome = run_county(plan, words, show, engine, replaced)
    if as_json:
        print_json(_as_json(outcome, words))
    else:
        for line in _lines(outcome, words):
            click.echo(line)
    if outcome.error:
        show_error(outcome.error, words)
    sys.exit(outcome.exit_code)


def _lines(outcome: Outcome, words: Words) -> Iterator[str]:
    """The release of each town, or what went wrong, where, and what to do; then those of the county."""
    for one in outcome.towns:
        told = one.release or " ".join(filter(None, (one.message, one.where and f"({one.where})", one.todo)))
        yield f"{one.member.name}: {told}"
    failed = sum(not one.done for one in outcome.towns)
    if failed:
        yield words.plural(
            "{n} town has no release of this date, so the county was not released. The next run goes on from here.",
            "{n} towns have no release of this date, so the county was not released. The next run goes on from here.",
            failed,
        )
    if outcome.released:
        said = N_("The county has not changed. Its release lies in {folder}")
        done = N_("The county is released: {folder}")
        yield words(said if outcome.released.unchanged else done, folder=outcome.released.folder)
        for id, town in outcome.released.missing:
            yield words("The table {table} is left out of the county: {town} does not have it.", table=id, town=town)
    for path in _withdrawn(outcome):
        yield words("Put away, no longer counted as published: {folder}", folder=path)


def _withdrawn(outcome: Outcome) -> list[str]:
    """Where the releases that were replaced lie now: those of the towns, then the county's."""
    return [path for one in outcome.towns for path in one.withdrawn] + [str(path) for path in outcome.withdrawn]


def _as_json(outcome: Outcome, words: Words) -> dict[str, object]:
    released, error = outcome.released, outcome.error
    return {
        "date": dates.to_iso(outcome.date),
        "towns": [_town_as_json(one) for one in outcome.towns],
        "release": str(released.folder) if released else None,
        "unchanged": bool(released and released.unchanged),
        "withdrawn": _withdrawn(outcome),
        "left_out": dict(released.missing) if released else {},
        "error": words(error.what, **error.values) if error else None,
    }


def _town_as_json(one: Standing) -> dict[str, object]:
    return {
        "town": one.member.name,
        "folder": str(one.member.folder),
        "state": one.state,
        "seconds": round(one.seconds, 1),
        "release": one.release or None,
        "exit_code": one.exit_code,
        "message": one.message,
        "where": one.where,
        "todo": one.todo,
    }


ALL: tuple[click.Command, ...] = (county,)
