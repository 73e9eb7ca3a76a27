"""Disclosure control: from cells to protected cells."""

from vielfalt.figures.disclosure.attack import recomputable
from vielfalt.figures.disclosure.protecting import protect

__all__ = ["protect", "recomputable"]
