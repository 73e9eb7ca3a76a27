"""Several processes at one address: all answer, one that dies is replaced, and none outlives the first."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from vielfalt.desk import processes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="one process there")
PROGRAM = """
import os
import polars  # as the desk does; it changes what Ctrl+C does to a wait
from vielfalt.desk import processes
listener = processes.listening("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
def answer():
    while True:
        with listener.accept()[0] as found:
            found.sendall(str(os.getpid()).encode())
processes.keep(2, answer)
"""
_PATIENCE = 30


@pytest.fixture()
def first() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as program:
        yield program
        program.kill()


def port_of(program: subprocess.Popen[str]) -> int:
    assert program.stdout is not None
    return int(program.stdout.readline())


def who(port: int) -> int:
    """The process that answers; 0 where the one that took the question has just ended."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as asked:
        return int(asked.recv(100) or b"0")


def answering(port: int, without: set[int]) -> set[int]:
    """Two processes that answer, none of them among those that are gone."""
    found: set[int] = set()
    end = time.monotonic() + _PATIENCE
    while len(found) < 2 and time.monotonic() < end:
        found |= {who(port)} - without - {0}
    return found


def refused(port: int) -> bool:
    """Whether nobody listens any more, or soon."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            who(port)
        except ConnectionRefusedError:
            return True
        except OSError:
            pass  # taken by a process that has just ended
        time.sleep(0.05)
    return False


def test_one_that_dies_is_replaced(first: subprocess.Popen[str]) -> None:
    port = port_of(first)
    before = answering(port, set())
    assert len(before) == 2 and first.pid not in before
    lost = min(before)
    os.kill(lost, signal.SIGKILL)
    after = answering(port, {lost})
    assert len(after) == 2 and before - {lost} < after


def test_processes_that_die_at_once_are_waited_for() -> None:
    """The pause grows up to its bound, and after the third the log tells what happens and what to do."""
    program = (
        "import time; from vielfalt.desk import processes; seen = []\n"
        "def sleep(seconds):\n"
        "    seen.append(seconds)\n"
        "    if len(seen) == 8: print(seen); raise SystemExit\n"
        "time.sleep = sleep\n"
        "processes.keep(1, lambda: None)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=_PATIENCE)
    assert done.stdout == f"{[0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]}\n"
    assert "2 processes" not in done.stderr
    assert "3 processes of the desk in a row" in done.stderr and "starts in 2 s" in done.stderr
    assert "vielfalt desk check" in done.stderr


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_none_outlives_the_first(first: subprocess.Popen[str], sent: signal.Signals) -> None:
    port = port_of(first)
    assert len(answering(port, set())) == 2
    first.send_signal(sent)
    first.wait(_PATIENCE)
    assert refused(port)


def test_sqlite_has_one_process_and_a_server_one_per_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert processes.count() == 1
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
    for cores, wanted in ((1, 1), (2, 2), (64, processes.MOST), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert processes.count() == wanted
