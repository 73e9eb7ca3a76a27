"""Pictures of a figure as SVG: the map and the bars, for pages and as files of their own.

In a page colours come from the style sheet, so that dark mode and print can change them; a file carries its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe

from vielfalt.desk.atlas import addresses
from vielfalt.desk.atlas.figures import Cell, Figure
from vielfalt.desk.gateway import DIVERGING, SEQUENTIAL, by_name, translated
from vielfalt.desk.releases.models import AreaSet, Release
from vielfalt.words import N_, Words

_SPACING = 6
_LETTER = 9.2
"""Room for one letter of a title in a file: German text in letters of 17, half bold, takes 8.7 on average."""
_STYLE = """\
.area path{{stroke:#4d4d4d;stroke-width:.8}}text{{font-family:Fira Sans,Segoe UI,Arial,sans-serif;fill:#1a1a1a}}\
.too_few,.absent{{fill:#fff}}.on-dark text{{fill:#fff}}.on-dark path{{stroke:#fff;stroke-width:1.2}}{classes}"""
ON_BOTH_SIDES = "".join(f".d{place}{{fill:{colour}}}" for place, colour in enumerate(DIVERGING))
"""The colours of a map that tells more from less, for a file."""
_LOCATOR = _STYLE.format(classes=".chosen{fill:#173e6b}.other{fill:#eef2f6}text{font-family:Libertinus Serif}")
"""In the letters of the report, which are all that its printer has."""


@dataclass(frozen=True)
class Box:
    """One entry of a legend: the class of its colour, its words, its number of areas."""

    style: str
    label: str
    areas: int


@dataclass(frozen=True)
class MapPicture:
    """The map of a figure: markup of its areas, size, what it shows in words, and the legend from high to low."""

    markup: SafeString
    width: float
    height: float
    description: str
    legend: tuple[Box, ...]


@dataclass(frozen=True)
class Shape:
    """One area as it is drawn: its paths (``AreaSet.areas``), style class, what it says, and where it leads.

    ``dark``: the fill is so dark that the name is written in white.
    """

    area: dict[str, Any]
    style: str
    said: str
    address: str = ""
    dark: bool = False


@dataclass(frozen=True)
class Bar:
    """One area's bar: its cell, the address of its profile, and its length in per cent of the longest."""

    cell: Cell
    address: str
    length: float
    style: str


def drawn_map(figure: Figure, words: Words, linked: bool = True) -> MapPicture:
    """The map of a figure; ``linked``: each area leads to its profile."""
    count = len(figure.sizes)
    shapes = [
        shape(
            figure,
            cell,
            style_of(cell, figure),
            cell.percent,
            dark=cell.place is not None and count > 1 and cell.place >= count * 0.6,
            linked=linked,
        )
        for cell in figure.cells
    ]
    return picture(shapes, figure, described(figure, words), _legend(figure, words))


def shape(figure: Figure, cell: Cell, style: str, said: str, dark: bool, linked: bool) -> Shape:
    """One area of a figure as it is drawn: it says its name with what is ``said`` of it."""
    address = addresses.of_area(figure.release, figure.level, cell.key) if linked else ""
    return Shape(cell.area, style, f"{cell.name}: {said}", address, dark)


def picture(shapes: Iterable[Shape], figure: Figure, description: str, legend: Iterable[Box]) -> MapPicture:
    """The shapes as a map in the size of the figure's areas, with what it shows in words and its legend."""
    size = figure.area_set
    return MapPicture(areas_markup(shapes), size.width, size.height, description, tuple(legend))


def areas_markup(shapes: Iterable[Shape]) -> SafeString:
    """The areas that have a shape as SVG, each a link where it leads somewhere."""
    return mark_safe("".join(_area(shape) for shape in shapes if shape.area["path"]))


def style_of(cell: Cell, figure: Figure) -> str:
    """The style class of an area: its class among how many, or the mark of a value that is not shown."""
    return cell.mark if cell.place is None else f"k{len(figure.sizes)}-{cell.place}"


def described(figure: Figure, words: Words) -> str:
    """What the map shows in words; it names no area and ranks none."""
    parts = [
        words(
            N_("Map of {town}: {title}. {share} by area ({level}), reference date {date}."),
            town=figure.release.town.name,
            title=figure.title,
            share=figure.share_of,
            level=figure.level_title,
            date=words.date(figure.release.day),
        )
    ]
    if len(figure.labels) == 1:
        message = N_("All published areas ({n}) have the same colour: the map does not tell them apart.")
        parts.append(words(message, n=figure.sizes[0]))
    elif figure.labels:
        parts.append(
            words(
                N_("Lowest class: {low}, areas: {few}. Highest class: {high}, areas: {many}."),
                low=figure.labels[0],
                few=figure.sizes[0],
                high=figure.labels[-1],
                many=figure.sizes[-1],
            )
        )
    parts.append(words(N_("Areas not published: {n}."), n=figure.suppressed))
    return " ".join(parts)


def bars(figure: Figure) -> list[Bar]:
    """A bar per area in the order of their names: no ranking."""
    longest = max((cell.share for cell in figure.cells if cell.share is not None), default=0) or 1
    return [
        Bar(
            cell,
            addresses.of_area(figure.release, figure.level, cell.key),
            0 if cell.share is None else round(100 * cell.share / longest, 1),
            style_of(cell, figure),
        )
        for cell in sorted(figure.cells, key=lambda cell: by_name(cell.name))
    ]


def standalone(figure: Figure, words: Words) -> str:
    """The map as an SVG file of its own, with title, legend and source."""
    colours = SEQUENTIAL[max(len(figure.sizes), 1)]
    classes = "".join(f".k{len(figure.sizes)}-{place}{{fill:{colour}}}" for place, colour in enumerate(colours))
    return as_file(drawn_map(figure, words, linked=False), classes, (based(figure), *of_figure(figure, words)))


def based(figure: Figure) -> str:
    """The title of a picture outside its page: what is counted, and what its shares refer to."""
    return f"{figure.title}: {figure.share_of}"


def of_figure(figure: Figure, words: Words) -> tuple[str, str]:
    """What a file of one date says of it: town, date and level, and the line of its source."""
    when = f"{figure.release.town.name}, {words.date(figure.release.day)}, {figure.level_title}"
    return when, words(N_("Source: {source}"), source=translated(words, figure.release.description["source"]))


def dates_and_sources(releases: Sequence[Release], words: Words) -> tuple[str, str]:
    """What a file of several dates says of them: from the first to the last, and the line of their sources, each once.

    ``releases``: in the order of their dates.
    """
    sources = dict.fromkeys(translated(words, one.description["source"]) for one in releases)
    when = " – ".join(words.date(one.day) for one in (releases[0], releases[-1]))
    return when, words(N_("Source: {source}"), source=" ".join(sources))


def as_file(picture: MapPicture, classes: str, said: tuple[str, str, str]) -> str:
    """A picture as an SVG file of its own; ``classes``: its colours, ``said``: title, second title, source."""
    title, when, source = said
    width, top = max(picture.width + (250 if picture.legend else 0), _LETTER * len(title) + 16), 58.0
    height = top + max(picture.height, 40 + 26 * len(picture.legend)) + 46
    legend = "".join(
        f'<g transform="translate({picture.width + 20:g} {top + 26 * row:g})">'
        f'<rect class="{box.style}" width="22" height="16" stroke="#4d4d4d"/>'
        f'<text x="30" y="13" font-size="13">{escape(box.label)} ({box.areas})</text></g>'
        for row, box in enumerate(picture.legend)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(picture.description)} '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f"<title>{escape(picture.description)}</title><style>{_STYLE.format(classes=classes)}"
        f".suppressed{{fill:url(#hatch)}}</style><defs>{hatching('hatch')}</defs>"
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="8" y="22" font-size="17" font-weight="600">{escape(title)}</text>'
        f'<text x="8" y="42" font-size="13">{escape(when)}</text>'
        f'<g transform="translate(0 {top:g})">{picture.markup}</g>{legend}'
        f'<text x="8" y="{height - 14:g}" font-size="11">{escape(source)}</text></svg>'
    )


def locator(areas: AreaSet, chosen: Collection[str]) -> str:
    """The areas of a level as an SVG file of its own for the report, the chosen ones dark."""
    shapes = (
        Shape(area, "chosen" if area["key"] in chosen else "other", area["name"], dark=area["key"] in chosen)
        for area in areas.areas
    )
    size = f'viewBox="0 0 {areas.width:g} {areas.height:g}" width="{areas.width:g}" height="{areas.height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_LOCATOR}</style>{areas_markup(shapes)}</svg>'


def hatching(id: str) -> SafeString:
    """The pattern that stands for a value that is not published."""
    return mark_safe(
        f'<pattern id="{id}" width="{_SPACING}" height="{_SPACING}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{_SPACING}" height="{_SPACING}" fill="#fff"/>'
        f'<path d="M0,0V{_SPACING}" stroke="#6b6b6b" stroke-width="1.6"/></pattern>'
    )


def _area(shape: Shape) -> str:
    drawn = f'<path class="{shape.style}" d="{shape.area["path"]}"><title>{escape(shape.said)}</title></path>'
    if shape.area["spot"]:
        x, y, size, lines = shape.area["spot"]
        # The space keeps the lines of a name two words for whoever listens.
        drawn += " ".join(
            f'<text x="{x}" y="{y + row * size * 1.1:.1f}" font-size="{size}" text-anchor="middle" '
            f'dominant-baseline="middle">{escape(line)}</text>'
            for row, line in enumerate(lines)
        )
    hatched = " suppressed" if shape.style == "suppressed" else ""
    marked = f'<g class="area{" on-dark" if shape.dark else ""}{hatched}">{drawn}</g>'
    if not shape.address:
        return marked
    return f"<a href={quoteattr(shape.address)} aria-label={quoteattr(shape.said)}>{marked}</a>"


def _legend(figure: Figure, words: Words) -> tuple[Box, ...]:
    """From the highest class to the lowest, then what is not shown."""
    count = len(figure.sizes)
    boxes = [
        Box(f"k{count}-{place}", label, size)
        for place, (label, size) in enumerate(zip(figure.labels, figure.sizes, strict=True))
    ][::-1]
    if figure.too_few:
        boxes.append(Box("too_few", words(N_("too few residents (–)")), figure.too_few))
    if figure.suppressed:
        boxes.append(Box("suppressed", words(N_("not published (.)")), figure.suppressed))
    return tuple(boxes)
