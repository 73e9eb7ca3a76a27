"""What a run keeps of a date: held back until its release is there, then in place whole, though the program be killed.

Beside the files lies what the run was (``last_run``), with the name that its release is about to get: by it the next
run knows whether to end what was begun, or to clear it away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from vielfalt import dates
from vielfalt.publish.package import clear_leftovers
from vielfalt.register.links import LINKS
from vielfalt.vault import withdraw
from vielfalt.vault.keeping import MOVEMENT_ROOMS, ROOMS, TABLE
from vielfalt.vault.kept_dates import EVIDENCE, FACTS, PERSONS
from vielfalt.vault.last_run import FILE, LastRun, last_run, remember
from vielfalt.vault.totals import TOTALS
from vielfalt.vault.workspace import SCRATCH

_HELD_BACK = ".held-back"
_OF_A_RUN = (PERSONS, EVIDENCE, FACTS, LINKS, TOTALS, ROOMS, MOVEMENT_ROOMS, TABLE)


def hold(folder: Path, run: LastRun) -> None:
    """Writes beside what is held back what the run was; it must not be called before all of that is there."""
    names = {path.name for path in folder.iterdir()} - {FILE}
    remember(folder, replace(run, kept=tuple(sorted(names.union(run.kept)))))


@contextmanager
def held_back(vault: Path, releases: Path) -> Iterator[Path]:
    """The folder for what is kept of a date that is not released yet; gone afterwards, unless the release is there.

    Until the date is released (``ended``) the files of its last release stay: a later date is compared with these, and
    so with the residents whom that release counts.
    """
    folder = vault / _HELD_BACK
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        if not _released(folder, releases):
            _clear(folder)


def ended(vault: Path, releases: Path) -> tuple[Path, ...]:
    """Ends a run whose release is there, and clears away what is left of one without.

    Puts the releases away that it replaces, which are returned, and what was held back in place. After the program was
    killed in it, it may be called again.
    """
    folder = vault / _HELD_BACK
    withdrawn: tuple[Path, ...] = ()
    if run := _released(folder, releases):
        there = [path for name in run.replaced if (path := releases / name).is_dir()]
        withdrawn = withdraw.put_away(there, vault.parent)
        put_in_place(folder, vault, run.kept)
    _clear(folder)
    return withdrawn


def _released(folder: Path, releases: Path) -> LastRun | None:
    """The run that held back what is in the folder, where its release is there."""
    run = last_run(folder)
    return run if run is not None and (releases / run.release).is_dir() else None


def _clear(folder: Path) -> None:
    """Removes the folder, and that of the date where nothing is kept of it."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def put_in_place(folder: Path, vault: Path, kept: Sequence[str]) -> None:
    """Moves what was held back of a date to where the next run finds it; ``kept``: all files of the run.

    What an earlier run has left beside these goes. The facts go first and come last: without them a date is compared
    with none, with a link file of another run it would be compared wrongly. What the run was comes after all: until
    then it has not ended.
    """
    gone = {*_OF_A_RUN}.difference(kept) | ({FACTS} if (folder / FACTS).exists() else set())
    for name in gone:
        (vault / name).unlink(missing_ok=True)
    for path in sorted(folder.iterdir(), key=lambda path: (path.name == FILE, path.name == FACTS)):
        path.replace(vault / path.name)


def tidied(vault: Path, releases: Path) -> None:
    """Ends what killed runs have begun, of whatever date, and clears away what they were working with."""
    if releases.is_dir():
        clear_leftovers(releases)
    for day in dates.of_folders(vault.iterdir() if vault.is_dir() else ()):
        folder = vault / dates.to_iso(day)
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)
        ended(folder, releases)
