"""Checks on area polygons: keys, shapes, overlaps within a level, children inside their parents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt.errors import DeliveryError, TownError
from vielfalt.geography import LONGEST_NAME, Area, is_key, is_line
from vielfalt.words import N_

Shapes = npt.NDArray[np.object_]
"""An array of polygons."""
REPAIR_TOLERANCE = 0.0001
"""A repair may change an area by 0.01 %: a ring that touches itself, not a border that moved."""
OVERLAP_TOLERANCE = 0.001
"""Slivers: neighbours digitised apart overlap by up to 0.005 % in Cologne's file; 0.1 % is tolerated."""
INSIDE = 0.99
"""The part of an area that must lie inside the area of the coarser level it belongs to."""
_EAST, _NORTH = (5.0, 16.0), (47.0, 56.0)
"""Degrees between which Germany lies."""
_SHOWN = 8


def some(names: Iterable[str]) -> str:
    """The first names of a list for a sentence, with “…” where more follow."""
    listed = list(names)
    return ", ".join(listed[:_SHOWN]) + (", …" if len(listed) > _SHOWN else "")


def check_keys(keys: Sequence[str], names: Sequence[str], path: Path) -> None:
    """Raises DeliveryError naming the areas when a key is empty or occurs twice, or key or name cannot be published."""
    empty = [name or f"#{row}" for row, (key, name) in enumerate(zip(keys, names, strict=True), 1) if not key]
    if empty:
        raise fault(N_("These areas have no key: {areas}."), path, N_("Give each area its key."), empty)
    count = Counter(keys)
    twice = [f"{key} ({name})" for key, name in zip(keys, names, strict=True) if count[key] > 1]
    if twice:
        todo = N_("Give each area its own key; merge the parts of one area into one row.")
        raise fault(N_("These area keys occur more than once: {areas}."), path, todo, twice)
    told = zip(keys, names, strict=True)
    if odd := [f"“{key}”" for key, name in told if not (is_key(key) and is_line(name, LONGEST_NAME, 1))]:
        todo = N_(
            "A key has at most 100 signs and no “/”, for it stands in addresses; a name is one line of 1 to 200 signs. "
            "Neither holds invisible signs: where nothing seems wrong, type key and name anew."
        )
        raise fault(N_("These areas have a key or a name that cannot be published: {areas}."), path, todo, odd)


def check_kinds(shapes: Sequence[BaseGeometry | None], keys: Sequence[str], path: Path) -> None:
    """Raises DeliveryError when an area has no polygon, an empty one, or something that is no polygon."""
    odd = [
        key
        for key, shape in zip(keys, shapes, strict=True)
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon")
    ]
    if odd:
        raise fault(N_("These areas have no polygon: {areas}."), path, N_("Export the polygons again."), odd)


def repair(shapes: Shapes, keys: Sequence[str], path: Path) -> tuple[tuple[BaseGeometry, ...], tuple[str, ...]]:
    """The polygons, all valid, and keys of those that were repaired. Raises DeliveryError where that moves a border."""
    far = [key for key, shape in zip(keys, shapes, strict=True) if not np.isfinite(shape.bounds).all()]
    if far:
        todo = N_("Name the right coordinate system and export the areas again.")
        raise fault(N_("The coordinates of these areas cannot be converted: {areas}."), path, todo, far)
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    sound = shapes.copy()
    sound[bad] = [_polygons(shapely.make_valid(shape)) for shape in shapes[bad]]
    before, after = shapely.area(shapes[bad]), shapely.area(sound[bad])
    # The halves of a bow-tie cancel out in the area before the repair, so a repair that matters shows in either way.
    moved = np.abs(after - before) > REPAIR_TOLERANCE * np.maximum(after, before)
    if moved.any() or (after == 0).any():
        broken = [keys[int(row)] for row in bad[moved | (after == 0)]]
        todo = N_("Open the file in a GIS, repair these polygons and save it again.")
        raise fault(N_("The polygons of these areas are invalid (they cross themselves): {areas}."), path, todo, broken)
    return tuple(sound), tuple(keys[int(row)] for row in bad)


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry; the lines and points that a repair leaves behind have no area."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def check_overlaps(shapes: Sequence[BaseGeometry], keys: Sequence[str], path: Path) -> None:
    """Raises DeliveryError naming pairs of areas that share more than 0.1 % of the smaller one."""
    polygons = np.array(shapes, dtype=object)
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared = shapely.area(shapely.intersection(polygons[first], polygons[second]))
    smaller = np.minimum(shapely.area(polygons[first]), shapely.area(polygons[second]))
    over = shared > OVERLAP_TOLERANCE * smaller
    if over.any():
        pairs = [f"{keys[a]} + {keys[b]}" for a, b in zip(first[over], second[over], strict=True)]
        todo = N_("Correct the polygons: each place must lie in one area only.")
        raise fault(N_("These areas overlap: {areas}."), path, todo, pairs)


def covering(fine: Mapping[str, BaseGeometry], coarse: Mapping[str, BaseGeometry]) -> Mapping[str, str]:
    """For each fine area the key of the coarse area that covers most of it; none where nothing touches it."""
    keys, polygons = list(coarse), np.array(list(coarse.values()), dtype=object)
    tree = shapely.STRtree(polygons)
    found = {}
    for key, shape in fine.items():
        near = tree.query(shape, predicate="intersects")
        if len(near):
            shared = shapely.area(shapely.intersection(polygons[near], shape))
            found[key] = keys[near[int(np.argmax(shared))]]
    return found


def check_country(shapes: Iterable[BaseGeometry], crs: str, path: Path) -> None:
    """Raises TownError when the middle of the areas, given in ``crs``, lies outside Germany.

    So it is where a file does not say that it is in another coordinate system, or its axes are swapped.
    """
    points = shapely.get_coordinates(list(shapes))
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    east, north = to_degrees.transform(*np.median(points, axis=0)) if len(points) else (_EAST[0], _NORTH[0])
    if not (_EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]):
        raise contradiction(
            N_("By the coordinate system {crs} these areas would lie outside Germany."),
            path,
            N_(
                "A file that names no coordinate system (a Shapefile without .prj) is taken to be in “crs” of the "
                "settings: name the right one there, or save the file with its coordinate system, easting first."
            ),
            crs=crs,
        )


def check_parents(areas: Sequence[Area], coarse: Container[str], path: Path) -> None:
    """Raises TownError naming the areas whose parent is no area of the coarser level."""
    lost = [f"{area.key} → {area.parent or '?'}" for area in areas if area.parent not in coarse]
    if lost:
        todo = N_("Correct the column with the coarser area, or add the missing area to the coarser level.")
        raise contradiction(
            N_("These areas belong to an area that the coarser level does not have: {areas}."), path, todo, lost
        )


def check_inside(
    areas: Sequence[Area], fine: Mapping[str, BaseGeometry], coarse: Mapping[str, BaseGeometry], path: Path
) -> None:
    """Raises TownError naming the areas of which less than 99 % lies inside the area they belong to."""
    pairs = [area for area in areas if area.key in fine and area.parent in coarse]
    children = np.array([fine[area.key] for area in pairs], dtype=object)
    parents = np.array([coarse[area.parent] for area in pairs], dtype=object)
    share = shapely.area(shapely.intersection(children, parents)) / shapely.area(children)
    out = [f"{area.key} → {area.parent}" for area, part in zip(pairs, share, strict=True) if part < INSIDE]
    if out:
        todo = N_("Correct the column with the coarser area, or the polygons of one of the two levels.")
        raise contradiction(N_("These areas do not lie inside the area they belong to: {areas}."), path, todo, out)


def fault(message: str, path: Path, todo: str, areas: Iterable[str] = (), **values: object) -> DeliveryError:
    """The error for a file that cannot be used; a message about areas names the first of them."""
    return DeliveryError(message, where=path, todo=todo, areas=some(areas), **values)


def contradiction(message: str, path: Path, todo: str, areas: Iterable[str] = (), **values: object) -> TownError:
    """The error where a file contradicts settings or another level; a message about areas names the first of them."""
    return TownError(message, where=path, todo=todo, areas=some(areas), **values)
