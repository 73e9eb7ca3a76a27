"""A delivered file in parts that several machines cut at the same time, into the very rows that one would find.

Where a row begins depends on all quotes before it. So each machine takes the first line of its part for the beginning
of a row and tells where its last row ends; where that is not the beginning of the next part (a quoted line break spans
the border), the next part is cut once more from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from vielfalt.engines.base import BrokenRow, FileForm
from vielfalt.engines.rows import Ints, Row, begin_of_rows, rows_from

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Part:
    """The bytes in which the rows of one part begin, from ``begin`` up to before ``stop``."""

    begin: int
    stop: int


@dataclass(frozen=True)
class Found:
    """What was found in a part: the byte behind its last row, its rows that could be cut, and the broken ones.

    Those are numbered from 1 among the rows of the part.
    """

    end: int
    readable: int
    broken: tuple[BrokenRow, ...]

    @property
    def rows(self) -> int:
        """All rows of the part."""
        return self.readable + len(self.broken)


@dataclass(frozen=True)
class Placed:
    """A part with what lies before it: ``readable`` and all ``rows`` of the file."""

    part: Part
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
    return [Placed(*each) for each in zip(parts, readable, rows, strict=False)], tuple(broken), readable[-1]


def look_through(path: Path, form: FileForm, part: Part) -> Found:
    """Cuts the rows of a part and counts them."""
    end, number, broken = part.begin, 0, []
    for row, behind in _rows(path, form, part):
        end = behind
        if row != ():
            number += 1
            if isinstance(row, str):
                broken.append(BrokenRow(number, row))
    return Found(end, number - len(broken), tuple(broken))


def readable_rows(path: Path, form: FileForm, placed: Placed) -> tuple[list[tuple[str, ...]], Ints]:
    """The rows of a part that can be cut, and their true numbers in the file."""
    rows, numbers = [], []
    cut = (row for row, _ in _rows(path, form, placed.part) if row != ())
    for number, row in enumerate(cut, placed.rows + 1):
        if not isinstance(row, str):
            rows.append(row)
            numbers.append(number)
    return rows, np.array(numbers, dtype=np.int64)


def _rows(path: Path, form: FileForm, part: Part) -> Iterator[tuple[Row, int]]:
    if part.begin >= part.stop:
        return
    with closing(rows_from(path, form, part.begin)) as rows:
        for row, end in rows:
            yield row, end
            if end >= part.stop:
                return


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
