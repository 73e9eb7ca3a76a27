"""Indices of a run: which groups, at which area level, and when a value may be stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from vielfalt import codes, programme
from vielfalt.cells import UNRESOLVED, Cells, ProtectedCells, Protection
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import formulas
from vielfalt.figures.indices.formulas import Floats
from vielfalt.geography import TOWN, AreaLevel, Geography
from vielfalt.words import N_

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
FEW_AREAS = N_("Fewer than two areas are large enough.")
SMALL_GROUP = N_("The group is too small in the areas that are large enough.")
MERGED = N_("Hidden groups of this area count as one.")


@dataclass(frozen=True)
class _Level:
    """The areas of one level that are large enough for an index, with their residents."""

    level: AreaLevel
    keys: tuple[str, ...]
    residents: Floats
    reference: Floats


def indices(
    cells: Mapping[str, Cells], protected: Mapping[str, ProtectedCells], geography: Geography, protection: Protection
) -> tuple[IndexValue, ...]:
    """All indices of a run, rounded to three decimals.

    Indices over all areas come from unprotected cells (one number over many areas tells no cell); location quotient and
    diversity of an area only from what is published there. A value that may not be stated is null with a note.
    Residents without an area are left out. Without a table of residents there are no indices.
    """
    if "residents" not in cells:
        return ()
    found: list[IndexValue] = []
    for level in geography.levels:
        large = _large(cells, geography, level, protection)
        for table, groups in _groups(cells).items():
            counts = _by_area(cells[table], geography, level.id)
            for group in groups:
                found += _over_areas(large, table, group, _column(counts, large.keys, group), protection)
                found += _quotients(large, protected, table, group)
        for table in _diverse(cells):
            found += _diversity(protected[table], level.id, large.keys, large.residents)
    town = np.array([cells["residents"].frame["n"].sum()], dtype=float)
    for table in _diverse(cells):
        found += _diversity(protected[table], TOWN, (geography.town.key,), town)
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


def _large(cells: Mapping[str, Cells], geography: Geography, level: AreaLevel, protection: Protection) -> _Level:
    residents = _by_area(cells["residents"], geography, level.id)
    sizes = dict(zip(residents["area"], residents["n"], strict=True))
    keys = tuple(area.key for area in level.areas if sizes.get(area.key, 0) >= protection.min_area_index)
    total = np.array([sizes[key] for key in keys], dtype=float)
    if "mh_register" not in cells:
        return _Level(level, keys, total, np.zeros(0))
    without = _column(_by_area(cells["mh_register"], geography, level.id), keys, "without")
    return _Level(level, keys, total, without)


def _over_areas(large: _Level, table: str, group: str, counts: Floats, protection: Protection) -> Iterator[IndexValue]:
    """Dissimilarity (against residents without migration background where known), segregation index, isolation."""
    note = FEW_AREAS if len(large.keys) < 2 else SMALL_GROUP if counts.sum() < protection.min_group_index else ""
    others = large.reference if len(large.reference) else large.residents - counts
    values = {
        "dissimilarity": formulas.dissimilarity(counts, others),
        "segregation_index": formulas.segregation_index(counts, large.residents),
        "isolation": formulas.isolation(counts, large.residents),
    }
    for index, value in values.items():
        stated = None if note else _rounded(value)
        yield IndexValue(index, table, large.level.id, group, "", stated, len(large.keys), note)


def _quotients(large: _Level, protected: Mapping[str, ProtectedCells], table: str, group: str) -> Iterator[IndexValue]:
    """The location quotient of each area whose cell is published, as is the town's."""
    town = _published(protected[table], TOWN, group)
    everyone = _published(protected["residents"], TOWN)
    counts = _published(protected[table], large.level.id, group)
    known = [place for place, key in enumerate(large.keys) if key in counts]
    if not known or not town or not everyone:
        return
    quotients = formulas.location_quotient(
        np.array([counts[large.keys[place]] for place in known], dtype=float),
        large.residents[known],
        *(float(next(iter(values.values()))) for values in (town, everyone)),
    )
    for place, value in zip(known, quotients, strict=True):
        if not np.isnan(value):
            key = large.keys[place]
            yield IndexValue("location_quotient", table, large.level.id, group, key, _rounded(value), len(large.keys))


def _diversity(protected: ProtectedCells, level: str, keys: tuple[str, ...], residents: Floats) -> Iterator[IndexValue]:
    """The diversity of each area from its published categories; what is hidden counts as one category."""
    shown = protected.frame.filter(pl.col("level") == level).select("area", "value")
    grouped = dict(shown.group_by("area").agg(pl.col("value")).iter_rows())
    for key, total in zip(keys, residents, strict=True):
        published = [value for value in grouped.get(key, ()) if value is not None]
        if not published:
            continue
        hidden = len(published) < len(grouped[key])
        counts = np.array([*published, total - sum(published)] if hidden else published, dtype=float)
        value = _rounded(formulas.entropy_diversity(counts))
        area = "" if level == TOWN else key
        yield IndexValue(
            "entropy_diversity", protected.table.id, level, "", area, value, len(keys), MERGED if hidden else ""
        )


def _published(protected: ProtectedCells, level: str, group: str = "") -> dict[str, int]:
    """The published values of a category by area; without category: of a table that has none."""
    rows = protected.frame.filter((pl.col("level") == level) & pl.col("value").is_not_null())
    if protected.table.dimensions:
        rows = rows.filter(pl.col(protected.table.dimensions[0]) == group)
    return dict(rows.select("area", "value").iter_rows())


def _by_area(cells: Cells, geography: Geography, level: str) -> pl.DataFrame:
    """The cells summed up to the areas of a level, without residents that live in none."""
    above = geography.ancestors(level)
    return (
        cells.frame.filter(pl.col("area") != UNRESOLVED)
        .with_columns(pl.col("area").replace_strict(above, return_dtype=pl.Utf8))
        .group_by("area", *cells.table.dimensions)
        .agg(pl.col("n").sum())
    )


def _column(counts: pl.DataFrame, keys: tuple[str, ...], category: str) -> Floats:
    """The counts of one category in the order of the area keys."""
    rows = counts.filter(pl.col(counts.columns[1]) == category)
    found = dict(zip(rows["area"], rows["n"], strict=True))
    return np.array([found.get(key, 0) for key in keys], dtype=float)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DIGITS)
