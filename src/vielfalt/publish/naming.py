"""Names of the areas of a map: in the area where they fit, else a running number that a key explains.

On paper nobody can point at an area: without names or numbers nobody finds the dark one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from vielfalt.geography import by_name
from vielfalt.publish import svg
from vielfalt.publish.shapes import Spot, spot
from vielfalt.publish.svg import Row

_LETTERING = (12.0, 10.5, 9.0)
"""Font sizes tried for an area's name, largest first."""
_NUMBERS = (10.5, 9.0)
"""The same for a number; where none fits it stands in the last one all the same."""
_FEW = 2
"""Where names fit in less than one of so many areas, all get numbers: names here and there among them only confuse."""
_MOST = 120
"""With more numbers than this a key is no help; then names stand where they fit."""
_SIZE, _LINE = 10.0, 13.0
"""Lettering of the key, and the distance of its lines, in pixels; 7 points on a page of the report."""


@dataclass(frozen=True)
class Naming:
    """What stands in the areas by key (name or number, with its size), which of them bear a number, and what the
    numbers mean, in their order."""

    spots: Mapping[str, tuple[Spot, float]]
    numbers: Mapping[str, str]
    key: tuple[str, ...]


def naming(shapes: Mapping[str, BaseGeometry], names: Mapping[str, str]) -> Naming:
    """Names where they fit and numbers elsewhere: an area's place in the order of all names, which no map changes."""
    found = {
        key: where
        for key, shape in shapes.items()
        if (where := next(((fits, size) for size in _LETTERING if (fits := spot(shape, names[key], size))), None))
    }
    kept = found if _FEW * len(found) >= len(shapes) else {}
    if len(shapes) - len(kept) > _MOST:
        return Naming(found, {}, ())
    ordered = sorted(shapes, key=lambda key: (by_name(names[key]), key))
    numbers = {key: str(place) for place, key in enumerate(ordered, 1) if key not in kept}
    spots = {key: _number(shapes[key], number) for key, number in numbers.items()}
    return Naming({**kept, **spots}, numbers, tuple(f"{number} {names[key]}" for key, number in numbers.items()))


def _number(shape: BaseGeometry, number: str) -> tuple[Spot, float]:
    for size in _NUMBERS:
        if fits := spot(shape, number, size):
            return fits, size
    middle = shape.representative_point()
    return Spot(middle.x, middle.y, (number,), Point(middle.x, middle.y).buffer(_NUMBERS[-1] * 0.7)), _NUMBERS[-1]


def key_rows(key: tuple[str, ...], left: float, top: float, width: float) -> tuple[list[Row], float]:
    """The key in as many columns as fit into the width, read downwards; and the height it takes."""
    if not key:
        return [], 0
    columns = max(1, int(width / column_width(key)))
    lines = math.ceil(len(key) / columns)
    rows = [
        svg.text(left + place // lines * column_width(key), top + (place % lines + 0.5) * _LINE, entry, _SIZE)
        for place, entry in enumerate(key)
    ]
    return rows, lines * _LINE


def column_width(key: tuple[str, ...]) -> float:
    """How wide a column of the key must be."""
    return max(len(entry) for entry in key) * _SIZE * 0.56 + 10
