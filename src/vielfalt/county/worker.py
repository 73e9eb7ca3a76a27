"""The process of one town: runs it and tells each step on standard output, a JSON object per line.

Nothing about people goes through it: names of steps, the release, or the sentence of an error. When its standard input
closes it clears away what it was working with and ends: the county was interrupted or killed, and no town outlives it.
Before its releases are put away it asks the county, which answers with a line.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from vielfalt.words import Words

TIDYING = 15
"""Seconds that a town has to put away what it was working with, when the county is interrupted."""


def main(folder: str, date: str, language: str, engine: str, *replaced: str) -> int:
    """Runs the town on an engine (``workspace.opening``) and returns the exit code of its outcome.

    ``replaced``: releases to be put away (``pipeline.run``).
    """
    from vielfalt import pipeline
    from vielfalt.errors import known
    from vielfalt.town import read_town
    from vielfalt.vault import workspace

    heard = threading.Event()
    for end in (signal.SIGINT, signal.SIGTERM):  # whoever started the county may ignore them: the scratch folder goes
        signal.signal(end, signal.default_int_handler)
    threading.Thread(target=_listen, args=(heard,), daemon=True).start()
    words = Words("en" if language == "en" else "de")
    try:
        town = read_town(Path(folder))
        away, opened = [Path(release) for release in replaced], workspace.opening(engine, _step)
        released = pipeline.run(town, int(date), town.language, _step, away, opened, partial(_ask, heard))
    except Exception as error:
        told = known(error)
        message = words(told.what, **told.values)
        todo = words(told.todo, **told.values)
        _tell(message=message, where=told.where, todo=todo)
        return told.exit_code
    withdrawn = [str(path) for path in released.withdrawn]
    _tell(release=str(released.folder), unchanged=released.unchanged, withdrawn=withdrawn)
    return 0


def _listen(heard: threading.Event) -> None:
    """Notes each answer of the county; ends with it, by force where a library does not let itself be interrupted."""
    while os.read(sys.stdin.fileno(), 1):  # a buffered read would hold its lock when the program ends
        heard.set()
    # A signal would do on Linux; Windows has none that lets a program tidy up, nor one that ends its waiting.
    _thread.interrupt_main()
    heard.set()
    time.sleep(TIDYING)
    os._exit(130)


def _ask(heard: threading.Event, releases: Sequence[Path]) -> None:
    """Waits until the county has put away what is made of these releases."""
    if releases:
        _tell(replaces=[path.name for path in releases])
        heard.wait()


@contextmanager
def _step(name: str) -> Iterator[None]:
    _tell(step=name)
    yield


def _tell(**content: object) -> None:
    sys.stdout.write(f"{json.dumps(content)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
