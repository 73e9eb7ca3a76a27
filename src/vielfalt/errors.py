"""The errors a user can meet: a sentence, a place, a next step, and an exit code.

    VielfaltError
    ├── UsageError        2   the command was called in a way it does not know
    ├── DeliveryError    10   a delivered file cannot be used (extract, directory, geometry, table)
    ├── TownError        11   the town project contradicts itself (town.toml, profile, files it names)
    ├── DisclosureError  12   publishing would disclose; nothing was released
    ├── EngineError      13   the database failed
    ├── StorageError     14   no space or no permission
    └── BusyError        15   another run is working on the same town

Exit codes: contract "Command line". Messages are English message ids; the command line translates them
(``words.Words``), so an error carries its values apart from its sentence.
"""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import ClassVar

from vielfalt.words import N_, Language, Text


class VielfaltError(Exception):
    """What went wrong (``what``), where (``where``), and what to do next (``todo``).

    ``what`` and ``todo`` are message ids marked with ``words.N_``; ``values`` fill their placeholders.
    ``where`` is a file, a setting or a column, shown as it is. None of them may hold a person's data.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: object = "", todo: str = "", **values: object) -> None:
        super().__init__(what)
        self.what = what
        self.where = str(where)
        self.todo = todo
        self.values = values
        self.language: Language | None = None
        """The language of the project that the error is about, where nothing else says which one to speak."""

    def __str__(self) -> str:
        sentence = self.what.format_map(self.values)
        return f"{sentence} [{self.where}]" if self.where else sentence


class UsageError(VielfaltError):
    """The command was called with words it does not know."""

    exit_code = 2


class DeliveryError(VielfaltError):
    """A file that was delivered to the town project cannot be used."""

    exit_code = 10


class TownError(VielfaltError):
    """The town project contradicts itself or lacks a file that it names."""

    exit_code = 11


class DisclosureError(VielfaltError):
    """Publishing would disclose something about a person; nothing was released."""

    exit_code = 12


class EngineError(VielfaltError):
    """The database engine failed, or the program itself."""

    exit_code = 13


class StorageError(VielfaltError):
    """No space left, or no permission to read or write."""

    exit_code = 14


class BusyError(VielfaltError):
    """Another run is working on the same town; nothing was touched."""

    exit_code = 15


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the operating system says without space; EFBIG: beyond what it lets this user, or a disk, have in one file."""
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
"""What it says without permission."""
_REASONS = {
    **dict.fromkeys(FULL, N_("no space is left on the disk")),
    errno.EACCES: N_("permission is missing"),
    errno.EPERM: N_("permission is missing"),
    errno.EROFS: N_("the disk is write-protected"),
    errno.ENOENT: N_("there is no such file or folder"),
    errno.ENOTDIR: N_("a file stands where a folder is needed"),
    errno.EISDIR: N_("a folder stands where a file is needed"),
    errno.EEXIST: N_("a file stands where a folder is needed"),
    errno.EIO: N_("the disk reports an error"),
}


def why(error: OSError) -> Text:
    """The reason of the operating system in words that are translated; its own words for what is rare."""
    return Text(_REASONS.get(error.errno or 0, error.strerror or type(error).__name__))


_TOO_LITTLE = ("start new thread", "failed to map segment", "allocate memory", "paging file", "Auslagerungsdatei")
"""How systems say that memory is missing for a thread, or for a library that is loaded; Windows in its own language."""


def _lacks_memory(error: Exception) -> bool:
    number = error.errno if isinstance(error, OSError) else None
    return isinstance(error, MemoryError) or number == errno.ENOMEM or any(said in str(error) for said in _TOO_LITTLE)


def known(error: Exception) -> VielfaltError:
    """Any error as one that can be told. What failed unexpectedly is told by its places in the program alone.

    Messages of libraries can quote a value of the extract, so none of them is shown.
    """
    if isinstance(error, VielfaltError):
        return error
    if _lacks_memory(error):
        return StorageError(
            N_("There is not enough memory or disk space."),
            todo=N_("Free some space and run the command again; nothing was released."),
        )
    if isinstance(error, OSError):
        return StorageError(
            N_("Reading or writing failed: {reason}."),
            where=error.filename or "",
            reason=why(error),
            todo=N_("Check free space and permissions; nothing was released."),
        )
    package = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if package in Path(frame.filename).parents]
    places = [f"{Path(frame.filename).relative_to(package).as_posix()}:{frame.lineno}" for frame in reversed(frames)]
    return EngineError(
        N_("This is a fault of Vielfalt itself ({kind})."),
        where=" ← ".join(places),
        kind=type(error).__name__,
        todo=N_("Please report it with these lines; they hold nothing about a person. The next run starts clean."),
    )
