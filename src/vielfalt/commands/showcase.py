"""The demonstration in the desk: served as soon as its first map is there, while a second process makes the rest.

The second process ends with the first, however that ends: it reads from a pipe whose other end dies with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from vielfalt.desk import serving, showcase
from vielfalt.errors import VielfaltError
from vielfalt.tools import demonstration
from vielfalt.town import read_town
from vielfalt.words import LANGUAGES, Words

_PATIENCE = 20
"""Seconds that the second process has to tidy up after itself."""


def show(residents: int, folder: Path | None, words: Words, progress: Callable[[str], None]) -> None:
    """Serves the showcase until Ctrl+C (of which the command line makes whatever else ends a program).

    A temporary folder is gone afterwards; one that was named stays.
    """
    with suppress(KeyboardInterrupt):
        root = demonstration.written(residents, folder, words, progress)
        try:
            first, *later = read_town(root).reference_dates()
            package = demonstration.evaluated(root, first, words, progress).with_suffix(".zip")
            _serve(root, package, later, words)
        finally:
            if folder is None:
                shutil.rmtree(root.parent, ignore_errors=True)


def _serve(root: Path, first: Path, later: list[int], words: Words) -> None:
    town, desk = read_town(root), root / "desk"
    jobs = [showcase.Job(town.ags, town.name, date) for date in later]
    jobs += [showcase.Job(one.ags, one.name, demonstration.LATEST) for one in demonstration.NEIGHBOURS]
    with _second_process(root, words) as begin:

        def opened(port: int) -> None:
            showcase.tell(desk, jobs)
            begin()
            address = f"http://127.0.0.1:{port}/"
            click.echo(words("The desk is at {address}; end it with Ctrl+C.", address=address))
            webbrowser.open(f"{address}kommunen/{town.ags}/neueste/karte/")

        serving.show(desk, [first], words, opened)


@contextmanager
def _second_process(root: Path, words: Words) -> Iterator[Callable[[], None]]:
    """Gives a function that starts the second process; it is ended with the context."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        # A session of its own: Ctrl+C is for the first process, which ends this one in order.
        command = [sys.executable, "-m", "vielfalt.commands.showcase", str(root), words.language]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))

    try:
        yield begin
    finally:
        for process in started:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def make_the_rest(root: Path, words: Words, towns: tuple[demonstration.Neighbour, ...]) -> None:
    """Makes and imports every release that the start page announces, one after the other, and tells how far it is.

    A release that the audit refuses is told with its reason, and the next one is made.
    """
    desk = root / "desk"
    jobs = showcase.told(desk)
    known = {town.ags: town for town in towns}
    for number, job in enumerate(jobs):
        showcase.tell(desk, jobs := showcase.moved(jobs, number, "running"))
        try:
            where = root
            if job.ags in known:
                where = demonstration.settle(root / "towns", known[job.ags], words.language)
            serving.add_to_show(demonstration.quietly(where, job.date, words.language).with_suffix(".zip"), words)
            jobs = showcase.moved(jobs, number, "done")
        except VielfaltError as error:
            jobs = showcase.moved(jobs, number, "refused", words(error.what, **error.values))
        showcase.tell(desk, jobs)


def _end_with_the_first() -> None:
    """Ends this process, tidily, when the other end of the pipe is gone."""
    # Read without Python's buffer: its lock would be held at the end of the process, which Python calls fatal.
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(*_: object) -> None:
    raise SystemExit(0)


def main(root: str, language: str) -> None:
    """The second process: works until everything is made or the first process ends."""
    signal.signal(signal.SIGTERM, _stop)
    if hasattr(os, "nice"):
        os.nice(10)
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    make_the_rest(Path(root), Words(next(one for one in LANGUAGES if one == language)), demonstration.NEIGHBOURS)


if __name__ == "__main__":
    main(*sys.argv[1:])
