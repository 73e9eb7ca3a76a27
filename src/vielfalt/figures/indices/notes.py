"""What can stand beside a value of a release, and which values are the least that the index can be."""

from __future__ import annotations

from functools import cache

from vielfalt.words import LANGUAGES, N_, Words

LEFT_OUT = N_("Areas with hidden figures are left out.")
FEW_AREAS = N_("Fewer than two areas are large enough.")
SMALL_GROUP = N_("The group is too small in the areas that are large enough.")
NOT_ADDED = N_("The figures of the town and of its areas do not fit together.")
MOSTLY_HIDDEN = N_("More than half of the group lives in areas whose figures are hidden.")
MOSTLY_LEFT_OUT = N_("More than half of the residents live in areas whose figures are hidden.")
MORE_BY_COARSER = N_("So many areas hide figures here that the larger areas give a larger value.")
TOGETHER = N_("Areas with hidden figures count as one area; counted one by one they could only raise the index.")
MERGED = N_("Hidden groups of this area count as one; counted one by one they could only raise the index.")
MERGED_BEFORE = N_("Hidden groups of this area count as one.")
"""Of releases until November 2026, whose value was divided by the logarithm of the groups left."""
AT_LEAST = (TOGETHER, MERGED)
"""Values with these are bounds: putting areas or groups together can lower the index and never raise it."""
ALL = (
    *(LEFT_OUT, FEW_AREAS, SMALL_GROUP, NOT_ADDED, MOSTLY_HIDDEN, MOSTLY_LEFT_OUT, MORE_BY_COARSER),
    *(*AT_LEAST, MERGED_BEFORE),
)
"""Everything that can stand beside a value."""


def at_least(note: str) -> bool:
    """Whether a value with this note is a lower bound; the note as message id or as a package holds it."""
    return note in _bounds()


def is_part(note: str) -> bool:
    """Whether areas are left out: the value holds for the others alone; the note as for ``at_least``."""
    return note in _parts()


@cache
def _bounds() -> frozenset[str]:
    return frozenset(Words(language)(note) for language in LANGUAGES for note in AT_LEAST)


@cache
def _parts() -> frozenset[str]:
    return frozenset(Words(language)(LEFT_OUT) for language in LANGUAGES)
