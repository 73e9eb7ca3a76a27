"""The run of a county: every town apart, each to its own end, then the release of the county they make."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vielfalt.county import memory
from vielfalt.county.project import County, Member, members, reference_date
from vielfalt.county.releasing import CountyReleased, release_county
from vielfalt.county.running import Show, Standing, State, run_towns
from vielfalt.county.wording import county_words
from vielfalt.errors import VielfaltError, known
from vielfalt.town import Town
from vielfalt.vault.locking import alone_in
from vielfalt.vault.workspace import AUTO
from vielfalt.words import Words


@dataclass(frozen=True)
class Outcome:
    """What became of the towns of a county on a reference date, and its own release or why there is none.

    Without ``released`` and ``error`` a town has failed: a county is released with all its towns or not at all.
    """

    date: int
    towns: tuple[Standing, ...]
    released: CountyReleased | None = None
    error: VielfaltError | None = None

    @property
    def exit_code(self) -> int:
        """That of the first town that failed, else that of the county's own release."""
        return next((one.exit_code for one in self.towns if not one.done), self.error.exit_code if self.error else 0)


def run_county(county: County, wanted: int, words: Words, show: Show, engine: str = AUTO) -> Outcome:
    """Runs all towns of the county on an engine (``workspace.opening``) and releases the county, unless a town failed.

    Raises TownError when the project contradicts itself, BusyError beside another run of the county.
    """
    found = members(county)
    date = reference_date(county, [member.town for member in found if member.town], wanted)
    with alone_in(county.vault):
        allowed = county.memory or memory.available()
        standings = run_towns(found, date, allowed, memory.cores(), words, show, engine)
        towns = [(one.member.town, Path(one.release)) for one in standings if one.member.town and one.done]
        if len(towns) < len(standings):
            return Outcome(date, standings)
        try:
            with ExitStack() as alone:  # nobody evaluates a town anew while the county is made of it
                for town, _ in towns:
                    alone.enter_context(alone_in(town.vault))
                return Outcome(date, standings, _released(county, date, towns, standings, show))
        except Exception as error:
            return Outcome(date, standings, error=known(error))


def _released(
    county: County, date: int, towns: Sequence[tuple[Town, Path]], standings: Sequence[Standing], show: Show
) -> CountyReleased:
    """Releases the county and shows how far it is, in a line below those of its towns."""
    own, begun = Standing(Member(county.root, None, title=county.name), state="running"), time.perf_counter()

    @contextmanager
    def step(name: str) -> Iterator[None]:
        show((*standings, replace(own, step=name, seconds=time.perf_counter() - begun)))
        yield

    show((*standings, own))
    try:
        done = release_county(county, date, towns, county_words(county.language), step)
    except Exception:
        show((*standings, replace(own, state="failed", seconds=time.perf_counter() - begun)))
        raise
    state: State = "unchanged" if done.unchanged else "released"
    show((*standings, replace(own, state=state, seconds=time.perf_counter() - begun)))
    return done
