"""The report as PDF/UA-1, set by typst: tagged, with language, title and text alternatives, and repeatable."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from importlib.resources import files

import typst

from vielfalt.publish.report.model import Report

_REMEMBERED = 10
"""Of as many documents typst for Python keeps what it computed, for the next one to use (``comemo::evict`` in it)."""


def to_pdf(report: Report) -> bytes:
    """The PDF. Raises typst.TypstError when a figure has no text alternative (PDF/UA-1 asks for one).

    The words reach typst as data, never as source text. Only the fonts inside typst are used and the time is noon
    of the reference date, so every machine makes the same file.
    """
    template = files("vielfalt.publish").joinpath("templates/report.typ").read_bytes()
    content = json.dumps(asdict(report), ensure_ascii=False)
    day = dt.datetime(report.date // 10_000, report.date // 100 % 100, report.date % 100, 12, tzinfo=dt.UTC)
    written: bytes = typst.compile(
        template,
        format="pdf",
        sys_inputs={"report": content},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(day.timestamp()),
    )
    _forget()
    return written


def _forget() -> None:
    """Empties typst's memory of former documents: it holds what one of the last ten needed, up to 100 MB for each."""
    for _ in range(_REMEMBERED):
        typst.compile(b"", ignore_system_fonts=True)
