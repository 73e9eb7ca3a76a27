"""All tables of a run hidden as one system, with a proof for every hidden figure against every attacker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vielfalt.cells import Protection
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure.division import Division, Marks
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.figures.disclosure.linked import ATTACKERS, Figures, Suppression, suppress_widely, told
from vielfalt.figures.disclosure.linked.proof import room
from vielfalt.figures.disclosure.primary import withheld
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.figures.disclosure.together import Together, of_the_town, together
from vielfalt.words import N_

LARGEST = 100_000
"""Runs of up to so many figures are hidden so: about 150,000 residents in 100 areas. It takes a minute or two there."""


@dataclass(frozen=True)
class Proved:
    """What is hidden by table id and level, and the smallest room that was proved of a hidden figure (0: none is)."""

    hidden: dict[str, Hidden]
    room: int


def provable(grids: Mapping[str, Grid]) -> bool:
    """Whether the run is small enough to be hidden as one system."""
    return sum(values.size for grid in grids.values() for values in grid.values) <= LARGEST


def suppress_together(grids: Mapping[str, Grid], division: Division, protection: Protection) -> Proved:
    """What to hide of all tables of a run together, so that every hidden figure has a room of at least ``min_cell``.

    Zeros are shown, so every attacker takes a hidden figure to be at least 1; only of areas below ``min_area`` nothing
    is shown, which is added to what was proved and tells nobody more. Somebody who does not know how many live in no
    area has the town's figures alone; what only he is kept from is hidden first.

    Raises DisclosureError when a figure cannot be proved safe.
    """
    # The order of the tables must not matter: of two equally good ways the first one found is taken.
    grids = {id: grids[id] for id in sorted(grids)}
    width = protection.min_cell
    run = together(grids, division, protection)
    primary, town = run.primary, together(of_the_town(grids), division, protection)
    nowhere = {id: tuple(run.figures.values[place] == 0 for place in places[:1]) for id, places in run.numbers.items()}
    own = town.primary & _flat(town, nowhere)
    if own.any():
        first = _proved(town.figures, own, width)
        for id, (marks,) in town.per_table(first.hidden).items():
            primary[run.numbers[id][0][marks]] = True
    found = _proved(run.figures, primary, width)
    low, high = room(run.figures, found.witnesses, ATTACKERS[-1].least, width)
    rooms = (high - low)[found.hidden & _published(run.figures)]
    hidden = {
        id: tuple(marks | areas for marks, areas in zip(levels, withheld(grids[id], grids, protection), strict=True))
        for id, levels in run.per_table(found.hidden).items()
    }
    return Proved(hidden, int(rooms.min(initial=width)) if rooms.size else 0)


def _flat(run: Together, marks: Mapping[str, Hidden]) -> Marks:
    flat = np.zeros(len(run.counts), np.bool_)
    for id, places in run.numbers.items():
        for place, here in zip(places, marks[id], strict=True):
            flat[place] = here
    return flat


def _published(figures: Figures) -> Marks:
    """The figures that can be told: neither zero nor without a place in any table."""
    marks: Marks = (figures.values > 0) & (figures.cost > 0)
    return marks


def _proved(figures: Figures, primary: Marks, width: int) -> Suppression:
    """The suppression, once its certificate was added up anew for every attacker.

    A single person who cannot be told from himself is no disclosure: he learns that he is alone in a second figure.
    """
    found = suppress_widely(figures, primary, width)
    open_ = np.zeros(len(primary), np.bool_)
    for attacker in ATTACKERS:
        concerned = primary & (figures.values > 1) if attacker.person else _published(figures)
        open_ |= told(figures, found, attacker, width) & concerned
    if open_.any():
        raise DisclosureError(
            N_("{cells} hidden figures could not be proved to be safe; nothing was released."),
            cells=int(np.count_nonzero(open_)),
            todo=N_("Raise the thresholds in [protection] of town.toml, and report this message."),
        )
    return found
