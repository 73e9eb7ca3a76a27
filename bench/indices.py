"""Speed and memory of the indices beside PySAL segregation: ``python -m bench.indices``.

PySAL runs in a process of its own, on the same table; seconds are those of the processor, so that other work on the
machine does not count. Indices in space are measured on two groups there and multiplied: fifty would take very long.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import shapely
from scipy.stats import qmc

from bench.results import Results
from vielfalt.figures.indices import chance, measures
from vielfalt.figures.indices.measures import Situation
from vielfalt.figures.indices.places import extents, places
from vielfalt.numbers import Floats

GROUPS, AREAS, FEW_AREAS, MANY_AREAS, DRAWS = 50, 5_000, 500, 50_000, 999
WANTED = 20
IN_SPACE_THERE = 2
OF_SURROUNDINGS = (
    "distance_isolation",
    "distance_interaction",
    "absolute_clustering",
    "relative_clustering",
    "spatial_proximity",
    "spatial_dissimilarity",
    "spatial_information",
    "spatial_relative_diversity",
)
"""They share the sums over all pairs of areas, which take nearly all of their time."""


def main() -> None:
    """Runs what the arguments name: everything, or one part in a process of its own."""
    match sys.argv[1:]:
        case ["pysal"]:
            print(json.dumps(pysal()))
        case ["many"]:
            print(json.dumps(list(many_areas())))
        case _:
            everything(Results("make bench"))


def everything(results: Results) -> None:
    """All measurements, each that needs a memory or a library of its own in a process of its own."""
    beside_pysal(results)
    permutations(results)
    command = [sys.executable, "-m", "bench.indices", "many"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in json.loads(done.stdout):
        results.say(*line)


def table(areas: int, groups: int, per_area: int) -> Floats:
    """Residents per area and group: uneven, with empty cells."""
    lot = np.random.default_rng(1)
    size = lot.integers(per_area // 2, per_area * 3 // 2, areas)
    town = lot.dirichlet(np.full(groups, 2.0))
    return np.array([lot.multinomial(n, lot.dirichlet(town * 20 + 1e-3)) for n in size], dtype=float)


def shapes(areas: int) -> list[shapely.Polygon]:
    """Polygons that fill a town of four hectares per area, of all sizes: the Voronoi cells of spread points."""
    side = 200.0 * np.sqrt(areas)
    points = qmc.Halton(2, seed=1).random(areas) * side
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=shapely.box(0, 0, side, side), ordered=True)
    return list(shapely.intersection(np.array(cells.geoms), shapely.box(0, 0, side, side)))


def seconds(run: Callable[[], object], times: int = 3) -> float:
    """The least processor time of some runs."""
    found = []
    for _ in range(times):
        started = time.process_time()
        run()
        found.append(time.process_time() - started)
    return min(found)


def ours(counts: Floats, polygons: list[shapely.Polygon]) -> Mapping[str, float]:
    """Seconds per index for all groups; in space with reading the polygons and the sums over all pairs of areas."""
    total = counts.sum(axis=1)

    def of_groups(id: str) -> None:
        here = Situation(counts, total)
        for group in range(GROUPS):
            measures.OF_GROUP[id](here, group)

    def in_space(id: str) -> None:
        here = Situation(counts, total, (places if id in measures.OF_NEIGHBOURS else extents)(polygons))
        for group in range(GROUPS):
            measures.OF_GROUP_IN_SPACE[id](here, group)

    found = {id: seconds(lambda id=id: of_groups(id)) for id in measures.OF_GROUP}  # type: ignore[misc]
    return found | {id: seconds(lambda id=id: in_space(id)) for id in measures.OF_GROUP_IN_SPACE}  # type: ignore[misc]


def pysal() -> Mapping[str, float]:
    """Seconds of PySAL for the same."""
    import geopandas
    import pandas

    sys.path.insert(0, "tests/peers")
    import pysal as peer

    counts = table(AREAS, GROUPS, 400)
    frame = pandas.DataFrame(counts, columns=[f"g{group}" for group in range(GROUPS)]).assign(total=counts.sum(axis=1))
    placed = geopandas.GeoDataFrame(frame, geometry=shapes(AREAS), crs=peer.CRS)

    def run(kind: Callable[..., object], data: object, groups: int) -> float:
        kind(data, "g0", "total")  # numba compiles at the first call
        return seconds(lambda: [kind(data, f"g{group}", "total") for group in range(groups)])

    found = {id: run(kind, frame, GROUPS) for id, kind in peer.OF_GROUP.items()}
    times = GROUPS / IN_SPACE_THERE
    return found | {id: run(kind, placed, IN_SPACE_THERE) * times for id, kind in peer.OF_GROUP_IN_SPACE.items()}


def beside_pysal(results: Results) -> None:
    """Every index of a group that both have."""
    if importlib.util.find_spec("segregation") is None:
        print("PySAL segregation is not installed: make .venv/peers")
        return
    command = [sys.executable, "-W", "ignore", "-m", "bench.indices", "pysal"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    theirs = json.loads(done.stdout.splitlines()[-1])
    mine = ours(table(AREAS, GROUPS, 400), shapes(AREAS))
    for id, there in theirs.items():
        if id in mine:
            ratio = f"{mine[id]:.4f} s, PySAL {there:.3f} s: {there / mine[id]:.0f} x as fast"
            results.say(f"{id}, {GROUPS} x {AREAS:,}", ratio, f"{WANTED} x")


def permutations(results: Results) -> None:
    """Random tables and the segregation index of every group in each."""
    for per_area in (80, 400):
        counts = table(FEW_AREAS, GROUPS, per_area)
        took = seconds(lambda counts=counts: chance.permuted(counts, dissimilarities, DRAWS, 1), 1)  # type: ignore[misc]
        what = f"{DRAWS} permutations of dissimilarity, {GROUPS} x {FEW_AREAS}, {counts.sum():,.0f} residents"
        results.say(what, f"{took:.2f} s", "below 2 s")


def dissimilarities(counts: Floats) -> Floats:
    """The segregation index of every group: half the sum of |x/X − (t − x)/Y|."""
    total, whole = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
    rest = total.sum() - whole
    found: Floats = np.abs(counts * (1 / whole + 1 / rest) - total / rest).sum(axis=0) / 2
    return found


def many_areas() -> Iterator[tuple[str, str, str]]:
    """Every index in space for 50,000 areas and ten groups, each with the memory of a process of its own: lines."""
    counts = table(MANY_AREAS, 10, 400)
    here = Situation(counts, counts.sum(axis=1), places(shapes(MANY_AREAS)))

    def run(ids: Sequence[str]) -> None:
        for id in ids:
            if id in measures.OF_TOWN_IN_SPACE:
                measures.OF_TOWN_IN_SPACE[id](here)
            else:
                formula = {**measures.OF_GROUP_IN_SPACE, **measures.OF_GROUP_AND_AREA_IN_SPACE}[id]
                for group in range(counts.shape[1]):
                    formula(here, group)

    alone = [*measures.OF_GROUP_IN_SPACE, *measures.OF_TOWN_IN_SPACE, *measures.OF_GROUP_AND_AREA_IN_SPACE]
    for ids in (*((id,) for id in alone if id not in OF_SURROUNDINGS), OF_SURROUNDINGS):
        took, peak = apart(lambda ids=ids: run(ids))  # type: ignore[misc]
        what = ids[0] if len(ids) == 1 else f"the {len(ids)} indices of surroundings together"
        yield f"{what}, 10 x {MANY_AREAS:,}", f"{took:.1f} s, {peak / 1e9:.2f} GB", "below 2 GB"


def apart(run: Callable[[], None]) -> tuple[float, int]:
    """Processor seconds and peak memory in bytes of something done in a child of this process."""
    child = os.fork()
    if not child:
        run()
        os._exit(0)
    _, ended, used = os.wait4(child, 0)
    if ended:
        raise ChildProcessError(ended)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


if __name__ == "__main__":
    main()
