"""Columns of an extract that tell in words who lives here no more ("verzogen", "verstorben"), without any day.

Looked for in pieces spread over the file: extracts are sorted by number or name, and some by this very status.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from vielfalt import schema
from vielfalt.engines.base import FileForm
from vielfalt.engines.rows import cut_rows, rows_from
from vielfalt.errors import DeliveryError
from vielfalt.profiles import Profile
from vielfalt.register.headings import heading_key
from vielfalt.register.nobody import SELDOM
from vielfalt.words import N_

_LEFT = ("abgemeldet", "ausgezogen", "fortgezogen", "fortzug", "verzogen", "wegzug", "weggezogen")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "move_out_date": (*_LEFT, "inaktiv", "nichtaktiv"),
    "death_date": ("gestorben", "sterbefall", "todesfall", "verstorben"),
}
"""By field of ``schema.END_FIELDS`` how a status begins that says what the day would say."""
_KINDS = 15
"""The most different values of a column that is a status."""
_PIECES, _PIECE = 16, 1 << 16
"""So many pieces of the file are looked at, of so many bytes."""
_SOME = 20
"""Rows from which people gone are no slip of the office."""


def _told(value: str) -> str:
    """The field of ``schema.END_FIELDS`` whose day a status stands for; empty for none."""
    key = heading_key(value)
    if key.endswith(_LEFT) and not key.startswith("nicht"):
        return "move_out_date"
    return next((field for field, words in _WORDS.items() if key.startswith(words)), "")


def status_words(values: Iterable[str]) -> dict[str, str]:
    """The values of a column that tell who lives here no more, and the field of each; none where it is no status."""
    kinds = set(values)
    return {value: field for value in kinds if (field := _told(value))} if len(kinds) <= _KINDS else {}


def ends_in_words(path: Path, form: FileForm, header: tuple[str, ...], profile: Profile) -> frozenset[str]:
    """The fields of ``schema.END_FIELDS`` whose days a column tells in words, and the profile names no column for.

    Raises DeliveryError where more than one row in a hundred is of somebody gone and no such day at all is named: the
    town would be counted too large.
    """
    named = {name for field, name in profile.columns.items() if field != "dwelling_status"}
    known = {*profile.missing, *profile.codes.get("dwelling_status", ())}
    rows = list(_rows(path, form))
    ends = set[str]()
    for place, heading in enumerate(header):
        values = {row[place].strip() for row in rows} if heading not in named else ()
        told = {value: field for value, field in status_words(values).items() if value not in known}
        if told and profile.columns.keys().isdisjoint(schema.END_FIELDS):
            _refuse_many(path, form, (place, heading), told)
        ends.update(told.values())
    return frozenset(ends.difference(profile.columns))


def _refuse_many(path: Path, form: FileForm, column: tuple[int, str], told: Container[str]) -> None:
    """Raises DeliveryError where many are gone by a column; counted in the whole file, for it may be sorted by it."""
    place, heading = column
    values = Counter(row[place].strip() for row in cut_rows(path, form) if not isinstance(row, str))
    gone, rows = sum(count for value, count in values.items() if value in told), values.total()
    if gone >= _SOME and SELDOM * gone > rows:
        raise DeliveryError(
            N_("By the column “{heading}”, people have moved away or died in {n} of {rows} rows."),
            where=path,
            heading=heading,
            n=gone,
            rows=rows,
            todo=N_(
                "Ask for an extract of the residents alone, or name the column of the day of moving out or of death in "
                "the column profile. If the column tells something else, have it left out of the extract."
            ),
        )


def _rows(path: Path, form: FileForm) -> Iterator[tuple[str, ...]]:
    """The rows that begin in pieces spread over the file, its end among them; of a small file all rows."""
    size = path.stat().st_size
    if size <= _PIECES * _PIECE:
        yield from (row for row in cut_rows(path, form) if not isinstance(row, str))
        return
    for place in range(_PIECES):
        begin = _next_line(path, place * (size - _PIECE) // (_PIECES - 1))
        with closing(rows_from(path, form, begin)) as rows:
            for row, end in rows:
                if end > begin + _PIECE:
                    break
                if row and not isinstance(row, str):
                    yield row


def _next_line(path: Path, place: int) -> int:
    """The place of the byte with which the first line behind a place begins."""
    with path.open("rb") as file:
        file.seek(place)
        file.readline()
        return file.tell()
