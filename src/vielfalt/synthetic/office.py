"""How a registration office keeps its register: what it never entered, what it got wrong, how it writes its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vielfalt.synthetic import dirt, extract
from vielfalt.synthetic.draw import Table
from vielfalt.synthetic.extract import Gaps


@dataclass(frozen=True)
class Office:
    """An office that keeps the same residents' register in its own way; it never changes what happened to them.

    ``gaps`` gets the people in ascending order, ``soil`` and ``doubles`` in that of the file. All draw by the seed and
    the numbers of persons, so that entries stay the same over the years; ``rates`` are the shares of rows hit by each
    kind of trouble, and ``stream`` keeps the draws of one office apart from those of another.
    """

    name: str
    encoding: str
    rates: dict[str, float]
    stream: int
    gaps: Callable[[int, Table], Gaps]
    soil: Callable[[dirt.Rows], None]
    doubles: Callable[[dirt.Rows], dirt.Doubles]


HOUSE: Final = Office("house", "cp1252", dirt.RATES, 100, extract.house_gaps, dirt.soil, dirt.doubles)
"""The office of ``vielfalt synth``."""
