"""What an intruder holds: the releases of a town, each with its date and the earlier date its movements start from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vielfalt import dates
from vielfalt.errors import DeliveryError
from vielfalt.publish.layout import DESCRIPTOR
from vielfalt.publish.reading import read_published
from vielfalt.publish.results import Results
from vielfalt.words import N_


@dataclass(frozen=True)
class Release:
    """One release: its name, what it publishes, and the date its movements start from (0: it has none)."""

    name: str
    results: Results
    since: int


def read_releases(folders: Iterable[Path]) -> tuple[Release, ...]:
    """The releases in these folders. Raises DeliveryError for a package that is broken or none."""
    found = []
    for folder in folders:
        if not folder.exists():
            raise DeliveryError(
                N_("The release package does not exist."),
                where=folder,
                todo=N_("Correct the path or add the file."),
            )
        if not (folder / DESCRIPTOR).is_file():
            raise DeliveryError(
                N_("This is no release of Vielfalt: it has no readable description."),
                where=folder,
                todo=N_("Name the folder of a release, not its zip file and not the folder above."),
            )
        published = read_published(folder)
        since = published.description.get("movements_since")
        found.append(Release(published.release, published.results, dates.from_iso(since) if since else 0))
    return tuple(found)


def release_of(name: str, results: Results) -> Release:
    """What is about to be released, as an intruder would hold it."""
    return Release(name, results, results.movements.since if results.movements else 0)
