"""Altair specifications to SVG: one look for all pictures, a text alternative in each, ids that can share a page."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from xml.sax.saxutils import escape, quoteattr

import altair as alt
import shapely
import vl_convert
from shapely.geometry.base import BaseGeometry

from vielfalt.publish import palettes

FONT = "Segoe UI, Liberation Sans, Arial, sans-serif"
_PADDING = 4

Row = Mapping[str, object]


@dataclass(frozen=True)
class Layer:
    """One layer of a picture: how its rows are drawn, and the rows. Kept apart because Altair copies all it holds."""

    chart: alt.Chart
    rows: tuple[Row, ...]


def layer(rows: Iterable[Row], draw: Callable[[alt.Chart], alt.Chart]) -> Layer:
    """The rows drawn by marks and channels that ``draw`` puts on an empty chart."""
    return Layer(draw(alt.Chart(alt.NamedData("rows"))), tuple(rows))


Axis = TypeVar("Axis", alt.X, alt.Y)


def pixel(field: str, axis: type[Axis]) -> Axis:
    """An x or y channel that takes the field as a place in pixels."""
    return axis(f"{field}:Q", scale=None, axis=None)


def boxes(rows: Iterable[Row], line: float) -> Layer:
    """Boxes from x, y to x2, y2 in pixels with their ``fill``, in a thin line of that width."""
    return layer(
        rows,
        lambda chart: chart.mark_rect(stroke=palettes.LINE, strokeWidth=line).encode(
            x=pixel("x", alt.X), y=pixel("y", alt.Y), x2="x2", y2="y2", fill=alt.Fill("fill:N", scale=None, legend=None)
        ),
    )


def feature(shape: BaseGeometry, **more: object) -> Row:
    """A shape with its properties as a row."""
    return {"type": "Feature", "geometry": shapely.geometry.mapping(shape), **more}


def text(x: float, y: float, words: str, size: float = 12, **more: object) -> Row:
    """One line of text for ``texts``; by default dark, not bold, starting at x."""
    return {"x": x, "y": y, "text": words, "size": size, "color": palettes.INK, "bold": False, "middle": False, **more}


def texts(lines: Iterable[Row]) -> tuple[Layer, ...]:
    """Lines made by ``text``, placed at pixels; x is the left end, or the middle for lines marked so."""
    placed = tuple(lines)
    return tuple(
        layer(chosen, lambda chart, middle=middle, bold=bold: _lettered(chart, middle, bold))  # type: ignore[misc]
        for middle in (True, False)
        for bold in (True, False)
        if (chosen := [line for line in placed if line["middle"] is middle and line["bold"] is bold])
    )


def _lettered(chart: alt.Chart, middle: bool, bold: bool) -> alt.Chart:
    marked = chart.mark_text(
        align="center" if middle else "left", baseline="middle", fontWeight="bold" if bold else "normal", limit=0
    )
    drawn: alt.Chart = marked.encode(
        x=pixel("x", alt.X),
        y=pixel("y", alt.Y),
        text="text:N",
        size=alt.Size("size:Q", scale=None, legend=None),
        color=alt.Color("color:N", scale=None, legend=None),
    )
    return drawn


def wrapped(words: str, width: float, size: float) -> list[str]:
    """The words broken into lines that fit a width in pixels."""
    return textwrap.wrap(words, max(int(width / (size * 0.53)), 10))


def to_svg(layers: Sequence[Layer], width: float, height: float, description: str) -> str:
    """The layers as one SVG of that size with ``role="img"`` and the description as text alternative."""
    named = [
        drawn.chart.properties(data=alt.NamedData(f"rows{place}"), width=width, height=height)
        for place, drawn in enumerate(layers)
    ]
    # Vega's own labels would name every mark, numbers included; the description says what may be said.
    chart = alt.layer(*named).configure(font=FONT, background=palettes.PAPER, aria=False, padding=_PADDING)
    specification = chart.configure_view(stroke=None).to_dict()
    specification["datasets"] = {f"rows{place}": list(drawn.rows) for place, drawn in enumerate(layers)}
    drawn = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    opening = f'<svg role="img" aria-label={quoteattr(description)} '
    labelled = re.sub(r"<svg (?=xmlns)", lambda _: opening, drawn, count=1)
    return re.sub(r"(<svg [^>]*>)", lambda match: f"{match[1]}<title>{escape(description)}</title>", labelled, count=1)


def titled(picture: str, lines: Iterable[Row], height: float) -> str:
    """A picture made by ``to_svg`` with lines made by ``text`` above it, in room of that height; x is the left end."""

    def taller(found: re.Match[str]) -> str:
        width, below = found[1], float(found[2])
        size = f'width="{width}" height="{below + height:g}" viewBox="0 {-height:g} {width} {below + height:g}"'
        paper = f'<rect y="{-height:g}" width="{width}" height="{height:g}" fill="{palettes.PAPER}"/>'
        return f"{size}{found[3]}{paper}"

    written = "".join(
        f'<text x="{_PADDING + float(str(line["x"])):g}" y="{float(str(line["y"])) - height:g}" '
        f'dominant-baseline="middle" font-family="{FONT}" font-size="{line["size"]}px" '
        f'font-weight="{"bold" if line["bold"] else "normal"}" fill="{line["color"]}">'
        f"{escape(str(line['text']))}</text>"
        for line in lines
    )
    opened = re.sub(r'width="(\d+)" height="(\d+)" viewBox="[^"]*"(.*?</title>)', taller, picture, count=1)
    return opened.removesuffix("</svg>") + written + "</svg>"


def with_own_ids(svg: str, prefix: str) -> str:
    """The same picture with every id and every reference to one prefixed, so that several fit on one page."""
    marked = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", marked)
