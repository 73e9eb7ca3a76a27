"""What an attack tells of one figure."""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.audit.figures import Key


@dataclass(frozen=True)
class Told:
    """A hidden figure, and the least and the largest number it can have for the attacker."""

    key: Key
    low: int
    high: int
