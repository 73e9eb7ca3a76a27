"""The command as a town calls it."""

from __future__ import annotations

import os
import subprocess
import sys


def vielfalt(*words: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own, in English, and checks its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "vielfalt", *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, "VIELFALT_LANG": "en", "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == expect, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    return done
