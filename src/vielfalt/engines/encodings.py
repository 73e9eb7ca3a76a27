"""Encodings of delivered files: what a database reads by itself, and a bridge for what it does not."""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CHUNK = 1 << 24
_C1 = bytes(range(0x80, 0xA0))
"""Bytes that mean letters in Windows-1252 and control characters in Latin-1; without them both are the same."""


@contextmanager
def as_utf8(path: Path, encoding: str, workspace: Path) -> Iterator[tuple[Path, str]]:
    """The file and the encoding ("utf-8" or "latin-1") in which a database can read it.

    Windows-1252 with its own letters goes through a copy in ``workspace`` that is removed afterwards.
    """
    if encoding == "utf-8" or (encoding in ("cp1252", "latin-1") and not _has_c1(path)):
        yield path, "utf-8" if encoding == "utf-8" else "latin-1"
        return
    workspace.mkdir(parents=True, exist_ok=True)
    copy = workspace / "extract.utf8"
    try:
        _transcode(path, copy, "cp1252")
        yield copy, "utf-8"
    finally:
        copy.unlink(missing_ok=True)


def looks_like_utf8(sample: bytes) -> bool:
    """Whether bytes hold letters beyond ASCII that are valid UTF-8: then they are hardly anything else."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return not decoder.decode(sample).isascii()
    except UnicodeDecodeError:
        return False


def _has_c1(path: Path) -> bool:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if len(chunk.translate(None, _C1)) != len(chunk):
                return True
    return False


def _transcode(source: Path, target: Path, encoding: str) -> None:
    """Bytes that mean nothing in the encoding are handed on as they are: they are no UTF-8, so their row is broken."""
    with (
        source.open("r", encoding=encoding, errors="surrogateescape", newline="") as file,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        shutil.copyfileobj(file, out, _CHUNK)
