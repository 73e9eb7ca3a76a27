"""Files that are there whole or not at all: written beside their place and then renamed; and zip files that are not."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, IndexError, RuntimeError, ValueError)
"""What Python raises for a zip file that is none, is cut or damaged, or uses what it cannot read; beside OSError."""


def is_there(path: Path) -> bool:
    """Whether there is such a file. Raises OSError where that cannot be seen: Python takes it for absent (``glob``)."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """The path beside ``path`` to write the file to, which takes its place when the block ends.

    A full disk or a killed run leaves the old file as it is, never half a new one. After an error nothing is left
    beside it. Raises OSError when the file cannot be renamed.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
