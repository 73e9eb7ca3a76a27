"""Disclosure control: from cells to protected cells."""

from vielfalt.figures.disclosure.attack import recomputable
from vielfalt.figures.disclosure.attackers import ATTACKERS
from vielfalt.figures.disclosure.by_method import protect_by
from vielfalt.figures.disclosure.county import TownPart, joined, protect_county, without_towns
from vielfalt.figures.disclosure.movement_room import movements_with_room
from vielfalt.figures.disclosure.movements import Dates, protect_movements
from vielfalt.figures.disclosure.persons import rooms
from vielfalt.figures.disclosure.perturbation import kept_table
from vielfalt.figures.disclosure.protecting import protect
from vielfalt.figures.disclosure.room import Held, Rooms
from vielfalt.figures.disclosure.telling import tellable
from vielfalt.figures.disclosure.widening import protect_with_room

__all__ = [
    "ATTACKERS",
    "Dates",
    "Held",
    "Rooms",
    "TownPart",
    "joined",
    "kept_table",
    "movements_with_room",
    "protect",
    "protect_by",
    "protect_county",
    "protect_movements",
    "protect_with_room",
    "recomputable",
    "rooms",
    "tellable",
    "without_towns",
]
