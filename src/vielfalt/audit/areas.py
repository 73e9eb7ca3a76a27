"""Area divisions that overlap: their intersections, the atoms, count the people of both.

An atom is an area that nobody has published; if its number follows, it must be none that an area must not show.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt.audit.figures import Figures, Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.sums import Sum
from vielfalt.geography import TOWN, Area
from vielfalt.publish.layout import WGS84, wgs84

SLIVER = 0.002
"""The part of the smaller area that an intersection must have to count: boundaries drawn twice never fit exactly."""


def apart(releases: Sequence[Release]) -> tuple[Release, ...]:
    """The releases; what earlier ones of the last one's date draw otherwise under the same key has another key."""
    *earlier, last = releases
    drawn, date = _drawn(last), last.results.source.date
    return (*(_renamed(each, drawn) if each.results.source.date == date else each for each in earlier), last)


def over_atoms(releases: Sequence[Release], figures: Figures) -> list[Sum]:
    """Sums of areas over the intersections with the areas of another release of the same date."""
    found: list[Sum] = []
    last = releases[-1]
    for other in releases[:-1]:
        if other.results.source.date == last.results.source.date:
            atoms = _atoms(_finest(last), _finest(other), other.name)
            if any(len(each) > 1 for each in atoms.values()):
                found += _sums(figures, last, other, atoms)
    return found


Place = tuple[str, str]
"""Level and key of an area."""
Drawn = Mapping[str, Mapping[str, BaseGeometry]]
"""Shapes by level and key."""


def _drawn(release: Release) -> Drawn:
    """The areas of a release in the coordinates of packages, in which earlier releases are read."""
    geography = release.results.geography
    return {
        level: shapes if geography.crs == WGS84 else wgs84(shapes, geography.crs)
        for level, shapes in geography.shapes.items()
    }


def _renamed(release: Release, drawn: Drawn) -> Release:
    moved = {
        (level, key): f"{key} ({hashlib.blake2b(shapely.to_wkb(shape), digest_size=4).hexdigest()})"
        for level, shapes in _drawn(release).items()
        for key, shape in shapes.items()
        if key in drawn.get(level, {}) and not _alike(shape, drawn[level][key])
    }
    if not moved:
        return release

    def named(level: str, key: str) -> str:
        return moved.get((level, key), key)

    geography, above, levels = release.results.geography, TOWN, []
    for level in geography.levels:
        areas = (Area(named(level.id, area.key), area.name, named(above, area.parent)) for area in level.areas)
        levels.append(replace(level, areas=tuple(areas)))
        above = level.id
    shapes = {
        level: {named(level, key): shape for key, shape in found.items()} for level, found in geography.shapes.items()
    }
    tables = {}
    for id, cells in release.results.tables.items():
        keys = [named(*place) for place in cells.frame.select("level", "area").iter_rows()]
        tables[id] = replace(cells, frame=cells.frame.with_columns(area=pl.Series(keys, dtype=pl.Utf8)))
    where = replace(geography, levels=tuple(levels), shapes=shapes)
    return replace(release, results=replace(release.results, geography=where, tables=tables))


def mostly_shared(ours: Release, theirs: Release) -> Iterator[tuple[Place, Place]]:
    """Areas of two releases, of any level, more than half of the smaller of which lies in the other.

    Only areas that one of the releases does not draw: what two areas of one division tell is no news.
    """
    one, other = (
        {(level, key): shape for level, found in _drawn(each).items() for key, shape in found.items()}
        for each in (ours, theirs)
    )
    tree, names = shapely.STRtree(list(other.values())), list(other)
    near = [
        (place, names[at]) for place, shape in one.items() for at in tree.query(shape, predicate="intersects").tolist()
    ]
    alike = [pair for pair in near if _alike(one[pair[0]], other[pair[1]])]
    ours_too, theirs_too = ({pair[side] for pair in alike} for side in (0, 1))
    for here, there in near:
        if here not in ours_too and there not in theirs_too:
            shapes = one[here], other[there]
            if 2 * shapes[0].intersection(shapes[1]).area > min(shape.area for shape in shapes):
                yield here, there


def _alike(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(one.symmetric_difference(other).area <= SLIVER * min(one.area, other.area))


def _finest(release: Release) -> Mapping[tuple[str, str], BaseGeometry]:
    level = release.results.geography.finest.id
    return {(level, key): shape for key, shape in _drawn(release).get(level, {}).items()}


def _atoms(
    ours: Mapping[tuple[str, str], BaseGeometry], theirs: Mapping[tuple[str, str], BaseGeometry], name: str
) -> Mapping[tuple[int, str, str], list[str]]:
    """For each area of either division (0: ours, 1: theirs) the names of the atoms in it, and of what no other covers.

    ``name``: that of their release.
    """
    inside: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    if not ours or not theirs:
        return inside
    covered: dict[tuple[int, str, str], float] = defaultdict(float)
    tree, names = shapely.STRtree(list(theirs.values())), list(theirs)
    for (level, key), shape in ours.items():
        for place in tree.query(shape, predicate="intersects").tolist():
            other = names[place]
            both = shape.intersection(theirs[other]).area
            for of in ((0, level, key), (1, *other)):
                covered[of] += both
            if both > SLIVER * min(shape.area, theirs[other].area):
                atom = f"{key} & {other[1]} ({name})"
                inside[0, level, key].append(atom)
                inside[1, *other].append(atom)
    for side, division in enumerate((ours, theirs)):
        for (level, key), shape in division.items():
            if shape.area - covered[side, level, key] > SLIVER * shape.area:
                inside[side, level, key].append(f"{key} ({side}, {name})")
    return inside


def _sums(
    figures: Figures, ours: Release, theirs: Release, atoms: Mapping[tuple[int, str, str], list[str]]
) -> Iterator[Sum]:
    settings = ours.results.protection
    for id in sorted(ours.results.tables.keys() & theirs.results.tables.keys()):
        # As for an area of its own: too few residents to have figures, or too small a number.
        limit = settings.min_area if id == "residents" else settings.min_cell
        for side, release in enumerate((ours, theirs)):
            key = key_of(release, release.results.tables[id])
            names, frame = list(release.results.tables[id].table.dimensions), release.results.tables[id].frame
            for row in frame.select("level", "area", *names).iter_rows():
                level, area, *category = row
                inside = atoms.get((side, level, area))
                if inside:
                    named = Key(key.date, key.table, key.definitions, level, area, tuple(category))
                    total = figures.number[named]
                    most = max(figures.high[total], 1)
                    yield total, [figures.atom(named.at("atom", atom), most, limit) for atom in inside]
