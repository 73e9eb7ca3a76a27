"""A reference date compared with an earlier one: which breaks lie between, and which movements may be published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from vielfalt import breaks, dates, parameters
from vielfalt.breaks import Break, Facts
from vielfalt.capabilities import missing_fields
from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.definitions import needs_of
from vielfalt.engines.base import Engine, Frame
from vielfalt.figures.disclosure import Dates, Rooms, movements_with_room, protect_movements, recomputable
from vielfalt.geography import TOWN, Geography
from vielfalt.methods import CHANGED, ROUNDED
from vielfalt.publish.releases import releases_before
from vielfalt.publish.results import EarlierDate, Movements
from vielfalt.register.two_dates import TwoDates, two_dates
from vielfalt.rule_sets import rule_set
from vielfalt.table import counted_by
from vielfalt.town import Town
from vielfalt.vault import kept_dates
from vielfalt.vault.kept_dates import Earlier

_BY_AREA = ("residents_before", "came", "came_from", "went", "moves_between")
"""Tables that rest on the area at both dates."""
_SHORTEST = 0.25
"""Years that two dates are taken to be apart at least: an extract of some days later is late for many moves."""


def compare(
    engine: Engine, residents: Frame, before: Earlier, date: int, geography: Geography, p_percent: int
) -> TwoDates:
    """The cells of the comparison of classified residents with an earlier date; ``p_percent``: as for ``tabulate``."""
    late = before.date - 10_000 * int(parameters.on("movements", date)["late_entry_years"])
    links = kept_dates.in_todays_numbers(before, geography)
    return two_dates(engine, residents, links, (before.date, late), geography, p_percent)


def series(town: Town, date: int, now: Facts) -> tuple[EarlierDate, ...]:
    """All earlier dates that were released, oldest first, each with the breaks between it and the next one.

    Raises DeliveryError when a release is broken.
    """
    found: list[EarlierDate] = []
    later: Facts | None = now
    for release in releases_before(town.releases, date, town.ags, "register"):
        facts = kept_dates.read_facts(town, release.date)
        limits = parameters.on("movements", now.date)
        lie_between = (Break("facts_missing"),) if later is None else breaks.find(facts, later, limits)
        found.insert(0, EarlierDate(release, lie_between))
        later = facts
    return tuple(found)


@dataclass(frozen=True)
class Later:
    """The later date as it is published: cells and protected tables, which stay as they are, facts and areas."""

    cells: Mapping[str, Cells]
    protected: Mapping[str, ProtectedCells]
    facts: Facts
    geography: Geography
    protection: Protection


@dataclass(frozen=True)
class Attacked:
    """The tables attacked together, how many of their hidden figures could be computed, and the room of all of them."""

    tables: Mapping[str, ProtectedCells]
    disclosed: int
    rooms: Rooms


def movements(
    later: Later, cells: TwoDates, before: Earlier, *, by_group: bool = True
) -> tuple[Movements, dict[str, ProtectedCells], Attacked | None]:
    """The tables of movements that may be published, the breaks that say why others may not, and the attack on them.

    ``by_group``: whether those by group are among them.

    Attacked are the figures by area of both dates and the movements between them. Where one can be computed, or a
    hidden figure has too little room, no movement is published, so nothing was disclosed.
    """
    published = (*later.protected.values(), *before.release.tables.values())
    if any(table.method in CHANGED | ROUNDED for table in published):
        return Movements(before.date, (Break("numbers_changed"),)), {}, None
    found = (*_breaks(cells, before, later.facts), *(() if by_group else (Break("groups_not_protectable"),)))
    if breaks.stops_movements(found):
        return Movements(before.date, found), {}, None
    tables = _named(cells.tables, later.facts.rule_set)
    wanted = _wanted(tables, found, later.facts.delivered & before.facts.delivered, later.cells)
    both = Dates(later.cells, later.protected, cells.before, before.release.tables)
    shown = protect_movements(wanted, both, later.geography, later.protection)
    shown, rooms = movements_with_room(shown, wanted, both, later.geography, later.protection)
    chains = {id: table for id, table in shown.items() if len(table.table.dimensions) < 2}
    together = {**later.cells, **{id: wanted[id] for id in chains}}
    leaks = recomputable({**later.protected, **chains}, together, later.geography, later.protection)
    if leaks.height or any(each.narrow for each in rooms.held):
        return Movements(before.date, (*found, Break("not_protectable"))), {}, None
    return Movements(before.date, found), shown, Attacked(chains, leaks.height, rooms)


def _breaks(cells: TwoDates, before: Earlier, now: Facts) -> tuple[Break, ...]:
    """The breaks that the facts show, and those that only the comparison itself shows."""
    limits = parameters.on("movements", now.date)
    found = list(breaks.find(before.facts, now, limits))
    years = max(dates.years_apart(before.date, now.date), _SHORTEST)
    if cells.linked < limits["least_linked"] ** years:
        found.append(Break("links_lost"))
    if cells.recoded > limits["most_recoded"]:
        found.append(Break("areas_recoded"))
    if all(set(cells.tables[id].frame[id]) <= {"stayed"} for id in ("came", "went")):
        found.append(Break("same_extract"))
    if all(breaks.areas_comparable(found, level) for level in now.areas) and _differs(cells, before, [*now.areas][-1]):
        found.append(Break("stock_differs"))
    return tuple(found)


def _differs(cells: TwoDates, before: Earlier, finest: str) -> bool:
    """Whether the release of the earlier date counts other residents than its link file: of the town, or of an area of
    the finest level. Areas of other levels may bear the same keys.
    """
    counted = cells.tables["residents_before"].frame
    shown = before.release.tables["residents"].frame.filter(pl.col("value").is_not_null())
    town = shown.filter((pl.col("level") == TOWN) & (pl.col("value") != counted["n"].sum()))
    areas = shown.filter(pl.col("level") == finest).join(counted.select("area", "n"), on="area", how="inner")
    return bool(town.height) or bool((areas["value"] != areas["n"]).any())


def _named(tables: Mapping[str, Cells], rules: str) -> dict[str, Cells]:
    """The tables under the definition of migration background that the rule set stands for."""
    definition = rule_set(rules).definition
    return {id: replace(cells, table=counted_by(cells.table, definition)) for id, cells in tables.items()}


def _wanted(
    tables: Mapping[str, Cells], found: tuple[Break, ...], delivered: frozenset[str], now: Mapping[str, Cells]
) -> dict[str, Cells]:
    """The tables whose fields were delivered on both dates and that no break touches."""
    same_areas = not any(breaks.check(entry.check).scope == "areas" for entry in found)
    wanted = {
        id: cells
        for id, cells in tables.items()
        if not missing_fields(needs_of(cells.table), delivered)
        and breaks.comparable(found, cells.table)
        and (same_areas or id not in _BY_AREA)
        and (not cells.table.parent or cells.table.parent in (*now, *tables))
        and (len(cells.table.dimensions) < 2 or cells.table.dimensions[1] in (*now, "moved_to"))
    }
    return wanted if same_areas else {id: _without_moves(cells) for id, cells in wanted.items()}


def _without_moves(cells: Cells) -> Cells:
    kind = cells.table.dimensions[0] if len(cells.table.dimensions) > 1 else ""
    return replace(cells, frame=cells.frame.filter(pl.col(kind) != "moved")) if kind else cells
