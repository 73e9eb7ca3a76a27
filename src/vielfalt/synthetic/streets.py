"""Streets, addresses and the street directory.

A street runs through a chain of parcels: short streets lie in one block, long ones cross many, and border streets have
their odd numbers in one block and their even numbers in the next. Houses are numbered along the street.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from vielfalt.numbers import Floats, Ints
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import Rng, Table, choose_by_row, rows_of
from vielfalt.synthetic.plan import Plan
from vielfalt.synthetic.shapes import CENTRE, Division

RESIDENTS_PER_HOUSE = (5.5, 9.0, 8.0, 38.0, 3.0, 2.9)
"""By character of the block: old town, inner, post-war, tower estate, suburb, village."""
SUFFIX_SHARE, GAP_SHARE = 0.05, 0.06
LONG_SHARE, BORDER_SHARE = 0.3, 0.25


@dataclass(frozen=True)
class _Layout:
    """Streets as chains of parcels; ``long`` are main roads, ``odd_block`` the odd side's block of border streets."""

    chains: list[list[int]]
    long: set[int]
    odd_block: dict[int, int]

    def add(self, parcels: list[int]) -> int:
        """Adds a street through these parcels; returns its number."""
        self.chains.append(parcels)
        return len(self.chains) - 1


@dataclass(frozen=True)
class Streets:
    """``houses`` has the columns street, number, suffix (0 none, 1 a, 2 b ...), block, easting and northing
    (decimetres) and units (dwellings); ``directory`` holds (street, from, to, parity, block); one name per street."""

    names: tuple[str, ...]
    keys: tuple[str, ...]
    houses: Table
    directory: tuple[tuple[int, int, int, str, int], ...]


def lay_out(rng: Rng, division: Division, plan: Plan) -> Streets:
    """All streets and houses of the town; every house lies in its block."""
    streets = _Layout([], set(), {})
    local = _local_streets(rng, streets, division)
    _long_streets(rng, streets, division)
    _border_streets(rng, streets, division)
    houses = _houses(rng, streets, local, division, plan)
    houses = _numbered(rng, houses)
    names = _names(rng, streets)
    return Streets(
        names, tuple(f"{number + 1:05}" for number in range(len(streets.chains))), houses, _directory(houses)
    )


def _local_streets(rng: Rng, streets: _Layout, division: Division) -> Ints:
    """Cuts the parcels of each block into chains of two to four; returns the local street of each parcel."""
    local = np.zeros(division.block.size, dtype=np.int64)
    for block in range(int(division.block.max()) + 1):
        left = np.flatnonzero(division.block == block).tolist()
        while left:
            chain = [left.pop(0)]
            for _ in range(int(rng.integers(1, 4))):
                if not left:
                    break
                steps = np.hypot(*(division.centre[left] - division.centre[chain[-1]]).T)
                chain.append(left.pop(int(np.argmin(steps))))
            local[chain] = streets.add(chain)
    return local


def _long_streets(rng: Rng, streets: _Layout, division: Division) -> None:
    """Main roads: shortest ways over parcels from the edge to the centre."""
    first, second = division.neighbours.T
    steps = np.hypot(*(division.centre[first] - division.centre[second]).T) * rng.uniform(0.7, 1.5, first.size)
    size = division.block.size
    graph = csr_array((steps, (first, second)), shape=(size, size))
    distance = np.hypot(*division.centre.T)
    target = int(np.argmin(distance))
    before = dijkstra(graph, directed=False, indices=target, return_predecessors=True)[1]
    count = max(2, (int(division.block.max()) + 1) // 5)
    for start in rng.choice(np.flatnonzero(distance > np.median(distance)), count, replace=False).tolist():
        way = [start]
        while way[-1] != target and before[way[-1]] >= 0:
            way.append(int(before[way[-1]]))
        streets.long.add(streets.add(way[: 4 + int(rng.integers(2, 14))]))


def _border_streets(rng: Rng, streets: _Layout, division: Division) -> None:
    """Streets that divide two blocks: odd numbers in one, even numbers in the other."""
    blocks = division.block[division.neighbours]
    border = blocks[:, 0] != blocks[:, 1]
    pairs = np.unique(np.sort(blocks[border], axis=1), axis=0)
    for a, b in pairs[rng.random(len(pairs)) < BORDER_SHARE].tolist():
        along = border & ((blocks == (a, b)).all(axis=1) | (blocks == (b, a)).all(axis=1))
        parcels = np.unique(division.neighbours[along])
        axis = division.centre[parcels]
        order = np.argsort(axis @ (axis.max(axis=0) - axis.min(axis=0)), kind="stable")
        streets.odd_block[streets.add(parcels[order].tolist())] = a


def _houses(rng: Rng, streets: _Layout, local: Ints, division: Division, plan: Plan) -> Table:
    """Houses with their parcel, street and place along it; numbers follow."""
    per_house = np.array(RESIDENTS_PER_HOUSE)[plan.character]
    number = np.maximum(3, np.round(plan.residents / per_house)).astype(np.int64)
    block = np.repeat(np.arange(number.size), number)
    parcel = _parcel_of(rng, division, block)
    street, place = _streets_of(rng, streets, local, parcel)
    odd_block = np.full(len(streets.chains), -1)
    odd_block[list(streets.odd_block)] = list(streets.odd_block.values())
    even = np.where(odd_block[street] >= 0, block != odd_block[street], rng.random(block.size) < 0.5)
    points = _points(rng, division, parcel)
    return {
        "street": street,
        "along": np.round((place + rng.random(block.size)) * 1e6).astype(np.int64),
        "even": even.astype(np.int64),
        "block": block,
        "easting": points[:, 0],
        "northing": points[:, 1],
        "units": _units(rng, plan.character[block]),
    }


def _streets_of(rng: Rng, streets: _Layout, local: Ints, parcel: Ints) -> tuple[Ints, Floats]:
    """The street of each house and its place along it: the local street, or one of the longer ones that pass."""
    passing: list[list[tuple[int, int]]] = [[] for _ in range(local.size)]
    place_of_parcel = np.zeros(local.size)
    for street, chain in enumerate(streets.chains):
        for place, cell in enumerate(chain):
            if local[cell] == street:
                place_of_parcel[cell] = place
            else:
                passing[cell].append((street, place))
    found, along = local[parcel].copy(), place_of_parcel[parcel].copy()
    other = np.flatnonzero(rng.random(parcel.size) < LONG_SHARE)
    for house in other[[bool(passing[cell]) for cell in parcel[other]]].tolist():
        options = passing[int(parcel[house])]
        found[house], along[house] = options[int(rng.integers(0, len(options)))]
    return found, along


def _parcel_of(rng: Rng, division: Division, block: Ints) -> Ints:
    """A parcel of the block for each house."""
    order = np.argsort(division.block, kind="stable")
    first = np.searchsorted(division.block[order], np.arange(int(division.block.max()) + 1))
    count = np.bincount(division.block)
    parcel: Ints = order[first[block] + (rng.random(block.size) * count[block]).astype(np.int64)]
    return parcel


def _units(rng: Rng, character: Ints) -> Ints:
    """Dwellings per house by character of the block: detached houses have one or two, towers some twenty."""
    spread = np.array([[1, 4], [3, 6], [3, 5], [12, 24], [1, 2], [1, 2]])
    units: Ints = rng.integers(spread[character, 0], spread[character, 1] + 1)
    return units


def _points(rng: Rng, division: Division, parcel: Ints) -> Ints:
    """A point inside each house's parcel, in decimetres: a mixture of its corners, drawn a little to its seed."""
    corners = [shapely.get_coordinates(shape)[:-1] for shape in division.parcels]
    width = max(len(ring) for ring in corners)
    rings = np.array([np.vstack([ring, np.repeat(ring[-1:], width - len(ring), axis=0)]) for ring in corners])
    sides = np.array([[1.0] * len(ring) + [0.0] * (width - len(ring)) for ring in corners])
    side = choose_by_row(rng, sides, parcel)
    following = np.where(side + 1 < sides.sum(axis=1)[parcel], side + 1, 0)
    near, far = np.sqrt(rng.random(parcel.size)) * 0.93, rng.random(parcel.size)
    edge = rings[parcel, side] * (1 - far)[:, None] + rings[parcel, following] * far[:, None]
    seed = division.centre[parcel] + CENTRE
    found: Floats = seed + near[:, None] * (edge - seed)
    return np.round(found * 10).astype(np.int64)


def _numbered(rng: Rng, houses: Table) -> Table:
    """House numbers along each side of each street, with gaps, and suffixes that belong to the number before."""
    houses = rows_of(houses, np.lexsort((houses["along"], houses["even"], houses["street"])))
    side = houses["street"] * 2 + houses["even"]
    new_side = np.diff(side, prepend=-1) != 0
    same_block = np.diff(houses["block"], prepend=-1) == 0
    suffixed = (rng.random(side.size) < SUFFIX_SHARE) & same_block & ~new_side
    step = np.where(suffixed, 0, 1 + (rng.random(side.size) < GAP_SHARE))
    running = np.cumsum(step)
    start = np.flatnonzero(new_side)
    rank = running - np.repeat(running[start] - 1, np.diff(np.append(start, side.size)))
    last_whole = np.maximum.accumulate(np.where(suffixed, 0, np.arange(side.size)))
    houses["number"] = 2 * rank - 1 + houses["even"]
    houses["suffix"] = np.arange(side.size) - last_whole
    del houses["along"]
    return houses


def _directory(houses: Table) -> tuple[tuple[int, int, int, str, int], ...]:
    """Runs of house numbers of one street side in one block; both sides in one row where the street has one block."""
    street, even, block, number = (houses[name] for name in ("street", "even", "block", "number"))
    change = (np.diff(street * 2 + even, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0)
    start = np.flatnonzero(change)
    end = np.append(start[1:], street.size) - 1
    runs: dict[int, list[tuple[int, int, int, int]]] = {}
    for first, last in zip(start.tolist(), end.tolist(), strict=True):
        runs.setdefault(int(street[first]), []).append(
            (int(number[first]), int(number[last]), int(even[first]), int(block[first]))
        )
    rows: list[tuple[int, int, int, str, int]] = []
    for key, found in runs.items():
        if len({run[3] for run in found}) == 1:
            rows.append((key, min(run[0] for run in found), max(run[1] for run in found), "all", found[0][3]))
        else:
            rows += [(key, low, high, "even" if side else "odd", block) for low, high, side, block in found]
    return tuple(rows)


def _names(rng: Rng, streets: _Layout) -> tuple[str, ...]:
    """One name per street, each once; long streets are called after where they lead."""
    first, endings = pools.words("street"), pools.words("ending")
    plain = [word + ending for word in first for ending in endings]
    special = [pattern.format(word) for word in first for pattern in ("Am {}rain", "Im {}grund", "An der {}halde")]
    special += [f"{kind} {word}weg" for word in first for kind in ("Oberer", "Unterer", "Hinterer")]
    special += [f"{kind} {word}straße" for word in first for kind in ("Alte", "Kleine", "Vordere", "Innere")]
    special += [word + end for word in first for end in ("hain", "bogen", "winkel", "terrasse", "zeile", "blick")]
    special += [f"{kind} {word}hof" for word in first for kind in ("Am", "Beim", "Hinterm", "Vorm")]
    long = list(pools.words("long"))
    pool = [name for name in plain + special if name not in long]
    order = np.concatenate([rng.permutation(len(plain) - 1), np.arange(len(plain) - 1, len(pool))])
    spare = iter([pool[place] for place in order.tolist()])
    number = 0
    names = []
    for street in range(len(streets.chains)):
        if street in streets.long and long:
            names.append(long.pop(0))
        else:
            number += 1
            names.append(next(spare, None) or f"Planstraße {number}")
    return tuple(names)
