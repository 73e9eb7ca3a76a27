"""The report: one content, written as PDF (PDF/UA-1) and as one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path

from vielfalt.publish.report.content import build_report
from vielfalt.publish.report.html import to_html
from vielfalt.publish.report.model import Report
from vielfalt.publish.report.pdf import to_pdf

__all__ = ["Report", "build_report", "write"]


def write(report: Report, folder: Path) -> None:
    """Writes a finished report as ``report.pdf`` and ``report.html``. Raises OSError when the disk refuses."""
    (folder / "report.pdf").write_bytes(to_pdf(report))
    (folder / "report.html").write_text(to_html(report), encoding="utf-8")
