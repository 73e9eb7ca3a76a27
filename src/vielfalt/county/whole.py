"""The run of a county: every town apart, each to its own end, then the release of the county they make."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vielfalt.county import memory
from vielfalt.county.project import Member, Plan
from vielfalt.county.releasing import CountyReleased, release_county
from vielfalt.county.running import NOTHING, Replaced, Show, Standing, State, run_towns
from vielfalt.county.wording import county_words
from vielfalt.errors import VielfaltError, known
from vielfalt.town import Town
from vielfalt.vault import withdraw
from vielfalt.vault.locking import alone_in
from vielfalt.vault.workspace import AUTO
from vielfalt.words import Words


@dataclass(frozen=True)
class Outcome:
    """What became of the towns of a county on a reference date, and its own release or why there is none.

    Without ``released`` and ``error`` a town has failed: a county is released with all its towns or not at all.
    ``withdrawn``: where releases of the county that were replaced lie now.
    """

    date: int
    towns: tuple[Standing, ...]
    released: CountyReleased | None = None
    error: VielfaltError | None = None
    withdrawn: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """That of the first town that failed, else that of the county's own release."""
        return next((one.exit_code for one in self.towns if not one.done), self.error.exit_code if self.error else 0)


def releases_of(plan: Plan) -> Replaced:
    """All releases of the date: those of every town and of the county."""
    folders = {member.folder: member.town.releases for member in plan.members if member.town}
    folders[plan.county.root] = plan.county.releases
    return {root: withdraw.of_date(releases, plan.date) for root, releases in folders.items()}


def run_county(plan: Plan, words: Words, show: Show, engine: str = AUTO, replaced: Replaced = NOTHING) -> Outcome:
    """Runs all towns of the county on an engine (``workspace.opening``) and releases the county, unless a town failed.

    ``replaced``: releases that nobody outside has seen (``releases_of``); each project's are not counted as published,
    and are put away once its new one is written. Where a town's was put away but the county got no new one, its former
    ones go all the same: they are made of that town's, and beside its new one would tell what has changed. Raises
    BusyError beside another run of the county.
    """
    with alone_in(plan.county.vault):
        outcome = _run(plan, words, show, engine, replaced)
        if outcome.released or not _put_away(replaced, plan.county.root):
            return outcome
        left = [folder for folder in replaced.get(plan.county.root, ()) if folder.exists()]
        try:
            return replace(outcome, withdrawn=withdraw.put_away(left, plan.county.vault))
        except OSError as error:
            return replace(outcome, error=outcome.error or known(error))


def _put_away(replaced: Replaced, root: Path) -> bool:
    """Whether a release of a town is gone from its place: a town that failed after that does not tell it."""
    return any(not folder.exists() for project, folders in replaced.items() if project != root for folder in folders)


def _run(plan: Plan, words: Words, show: Show, engine: str, replaced: Replaced) -> Outcome:
    county, date = plan.county, plan.date
    allowed = county.memory or memory.available()
    standings = run_towns(plan.members, date, allowed, memory.cores(), words, show, engine, replaced)
    towns = [(one.member.town, Path(one.release)) for one in standings if one.member.town and one.done]
    if len(towns) < len(standings):
        return Outcome(date, standings)
    try:
        with ExitStack() as alone:  # nobody evaluates a town anew while the county is made of it
            for town, _ in towns:
                alone.enter_context(alone_in(town.vault))
            released = _released(plan, towns, standings, show, replaced)
        return Outcome(date, standings, released, withdrawn=released.withdrawn)
    except Exception as error:
        return Outcome(date, standings, error=known(error))


def _released(
    plan: Plan, towns: Sequence[tuple[Town, Path]], standings: Sequence[Standing], show: Show, replaced: Replaced
) -> CountyReleased:
    """Releases the county and shows how far it is, in a line below those of its towns."""
    county, words = plan.county, county_words(plan.county.language)
    own, begun = Standing(Member(county.root, None, title=county.name), state="running"), time.perf_counter()

    @contextmanager
    def step(name: str) -> Iterator[None]:
        show((*standings, replace(own, step=name, seconds=time.perf_counter() - begun)))
        yield

    show((*standings, own))
    try:
        done = release_county(county, plan.date, towns, words, step, replaced.get(county.root, ()))
    except Exception:
        show((*standings, replace(own, state="failed", seconds=time.perf_counter() - begun)))
        raise
    state: State = "unchanged" if done.unchanged else "released"
    show((*standings, replace(own, state=state, seconds=time.perf_counter() - begun)))
    return done
