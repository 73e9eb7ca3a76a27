"""Reference dates as people and folders write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_project import TOWN
from vielfalt import dates, pipeline
from vielfalt.errors import TownError, UsageError
from vielfalt.town import read_town


@pytest.mark.parametrize("text", ["20251231", "2025-W01-1", "2025-02-30", "2025-1-5", "31.12.2025", "2025-12-31 ", ""])
def test_a_date_is_written_one_way(text: str) -> None:
    with pytest.raises(UsageError):
        dates.from_iso(text)


def test_only_folders_that_bear_a_date_are_dates() -> None:
    names = ["2025-12-31", "2024-12-31", "20231231", "2022-W01-1", "lock", "2024-12-31-1"]
    assert dates.of_folders(map(Path, names)) == (20241231, 20251231)


@pytest.mark.parametrize("name", ["2025-02-30", "20251231", "2025-1-5", "31.12.2025", "2025-12-31 "])
def test_an_extract_under_a_date_that_is_none_is_named(tmp_path: Path, name: str) -> None:
    """Passed over, an older date would be evaluated instead; a copy put aside is."""
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    for folder in ("2024-12-31", "2024-12-31 (copy)", "old"):
        (tmp_path / "register" / folder).mkdir(parents=True)
        (tmp_path / "register" / folder / "register.csv").touch()
    town = read_town(tmp_path)
    assert pipeline.reference_date(town, None) == 20241231
    (tmp_path / "register" / name).mkdir()
    (tmp_path / "register" / name / "register.csv").touch()
    with pytest.raises(TownError) as told:
        pipeline.reference_date(town, None)
    assert told.value.where == str(tmp_path / "register" / name)
    assert pipeline.reference_date(town, 20241231) == 20241231
