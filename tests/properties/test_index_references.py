"""Published and computed values of other programs: Sacramento, schools05, the patterns of OasisR and seg."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from vielfalt.figures.indices import adjusted, clustering, evenness, exposure, measures, nested, places
from vielfalt.figures.indices.measures import Situation
from vielfalt.numbers import Floats

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SACRAMENTO = DATA / "segregation" / "sacramento"
UTM = 26910
FOUR = ("WHITE", "BLACK", "ASIAN", "HISP")
pytestmark = pytest.mark.skipif(not SACRAMENTO.exists(), reason="no reference data beside the checkout")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tracts() -> Situation:
    """Four groups and all residents of the census tracts of Sacramento 2000 (PySAL's test data), in UTM."""
    table = rows(SACRAMENTO / "sacr_groups.csv")
    groups = np.array([[float(row[name]) for name in FOUR] for row in table])
    shapes = shapely.from_wkb(pyogrio.raw.read(SACRAMENTO / "sacramentot2.shp")[2])
    change = pyproj.Transformer.from_crs(4326, UTM, always_xy=True)
    moved = shapely.transform(shapes, lambda points: np.column_stack(change.transform(points[:, 0], points[:, 1])))
    return Situation(groups, np.array([float(row["TOT_POP"]) for row in table]), places.places(list(moved)))


OF_FOUR = {
    "multigroup_dissimilarity": 0.41340872573177806,
    "multigroup_gini": 0.5456349992598081,
    "multigroup_information": 0.1710160297858887,
    "mutual_information": 0.16645182134289443,
    "divergence": 0.16645182134289443,
    "squared_variation": 0.11875484641127525,
    "normalised_exposure": 0.18821879029994157,
    "relative_diversity": 0.15820019878220337,
    "diversity": 0.9733112243997906,
    "simpson_interaction": 0.508175868480421,
}
OF_HISPANICS = {
    "segregation_index": 0.32184656076566864,
    "gini": 0.43506510676886234,
    "information": 0.09626774479969813,
    "atkinson": 0.15079259382667654,
    "isolation": 0.2319615486459151,
    "interaction": 0.7680384513540848,
    "eta_squared": 0.09164042012926693,
}
IN_SPACE = {
    "delta": 0.80434,
    "absolute_concentration": 0.85112,
    "wong_shapes": 0.31127,
    "distance_isolation": 0.21492,
    "distance_interaction": 0.78508,
}
"""To the digits they are published with."""


def test_sacramento(tracts: Situation) -> None:
    """PySAL segregation 2.5.4; four groups the same in R segregation to 15 digits."""
    four = Situation(tracts.groups, tracts.groups.sum(axis=1))
    assert {id: measures.OF_TOWN[id](four) for id in OF_FOUR} == pytest.approx(OF_FOUR, abs=1e-13)
    assert {id: measures.OF_GROUP[id](tracts, 3) for id in OF_HISPANICS} == pytest.approx(OF_HISPANICS, abs=1e-13)


def test_sacramento_in_space(tracts: Situation) -> None:
    """PySAL where it is right; distance decay by its definition. PySAL's own distance decay makes 1.064 together."""
    found = {id: measures.OF_GROUP_IN_SPACE[id](tracts, 3) for id in IN_SPACE}
    assert found == pytest.approx(IN_SPACE, abs=5.1e-6)
    assert measures.OF_GROUP_IN_SPACE["morrill"](tracts, 3) == pytest.approx(0.2612, abs=5.1e-5)
    sides = tracts.where.lengths > 0
    sides_only = replace(
        tracts.where,
        left=tracts.where.left[sides],
        right=tracts.where.right[sides],
        lengths=tracts.where.lengths[sides],
    )
    assert adjusted.morrill(tracts.group(3), tracts.total, sides_only) == pytest.approx(0.2621, abs=5.1e-5), "OasisR"


def test_neighbours_of_sacramento_are_those_of_its_file(tracts: Situation) -> None:
    """The weights delivered with the data list the tracts that share a side; PySAL's queen finds our 1,261 pairs."""
    lines = (SACRAMENTO / "sacramentot2.gal").read_text(encoding="utf-8").splitlines()[1:]
    listed = {
        (int(head.split()[0]) - 1, int(near) - 1)
        for head, neighbours in zip(lines[::2], lines[1::2], strict=True)
        for near in neighbours.split()
    }
    where = tracts.where
    sides = where.lengths > 0
    found = set(zip(where.left[sides].tolist(), where.right[sides].tolist(), strict=True))
    assert found == {pair for pair in listed if pair[0] < pair[1]}
    assert len(where.left) == 1261


def test_schools() -> None:
    """R segregation on schools05: M and H, taken apart by districts and states, and by groups."""
    table = rows(DATA / "segregation" / "elbersb" / "schools05.csv")
    schools = {name: place for place, name in enumerate(dict.fromkeys(row["school"] for row in table))}
    races = {name: place for place, name in enumerate(dict.fromkeys(row["race"] for row in table))}
    counts = np.zeros((len(schools), len(races)))
    for row in table:
        counts[schools[row["school"]], races[row["race"]]] += float(row["n"])
    here = Situation(counts, counts.sum(axis=1))
    expected = {row["what"]: float(row["value"]) for row in rows(DATA / "reference" / "r_segregation_ref.csv")}
    assert measures.OF_TOWN["mutual_information"](here) == pytest.approx(expected["M race|school"], abs=1e-13)
    assert measures.OF_TOWN["multigroup_information"](here) == pytest.approx(expected["H race|school"], abs=1e-13)
    for column in ("district", "state"):
        of = {row["school"]: row[column] for row in table}
        numbers = {name: place for place, name in enumerate(dict.fromkeys(of.values()))}
        parts = nested.of_areas(counts, np.array([numbers[of[school]] for school in schools]))
        assert parts is not None
        assert parts.total == pytest.approx(expected["M race|school"], abs=1e-12)
        assert parts.total / parts.town == pytest.approx(expected["H race|school"], abs=1e-12)
        assert 0 < parts.between < parts.total
    of_races = nested.of_groups(counts, np.array([0, 1, 0, 1, 1]))
    assert of_races is not None
    assert of_races.total == pytest.approx(expected["M race|school"], abs=1e-12)


def patterns() -> Mapping[str, Floats]:
    """The ten-by-ten patterns of the R package seg, by letter."""
    table = rows(DATA / "reference" / "oasis_segdata.csv")
    return {
        letter: np.array([[float(row[f"{letter}1"]), float(row[f"{letter}2"])] for row in table])
        for letter in "ABCDEFGH"
    }


def on_a_grid(groups: Floats) -> Situation:
    boxes = [
        shapely.box(1000 * (place % 10), -1000 * (place // 10 + 1), 1000 * (place % 10 + 1), -1000 * (place // 10))
        for place in range(100)
    ]
    return Situation(groups, groups.sum(axis=1), places.places(boxes))


OASISR = {
    "ISDuncan": "segregation_index",
    "Atkinson": "atkinson",
    "HTheil": "information",
    "Gorard": "gorard",
    "Gini": "gini",
    "xPx": "isolation",
    "Eta2": "eta_squared",
    "Delta": "delta",
}
OASISR_OF_ALL = {
    "HMulti": "multigroup_information",
    "DMulti": "multigroup_dissimilarity",
    "GiniMulti": "multigroup_gini",
    "PMulti": "normalised_exposure",
    "CMulti": "squared_variation",
    "RelDivers": "relative_diversity",
}


def test_patterns_of_oasisr() -> None:
    """OasisR, to its four digits: eight indices of each group, six of both, exposure."""
    by_name: dict[tuple[str, str], list[float]] = {}
    for row in rows(DATA / "reference" / "oasisr_ref.csv"):
        by_name.setdefault((row["set"], row["index"]), []).append(float(row["value"] or "nan"))
    for letter, groups in patterns().items():
        here = on_a_grid(groups)
        of_group = {**measures.OF_GROUP, **measures.OF_GROUP_IN_SPACE}
        for name, id in OASISR.items():
            found = [of_group[id](here, group) for group in range(2)]
            assert found == pytest.approx(by_name[f"segdata_{letter}", name], abs=5.1e-5), (letter, name)
        for name, id in OASISR_OF_ALL.items():
            wanted = by_name[f"segdata_{letter}", name][0]
            assert measures.OF_TOWN[id](here) == pytest.approx(wanted, abs=5.1e-5), (letter, name)
        met = exposure.exposures(groups).ravel()
        # OasisR lists the matrix by columns and gives what a group has of the other only.
        assert met[[0, 3]] == pytest.approx(by_name[f"segdata_{letter}", "xPx"], abs=5.1e-5)


def test_spatial_patterns_of_oasisr() -> None:
    """OasisR takes sides as borders and no distance within an area; so its Morrill, DPxx, RCL, SP are ours."""
    by_name: dict[tuple[str, str], list[float]] = {}
    for row in rows(DATA / "reference" / "oasisr_ref.csv"):
        by_name.setdefault((row["set"], row["index"]), []).append(float(row["value"] or "nan"))
    for letter, groups in patterns().items():
        here = on_a_grid(groups)
        where, group, total = here.where, here.group(0), here.total
        sides = where.lengths > 0
        beside = replace(where, left=where.left[sides], right=where.right[sides], lengths=where.lengths[sides])
        inner = np.zeros(100)
        for side in (beside.left, beside.right):
            np.add.at(inner, side, beside.lengths)
        near = clustering.near(groups, total, where.points, np.zeros(100))
        around = near.groups[:, 0]
        found = {
            "ISMorrill": adjusted.morrill(group, total, beside),
            "DPxx": clustering.distance_isolation(group, around, near.total),
            # Perimeters inside the town only.
            "ISWong": adjusted.wong_shapes(group, total, replace(beside, perimeters=inner)),
            "SP": clustering.spatial_proximity(group, total, around, near.total),
        }
        for name, value in found.items():
            assert value == pytest.approx(by_name[f"segdata_{letter}", name][0], abs=5.1e-5), (letter, name)
        relative = clustering.relative_clustering(group, total, around, near.total)
        assert relative == pytest.approx(by_name[f"segdata_{letter}", "RCL"][2], abs=5.1e-5)


def test_patterns_of_seg() -> None:
    """R seg, spseg: weights exp(−2 distance), no distance within an area; D, H, R and exposures to ten digits."""
    expected = {row["pattern"]: row for row in rows(DATA / "reference" / "seg_spseg_ref.csv")}
    for letter, groups in patterns().items():
        here = on_a_grid(groups)
        near = clustering.near(groups, here.total, here.where.points, np.zeros(100), reach=0.5)
        found = {
            "D_sp": clustering.spatial_dissimilarity(groups, near),
            "R_sp": clustering.spatial_relative_diversity(groups, near),
            "H_sp": clustering.spatial_information(groups, near),
            "P11": clustering.distance_isolation(groups[:, 0], near.groups[:, 0], near.total),
            "P12": clustering.distance_interaction(groups[:, 0], near.groups[:, 0], near.total),
            "P22": clustering.distance_isolation(groups[:, 1], near.groups[:, 1], near.total),
            "D": evenness.dissimilarity(groups[:, 0], groups[:, 1]),
        }
        wanted = {name: float(expected[letter][name]) for name in found}
        assert found == pytest.approx(wanted, abs=1e-10), letter
