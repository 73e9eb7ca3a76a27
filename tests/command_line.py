"""The command as a town calls it."""

from __future__ import annotations

import os
import subprocess
import sys


def vielfalt(*words: object, expect: int = 0, language: str = "en") -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own, and checks its exit code.

    The environment asks for the language; with an empty text for none.
    """
    environment = {name: value for name, value in os.environ.items() if name != "VIELFALT_LANG"}
    asked = {"VIELFALT_LANG": language} if language else {}
    done = subprocess.run(
        [sys.executable, "-m", "vielfalt", *map(str, words)],
        capture_output=True,
        text=True,
        env={**environment, **asked, "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == expect, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    return done
