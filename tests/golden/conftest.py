from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import synthetic_example as example

from vielfalt.synthetic import write_town
from vielfalt.town import Town, read_town


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "town"
    write_town(folder, residents=example.RESIDENTS, seed=7, progress=example.quiet)
    return folder


@pytest.fixture(scope="session")
def town(root: Path) -> Town:
    return read_town(root)


@pytest.fixture(scope="session")
def extracts(town: Town) -> Mapping[int, example.Extract]:
    return {date: example.read(town, date) for date in example.DATES}
