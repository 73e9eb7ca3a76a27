"""The division of the town: how many districts, quarters and blocks, and what kind of place each block is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vielfalt.numbers import Floats, Ints
from vielfalt.synthetic import pools
from vielfalt.synthetic.draw import Rng
from vielfalt.synthetic.shapes import Division

CHARACTERS = ("old_town", "inner", "post_war", "estate", "suburb", "village")
OLD_TOWN, INNER, POST_WAR, ESTATE, SUBURB, VILLAGE = range(len(CHARACTERS))
LARGE = 40_000
RESIDENTS_PER_BLOCK = 625
HAMLETS = 2


@dataclass(frozen=True)
class Sizes:
    """How many areas a town of that size has."""

    districts: int
    quarters: int
    blocks: int


@dataclass(frozen=True)
class Plan:
    """Names and parents of the areas, and per block its character and its share of the residents."""

    district_names: tuple[str, ...]
    quarter_names: tuple[str, ...]
    block_names: tuple[str, ...]
    block_keys: tuple[str, ...]
    quarter_keys: tuple[str, ...]
    district_keys: tuple[str, ...]
    character: Ints
    residents: Floats


def sizes(residents: int) -> Sizes:
    """Areas grow with the town up to 40,000 residents and more slowly above: 1 million has about 10, 60 and 400."""
    if residents <= LARGE:
        return Sizes(
            max(2, round(residents / 10_000)),
            max(4, round(residents / 2_500)),
            max(8, round(residents / RESIDENTS_PER_BLOCK)),
        )
    growth = residents / LARGE
    return Sizes(round(4 * growth**0.285), round(16 * growth**0.41), round(64 * growth**0.57))


def plan(rng: Rng, division: Division, residents: int) -> Plan:
    """The areas of the town, from its geometry."""
    character = _characters(rng, division)
    districts, quarters = int(division.district.max()) + 1, int(division.quarter.max()) + 1
    hamlets = _hamlets(division, character)
    weight = np.clip(rng.lognormal(0, 0.3, division.quarter.size), 0.58, 1.6)
    weight[hamlets] = 0.0
    target = np.maximum(weight / weight.sum() * residents, 1.0)
    mean = residents / division.quarter.size
    target[hamlets] = np.minimum(rng.uniform(0.2, 0.42, hamlets.size) * mean, 270)
    target *= residents / target.sum()
    quarter_names = _quarter_names(character)
    number = _within(division.quarter)
    return Plan(
        district_names=_district_names(division, districts),
        quarter_names=quarter_names,
        block_names=_block_names(quarter_names, division.quarter, number, hamlets),
        district_keys=tuple(f"{d + 1:02}" for d in range(districts)),
        quarter_keys=tuple(f"{division.district[q] + 1:02}{q + 1:02}" for q in range(quarters)),
        block_keys=tuple(
            f"{division.district[q] + 1:02}{q + 1:02}{n + 1:02}" for q, n in zip(division.quarter, number, strict=True)
        ),
        character=character[division.quarter],
        residents=target,
    )


def _characters(rng: Rng, division: Division) -> Ints:
    """The character of each quarter: rings around the centre, with the tower blocks between post-war quarters."""
    distance = np.hypot(*division.quarter_centre.T)
    order = np.argsort(distance, kind="stable")
    rank = np.empty(order.size)
    rank[order] = np.arange(order.size) / order.size
    character = np.select(
        [rank < 0.07, rank < 0.25, rank < 0.5, rank < 0.75], [OLD_TOWN, INNER, POST_WAR, SUBURB], VILLAGE
    )
    character[order[0]] = OLD_TOWN
    post_war = np.flatnonzero((character == POST_WAR) | (character == SUBURB))
    estates = rng.permutation(post_war)[: max(1, round(order.size * 0.12))]
    character[estates] = ESTATE
    return character.astype(np.int64)


def _district_names(division: Division, districts: int) -> tuple[str, ...]:
    """Districts are called after their direction from the centre; the innermost is the middle."""
    centre = np.array([division.quarter_centre[division.district == key].mean(axis=0) for key in range(districts)])
    compass = np.round(np.degrees(np.arctan2(centre[:, 1], centre[:, 0])) / 45).astype(int) % 8
    wanted = [pools.words("compass")[direction] for direction in compass.tolist()]
    wanted[int(np.argmin(np.hypot(*centre.T)))] = "Mitte"
    spare = iter(pools.words("district"))
    return tuple(name if name not in wanted[:place] else next(spare) for place, name in enumerate(wanted))


def _hamlets(division: Division, character: Ints) -> Ints:
    """The blocks farthest out become hamlets of fewer than 300 residents."""
    distance = np.hypot(*division.block_centre.T)
    distance = np.where(character[division.quarter] == VILLAGE, distance, 0.0)
    return np.argsort(-distance, kind="stable")[: HAMLETS if distance.size >= 30 else 1]


def _quarter_names(character: Ints) -> tuple[str, ...]:
    lists = {
        OLD_TOWN: "centre",
        INNER: "centre",
        POST_WAR: "suburb",
        ESTATE: "estate",
        SUBURB: "suburb",
        VILLAGE: "village",
    }
    used: dict[str, int] = {}
    names = []
    for kind in character.tolist():
        pool = pools.words(lists[kind])
        number = used.get(lists[kind], 0)
        used[lists[kind]] = number + 1
        suffix = ("", "-Süd", "-Nord", "-West")[number // len(pool) % 4]
        names.append(pool[number % len(pool)] + suffix)
    return tuple(names)


def _within(quarter: Ints) -> list[int]:
    """The number of each block within its quarter."""
    seen: dict[int, int] = {}
    numbers = []
    for key in quarter.tolist():
        numbers.append(seen.get(key, 0))
        seen[key] = numbers[-1] + 1
    return numbers


def _block_names(quarters: tuple[str, ...], quarter: Ints, number: list[int], hamlets: Ints) -> tuple[str, ...]:
    names = [f"{quarters[q]} {n + 1}" for q, n in zip(quarter.tolist(), number, strict=True)]
    for hamlet, name in zip(hamlets.tolist(), pools.words("hamlet"), strict=False):
        names[hamlet] = name
    return tuple(names)
