"""The demonstration ends in the desk of the synthetic town, on a terminal and only there."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SECONDS = 300
"""How long a slow machine may take; the test ends as soon as the desk answers."""


def read_until(terminal: int, pattern: str, seconds: float) -> re.Match[str]:
    """Reads what the program prints until the pattern stands in it."""
    text, end = "", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4_096).decode("utf-8", errors="replace")
            if found := re.search(pattern, text):
                return found
    raise AssertionError(text[-2_000:])


def test_the_demonstration_ends_in_the_desk(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    folder = tmp_path / "town"
    ours_alone = ("DJANGO_SETTINGS_MODULE", "VIELFALT_DESK_DATA", "DATABASE_URL")
    environment = {name: value for name, value in os.environ.items() if name not in ours_alone}
    program = subprocess.Popen(
        [sys.executable, "-m", "vielfalt", "demo", "--residents", "1500", "--folder", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "BROWSER": "true", "TERM": "dumb", "COLUMNS": "200"},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        found = read_until(ours, r"http://127\.0\.0\.1:(\d+)/", SECONDS)
        page = f"{found[0]}kommunen/99999001/neueste/karte/"
        with urllib.request.urlopen(page, timeout=60) as answer:
            markup = answer.read().decode()
        assert 'class="map"' in markup
        assert "31.12.2025" in markup
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=60) == 0
    finally:
        program.kill()
        os.close(ours)
    assert (folder / "desk" / "desk.sqlite3").exists()
    assert len(list((folder / "desk" / "packages").glob("*.zip"))) == 2
