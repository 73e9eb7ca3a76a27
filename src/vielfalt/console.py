"""What the command line shows: progress on standard error, results on standard output."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from vielfalt import definitions, programme
from vielfalt.publish.results import Capability
from vielfalt.register.checks import Finding, check
from vielfalt.words import N_, Words


class Steps:
    """Shows each named step with its time while it runs; a bar when standard error is a terminal, lines otherwise."""

    def __init__(self, names: Mapping[str, str], words: Words) -> None:
        self._names, self._words = names, words
        self._width = max(len(words(title)) for title in names.values()) + 2
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=len(names))

    @contextmanager
    def shown(self) -> Iterator[Steps]:
        """Shows the bar as long as the context lasts."""
        with self._progress:
            yield self

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """One step: named while it runs, its time printed when it is done."""
        title = self._words(self._names[name])
        self._progress.update(self._task, description=title)
        begun = time.perf_counter()
        yield
        seconds = self._words.number(time.perf_counter() - begun, 1)
        self._console.print(f"  {title:<{self._width}}{seconds:>7} s", highlight=False)
        self._progress.advance(self._task)


def show_findings(found: Iterable[Finding], headings: Mapping[str, str], words: Words) -> None:
    """The findings: how often, what, what happens to the rows, and below it check, field and first row numbers.

    Where it is about no rows the place is the heading that stands for the field in the column profile.
    """
    table = Table(title=words("Findings"), title_justify="left", box=SIMPLE_HEAD)
    table.add_column(words("Rows"), justify="right", no_wrap=True)
    table.add_column(words("Finding and consequence"), overflow="fold")
    for one in found:
        entry = check(one.check)
        where = words("rows {rows}", rows=", ".join(map(str, one.records[:6])) + (" …" if one.rows > 6 else ""))
        if not one.rows:
            where = words("heading “{heading}”", heading=headings[one.field]) if one.field in headings else ""
        place = " · ".join(part for part in (one.check, one.field, where) if part)
        table.add_row(words.number(one.rows), f"{words(entry.message)} {words(entry.consequence)}\n{place}")
    Console(highlight=False).print(table if table.row_count else words("No findings."))


def show_capabilities(found: Iterable[Capability], words: Words) -> None:
    """The capability report: what this extract can support, and which field is missing for the rest."""
    table = Table(title=words("What this extract can support"), title_justify="left", box=SIMPLE_HEAD)
    for heading in (N_("Kind"), N_("Title"), N_("Possible"), N_("Missing fields")):
        table.add_column(words(heading), overflow="fold")
    kinds = {"table": words("Table"), "definition": words("Definition")}
    titles = {
        **{("table", entry.id): entry.title for entry in programme.ALL},
        **{("definition", entry.id): entry.title for entry in definitions.ALL},
    }
    for one in found:
        missing = ", ".join(need.replace("|", f" {words('or')} ") for need in one.missing)
        title = f"{words(titles[one.kind, one.id])} ({one.id})"
        table.add_row(kinds[one.kind], title, words("yes") if one.possible else words("no"), missing)
    Console(highlight=False).print(table)


def show_table(title: str, headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table of printed text; numbers stand to the right, as narrow as their longest word; single words stay whole.

    It has no edges: with them German words would not fit into eighty columns.
    """
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    printed = [tuple(row) for row in rows]
    for place, heading in enumerate(headings):
        number = place > 0 and all(not any(sign.isalpha() for sign in row[place]) for row in printed)
        texts = (heading, *(row[place] for row in printed))
        longest = max(len(word) for text in texts for word in text.split(" "))
        table.add_column(
            heading,
            justify="right" if number else "left",
            overflow="fold",
            min_width=longest,
            max_width=longest if number else None,
            no_wrap=not any(" " in text for text in texts),
        )
    for row in printed:
        table.add_row(*row)
    Console(highlight=False).print(table, "")
