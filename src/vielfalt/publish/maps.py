"""Maps of shares: one picture per table, category and level, as SVG that reads without colour and without sight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
from shapely.geometry.base import BaseGeometry

from vielfalt.publish import labels, lookup, svg
from vielfalt.publish.classes import Classes, class_labels, classes
from vielfalt.publish.legend import legend
from vielfalt.publish.results import Results
from vielfalt.publish.shapes import Spot, fit, hatch, spot
from vielfalt.publish.shares import NOT_APPLICABLE, share_text
from vielfalt.publish.svg import Layer, Row
from vielfalt.publish.themes import Theme, themes
from vielfalt.words import N_, Words

_WIDTH = 660
_LEGEND = 200
_HEIGHT = 335
"""Room for the areas; with it two maps fit on a page of the report."""
_FOOT = 36
_GAP = 6.0
"""Distance of the hatching lines, in pixels."""
_LETTERING = (12.0, 10.5, 9.0)
"""Font sizes tried for an area's name, largest first."""


@dataclass(frozen=True)
class Map:
    """One drawn map: ``name`` is its file name without ending, ``alt`` the text alternative, ``svg`` the picture."""

    name: str
    table: str
    category: tuple[str, ...]
    level: str
    title: str
    caption: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Atlas:
    """All maps of a release, and the titles of those left out because nearly all areas are suppressed."""

    maps: tuple[Map, ...]
    left_out: tuple[str, ...]


def draw_maps(results: Results, words: Words) -> Atlas:
    """The maps of a run in the language of the words: shares in classes, suppressed areas hatched."""
    drawn, left_out = themes(results)
    return Atlas(
        tuple(draw_map(results, theme, words) for theme in drawn),
        tuple(_title(results, theme, words) for theme in left_out),
    )


def draw_map(results: Results, theme: Theme, words: Words) -> Map:
    """One map with title, reference date, classes with their number of areas, names where they fit, and source."""
    found = classes([share for share in theme.shares.values() if share is not None])
    title = _title(results, theme, words)
    head, top = _head(title, words, results)
    shown = {key: results.geography.shapes[theme.level][key] for key in theme.shares}
    shapes, height = fit(shown, results.geography.crs, _WIDTH - _LEGEND - 16, _HEIGHT)
    key_layers, key_height = _legend(theme, found, words, top, _not_determinable(results, theme, words))
    bottom = top + max(height, key_height)
    layers = (
        *_areas(shapes, theme, found, results.geography.names(theme.level), top),
        *key_layers,
        *svg.texts([*head, *_foot(bottom, words, results)]),
    )
    name = re.sub(r"[^a-z0-9]+", "-", "-".join((theme.table.id, *theme.category)).lower().replace("+", "plus"))
    alternative = _alternative(title, theme, found, words, results)
    return Map(
        name=f"{name.strip('-')}-{theme.level}",
        table=theme.table.id,
        category=theme.category,
        level=theme.level,
        title=title,
        caption=_caption(results, theme, words),
        alt=alternative,
        svg=svg.to_svg(layers, _WIDTH, bottom + _FOOT, alternative),
    )


def _category(theme: Theme, words: Words) -> str:
    """What the map shows; a country group says whether it is one of nationality or of the reference country."""
    category = labels.sentence_case(labels.label(words, theme.table, theme.category))
    if theme.table.id == "reference_group":
        return words(N_("{category} (reference country)"), category=category)
    if theme.table.id == "nationality_group":
        return words(N_("{category} (nationality)"), category=category)
    return category


def _title(results: Results, theme: Theme, words: Words) -> str:
    category = _category(theme, words)
    level = results.geography.level(theme.level).title
    if theme.table.unit == "households":
        return words(N_("{category}: share of households, by area ({level})"), category=category, level=level)
    return words(N_("{category}: share of residents, by area ({level})"), category=category, level=level)


def _caption(results: Results, theme: Theme, words: Words) -> str:
    return words(
        N_("{category} ({level})"), category=_category(theme, words), level=results.geography.level(theme.level).title
    )


def _alternative(title: str, theme: Theme, found: Classes, words: Words, results: Results) -> str:
    """What the map shows in words: the classes with their number of areas. It names no area and ranks none."""
    parts = [
        words(
            N_("Map of {town}. {title}. Reference date {date}."),
            town=results.source.town,
            title=title,
            date=words.date(results.source.date),
        )
    ]
    if found.sizes:
        bounds = class_labels(words, found)
        parts.append(
            words(
                N_("Lowest class: {low}, areas: {few}. Highest class: {high}, areas: {many}."),
                low=bounds[0],
                few=words.number(found.sizes[0]),
                high=bounds[-1],
                many=words.number(found.sizes[-1]),
            )
        )
    parts.append(words(N_("Areas not published: {n}."), n=words.number(len(theme.suppressed))))
    if theme.empty:
        parts.append(words(N_("Areas with too few residents for a share: {n}."), n=words.number(len(theme.empty))))
    remark = _not_determinable(results, theme, words)
    if remark:
        parts.append(f"{labels.sentence_case(remark)}.")
    return " ".join(parts)


def _areas(
    shapes: Mapping[str, BaseGeometry], theme: Theme, found: Classes, names: Mapping[str, str], top: float
) -> tuple[Layer, ...]:
    """Filled areas, hatching, outlines, names; each name dark on light classes and light on dark ones."""
    palette = svg.SEQUENTIAL[max(len(found.sizes), 1)]
    fills = {
        key: svg.PAPER if share is None else palette[found.of(share)] for key, share in sorted(theme.shares.items())
    }
    spots = _spots({key: shape for key, shape in shapes.items() if key not in theme.empty}, names)
    hidden = sorted(theme.suppressed)
    hatched = [hatch(shapes[key], spots[key][0].area if key in spots else None, _GAP) for key in hidden]
    named = [
        svg.text(where.x, top + where.y + row * size * 1.1, line, size, middle=True, color=ink_on(fills[key]))
        for key, (where, size) in spots.items()
        for row, line in enumerate(where.lines)
    ]
    for key in sorted(theme.empty):
        middle = shapes[key].representative_point()
        named.append(svg.text(middle.x, top + middle.y, NOT_APPLICABLE, 11, middle=True, color=svg.SOFT_INK))

    def filled(chart: alt.Chart) -> alt.Chart:
        marked = chart.mark_geoshape(stroke=svg.LINE, strokeWidth=0.7)
        fill = alt.Fill("fill:N", scale=None, legend=None)
        drawn: alt.Chart = marked.encode(fill=fill).project(type="identity", scale=1, translate=[0, top])
        return drawn

    def lined(chart: alt.Chart) -> alt.Chart:
        marked = chart.mark_geoshape(filled=False, stroke=svg.LINE, strokeWidth=0.9)
        drawn: alt.Chart = marked.project(type="identity", scale=1, translate=[0, top])
        return drawn

    return (
        svg.layer([svg.feature(shapes[key], fill=fill) for key, fill in fills.items()], filled),
        svg.layer([svg.feature(lines) for lines in hatched if not lines.is_empty], lined),
        *svg.texts(named),
    )


def _spots(shapes: Mapping[str, BaseGeometry], names: Mapping[str, str]) -> Mapping[str, tuple[Spot, float]]:
    """Where each name fits and in which size; none at all where hardly any would: a few names only confuse."""
    found = {
        key: where
        for key, shape in shapes.items()
        if (where := next(((fits, size) for size in _LETTERING if (fits := spot(shape, names[key], size))), None))
    }
    return found if 4 * len(found) >= len(shapes) else {}


def ink_on(fill: str) -> str:
    """Dark or light text, whichever contrasts more with the fill (WCAG 2.2 relative luminance)."""
    return svg.INK if contrast(svg.INK, fill) >= contrast(svg.PAPER, fill) else svg.PAPER


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _not_determinable(results: Results, theme: Theme, words: Words) -> str:
    """For how many residents of the town the characteristic is not determinable; empty where that is no answer."""
    counts = lookup.in_town(results, theme.table.id)
    open_ = ("undeterminable",)
    if theme.category == open_ or counts.get(open_, 0) == 0:
        return ""
    part = share_text(words, counts[open_], lookup.town_base(results, theme.table.id), results.protection)
    return words(N_("not determinable in town: {share}"), share=part)


def _legend(theme: Theme, found: Classes, words: Words, top: float, remark: str) -> tuple[tuple[Layer, ...], float]:
    """Boxes from the highest class to the lowest, then the hatched box; each with its number of areas."""
    palette = svg.SEQUENTIAL[max(len(found.sizes), 1)]
    counted = list(zip(class_labels(words, found), found.sizes, palette, strict=False))[::-1]
    if theme.empty:
        counted.append((words(N_("too few residents (–)")), len(theme.empty), svg.PAPER))
    if theme.suppressed:
        counted.append((words(N_("not published (.)")), len(theme.suppressed), svg.PAPER))
    entries = [(f"{label} ({words.number(size)})", fill) for label, size, fill in counted]
    of = words(N_("Share of households")) if theme.table.unit == "households" else words(N_("Share of residents"))
    head = (of, *([remark] if remark else []), words(N_("(number of areas)")))
    return legend(_WIDTH - _LEGEND + 4, top, head, entries, bool(theme.suppressed))


def _head(title: str, words: Words, results: Results) -> tuple[list[Row], float]:
    """Title, town and reference date; and the height they take."""
    when = words(N_("{town}, reference date {date}"), town=results.source.town, date=words.date(results.source.date))
    lines = svg.wrapped(title, _WIDTH, 15)
    titled = [svg.text(0, 10 + 19 * row, line, 15, bold=True) for row, line in enumerate(lines)]
    below = 19 * len(lines)
    return [*titled, svg.text(0, below + 11, when, 12, color=svg.SOFT_INK)], below + 34


def _foot(bottom: float, words: Words, results: Results) -> list[Row]:
    source = words(N_("Source: {source}"), source=words(results.source.text))
    return [
        svg.text(0, bottom + 16 + 13 * row, line, 10.5, color=svg.SOFT_INK)
        for row, line in enumerate(svg.wrapped(source, _WIDTH, 10.5)[:2])
    ]
