"""The picture of a map: areas filled by class, suppressed ones hatched, names or numbers, legend, key and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
from shapely.geometry.base import BaseGeometry

from vielfalt.publish import palettes, svg
from vielfalt.publish.altered import altered, in_short
from vielfalt.publish.classes import Classes, class_labels
from vielfalt.publish.legend import legend
from vielfalt.publish.naming import Naming, column_width, key_rows, naming
from vielfalt.publish.results import Results
from vielfalt.publish.shapes import fit, hatch
from vielfalt.publish.shares import NOT_APPLICABLE
from vielfalt.publish.svg import Layer, Row
from vielfalt.words import N_, Words

_WIDTH = 660
_LEGEND = 200
_HEIGHT = 400
"""Room for the areas; with it two maps fill a page of the report."""
_HALF_PAGE = 440
"""As high may a picture be of which two fit on a page of the report, with their captions."""
_LEAST_HEIGHT = 240
"""Room for the areas above a key of many lines."""
_FOOT = 36
_APART = 12
"""Between the legend or the map and the key of numbers."""
_GAP = 6.0
"""Distance of the hatching lines, in pixels."""


@dataclass(frozen=True)
class Map:
    """One drawn map: ``name`` is its file name without ending, ``alt`` the text alternative.

    ``plain`` is the picture for a page whose caption says what it shows, ``svg`` the same with its title, for a file.
    """

    name: str
    table: str
    category: tuple[str, ...]
    level: str
    title: str
    caption: str
    alt: str
    plain: str
    svg: str


@dataclass(frozen=True)
class Picture:
    """What to draw: per area of a level a value (None: not shown), its classes and their colours, and the words.

    ``empty`` are areas where nothing is hidden but too few people live; ``legend`` are the lines above the classes.
    """

    level: str
    values: Mapping[str, float | None]
    empty: frozenset[str]
    found: Classes
    palette: tuple[str, ...]
    legend: tuple[str, ...]
    alt: str

    @property
    def suppressed(self) -> frozenset[str]:
        """The areas whose value is not published."""
        return frozenset(key for key, value in self.values.items() if value is None) - self.empty


def drawn(picture: Picture, results: Results, words: Words) -> str:
    """The picture as SVG with its text alternative; a caption says what it shows, or a title (``entitled``)."""
    shown = {key: results.geography.shapes[picture.level][key] for key in picture.values}
    boxes, boxes_height = _legend(picture, words)
    names, room = results.geography.names(picture.level), float(_HEIGHT)
    for _ in range(3):
        shapes, height = fit(shown, results.geography.crs, _WIDTH - _LEGEND - 16, room)
        named = naming(shapes, names)
        key, bottom = _key(named.key, height, boxes_height)
        # A key below takes its room from the areas; in smaller ones fewer names fit, and the key grows.
        over = bottom + _FOOT - _HALF_PAGE
        if over <= 0 or room == _LEAST_HEIGHT:
            break
        room = max(height - over, _LEAST_HEIGHT)
    layers = (
        *_areas(shapes, picture, named),
        *boxes,
        *svg.texts([*key, *_foot(bottom, words, results)]),
    )
    return svg.to_svg(layers, _WIDTH, bottom + _FOOT, picture.alt)


def entitled(plain: str, title: str, results: Results, words: Words) -> str:
    """The picture with its title, town and reference date above it: a file says by itself what it shows."""
    when = words(N_("{town}, reference date {date}"), town=results.source.town, date=words.date(results.source.date))
    lines = svg.wrapped(title, _WIDTH, 15)
    rows = [svg.text(0, 14 + 19 * row, line, 15, bold=True) for row, line in enumerate(lines)]
    below = 19 * len(lines)
    return svg.titled(plain, [*rows, svg.text(0, below + 15, when, 12, color=palettes.SOFT_INK)], below + 34)


def _key(key: tuple[str, ...], height: float, boxes_height: float) -> tuple[list[Row], float]:
    """What the numbers mean: below the legend if there is room, else below all; and where the picture ends."""
    beside, beside_height = key_rows(key, _WIDTH - _LEGEND + 4, boxes_height + _APART, _LEGEND)
    if key and column_width(key) <= _LEGEND and boxes_height + _APART + beside_height <= _HEIGHT:
        return beside, max(height, boxes_height + _APART + beside_height)
    bottom = max(height, boxes_height)
    below, below_height = key_rows(key, 0, bottom + _APART, _WIDTH)
    return below, bottom + (_APART + below_height if key else 0)


def _areas(shapes: Mapping[str, BaseGeometry], picture: Picture, named: Naming) -> tuple[Layer, ...]:
    """Filled areas, hatching, outlines, names; each name dark on light classes and light on dark ones."""
    fills = {
        key: palettes.PAPER if value is None else picture.palette[picture.found.of(value)]
        for key, value in sorted(picture.values.items())
    }
    spots = {key: where for key, where in named.spots.items() if key not in picture.empty}
    hidden = sorted(picture.suppressed)
    hatched = [hatch(shapes[key], spots[key][0].area if key in spots else None, _GAP) for key in hidden]
    lettering = [
        svg.text(where.x, where.y + row * size * 1.1, line, size, middle=True, color=ink_on(fills[key]))
        for key, (where, size) in spots.items()
        for row, line in enumerate(where.lines)
    ]
    for key in sorted(picture.empty):
        middle = shapes[key].representative_point()
        said = f"{named.numbers.get(key, '')} {NOT_APPLICABLE}".strip()
        lettering.append(svg.text(middle.x, middle.y, said, 11, middle=True, color=palettes.SOFT_INK))

    def filled(chart: alt.Chart) -> alt.Chart:
        marked = chart.mark_geoshape(stroke=palettes.LINE, strokeWidth=0.7)
        fill = alt.Fill("fill:N", scale=None, legend=None)
        drawn: alt.Chart = marked.encode(fill=fill).project(type="identity", scale=1, translate=[0, 0])
        return drawn

    def lined(chart: alt.Chart) -> alt.Chart:
        marked = chart.mark_geoshape(filled=False, stroke=palettes.LINE, strokeWidth=0.9)
        drawn: alt.Chart = marked.project(type="identity", scale=1, translate=[0, 0])
        return drawn

    return (
        svg.layer([svg.feature(shapes[key], fill=fill) for key, fill in fills.items()], filled),
        svg.layer([svg.feature(lines) for lines in hatched if not lines.is_empty], lined),
        *svg.texts(lettering),
    )


def ink_on(fill: str) -> str:
    """Dark or light text, whichever contrasts more with the fill (WCAG 2.2 relative luminance)."""
    return palettes.INK if contrast(palettes.INK, fill) >= contrast(palettes.PAPER, fill) else palettes.PAPER


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _legend(picture: Picture, words: Words) -> tuple[tuple[Layer, ...], float]:
    """Boxes from the highest class to the lowest, then the hatched box; each with its number of areas."""
    counted = list(zip(class_labels(words, picture.found), picture.found.sizes, picture.palette, strict=False))[::-1]
    if picture.empty:
        counted.append((words(N_("too few residents (–)")), len(picture.empty), palettes.PAPER))
    if picture.suppressed:
        counted.append((words(N_("not published (.)")), len(picture.suppressed), palettes.PAPER))
    entries = [(f"{label} ({words.number(size)})", fill) for label, size, fill in counted]
    head = (*picture.legend, words(N_("(number of areas)")))
    return legend(_WIDTH - _LEGEND + 4, head, entries, bool(picture.suppressed))


def _foot(bottom: float, words: Words, results: Results) -> list[Row]:
    source = words(N_("Source: {source}"), source=words(results.source.text))
    if altered(results):
        source = f"{source}. {words(in_short(results))}"
    return [
        svg.text(0, bottom + 16 + 13 * row, line, 10.5, color=palettes.SOFT_INK)
        for row, line in enumerate(svg.wrapped(source, _WIDTH, 10.5)[:2])
    ]
