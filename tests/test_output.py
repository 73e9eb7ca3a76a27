"""What the command line prints where the console or the office knows few signs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def printed(encoding: str) -> bytes:
    """The list of all that can be explained, as on a computer whose language is not UTF-8."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "vielfalt", "explain"]
    done = subprocess.run(command, env={**os.environ, **plain, "VIELFALT_LANG": "de"}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_file_gets_utf8() -> None:
    assert "für" in printed("").decode("utf-8")


@pytest.mark.parametrize("encoding", ["cp850", "cp1252"])
def test_a_sign_that_is_missing_stops_nothing(encoding: str) -> None:
    assert printed("").decode("utf-8").encode(encoding, "replace") == printed(encoding)
