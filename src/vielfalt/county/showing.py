"""The progress of a county: a table that stays on the terminal, or a line per step and town."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from vielfalt.county.running import STATES, Show, Standing
from vielfalt.steps import ON_A_CLUSTER
from vielfalt.words import N_, Words


@contextmanager
def shown(words: Words, to_stderr: Callable[[str], None]) -> Iterator[Show]:
    """What shows the standings of all towns: on standard error, as long as the context lasts."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield _lines(words, to_stderr)
        return
    with Live(console=console, refresh_per_second=4) as live:
        yield lambda standings: live.update(_table(standings, words))


def _table(standings: Sequence[Standing], words: Words) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for heading in (N_("Town"), N_("State"), N_("Step")):
        table.add_column(words(heading), overflow="fold")
    table.add_column(words("Seconds"), justify="right", no_wrap=True)
    for one in standings:
        seconds = words.number(one.seconds, 0) if one.seconds else ""
        table.add_row(one.member.name, words(STATES[one.state]), _what(one, words), seconds)
    return table


def _what(one: Standing, words: Words) -> str:
    """The step of a town at work; of a failed one what went wrong."""
    return one.message if one.state == "failed" else words(ON_A_CLUSTER.get(one.step, ""))


def _lines(words: Words, to_stderr: Callable[[str], None]) -> Show:
    """A line whenever state or step of a town has changed."""
    before: dict[int, tuple[str, str]] = {}

    def show(standings: Sequence[Standing]) -> None:
        for place, one in enumerate(standings):
            now = (one.state, one.step)
            if one.state != "waiting" and before.get(place) != now:
                before[place] = now
                what = _what(one, words)
                seconds = f" ({words.number(one.seconds, 1)} s)" if one.seconds and one.state != "running" else ""
                to_stderr(f"{one.member.name}: {words(STATES[one.state])}{seconds}{f' – {what}' if what else ''}")

    return show
