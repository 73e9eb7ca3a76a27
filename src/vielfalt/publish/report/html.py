"""The report as one HTML file that loads nothing: styles and pictures inside, no script."""

from __future__ import annotations

import re
from importlib.resources import files

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from vielfalt.publish.report.model import Figure, Heading, Report
from vielfalt.publish.svg import with_own_ids


def to_html(report: Report) -> str:
    """The page. Every text is escaped; the pictures are our own and get ids of their own."""
    environment = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["softened"] = softened
    source = files("vielfalt.publish").joinpath("templates/report.html.jinja").read_text(encoding="utf-8")
    pictures = {
        # Our own drawings, in which Altair has escaped every text.
        place: Markup(with_own_ids(block.svg, f"picture{place}-"))
        for place, block in enumerate(report.blocks)
        if isinstance(block, Figure)
    }
    chapters = [block for block in report.blocks if isinstance(block, Heading) and block.level == 1]
    return environment.from_string(source).render(
        report=report, frame=dict(report.frame), pictures=pictures, chapters=chapters
    )


def softened(title: str) -> str:
    """The heading with soft hyphens where German compounds break best, as in the PDF; many browsers know no better."""
    return re.sub(r"(ungs|heits|keits|schafts|ions|täts)(?=[a-zäöüß]{4})", "\\1\u00ad", title)
