"""The tables of the rule pages as cases: what stands before the gap goes in, what stands after it must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "rules"


@dataclass(frozen=True)
class Line:
    """One line of a table; blanks are absent from ``given``, and empty texts in ``expected``."""

    page: str
    section: str
    given: Mapping[str, str]
    expected: Mapping[str, str]

    @property
    def case(self) -> str:
        return f"{self.section}: {self.given['case']}"


def lines(page: str) -> tuple[Line, ...]:
    """Every table line of a page, in order."""
    return tuple(_lines(page, (PAGES / page).read_text(encoding="utf-8")))


def sections(page: str) -> dict[str, str]:
    """The text of every section of a page by its heading."""
    parts = (PAGES / page).read_text(encoding="utf-8").split("\n## ")[1:]
    return {heading.strip(): text for heading, _, text in (part.partition("\n") for part in parts)}


def _lines(page: str, text: str) -> Iterator[Line]:
    section, header = "", None
    for row in text.splitlines():
        if row.startswith("## "):
            section = row[3:].strip()
        if not row.startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in row[1:-1].split("|")]
        header = header or cells
        if len(cells) != len(header):
            raise ValueError(f"{page}, {section}: {len(cells)} cells, not {len(header)}: {row}")
        if header is not cells and not set(row) <= set("|-"):
            yield _line(page, section, header, cells)


def _line(page: str, section: str, header: list[str], cells: list[str]) -> Line:
    gap = header.index("")
    given = {name: cell for name, cell in zip(header[:gap], cells[:gap], strict=True) if cell}
    return Line(page, section, given, dict(zip(header[gap + 1 :], cells[gap + 1 :], strict=True)))
