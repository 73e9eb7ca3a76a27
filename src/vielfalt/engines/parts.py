"""A delivered file in parts that several machines cut at the same time, into the very rows that one would find.

Where a row begins depends on all quotes before it. So each machine takes the first line of its part for the beginning
of a row and tells where its last row ends; where that is not the beginning of the next part (a quoted line break spans
the border), the next part is cut once more from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from vielfalt.engines.base import BrokenRow, FileForm
from vielfalt.engines.lines import plain_lines, texts_of
from vielfalt.engines.rows import Row, begin_of_rows, rows_from, text_batch
from vielfalt.numbers import Ints, Marks

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Part:
    """The bytes in which the rows of one part begin, from ``begin`` up to before ``stop``."""

    begin: int
    stop: int


@dataclass(frozen=True)
class Found:
    """What was found in a part: the byte behind its last row, its rows that could be cut, and the broken ones.

    Those are numbered from 1 among the rows of the part. ``plain``: every line of it is a row as it stands.
    """

    end: int
    readable: int
    plain: bool
    broken: tuple[BrokenRow, ...]

    @property
    def rows(self) -> int:
        """All rows of the part."""
        return self.readable + len(self.broken)


@dataclass(frozen=True)
class Placed:
    """A part with what was found in it, and what lies before it: ``readable`` and all ``rows`` of the file."""

    part: Part
    found: Found
    readable: int
    rows: int


Look = Callable[[Sequence[Part]], Sequence[Found]]
"""Looks through parts wherever the engine likes, and answers in their order."""


def placed(path: Path, form: FileForm, size: int, look: Look) -> tuple[list[Placed], tuple[BrokenRow, ...], int]:
    """The parts of about ``size`` bytes, the broken rows of the file with their true numbers, and its readable rows."""
    parts = _divided(path, begin_of_rows(path, form), size)
    found = list(look(parts))
    while wrong := [
        place for place, (one, next) in enumerate(pairwise(parts), 1) if _end(one, found, place) != next.begin
    ]:
        for place in wrong:
            parts[place] = Part(_end(parts[place - 1], found, place), parts[place].stop)
        for place, again in zip(wrong, look([parts[place] for place in wrong]), strict=True):
            found[place] = again
    readable = list(accumulate((each.readable for each in found), initial=0))
    rows = list(accumulate((each.rows for each in found), initial=0))
    broken = [
        BrokenRow(row.record + before, row.reason)
        for each, before in zip(found, rows, strict=False)
        for row in each.broken
    ]
    return [Placed(*each) for each in zip(parts, found, readable, rows, strict=False)], tuple(broken), readable[-1]


def look_through(path: Path, form: FileForm, part: Part) -> Found:
    """Cuts the rows of a part and counts them."""
    cut = _cut(path, form, part)
    broken = tuple(BrokenRow(number, row) for number, row in cut.others if isinstance(row, str))
    plain = len(cut.lines) == part.stop - part.begin
    return Found(cut.end, len(cut.numbers) + len(cut.others) - len(broken), plain, broken)


def readable_rows(path: Path, form: FileForm, placed: Placed) -> tuple[pa.Table, Ints]:
    """The rows of a part that can be cut, as text (see ``rows.text_batch``), and their true numbers in the file."""
    cut = _whole(path, placed) if placed.found.plain else _cut(path, form, placed.part)
    texts, numbers = texts_of(cut.lines, form), cut.numbers
    others = [(number, row) for number, row in cut.others if not isinstance(row, str)]
    if others:
        rows = text_batch([row for _, row in others], form, 1).select(form.columns)
        places = np.searchsorted(numbers, [number for number, _ in others])
        numbers = np.insert(numbers, places, [number for number, _ in others])
        texts = _inserted(texts, places, rows)
    records = np.arange(placed.readable + 1, placed.readable + 1 + len(numbers))
    return texts.append_column("record", pa.array(records)), numbers + placed.rows


def _inserted(table: pa.Table, places: Ints, rows: pa.Table) -> pa.Table:
    """The table with each of some rows put before one of its places, which ascend."""
    pieces, done = [], 0
    for begin, end in pairwise([*np.flatnonzero(np.diff(places, prepend=-1)).tolist(), len(places)]):
        place = int(places[begin])
        pieces += [table.slice(done, place - done), rows.slice(begin, end - begin)]
        done = place
    return pa.concat_tables([*pieces, table.slice(done)]).combine_chunks()


@dataclass(frozen=True)
class _Cut:
    """The rows of a part: ``lines`` that are rows as they stand, and ``numbers`` of theirs; ``others`` cut one by one,
    with their numbers (all counted from 1 among the rows of the part); and the byte behind the last row."""

    lines: bytes
    numbers: Ints
    others: list[tuple[int, Row]]
    end: int


def _whole(path: Path, placed: Placed) -> _Cut:
    """What ``_cut`` finds where every line is plain, without looking for that once more."""
    numbers = np.arange(1, placed.found.readable + 1)
    return _Cut(_content(path, placed.part), numbers, [], placed.found.end)


def _content(path: Path, part: Part) -> bytes:
    with path.open("rb") as file:
        file.seek(part.begin)
        return file.read(part.stop - part.begin)


def _cut(path: Path, form: FileForm, part: Part) -> _Cut:
    if part.begin >= part.stop:
        return _Cut(b"", np.zeros(0, dtype=np.int64), [], part.begin)
    content = _content(path, part)
    starts, plain = plain_lines(content, form)
    rows_of, end = plain.astype(np.int64), part.stop
    found: list[tuple[int, list[Row]]] = []
    behind = 0
    for line in np.flatnonzero(~plain).tolist():
        if line >= behind:
            rows, last, behind = _one_by_one(path, form, part, starts, plain, line)
            end = last if behind == len(plain) else end
            plain[line:behind], rows_of[line:behind], rows_of[line] = False, 0, len(rows)
            found.append((line, rows))
    before = np.cumsum(rows_of) - rows_of
    others = [(int(before[line]) + number, row) for line, rows in found for number, row in enumerate(rows, 1)]
    edges = np.flatnonzero(np.diff(plain, prepend=False, append=False))
    borders = np.append(starts, len(content))[edges].reshape(-1, 2).tolist()
    return _Cut(b"".join(content[one:other] for one, other in borders), before[plain] + 1, others, end)


def _one_by_one(
    path: Path, form: FileForm, part: Part, starts: Ints, plain: Marks, line: int
) -> tuple[list[Row], int, int]:
    """The rows from a line on up to the next one that is plain; the byte behind them, and that line."""
    rows: list[Row] = []
    end, behind = part.begin, line
    with closing(rows_from(path, form, part.begin + int(starts[line]))) as cut:
        for row, end in cut:
            if row != ():
                rows.append(row)
            behind = int(np.searchsorted(starts, end - part.begin))
            if end >= part.stop or (behind < len(starts) and starts[behind] == end - part.begin and plain[behind]):
                break
    return rows, end, behind


def _end(part: Part, found: Sequence[Found], place: int) -> int:
    return max(part.begin, found[place - 1].end)


def _divided(path: Path, begin: int, size: int) -> list[Part]:
    """Parts that begin where a line does."""
    length = path.stat().st_size
    with path.open("rb") as file:
        lines = (_line_after(file.seek(place), file.read, length) for place in range(begin + size, length, size))
        borders = [begin, *lines, max(begin, length)]
    return [Part(*each) for each in pairwise(dict.fromkeys(borders))] or [Part(begin, begin)]


def _line_after(place: int, read: Callable[[int], bytes], length: int) -> int:
    """The first byte behind the next line end from this place on, which is where ``read`` stands."""
    while chunk := read(_CHUNK):
        ends = [found for sign in (b"\n", b"\r") if (found := chunk.find(sign)) >= 0]
        if ends:
            end = min(ends) + 1
            behind = chunk[end : end + 1] or read(1)
            return place + end + (chunk[end - 1 : end] == b"\r" and behind == b"\n")
        place += len(chunk)
    return length
