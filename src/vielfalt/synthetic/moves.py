"""Moves between two reference dates: leaving the parents, separating, moving in town, leaving it, arriving."""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Floats, Ints
from vielfalt.synthetic import households as h
from vielfalt.synthetic import life, placement
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NONE, Rng, Table, chance, joined, length, rows_of, year_of, years_between
from vielfalt.synthetic.life import Interval
from vielfalt.synthetic.members import members
from vielfalt.synthetic.placement import Settlement
from vielfalt.synthetic.population import Population, alone, arrive, heads, nursing_households, safe_households, shelter

LEAVE_HOME, LEAVE_HOME_AND_TOWN = 0.15, 0.45
MOVE_IN_TOWN: Final = (0.13, 0.075, 0.045, 0.02)
LEAVE_TOWN: Final = (0.11, 0.055, 0.025, 0.008)
"""Yearly rates of households by the head's age: under 30, 30-44, 45-64, older."""
FOREIGN_FACTOR: Final = 1.7
LEAVE_SHELTER, FROM_SHELTER_INTO_TOWN = 0.4, 0.55
MOVE_TOGETHER: Final = 0.06
GROWTH: Final = 0.004
FROM_ABROAD: Final = 0.36
SECOND_HOMES_END: Final = 0.15


def evolve(rng: Rng, population: Population, houses: Table, settled: Settlement, time: Interval) -> Population:
    """The population at the end of the interval."""
    people, before = population.people, _residents(population.people)
    home = houses["home"][people["house"]]
    people = life.die(rng, people, home == placement.NURSING_HOME, time)
    people, next_person = life.bear(rng, people, time, population.next_person)
    life.wed(rng, people, time)
    life.naturalise(rng, people, time)
    next_household = _found_households(rng, people, houses, settled, time, population.next_household)
    _move_together(rng, people, time)
    people = _leave(rng, people, houses, time)
    _move_in_town(rng, people, houses, settled, time)
    wanted = round(before * (1 + GROWTH * time.years))
    return _arrivals(rng, Population(people, next_person, next_household), houses, settled, time, wanted)


def _residents(people: Table) -> int:
    return int((people["elsewhere"] < 2).sum())


def _found_households(
    rng: Rng, people: Table, houses: Table, settled: Settlement, time: Interval, next_household: int
) -> int:
    """Grown children who leave their parents and partners who part found households of their own."""
    age = years_between(people["birth"], time.end)
    grown = (people["role"] == p.CHILD) & (age >= 18)
    leaving = np.flatnonzero(grown & time.happens(rng, np.where(age < 30, LEAVE_HOME, 0.04), age.size))
    rows = np.union1d(leaving, life.separate(rng, people, time))
    free = placement.vacant(houses, people)
    people["household"][rows] = next_household + np.arange(rows.size)
    people["role"][rows] = p.HEAD
    group = placement.groups(people, rows, time.end)
    people["house"][rows] = placement.house_some(rng, settled, houses, free, group)
    people["move_in"][rows] = time.days(rng, rows.size)
    return next_household + rows.size


def _move_together(rng: Rng, people: Table, time: Interval) -> None:
    """Women and men who live alone form couples: one moves into the dwelling of the other."""
    _, inverse = heads(people)
    lone = np.bincount(inverse)[inverse] == 1
    age = years_between(people["birth"], time.end)
    free = lone & (age >= 20) & (age < 60) & (people["elsewhere"] == 0) & (people["spouse"] == NONE)
    free &= time.happens(rng, MOVE_TOGETHER, free.size) & (people["role"] == p.HEAD)
    women, men = (np.flatnonzero(free & (people["sex"] == sex)) for sex in (1, 0))
    pairs = min(women.size, men.size)
    women = women[np.argsort(people["birth"][women], kind="stable")][:pairs]
    men = men[np.argsort(people["birth"][men], kind="stable")][:pairs]
    people["partner"][women], people["partner"][men] = people["person"][men], people["person"][women]
    people["role"][men] = p.PARTNER
    people["move_in"][men] = np.maximum(time.days(rng, pairs), people["move_in"][women])
    for name in ("household", "house"):
        people[name][men] = people[name][women]


def _rates(people: Table, first: Ints, rates: tuple[float, ...], time: Interval) -> Floats:
    band = np.digitize(years_between(people["birth"][first], time.end), (30, 45, 65))
    return np.array(rates)[band]


def _leave(rng: Rng, people: Table, houses: Table, time: Interval) -> Table:
    """Removes households that leave the town and grown children who do."""
    first, inverse = heads(people)
    home = houses["home"][people["house"][first]]
    rate = _rates(people, first, LEAVE_TOWN, time) * np.where(people["nat1"][first] > 0, FOREIGN_FACTOR, 1.0)
    rate = np.where(people["elsewhere"][first] == 2, SECOND_HOMES_END, rate)
    rate = np.select(
        [home == placement.SHELTER, home == placement.NURSING_HOME, home == placement.REFUGE],
        [LEAVE_SHELTER * (1 - FROM_SHELTER_INTO_TOWN), 0.01, 0.9],
        rate,
    )
    gone = time.happens(rng, rate, first.size)[inverse]
    own = (
        (people["role"] == p.HEAD) & (people["move_in"] > time.start) & (years_between(people["birth"], time.end) < 30)
    )
    # Of the grown children who left home in this interval, some left the town; they found no household here.
    gone |= own & (people["mother"] > NONE) & chance(rng, LEAVE_HOME_AND_TOWN, gone.size)
    return rows_of(people, ~gone)


def _move_in_town(rng: Rng, people: Table, houses: Table, settled: Settlement, time: Interval) -> None:
    """Moves households to other houses; from the shelters into the town."""
    first, inverse = heads(people)
    home = houses["home"][people["house"][first]]
    rate = _rates(people, first, MOVE_IN_TOWN, time)
    rate = np.where(home == placement.SHELTER, LEAVE_SHELTER * FROM_SHELTER_INTO_TOWN, np.where(home > 0, 0.0, rate))
    recent = people["move_in"][first] > time.start
    moving = time.happens(rng, rate, first.size) & ~recent
    house = people["house"][first].copy()
    group = placement.groups(people, first, time.end)[moving]
    house[moving] = placement.house_some(rng, settled, houses, placement.vacant(houses, people), group)
    day = time.days(rng, first.size)
    people["house"] = house[inverse]
    people["move_in"] = np.where(moving[inverse], np.maximum(day[inverse], people["birth"]), people["move_in"])


def _arrivals(
    rng: Rng, population: Population, houses: Table, settled: Settlement, time: Interval, wanted: int
) -> Population:
    """Fills the homes and then the town up to the residents wanted; a few second homes besides."""
    parts, numbers = [population.people], (population.next_person, population.next_household)
    vacancies = wanted - _residents(population.people)
    for people in _into_homes(rng, population, houses, time):
        moved = _renumbered(people, numbers)
        parts.append(moved)
        numbers = _following(moved, numbers)
        vacancies -= length(moved)
    year = int(year_of(np.array([time.end]))[0])
    second_homes = round(vacancies * 0.03) if vacancies > 0 else 0
    from_abroad = round(max(vacancies, 0) * FROM_ABROAD)
    coming = []
    for count, mix in ((from_abroad, h.from_abroad(year)), (max(vacancies, 0) - from_abroad, h.FROM_GERMANY)):
        coming.append(_movers(rng, count, mix, time, numbers))
        numbers = _following(coming[-1], numbers)
    coming.append(alone(_singles(rng, second_homes, time, numbers)))
    numbers = _following(coming[-1], numbers)
    moved = joined(coming)
    first, inverse = heads(moved)
    group, free = placement.groups(moved, first, time.end), placement.vacant(houses, population.people)
    moved["house"] = placement.house_some(rng, settled, houses, free, group)[inverse]
    return Population(joined([*parts, moved]), *numbers)


def _following(people: Table, numbers: tuple[int, int]) -> tuple[int, int]:
    if not length(people):
        return numbers
    return int(people["person"].max()) + 1, int(people["household"].max()) + 1


def _renumbered(people: Table, numbers: tuple[int, int]) -> Table:
    """The same people with numbers that follow the town's; they came with numbers from zero."""
    for name in ("person", "spouse", "partner", "mother", "father"):
        people[name] = np.where(people[name] >= 0, people[name] + numbers[0], people[name])
    people["household"] = people["household"] + numbers[1]
    return people


def _movers(rng: Rng, count: int, mix: h.Mix, time: Interval, numbers: tuple[int, int]) -> Table:
    """Households that come to town, still without dwelling; the members of those from abroad came on one day."""
    households = h.draw_households(rng, count, mix, time.end)
    if mix.recent is not None:
        h.let_arrive(rng, households, time.start, time.end)
    people = members(rng, households, time.end, *numbers)
    first, inverse = heads(people)
    day = time.days(rng, first.size)[inverse]
    if mix.recent is not None:
        day = households["arrived"][inverse]
    arrive(rng, people, day)
    return people


def _singles(rng: Rng, count: int, time: Interval, numbers: tuple[int, int]) -> Table:
    """Single people only: the first adult of each household."""
    people = _movers(rng, count, h.FROM_GERMANY, time, numbers)
    single = rows_of(people, people["role"] == p.HEAD)
    for pointer in ("spouse", "partner"):
        single[pointer][:] = NONE
    return single


def _into_homes(rng: Rng, population: Population, houses: Table, time: Interval) -> list[Table]:
    """New residents of nursing homes and shelters in place of those who died or left; numbers from zero."""
    found = []
    living = np.bincount(population.people["house"], minlength=houses["home"].size)
    vacant = houses["units"] - living
    start = max(time.start, time.end - 700)
    for place, house in enumerate(np.flatnonzero(houses["home"] == placement.SHELTER).tolist()):
        if vacant[house] > 0:
            found.append(shelter(rng, place, int(vacant[house]), house, (start, time.end), (0, 0)))
    for house in np.flatnonzero(np.isin(houses["home"], (placement.NURSING_HOME, placement.REFUGE))).tolist():
        count = int(vacant[house])
        if count > 0:
            nursed = houses["home"][house] == placement.NURSING_HOME
            households = nursing_households(rng, count, time.end) if nursed else safe_households(rng, count, time.end)
            people = members(rng, households, time.end, 0, 0)
            arrive(rng, people, time.days(rng, length(people)))
            people["house"][:] = house
            found.append(people)
    return found
