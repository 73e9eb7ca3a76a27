"""Reference dates as people and folders write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vielfalt import dates
from vielfalt.errors import UsageError


@pytest.mark.parametrize("text", ["20251231", "2025-W01-1", "2025-02-30", "2025-1-5", "31.12.2025", "2025-12-31 ", ""])
def test_a_date_is_written_one_way(text: str) -> None:
    with pytest.raises(UsageError):
        dates.from_iso(text)


def test_only_folders_that_bear_a_date_are_dates() -> None:
    names = ["2025-12-31", "2024-12-31", "20231231", "2022-W01-1", "lock", "2024-12-31-1"]
    assert dates.of_folders(map(Path, names)) == (20241231, 20251231)
