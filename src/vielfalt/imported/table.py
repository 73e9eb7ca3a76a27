"""The import of a table that the town did not count itself: from file and profile to cells and areas.

The result has the form of a count of the town's own, so disclosure control, indices, maps and report run on it as they
are. What the file does not say stays unknown; no figure is changed, guessed or derived from a total.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from vielfalt.areafiles import LevelShapes
from vielfalt.cells import UNRESOLVED, Cells
from vielfalt.definitions import Definition
from vielfalt.imported import categories, findings, totals
from vielfalt.imported.counts import Values, read_counts
from vielfalt.imported.division import Placed, divide, keys_by_name, place, read_levels
from vielfalt.imported.records import RESIDENTS, Base, Comparison, Imported, TableProfile
from vielfalt.imported.spoiled_keys import refuse_spoiled
from vielfalt.table import Table

DEFINITION = "imported"
BASE_DEFINITION = "imported_base"


def import_table(file: Path, profile: TableProfile) -> Imported:
    """Cells, areas and findings of one delivered table.

    Paths in the profile start at the folder of ``file``. Raises DeliveryError (a file cannot be used, categories
    overlap) and TownError (profile and polygons contradict each other).
    """
    counts = read_counts(file, profile.selection, {entry.key: entry.in_file for entry in profile.categories})
    shapes = read_levels(profile, file.parent)
    by_name = _names(profile, shapes)
    placed = place(counts, profile.selection.area, profile.levels, by_name, file)
    base_file, base = _read_other(file, profile.base, profile, by_name)
    _refuse_no_areas(placed, profile, shapes, file)
    _refuse_no_areas(base, profile, shapes, base_file)
    _, comparison = _read_other(file, profile.comparison, profile, by_name)
    keys = [key for key in dict.fromkeys((*placed.finest, *base.finest)) if key != UNRESOLVED]
    geography = divide(profile, shapes, keys, {**base.names, **placed.names})
    values, found = _together(placed, base, profile), categories.wholes(profile)
    notes = (
        *findings.of_file(counts),
        *findings.of_base(placed, base, profile),
        *findings.of_areas(keys, shapes, profile),
        *findings.of_repairs(shapes, profile),
        *findings.of_comparison(placed, comparison, profile),
        *categories.check(values, found, profile, file),
        *totals.check_totals(placed, geography, profile, file),
        *totals.check_totals(base, geography, profile, base_file),
    )
    separate = {area: categories.disjoint(row, found) for area, row in values.items()}
    totals.refuse_per_cent(separate, profile, file)
    tables = _tables(profile)
    return Imported(
        cells={table.id: Cells(table, _frame(table, separate, profile)) for table in tables},
        unknown={table.id: _unknown(table, separate, profile) for table in tables},
        geography=geography,
        source=profile.source,
        findings=(*notes, *findings.of_unknown(separate, profile)),
        labels={(profile.dimension, key): label for key, label in categories.partition(profile).items()},
        dimensions={profile.dimension: profile.dimension_title},
        definitions=_definitions(profile),
    )


def _refuse_no_areas(placed: Placed, profile: TableProfile, shapes: Mapping[str, LevelShapes], path: Path) -> None:
    """Raises DeliveryError for rows that are no areas: totals, footnotes, keys that fit no polygon."""
    drawn = shapes.get(profile.levels[-1].id)
    totals.refuse_undeclared(placed, path)
    totals.refuse_footnotes(placed, drawn, path)
    totals.refuse_totals_by_name(placed, drawn, path)
    refuse_spoiled(placed, drawn, path)


def _names(profile: TableProfile, shapes: Mapping[str, LevelShapes]) -> Mapping[str, str]:
    """Area key by name where one of the files names its areas; otherwise nothing."""
    others = [other.selection for other in (profile.base, profile.comparison) if other]
    if "name" not in {selection.area.by for selection in (profile.selection, *others)}:
        return {}
    return keys_by_name(shapes.get(profile.levels[-1].id))


def _read_other(
    file: Path, other: Base | Comparison | None, profile: TableProfile, by_name: Mapping[str, str]
) -> tuple[Path, Placed]:
    """A single count per area from the same or another file, by level, and that file; empty without such a part."""
    if other is None:
        return file, Placed({}, {}, {})
    path = file.parent / other.path if other.path else file
    counts = read_counts(path, other.selection, {RESIDENTS: other.in_file})
    return path, place(counts, other.selection.area, profile.levels, by_name, path)


def _together(placed: Placed, base: Placed, profile: TableProfile) -> Mapping[str, Values]:
    """All counts of each area; null where one of the files does not have it."""
    keys = [entry.key for entry in profile.categories]
    return {
        area: {
            **{key: placed.finest.get(area, {}).get(key) for key in keys},
            RESIDENTS: base.finest.get(area, {}).get(RESIDENTS),
        }
        for area in dict.fromkeys((*placed.finest, *base.finest))
    }


def _tables(profile: TableProfile) -> tuple[Table, ...]:
    """The residents (where there is a base) and the table itself, which then refines them."""
    if profile.base is None:
        return (Table(profile.id, profile.title, (profile.dimension,), (DEFINITION,)),)
    return (
        Table(RESIDENTS, profile.base.title, (), (BASE_DEFINITION,)),
        Table(profile.id, profile.title, (profile.dimension,), (BASE_DEFINITION, DEFINITION), parent=RESIDENTS),
    )


def _counts(table: Table, values: Mapping[str, Values], profile: TableProfile) -> pl.DataFrame:
    """Area, dimensions and count (null: unknown) of every combination of a table."""
    columns = tuple(categories.partition(profile)) if table.dimensions else (RESIDENTS,)
    rows = [(area, *((key,) if table.dimensions else ()), row[key]) for area, row in values.items() for key in columns]
    schema = {"area": pl.String, **dict.fromkeys(table.dimensions, pl.String), "n": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("area", *table.dimensions)


def _frame(table: Table, values: Mapping[str, Values], profile: TableProfile) -> pl.DataFrame:
    """The cells: combinations with people. Nobody knows addresses, and there are no records to sum up."""
    filled = _counts(table, values, profile).filter(pl.col("n") > 0)
    return filled.with_columns(**dict.fromkeys(("key_sum", "top", "second"), pl.lit(0, pl.Int64)))


def _unknown(table: Table, values: Mapping[str, Values], profile: TableProfile) -> pl.DataFrame:
    """The combinations nobody knows."""
    return _counts(table, values, profile).filter(pl.col("n").is_null()).drop("n")


def _definitions(profile: TableProfile) -> tuple[Definition, ...]:
    own = Definition(DEFINITION, profile.title, profile.definition, profile.limits, profile.source.text)
    if profile.base is None:
        return (own,)
    return (Definition(BASE_DEFINITION, profile.base.title, profile.base.definition, "", profile.source.text), own)
