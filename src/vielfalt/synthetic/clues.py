"""How far the entries of a register connect the people who live together: the most that any evaluation could find."""

from __future__ import annotations

import numpy as np

from vielfalt.numbers import Ints
from vielfalt.synthetic.draw import NONE, Table, positions, years_between
from vielfalt.synthetic.extract import Gaps


def connected(people: Table, day: int, gaps: Gaps) -> Ints:
    """For each person the first row of those of the true household whom entered clues connect with the person.

    Clues between two members: a pointer of a spouse, of a minor to a parent, the two parents of a minor, one family
    name, the same day of moving in. Who is connected by none stands alone. Strangers are never connected here.
    """
    minor = years_between(people["birth"], day) < 18
    own = people["household"]
    pointers = [
        _within(people, np.where(gaps.spouse, NONE, people["spouse"])),
        _within(people, np.where(minor & ~gaps.mother, people["mother"], NONE)),
        _within(people, np.where(minor & ~gaps.father, people["father"], NONE)),
    ]
    groups = [_groups(own, people["family"]), _groups(own, people["move_in"])]
    label = np.arange(own.size)
    while True:
        before = label.copy()
        for row in pointers:
            found = np.flatnonzero(row >= 0)
            least = np.minimum(label[found], label[row[found]])
            np.minimum.at(label, found, least)
            np.minimum.at(label, row[found], least)
        for group in groups:
            least = np.full(int(group.max(initial=0)) + 1, own.size)
            np.minimum.at(least, group, label)
            label = least[group]
        if (label == before).all():
            return label


def _within(people: Table, pointer: Ints) -> Ints:
    """The row of the person pointed at where both live together, else NONE."""
    row = positions(people["person"], pointer)
    return np.where((row >= 0) & (people["household"][row] == people["household"]), row, NONE)


def _groups(household: Ints, value: Ints) -> Ints:
    """A number for each pair of household and value."""
    _, ranked = np.unique(value, return_inverse=True)
    _, group = np.unique(household * (int(ranked.max(initial=0)) + 1) + ranked, return_inverse=True)
    found: Ints = group.astype(np.int64)
    return found
