"""Indices of a run: which groups, at which area level, and when a value may be stated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from vielfalt import codes, programme
from vielfalt.cells import UNRESOLVED, Cells, ProtectedCells, Protection
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import evenness, exposure, local, notes
from vielfalt.figures.indices.chance import Statistic, debiased, resampled
from vielfalt.geography import TOWN, AreaLevel, Geography
from vielfalt.methods import CHANGED, ROUNDED
from vielfalt.numbers import Floats, Marks

GROUPS: Mapping[str, tuple[str, ...]] = {
    "foreigner": ("foreign",),
    "mh_register": ("with",),
    "immigration_history": ("immigrated",),
    "nationality_group": tuple(row.key for row in codes.categories("nationality_group") if row.parent == "foreign"),
    "reference_group": tuple(
        row.key for row in codes.categories("reference_group") if row.parent == "with" and row.key != "unknown"
    ),
}
"""The groups of the programme's tables for which indices are computed."""
DIVERSITY = ("nationality_group", "reference_group")
"""The tables whose categories make up diversity; imported tables always do."""
_DIGITS = 3
_DRAWS, _SEED = 199, 7
"""Intervals over areas come from so many samples, the same ones for the same figures."""
_BESIDE_EVERYONE_ELSE: Mapping[str, Callable[[Floats, Floats], float | None]] = {
    "segregation_index": evenness.dissimilarity,
    "isolation": lambda group, others: exposure.isolation(group, group + others),
}
"""Between a group and everyone else."""
ALTERED = CHANGED | ROUNDED
"""Tables so marked hold changed numbers; nothing but these enters an index then."""


@dataclass(frozen=True)
class _Level:
    """One area level: its areas, which of them are known to be large enough for an index, true and published counts.

    ``counts`` by table and category (empty: the table has none) in the order of the areas; ``published`` likewise by
    area key, without what is suppressed. ``altered``: numbers are changed, and the counts are the published ones.
    ``hidden``: tables and categories of which the figure of the town is suppressed.
    """

    id: str
    keys: tuple[str, ...]
    large: Marks
    counts: Mapping[str, Mapping[str, Floats]]
    published: Mapping[str, Mapping[str, Mapping[str, int]]]
    hidden: frozenset[tuple[str, str]]
    altered: bool = False

    def true(self, table: str, category: str = "") -> Floats:
        """The counts of a category; zeros where the areas hold nobody of it."""
        return self.counts[table].get(category, np.zeros(len(self.keys)))

    def shown(self, table: str, category: str = "") -> Mapping[str, int]:
        """The published counts of a category by area key."""
        return self.published[table].get(category, {})


def indices(
    cells: Mapping[str, Cells], protected: Mapping[str, ProtectedCells], geography: Geography, protection: Protection
) -> tuple[IndexValue, ...]:
    """All indices of a run, rounded to three decimals; those over areas with their 95 % interval less bias.

    Nothing but published figures and sums that follow from them enters: an index over few areas would otherwise tell
    the hidden ones. Areas with hidden figures count as one area, with those too small to stand alone; the value is
    then the least that the index can be (note), has no upper end, and is null where a coarser level gives a larger one.
    Where the town's figure is hidden as well, they are left out. Location quotient and diversity of an area
    are stated where its own figures are published. A value that may not be stated is null with a note. Areas below
    ``min_area_index`` and residents without an area are left out. Without a table of residents there are no indices.
    Where numbers are changed or rounded, published numbers alone enter, and areas with hidden figures are left out.
    """
    if "residents" not in cells:
        return ()
    used = {id: table for id, table in cells.items() if len(table.table.dimensions) < 2 and id in protected}
    town = {id: _published(protected[id], TOWN) for id in used}
    found: list[IndexValue] = []
    largest: dict[tuple[str, str, str], float] = {}
    for level in geography.levels:
        here = _level(used, protected, geography, level, protection)
        for table, groups in _groups(used).items():
            for group in groups:
                found += (_unless_coarser(one, largest) for one in _over_areas(here, table, group, protection))
                found += _quotients(here, town, geography.town.key, table, group)
        large = [place for place, marked in enumerate(here.large) if marked]
        keys = tuple(here.keys[place] for place in large)
        for table in _diverse(used):
            found += _diversity(protected[table], level.id, keys, here.true("residents")[large])
    everyone = np.array(list(town["residents"].get("", {}).values()), dtype=float)
    for table in _diverse(used) if everyone.size else ():
        found += _diversity(protected[table], TOWN, (geography.town.key,), everyone)
    return tuple(found)


def _diverse(cells: Mapping[str, Cells]) -> tuple[str, ...]:
    """The tables for which diversity is computed."""
    one = (id for id, table in cells.items() if len(table.table.dimensions) == 1)
    return tuple(id for id in one if id in DIVERSITY or id not in programme.IDS)


def _groups(cells: Mapping[str, Cells]) -> dict[str, tuple[str, ...]]:
    """The groups per table: as declared for the programme, every category of an imported table."""
    imported = {
        id: tuple(sorted(table.frame[table.table.dimensions[0]].unique()))
        for id, table in cells.items()
        if id not in programme.IDS and len(table.table.dimensions) == 1
    }
    return {**{id: groups for id, groups in GROUPS.items() if id in cells}, **imported}


def _level(
    cells: Mapping[str, Cells],
    protected: Mapping[str, ProtectedCells],
    geography: Geography,
    level: AreaLevel,
    protection: Protection,
) -> _Level:
    published = {id: _published(protected[id], level.id) for id in cells}
    keys = tuple(area.key for area in level.areas)
    counts = {
        id: _as_published(published[id], keys) if protected[id].method in ALTERED else _counts(table, geography, level)
        for id, table in cells.items()
    }
    residents = counts["residents"].get("", np.zeros(len(keys)))
    altered = protected["residents"].method in ALTERED
    # Of an area whose residents are hidden nobody knows whether it is large enough, and no index must say so.
    shown = published["residents"].get("", {})
    large = (residents >= protection.min_area_index) & np.array([key in shown for key in keys], dtype=np.bool_)
    hidden = frozenset((id, category) for id in cells for category in _hidden_in_town(protected[id]))
    return _Level(level.id, keys, large, counts, published, hidden, altered)


def _over_areas(here: _Level, table: str, group: str, protection: Protection) -> Iterator[IndexValue]:
    """Dissimilarity (against residents without migration background where known), segregation index, isolation."""
    wanted = [("residents", ""), (table, group)]
    units = _units(here, wanted, protection)
    yield from _stated(here, table, group, units, _BESIDE_EVERYONE_ELSE, protection)
    if "mh_register" in here.counts:
        units = _units(here, [*wanted, ("mh_register", "without")], protection)
    yield from _stated(here, table, group, units, {"dissimilarity": evenness.dissimilarity}, protection)


def _unless_coarser(value: IndexValue, largest: dict[tuple[str, str, str], float]) -> IndexValue:
    """The value, or null where it is a bound below that of a coarser level, which holds for the areas in it as well.

    ``largest`` so far, coarse to fine, by index, table and group; it is kept up.
    """
    key = value.index, value.table, value.group
    if value.value is None or value.note == notes.LEFT_OUT:
        return value
    if notes.at_least(value.note) and value.value < largest.get(key, 0):
        return replace(value, value=None, low=None, high=None, note=notes.MORE_BY_COARSER)
    largest[key] = max(value.value, largest.get(key, 0))
    return value


@dataclass(frozen=True)
class _Units:
    """What enters an index as areas: counts per wanted category, and how much of the group is in those put together.

    ``note`` says what became of areas with hidden figures; ``few``: most residents live in such that are left out.
    """

    counts: tuple[Floats, ...]
    in_rest: float
    note: str
    few: bool


def _units(here: _Level, wanted: list[tuple[str, str]], protection: Protection) -> _Units:
    """The large areas whose figures are published, and where others hide figures all others together as one.

    Their sum is what the published areas leave of the town; a sum over some of them is not known to anyone. Small areas
    are among them, so that the index is a lower bound for everybody who lives in an area. Where numbers are changed or
    the town's figure is hidden, nothing is left of the town for certain; hidden areas are left out then.
    """
    open_ = np.array([all(key in here.shown(*what) for what in wanted) for key in here.keys], dtype=np.bool_)
    alone = open_ & here.large
    left_out = here.altered or not here.hidden.isdisjoint(wanted)
    units = [here.true(*what)[alone] for what in wanted]
    rest = [here.true(*what)[~alone].sum() for what in wanted]
    few = not here.altered and left_out and 2 * units[0].sum() < here.true("residents").sum()
    if open_.all() or left_out:
        return _Units(tuple(units), 0, "" if open_.all() else notes.LEFT_OUT, bool(few))
    if rest[0] < protection.min_area_index:
        return _Units(tuple(units), float(rest[1]), notes.LEFT_OUT, few=False)
    together = (np.append(values, left) for values, left in zip(units, rest, strict=True))
    return _Units(tuple(together), float(rest[1]), notes.TOGETHER, few=False)


def _stated(
    here: _Level,
    table: str,
    group: str,
    units: _Units,
    formulas: Mapping[str, Callable[[Floats, Floats], float | None]],
    protection: Protection,
) -> Iterator[IndexValue]:
    """Indices of a group and those it is compared with, or null with the reason why they must not be stated."""
    residents, counts = units.counts[:2]
    refused = ""
    if len(counts) < 2:
        refused = notes.FEW_AREAS
    elif units.few:
        refused = notes.MOSTLY_LEFT_OUT
    elif counts.sum() < protection.min_group_index:
        refused = notes.SMALL_GROUP
    elif (counts > residents).any():
        refused = notes.NOT_ADDED
    elif 2 * units.in_rest > counts.sum():
        refused = notes.MOSTLY_HIDDEN
    if refused:
        yield from (IndexValue(id, table, here.id, group, "", None, len(counts), refused) for id in formulas)
        return
    both = np.column_stack([counts, units.counts[2] if len(units.counts) > 2 else residents - counts])

    def statistic(drawn: Floats) -> Floats:
        found = (formula(drawn[:, 0], drawn[:, 1]) for formula in formulas.values())
        return np.array([np.nan if value is None else value for value in found])

    for id, *each in zip(formulas, *with_interval(both, statistic), strict=True):
        value, low, high = (_rounded(number) for number in each)
        highest = None if notes.at_least(units.note) else high
        yield IndexValue(id, table, here.id, group, "", value, len(counts), units.note, low, highest)


def with_interval(both: Floats, statistic: Statistic) -> tuple[Floats, Floats, Floats]:
    """Indices over areas as a release states them: values, and from where to where their 95 % intervals less bias go.

    ``both``: areas (rows) by the group and those it is compared with. NaN where there is none.
    """
    values = statistic(both)
    _, low, high = debiased(values, resampled(both, statistic, _DRAWS, _SEED))
    return values, np.clip(low, 0, 1), np.clip(high, 0, 1)


def _quotients(
    here: _Level, town: Mapping[str, Mapping[str, Mapping[str, int]]], key: str, table: str, group: str
) -> Iterator[IndexValue]:
    """The location quotient of each large area whose figures are published, as are the town's."""
    whole, everyone = town[table].get(group, {}).get(key), town["residents"].get("", {}).get(key)
    counts, residents = here.shown(table, group), here.shown("residents")
    known = [
        area
        for area, large in zip(here.keys, here.large, strict=True)
        if large and area in counts and area in residents
    ]
    if not known or not whole or not everyone:
        return
    group_there = np.array([counts[area] for area in known], dtype=float)
    all_there = np.array([residents[area] for area in known], dtype=float)
    quotients = local.location_quotient(group_there, all_there, whole, everyone)
    for area, value in zip(known, quotients, strict=True):
        if not np.isnan(value):
            yield IndexValue("location_quotient", table, here.id, group, area, _rounded(value), len(known))


def _diversity(protected: ProtectedCells, level: str, keys: tuple[str, ...], residents: Floats) -> Iterator[IndexValue]:
    """The diversity of each area from its published categories; what is hidden counts as one category.

    It is divided by ln of all of them all the same: a lower bound (Shannon 1948: dividing a part raises the entropy).
    """
    shown = protected.frame.filter(pl.col("level") == level).select("area", "value")
    grouped = dict(shown.group_by("area").agg(pl.col("value")).iter_rows())
    for key, total in zip(keys, residents, strict=True):
        published = [value for value in grouped.get(key, ()) if value is not None]
        if not published:
            continue
        hidden = len(grouped[key]) - len(published)
        counts = np.zeros(len(grouped[key]))
        counts[: len(published)] = published
        if hidden:
            counts[len(published)] = max(0.0, total - sum(published))
        value = _rounded(local.entropy_diversity(counts))
        area = "" if level == TOWN else key
        yield IndexValue(
            "entropy_diversity", protected.table.id, level, "", area, value, len(keys), notes.MERGED if hidden else ""
        )


def _published(protected: ProtectedCells, level: str) -> Mapping[str, Mapping[str, int]]:
    """The published counts of a level by category (empty: the table has none) and area."""
    rows = protected.frame.filter((pl.col("level") == level) & pl.col("value").is_not_null())
    found: dict[str, dict[str, int]] = {}
    for area, *category, value in rows.select("area", *protected.table.dimensions, "value").iter_rows():
        found.setdefault("".join(category), {})[area] = value
    return found


def _hidden_in_town(protected: ProtectedCells) -> Iterator[str]:
    """The categories (empty: the table has none) of which the figure of the town is suppressed."""
    rows = protected.frame.filter((pl.col("level") == TOWN) & pl.col("value").is_null())
    yield from ("".join(category) for _, *category in rows.select("area", *protected.table.dimensions).iter_rows())


def _as_published(published: Mapping[str, Mapping[str, int]], keys: tuple[str, ...]) -> Mapping[str, Floats]:
    """The published counts in the order of the areas, 0 where hidden: no sum of changed numbers tells a hidden one."""
    return {
        category: np.array([values.get(key, 0) for key in keys], dtype=float) for category, values in published.items()
    }


def _counts(cells: Cells, geography: Geography, level: AreaLevel) -> Mapping[str, Floats]:
    """The counts per category (empty: the table has none) in the order of the areas of a level."""
    place = {area.key: number for number, area in enumerate(level.areas)}
    above = geography.ancestors(level.id)
    found: dict[str, Floats] = {}
    rows = cells.frame.filter(pl.col("area") != UNRESOLVED).select("area", *cells.table.dimensions, "n")
    for area, *category, n in rows.iter_rows():
        found.setdefault("".join(category), np.zeros(len(place)))[place[above[area]]] += n
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), _DIGITS)
