"""Releases that nobody outside has seen: put away when a new one of their reference date takes their place.

A release that was handed out can never be taken back: whoever has both can compare them, and the audit counts it for
ever. Only the town can know whether that happened.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from vielfalt.publish.package import leftover
from vielfalt.publish.releases import releases_in

PLACE = "withdrawn"
"""The folder of the vault that they are put into: they are protected, but not meant for anybody."""


def of_date(releases: Path, date: int) -> tuple[Path, ...]:
    """The folders of all releases of a reference date in the folder of releases of a town or county, oldest first."""
    return tuple(path for day, _, path in releases_in(releases) if day == date)


def put_away(releases: Sequence[Path], vault: Path) -> tuple[Path, ...]:
    """Moves releases with their zip files into the vault; where they lie now. Raises OSError when that fails.

    One that is not there was put away already, at the end of a killed run.
    """
    return tuple(_moved(folder, vault / PLACE) for folder in releases if folder.is_dir())


def _moved(folder: Path, place: Path) -> Path:
    """Moves a release; beside one of its name, as there is after releases were deleted by hand, it is called ``~2``.

    Its zip file may lie there already: the program was killed before the folder could follow.
    """
    place.mkdir(parents=True, exist_ok=True)
    names = (folder.name if number == 1 else f"{folder.name}~{number}" for number in count(1))
    zipped = _zipped(folder).exists()
    free = (path for name in names if not ((path := place / name).exists() or (zipped and _zipped(path).exists())))
    target = next(free)
    # The folder last: while it is there the release counts as published, and a next run puts it away.
    for path, to in ((_zipped(folder), _zipped(target)), (folder, target)):
        if path.exists():
            _move(path, to)
    return target


def _move(path: Path, to: Path) -> None:
    """Moves a file or folder, to another disk too: whole or not at all there, and gone here in one step."""
    try:
        path.rename(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = to.with_name(f".{to.name}.partial")
        _remove(partial)
        shutil.copytree(path, partial) if path.is_dir() else shutil.copy2(path, partial)
        partial.rename(to)
        path = path.rename(path.with_name(leftover(path.name)))
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _zipped(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.zip")
