"""The geometry of the town: small irregular parcels, grown into blocks, quarters and districts that nest exactly.

Parcels are cells of a Voronoi diagram whose seeds lie dense in the centre and in villages and sparse in between. Every
area is the union of whole parcels, so levels tile the town without gaps or overlaps; its borders are as uneven as they
come.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry.base import BaseGeometry

from vielfalt.numbers import Floats, Ints, Marks
from vielfalt.synthetic.draw import Rng

CENTRE = (560_000.0, 5_405_000.0)
"""Easting and northing of the market square in EPSG:25832: somewhere in eastern Württemberg."""
CRS = "EPSG:25832"
PARCELS_PER_BLOCK = 14
_GUARD = 1.32
"""Seeds reach this far beyond the outline (in radii), so that every parcel of the town is bounded. A parcel with a
corner beyond would stick out of the town like a needle; it is left out."""


@dataclass(frozen=True)
class Division:
    """Parcels with their areas: ``block`` per parcel, ``quarter`` per block, ``district`` per quarter.

    ``neighbours`` are pairs of parcels that share a border. Centres are in metres from the market square.
    """

    parcels: tuple[BaseGeometry, ...]
    centre: Floats
    neighbours: Ints
    block: Ints
    quarter: Ints
    district: Ints
    block_centre: Floats
    quarter_centre: Floats

    def shapes(self, level: str) -> list[BaseGeometry]:
        """The polygons of a level (block, quarter or district), in the order of its areas."""
        area = self.block
        if level != "block":
            area = self.quarter[area]
        if level == "district":
            area = self.district[area]
        parcels = np.array(self.parcels, dtype=object)
        return [shapely.coverage_union_all(parcels[area == key]) for key in range(int(area.max()) + 1)]


def divide(rng: Rng, residents: int, districts: int, quarters: int, blocks: int) -> Division:
    """The geometry of a town with that many areas."""
    radius = 3_300.0 * (residents / 40_000) ** 0.4
    parcels, centre, neighbours = _parcels(rng, radius, blocks * PARCELS_PER_BLOCK)
    block = _grow(_adjacency(neighbours, len(parcels)), centre, blocks)
    block_centre = _centres(centre, block)
    pairs = np.unique(np.sort(block[neighbours], axis=1), axis=0)
    quarter = _grow(_adjacency(pairs, blocks), block_centre, quarters)
    quarter_centre = _centres(block_centre, quarter)
    pairs = np.unique(np.sort(quarter[pairs], axis=1), axis=0)
    district = _grow(_adjacency(pairs, quarters), quarter_centre, districts)
    return Division(parcels, centre, neighbours, block, quarter, district, block_centre, quarter_centre)


def _parcels(rng: Rng, radius: float, count: int) -> tuple[tuple[BaseGeometry, ...], Floats, Ints]:
    """Bounded Voronoi cells within an uneven outline, their seeds, and pairs of neighbours."""
    phases, depths = rng.uniform(0, 2 * np.pi, 5), rng.uniform(0.03, 0.11, 5)
    sample = _sample(rng, radius, count * 50)
    share = _inside(sample, radius, phases, depths).mean()
    seeds = _spread(rng, sample, int(count / share))
    diagram = Voronoi(seeds)
    kept = _inside(seeds, radius, phases, depths)
    corners = np.round(diagram.vertices + CENTRE, 2)
    regions = [diagram.regions[region] for region in diagram.point_region]
    near = np.append(np.hypot(*diagram.vertices.T) < radius * _GUARD, False)
    kept &= np.array([bool(region) and bool(near[region].all()) for region in regions])
    pairs = diagram.ridge_points[kept[diagram.ridge_points].all(axis=1)]
    number = np.cumsum(kept) - 1
    kept = _largest(kept, number, pairs)
    pairs = diagram.ridge_points[kept[diagram.ridge_points].all(axis=1)]
    number = np.cumsum(kept) - 1
    chosen = np.flatnonzero(kept)
    polygons = tuple(shapely.Polygon(corners[regions[seed]]) for seed in chosen)
    return polygons, seeds[chosen], number[pairs].astype(np.int64)


def _largest(kept: Marks, number: Ints, pairs: Ints) -> Marks:
    """Keeps the parcels that hang together with the one nearest the centre."""
    links = _adjacency(number[pairs], int(kept.sum()))
    seen, waiting = {0}, [0]
    while waiting:
        for neighbour in links[waiting.pop()]:
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    if len(seen) * 2 < len(links):
        return kept
    connected = np.zeros(len(links), dtype=bool)
    connected[sorted(seen)] = True
    result = kept.copy()
    result[np.flatnonzero(kept)] = connected
    return result


def _sample(rng: Rng, radius: float, count: int) -> Floats:
    """Points with the density of a town: a centre, a ring of villages, thin land between, and a margin outside."""
    angle = rng.uniform(0, 2 * np.pi, 7) + np.arange(7)
    villages = radius * rng.uniform(0.6, 0.85, 7)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    kind = rng.random(count)
    centre = rng.normal(0, radius * 0.32, (count, 2))
    village = villages[rng.integers(0, 7, count)] + rng.normal(0, radius * 0.09, (count, 2))
    bearing, reach = rng.uniform(0, 2 * np.pi, count), radius * _GUARD * np.sqrt(rng.random(count))
    land = np.column_stack([reach * np.cos(bearing), reach * np.sin(bearing)])
    points = np.where((kind < 0.5)[:, None], centre, np.where((kind < 0.64)[:, None], village, land))
    far = np.hypot(*points.T) > radius * _GUARD
    return np.where(far[:, None], land, points)


def _spread(rng: Rng, sample: Floats, count: int) -> Floats:
    """Seeds spread evenly within the density of the sample: a few rounds of k-means."""
    seeds = sample[rng.choice(len(sample), count, replace=False)]
    for _ in range(4):
        nearest = cKDTree(seeds).query(sample)[1]
        weight = np.bincount(nearest, minlength=count)
        sums = np.column_stack([np.bincount(nearest, sample[:, axis], count) for axis in (0, 1)])
        seeds = np.where((weight > 0)[:, None], sums / np.maximum(weight, 1)[:, None], seeds)
    return seeds


def _inside(points: Floats, radius: float, phases: Floats, depths: Floats) -> Marks:
    """Whether points lie within the uneven outline."""
    angle, distance = np.arctan2(points[:, 1], points[:, 0]), np.hypot(*points.T)
    waves = depths[:, None] * np.cos(np.arange(1, 6)[:, None] * angle + phases[:, None])
    return np.asarray(distance < radius * (1 + waves.sum(axis=0)))


def _adjacency(pairs: Ints, count: int) -> list[list[int]]:
    links: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs.tolist():
        if a != b:
            links[a].append(b)
            links[b].append(a)
    return [sorted(set(found)) for found in links]


def _grow(links: list[list[int]], points: Floats, count: int) -> Ints:
    """Connected regions of similar size and compact form: the smallest region takes the free cell nearest its seed."""
    seeds = _seeds(points, count)
    region = np.full(len(links), -1, dtype=np.int64)
    fronts: list[list[tuple[float, int]]] = [[(0.0, seed)] for seed in seeds]
    waiting = [(0, number) for number in range(count)]
    while waiting:
        size, number = heapq.heappop(waiting)
        front = fronts[number]
        while front and region[front[0][1]] >= 0:
            heapq.heappop(front)
        if not front:
            continue
        cell = heapq.heappop(front)[1]
        region[cell] = number
        for neighbour in links[cell]:
            if region[neighbour] < 0:
                heapq.heappush(front, (float(np.hypot(*(points[neighbour] - points[seeds[number]]))), neighbour))
        heapq.heappush(waiting, (size + 1, number))
    return _smooth(links, region)


def _smooth(links: list[list[int]], region: Ints) -> Ints:
    """Gives cells that stick out to the region most of their neighbours lie in, as long as regions stay connected."""
    members = [set(np.flatnonzero(region == number).tolist()) for number in range(int(region.max()) + 1)]
    mean = len(links) / len(members)
    smallest, largest = max(2, round(mean * 0.65)), round(mean * 1.5)
    for _ in range(6):
        for cell, neighbours in enumerate(links):
            own = int(region[cell])
            around = region[neighbours].tolist()
            other = max(sorted(set(around)), key=around.count)
            sticks_out = other != own and around.count(other) > around.count(own)
            fits = len(members[own]) > smallest and len(members[other]) < largest
            if sticks_out and fits and _connected(links, members[own] - {cell}):
                members[own].remove(cell)
                members[other].add(cell)
                region[cell] = other
    return region


def _connected(links: list[list[int]], cells: set[int]) -> bool:
    """Whether one can walk between all the cells without leaving them."""
    start = min(cells)
    seen, waiting = {start}, [start]
    while waiting:
        for neighbour in links[waiting.pop()]:
            if neighbour in cells and neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    return len(seen) == len(cells)


def _seeds(points: Floats, count: int) -> list[int]:
    """One cell per region: farthest-point sampling, then k-means, then the cell nearest each mean (each cell once)."""
    chosen = [int(np.argmin(np.hypot(*points.T)))]
    distance = np.hypot(*(points - points[chosen[0]]).T)
    while len(chosen) < count:
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.hypot(*(points - points[chosen[-1]]).T))
    means = points[chosen]
    for _ in range(12):
        nearest = cKDTree(means).query(points)[1]
        means = np.array(
            [points[nearest == k].mean(axis=0) if (nearest == k).any() else means[k] for k in range(count)]
        )
    taken: list[int] = []
    for mean in means:
        order = np.argsort(np.hypot(*(points - mean).T), kind="stable")
        taken.append(next(int(cell) for cell in order if int(cell) not in taken))
    return taken


def _centres(points: Floats, region: Ints) -> Floats:
    count = np.bincount(region)
    return np.column_stack([np.bincount(region, points[:, axis]) / count for axis in (0, 1)])
