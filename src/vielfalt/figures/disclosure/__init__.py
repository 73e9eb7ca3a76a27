"""Disclosure control: from cells to protected cells."""

from vielfalt.figures.disclosure.attack import recomputable
from vielfalt.figures.disclosure.attackers import ATTACKERS
from vielfalt.figures.disclosure.by_method import protect_by
from vielfalt.figures.disclosure.movements import Dates, protect_movements
from vielfalt.figures.disclosure.perturbation import kept_table
from vielfalt.figures.disclosure.protecting import protect
from vielfalt.figures.disclosure.room import Held, rooms

__all__ = [
    "ATTACKERS",
    "Dates",
    "Held",
    "kept_table",
    "protect",
    "protect_by",
    "protect_movements",
    "recomputable",
    "rooms",
]
