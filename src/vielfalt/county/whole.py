"""The run of a county: every town apart, each to its own end, then the release of the county they make."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vielfalt.county import memory
from vielfalt.county.project import Member, Plan
from vielfalt.county.releasing import CountyReleased, release_county
from vielfalt.county.running import NOTHING, BeforeReplacing, Replaced, Show, Standing, State, run_towns
from vielfalt.county.wording import county_words
from vielfalt.errors import VielfaltError, known
from vielfalt.publish.layout import DESCRIPTOR
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
    and are put away once its new one is written. Those of the county that are made of a town's go before that is put
    away, whatever becomes of the run: beside its new one they would tell what has changed. Raises BusyError beside
    another run of the county.
    """
    county, own = plan.county, replaced.get(plan.county.root, ())
    away: list[Path] = []

    def put_away(unfit: Callable[[set[tuple[str, str]]], bool]) -> None:
        """The county's own releases of whose parts this is said; of those that cannot be read, too."""
        there = ((folder, _made_of(folder)) for folder in own if folder.is_dir())
        left = [folder for folder, parts in there if parts is None or unfit(parts)]
        away.extend(withdraw.put_away(left, county.vault))

    def before_replacing(member: Member, names: Sequence[str]) -> None:
        gone = {(member.town.ags, name) for name in names} if member.town else set()
        put_away(lambda parts: not parts.isdisjoint(gone))

    with alone_in(county.vault):
        keys = {town.ags for town in plan.towns}
        found = {(town.ags, path.name) for town in plan.towns for path in withdraw.of_date(town.releases, plan.date)}
        put_away(lambda parts: not {part for part in parts if part[0] in keys} <= found)
        outcome = _run(plan, words, show, engine, replaced, before_replacing)
        return replace(outcome, withdrawn=(*away, *outcome.withdrawn))


def _made_of(folder: Path) -> set[tuple[str, str]] | None:
    """The towns' releases, by municipality key and name, that a release of the county is made of; None: not known."""
    try:
        content = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["vielfalt"]
        return {(part["ags"], part["release"]) for part in content["made_of"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _run(
    plan: Plan, words: Words, show: Show, engine: str, replaced: Replaced, before_replacing: BeforeReplacing
) -> Outcome:
    county, date = plan.county, plan.date
    allowed = county.memory or memory.available()
    cores = memory.cores()
    standings = run_towns(plan.members, date, allowed, cores, words, show, engine, replaced, before_replacing)
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
        left = [folder for folder in replaced.get(county.root, ()) if folder.is_dir()]
        done = release_county(county, plan.date, towns, words, step, left)
    except Exception:
        show((*standings, replace(own, state="failed", seconds=time.perf_counter() - begun)))
        raise
    state: State = "unchanged" if done.unchanged else "released"
    show((*standings, replace(own, state=state, seconds=time.perf_counter() - begun)))
    return done
