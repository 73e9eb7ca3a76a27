"""What everybody may take away from a published release: its files as the vault wrote them, and a catalogue of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from vielfalt.desk.atlas.packages import archive_of
from vielfalt.desk.releases.models import Release
from vielfalt.desk.releases.packages import kept_file

_KINDS = {
    ".csv": ("CSV", "text/csv"),
    ".geojson": ("GEOJSON", "application/geo+json"),
    ".pdf": ("PDF", "application/pdf"),
}
"""What is offered as open data, by ending: the file type of the EU's list, and the media type."""


@dataclass(frozen=True)
class OpenFile:
    """One file of a release: path in the package, title, file type (EU list), media type, bytes, SHA-256."""

    path: str
    title: str
    format: str
    media_type: str
    size: int
    sha256: str


def open_files(release: Release) -> tuple[OpenFile, ...]:
    """Tables, indices, areas and report of a release; none where its package is not there any more."""
    return tuple(_described(archive_of(release)))


def content(release: Release, path: str) -> tuple[OpenFile, bytes] | None:
    """One of the files that are offered, with what it holds; None for any other."""
    found = next((file for file in open_files(release) if file.path == path), None)
    held = kept_file(archive_of(release), path) if found else None
    return (found, held) if found and held is not None else None


def _described(archive: Path) -> Iterator[OpenFile]:
    described, hashes = kept_file(archive, "datapackage.json"), kept_file(archive, "MANIFEST")
    if described is None or hashes is None:
        return
    digests = {path: digest for digest, _, path in (line.partition("  ") for line in hashes.decode().splitlines())}
    titles = {entry["path"]: _title(entry) for entry in json.loads(described)["resources"]}
    with zipfile.ZipFile(archive) as file:
        for entry in file.infolist():
            kind = _KINDS.get(PurePosixPath(entry.filename).suffix)
            if kind and entry.filename in digests:
                title = titles.get(entry.filename) or entry.filename
                yield OpenFile(entry.filename, title, *kind, entry.file_size, digests[entry.filename])


def _title(entry: dict[str, Any]) -> str:
    return str(entry.get("title") or entry.get("name") or "")
