"""What an engine says when it fails. The words of databases may quote rows, so none of them is passed on."""

from __future__ import annotations

from vielfalt.errors import FORBIDDEN, FULL, EngineError, StorageError, VielfaltError
from vielfalt.words import N_

_FORBIDDEN = ("permission denied", "read-only file system")
_FULL = ("no space left", "file too large", "quota exceeded", "outofmemory")
"""The same in words, where a library hands on no number."""


def trouble(error: Exception, where: object, space: object = None, number: int | None = None) -> VielfaltError:
    """The error to tell: by the number of the operating system (that of the exception unless given), else by words.

    ``space``: where there is too little of it; ``where`` unless given. Databases say in words only what is missing.
    """
    number = number or getattr(error, "errno", None)
    said = f"{type(error).__name__} {error}".lower()
    if number in FORBIDDEN or isinstance(error, PermissionError) or any(words in said for words in _FORBIDDEN):
        return _forbidden(where)
    if number in FULL or isinstance(error, MemoryError) or any(words in said for words in _FULL):
        return _full(where if space is None else space)
    return failed(error, where)


def failed(error: Exception, where: object) -> EngineError:
    """The database failed, nobody knows why; only the kind of its exception is told."""
    return EngineError(
        N_("The database failed ({kind})."),
        where=where,
        kind=type(error).__name__,
        todo=N_("Run the command again; if it fails again, report it with the version and the word in brackets."),
    )


def _forbidden(where: object) -> StorageError:
    """A file or folder may not be read or written."""
    return StorageError(N_("No permission to read or write."), where=where, todo=N_("Check the folder's permissions."))


def _full(where: object) -> StorageError:
    """Memory or disk is full."""
    return StorageError(
        N_("There is not enough memory or disk space."),
        where=where,
        todo=N_("Free some space and run the command again; nothing was released."),
    )
