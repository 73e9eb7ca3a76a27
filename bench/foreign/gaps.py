"""What another office never entered: not at random, but by when and where the entry was made.

Old entries were taken over from cards with half the fields; moves between towns lost the kind of nationality until the
ordinance made towns hand it over (handbook of the field, 1.3). The years and shares are ours.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vielfalt.numbers import Ints
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import NEVER, NONE, Table, positions, stable, year_of
from vielfalt.synthetic.extract import Gaps

STREAM: Final = 520
ERAS: Final = (1995, 2011)
"""Years in which the office changed its software: before, between, after."""
STATE_ABROAD, STATE_HERE = (0.88, 0.5, 0.12), (0.97, 0.85, 0.5)
ABROAD: Final = (0.6, 0.2, 0.04)
NATURALISED, CERTIFICATE, BIRTH, OPTION = (0.65, 0.4, 0.15), (0.5, 0.35, 0.3), (0.9, 0.8, 0.5), (0.1, 0.1, 0.05)
LOST_ON_MOVE, ORIGIN, COORDINATES, SPOUSE = 0.25, 0.22, 0.6, 0.005
BOTH_PARENTS, UNMARRIED_FATHER, ONE_PARENT = 0.012, 0.14, 0.006


def gaps(seed: int, people: Table) -> Gaps:
    """The gaps of people in ascending order; shares by the year of arrival, from abroad or in the town."""
    number = people["person"]
    u = [stable(seed, STREAM + kind, number) for kind in range(9)]
    era = _era(people["arrival"])
    state = np.where(people["birth_country"] == 0, np.array(STATE_HERE)[era], np.array(STATE_ABROAD)[era])
    changed = _era(np.where(people["german_since"] > NEVER, people["german_since"], people["arrival"]))
    kind = np.zeros(number.size)
    for value, shares in (
        (p.BY_NATURALISATION, NATURALISED),
        (p.BY_CERTIFICATE, CERTIFICATE),
        (p.BY_BIRTH, BIRTH),
        (p.BY_OPTION, OPTION),
    ):
        kind = np.where(people["kind"] == value, np.array(shares)[changed], kind)
    moved = (people["origin_muni"] > NONE) & (people["arrival"] > people["german_since"])
    kind = np.where(moved, 1 - (1 - kind) * (1 - LOST_ON_MOVE), kind)
    abroad = u[2] < np.array(ABROAD)[_era(people["abroad"])]
    both = u[6] < BOTH_PARENTS
    mother = positions(number, people["mother"])
    unmarried = (mother >= 0) & (people["spouse"][mother] != people["father"])
    return Gaps(
        birth_state=u[0] < state,
        kind=u[1] < kind,
        abroad=abroad,
        origin_state=abroad | (u[3] < ORIGIN),
        coordinates=stable(seed, STREAM + 9, people["house"]) < COORDINATES,
        spouse=u[4] < SPOUSE,
        mother=both | (u[5] < ONE_PARENT),
        father=both | (u[7] < np.where(unmarried, UNMARRIED_FATHER, ONE_PARENT)),
    )


def _era(days: Ints) -> Ints:
    """0, 1, 2: before, between and after the changes of software; no date counts as before."""
    era: Ints = np.digitize(year_of(days), ERAS).astype(np.int64)
    return era
