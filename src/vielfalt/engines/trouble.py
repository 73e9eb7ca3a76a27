"""What an engine says when it fails. The words of databases may quote rows, so none of them is passed on."""

from __future__ import annotations

from vielfalt.errors import EngineError, StorageError
from vielfalt.words import N_


def failed(error: Exception, where: object) -> EngineError:
    """The database failed, nobody knows why; only the kind of its exception is told."""
    return EngineError(
        N_("The database failed ({kind})."),
        where=where,
        kind=type(error).__name__,
        todo=N_("Run the command again; if it fails again, report it with the version and the word in brackets."),
    )


def forbidden(where: object) -> StorageError:
    """A file or folder may not be read or written."""
    return StorageError(N_("No permission to read or write."), where=where, todo=N_("Check the folder's permissions."))


def full(where: object) -> StorageError:
    """Memory or disk is full."""
    return StorageError(
        N_("There is not enough memory or disk space."),
        where=where,
        todo=N_("Free some space and run the command again; nothing was released."),
    )
