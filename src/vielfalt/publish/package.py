"""Writing a release: whole or not at all.

Everything is computed first, written into a hidden folder, forced to disk and then renamed. The rename of the
folder is the moment of release; what a killed run leaves behind is hidden and removed by the next write.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from vielfalt import dates
from vielfalt.errors import FORBIDDEN, FULL, DeliveryError, StorageError, why
from vielfalt.publish import guard
from vielfalt.publish.contents import release_files
from vielfalt.publish.descriptor import table_paths
from vielfalt.publish.releases import check_manifest
from vielfalt.publish.results import Results
from vielfalt.wholefile import BROKEN_ZIP, written_whole
from vielfalt.words import N_, Words

_PARTIAL = re.compile(r"\.(?P<name>\d{4}-\d\d-\d\d-\d+)\.partial(?P<zip>\.zip)?")


def _unasked(name: str) -> None:
    """Nobody wants to know the name of a release before it is there."""


def write_release(
    results: Results,
    releases_folder: Path,
    words: Words,
    audit: Mapping[str, object],
    *away: Path,
    about_to: Callable[[str], None] = _unasked,
) -> Path:
    """Writes ``DATE-N/`` and ``DATE-N.zip`` (contract “Release package”) and returns the folder.

    N is the next number of the reference date; ``away``: folders of releases that were put away, whose numbers are
    taken, too; ``about_to`` is told the name before anything is written. Raises DisclosureError when a table holds
    more than it may, and StorageError without space or permission; then nothing is left behind.
    """
    guard.check_results(results)
    try:
        releases_folder.mkdir(parents=True, exist_ok=True)
        clear_leftovers(releases_folder)
        name = _next_name((releases_folder, *away), results.source.date)
        files = release_files(results, words, audit, name)
        about_to(name)
        return _write(releases_folder, name, files, results)
    except OSError as error:
        raise _storage(error, releases_folder) from error


def refuse_unwritable(releases_folder: Path) -> None:
    """Raises StorageError where a release could not be written: better told before the work than after it."""
    try:
        with TemporaryFile(dir=releases_folder if releases_folder.exists() else releases_folder.parent):
            pass
    except OSError as error:
        raise _storage(OSError(error.errno, error.strerror), releases_folder) from error


def see_to_release(folder: Path) -> None:
    """Looks at a release file by file, and sees to its zip file: a missing one is written again.

    Raises DeliveryError when the folder is not what was released, or the zip file that is there is damaged or holds
    anything else, StorageError as above.
    """
    check_manifest(folder)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    archive = folder.with_name(f"{folder.name}.zip")
    if archive.exists():
        _check_zip(archive, files)
        return
    try:
        with written_whole(archive) as partial:
            _zip(partial, files)
    except OSError as error:
        raise _storage(error, archive) from error


def _check_zip(archive: Path, files: Mapping[str, bytes]) -> None:
    try:
        with zipfile.ZipFile(archive) as packed:
            same = sorted(packed.namelist()) == sorted(files)
            same = same and all(packed.read(name) == content for name, content in files.items())
    except BROKEN_ZIP:
        same = False
    if not same:
        raise DeliveryError(
            N_("The zip file of the release is damaged, or holds something else than its folder."),
            where=archive,
            todo=N_("Do not pass it on. Move it away and run again: it is written anew from the folder."),
        )


def clear_leftovers(releases_folder: Path) -> None:
    """Removes what a killed run left; finishes a release whose folder was already in place and only lacks its zip."""
    for path in sorted(releases_folder.iterdir()):
        found = _PARTIAL.fullmatch(path.name)
        if found is None:
            continue
        finished = releases_folder / f"{found['name']}.zip"
        if found["zip"] and (releases_folder / found["name"]).is_dir() and not finished.exists():
            path.rename(finished)
        else:
            _remove(path)


def leftover(name: str) -> str:
    """What a folder or zip file of a release is called while it is there by half: hidden, and cleared away later."""
    path = Path(name)
    return f".{path.stem}.partial{path.suffix}"


def _next_name(folders: Sequence[Path], date: int) -> str:
    """DATE-N with the smallest N above all names of the date: none is used twice, nor in the way."""
    day = dates.to_iso(date)
    names = [path.name.removesuffix(".zip") for folder in folders for path in folder.glob(f"{day}-*")]
    numbers = [name.removeprefix(f"{day}-") for name in names]
    taken = [int(number) for number in numbers if number.isdecimal()]
    return f"{day}-{max(taken, default=0) + 1}"


def _write(releases_folder: Path, name: str, files: Mapping[str, bytes], results: Results) -> Path:
    partial, packed = releases_folder / leftover(name), releases_folder / leftover(f"{name}.zip")
    target, archive = releases_folder / name, releases_folder / f"{name}.zip"
    try:
        for path, content in files.items():
            _put(partial / path, content)
        guard.check_written(partial, table_paths(results), results)
        _zip(packed, files)
        for folder in sorted({(partial / path).parent for path in files}):
            _sync(folder)
        partial.rename(target)
        packed.rename(archive)
        _sync(releases_folder)
    except BaseException:
        # The name was free, so whatever bears it now is ours.
        for left in (partial, packed, target, archive):
            _remove(left)
        raise
    return target


def _put(path: Path, content: bytes) -> None:
    """Writes one file and forces it to disk, so that a full disk shows here and not after the rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _zip(path: Path, files: Mapping[str, bytes]) -> None:
    """All files in one archive; times and rights are fixed, so equal content makes an equal archive."""
    with path.open("wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, files[name])
        raw.flush()
        os.fsync(raw.fileno())


def _sync(folder: Path) -> None:
    """Forces the names in a folder to disk, where the system lets folders be opened (Windows does not)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _storage(error: OSError, folder: Path) -> StorageError:
    where = error.filename or folder
    if error.errno in FULL:
        return StorageError(
            N_("There is no space left on the disk. The release was not written."),
            where=where,
            todo=N_("Free some space and run again; nothing is lost."),
        )
    if error.errno in FORBIDDEN:
        return StorageError(
            N_("There is no permission to write here. The release was not written."),
            where=where,
            todo=N_("Give yourself permission to write to this folder, or choose another town folder."),
        )
    return StorageError(
        N_("The release could not be written: {reason}."),
        where=where,
        reason=why(error),
        todo=N_("Check the disk and run again; nothing is lost."),
    )
