"""The line of a town's shares over its dates, drawn once for the page and for a file of its own.

In a page colours come from the style sheet, so that dark mode and print can change them; a file carries its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString, mark_safe

from vielfalt.desk.atlas.change import Point
from vielfalt.desk.atlas.drawing import MapPicture, as_file, dates_and_sources
from vielfalt.words import N_, Words

BREAKS = N_("Dashed lines: breaks. Figures before and after them do not mean the same, so no line leads across.")
_MOST_DATES = 4
"""More dates than these would not fit side by side below the chart; the last one is always named."""
_WIDTH, _HEIGHT, _TOP, _LEFT, _BELOW = 640.0, 220.0, 20.0, 52.0, 40.0
_COLOURS = (
    ".grid{stroke:#b8bdc4}.break{stroke:#1a1a1a;stroke-width:1.5;stroke-dasharray:5 4}"
    ".line{fill:none;stroke:#2b7495;stroke-width:3}.dot{fill:#2b7495}"
)


@dataclass(frozen=True)
class Line:
    """The chart of a series: points (x, y, words), pieces of line that no break interrupts, and marks of breaks."""

    points: tuple[tuple[float, float, str], ...]
    dates: tuple[tuple[float, str], ...]
    pieces: tuple[str, ...]
    breaks: tuple[float, ...]
    bounds: tuple[tuple[float, str], ...]
    width: float = _WIDTH
    height: float = _HEIGHT + _BELOW

    @property
    def markup(self) -> SafeString:
        """The chart as SVG, in the size of ``width`` and ``height``."""
        return mark_safe(f'<g font-size="13">{"".join(_drawn(self))}</g>')


def line(points: Sequence[Point], words: Words) -> Line | None:
    """The chart of the town's shares; None with fewer than two shares. The line is interrupted at every obstacle."""
    shown = [point for point in points if point.cell.share is not None]
    if len(shown) < 2:
        return None
    days = [point.release.reference_date.toordinal() for point in shown]
    top = ceil(max(point.cell.share or 0 for point in shown) * 115) / 100 or 1
    places = [
        (
            _LEFT + (_WIDTH - 2 * _LEFT) * (day - days[0]) / (days[-1] - days[0]),
            _HEIGHT - (_HEIGHT - _TOP) * (point.cell.share or 0) / top,
        )
        for day, point in zip(days, shown, strict=True)
    ]
    pieces: list[list[str]] = []
    broken: list[float] = []
    for place, ((x, y), point) in enumerate(zip(places, shown, strict=True)):
        hidden_before = bool(place) and points[points.index(point) - 1] is not shown[place - 1]
        if not place or point.obstacles or hidden_before:
            pieces.append([])
        if place and point.obstacles:
            broken.append((places[place - 1][0] + x) / 2)
        pieces[-1].append(f"{x:.1f},{y:.1f}")
    labelled = list(zip(places, shown, strict=True))[:: -ceil(len(shown) / _MOST_DATES)]
    return Line(
        points=tuple(
            (x, y, f"{words.date(one.release.day)}: {one.cell.percent}")
            for (x, y), one in zip(places, shown, strict=True)
        ),
        dates=tuple((x, words.date(one.release.day)) for (x, _), one in reversed(labelled)),
        pieces=tuple(" ".join(piece) for piece in pieces if len(piece) > 1),
        breaks=tuple(broken),
        bounds=((_HEIGHT, words.percent(0, 0)), (_TOP, words.percent(top, 0))),
    )


def line_file(found: Line, title: str, share_of: str, points: Sequence[Point], words: Words) -> str:
    """The chart as an SVG file of its own, with title, what shares refer to, dates and the sources of all of them."""
    releases = [point.release for point in points]
    town = releases[0].town.name
    description = words(
        N_("Share of {title} in {town} on each reference date: {values}."),
        title=title,
        town=town,
        values="; ".join(text for _, _, text in found.points),
    )
    markup, height = found.markup, found.height
    if found.breaks:
        height += 26
        markup = mark_safe(f'{markup}<text x="8" y="{height - 8:g}" font-size="11">{escape(words(BREAKS))}</text>')
    when, source = dates_and_sources(releases, words)
    return as_file(
        MapPicture(markup, found.width, height, description, ()),
        _COLOURS,
        (
            f"{title}: {share_of}",
            f"{town}, {when}",
            source,
        ),
    )


def _drawn(line: Line) -> Iterator[str]:
    """What the chart is made of, from the ground up; the words of each point are heard and seen on pointing."""
    for y, text in line.bounds:
        yield f'<line class="grid" x1="{_LEFT:g}" x2="{_WIDTH - _LEFT:g}" y1="{y:g}" y2="{y:g}"/>'
        yield f'<text x="{_LEFT - 6:g}" y="{y:g}" text-anchor="end" dominant-baseline="middle">{escape(text)}</text>'
    for x in line.breaks:
        yield f'<line class="break" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP / 2:g}" y2="{_HEIGHT:g}"/>'
    for piece in line.pieces:
        yield f'<polyline class="line" points="{piece}"/>'
    for x, y, text in line.points:
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{escape(text)}</title></circle>'
    for x, text in line.dates:
        yield f'<text x="{x:.1f}" y="{_HEIGHT + 30:g}" text-anchor="middle">{escape(text)}</text>'
