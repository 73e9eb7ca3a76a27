"""One run at a time: a lock on a folder, given back by the operating system when the program ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vielfalt.errors import BusyError, StorageError, why
from vielfalt.words import N_

LOCK = "lock"
"""The file that is locked. It is empty and stays; what counts is who holds it."""

if sys.platform == "win32":
    import msvcrt

    def _hold(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone_in(folder: Path, name: str = LOCK) -> Iterator[None]:
    """Holds the lock of a folder, which is made for its owner alone when there is none.

    Raises BusyError when another program holds it, StorageError when the folder cannot be written. A killed program
    holds nothing: the operating system takes the lock back.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(
            N_("The folder cannot be written: {reason}."),
            where=folder,
            reason=why(error),
            todo=N_("Check the folder's permissions and free space."),
        ) from None
    with _held(handle, path):
        yield


@contextmanager
def undisturbed_in(folder: Path) -> Iterator[None]:
    """The same for a command that only reads what a run may be writing: nothing is made, and needs to be writable.

    Where there is no lock nobody has written anything yet. Raises BusyError, and StorageError when it cannot be read.
    """
    path = folder / LOCK
    try:
        handle = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        yield
        return
    except OSError:
        raise StorageError(
            N_("The folder cannot be written or read."), where=folder, todo=N_("Check the folder's permissions.")
        ) from None
    with _held(handle, path):
        yield


@contextmanager
def _held(handle: int, path: Path) -> Iterator[None]:
    """Holds an open lock file, which is closed afterwards. Raises BusyError when another program holds it."""
    try:
        try:
            _hold(handle)
        except (BlockingIOError, PermissionError):
            raise BusyError(
                N_("Another run of Vielfalt is working here."),
                where=path,
                todo=N_("Wait until it has ended, then start again. Do not delete the file: it holds nothing up."),
            ) from None
        yield
    finally:
        os.close(handle)
