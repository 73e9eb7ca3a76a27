"""What every report has around its figures, those of the desk too: fixed words, facts of the title, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version

from vielfalt.publish import licences
from vielfalt.publish.report.model import Block, DataTable, Figure
from vielfalt.words import N_, Words


def frame(words: Words) -> tuple[tuple[str, str], ...]:
    """The fixed words of every report (``Report.frame``)."""
    return (
        ("contents", words(N_("Contents"))),
        ("skip", words(N_("Skip to the text"))),
        ("page", words(N_("Page {page} of {pages}"), page="{page}", pages="{pages}")),
        ("description", words(N_("Protected figures from the resident register by area"))),
    )


def facts(
    words: Words, *, town: str, ags: str, day: int, source: str, rule_set: str, licence: str, release: str = ""
) -> tuple[tuple[str, str], ...]:
    """What the figures of a report are of, and where they come from; what is empty is left out."""
    found = (
        (N_("Town"), town),
        (N_("Official municipality key (AGS)"), ags),
        (N_("Reference date"), words.date(day)),
        (N_("Release"), release),
        (N_("Source"), source),
        (N_("Rule set"), rule_set),
        (N_("Licence"), licences.title(licence)),
        (N_("Made with"), f"Vielfalt {version('vielfalt')}"),
    )
    return tuple((words(name), text) for name, text in found if text)


def numbered(blocks: Iterable[Block], words: Words) -> Iterable[Block]:
    """Tables and figures with their number before the caption, the same in PDF and HTML."""
    tables = figures = 0
    for block in blocks:
        if isinstance(block, DataTable):
            tables += 1
            yield replace(block, caption=words(N_("Table {n}: {caption}"), n=tables, caption=block.caption))
        elif isinstance(block, Figure):
            figures += 1
            yield replace(block, caption=words(N_("Figure {n}: {caption}"), n=figures, caption=block.caption))
        else:
            yield block
