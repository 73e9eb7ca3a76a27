"""What the value of an index says in a sentence, in the per cent in which shares are told beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from vielfalt.figures.indices import notes
from vielfalt.words import N_, Words

READINGS: Mapping[str, str] = {
    "dissimilarity": N_(
        "{percent} of the group would have to live in another area to be spread like those without migration "
        "background."
    ),
    "segregation_index": N_(
        "{percent} of the group would have to live in another area to be spread like everyone else."
    ),
    "gorard": N_("{percent} of the group would have to live in another area to have the same share everywhere."),
    "delta": N_("{percent} of the group would have to live in another area to be spread like the land."),
    "isolation": N_("In the area of an average member of the group, {percent} of the residents belong to the group."),
    "interaction": N_("In the area of an average member of the group, {percent} of the residents do not belong to it."),
    "exposure": N_(
        "In the area of an average member of the group, {percent} of the residents belong to the other group."
    ),
    "simpson_concentration": N_("In {percent} of cases, two residents drawn by lot belong to the same group."),
    "simpson_interaction": N_("In {percent} of cases, two residents drawn by lot belong to different groups."),
    "relative_diversity": N_(
        "Two residents of one area belong to different groups {percent} less often than two of the town."
    ),
}
"""What a value says, where one sentence can say it exactly; it follows from the formula of the index."""
_LEAST: Mapping[str, str] = {
    "dissimilarity": N_(
        "At least {percent} of the group would have to live in another area to be spread like those without migration "
        "background."
    ),
    "segregation_index": N_(
        "At least {percent} of the group would have to live in another area to be spread like everyone else."
    ),
    "isolation": N_(
        "In the area of an average member of the group, at least {percent} of the residents belong to the group."
    ),
}
"""What the indices over areas that a release holds say where they are the least that they can be."""


def reading(id: str, value: float | None, words: Words, note: str, digits: int) -> str:
    """A value in a sentence; empty where there is no value, or where no sentence would be exact.

    ``note`` is what stands beside it: of areas left out no sentence is said. A least value is rounded down. ``digits``
    are the decimals of the value as it is printed; the per cent has two less, so that both agree.
    """
    said = _LEAST if notes.at_least(note) else READINGS
    if id not in said or value is None or notes.is_part(note):
        return ""
    part = rounded_down(value, digits) if said is _LEAST else value
    return words(said[id], percent=words.percent(part, digits - 2))


def rounded_down(value: float, digits: int) -> float:
    """The number of so many decimals next below, or the value if it has no more."""
    return math.floor(value * 10.0**digits + 1e-9) / 10.0**digits
