"""Several processes that answer at one address: one of Python computes on one core, a page of figures is computing."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

_LOG = logging.getLogger("vielfalt.desk")
_SOON_SECONDS = 10
_LONGEST_PAUSE = 30
_WORTH_TELLING = 3
"""One or two may have been ended by hand."""
Listener: TypeAlias = socket.socket
MOST = 4
"""Each has its own pages in memory and eight connections to the database, which PostgreSQL allows a hundred of."""


def count() -> int:
    """How many processes serve: one per core on a database server, where the system can copy processes; else one.

    SQLite has one writer at a time, and the worker of its desk lives in the process that serves.
    """
    apart = bool(os.environ.get("DATABASE_URL")) and hasattr(os, "fork")
    return min(os.cpu_count() or 1, MOST) if apart else 1


def listening(host: str, port: int) -> Listener:
    """A socket at this address that all processes take requests from. Raises OSError or ValueError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1_024)


def keep(number: int, serve: Callable[[], None]) -> None:
    """Runs ``serve`` in so many processes until this one ends, however that is; one that dies is replaced.

    After processes that die soon after their start the next one waits, longer each time, and the log says so: what
    kills them at once would else keep the machine busy for nothing. This process itself serves nobody: without threads
    and connections it can be copied at any time.
    """
    signal.siginterrupt(signal.SIGINT, True)  # Polars has the system go on with a wait that Ctrl+C broke off
    ours, theirs = os.pipe()
    running: dict[int, float] = {}
    in_vain = 0
    try:
        while True:
            while len(running) < number:
                running[_begun(ours, theirs, serve)] = time.monotonic()
            ended, _ = os.wait()
            lived = time.monotonic() - running.pop(ended, 0.0)
            in_vain = in_vain + 1 if lived < _SOON_SECONDS else 0
            if in_vain:
                _wait(in_vain)
    finally:
        os.close(theirs)  # the end of the others, too
        for process in running:
            os.waitpid(process, 0)


def pause(in_vain: int) -> float:
    """Seconds to wait after so many processes in a row that died soon: half of one, doubled each time, 30 at most."""
    return float(min(2 ** min(in_vain - 2, 10), _LONGEST_PAUSE))


def _wait(in_vain: int) -> None:
    seconds = pause(in_vain)
    if in_vain >= _WORTH_TELLING:
        _LOG.error(
            "%d processes of the desk in a row have ended soon after their start; the next one starts in %d s. "
            "The lines above tell why; “vielfalt desk check” looks for faults.",
            in_vain,
            seconds,
        )
    time.sleep(seconds)


def _begun(ours: int, theirs: int, serve: Callable[[], None]) -> int:
    """The id of a new process that serves as long as the other end of the pipe is held."""
    process = os.fork()
    if process:
        return process
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the first process, which ends this one
        os.close(theirs)
        threading.Thread(target=_end_with, args=(ours,), daemon=True).start()
        serve()
    finally:
        os._exit(1)


def _end_with(pipe: int) -> None:
    os.read(pipe, 1)
    os._exit(0)
