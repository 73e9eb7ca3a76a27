"""Indices of PySAL segregation for tables on standard input, in a process of its own: PySAL changes numpy on import.

Reads a JSON list of tables ``{"groups": [[...]], "total": [...], "boxes": [[west, south, east, north], ...]}`` (boxes
in metres, may be absent); prints a JSON list of values by the ids of our catalogue, per first group or all groups.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely
from segregation import local, multigroup, singlegroup

OF_GROUP: Mapping[str, type] = {
    "segregation_index": singlegroup.Dissim,
    "gini": singlegroup.Gini,
    "information": singlegroup.Entropy,
    "atkinson": singlegroup.Atkinson,
    "minimum_maximum": singlegroup.MinMax,
    "concentration_profile": singlegroup.ConProf,
    "isolation": singlegroup.Isolation,
    "interaction": singlegroup.Interaction,
    "eta_squared": singlegroup.CorrelationR,
}
OF_GROUP_IN_SPACE: Mapping[str, Callable[..., Any]] = {
    "delta": singlegroup.Delta,
    "absolute_concentration": singlegroup.AbsoluteConcentration,
    "relative_concentration": singlegroup.RelativeConcentration,
    "absolute_centralisation": singlegroup.AbsoluteCentralization,
    "relative_centralisation": singlegroup.RelativeCentralization,
    "morrill": singlegroup.SpatialDissim,
    "wong_borders": lambda *given: singlegroup.BoundarySpatialDissim(*given, standardize=False),
    "wong_borders_as_it_comes": singlegroup.BoundarySpatialDissim,
    "wong_shapes": singlegroup.PARDissim,
    "distance_isolation": singlegroup.DistanceDecayIsolation,
    "distance_interaction": singlegroup.DistanceDecayInteraction,
    "absolute_clustering": singlegroup.AbsoluteClustering,
    "relative_clustering": singlegroup.RelativeClustering,
    "spatial_proximity": singlegroup.SpatialProximity,
}
OF_TOWN: Mapping[str, type] = {
    "multigroup_dissimilarity": multigroup.MultiDissim,
    "multigroup_gini": multigroup.MultiGini,
    "multigroup_information": multigroup.MultiInfoTheory,
    "squared_variation": multigroup.MultiSquaredCoefVar,
    "normalised_exposure": multigroup.MultiNormExposure,
    "relative_diversity": multigroup.MultiRelativeDiversity,
    "divergence": multigroup.MultiDivergence,
    "diversity": multigroup.MultiDiversity,
    "simpson_concentration": multigroup.SimpsonsConcentration,
    "simpson_interaction": multigroup.SimpsonsInteraction,
}
OF_AREA: Mapping[str, type] = {
    "entropy_diversity": local.MultiLocalEntropy,
    "local_diversity": local.MultiLocalDiversity,
    "local_simpson_concentration": local.MultiLocalSimpsonConcentration,
    "local_simpson_interaction": local.MultiLocalSimpsonInteraction,
}
CRS = 25832


def values(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """All indices of one table; ``centre`` is the mean of the areas' middles, as PySAL takes it."""
    groups = np.array(table["groups"], dtype=float)
    names = [f"g{place}" for place in range(groups.shape[1])]
    frame = pandas.DataFrame(groups, columns=names).assign(total=table["total"])
    found: dict[str, Any] = {}
    if table.get("boxes"):
        shapes = [shapely.box(*corners) for corners in table["boxes"]]
        frame = geopandas.GeoDataFrame(frame, geometry=shapes, crs=CRS)
        found |= {id: statistic(kind, frame.copy(), "g0", "total") for id, kind in OF_GROUP_IN_SPACE.items()}
        found["local_centralisation"] = statistic(local.LocalRelativeCentralization, frame.copy(), "g0", "total")
        found["distortion"] = statistic(multigroup.GlobalDistortion, frame.copy(), names)
    found |= {id: statistic(kind, frame.copy(), "g0", "total") for id, kind in OF_GROUP.items()}
    found |= {id: statistic(kind, frame.copy(), names) for id, kind in (*OF_TOWN.items(), *OF_AREA.items())}
    return found


def statistic(kind: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401
    """A number or a list of numbers (null for NaN and infinite ones); the error's name where there is none."""
    try:
        found = kind(*given)
    except Exception as error:  # a peer may fail in any way
        return type(error).__name__
    value = getattr(found, "statistics", None) if hasattr(found, "statistics") else found.statistic
    plain = np.asarray(value, dtype=float)
    known = np.where(np.isfinite(plain), plain, np.nan).astype(object)
    listed = known.tolist()
    return [None if one != one else one for one in listed] if plain.ndim else None if listed != listed else listed


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answers = [values(table) for table in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)
