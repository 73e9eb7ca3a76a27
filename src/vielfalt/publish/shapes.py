"""Area shapes in the space of a picture: metric, simplified to what can be seen, hatched, with a spot for the name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

_TOLERANCE = 0.35
"""Simplification in pixels: less than half a line's width, so neighbours still touch to the eye."""
_LETTER = 0.56
"""Mean width of a letter in the font size; a generous estimate for sans-serif fonts."""


@dataclass(frozen=True)
class Spot:
    """Where a name fits into an area: the middle of its first line, the lines, and the box they cover."""

    x: float
    y: float
    lines: tuple[str, ...]
    area: BaseGeometry


def fit(
    shapes: Mapping[str, BaseGeometry], crs: str, width: float, height: float
) -> tuple[Mapping[str, BaseGeometry], float]:
    """The shapes scaled into a frame of ``width`` x ``height`` pixels, y downwards; and the height they really need."""
    keys = sorted(shapes)
    metric = _metric(np.array([shapes[key] for key in keys], dtype=object), crs)
    west, south, east, north = shapely.total_bounds(metric)
    scale = min(width / max(east - west, 1e-9), height / max(north - south, 1e-9))
    left = (width - (east - west) * scale) / 2

    def place(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack([left + (points[:, 0] - west) * scale, (north - points[:, 1]) * scale])

    drawn = shapely.transform(metric, place)
    drawn = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    drawn = shapely.coverage_simplify(drawn, _TOLERANCE)
    drawn = shapely.transform(drawn, lambda points: np.round(points, 1))
    return dict(zip(keys, drawn, strict=True)), (north - south) * scale


def hatch(shape: BaseGeometry, without: BaseGeometry | None, spacing: float) -> MultiLineString:
    """Parallel lines at 45 degrees inside the shape, leaving out the box of a name. Vega has no pattern fills."""
    clear = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    clear = clear if without is None else clear.difference(without)
    left, top, right, bottom = clear.bounds if not clear.is_empty else (0.0, 0.0, 0.0, 0.0)
    # x + y is constant along a line; multiples of the spacing let the lines of neighbours meet.
    first = int(np.floor((left + top) / spacing))
    last = int(np.ceil((right + bottom) / spacing))
    lines = [
        LineString([(number * spacing - top, top), (number * spacing - bottom, bottom)])
        for number in range(first, last + 1)
        if bottom > top
    ]
    cut = shapely.intersection(np.array(lines, dtype=object), clear) if lines else []
    parts = [part for line in cut for part in shapely.get_parts(line) if part.geom_type == "LineString"]
    return MultiLineString([np.round(part.coords, 1) for part in parts if part.length > 0.5])


def spot(shape: BaseGeometry, name: str, size: float) -> Spot | None:
    """Where the name fits inside the shape, on one line or two; None where it fits nowhere."""
    widest = _largest(shape)
    if widest is None:
        return None
    circle = shapely.maximum_inscribed_circle(widest, tolerance=1)
    middles = [widest.centroid, shapely.get_point(circle, 0), widest.representative_point()]
    for lines in _breaks(name):
        half_width = max(len(line) for line in lines) * size * _LETTER / 2 + 1
        half_height = len(lines) * size * 0.6 + 1
        for middle in middles:
            x, y = middle.x, middle.y
            taken = box(x - half_width, y - half_height, x + half_width, y + half_height)
            if widest.contains(taken):
                return Spot(x, y - (len(lines) - 1) * size * 0.55, lines, taken)
    return None


def _metric(shapes: npt.NDArray[np.object_], crs: str) -> npt.NDArray[np.object_]:
    """The shapes in metres: as they are, or from longitude and latitude to the UTM zone they lie in (ETRS89)."""
    if not crs or not pyproj.CRS(crs).is_geographic:
        return shapes
    west, _, east, _ = shapely.total_bounds(shapes)
    zone = min(max(int(((west + east) / 2 + 180) // 6) + 1, 28), 38)
    change = pyproj.Transformer.from_crs(crs, 25_800 + zone, always_xy=True)
    moved: npt.NDArray[np.object_] = shapely.transform(shapes, change.transform, interleaved=False)
    return moved


def _largest(shape: BaseGeometry) -> Polygon | None:
    parts = [
        part
        for part in shapely.get_parts(shapely.make_valid(shape, method="structure", keep_collapsed=False))
        if isinstance(part, Polygon | MultiPolygon)
    ]
    largest = max(parts, key=lambda part: part.area, default=None)
    return largest if isinstance(largest, Polygon) and not largest.is_empty else None


def _breaks(name: str) -> tuple[tuple[str, ...], ...]:
    """The name on one line, and on two where a blank or hyphen near its middle allows it."""
    places = [place + 1 for place, letter in enumerate(name[:-1]) if letter in " -/"]
    if not places:
        return ((name,),)
    middle = min(places, key=lambda place: abs(place - len(name) / 2))
    return (name,), (name[:middle].strip(), name[middle:].strip())
