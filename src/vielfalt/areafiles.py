"""Area polygons from files: read, brought into the town's coordinate system, checked, nested into a geography.

Files of municipalities hold repeated keys, polygons that cross themselves, coordinates in the wrong order and parts
that nobody converted (seen in the open data of Berlin, Leipzig and Cologne). What can be repaired without moving a
border is repaired and remembered; everything else is named, with what to do.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, GeometryError
from shapely.geometry.base import BaseGeometry

from vielfalt import areachecks
from vielfalt.areachecks import contradiction, fault
from vielfalt.errors import StorageError
from vielfalt.geography import Area, AreaLevel, Geography, with_plain_blanks
from vielfalt.town import Town
from vielfalt.words import N_

AxisOrder = Literal["xy", "yx"]
Points = npt.NDArray[np.float64]
"""Coordinates: one row per point, two columns."""


@dataclass(frozen=True)
class Features:
    """The rows of a polygon file as they stand: ``columns`` as text (empty when null), ``crs`` as the file says it."""

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    shapes: tuple[BaseGeometry | None, ...]
    crs: str


@dataclass(frozen=True)
class LevelShapes:
    """The areas of one level with their polygons by key; ``parent`` of an area is empty where the file names none.

    ``repaired`` holds the keys of areas whose polygon had a small defect that was removed.
    """

    path: Path
    areas: tuple[Area, ...]
    shapes: Mapping[str, BaseGeometry]
    repaired: tuple[str, ...] = field(default=())


def read_geography(town: Town) -> Geography:
    """The areas of a town project with polygons in the town's coordinate system, every level checked.

    Raises DeliveryError (what, where, what to do) for files, keys or polygons that cannot be used, TownError where
    settings, levels and files contradict each other.
    """
    levels = tuple(
        (
            AreaLevel(level.id, level.title, ()),
            read_shapes(level.file, level.key, level.name, level.parent, crs=town.areas.crs),
        )
        for level in town.areas.levels
    )
    return nest(Area(town.ags, town.name, ""), levels, town.areas.crs)


def read_shapes(
    path: Path, key: str, name: str, parent: str, *, crs: str, axis_order: AxisOrder = "xy", stray_crs: str = ""
) -> LevelShapes:
    """The areas of one level from a polygon file (GeoJSON, Shapefile, GeoPackage), in ``crs``, checked by themselves.

    ``key``, ``name`` and ``parent`` are columns of the file; the parent column may be absent. ``axis_order`` "yx" is
    for files that write latitude first; ``stray_crs`` for files in degrees of which single parts are not in degrees.
    Raises DeliveryError and TownError, see ``read_geography``.
    """
    return level_shapes(read_features(path), key, name, parent, crs=crs, axis_order=axis_order, stray_crs=stray_crs)


def read_features(path: Path) -> Features:
    """All rows of a polygon file. Raises DeliveryError when it is absent, damaged, empty or has several layers."""
    if not path.is_file():
        raise fault(N_("The file with the areas does not exist."), path, N_("Correct the path or add the file."))
    if not os.access(path, os.R_OK):
        raise StorageError(N_("The file cannot be read."), where=path, todo=N_("Check its permissions."))
    _check_whole(path)
    try:
        layers = pyogrio.list_layers(path)
        if len(layers) != 1:
            raise fault(
                N_("The file with the areas holds {n} layers, not one: {layers}."),
                path,
                N_("Save the layer of this level as a file of its own."),
                n=len(layers),
                layers=areachecks.some(str(name) for name, _ in layers),
            )
        meta, _, shapes, columns = pyogrio.raw.read(path, force_2d=True)
    except (DataSourceError, DataLayerError, GeometryError):
        raise fault(
            N_("The file with the areas cannot be read."),
            path,
            N_("Save it again as GeoJSON, GeoPackage or Shapefile."),
        ) from None
    if shapes is None or not len(shapes):
        raise fault(N_("The file with the areas is empty."), path, N_("Add the file with all areas of the level."))
    return Features(
        path,
        MappingProxyType(
            {_as_utf8(str(name)): _texts(values) for name, values in zip(meta["fields"], columns, strict=True)}
        ),
        tuple(shapely.from_wkb(shapes)),
        str(meta["crs"] or ""),
    )


def _check_whole(path: Path) -> None:
    """A Shapefile is several files of one name: the polygons, where each begins, and the columns."""
    if path.suffix.lower() != ".shp":
        return
    beside = {other.suffix.lower() for other in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if lost := [suffix for suffix in (".shx", ".dbf") if suffix not in beside]:
        raise fault(
            N_("The Shapefile is not whole: beside it there is no {files}."),
            path,
            N_("Copy all files of this name into one folder: .shp, .shx, .dbf, and .prj with the coordinate system."),
            files=", ".join(f"{path.stem}{suffix}" for suffix in lost),
        )


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    """Column values as text; a whole number loses its decimal point, null becomes empty."""
    return tuple(
        ""
        if value is None or value != value
        else str(int(value))
        if isinstance(value, float | np.floating) and float(value).is_integer()
        else _as_utf8(str(value).strip())
        for value in values
    )


def _as_utf8(text: str) -> str:
    """The text that was meant where UTF-8 was taken for Latin-1: Shapefiles without .cpg do not say what they are in.

    Two letters that are one in UTF-8 (“Ã¼”) are in no name.
    """
    try:
        return text if text.isascii() else text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def level_shapes(
    features: Features,
    key: str,
    name: str,
    parent: str,
    *,
    crs: str,
    axis_order: AxisOrder = "xy",
    stray_crs: str = "",
) -> LevelShapes:
    """The areas of one level from the rows of a file; see ``read_shapes``."""
    for column in (key, name):
        if column not in features.columns:
            raise contradiction(
                N_("The file with the areas has no column “{column}”. It has: {columns}."),
                features.path,
                N_("Name the right column in the settings of this level."),
                column=column,
                columns=", ".join(features.columns),
            )
    keys, names = features.columns[key], tuple(map(with_plain_blanks, features.columns[name]))
    areachecks.check_keys(keys, names, features.path)
    areachecks.check_kinds(features.shapes, keys, features.path)
    moved = _in_crs(features, keys, crs, axis_order, stray_crs)
    shapes, repaired = areachecks.repair(moved, keys, features.path)
    areachecks.check_overlaps(shapes, keys, features.path)
    parents = features.columns.get(parent, ("",) * len(keys))
    areas = tuple(Area(*values) for values in zip(keys, names, parents, strict=True))
    if any(parents) and not all(parents):
        raise fault(
            N_("These areas name no area that they belong to: {areas}."),
            features.path,
            N_("Fill the column with the coarser area, or remove it: Vielfalt then finds it by the polygons."),
            areas=(area.key for area in areas if not area.parent),
        )
    return LevelShapes(features.path, areas, MappingProxyType(dict(zip(keys, shapes, strict=True))), repaired)


def _in_crs(
    features: Features, keys: Sequence[str], crs: str, axis_order: AxisOrder, stray_crs: str
) -> areachecks.Shapes:
    """The polygons as an array in ``crs``; a file that says no coordinate system is taken to be in it already."""
    shapes = np.array(features.shapes, dtype=object)
    if axis_order == "yx":
        shapes = shapely.transform(shapes, lambda points: points[:, ::-1])
    source = _known_crs(features.crs or crs, features.path)
    _check_degrees(shapes, keys, source, stray_crs, features.path)
    target = _known_crs(crs, features.path)
    forward = _mover(source, target)
    stray = _mover(_known_crs(stray_crs, features.path), target) if stray_crs else forward

    def move(points: Points) -> Points:
        outside = _no_degrees(points) if source.is_geographic else np.zeros(len(points), bool)
        return np.where(outside[:, None], stray(points), forward(np.where(outside[:, None], 0.0, points)))

    moved: areachecks.Shapes = shapely.transform(shapes, move)
    return moved


def _mover(source: pyproj.CRS, target: pyproj.CRS) -> Callable[[Points], Points]:
    if source.equals(target, ignore_axis_order=True):
        return lambda points: points
    change = pyproj.Transformer.from_crs(source, target, always_xy=True)
    return lambda points: np.column_stack(change.transform(points[:, 0], points[:, 1]))


def _known_crs(crs: str, path: Path) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise contradiction(
            N_("The coordinate system “{crs}” is not known."),
            path,
            N_("Name it by its EPSG number, for example EPSG:25832."),
            crs=crs[:60],
        ) from None


def _no_degrees(points: Points) -> npt.NDArray[np.bool_]:
    return (np.abs(points[:, 0]) > 180) | (np.abs(points[:, 1]) > 90)


def _check_degrees(
    shapes: areachecks.Shapes, keys: Sequence[str], source: pyproj.CRS, stray_crs: str, path: Path
) -> None:
    """Files in degrees: no point beyond the globe, and Germany where Germany is, not mirrored off Africa."""
    if not source.is_geographic:
        return
    odd = [key for key, shape in zip(keys, shapes, strict=True) if _no_degrees(shapely.get_coordinates(shape)).any()]
    if odd and not stray_crs:
        raise fault(
            N_("The file says its coordinates are degrees, but those of these areas are not: {areas}."),
            path,
            N_("Export the areas again in one coordinate system."),
            areas=odd,
        )
    points = shapely.get_coordinates(shapes)
    east, north = np.median(points, axis=0)
    if 47 <= east <= 56 and 5 <= north <= 16:
        raise fault(
            N_("The coordinates stand in the wrong order: latitude before longitude."),
            path,
            N_("Export the areas again with longitude first."),
        )


def nest(town: Area, levels: Sequence[tuple[AreaLevel, LevelShapes]], crs: str) -> Geography:
    """The geography of a town from its levels, coarse to fine: parents found or checked, children inside parents.

    The areas of the coarsest level belong to the town. Where the areas of a level name no parent, the area of the
    coarser level that covers most of each is taken. Raises TownError, also for areas that lie outside Germany.
    """
    done: list[AreaLevel] = []
    coarser: LevelShapes | None = None
    for level, found in levels:
        areas = found.areas
        areachecks.check_country(found.shapes.values(), crs, found.path)
        if coarser is None:
            areas = tuple(replace(area, parent=town.key) for area in areas)
        else:
            if not any(area.parent for area in areas):
                parents = areachecks.covering(found.shapes, coarser.shapes)
                areas = tuple(replace(area, parent=parents.get(area.key, "")) for area in areas)
            areachecks.check_parents(areas, {area.key for area in coarser.areas}, found.path)
            areachecks.check_inside(areas, found.shapes, coarser.shapes, found.path)
        done.append(replace(level, areas=areas))
        coarser = found
    shapes = {level.id: found.shapes for level, found in levels if found.shapes}
    return Geography(town, tuple(done), crs, MappingProxyType(shapes))
