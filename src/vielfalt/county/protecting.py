"""Protects the county and attacks it together with its towns, until no attack tells anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from vielfalt import codes
from vielfalt.audit import Attack, Release, attack_county
from vielfalt.cells import ProtectedCells, Protection
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure import (
    Held,
    TownPart,
    joined,
    protect_county,
    recomputable,
    rooms,
    tellable,
    without_towns,
)
from vielfalt.geography import Geography
from vielfalt.methods import CellKey, Method, Suppression
from vielfalt.table import Table
from vielfalt.words import N_

Tables = Mapping[str, ProtectedCells]
Told = frozenset[tuple[str, str]]
"""Table id and category (keys joined by a blank) of figures that an attack told."""
Closed = Mapping[str, frozenset[str]]
"""By table id: the categories whose county total must be hidden because an attack told something."""


@dataclass(frozen=True)
class Known:
    """What the protection of a county needs to know: its towns, areas and settings, and what is published already.

    ``earlier`` are the releases of towns and county of this date; ``as_release`` makes of tables what an intruder
    would hold.
    """

    parts: Sequence[TownPart]
    geography: Geography
    protection: Protection
    method: Method
    earlier: Sequence[Release]
    as_release: Callable[[Tables], Release]


@dataclass(frozen=True)
class Whole:
    """The protected tables of a county; the room of what is hidden, its proof (for the vault), and the attack.

    ``rounds``: how often totals had to be hidden more widely because an attack told something.
    """

    tables: Tables
    held: tuple[Held, ...]
    proof: pl.DataFrame
    attack: Attack | None
    rounds: int


def protected_whole(known: Known) -> Whole:
    """The county's tables as they may be published beside those of its towns.

    Raises DisclosureError when an attack succeeds although every total is hidden of which a town hides its figure.
    """
    town_only = frozenset(id for id, each in known.parts[0].cells.items() if each.table.town_only)
    closed: Closed = {}
    for number in range(len(_WIDER)):
        tables = protect_county(known.parts, known.geography, known.protection, known.method, closed)
        shown = without_towns(tables, town_only)
        attacked = _attacked(known, tables) if isinstance(known.method, Suppression) else _changed(known, tables)
        told, held, proof = attacked
        attack = attack_county((*known.earlier, known.as_release(shown))) if held and not told else None
        told |= (
            {(found.key.table, " ".join(filter(None, found.key.category))) for found in attack.told}
            if attack
            else set()
        )
        if not told:
            return Whole(shown, held, proof, attack, number)
        wider = _WIDER[number](told, tables)
        closed = {id: closed.get(id, frozenset()) | wider.get(id, frozenset()) for id in tables}
    raise DisclosureError(
        N_("Hidden figures of its towns that the county's figures would tell: {cells}. The county was not released."),
        where=known.geography.town.name,
        cells=len(told),
        todo=N_("The towns are released. Raise the thresholds in [protection] of their town.toml, and run again."),
    )


def _attacked(known: Known, tables: Tables) -> tuple[Told, tuple[Held, ...], pl.DataFrame]:
    """What somebody tells of county and towns as one system of two levels: too narrow a room is told, too."""
    cells = joined(known.parts)
    leaks = recomputable(tables, cells, known.geography, known.protection)
    found = rooms(tables, cells, known.geography, known.protection, beside=True)
    told = set(leaks.select("table", "category").iter_rows())
    if any(each.narrow for each in found.held):
        told |= set(found.frame.filter("narrow").select("table", "category").iter_rows())
    return frozenset(told), found.held, found.frame


def _changed(known: Known, tables: Tables) -> tuple[Told, tuple[Held, ...], pl.DataFrame]:
    """The true counts that follow from changed or rounded numbers of county and towns; none where they add up."""
    assert not isinstance(known.method, Suppression)
    if isinstance(known.method, CellKey) and known.method.additive:
        return frozenset(), (), pl.DataFrame()
    leaks = tellable(tables, joined(known.parts), known.geography, known.method)
    return frozenset(leaks.select("table", "category").iter_rows()), (), pl.DataFrame()


def _these(told: Told, tables: Tables) -> Closed:
    """The categories of which a figure was told."""
    return {id: frozenset(category for table, category in told if table == id) for id in tables}


def _beside(told: Told, tables: Tables) -> Closed:
    """Also the categories that share one characteristic with them, or lie within the same coarser category."""
    found = {}
    for id, these in _these(told, tables).items():
        near = {_near(tables[id].table, category) for category in these}
        groups: frozenset[tuple[int, str]] = frozenset().union(*near)
        found[id] = frozenset(each for each in _categories(tables[id]) if groups & _near(tables[id].table, each))
    return found


def _near(table: Table, category: str) -> frozenset[tuple[int, str]]:
    """What a category of a crossing is made of; of another table the category above it."""
    keys = category.split(" ")
    if len(table.dimensions) > 1:
        return frozenset(enumerate(keys))
    return frozenset({(0, codes.category(table.dimensions[0], keys[0]).parent if table.dimensions else "")})


def _their_tables(told: Told, tables: Tables) -> Closed:
    """All categories of the tables of which a figure was told."""
    return {id: _categories(each) for id, each in tables.items() if any(table == id for table, _ in told)}


def _everything(told: Told, tables: Tables) -> Closed:
    """All categories of all tables: then the county tells only what follows from its towns anyway."""
    return {id: _categories(each) for id, each in tables.items() if told}


def _categories(cells: ProtectedCells) -> frozenset[str]:
    names = list(cells.table.dimensions)
    return frozenset(" ".join(row) for row in cells.frame.select(names).iter_rows()) if names else frozenset({""})


_WIDER = (_these, _beside, _their_tables, _everything, _everything)
"""What is hidden of the county after each attack that told something; the last one must find nothing."""
