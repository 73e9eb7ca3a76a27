"""Disclosure control: from cells to protected cells."""

from vielfalt.figures.disclosure.attack import recomputable
from vielfalt.figures.disclosure.movements import Dates, protect_movements
from vielfalt.figures.disclosure.protecting import protect

__all__ = ["Dates", "protect", "protect_movements", "recomputable"]
