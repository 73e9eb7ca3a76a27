"""Area divisions that overlap: their intersections, the atoms, count the people of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt.audit.figures import Figures, Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.sums import Sum

SLIVER = 0.002
"""The part of the smaller area that an intersection must have to count: boundaries drawn twice never fit exactly."""


def over_atoms(releases: Sequence[Release], figures: Figures) -> list[Sum]:
    """Sums of areas over the intersections with the areas of another release of the same date."""
    found: list[Sum] = []
    last = releases[-1]
    for other in releases[:-1]:
        if other.results.source.date == last.results.source.date:
            atoms = _atoms(_finest(last), _finest(other))
            if any(len(each) > 1 for each in atoms.values()):
                found += _sums(figures, last, other, atoms)
    return found


def _finest(release: Release) -> Mapping[tuple[str, str], BaseGeometry]:
    geography = release.results.geography
    level = geography.finest.id
    return {(level, key): shape for key, shape in geography.shapes.get(level, {}).items()}


def _atoms(
    ours: Mapping[tuple[str, str], BaseGeometry], theirs: Mapping[tuple[str, str], BaseGeometry]
) -> Mapping[tuple[int, str, str], list[str]]:
    """For each area of either division (0: ours, 1: theirs) the names of the atoms in it."""
    inside: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    if not ours or not theirs:
        return inside
    tree, names = shapely.STRtree(list(theirs.values())), list(theirs)
    for (level, key), shape in ours.items():
        for place in tree.query(shape, predicate="intersects").tolist():
            other = names[place]
            smaller = min(shape.area, theirs[other].area)
            if shape.intersection(theirs[other]).area > SLIVER * smaller:
                atom = f"{key} & {other[1]}"
                inside[0, level, key].append(atom)
                inside[1, *other].append(atom)
    return inside


def _sums(
    figures: Figures, ours: Release, theirs: Release, atoms: Mapping[tuple[int, str, str], list[str]]
) -> Iterator[Sum]:
    for id in sorted(ours.results.tables.keys() & theirs.results.tables.keys()):
        for side, release in enumerate((ours, theirs)):
            key = key_of(release, release.results.tables[id])
            names = list(release.results.tables[id].table.dimensions)
            frame = release.results.tables[id].frame
            for row in frame.select("level", "area", *names).iter_rows():
                level, area, *category = row
                inside = atoms.get((side, level, area))
                if inside:
                    named = Key(key.date, key.table, key.definitions, level, area, tuple(category))
                    total = figures.number[named]
                    most = max(figures.high[total], 1)
                    yield total, [figures.hidden(named.at("atom", atom), most) for atom in inside]
