"""The areas of a delivered table: its rows sorted by level, joined with polygons, nested into a geography."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt.areachecks import some
from vielfalt.areafiles import Features, LevelShapes, level_shapes, nest, read_features
from vielfalt.cells import UNRESOLVED
from vielfalt.errors import DeliveryError, TownError
from vielfalt.geography import TOWN, Area, AreaLevel, Geography
from vielfalt.imported.counts import Counts, Values
from vielfalt.imported.records import AreaColumn, LevelSource, TableProfile
from vielfalt.words import N_


@dataclass(frozen=True)
class Placed:
    """The counts of a file by level: ``finest`` by area key, ``totals`` by (level, key), ``names`` by area key."""

    finest: Mapping[str, Values]
    totals: Mapping[tuple[str, str], Values]
    names: Mapping[str, str]


def read_levels(profile: TableProfile, folder: Path) -> Mapping[str, LevelShapes]:
    """The polygons of each level that has a file, keys corrected as the profile says. Raises TownError."""
    found = {}
    for level in profile.levels:
        if level.path:
            features = _corrected(_selected(read_features(folder / level.path), level), level)
            found[level.id] = level_shapes(
                *(features, level.key, level.name, level.parent),
                crs=profile.crs,
                axis_order=level.axis_order,
                stray_crs=level.stray_crs,
            )
    return found


def _selected(features: Features, level: LevelSource) -> Features:
    """The rows that are areas; a file may hold a row for the whole town, which the profile excludes by key."""
    keys = features.columns.get(level.key, ())
    lost = [key for key in level.exclude if key not in keys]
    if lost:
        raise _fault(N_("No area of this file has the key {keys}, which is to be excluded."), features, some(lost))
    rows = [row for row in range(len(features.shapes)) if not keys or keys[row] not in level.exclude]
    return replace(
        features,
        columns={name: tuple(values[row] for row in rows) for name, values in features.columns.items()},
        shapes=tuple(features.shapes[row] for row in rows),
    )


def _corrected(features: Features, level: LevelSource) -> Features:
    """The features with the keys that the profile corrects; each correction must fit one row."""
    columns = {name: list(values) for name, values in features.columns.items()}
    for correction in level.corrections:
        rows = [
            row
            for row in range(len(features.shapes))
            if all(
                features.columns.get(name, ("",) * (row + 1))[row] == value for name, value in correction.where.items()
            )
        ]
        if len(rows) != 1 or level.key not in columns:
            raise _fault(N_("The correction to {keys} does not fit exactly one area."), features, correction.key)
        columns[level.key][rows[0]] = correction.key
    return replace(features, columns={name: tuple(values) for name, values in columns.items()})


def _fault(message: str, features: Features, keys: str) -> TownError:
    return TownError(message, where=features.path, keys=keys, todo=N_("Correct the table profile."))


def keys_by_name(shapes: LevelShapes | None) -> Mapping[str, str]:
    """Area key by name, for tables that name their areas. Raises TownError when two areas share a name."""
    areas = shapes.areas if shapes else ()
    found = {folded(area.name): area.key for area in areas}
    if shapes and len(found) < len(areas):
        raise TownError(
            N_("Two areas have the same name, so the table cannot be joined by names."),
            where=shapes.path,
            todo=N_("Join by keys, or make the names differ."),
        )
    return found


def folded(name: str) -> str:
    """A name in the form in which names are compared."""
    return " ".join(name.casefold().split())


def place(
    counts: Counts, column: AreaColumn, levels: tuple[LevelSource, ...], by_name: Mapping[str, str], path: Path
) -> Placed:
    """The rows of a table by level. Raises DeliveryError for rows that belong to no level of the profile."""
    finest: dict[str, Values] = {}
    totals: dict[tuple[str, str], Values] = {}
    names: dict[str, str] = {}
    unknown = []
    for stated, values in counts.values.items():
        text = column.corrections.get(stated, stated)
        if text == column.total:
            totals[TOWN, ""] = values
            continue
        if text in column.unresolved:
            finest[UNRESOLVED] = _added(finest.get(UNRESOLVED), values)
            continue
        level, key = _located(text, levels)
        if column.by == "name" and level:
            key = by_name.get(folded(text), text)
        if key in finest or (level, key) in totals:
            raise _taken(key, path)
        if not level:
            unknown.append(text)
        elif level == levels[-1].id:
            finest[key] = values
            names[key] = counts.names[stated] or (text if column.by == "name" else "")
        else:
            totals[level, key] = values
    if unknown:
        raise DeliveryError(
            N_("These rows of the table belong to no area level of the profile: {areas}."),
            where=path,
            todo=N_("Name them under “total”, “unresolved” or “ignore”, or correct “keys” of the levels."),
            areas=some(unknown),
        )
    return Placed(finest, totals, names)


def _taken(area: str, path: Path) -> DeliveryError:
    return DeliveryError(
        N_("Two rows of the table stand for the area “{area}”."),
        where=path,
        todo=N_("Correct the table, or the corrections in the table profile."),
        area=area,
    )


def _added(first: Values | None, second: Values) -> Values:
    """Two rows of people in no area as one; a count that is unknown in one of them is unknown."""
    if first is None:
        return second
    pairs = {key: (first[key], value) for key, value in second.items()}
    return {key: None if None in pair else sum(filter(None, pair)) for key, pair in pairs.items()}


def _located(text: str, levels: tuple[LevelSource, ...]) -> tuple[str, str]:
    """Level and key of a row: the first level whose pattern fits; the finest takes all when it has no pattern."""
    for level in levels:
        match = re.fullmatch(level.keys, text) if level.keys else None
        if match:
            return level.id, match[1] if match.groups() else text
    return ("", text) if levels[-1].keys else (levels[-1].id, text)


def divide(
    profile: TableProfile, shapes: Mapping[str, LevelShapes], keys: Collection[str], names: Mapping[str, str]
) -> Geography:
    """The geography of the table: its own areas (``keys``) at the finest level and the areas that hold them.

    Areas with a polygon and no row are left out: the table does not know them, and 0 would be wrong. Areas with a row
    and no polygon stay, without shape. Raises TownError for polygons or parents that contradict each other.
    """
    levels: list[tuple[AreaLevel, LevelShapes]] = []
    for position, source in enumerate(reversed(profile.levels)):
        found = shapes.get(source.id) or LevelShapes(profile.path, (), {})
        if position == 0:
            known = {area.key for area in found.areas}
            extra = [Area(key, source.names.get(key) or names.get(key) or key, "") for key in keys if key not in known]
            found = replace(found, areas=(*found.areas, *extra))
        elif not source.path:
            found = _joined(source, levels[0][1])
        if source.parent_prefix:
            areas = tuple(replace(area, parent=area.key[: source.parent_prefix]) for area in found.areas)
            found = replace(found, areas=areas)
        levels.insert(0, (AreaLevel(source.id, source.title, ()), found))
    town = Area(profile.source.ags, profile.source.town, "")
    return _pruned(nest(town, levels, profile.crs), keys)


def _joined(source: LevelSource, finer: LevelShapes) -> LevelShapes:
    """A level known by the names of its areas alone; its polygons are those of the finer level, joined."""
    parts: dict[str, list[BaseGeometry]] = {}
    for area in finer.areas:
        if area.key in finer.shapes:
            parts.setdefault(area.parent, []).append(finer.shapes[area.key])
    areas = tuple(Area(key, name, "") for key, name in source.names.items())
    return LevelShapes(finer.path, areas, {key: shapely.union_all(shapes) for key, shapes in parts.items()})


def _pruned(geography: Geography, keys: Collection[str]) -> Geography:
    """The geography with the areas of ``keys`` alone and those that hold them."""
    kept = set(keys)
    levels: list[AreaLevel] = []
    for level in reversed(geography.levels):
        areas = tuple(area for area in level.areas if area.key in kept)
        levels.insert(0, replace(level, areas=areas))
        kept = {area.parent for area in areas}
    shapes = {
        level.id: {
            area.key: shape for area in level.areas if (shape := geography.shapes.get(level.id, {}).get(area.key))
        }
        for level in levels
    }
    return replace(geography, levels=tuple(levels), shapes={id: found for id, found in shapes.items() if found})
