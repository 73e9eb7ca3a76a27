"""Classes of shares for maps: few, roughly equal in number of areas, with round bounds that repeat no area's share.

An area lies in the class of its share as printed, so that two areas of one printed share are of one colour.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vielfalt.words import N_, Words

_STEPS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
"""Distances between round bounds that readers count in, largest first; finer bounds would approach exact shares."""
_BESIDE = (0.0, 0.5, -0.5, 0.3, -0.3, 0.1, -0.1, *(sign * part / 100 for part in range(1, 50) for sign in (1, -1)))
"""Where a bound lies that would repeat a share, in parts of a step: the rounder numbers first."""
_FEW_AREAS = 12
"""With fewer areas than this, four classes are enough."""


@dataclass(frozen=True)
class Classes:
    """Inner bounds of the classes in ascending order; n bounds make n + 1 classes, open at both ends.

    A printed share belongs to the class above a bound when it reaches it. ``sizes`` counts the areas per class.
    """

    bounds: tuple[float, ...]
    sizes: tuple[int, ...]

    def of(self, printed: float) -> int:
        """The number of the class of a printed share, 0 the lowest."""
        return bisect_right(self.bounds, printed)


def classes(printed: Sequence[float], exact: Sequence[float]) -> Classes:
    """Four or five classes of printed shares by quantiles with rounded bounds; fewer where the shares hardly differ.

    No bound repeats one of the ``exact`` shares; where none near by would do, there is a class less.
    """
    wanted = 4 if len(printed) < _FEW_AREAS else 5
    ordered = sorted(printed)
    if not ordered:
        return Classes((), ())
    step = _step(ordered[-1] - ordered[0], wanted)
    bounds: list[float] = []
    for number in range(1, wanted):
        near = ordered[len(ordered) * number // wanted] / step
        below = bisect_left(ordered, bounds[-1]) if bounds else 0
        # Of few or similar shares the nearest round bound may divide none; then the one below is tried.
        for places in dict.fromkeys((round(near), math.floor(near + 1e-9))):
            bound = _apart(places * step, step, exact)
            if bound is not None and below < bisect_left(ordered, bound) < len(ordered):
                bounds.append(bound)
                break
    edges = [0, *(bisect_left(ordered, bound) for bound in bounds), len(ordered)]
    return Classes(tuple(bounds), tuple(high - low for low, high in pairwise(edges)))


def class_labels(words: Words, found: Classes) -> tuple[str, ...]:
    """The classes in words, lowest first: “under 5 %”, “5 % to under 10 %”, “10 % and more”."""
    if not found.bounds:
        return (words(N_("all published areas")),) if found.sizes else ()
    texts = [words.percent(bound, _digits(found.bounds)) for bound in found.bounds]
    middle = [words(N_("{low} to under {high}"), low=low, high=high) for low, high in pairwise(texts)]
    return (
        words(N_("under {high}"), high=texts[0]),
        *middle,
        words(N_("{low} and more"), low=texts[-1]),
    )


def _step(spread: float, wanted: int) -> float:
    return next((step for step in _STEPS if spread / step >= 2 * wanted), _STEPS[-1])


def _apart(bound: float, step: float, exact: Sequence[float]) -> float | None:
    """The bound, moved by a part of a step where it would repeat the exact share of an area; None where all do."""
    places = (round(bound + step * part, 6) for part in _BESIDE)
    return next((place for place in places if all(abs(share - place) > 1e-9 for share in exact)), None)


def _digits(bounds: Sequence[float]) -> int:
    return next(
        (
            digits
            for digits in (0, 1, 2)
            if all(abs(round(bound * 100, digits) - bound * 100) < 1e-7 for bound in bounds)
        ),
        3,
    )
