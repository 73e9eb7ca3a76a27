"""The population of the first reference date: households in their houses, people in homes, second dwellings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vielfalt.numbers import Ints
from vielfalt.synthetic import households as h
from vielfalt.synthetic import people as p
from vielfalt.synthetic import placement, pools, tenure
from vielfalt.synthetic.draw import NEVER, Rng, Table, chance, joined, length, rows_of, year_of
from vielfalt.synthetic.members import members
from vielfalt.synthetic.placement import Settlement
from vielfalt.synthetic.plan import Plan

SECOND_HOMES: Final = 0.013
"""People with only a secondary dwelling in the town, as a share of its residents."""
SHELTER_ORIGINS: Final = (423, 166, 475)
"""Afghanistan, Ukraine, Syria: one origin dominates each shelter."""
SHELTER_DOMINANCE: Final = 0.85
NURSED: Final = 0.0085
"""Residents of nursing homes as a share of all (Pflegestatistik 2021: some 800,000 of 83 million)."""


@dataclass(frozen=True)
class Population:
    """Everyone registered on a day; persons ascend. ``next_person`` and ``next_household`` are free numbers."""

    people: Table
    next_person: int
    next_household: int


def heads(people: Table) -> tuple[Ints, Ints]:
    """The row of one member per household (the first), and for every person the position of the household therein."""
    _, first, inverse = np.unique(people["household"], return_index=True, return_inverse=True)
    return first, inverse


def first_population(
    rng: Rng, plan: Plan, quarter: Ints, houses: Table, residents: int, day: int
) -> tuple[Population, Settlement]:
    """The town on its first reference date: exactly that many residents, and further people with a second home."""
    nursed = round(residents * NURSED / placement.homes(residents)) * placement.homes(residents)
    sheltered = [
        40 + int(rng.integers(5, 80 if residents > 5_000 else 6)) for _ in range(placement.shelters(residents))
    ]
    refuge = 9 if (houses["home"] == placement.REFUGE).any() else 0
    private = residents - nursed - sum(sheltered) - refuge
    parts = [members(rng, h.draw_households(rng, private, h.RESIDENT, day), day, 0, 0)]
    second = h.draw_households(rng, round(residents * SECOND_HOMES), h.FROM_GERMANY, day)
    parts.append(_second_homes(rng, second, parts, day))
    people = joined(parts)
    tenure.settle(rng, people, day)
    first, inverse = heads(people)
    group = placement.groups(people, first, day)
    size = np.bincount(inverse)
    settled = placement.settlement(rng, plan, quarter, houses, size, group)
    people["house"] = placement.house_all(rng, settled, group)[inverse]
    # Each household has a dwelling of its own: where more live in a house than drawn, it has that many.
    lived_in = placement.households(houses, people)
    houses["units"] = np.where(
        houses["home"] == placement.HOUSEHOLD, np.maximum(houses["units"], lived_in), houses["units"]
    )
    tenure.first_lets(rng.spawn(1)[0], people, houses, day)
    everyone = [people, *_homes(rng, houses, (nursed, sheltered, refuge), people, day)]
    people = joined(everyone)
    return Population(people, length(people), int(people["household"].max()) + 1), settled


def _second_homes(rng: Rng, households: Table, parts: list[Table], day: int) -> Table:
    for place in range(h.MAX_CHILDREN):
        households[f"child_{place}"][:] = NEVER
    together = np.isin(households["kind"], (*h.WITH_CHILDREN, h.SIBLINGS))
    households["kind"] = np.where(together, h.SINGLE, households["kind"])
    for place in range(1, 4):
        households[f"adult_{place}"][:] = NEVER
    return alone(members(rng, households, day, *after(parts)))


def alone(people: Table) -> Table:
    """People whose main dwelling is elsewhere."""
    people["elsewhere"][:] = 2
    return people


def after(parts: list[Table]) -> tuple[int, int]:
    """The numbers of person and household that follow those in the tables."""
    return sum(length(part) for part in parts), max(int(part["household"].max()) for part in parts) + 1


def _homes(rng: Rng, houses: Table, counts: tuple[int, list[int], int], people: Table, day: int) -> list[Table]:
    """The residents of nursing homes, shelters and the refuge, each in its house."""
    nursed, sheltered, refuge = counts
    parts = [people]
    number = np.flatnonzero(houses["home"] == placement.NURSING_HOME)
    old = members(rng, nursing_households(rng, nursed, day), day, *after(parts))
    tenure.settle(rng, old, day)
    late = day - rng.integers(20, 1500, length(old))
    old["move_in"] = np.maximum(old["move_in"], late)
    old["house"] = np.resize(number, length(old))
    houses["units"][number] = nursed // number.size
    parts.append(old)
    for place, count in enumerate(sheltered):
        house = int(np.flatnonzero(houses["home"] == placement.SHELTER)[place])
        houses["units"][house] = count
        parts.append(shelter(rng, place, count, house, (day - 900, day), after(parts)))
    if refuge:
        house = int(np.flatnonzero(houses["home"] == placement.REFUGE)[0])
        houses["units"][house] = refuge
        safe = members(rng, safe_households(rng, refuge, day), day, *after(parts))
        arrive(rng, safe, day - rng.integers(5, 300, length(safe)))
        safe["house"][:] = house
        parts.append(safe)
    for part in parts[1:]:
        part["elsewhere"][:] = 0
    return parts[1:]


def safe_households(rng: Rng, count: int, day: int) -> Table:
    """Women, some with children, in a shelter against domestic violence."""
    households = h.draw_households(rng, count * 12, h.FROM_GERMANY, day)
    alone = (
        (households["adult_1"] == NEVER)
        & (households["kind"] != h.GENERATIONS)
        & (day - households["adult_0"] < 60 * 365)
    )
    households = rows_of(households, alone)
    size = h.household_sizes(households)
    kept = int(np.searchsorted(np.cumsum(size), count, side="right"))
    single = kept + np.flatnonzero(size[kept:] == 1)
    households = rows_of(households, np.concatenate([np.arange(kept), single[: count - int(size[:kept].sum())]]))
    households["first_woman"][:] = 1
    return households


def nursing_households(rng: Rng, count: int, day: int) -> Table:
    """Single people of high age, most of them women."""
    households = rows_of(
        h.draw_households(rng, count * 3, h.Mix(((p.NATIVE, 0.9), (p.REPATRIATE, 0.1))), day), np.arange(count)
    )
    households["kind"][:] = h.SINGLE_OLD
    households["adult_0"] = day - (365 * (72 + 28 * rng.beta(2.4, 1.9, count))).astype(np.int64)
    households["first_woman"] = chance(rng, 0.72, count).astype(np.int64)
    for name in households:
        if name.startswith(("adult_", "child_")) and name != "adult_0":
            households[name][:] = NEVER
    return households


def shelter(rng: Rng, place: int, count: int, house: int, span: tuple[int, int], first: tuple[int, int]) -> Table:
    """The residents of one shelter: households that came from abroad within the span, most of one origin."""
    start, day = span
    year = int(year_of(np.array([day]))[0])
    households = h.draw_households(rng, count, h.Mix(((p.FOREIGN, 1.0),), recent=year), day)
    h.let_arrive(rng, households, start, day)
    key = SHELTER_ORIGINS[place % len(SHELTER_ORIGINS)]
    root = int(np.flatnonzero(pools.origins().key == key)[0])
    many = chance(rng, SHELTER_DOMINANCE, length(households))
    households["root"] = np.where(many, root, households["root"])
    people = members(rng, households, day, *first)
    arrive(rng, people, households["arrived"][heads(people)[1]])
    people["house"][:] = house
    return people


def arrive(rng: Rng, people: Table, arrived: Ints) -> None:
    """Sets arrival and moving in on the day given (or at birth, or on immigration, whichever is last)."""
    came = np.maximum(np.maximum(arrived, people["birth"]), people["abroad"])
    people["move_in"], people["arrival"] = came, came.copy()
    tenure.origins_of_moves(rng, people, np.arange(came.size))
