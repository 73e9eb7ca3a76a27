"""A table as a file to save, CSV or XLSX, whatever page it belongs to."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse

from vielfalt.desk.atlas.figures import MARKS, Cell
from vielfalt.desk.atlas.workbooks import XLSX, Value, workbook
from vielfalt.words import Words

Row = Sequence[Value]
_FORMULA = re.compile(r"^[=+\-@\t\r]")
"""Signs that make a spreadsheet take a text for a formula (OWASP, CSV injection)."""

_MOST_NAMED = 5
"""Keys in the name of a file; Windows opens no path of more than 260 signs."""


@dataclass(frozen=True)
class Sheet:
    """A table with what must be said of it: ``head`` (what, of when, from where), then ``rows``, headings first.

    ``name``: the parts of the file's name. A float is a share of 1; other numbers with decimals are ``Decimal``.
    """

    title: str
    name: tuple[str, ...]
    head: Iterable[Row]
    rows: Iterable[Row]


def csv_of(sheet: Sheet, words: Words) -> HttpResponse:
    """The sheet as CSV: semicolons, decimal comma in German, UTF-8 with mark, as Excel opens it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in (*sheet.head, (), *sheet.rows):
        writer.writerow([_plain(value, words) for value in row])
    return saved("\ufeff" + text.getvalue(), "text/csv; charset=utf-8", sheet.name, "csv")


def xlsx_of(sheet: Sheet, words: Words) -> HttpResponse:
    """The sheet as a workbook; every text is written as text, never as a formula."""
    del words
    return saved(workbook([(sheet.title, (*sheet.head, (), *sheet.rows))]), XLSX, sheet.name, "xlsx")


FORMS: Mapping[str, Callable[[Sheet, Words], HttpResponse]] = {"csv": csv_of, "xlsx": xlsx_of}
"""How a sheet becomes a file, by the ending of its address."""


def saved(content: str | bytes, kind: str, name: Iterable[str], ending: str) -> HttpResponse:
    """A file that the browser saves under a name made of these parts."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = disposition(name, ending)
    return response


def disposition(name: Iterable[str], ending: str) -> str:
    """The header that has a file saved; its name has no sign that a system could take for another."""
    return f'attachment; filename="{re.sub("[^A-Za-z0-9._-]+", "_", "-".join(name))}.{ending}"'


def few(keys: Iterable[str], what: str) -> tuple[str, ...]:
    """Parts of a file's name for things chosen: their keys while there is room for them, else how many of ``what``."""
    found = tuple(keys)
    return found if len(found) <= _MOST_NAMED else (str(len(found)), what)


def told(cell: Cell, words: Words) -> tuple[Value, Value, str]:
    """Number, share as printed, and quality of a cell: numbers where there are any, else the sign that is printed."""
    value = cell.number if cell.value is None else cell.value
    share = cell.percent if cell.printed is None else cell.printed
    return value, share, words(MARKS[cell.mark])


def _plain(value: Value, words: Words) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if isinstance(value, float):
        return _number(value, 3, words)
    if isinstance(value, Decimal):
        return _number(float(value), max(0, -int(value.as_tuple().exponent)), words)
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else str(value)


def _number(value: float, digits: int, words: Words) -> str:
    """A number with the minus that spreadsheets know."""
    return words.number(value, digits).replace("\N{MINUS SIGN}", "-")
