"""Every index beside PySAL segregation 2.5.4 on random tables: the same to ten digits where PySAL is right.

Where it is not, the test says how, and that ours is what the index's definition or its invariants ask for.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from vielfalt.figures.indices import index, measures, places
from vielfalt.figures.indices.measures import Situation
from vielfalt.numbers import Floats

SCRIPT = Path(__file__).with_name("pysal.py")
AGREE = 1e-10
WRONG = {
    *("distance_isolation", "distance_interaction"),
    *("absolute_clustering", "relative_clustering", "spatial_proximity"),
}
OTHERWISE = {*WRONG, "concentration_profile", "distortion", "wong_borders_as_it_comes"}
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("segregation") is None, reason="PySAL segregation is not installed (make .venv/peers)"
)


def town(seed: int, side: int, groups: int, *, equal: bool = False) -> dict[str, Any]:
    """A table of whole numbers over rectangles of all sizes; the group is missing in some areas, no area is empty."""
    lot = np.random.default_rng(seed)
    edges = [np.cumsum(lot.integers(300, 2500, side + 1)).tolist() for _ in range(2)]
    boxes = [[edges[0][x], edges[1][y], edges[0][x + 1], edges[1][y + 1]] for y in range(side) for x in range(side)]
    mixed = lot.dirichlet(np.full(groups, 0.7), side * side)
    counts = np.array([lot.multinomial(400 if equal else lot.integers(20, 900), shares) for shares in mixed])
    return {"groups": counts.tolist(), "total": counts.sum(axis=1).tolist(), "boxes": boxes}


def squares() -> dict[str, Any]:
    """Areas of one size."""
    boxes = [[1000 * (n % 4), 1000 * (n // 4), 1000 * (n % 4 + 1), 1000 * (n // 4 + 1)] for n in range(16)]
    return {**town(9, 4, 3), "boxes": boxes}


def with_an_empty_group() -> dict[str, Any]:
    table = town(8, 4, 3)
    return {"groups": [[*row, 0] for row in table["groups"]], "total": table["total"]}


TABLES = {
    "two": town(1, 5, 2),
    "three": town(2, 6, 3),
    "five": town(3, 8, 5),
    "many": town(4, 10, 12),
    "equal": town(5, 6, 4, equal=True),
    "squares": squares(),
    "empty group": with_an_empty_group(),
}
RIGHT = ("two", "three", "five", "many")


@pytest.fixture(scope="module")
def pysal() -> Mapping[str, Mapping[str, Any]]:
    """What PySAL gives, by table and index."""
    tables = json.dumps(list(TABLES.values()))
    command = [sys.executable, "-W", "ignore", str(SCRIPT)]
    done = subprocess.run(command, input=tables, capture_output=True, text=True, check=True)
    return dict(zip(TABLES, json.loads(done.stdout), strict=True))


def here(name: str) -> Situation:
    table = TABLES[name]
    groups = np.array(table["groups"], dtype=float)
    if "boxes" not in table:
        return Situation(groups, groups.sum(axis=1))
    where = places.places([shapely.box(*corners) for corners in table["boxes"]])
    return Situation(groups, groups.sum(axis=1), where, where.points.mean(axis=0))


def ours(situation: Situation, id: str) -> float | Floats | None:
    of_group = {**measures.OF_GROUP, **measures.OF_GROUP_IN_SPACE, **measures.OF_GROUP_AND_AREA_IN_SPACE}
    of_town = {**measures.OF_TOWN, **measures.OF_TOWN_IN_SPACE, **measures.OF_AREA}
    return of_group[id](situation, 0) if id in of_group else of_town[id](situation)


@pytest.mark.parametrize("name", RIGHT)
def test_the_same_where_pysal_is_right(name: str, pysal: Mapping[str, Mapping[str, Any]]) -> None:
    situation = here(name)
    compared = [id for id in pysal[name] if id not in OTHERWISE]
    assert len(compared) >= 31
    for id in compared:
        theirs = np.array(pysal[name][id], dtype=float)
        known = ~np.isnan(theirs)
        assert known.mean() > 0.5, id
        mine = np.asarray(ours(situation, id), dtype=float)
        assert np.abs(mine - theirs)[known].max() < AGREE, id


@pytest.mark.parametrize("name", RIGHT)
def test_a_curve_on_a_grid_is_off_in_the_third_digit(name: str, pysal: Mapping[str, Mapping[str, Any]]) -> None:
    exact, gridded = ours(here(name), "concentration_profile"), pysal[name]["concentration_profile"]
    assert isinstance(exact, float)
    assert AGREE < abs(exact - gridded) < 0.005


@pytest.mark.parametrize("name", RIGHT)
def test_distance_decay_of_pysal_does_not_make_one(name: str, pysal: Mapping[str, Mapping[str, Any]]) -> None:
    """Proximity is 1 − exp(−distance) there, and rows are divided by the sums of columns."""
    theirs = pysal[name]["distance_isolation"] + pysal[name]["distance_interaction"]
    assert abs(theirs - 1) > 1e-4
    found = [ours(here(name), id) for id in ("distance_isolation", "distance_interaction")]
    assert sum(value for value in found if isinstance(value, float)) == pytest.approx(1, abs=1e-12)
    for id in WRONG:
        assert ours(here(name), id) != pytest.approx(pysal[name][id], abs=1e-6), id


def test_areas_of_one_size(pysal: Mapping[str, Mapping[str, Any]]) -> None:
    for id in ("absolute_concentration", "relative_concentration"):
        assert pysal["squares"][id] in (None, 1.0), "0 over 0, or rounding over rounding"
        assert ours(here("squares"), id) is None
    for id in ("absolute_centralisation", "relative_centralisation"):
        assert ours(here("squares"), id) != pytest.approx(pysal["squares"][id], abs=1e-4), "order of rows decides there"
    assert pysal["squares"]["delta"] == pytest.approx(ours(here("squares"), "delta"))


def test_a_group_that_is_empty_in_the_whole_town(pysal: Mapping[str, Mapping[str, Any]]) -> None:
    situation = here("empty group")
    without = Situation(situation.groups[:, :-1], situation.total)
    for id in ("multigroup_information", "diversity", "squared_variation"):
        assert pysal["empty group"][id] is None, id
        assert ours(situation, id) == pytest.approx(ours(without, id)), id


def test_distortion_is_a_mean_here_and_a_sum_there(pysal: Mapping[str, Mapping[str, Any]]) -> None:
    mean = ours(here("equal"), "distortion")
    assert isinstance(mean, float)
    assert mean * 36 == pytest.approx(pysal["equal"]["distortion"], abs=1e-9)


def test_borders_as_they_come_count_each_area_alike(pysal: Mapping[str, Mapping[str, Any]]) -> None:
    assert pysal["three"]["wong_borders_as_it_comes"] != pytest.approx(pysal["three"]["wong_borders"], abs=1e-4)


def test_what_is_said_of_pysal_is_what_was_found() -> None:
    """The pages of the indices that PySAL gets wrong say so."""
    assert all("PySAL is wrong" in index(id).peers for id in WRONG)
    assert all("PySAL is wrong" not in index(id).peers for id in (*measures.OF_GROUP, *measures.OF_TOWN))
