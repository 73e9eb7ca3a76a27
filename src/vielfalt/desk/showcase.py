"""What the start page of the demonstration says about towns that are still being made, kept in one small file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from vielfalt.wholefile import written_whole
from vielfalt.words import N_

State = Literal["waiting", "running", "done", "refused"]
STATES: dict[State, str] = {
    "waiting": N_("waiting"),
    "running": N_("in work"),
    "done": N_("done"),
    "refused": N_("not released"),
}
_FILE = "progress.json"


@dataclass(frozen=True)
class Job:
    """One release to be made: its town and reference date (yyyymmdd), how far it is, and why it was refused."""

    ags: str
    town: str
    date: int
    state: State = "waiting"
    reason: str = ""

    @property
    def said(self) -> str:
        """The state as a message id."""
        return STATES[self.state]


def tell(folder: Path, jobs: Sequence[Job]) -> None:
    """Writes how far the jobs are; readers see the old file or the new one, never half of it."""
    with written_whole(folder / _FILE) as partial:
        partial.write_text(json.dumps([asdict(job) for job in jobs]), encoding="utf-8", newline="\n")


def told(folder: Path) -> list[Job]:
    """How far the jobs are; none outside the demonstration."""
    try:
        return [Job(**entry) for entry in json.loads((folder / _FILE).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def moved(jobs: Sequence[Job], number: int, state: State, reason: str = "") -> list[Job]:
    """The jobs with one of them further on."""
    return [replace(job, state=state, reason=reason) if at == number else job for at, job in enumerate(jobs)]
