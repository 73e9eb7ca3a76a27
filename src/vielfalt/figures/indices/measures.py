"""How each index of the catalogue is computed from one situation: groups, residents, and where the areas lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vielfalt.figures.indices import (
    adjusted,
    centralisation,
    clustering,
    concentration,
    distortion,
    evenness,
    exposure,
    local,
    multigroup,
)
from vielfalt.figures.indices.places import Places, within
from vielfalt.numbers import Floats


@dataclass(frozen=True)
class Situation:
    """Areas by groups and residents per area; ``places`` and ``centre`` (km) only where polygons are known.

    ``total`` may exceed the sum of the groups: then the rest of the residents is a group of its own for indices of all
    groups. What several indices need is computed once.
    """

    groups: Floats
    total: Floats
    places: Places | None = None
    centre: Floats | None = None

    @cached_property
    def everyone(self) -> Floats:
        """The groups, and the rest of the residents where there is one: every person once."""
        rest = self.total - self.groups.sum(axis=1)
        return np.column_stack([self.groups, rest]) if rest.any() else self.groups

    @cached_property
    def where(self) -> Places:
        """The places. Raises ValueError where there are none."""
        if self.places is None:
            raise ValueError("an index of space needs places")
        return self.places

    @cached_property
    def near(self) -> clustering.Near:
        """The surroundings of every area for ``everyone``."""
        return clustering.near(self.everyone, self.total, self.where.points, within(self.where.sizes))

    @cached_property
    def by_size(self) -> concentration.Filled:
        """The areas filled from the smallest on, and from the largest on."""
        return concentration.filled(self.total, self.where.sizes)

    @cached_property
    def distances(self) -> Floats:
        """From the centre to each area, in km."""
        middle = centralisation.centre(self.total, self.where.points) if self.centre is None else self.centre
        found: Floats = np.hypot(*(self.where.points - middle).T)
        return found

    def group(self, place: int) -> Floats:
        """The members of one group per area."""
        found: Floats = np.ascontiguousarray(self.groups[:, place])
        return found


OfGroup = Callable[[Situation, int], float | None]
OfTown = Callable[[Situation], float | None]
OfArea = Callable[[Situation], Floats]


def _evenness(formula: Callable[[Floats, Floats], float | None]) -> OfGroup:
    return lambda here, group: formula(here.group(group), here.total)


def _together(formula: Callable[[Floats], float | None]) -> OfTown:
    return lambda here: formula(here.everyone)


def _border(formula: Callable[[Floats, Floats, Places], float | None]) -> OfGroup:
    return lambda here, group: formula(here.group(group), here.total, here.where)


def _met(formula: Callable[[Floats, Floats, Floats], float | None]) -> OfGroup:
    return lambda here, group: formula(here.group(group), here.near.groups[:, group], here.near.total)


def _clustered(formula: Callable[[Floats, Floats, Floats, Floats], float | None]) -> OfGroup:
    return lambda here, group: formula(here.group(group), here.total, here.near.groups[:, group], here.near.total)


def _surrounded(formula: Callable[[Floats, clustering.Near], float | None]) -> OfTown:
    return lambda here: formula(here.everyone, here.near)


OF_GROUP: Mapping[str, OfGroup] = {
    "dissimilarity": _evenness(evenness.segregation_index),
    "segregation_index": _evenness(evenness.segregation_index),
    "gini": _evenness(evenness.gini),
    "information": _evenness(evenness.information),
    "atkinson": _evenness(evenness.atkinson),
    "gorard": _evenness(evenness.gorard),
    "minimum_maximum": _evenness(evenness.minimum_maximum),
    "concentration_profile": _evenness(evenness.concentration_profile),
    "isolation": _evenness(exposure.isolation),
    "interaction": _evenness(exposure.interaction),
    "eta_squared": _evenness(exposure.eta_squared),
}
"""Indices of one group and everyone else from counts alone."""
OF_GROUP_IN_SPACE: Mapping[str, OfGroup] = {
    "delta": lambda here, group: concentration.delta(here.group(group), here.where.sizes),
    "absolute_concentration": lambda here, group: concentration.absolute_concentration(
        here.group(group), here.total, here.where.sizes, here.by_size
    ),
    "relative_concentration": lambda here, group: concentration.relative_concentration(
        here.group(group), here.total, here.where.sizes, here.by_size
    ),
    "absolute_centralisation": lambda here, group: centralisation.absolute_centralisation(
        here.group(group), here.where.sizes, here.distances
    ),
    "relative_centralisation": lambda here, group: centralisation.relative_centralisation(
        here.group(group), here.total, here.distances
    ),
    "morrill": _border(adjusted.morrill),
    "wong_borders": _border(adjusted.wong_borders),
    "wong_shapes": _border(adjusted.wong_shapes),
    "distance_isolation": _met(clustering.distance_isolation),
    "distance_interaction": _met(clustering.distance_interaction),
    "absolute_clustering": lambda here, group: clustering.absolute_clustering(
        here.group(group), here.total, here.near.groups[:, group], here.near
    ),
    "relative_clustering": _clustered(clustering.relative_clustering),
    "spatial_proximity": _clustered(clustering.spatial_proximity),
}
"""Indices of one group that need polygons."""
OF_NEIGHBOURS = frozenset({"morrill", "wong_borders", "wong_shapes"})
"""Those of them that need to know which areas touch; the others do with ``places.extents``."""
OF_TOWN: Mapping[str, OfTown] = {
    "multigroup_dissimilarity": _together(multigroup.dissimilarity),
    "multigroup_gini": _together(multigroup.gini),
    "multigroup_information": _together(multigroup.information),
    "mutual_information": _together(multigroup.mutual_information),
    "squared_variation": _together(multigroup.squared_variation),
    "normalised_exposure": _together(multigroup.normalised_exposure),
    "relative_diversity": _together(multigroup.relative_diversity),
    "divergence": _together(multigroup.mean_divergence),
    "diversity": _together(multigroup.diversity),
    "simpson_concentration": _together(multigroup.simpson_concentration),
    "simpson_interaction": _together(multigroup.simpson_interaction),
}
"""Indices of all groups together from counts alone."""
OF_TOWN_IN_SPACE: Mapping[str, OfTown] = {
    "spatial_dissimilarity": _surrounded(clustering.spatial_dissimilarity),
    "spatial_information": _surrounded(clustering.spatial_information),
    "spatial_relative_diversity": _surrounded(clustering.spatial_relative_diversity),
    "distortion": lambda here: distortion.distortion(here.everyone, here.where.points),
}
"""Indices of all groups together that need polygons."""
OF_AREA: Mapping[str, OfArea] = {
    "entropy_diversity": lambda here: local.relative_entropy(here.everyone),
    "local_diversity": lambda here: local.diversity(here.everyone),
    "local_simpson_concentration": lambda here: local.simpson_concentration(here.everyone),
    "local_simpson_interaction": lambda here: local.simpson_interaction(here.everyone),
    "local_information": lambda here: local.local_information(here.everyone),
}
"""Indices of each area from counts alone."""
OF_AREA_IN_SPACE: Mapping[str, OfArea] = {
    "local_distortion": lambda here: distortion.local_distortion(here.everyone, here.where.points)
}
"""Indices of each area that need polygons."""
OF_GROUP_AND_AREA: Mapping[str, Callable[[Situation, int], Floats]] = {
    "location_quotient": lambda here, group: local.location_quotient(
        here.group(group), here.total, float(here.groups[:, group].sum()), float(here.total.sum())
    ),
}
"""Indices of one group in each area from counts alone."""
OF_GROUP_AND_AREA_IN_SPACE: Mapping[str, Callable[[Situation, int], Floats]] = {
    "local_centralisation": lambda here, group: centralisation.local_centralisation(
        here.group(group), here.total, here.where.points
    ),
}
"""Indices of one group in each area that need polygons."""
EXPOSURE = "exposure"
"""The one index of two groups, of ``exposure.exposures``."""
