"""Numbers as people write them, and paths as people type them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import numpy as np
import pytest

from vielfalt.words import Words, typed


@pytest.mark.parametrize(
    ("value", "digits", "german", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-1234, 0, "−1.234", "−1,234"),
        (-0.0004, 3, "0,000", "0.000"),  # not −0,000
        (-0.0006, 3, "−0,001", "−0.001"),
        (-0.0, 0, "0", "0"),
        (np.int64(5), 0, "5", "5"),
        (np.float64(-0.04), 1, "0,0", "0.0"),
    ],
)
def test_a_number_in_either_language(value: float, digits: int, german: str, english: str) -> None:
    assert (Words("de").number(value, digits), Words("en").number(value, digits)) == (german, english)


def test_a_share_in_either_language() -> None:
    assert (Words("de").percent(0.125), Words("en").percent(0.125)) == ("12,5\N{NO-BREAK SPACE}%", "12.5%")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("towns/musterfurt", "towns/musterfurt"),
        ("/srv/Stadt Köln", "'/srv/Stadt Köln'"),
        ("Stadt's", "'Stadt'\"'\"'s'"),
        ("-stadt", "./-stadt"),
        ("- stadt", "'./- stadt'"),
        ("~stadt", "'~stadt'"),
        ("a&b;c$d", "'a&b;c$d'"),
    ],
)
def test_a_path_in_a_command(path: str, shown: str) -> None:
    assert typed(PurePosixPath(path), windows=False) == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (r"C:\Städte\musterfurt", r"C:\Städte\musterfurt"),
        (r"C:\Eigene Dateien\musterfurt", r'"C:\Eigene Dateien\musterfurt"'),
        ("a&b", '"a&b"'),
        ("Stadt's", '"Stadt\'s"'),
        ("-stadt", r".\-stadt"),
        ("stadt (1)", '"stadt (1)"'),
    ],
)
def test_a_path_in_a_command_on_windows(path: str, shown: str) -> None:
    assert typed(PureWindowsPath(path), windows=True) == shown
