"""What writer and readers of a release package agree on: names of files, coordinates of areas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

MANIFEST = "MANIFEST"
DESCRIPTOR = "datapackage.json"
WGS84 = "EPSG:4326"
"""The coordinates of the areas in a package."""
_DECIMALS = 6
"""Decimals of longitude and latitude: a tenth of a metre."""


def wgs84(shapes: Mapping[str, BaseGeometry], crs: str) -> Mapping[str, BaseGeometry]:
    """The shapes by key as a package holds them; none where nobody says what their coordinates mean."""
    if not crs or not shapes:
        return {}
    change = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)

    def place(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(np.column_stack(change.transform(points[:, 0], points[:, 1])), _DECIMALS)

    # Vault geometry may carry heights; RFC 7946 wants outer rings counter-clockwise.
    flat = shapely.force_2d(np.array(list(shapes.values()), dtype=object))
    return dict(zip(shapes, shapely.orient_polygons(shapely.transform(flat, place)), strict=True))
