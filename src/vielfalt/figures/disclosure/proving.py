"""All tables of a run hidden as one system, with a proof for every hidden figure against every attacker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.division import Division, Marks
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.figures.disclosure.linked import ATTACKERS, Figures, Suppression, suppress_widely, told
from vielfalt.figures.disclosure.linked.proof import room
from vielfalt.figures.disclosure.pools import pooled
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.figures.disclosure.together import Together, of_the_town, together

LARGEST = 50_000
"""Runs of up to so many figures are hidden so, as in a town of 45,000. It takes about a quarter of a minute there."""


@dataclass(frozen=True)
class Proved:
    """What is hidden by table id and level, and the smallest room that was proved of a hidden figure (0: none is)."""

    hidden: dict[str, Hidden]
    room: int


def provable(grids: Mapping[str, Grid]) -> bool:
    """Whether the run is small enough to be hidden as one system."""
    return sum(values.size for grid in grids.values() for values in grid.values) <= LARGEST


def suppress_together(grids: Mapping[str, Grid], division: Division, protection: Protection) -> Proved | None:
    """What to hide of all tables of a run together, so that every hidden figure has a room of at least ``min_cell``.

    None where that cannot be had. Zeros are shown, so every attacker takes a hidden figure to be at least 1; only of
    areas whose number of residents is hidden nothing is shown (``pools``). Somebody who does not know how many live in
    no area has the town's figures alone; what only he is kept from is hidden first.
    """
    # The order of the tables must not matter: of two equally good ways the first one found is taken.
    areas = pooled({id: grids[id] for id in sorted(grids)}, division, protection)
    # Pools hold the small areas; of what they hold together, small figures alone must be hidden.
    rules, width = replace(protection, min_area=0), protection.min_cell
    run = together(areas.grids, areas.division, rules, areas.secret)
    town = together(of_the_town(areas.grids), areas.division, rules, areas.secret)
    nowhere = {id: tuple(run.figures.values[place] == 0 for place in places[:1]) for id, places in run.numbers.items()}
    primary, own = run.primary, town.primary & _flat(town, nowhere)
    if own.any():
        first = _proved(town, own, width)
        if first is None:
            return None
        for id, (marks,) in town.per_table(first.hidden).items():
            primary[run.numbers[id][0][marks]] = True
    found = _proved(run, primary, width)
    if found is None:
        return None
    low, high = room(run.figures, found.witnesses, ATTACKERS[-1].least, width)
    rooms = (high - low)[found.hidden & _published(run.figures)]
    hidden = {id: areas.of_areas(levels) for id, levels in run.per_table(found.hidden).items()}
    some = any(marks.any() for levels in hidden.values() for marks in levels)
    return Proved(hidden, int(rooms.min(initial=width)) if some else 0)


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


def _proved(run: Together, primary: Marks, width: int) -> Suppression | None:
    """The suppression, once its certificate was added up anew for every attacker; None where it does not hold.

    A single person who cannot be told from himself is no disclosure: he learns that he is alone in a second figure.
    """
    figures, found = run.figures, suppress_widely(run.figures, primary, width, run.region)
    for attacker in ATTACKERS:
        concerned = primary & (figures.values > 1) if attacker.person else _published(figures)
        if (told(figures, found, attacker, width) & concerned).any():
            return None
    return found
