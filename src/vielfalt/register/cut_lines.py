"""People cut in two in a file of fixed width: a line break within a field, which nothing there can quote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vielfalt.numbers import Ints

_PIECE = 1 << 19
_LF, _CR, _BLANK = b"\n\r "
_BREAK = 2
"""The most characters that a line break takes: what is written as one field may be padded as if they were letters."""


def cut_lines(path: Path, encoding: str) -> Ints:
    """The data row numbers of lines that make one line of the usual length together with the next ones.

    None where fewer than half of the lines have one length: then blanks at their ends are left out.
    """
    lengths, filled = _lengths(path, encoding)
    usual = int(np.bincount(lengths[filled]).argmax()) if filled.any() else 0
    if 2 * np.count_nonzero(lengths == usual) <= np.count_nonzero(filled):
        return np.array([], dtype=np.int64)
    short = np.flatnonzero(lengths < usual)
    rows = np.cumsum(filled)
    return np.array([rows[line] for line in _cut(short, lengths, usual) if filled[line]], dtype=np.int64)


def _cut(short: Ints, lengths: Ints, usual: int) -> Iterator[int]:
    """The first lines of those runs of short ones that are one line of the usual length, but for the breaks."""
    taken = -1
    for line in map(int, short):
        if line <= taken:
            continue
        total, last = int(lengths[line]), line
        while last + 1 < len(lengths) and total < usual - _BREAK * (last - line) and lengths[last + 1] < usual:
            last += 1
            total += int(lengths[last])
        if last > line and usual - _BREAK * (last - line) <= total <= usual:
            taken = last
            yield line


def _lengths(path: Path, encoding: str) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The length of each line in characters, without its end, and whether it holds anything but blanks."""
    lengths, filled = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.bool_)]
    for piece in _pieces(path):
        signs = np.frombuffer(piece, dtype=np.uint8)
        ends = signs == _LF
        letters = ~ends
        if b"\r" in piece:
            returns = signs == _CR
            letters &= ~returns
            returns[:-1] &= ~ends[1:]
            ends |= returns
        begins = np.append(0, np.flatnonzero(ends) + 1)
        begins = begins[begins < len(signs)]
        filled.append(np.logical_or.reduceat(letters & (signs != _BLANK), begins))
        if encoding == "utf-8" and not piece.isascii():
            letters &= (signs & 0xC0) != 0x80
        lengths.append(np.add.reduceat(letters, begins, dtype=np.int32).astype(np.int64))
    return np.concatenate(lengths), np.concatenate(filled)


def _pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces of whole lines."""
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(_PIECE):
            content = rest + chunk
            end = content.rfind(b"\n") + 1
            if end:
                yield content[:end]
            rest = content[end:]
    if rest:
        yield rest
