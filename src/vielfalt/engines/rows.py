"""Cutting a delivered text file into rows, one row at a time: slow, and right where the quoting is not.

A database reads a file faster, but loses every row after a quote that nobody closed. Here such a quote costs the row
it stands in and no other.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from vielfalt.engines.base import BrokenRow, FileForm
from vielfalt.errors import DeliveryError
from vielfalt.numbers import Ints
from vielfalt.words import N_

Row: TypeAlias = tuple[str, ...] | str
"""The values of a row that could be cut; else the reason why not."""
UNDECODABLE = "INVALID ENCODING"
UNCLOSED = "UNQUOTED VALUE"
COLUMNS = "WRONG NUMBER OF COLUMNS"
_WIDEST = 200_000
"""Characters of a row that any reader takes: a database gives up at a million bytes."""
_LONGEST = 100
"""Lines that one row may span by quoted line breaks; a quote open for longer was never meant to be one."""

_CHUNK = 1 << 17
"""Bytes looked at together: few enough for the cache of a processor, which takes half the time."""
_LF, _CR = b"\n\r"


def cut_rows(path: Path, form: FileForm) -> Iterator[Row]:
    """The data rows of the file in their order. Blank lines are no rows; the header is none either.

    Quotes count where a value starts with one, and are doubled inside; empty columns too many at the end are let
    pass. Raises OSError when the file cannot be read.
    """
    return (row for row in _with_blanks(path, form) if row != ())


def begin_of_rows(path: Path, form: FileForm) -> int:
    """The place of the byte with which the data rows begin: behind byte order mark and header."""
    with path.open("rb") as file:
        mark = len(codecs.BOM_UTF8) if form.encoding == "utf-8" and file.read(3) == codecs.BOM_UTF8 else 0
    with closing(rows_from(path, form, mark)) as rows:
        return mark if form.widths else next((end for _, end in rows), mark)


def rows_from(path: Path, form: FileForm, begin: int) -> Generator[tuple[Row, int], None, None]:
    """Rows and blank lines (empty tuples) of the file from a byte on which begins one, each with the byte behind it."""
    encoding = "utf-8" if form.encoding == "utf-8" else "cp1252"
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, "surrogateescape", newline="") as file:
        raw.seek(begin)
        place, taken = begin, deque[int]()

        def measured(lines: Iterable[str]) -> Iterator[str]:
            for line in lines:
                taken.append(len(line if line.isascii() else line.encode(encoding, "surrogateescape")))
                yield line

        lines = measured(file)
        rows = ((_fixed(line, form), 1) for line in lines) if form.widths else _delimited(lines, form)
        for row, used in rows:
            place += sum(taken.popleft() for _ in range(used))
            yield row, place


def blank_rows(path: Path, form: FileForm) -> list[int]:
    """The places of the blank lines among rows and blank lines, counted from 1 after the header."""
    if not _has_blank_lines(path):
        return []
    return [place for place, row in enumerate(_with_blanks(path, form), 1) if row == ()]


@contextmanager
def repaired(path: Path, form: FileForm, workspace: Path) -> Iterator[tuple[Path, FileForm, tuple[BrokenRow, ...]]]:
    """A copy that holds only the rows that can be cut, in a form any reader reads alike, and the rows left out.

    The copy stands in ``workspace`` and is removed afterwards.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    copy, broken = workspace / "extract.rows", []
    try:
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";", quotechar='"', quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(form.columns)
            for record, row in enumerate(cut_rows(path, form), 1):
                if isinstance(row, str) or sum(map(len, row)) > _WIDEST:
                    broken.append(BrokenRow(record, row if isinstance(row, str) else COLUMNS))
                else:
                    writer.writerow(row)
        yield copy, replace(form, delimiter=";", quote='"', encoding="utf-8", widths=()), tuple(broken)
    finally:
        copy.unlink(missing_ok=True)


def refuse_wrong_encoding(path: Path, form: FileForm, broken: tuple[BrokenRow, ...], rows: int) -> None:
    """Raises DeliveryError when so many rows cannot be decoded that the fault is the profile's, not the rows'.

    That is half of all ``rows``, or, from twenty such rows, one in twenty: a stray byte is a broken row, but in
    a wrongly named encoding every name with an umlaut is.
    """
    wrong = sum(row.reason == UNDECODABLE for row in broken)
    if wrong and (wrong * 2 >= rows or (wrong >= 20 and wrong * 20 >= rows)):
        raise DeliveryError(
            N_("The file is not in the encoding “{encoding}”: {wrong} of {rows} rows cannot be read in it."),
            where=path,
            encoding=form.encoding,
            wrong=wrong,
            rows=rows,
            todo=N_("Set “encoding” in the column profile; “vielfalt profile FILE” finds out which fits."),
        )


def true_numbers(read: Ints, broken: Ints) -> Ints:
    """The data row numbers of readable rows from their numbers among the readable ones.

    ``broken``: the data row numbers of the rows that could not be cut, ascending; each shifts those after it by one.
    """
    since = broken - np.arange(len(broken))
    return read + np.searchsorted(since, read, side="right")


def text_batch(rows: Sequence[tuple[str, ...]], form: FileForm, first: int) -> pa.Table:
    """The rows as text columns (empty is null), numbered from ``first`` among the rows that could be read."""
    texts = zip(form.columns, zip(*rows, strict=True), strict=True)
    columns = {name: pa.array([text or None for text in column], pa.string()) for name, column in texts}
    return pa.table({**columns, "record": pa.array(range(first, first + len(rows)), type=pa.int64())})


def plain(table: pa.Table) -> pa.Table:
    """The table with texts as texts, not as places in a dictionary or in another layout."""
    return table.cast(pa.schema([_plain_field(entry) for entry in table.schema]))


def _plain_field(entry: pa.Field) -> pa.Field:
    kind = entry.type.value_type if pa.types.is_dictionary(entry.type) else entry.type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return pa.field(entry.name, pa.string()) if text else entry


def nothing_read(path: Path, broken: tuple[BrokenRow, ...]) -> DeliveryError:
    """The error for a file of which no row could be cut."""
    if broken:
        return DeliveryError(
            N_("None of the {rows} rows could be cut into columns."),
            where=path,
            rows=len(broken),
            todo=N_("Check delimiter, quote character and encoding in the column profile."),
        )
    return DeliveryError(
        N_("The extract holds no rows."), where=path, todo=N_("Ask the registration office for a new extract.")
    )


def _with_blanks(path: Path, form: FileForm) -> Iterator[Row]:
    """Rows and, as empty tuples, blank lines. Latin-1 is read as Windows-1252, as everywhere (``encodings``)."""
    encoding = "utf-8-sig" if form.encoding == "utf-8" else "cp1252"
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as lines:
        if form.widths:
            yield from (_fixed(line, form) for line in lines)
        else:
            yield from (row for row, _ in islice(_delimited(lines, form), 1, None))


def _fixed(line: str, form: FileForm) -> Row:
    text = line.rstrip("\r\n")
    if not _decoded(text):
        return UNDECODABLE
    values, start = [], 0
    for width in form.widths:
        values.append(text[start : start + width].rstrip(" "))
        start += width
    return tuple(values) if any(values) else ()


def _delimited(lines: Iterator[str], form: FileForm) -> Iterator[tuple[Row, int]]:
    """The rows, each with the number of lines it takes."""
    ahead = deque(islice(lines, _LONGEST))
    while ahead:
        row, used = _first(ahead, form)
        yield row, used
        for _ in range(used):
            ahead.popleft()
        ahead.extend(islice(lines, used))


def _first(ahead: deque[str], form: FileForm) -> tuple[Row, int]:
    """The row that begins with the first line ahead, and how many lines it takes.

    A row that closes its quotes may span lines. One that does not fit is broken; when a line it swallowed is a
    row by itself, or its quote is never closed, the first line alone is broken.
    """
    if not ahead[0].strip("\r\n"):
        return (), 1
    if (plain := _plain(ahead[0], form)) is not None:
        return plain, 1
    values, used = _split(ahead, form)
    if values is not None and _fits(values, form):
        row: Row = tuple(values[: len(form.columns)])
        return (row if _decoded("".join(row)) else UNDECODABLE), used
    swallowed = (_split((line,), form)[0] for line in islice(ahead, 1, used))
    if (values is None and used == len(ahead)) or any(alone is not None and _fits(alone, form) for alone in swallowed):
        used = 1
    if not _decoded("".join(islice(ahead, used))):
        return UNDECODABLE, used
    return (UNCLOSED if values is None else COLUMNS), used


def _plain(line: str, form: FileForm) -> Row | None:
    """The row of a line without quotes and leading blanks, as nearly all are: no need to ask for more; else None."""
    if (form.quote and form.quote in line) or line[0] == " " or f"{form.delimiter} " in line:
        return None
    values = line.rstrip("\r\n").split(form.delimiter)
    if not _fits(values, form):
        return None
    return tuple(values[: len(form.columns)]) if _decoded(line) else UNDECODABLE


def _split(lines: deque[str] | tuple[str, ...], form: FileForm) -> tuple[list[str] | None, int]:
    """The values of the first row of these lines, None when its quotes are not in order; and the lines it took."""
    quoting = {"quotechar": form.quote} if form.quote else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(iter(lines), strict=True, skipinitialspace=True, delimiter=form.delimiter, **quoting)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return None, reader.line_num


def _fits(values: list[str], form: FileForm) -> bool:
    return len(values) >= len(form.columns) and not any(values[len(form.columns) :])


def _decoded(text: str) -> bool:
    """Whether the text came from bytes of the encoding (others were kept as lone surrogates)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_blank_lines(path: Path) -> bool:
    """Whether two line ends follow each other, quoted or not; also the beginning and the end of the file count."""
    buffer = bytearray([_LF]) * (_CHUNK + 1)
    signs = np.frombuffer(buffer, dtype=np.uint8)
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(memoryview(buffer)[1:]):
            feeds, returns = signs[: read + 1] == _LF, signs[: read + 1] == _CR
            ends = feeds | returns
            twice = ends[:-1] & ends[1:]
            if twice.any() and (twice & ~(returns[:-1] & feeds[1:])).any():
                return True
            buffer[0] = buffer[read]
    return False
