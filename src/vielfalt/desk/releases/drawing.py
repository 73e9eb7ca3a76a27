"""Areas as they are drawn: SVG path data in a picture of fixed width, and where a name fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt.desk import gateway
from vielfalt.desk.gateway import AreaLevel, Results

WIDTH, HEIGHT = 640.0, 560.0
"""The largest picture, in pixels; the towns' shapes decide how much of the height they need."""
_LETTERING = (13.0, 11.0)
"""Font sizes tried for an area's name, largest first."""


@dataclass(frozen=True)
class Drawn:
    """The areas of a level with their paths and spots (``AreaSet.areas``), and the size of the picture."""

    areas: list[dict[str, Any]]
    width: float
    height: float


def drawn(results: Results, level: AreaLevel) -> Drawn:
    """The areas of a level of the results, drawn; without any shape the picture has no height."""
    shapes = results.geography.shapes.get(level.id, {})
    fitted, height = gateway.fit(shapes, results.geography.crs, WIDTH, HEIGHT) if shapes else ({}, 0.0)
    areas = [
        {
            "key": area.key,
            "name": area.name,
            "parent": area.parent,
            "path": path(fitted[area.key]) if area.key in fitted else "",
            "spot": _spot(fitted[area.key], area.name) if area.key in fitted else [],
        }
        for area in level.areas
    ]
    return Drawn(areas, WIDTH, round(height, 1))


def path(shape: BaseGeometry) -> str:
    """The outline of a polygon with its holes as SVG path data, one decimal."""
    rings = [
        ring
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join("M" + "L".join(f"{x:g},{y:g}" for x, y in ring.coords[:-1]) + "Z" for ring in rings)


def _spot(shape: BaseGeometry, name: str) -> list[Any]:
    """x and y of the first line, font size, and the lines; empty where the name fits nowhere."""
    for size in _LETTERING:
        if found := gateway.spot(shape, name, size):
            return [round(found.x, 1), round(found.y, 1), size, list(found.lines)]
    return []
