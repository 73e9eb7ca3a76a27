"""Movements by group of the town as a whole, hidden so that the residents of both dates give nothing away.

The residents of both dates are taken as known for every group, hidden or not, because their difference is what came
minus what went. Where one of the two is small, or where their difference would tell how few people changed the group
(naturalised, for example), a group is hidden whole and with at least one other. Where the naturalised are hidden for
another reason, such as one address, so are the groups that they left and came into, in the town as in every area.

A group whose residents one of the dates hides is hidden too: the number of the other date, minus who came, plus who
left, would be the hidden one, but for the few who changed the group. Of a number of residents that is moved by t in
exchange with another hidden group, coming and going can follow as far as the hidden groups have room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from vielfalt import codes
from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure import rectangles, secondary
from vielfalt.figures.disclosure.addresses import two_largest
from vielfalt.figures.disclosure.division import row_numbers
from vielfalt.figures.disclosure.primary import at_one_address
from vielfalt.figures.disclosure.protecting import METHOD
from vielfalt.geography import TOWN, Geography
from vielfalt.numbers import Ints, Marks

OUTGOING, WITHIN = "gone", "moved"
_NATURALISED = "citizenship_change", "naturalised"
"""Table and category of those who were foreigners at the earlier date and are Germans at the later one."""
_AGE = "age_class"
"""The group that people leave without moving: residents of one date and movements do not tell those of the other."""
_CHANGED = ("foreigner", "german_with")
"""The groups by migration background that the naturalised left, and came into."""


@dataclass(frozen=True)
class Residents:
    """The residents of both dates by group; ``hidden``: level, area and group of those that one of the dates hides."""

    before: Cells
    now: Cells
    hidden: frozenset[tuple[str, str, str]] = frozenset()

    def told(self, values: Ints, level: str, areas: Sequence[str], groups: Sequence[str]) -> Marks:
        """Areas times groups whose movements (``values``: kind, area, group) would tell the residents that are hidden.

        A group of which nobody came, or nobody left, grew or shrank in no area below either, so that it is looked for
        wherever one of the dates hides it.
        """
        hidden = [[(level, area, key) in self.hidden for key in groups] for area in areas]
        somewhere = {key for _, _, key in self.hidden}
        one_way = (values == 0).any(axis=0) & np.array([key in somewhere for key in groups], dtype=np.bool_)
        marks: Marks = np.array(hidden, dtype=np.bool_) | one_way
        return marks


def residents_by(
    group: str, counts: tuple[Cells, Cells], published: Iterable[Mapping[str, ProtectedCells]]
) -> Residents:
    """The residents by group, as counted at both dates, beside what each of the dates publishes."""
    frames = [tables[group].frame for tables in published if group in tables and group != _AGE]
    rows = (each.filter(status="suppressed").select("level", "area", group).iter_rows() for each in frames)
    return Residents(*counts, frozenset(row for each in rows for row in each))


def by_group(
    cells: Cells,
    found: Mapping[str, ProtectedCells],
    residents: Residents,
    geography: Geography,
    protection: Protection,
) -> ProtectedCells:
    """Movements (rows) by group (columns) of the town as a whole."""
    kind, group = cells.table.dimensions
    movements = present(kind, cells.frame[kind])
    before, now = (totals_by(known, group) for known in (residents.before, residents.now))
    groups = present(group, [*now, *before])
    values, tops = matrix(cells.frame, (kind, group), (movements, groups))
    earlier, later = (np.array([known.get(key, 0) for key in groups]) for known in (before, now))
    crossing = np.array([name != WITHIN for name in movements], dtype=np.bool_)
    signs = np.array([-1 if name == OUTGOING else 1 for name in movements], dtype=np.int64)[crossing]
    marks = primary_crossed(values, tops, protection)
    costs = secondary.costs([(key,) for key in groups], values.sum(axis=0))
    town = geography.town.key
    told = tells_naturalised(groups) & ((TOWN, town) in naturalised_hidden(found))
    told |= residents.told(values[crossing][:, None], TOWN, [town], groups)[0]
    flows = Flows(values[crossing], signs, later - earlier, marks[crossing] | told, costs)
    hidden = np.zeros(values.shape, np.bool_)
    if _withheld(found, group):
        hidden[:] = True
    else:
        blocks = _blocks(group, groups)
        hidden[crossing] = hidden_groups(flows, blocks, protection.min_cell)[None, :]
        for row in np.flatnonzero(~crossing):
            hidden[row] = _line(values[row], marks[row], costs, blocks, protection.min_cell)
    return town_rows(cells, (movements, groups), values, hidden, geography, protection)


def births_and_arrivals(
    cells: Cells, found: Mapping[str, ProtectedCells], geography: Geography, protection: Protection
) -> ProtectedCells:
    """Births and arrivals (rows) by group; both together are published by group in the parent table, or hidden."""
    kind, group = cells.table.dimensions
    above = found[cells.table.parent].frame.filter(pl.col("flow") == "new")
    keys = present(kind, cells.frame[kind]), present(group, above[group])
    values, tops = matrix(cells.frame, (kind, group), keys)
    status = dict(above.select(group, "status").iter_rows())
    dead = np.array([status[key] == "suppressed" for key in keys[1]], dtype=np.bool_)
    hidden = np.ones(values.shape, np.bool_)
    if not _withheld(found, group):
        costs = np.tile(secondary.costs([(key,) for key in keys[1]], values.sum(axis=0)), (len(keys[0]), 1))
        nobody = np.zeros(len(keys[0]), np.bool_)
        hidden = rectangle(
            values, primary_crossed(values, tops, protection), (nobody, dead), costs, protection.min_cell
        )
    return town_rows(cells, keys, values, hidden, geography, protection)


@dataclass(frozen=True)
class Flows:
    """Movements (rows) by group: counts, +1 for coming, -1 for going; per group its growth and the cost of hiding."""

    values: Ints
    signs: Ints
    growth: Ints
    primary: Marks
    costs: rectangles.Costs


def hidden_groups(flows: Flows, blocks: Ints, smallest: int) -> Marks:
    """Which groups to hide whole: those with a small cell or a small change of group, and partners in their block.

    The totals of every movement are known in each block of groups, and the growth of every group. Hidden groups can
    shift people among each other in coming and going alike; that room must be at least ``smallest``.
    """
    changed = np.abs(flows.growth - flows.signs @ flows.values)
    hidden: Marks = flows.primary.any(axis=0) | ((changed > 0) & (changed < smallest))
    size = flows.values.sum(axis=0)
    for block in np.unique(blocks):
        inside = blocks == block
        while not enough(flows, hidden & inside, smallest):
            free = np.flatnonzero(inside & ~hidden & (size > 0))
            if not free.size:
                hidden |= inside
                break
            hidden[free[np.argmin(flows.costs[free])]] = True
    return hidden


def enough(flows: Flows, hidden: Marks, smallest: int) -> bool:
    """Whether the hidden groups of a block protect each other: two or more in every movement, and room in both ways."""
    if not hidden.any():
        return True
    values = flows.values[:, hidden]
    sums, filled = values.sum(axis=1), np.count_nonzero(values, axis=1)
    room = np.minimum(values[flows.signs > 0].sum(axis=0), values[flows.signs < 0].sum(axis=0))
    several = np.all((sums == 0) | ((filled > 1) & (sums >= smallest)))
    return bool(several and room.sum() >= smallest and np.count_nonzero(room) > 1)


def _withheld(found: Mapping[str, ProtectedCells], group: str) -> bool:
    """Whether nothing can be shown by group: a total of the town is hidden, or that of all foreigners is, or country
    groups would tell the naturalised.
    """
    totals = [found[id] for id in ("came", "went") if id in found]
    if any((table.frame["level"] == TOWN).any() and _town_hidden(table) for table in totals):
        return True
    if group != "nationality_group":
        return False
    hidden = any(level == TOWN for level, _ in naturalised_hidden(found))
    if hidden or "flow_by_mh_group" not in found:
        return hidden
    frame = found["flow_by_mh_group"].frame
    return bool((frame.filter(pl.col("mh_group") == "foreigner")["status"] == "suppressed").any())


def naturalised_hidden(found: Mapping[str, ProtectedCells]) -> set[tuple[str, str]]:
    """Level and key of every area, and of the town, whose naturalised are hidden.

    They are what the growth of foreigners is less than coming minus going, however many they are.
    """
    id, category = _NATURALISED
    if id not in found:
        return set()
    frame = found[id].frame.filter((pl.col("status") == "suppressed") & (pl.col(id) == category))
    return set(frame.select("level", "area").iter_rows())


def tells_naturalised(groups: Sequence[str]) -> Marks:
    """Which groups the naturalised left or came into: their movements tell how many they are."""
    return np.array([key in _CHANGED for key in groups], dtype=np.bool_)


def _town_hidden(table: ProtectedCells) -> bool:
    return bool((table.frame.filter(pl.col("level") == TOWN)["status"] == "suppressed").any())


def _blocks(group: str, keys: list[str]) -> Ints:
    """Groups whose sum is known from another table of movements: country groups of Germans and of foreigners."""
    if group != "nationality_group":
        return np.zeros(len(keys), dtype=np.int64)
    above = [codes.category(group, key).parent for key in keys]
    return np.array([sorted(set(above)).index(key) for key in above], dtype=np.int64)


def _line(values: Ints, primary: Marks, costs: rectangles.Costs, blocks: Ints, smallest: int) -> Marks:
    """Which groups to hide of one movement whose total is known in each block; all where a block cannot protect one."""
    hidden = primary.copy()
    for block in np.unique(blocks):
        inside = blocks == block
        found = rectangles.line(values[None, inside], primary[inside], costs[inside], smallest)
        if found is None:
            return np.ones(values.shape, np.bool_)
        hidden[inside] = found
    return hidden


def rectangle(values: Ints, primary: Marks, dead: tuple[Marks, Marks], costs: rectangles.Costs, smallest: int) -> Marks:
    """What to hide of a table whose totals are known but for those of the ``dead`` rows and columns, hidden whole."""
    rows, columns = dead
    groups = np.zeros(len(rows), dtype=np.int64), np.zeros(len(columns), dtype=np.int64)
    lines = rectangles.Dead(rows[:, None], columns[None, :], *groups)
    found = rectangles.pattern(rectangles.merged(values[None], primary, costs, lines, smallest), smallest)
    whole: Marks = rows[:, None] | columns[None, :]
    return np.ones(values.shape, np.bool_) if found is None else whole | found


def primary_crossed(values: Ints, tops: Ints, protection: Protection) -> Marks:
    """The cells that disclose something by themselves; crossings use the larger minimum cell."""
    small = (values > 0) & (values < protection.min_cell_fine)
    marks: Marks = small | at_one_address(values, tops, protection)
    return marks


def matrix(frame: pl.DataFrame, names: tuple[str, ...], keys: tuple[list[str], list[str]]) -> tuple[Ints, Ints]:
    """By two dimensions the counts, and the numbers at the two largest addresses (first axis)."""
    kept = frame.filter(*(pl.col(name).is_in(own) for name, own in zip(names, keys, strict=True)))
    rows, columns = (row_numbers(own, kept[name]) for name, own in zip(names, keys, strict=True))
    shape, values = (len(keys[0]), len(keys[1])), np.zeros((len(keys[0]), len(keys[1])), dtype=np.int64)
    np.add.at(values, (rows, columns), kept["n"].to_numpy())
    return values, two_largest(kept, rows * shape[1] + columns, shape)


def totals_by(known: Cells, group: str) -> dict[str, int]:
    """The residents of the town by group."""
    sums = known.frame.group_by(group).agg(pl.col("n").sum())
    return dict(sums.iter_rows())


def present(dimension: str, keys: Iterable[str]) -> list[str]:
    """The categories that occur, in the order of the code list."""
    present = set(keys)
    return [row.key for row in codes.categories(dimension) if row.key in present]


def town_rows(
    cells: Cells,
    keys: tuple[list[str], list[str]],
    values: Ints,
    hidden: Marks,
    geography: Geography,
    protection: Protection,
) -> ProtectedCells:
    """A crossing of the town as a whole as it may be published."""
    names = cells.table.dimensions
    rows = [
        (TOWN, geography.town.key, row, column, None if marks else int(count), "suppressed" if marks else "ok")
        for row, counts, line in zip(keys[0], values, hidden, strict=True)
        for column, count, marks in zip(keys[1], counts, line, strict=True)
    ]
    kinds = dict.fromkeys(("level", "area", *names), pl.Utf8) | {"value": pl.Int64, "status": pl.Utf8}
    return ProtectedCells(cells.table, pl.DataFrame(rows, schema=kinds, orient="row"), METHOD, protection)
