"""Invented towns whose movements are told by age group."""

from __future__ import annotations

from hypothesis import strategies as st
from small_towns import geography

from vielfalt.geography import Geography

GROUPS = ("0-17", "18-64", "65+")
Counts = dict[tuple[str, ...], int]
"""By area of the finest level and group."""
_SIZES = st.sampled_from([0, 0, 1, 3, 9, 11, 14, 20, 30, 50, 80])
_CHANGES = st.sampled_from([0, 0, 0, 0, 1, 3, 6, -8])


@st.composite
def towns(draw: st.DrawFn) -> tuple[Counts, Counts, Counts, Geography]:
    """Coming, going and change of group per area and group; two to three quarters of one to three blocks."""
    where = geography(draw(st.lists(st.integers(1, 3), min_size=2, max_size=3)))
    pairs: list[tuple[str, ...]] = [(area.key, group) for area in where.finest.areas for group in GROUPS]
    new, gone, changed = ({pair: draw(sizes) for pair in pairs} for sizes in (_SIZES, _SIZES, _CHANGES))
    return new, gone, changed, where


CHANGED: Counts = {("Q0B0", "0-17"): -2, ("Q0B0", "18-64"): 2, ("Q0B1", "0-17"): -6, ("Q0B1", "18-64"): 6}
"""Few people of one block have another group now, but enough of its quarter."""


def busy(changed: Counts) -> tuple[Counts, Counts, Counts, Geography]:
    where = geography([2, 2])
    pairs: list[tuple[str, ...]] = [(area.key, group) for area in where.finest.areas for group in GROUPS]
    return dict.fromkeys(pairs, 40), dict.fromkeys(pairs, 30), dict.fromkeys(pairs, 0) | dict(changed), where
