"""What happens to people between two reference dates: deaths, births, marriages, separations, naturalisations.

Rates are per year. Each step takes the table and returns the table after it, or changes columns in place; persons
stay in ascending order throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vielfalt.numbers import Floats, Ints, Marks
from vielfalt.synthetic import kin, naming, origin
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, NONE, Rng, Table, chance, joined, positions, rows_of, to_day, years_between
from vielfalt.synthetic.members import birth_places, religions

BIRTH_RATES: Final = (0.0, 0.035, 0.085, 0.135, 0.075, 0.016, 0.0)
"""Births per year of women with a partner, by age under 18, 18-22, 23-26, 27-34, 35-39, 40-44, older."""
BIRTHS_ALONE: Final = 0.1
"""Births of women without a partner, as a share of the rate of those with one."""
MARRIAGES, SEPARATIONS, DIVORCED = 0.1, 0.011, 0.55
NATURALISATIONS: Final = {"classic": 0.02, "eu": 0.014, "western": 0.014, "refugee": 0.055, "skilled": 0.035}
NATURALISED_CHILDREN: Final = 0.65
"""Share of foreign children who are naturalised with a parent (StAG §10(2))."""
RESIDENCE: Final = ((NEVER, 8), (20240627, 5))
"""Years of residence before naturalisation, and since when (StAG §10(1))."""
KEPT_SINCE_2024: Final = 0.88


@dataclass(frozen=True)
class Interval:
    """The time between two reference dates: days after ``start`` up to and including ``end``."""

    start: int
    end: int

    @property
    def years(self) -> float:
        """Length in years."""
        return (self.end - self.start) / 365.2425

    def days(self, rng: Rng, count: int) -> Ints:
        """Days drawn evenly from the interval."""
        return rng.integers(self.start + 1, self.end + 1, count)

    def happens(self, rng: Rng, rate: float | Floats, count: int) -> Marks:
        """Whether something with this yearly rate happens within the interval."""
        return chance(rng, 1 - (1 - np.asarray(rate)) ** self.years, count)


def die(rng: Rng, people: Table, nursed: Marks, time: Interval) -> Table:
    """Removes the dead; widows and widowers, and children without pointers to the dead, remain."""
    age = years_between(people["birth"], time.start)
    hazard = 0.0072 * np.exp(0.0868 * (age - 60.0)) * np.where(people["sex"] == 0, 1.25, 0.85)
    dead = time.happens(rng, np.clip(hazard * np.where(nursed, 2.2, 1.0), 0.0001, 0.6), age.size)
    gone = people["person"][dead]
    widowed = np.isin(people["spouse"], gone) & ~dead
    people["marital"] = np.where(
        widowed, np.where(people["marital"] == p.PARTNERED, p.PARTNER_DEAD, p.WIDOWED), people["marital"]
    )
    for pointer in ("spouse", "partner", "mother", "father"):
        people[pointer] = np.where(np.isin(people[pointer], gone), NONE, people[pointer])
    return rows_of(people, ~dead)


def bear(rng: Rng, people: Table, time: Interval, next_person: int) -> tuple[Table, int]:
    """Adds the children born in the interval to their mothers' households."""
    mother = _mothers(rng, people, time)
    partner = positions(people["person"], people["partner"][mother])
    same_home = (partner >= 0) & (people["household"][partner] == people["household"][mother])
    father = np.where(same_home & (people["sex"][partner] == 0), partner, NONE)
    born = time.days(rng, mother.size)
    count = mother.size
    babies = p.new_people(count, person=next_person + np.arange(count), birth=born, move_in=born, arrival=born)
    for name in ("household", "house", "elsewhere"):
        babies[name] = people[name][mother]
    babies["role"][:] = p.CHILD
    babies["sex"] = chance(rng, 0.487, count).astype(np.int64)
    babies["mother"] = people["person"][mother]
    babies["father"] = np.where(father >= 0, people["person"][father], NONE)
    rows = np.arange(count) + people["person"].size
    everyone = joined([people, babies])
    origin.children(rng, everyone, rows, mother, father)
    everyone["religion"][rows] = religions(rng, everyone, rows)
    naming.give_names(rng, everyone, rows)
    naming.pass_on_names(rng, everyone, rows)
    everyone["birth_place"][rows] = birth_places(rng, everyone, rows)
    return everyone, next_person + count


def _mothers(rng: Rng, people: Table, time: Interval) -> Ints:
    """The rows of the women who give birth: none who did in the year before."""
    age = years_between(people["birth"], time.end)
    band = np.digitize(age, (18, 23, 27, 35, 40, 45))
    rate = np.array(BIRTH_RATES)[band] * np.where(people["partner"] >= 0, 1.0, BIRTHS_ALONE)
    recent = people["mother"][people["birth"] > time.start - 330]
    able = (people["sex"] == 1) & (people["role"] <= p.PARTNER) & (people["elsewhere"] < 2)
    able &= ~np.isin(people["person"], recent)
    return np.flatnonzero(time.happens(rng, np.where(able, rate, 0.0), age.size))


def wed(rng: Rng, people: Table, time: Interval) -> None:
    """Marries couples who live together."""
    partner = positions(people["person"], people["partner"])
    free = (people["spouse"] == NONE) & (partner >= 0) & (people["person"] < people["partner"])
    free &= (people["spouse"][partner] == NONE) & (years_between(people["birth"], time.start) >= 18)
    free &= years_between(people["birth"][partner], time.start) >= 18
    one = np.flatnonzero(free & time.happens(rng, MARRIAGES, free.size))
    two = partner[one]
    kin.marry(rng, people, one, two, people["sex"][one] == people["sex"][two])
    taken = chance(rng, naming.SHARED_NAME * 0.8, one.size)
    people["family"][two] = np.where(taken, people["family"][one], people["family"][two])


def separate(rng: Rng, people: Table, time: Interval) -> Ints:
    """Ends partnerships; returns the rows of those who move out. Somewhat more than half of the spouses divorce."""
    partner = positions(people["person"], people["partner"])
    couple = (people["role"] == p.PARTNER) & (partner >= 0)
    left = np.flatnonzero(couple & time.happens(rng, SEPARATIONS, couple.size))
    stayed = partner[left]
    divorced = chance(rng, DIVORCED, left.size) & (people["spouse"][left] >= 0)
    for rows in (left, stayed):
        people["partner"][rows] = NONE
        registered = people["marital"][rows] == p.PARTNERED
        people["marital"][rows] = np.where(
            divorced, np.where(registered, p.PARTNERSHIP_ENDED, p.DIVORCED), people["marital"][rows]
        )
        people["spouse"][rows] = np.where(divorced, NONE, people["spouse"][rows])
    return left


def naturalise(rng: Rng, people: Table, time: Interval) -> None:
    """Makes long-term foreign residents Germans, children often with them; some keep their nationality."""
    needed = max(years for since, years in RESIDENCE if since == NEVER)
    if time.end >= to_day(RESIDENCE[1][0]):
        needed = RESIDENCE[1][1]
    foreign = (people["nat1"] > 0) & (people["root"] >= 0) & (people["elsewhere"] < 2)
    since = np.where(people["abroad"] > NEVER, people["abroad"], people["birth"])
    long_here = since + needed * 365 <= time.end
    adult = years_between(people["birth"], time.end) >= 18
    able = foreign & long_here & adult
    chosen = able & time.happens(rng, origin.by_shape(NATURALISATIONS, people["root"]), able.size)
    parents = people["person"][chosen]
    child = foreign & ~adult & (np.isin(people["mother"], parents) | np.isin(people["father"], parents))
    chosen |= child & chance(rng, NATURALISED_CHILDREN, child.size)
    rows = np.flatnonzero(chosen)
    root = people["root"][rows]
    changed = time.days(rng, rows.size)
    share = np.where(changed >= to_day(20240627), KEPT_SINCE_2024, origin.by_shape(origin.KEPT_NATIONALITY, root))
    kept = chance(rng, share, rows.size)
    people["nat2"][rows] = np.where(kept, people["nat1"][rows], NONE)
    people["former"][rows], people["german_since"][rows] = people["nat1"][rows], changed
    people["nat1"][rows] = 0
    people["kind"][rows] = p.BY_NATURALISATION
    here = people["standing"][rows] == p.FOREIGN_HERE
    people["standing"][rows] = np.where(here, p.NATURALISED_HERE, p.NATURALISED)
