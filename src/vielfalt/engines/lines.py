"""Lines that are rows as they stand, found and cut many at a time: nearly all of a file, far faster than one by one.

A line is plain when it has as many delimiters as a row, and nothing in it asks for a closer look: no quote, no blank
where a value begins, no bytes that are not in the encoding. What ``rows`` makes of such a line is the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from vielfalt.engines.base import FileForm
from vielfalt.numbers import Ints, Marks

_LF, _CR, _BLANK = b"\n\r "
_BEYOND_ASCII = 0x80
_PIECE = 1 << 19
"""Bytes looked at together: few enough for the cache of a processor."""


def plain_lines(content: bytes, form: FileForm) -> tuple[Ints, Marks]:
    """Where the lines begin that end with a line feed, and which of them are plain.

    ``content``: bytes of a file from the beginning of a row on, up to the end of a line or of the file.
    """
    pieces = [(begin, *_in_piece(content[begin:end], form)) for begin, end in _pieces(content)]
    found = [(starts + begin, plain) for begin, starts, plain in pieces]
    return np.concatenate([starts for starts, _ in found]), np.concatenate([plain for _, plain in found])


def _pieces(content: bytes) -> Iterator[tuple[int, int]]:
    """Where pieces of whole lines begin and end."""
    begin = 0
    while begin < len(content):
        end = content.find(b"\n", begin + _PIECE) + 1 or len(content)
        yield begin, end
        begin = end


def _in_piece(content: bytes, form: FileForm) -> tuple[Ints, Marks]:
    signs = np.frombuffer(content, dtype=np.uint8)
    borders = np.append(0, np.flatnonzero(signs == _LF) + 1)
    borders = borders if borders[-1] == len(content) else np.append(borders, len(content))
    starts = borders[:-1]
    if form.widths or not f"{form.delimiter}{form.quote}".isascii():
        return starts, np.zeros(len(starts), dtype=np.bool_)
    delimiters = np.flatnonzero(signs == ord(form.delimiter))
    plain = np.diff(np.searchsorted(delimiters, borders)) == len(form.columns) - 1
    plain &= ~np.isin(signs[starts], (_LF, _CR, _BLANK))
    plain[np.searchsorted(starts, _places_of_note(signs, form), side="right") - 1] = False
    _leave_undecodable_out(content, signs, starts, plain, form.encoding)
    return starts, plain


def texts_of(lines: bytes, form: FileForm) -> pa.Table:
    """The columns of plain lines as text; empty is null."""
    encoded = lines if form.encoding == "utf-8" else lines.decode("cp1252").encode()
    if not encoded:
        return pa.table({name: pa.array([], pa.string()) for name in form.columns})
    return pa.concat_tables([_texts_in(encoded[begin:end], form) for begin, end in _pieces(encoded)])


def _texts_in(lines: bytes, form: FileForm) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(lines),
        csv.ReadOptions(use_threads=False, block_size=len(lines) + 1, column_names=form.columns),
        csv.ParseOptions(delimiter=form.delimiter, quote_char=False, double_quote=False),
        csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(form.columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _places_of_note(signs: npt.NDArray[np.uint8], form: FileForm) -> Ints:
    """The places of quotes, of blanks behind a delimiter, and of returns without a line feed."""
    noted = np.zeros(len(signs), dtype=np.bool_)
    noted[1:] = (signs[1:] == _BLANK) & (signs[:-1] == ord(form.delimiter))
    if form.quote:
        noted |= signs == ord(form.quote)
    returns = signs == _CR
    returns[:-1] &= signs[1:] != _LF
    return np.flatnonzero(noted | returns)


def _leave_undecodable_out(
    content: bytes, signs: npt.NDArray[np.uint8], starts: Ints, plain: Marks, encoding: str
) -> None:
    """Lines of bytes that are not in the encoding are not plain; looked at one by one only where there are any."""
    used = "utf-8" if encoding == "utf-8" else "cp1252"
    if _decoded(content, used):
        return
    ends = np.append(starts[1:], len(content))
    foreign = np.bitwise_or.reduceat(signs, starts) >= _BEYOND_ASCII
    for line in np.flatnonzero(plain & foreign):
        plain[line] = _decoded(content[starts[line] : ends[line]], used)


def _decoded(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
