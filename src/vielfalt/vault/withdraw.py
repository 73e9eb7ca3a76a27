"""Releases that nobody outside has seen: put away when a new one of their reference date takes their place.

A release that was handed out can never be taken back: whoever has both can compare them, and the audit counts it for
ever. Only the town can know whether that happened.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from vielfalt.publish.releases import releases_in

PLACE = "withdrawn"
"""The folder of the vault that they are put into: they are protected, but not meant for anybody."""


def of_date(releases: Path, date: int) -> tuple[Path, ...]:
    """The folders of all releases of a reference date in the folder of releases of a town or county, oldest first."""
    return tuple(path for day, _, path in releases_in(releases) if day == date)


def put_away(releases: Sequence[Path], vault: Path) -> tuple[Path, ...]:
    """Moves releases with their zip files into the vault; where they lie now. Raises OSError when that fails."""
    place = vault / PLACE
    for folder in releases:
        place.mkdir(parents=True, exist_ok=True)
        for path in (folder, folder.with_name(f"{folder.name}.zip")):
            if path.exists():
                shutil.move(path, place / path.name)
    return tuple(place / folder.name for folder in releases)
