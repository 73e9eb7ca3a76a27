"""Workbooks: every text is written as text, never as a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 31
"""Signs of the name of a sheet, as Excel allows."""

Value = str | int | float | Decimal
Rows = Iterable[Sequence[Value]]


def workbook(sheets: Iterable[tuple[str, Rows]]) -> bytes:
    """The sheets, each with its name, as XLSX; a share (float) is a number that is shown in per cent."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        percent, names = book.add_format({"num_format": "0.0%"}), set[str]()
        for title, rows in sheets:
            sheet = book.add_worksheet(_name(title, names))
            sheet.set_column(0, 3, 28)
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(place, column, cell, percent if isinstance(cell, float) else None)
    return content.getvalue()


def _name(title: str, taken: set[str]) -> str:
    """A title as the name of a sheet: without the signs that Excel forbids, short, and not twice."""
    plain = re.sub(r"[\[\]:*?/\\']+", " ", title).strip()[:_LONGEST_NAME].strip() or "-"
    name, number = plain, 2
    while name.lower() in taken:
        ending = f" {number}"
        name, number = plain[: _LONGEST_NAME - len(ending)] + ending, number + 1
    taken.add(name.lower())
    return name
