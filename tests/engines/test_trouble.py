"""What is missing is told by number or by words, whatever raised it; nothing of a library's own words."""

from __future__ import annotations

import errno

import pytest

from vielfalt.engines.trouble import trouble
from vielfalt.errors import EngineError, StorageError, known


@pytest.mark.parametrize(
    ("error", "kind", "what"),
    [
        (OSError(errno.EFBIG, "File too large"), StorageError, "space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), StorageError, "space"),
        (RuntimeError("IO Error: could not write rows of Meier: File too large"), StorageError, "space"),
        (RuntimeError("No space left on device (os error 28)"), StorageError, "space"),
        (MemoryError(), StorageError, "space"),
        (OSError(errno.EROFS, "Read-only file system"), StorageError, "permission"),
        (RuntimeError("Permission denied (os error 13)"), StorageError, "permission"),
        (RuntimeError("Meier"), EngineError, "database"),
    ],
)
def test_what_is_missing_is_told(error: Exception, kind: type[Exception], what: str) -> None:
    told = trouble(error, "there")
    assert type(told) is kind and what in told.what
    assert "Meier" not in f"{told} {told.todo}"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libarrow.so: failed to map segment from shared object"),
        ImportError("DLL load failed while importing lib: Die Auslagerungsdatei ist zu klein."),
    ],
)
def test_too_little_memory_is_no_fault_of_the_program(error: Exception) -> None:
    assert isinstance(known(error), StorageError) and "memory" in known(error).what
    assert isinstance(known(RuntimeError("Meier")), EngineError)
