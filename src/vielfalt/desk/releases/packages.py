"""Opening a release package that came from elsewhere: unpacked within bounds, into a folder that is gone afterwards."""

from __future__ import annotations

import errno
import io
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from vielfalt.errors import DeliveryError, StorageError
from vielfalt.wholefile import BROKEN_ZIP, written_whole
from vielfalt.words import N_

LARGEST_PACKAGE = 100_000_000
"""Bytes of a zip file: twenty times what a town of 100,000 residents publishes."""
LARGEST_CONTENT = 400_000_000
"""Bytes unpacked."""
MOST_FILES = 2_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only ones that unpack piece by piece: of bzip2 and LZMA a piece that was read can become gigabytes of memory."""
_CHUNK = 1 << 20
"""Bytes read at once: of the list of contents 500 for each of as many files as a release can have."""
_ODD_NAMES = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG)
"""What an empty folder says to names that no folder can hold: too long, or a file that is to be a folder as well."""
_TOO_MANY = N_("The package holds too many files, or one twice.")
_NO_ZIP = N_("The file is no zip file, or it is damaged.")
_TODO = N_("Ask the town for the zip file of the release as Vielfalt wrote it.")


@contextmanager
def unpacked(path: Path, workspace: Path) -> Iterator[Path]:
    """The folder of a release: the path itself, or what its zip file holds, removed afterwards.

    Raises DeliveryError for a file that is missing, is no zip, is damaged, holds too much, or names places outside
    its folder.
    """
    if path.is_dir():
        yield path
        return
    if not path.exists():
        raise DeliveryError(
            N_("The release package does not exist."),
            where=path,
            todo=N_("Correct the path or add the file."),
        )
    workspace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="package-", dir=workspace) as name:
        folder = Path(name)
        _unpack(path, folder)
        yield folder


def keep(folder: Path, archive: Path) -> None:
    """Keeps a release as one zip file. Raises StorageError, and leaves nothing, without space or permission."""
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(archive) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    file.write(path, path.relative_to(folder).as_posix())
    except OSError as error:
        raise StorageError(
            N_("The package cannot be kept."),
            where=error.filename or archive,
            todo=N_("Check free space and permissions; nothing was imported."),
        ) from error


def kept_file(archive: Path, name: str) -> bytes | None:
    """One file of a kept release; None where the archive or the file is not there any more, or is damaged."""
    try:
        with zipfile.ZipFile(archive) as file:
            return file.read(name)
    except (OSError, KeyError, *BROKEN_ZIP):
        return None


class _TooMuchAtOnceError(Exception):
    """A part of a zip file that is read in one piece is larger than it may be."""


class _Bounded(io.BufferedReader):
    """A zip file whose list of contents is not read where it is too large: a hundred megabytes of it become gigabytes.

    ``ZipFile`` reads the list in one piece, as long as the file says it is, and nothing else of that size.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """As any file. Raises _TooMuchAtOnceError."""
        if size is not None and size > _CHUNK:
            raise _TooMuchAtOnceError
        return super().read(size)


def _unpack(path: Path, folder: Path) -> None:
    try:
        if path.stat().st_size > LARGEST_PACKAGE:
            raise _refused(N_("The file is larger than a release can be ({limit} MB)."), path, LARGEST_PACKAGE)
        with _Bounded(path.open("rb", buffering=0)) as file, zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or len({entry.filename for entry in entries}) < len(entries):
                raise _refused(_TOO_MANY, path)
            if any(entry.compress_type not in _METHODS for entry in entries):
                raise _refused(_NO_ZIP, path)
            left = LARGEST_CONTENT
            for entry in entries:
                left = _write(archive, entry, folder / _inside(entry, path), left, path)
    except _TooMuchAtOnceError:
        raise _refused(_TOO_MANY, path) from None
    except BROKEN_ZIP:
        raise _refused(_NO_ZIP, path) from None
    except OSError as error:
        if error.errno in _ODD_NAMES:
            raise _refused(_NO_ZIP, path) from None
        raise StorageError(
            N_("The package cannot be read or unpacked."),
            where=error.filename or path,
            todo=N_("Check free space and permissions; nothing was imported."),
        ) from error


def _inside(entry: zipfile.ZipInfo, path: Path) -> PurePosixPath:
    """The place of an entry below the folder. Raises DeliveryError for one that leads out of it or is no plain file."""
    name = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    odd = {"..", "."}.intersection(name.parts) or any(sign in entry.filename for sign in "\\:\0")
    if name.is_absolute() or odd or kind not in (0, stat.S_IFREG):
        raise _refused(N_("The package names a place outside its own folder."), path)
    return name


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int, path: Path) -> int:
    """Writes one entry and returns how many bytes may still come; what an entry claims of its size is not believed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _refused(
                    N_("The package unpacks to more than a release can hold ({limit} MB)."), path, LARGEST_CONTENT
                )
            file.write(chunk)
    return left


def _refused(message: str, path: Path, limit: int = 0) -> DeliveryError:
    return DeliveryError(message, where=path.name, todo=_TODO, limit=limit // 1_000_000)
