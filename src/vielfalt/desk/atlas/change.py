"""Change over time: one category of a town on all its dates, and between two dates for each area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import QuerySet

from vielfalt.desk.atlas import comparing, figures, noise
from vielfalt.desk.atlas.drawing import (
    ON_BOTH_SIDES,
    Box,
    MapPicture,
    as_file,
    based,
    dates_and_sources,
    picture,
    shape,
)
from vielfalt.desk.atlas.figures import Cell, Figure
from vielfalt.desk.gateway import NOT_APPLICABLE, SUPPRESSED, by_name
from vielfalt.desk.releases.models import Release, Table
from vielfalt.words import N_, Words

_STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Bounds of the middle class that readers count in; the outer classes begin at three times the bound."""
NO_CHANGE = "≈"
"""The sign of a difference that protection alone could make."""


@dataclass(frozen=True)
class Point:
    """The town's value on one date; ``obstacles`` says why it cannot be compared with the date before (message ids).

    ``difference`` is that of the shares to the date before, in percentage points; ``noise``: protection alone could
    make it.
    """

    release: Release
    cell: Cell
    obstacles: tuple[str, ...]
    noise: bool
    difference: str


@dataclass(frozen=True)
class Change:
    """One area on two dates: its cells, the difference of the shares in words, its class (-2 to 2; None without).

    ``noise``: protection alone could make the difference, so it counts as no change and bears the sign ``NO_CHANGE``.
    """

    before: Cell
    after: Cell
    difference: str
    place: int | None
    noise: bool = False


def dated(releases: QuerySet[Release]) -> list[Release]:
    """The latest release of each reference date, oldest first."""
    return list({release.reference_date: release for release in releases.reverse()}.values())


def series(tables: Sequence[Table], category: str, words: Words) -> list[Point]:
    """The town's values of a category on the dates of the tables, oldest first."""
    cells = figures.in_town(tables, category, words)
    valued = [(table, cells[table.pk]) for table in tables if table.pk in cells]
    found = [Point(table.release, cell, (), False, "") for table, cell in valued[:1]]
    for (earlier, past), (table, cell) in pairwise(valued):
        obstacles = comparing.obstacles_over_time(earlier, table, [table.release])
        is_noise = noise.is_noise(past, cell, noise.persons(earlier, table))
        found.append(Point(table.release, cell, obstacles, is_noise, _points(past, cell, words)))
    return found


def changes(before: Figure, after: Figure, words: Words) -> list[Change]:
    """The areas on two dates in the order of their names. What is not shown on one of them has no difference."""
    later = {cell.key: cell for cell in after.cells}
    pairs = [(cell, later[cell.key]) for cell in before.cells if cell.key in later]
    step = _step([abs(b.share - a.share) for a, b in pairs if a.share is not None and b.share is not None])
    size = noise.persons(before.table, after.table)
    return [
        Change(a, b, NO_CHANGE, 0, noise=True)
        if noise.is_noise(a, b, size)
        else Change(a, b, *_difference(a, b, step, words))
        for a, b in sorted(pairs, key=lambda pair: by_name(pair[0].name))
    ]


def change_map(found: Sequence[Change], after: Figure, words: Words, linked: bool = True) -> MapPicture:
    """The map of change: two classes each way from the middle; hatched where a date is not published.

    ``linked``: each area leads to its profile.
    """
    shapes = [
        shape(after, one.after, _style(one), one.difference, dark=one.place in (-2, 2), linked=linked) for one in found
    ]
    description = words(
        N_("Map of the change of the share: {title}, by area ({level}), in percentage points."),
        title=after.title,
        level=after.level_title,
    )
    return picture(shapes, after, description, _legend(found, words))


def change_file(found: Sequence[Change], before: Release, after: Figure, words: Words) -> str:
    """The map of change as an SVG file of its own, with title, legend and the sources of both dates."""
    when, source = dates_and_sources((before, after.release), words)
    return as_file(
        change_map(found, after, words, linked=False),
        ON_BOTH_SIDES,
        (
            f"{based(after)}, {words(N_('Percentage points'))}",
            f"{after.release.town.name}, {when}, {after.level_title}",
            source,
        ),
    )


def _difference(before: Cell, after: Cell, step: float, words: Words) -> tuple[str, int | None]:
    text = _points(before, after, words)
    if before.share is None or after.share is None:
        return text, None
    bounds = (-3 * step, -step, step, 3 * step)
    # As printed, to a tenth of a percentage point: areas of one printed difference are of one colour.
    points = round(after.share - before.share, 3)
    return text, sum(points >= bound for bound in bounds) - 2


def _points(before: Cell, after: Cell, words: Words) -> str:
    """The difference of two shares in percentage points, with its sign; a print sign where one is not shown."""
    if before.share is None or after.share is None:
        return SUPPRESSED if "suppressed" in (before.mark, after.mark) else NOT_APPLICABLE
    points = after.share - before.share
    sign = "+" if round(points, 3) > 0 else ""
    return sign + words.number(round(100 * points, 1) + 0.0, 1)


def _step(sizes: Sequence[float]) -> float:
    """The finest step with which no difference lies far beyond the outer bound."""
    largest = max(sizes, default=0)
    return next((step for step in _STEPS if largest <= 6 * step), _STEPS[-1])


def _style(change: Change) -> str:
    if change.place is None:
        return "suppressed" if change.difference == SUPPRESSED else "absent"
    return f"d{change.place + 2}"


def _legend(found: Sequence[Change], words: Words) -> tuple[Box, ...]:
    shown = [(one.before.share, one.after.share) for one in found]
    sizes = [abs(after - before) for before, after in shown if before is not None and after is not None]
    near, far = (words.number(100 * bound * _step(sizes), 1) for bound in (1, 3))
    labels = (
        words(N_("fallen by more than {far}"), far=far),
        words(N_("fallen by {near} to {far}"), near=near, far=far),
        words(
            N_("about the same (less than {near}), or no change beyond protection ({sign})"), near=near, sign=NO_CHANGE
        )
        if any(one.noise for one in found)
        else words(N_("about the same (less than {near})"), near=near),
        words(N_("risen by {near} to {far}"), near=near, far=far),
        words(N_("risen by more than {far}"), far=far),
    )
    boxes = [
        Box(f"d{place}", label, sum(one.place == place - 2 for one in found)) for place, label in enumerate(labels)
    ][::-1]
    hidden = sum(one.place is None and one.difference == SUPPRESSED for one in found)
    if hidden:
        boxes.append(Box("suppressed", words(N_("not published (.)")), hidden))
    return tuple(boxes)
