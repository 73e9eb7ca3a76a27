"""A comparison of rule sets as a screen may show it: rounded, so that no count says something about single people.

Every count is rounded to a multiple of the town's minimum cell, below it nothing but "fewer than" is said, and areas
with fewer residents than the minimum area show none. Sums are rounded by themselves, so nothing can be subtracted back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
import polars as pl

from vielfalt import codes, console, definitions
from vielfalt.cells import Protection
from vielfalt.geography import TOWN
from vielfalt.tools.definitions_compared import Compared, Comparison
from vielfalt.words import N_, Words

MOST_AREAS = 40
"""Levels with more areas are not shown on screen; the files hold them."""
_COUNTS = ("residents", "changed", "with_before", "with_after", "open_before", "open_after")


@dataclass(frozen=True)
class Shown:
    """One table for the screen: title, headings (the first column is text), rows of printed text."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def rounded(count: int, protection: Protection) -> int | None:
    """The count to the nearest multiple of the minimum cell; None below it, zero stays zero."""
    base = protection.min_cell
    if 0 < count < base:
        return None
    return (count + base // 2) // base * base


def as_json(found: Compared, protection: Protection) -> Mapping[str, Any]:
    """The comparison as one object. Counts are rounded; null is a count below the minimum cell or in a small area."""
    return {
        "rule_set": found.rule_set.id,
        "rounded_to": protection.min_cell,
        "residents": rounded(found.definitions.residents, protection),
        "definitions": _records(found.definitions.shares, protection),
        "immigration_history": _records(found.definitions.history, protection),
        "comparisons": [_as_json(one, protection) for one in found.comparisons],
        "files": [str(path) for path in found.files],
    }


def show(found: Compared, protection: Protection, words: Words) -> None:
    """Prints the comparison: its tables, then what is to be said of them."""
    for table in tables(found, protection, words):
        console.show_table(table.title, table.headings, table.rows)
    for line in remarks(found, protection, words):
        click.echo(line)


def _as_json(one: Comparison, protection: Protection) -> Mapping[str, Any]:
    moved = one.classes.filter(pl.col("status_before") != pl.col("status_after"))
    return {
        "with": one.rule_set.id,
        "changed": rounded(int(moved["n"].sum()), protection),
        "classes": _records(one.classes, protection),
        "areas": [
            {"level": row["level"], "area": row["area"], **_area(row, protection)} for row in one.areas.to_dicts()
        ],
    }


def _records(frame: pl.DataFrame, protection: Protection) -> list[Mapping[str, Any]]:
    return [
        {name: rounded(value, protection) if isinstance(value, int) else value for name, value in row.items()}
        for row in frame.to_dicts()
    ]


def _area(row: Mapping[str, Any], protection: Protection) -> Mapping[str, int | None]:
    """The rounded counts of one area; none at all where too few people live."""
    if row["residents"] < protection.min_area:
        return dict.fromkeys(_COUNTS)
    return {name: rounded(row[name], protection) for name in _COUNTS}


def tables(found: Compared, protection: Protection, words: Words) -> Iterator[Shown]:
    """The definitions side by side, immigration history beside migration background, then each other rule set."""
    yield _definitions(found, protection, words)
    yield _history(found, protection, words)
    for one in found.comparisons:
        yield _classes(found, one, protection, words)
        for level in (TOWN, *(level.id for level in found.geography.levels)):
            if len(found.geography.names(level)) <= MOST_AREAS:
                yield _areas(found, one, level, protection, words)


def _definitions(found: Compared, protection: Protection, words: Words) -> Shown:
    headings = (N_("Definition"), N_("Rule set"), N_("Residents"), N_("Counted apart"), N_("Not determinable"))
    rows = (
        (
            f"{words(definitions.definition(row['definition']).title)} ({row['definition']})",
            row["rule_set"] or "–",
            *(_text(row[name], protection, words) for name in ("n", "apart", "undeterminable")),
        )
        for row in found.definitions.shares.to_dicts()
    )
    return Shown(words(N_("Definitions side by side")), tuple(map(words, headings)), tuple(rows))


def _history(found: Compared, protection: Protection, words: Words) -> Shown:
    histories = [row.key for row in codes.categories("immigration_history")]
    counts = {tuple(row[:-1]): row[-1] for row in found.definitions.history.iter_rows()}
    rows = tuple(
        (
            background.label(words.language),
            *(_text(counts.get((background.key, history), 0), protection, words) for history in histories),
        )
        for background in codes.categories("mh_register")
    )
    labels = [row.label(words.language) for row in codes.categories("immigration_history")]
    title = words(N_("Migration background and immigration history ({rule_set})"), rule_set=found.rule_set.id)
    return Shown(title, (words(N_("Migration background")), *labels), rows)


def _classes(found: Compared, one: Comparison, protection: Protection, words: Words) -> Shown:
    """Who changes class: from which to which, and the rules that decided on either side."""
    moved = one.classes.filter(pl.col("status_before") != pl.col("status_after"))
    largest_first = sorted(moved.to_dicts(), key=lambda row: -(rounded(row["n"], protection) or 0))
    label = {row.key: row.label(words.language) for row in codes.categories("migration_status")}
    rows = tuple(
        (
            label[row["status_before"]],
            row["rule_before"],
            label[row["status_after"]],
            row["rule_after"],
            _text(row["n"], protection, words),
        )
        for row in largest_first
    )
    title = words(
        N_("{before} → {after}: about {n} of {residents} residents change class"),
        before=found.rule_set.id,
        after=one.rule_set.id,
        n=_text(int(moved["n"].sum()), protection, words),
        residents=_text(found.definitions.residents, protection, words),
    )
    headings = (N_("From"), N_("Rule"), N_("To"), N_("Rule"), N_("Residents"))
    return Shown(title, tuple(map(words, headings)), rows)


def _areas(found: Compared, one: Comparison, level: str, protection: Protection, words: Words) -> Shown:
    names = found.geography.names(level)
    rows = []
    for row in one.areas.filter(pl.col("level") == level).to_dicts():
        counts = _area(row, protection)
        before, after = counts["with_before"], counts["with_after"]
        net = "." if before is None or after is None else f"{after - before:+d}" if after != before else "0"
        if row["residents"] < protection.min_area:
            cells = ["."] * (len(_COUNTS))
        else:
            cells = [_text(row[name], protection, words) for name in _COUNTS]
        rows.append((names[row["area"]], *cells[:4], net, *cells[4:]))
    title = words(N_("Town as a whole")) if level == TOWN else found.geography.level(level).title
    headings = (
        N_("Area"),
        N_("Residents"),
        N_("Change class"),
        N_("With migration background: before"),
        N_("after"),
        N_("net"),
        N_("Not determinable: before"),
        N_("after"),
    )
    pair = f"{found.rule_set.id} → {one.rule_set.id}"
    return Shown(f"{pair}: {title}", tuple(map(words, headings)), tuple(rows))


def _text(count: int, protection: Protection, words: Words) -> str:
    shown = rounded(count, protection)
    return f"<{protection.min_cell}" if shown is None else words.number(shown)


def remarks(found: Compared, protection: Protection, words: Words) -> Iterator[str]:
    """How to read the counts, what the definitions cannot say, and where the raw counts lie."""
    yield words(
        N_("Counts are rounded to multiples of {n}; areas with fewer than {m} residents show none (“.”)."),
        n=protection.min_cell,
        m=protection.min_area,
    )
    for row in found.definitions.shares.to_dicts():
        entry = definitions.definition(row["definition"])
        yield f"{words(entry.title)}: {words(entry.limits)}"
    yield words(
        N_("The exact counts lie in {folder}. They say something about single people: they stay in the house."),
        folder=found.files[0].parent,
    )
