from __future__ import annotations

from pathlib import Path

import publish_example as example
import pytest

from vielfalt.publish.maps import Atlas, draw_maps
from vielfalt.publish.package import write_release
from vielfalt.publish.results import Previous, Results
from vielfalt.words import Words


@pytest.fixture(scope="session")
def words() -> Words:
    return Words("en")


@pytest.fixture(scope="session")
def results() -> Results:
    earlier = example.results(8_800, 20241231, seed=4)
    return example.results(
        previous=Previous(20241231, "2024-12-31-1", earlier.tables, example.AGS, "register", "vielfalt-1")
    )


@pytest.fixture(scope="session")
def imported() -> Results:
    return example.imported()


@pytest.fixture(scope="session")
def atlas(results: Results, words: Words) -> Atlas:
    return draw_maps(results, words)


@pytest.fixture(scope="session")
def release(results: Results, words: Words, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One written release; tests only read it."""
    folder = tmp_path_factory.mktemp("town") / "releases"
    return write_release(results, folder, words, {"attacks": [], "min_cell": 5})
