"""Who attacks a release, as data. Protection holds against all of them or is none.

Source of the models: Fischetti & Salazar 2001 (bounds an attacker knows beforehand); Langsrud 2024 and Hundepool et
al., *Statistical Disclosure Control*, 2012 (zeros that are shown, the only person in a cell).
"""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.words import N_


@dataclass(frozen=True)
class Attacker:
    """``least``: what a hidden figure is at least, for all he knows.

    ``person``: he or his household is alone in a figure. ``earlier``: he has all earlier releases, and what they show
    is known to him.
    """

    id: str
    title: str
    least: int
    person: bool = False
    earlier: bool = False


ATTACKERS = (
    Attacker("sums", N_("Adds and subtracts what is published; knows that no figure is negative"), least=0),
    Attacker("zeros", N_("Sees that zeros are shown, so a hidden figure is at least 1"), least=1),
    Attacker(
        "person",
        N_("Is one of the people counted and knows of a figure that it is himself or his household alone"),
        least=1,
        person=True,
    ),
    Attacker("reader", N_("Has all earlier releases as well and knows what they show"), least=1, earlier=True),
)
