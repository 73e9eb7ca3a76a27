"""Runs the towns of a county, each in a process of its own, as many at once as memory and processors allow."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from vielfalt.county import memory
from vielfalt.county.project import Member
from vielfalt.county.worker import TIDYING
from vielfalt.errors import EngineError, StorageError, VielfaltError
from vielfalt.vault.workspace import AUTO
from vielfalt.words import N_, Words

State = Literal["waiting", "running", "released", "unchanged", "failed"]
STATES: Mapping[State, str] = {
    "waiting": N_("waiting"),
    "running": N_("running"),
    "released": N_("released"),
    "unchanged": N_("unchanged"),
    "failed": N_("failed"),
}
"""What a state is called."""
_MESSAGES = ({"step"}, {"message", "where", "todo"}, {"release", "unchanged", "withdrawn"}, {"replaces"})
"""The parts of what a town tells: the step it is at, why there is no release, its release, and the names of those that
it is about to put away (``worker``)."""
_LOOK = 0.2
"""Seconds after which the times of running towns are shown anew."""
_MORE = 5
"""Seconds after which a town is killed that has not ended in its own time (``worker.TIDYING``)."""


@dataclass(frozen=True)
class Standing:
    """How far one town is: state, the step it is at, seconds; then its release, or why there is none.

    ``withdrawn``: where releases that were replaced lie now.
    """

    member: Member
    state: State = "waiting"
    step: str = ""
    seconds: float = 0.0
    release: str = ""
    withdrawn: tuple[str, ...] = ()
    exit_code: int = 0
    message: str = ""
    where: str = ""
    todo: str = ""

    @property
    def done(self) -> bool:
        """Whether the town has a release of the date."""
        return self.state in ("released", "unchanged")


Show = Callable[[Sequence[Standing]], None]
"""Called whenever a town has come further."""
Replaced = Mapping[Path, Sequence[Path]]
"""By the folder of a project its releases that nobody outside has seen, to be put away (``pipeline.run``)."""
NOTHING: Replaced = {}
BeforeReplacing = Callable[[Member, Sequence[str]], None]
"""Called before a town puts releases away, with their names."""


@dataclass(frozen=True)
class _Running:
    """A town at work: its process, and when it was started."""

    process: subprocess.Popen[str]
    begun: float


def run_towns(
    members: Sequence[Member],
    date: int,
    allowed: int,
    cores: int,
    words: Words,
    show: Show,
    engine: str = AUTO,
    replaced: Replaced = NOTHING,
    before_replacing: BeforeReplacing = lambda _, __: None,
) -> tuple[Standing, ...]:
    """Runs every town to its end, whatever becomes of the others; their outcomes in the same order.

    ``allowed``: the bytes of memory for all at once; ``cores``: how many at once; ``engine``: ``workspace.opening``.
    """
    needs = [memory.needed(member.town.extract(date), engine) if member.town else 0 for member in members]
    standings = [_before(member, need, allowed, words) for member, need in zip(members, needs, strict=True)]
    waiting = [place for place, one in enumerate(standings) if one.state == "waiting"]
    running: dict[int, _Running] = {}
    told: queue.Queue[tuple[int, Mapping[str, Any] | None]] = queue.Queue()
    try:
        while waiting or running:
            for place in _that_fit(waiting, running, needs, allowed, cores):
                waiting.remove(place)
                away = map(str, replaced.get(members[place].folder, ()))
                running[place] = _start(members[place], (str(date), words.language, engine, *away), place, told)
                standings[place] = replace(standings[place], state="running")
            show(_timed(standings, running))
            with suppress(queue.Empty):
                place, content = told.get(timeout=_LOOK)
                if content and "replaces" in content:
                    _answered(running[place].process, partial(before_replacing, members[place], content["replaces"]))
                else:
                    standings[place] = _further(standings[place], content, running[place], words)
                if content is None:
                    del running[place]
    finally:
        _end([each.process for each in running.values()])
    show(standings)
    return tuple(standings)


def _before(member: Member, need: int, allowed: int, words: Words) -> Standing:
    """A town before it starts; failed where it cannot."""
    if member.town is None:
        assert member.error is not None  # what else keeps a project from being read
        return _failed(Standing(member), member.error, words)
    if need > allowed:
        error = StorageError(
            N_("The run would need about {need} GB of memory; {allowed} GB are allowed."),
            where=member.folder,
            need=words.number(need / 1e9, 1),
            allowed=words.number(allowed / 1e9, 1),
            todo=N_("Close other programs, or raise “memory_gb” in county.toml."),
        )
        return _failed(Standing(member), error, words)
    return Standing(member)


def _failed(standing: Standing, error: VielfaltError, words: Words) -> Standing:
    return replace(
        standing,
        state="failed",
        exit_code=error.exit_code,
        message=words(error.what, **error.values),
        where=error.where,
        todo=words(error.todo, **error.values),
    )


def _that_fit(
    waiting: Sequence[int], running: Iterable[int], needs: Sequence[int], allowed: int, cores: int
) -> list[int]:
    """The towns to start now: in their order, smaller ones past a larger one that does not fit yet."""
    at_work = [needs[place] for place in running]
    free, places = allowed - sum(at_work), cores - len(at_work)
    found = []
    for place in waiting:
        if needs[place] <= free and places > 0:
            found.append(place)
            free, places = free - needs[place], places - 1
    return found


def _start(
    member: Member, given: tuple[str, ...], place: int, told: queue.Queue[tuple[int, Mapping[str, Any] | None]]
) -> _Running:
    # -P: a file in the folder that somebody happens to stand in is never taken for a part of the program.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "vielfalt.county.worker", str(member.folder), *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl+C is for the county, which ends its towns; Windows asks for a group instead
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )

    def listen() -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                with suppress(ValueError):  # what a library prints is no message, whatever its form
                    content = json.loads(line)
                    if isinstance(content, dict) and content.keys() in _MESSAGES:
                        told.put((place, content))
        process.wait()
        told.put((place, None))

    threading.Thread(target=listen, daemon=True).start()
    return _Running(process, time.perf_counter())


def _answered(process: subprocess.Popen[str], first: Callable[[], None]) -> None:
    """Does what a town has asked for, and lets it go on."""
    first()
    assert process.stdin is not None
    with suppress(OSError):  # it has ended, which its next message says
        process.stdin.write("\n")
        process.stdin.flush()


def _end(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Ends towns at work: each removes its scratch folder when nobody writes to it any more (``worker``)."""
    for each in processes:
        assert each.stdin is not None
        with suppress(OSError):  # what could not be written when it was closed
            each.stdin.close()
    until = time.monotonic() + TIDYING + _MORE
    for each in processes:
        try:
            each.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            each.kill()
            each.wait()


def _further(standing: Standing, content: Mapping[str, Any] | None, running: _Running, words: Words) -> Standing:
    """The standing of a town after one message of its process; None: the process has ended."""
    seconds = time.perf_counter() - running.begun
    if content is not None:
        if "release" in content:
            state: State = "unchanged" if content["unchanged"] else "released"
            away = tuple(content["withdrawn"])
            return replace(standing, state=state, step="", release=content["release"], withdrawn=away, seconds=seconds)
        return replace(standing, seconds=seconds, **content)
    assert running.process.stdin is not None
    running.process.stdin.close()
    code = running.process.returncode
    if code == 0 and standing.done:
        return replace(standing, seconds=seconds)
    if standing.message:
        return replace(standing, state="failed", exit_code=code, seconds=seconds)
    error = EngineError(
        N_("The run was ended from outside (code {code}); memory may have run out."),
        where=standing.member.folder,
        code=code,
        todo=N_("Start the county again; what is done stays done. If it happens again, lower “memory_gb”."),
    )
    return replace(_failed(standing, error, words), seconds=seconds)


def _timed(standings: Sequence[Standing], running: Mapping[int, _Running]) -> list[Standing]:
    """The standings with the time that towns at work have taken so far."""
    now = time.perf_counter()
    return [
        replace(one, seconds=now - running[place].begun) if place in running else one
        for place, one in enumerate(standings)
    ]
