"""Rows of an extract that are no people: headings, sums, marks of the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import narwhals.stable.v2 as nw
import numpy as np

from vielfalt import schema
from vielfalt.engines.base import Engine, FileForm, Frame
from vielfalt.engines.rows import cut_rows
from vielfalt.numbers import Ints
from vielfalt.register.text import fold

_ALWAYS = frozenset({"birth_date", "nationality_1"})
_OF_EVERYBODY = (*(entry.name for entry in schema.EXTRACT if entry.type == "date"), "nationality_1")
SELDOM = 100
"""What an extract has by mistake is in one of so many rows at most; in more, profile or extract are at fault."""
_WORDS = ("anzahl", "datensatze", "ende", "eof", "gesamt", "insgesamt", "satze", "summe", "total")
"""How the first value of a sum or of a mark of the end begins, folded."""


def people_only(
    engine: Engine,
    register: Frame,
    empty: Mapping[str, int],
    delivered: frozenset[str],
    rows: int,
    says_so: Callable[[Ints], Ints],
) -> tuple[Frame, Ints]:
    """The rows of people, and the numbers of the others: neither a date nor a nationality, as everybody has, is there.

    All are people where more than one row in a hundred is so, for then the profile or the extract is at fault. Of fewer
    than a hundred rows those are nobody that say so (``says_so``, see ``by_their_words``).
    """
    asked = [name for name in _OF_EVERYBODY if name in delivered]
    none = np.array([], dtype=np.int64)
    if not delivered >= _ALWAYS or not all(empty.get(name) for name in asked):
        return register, none
    silent = nw.all_horizontal(*(nw.col(name).is_null() for name in asked), ignore_nulls=False)
    found = np.sort(engine.collect(register.filter(silent).select("record"))["record"].to_numpy().astype(np.int64))
    if rows < SELDOM and len(found):
        said = says_so(found)
        return register.filter(~nw.col("record").is_in(said.tolist())), said
    if not len(found) or SELDOM * len(found) > rows:
        return register, none
    return register.filter(~silent), found


def by_their_words(path: Path, form: FileForm, headings: Sequence[str], records: Ints) -> Ints:
    """Those of these rows of a small extract that say what they are: headings once more, a sum, a mark of the end."""
    last = int(records.max(initial=0))
    rows = dict(enumerate(islice(cut_rows(path, form), last), 1))
    return np.array([record for record in map(int, records) if _is_said(rows[record], headings)], dtype=np.int64)


def _is_said(row: tuple[str, ...] | str, headings: Sequence[str]) -> bool:
    values = [] if isinstance(row, str) else [value.strip() for value in row]
    first = next((value for value in values if value), "")
    return values == list(headings) or fold(first).startswith(_WORDS) or first.startswith("\x1a")
