"""The legend of a map: one box per class with its bounds and number of areas, and the hatched box."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from vielfalt.publish import palettes, svg
from vielfalt.publish.svg import Layer

_STEP = 24
_BOX = (26, 17)
_STROKES = ((0, 5, 5, 0), (0, 11, 11, 0), (0, 17, 17, 0), (6, 17, 23, 0), (12, 17, 26, 3), (18, 17, 26, 9))
"""The hatching of one box: lines at 45 degrees, six pixels apart."""


def legend(
    left: float, head: Sequence[str], entries: Sequence[tuple[str, str]], hatched: bool
) -> tuple[tuple[Layer, ...], float]:
    """The layers and the height: head lines, then (label, fill) per entry; the last one hatched if so said."""
    first = len(head) * 17 + 8
    lines = [svg.text(left, 8 + 17 * row, line, 12 if row == 0 else 11, bold=row == 0) for row, line in enumerate(head)]
    lines += [
        svg.text(left + _BOX[0] + 8, first + row * _STEP + 9, label, 11.5) for row, (label, _) in enumerate(entries)
    ]
    boxes = [
        {"x": left, "x2": left + _BOX[0], "y": first + row * _STEP, "y2": first + row * _STEP + _BOX[1], "fill": fill}
        for row, (_, fill) in enumerate(entries)
    ]
    layers = [svg.boxes(boxes, 0.8)]
    if hatched:
        y = first + (len(entries) - 1) * _STEP
        strokes = [{"x": left + x, "y": y + y1, "x2": left + x2, "y2": y + y2} for x, y1, x2, y2 in _STROKES]
        layers.append(svg.layer(strokes, _stroked))
    return (*layers, *svg.texts(lines)), first + len(entries) * _STEP


def _stroked(chart: alt.Chart) -> alt.Chart:
    drawn: alt.Chart = chart.mark_rule(stroke=palettes.LINE, strokeWidth=0.9).encode(
        x=svg.pixel("x", alt.X), y=svg.pixel("y", alt.Y), x2="x2", y2="y2"
    )
    return drawn
