"""Counts from text: thousands marks, decimal commas, marks for unknown and for zero."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from vielfalt.errors import DeliveryError
from vielfalt.imported.records import FileForm
from vielfalt.words import N_

_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009"))


def reader(form: FileForm, path: Path, todo: str) -> Callable[[str, int, str], int | None]:
    """How to read one count: a whole number of 0 or more, or null where the file says that nobody knows.

    The function takes the text with its line and column and raises DeliveryError, which names them, for anything else:
    text, fractions, negative numbers, marks in the wrong place. So is "1,000" where no sign stands between thousands:
    that is sooner a thousand than one with three decimals. ``todo`` says what to do then.
    """
    groups = rf"\d{{1,3}}(?:{re.escape(form.thousands)}\d{{3}})+|" if form.thousands else ""
    decimal = re.escape(form.decimal)
    thousand = "" if form.thousands else rf"(?!\d{{1,3}}{decimal}000$)"
    count = re.compile(rf"{thousand}({groups}\d+)(?:{decimal}0*)?", re.ASCII)

    def read(text: str, line: int, column: str) -> int | None:
        mark = text.strip()
        if mark in form.missing:
            return None
        if mark in form.zero:
            return 0
        found = count.fullmatch(mark.translate(_BLANKS))
        if not found:
            raise DeliveryError(
                N_("Line {line}, column “{column}”: “{text}” is no whole number of persons."),
                where=path,
                todo=todo,
                line=line,
                column=column,
                text=text[:20],
            )
        return int(found[1].replace(form.thousands, "") if form.thousands else found[1])

    return read
