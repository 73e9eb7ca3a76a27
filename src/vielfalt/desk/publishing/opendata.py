"""What everybody may take away from a published release: its files as the vault wrote them, and a catalogue of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vielfalt.desk.atlas import figures
from vielfalt.desk.atlas.packages import archive_of
from vielfalt.desk.releases.models import Release
from vielfalt.desk.releases.packages import kept_file
from vielfalt.words import Words

_KINDS = {
    ".csv": ("CSV", "text/csv"),
    ".geojson": ("GEOJSON", "application/geo+json"),
    ".pdf": ("PDF", "application/pdf"),
}
"""What is offered as open data, by ending: the file type of the EU's list, and the media type."""


_LONGEST = 1 << 16
"""Bytes of a line after which nobody looks on."""


@dataclass(frozen=True)
class OpenFile:
    """One file of a release: path in the package, file type (EU list), media type, bytes, SHA-256."""

    path: str
    format: str
    media_type: str
    size: int
    sha256: str


def open_files(release: Release) -> tuple[OpenFile, ...]:
    """Tables, indices, areas and report of a release, but no table without rows, as a county has no indices.

    None where its package is not there any more.
    """
    return tuple(_described(archive_of(release)))


def titles(release: Release, words: Words) -> dict[str, str]:
    """What each file holds, by its path, in the language of the words; areas and tables bear their own titles.

    In the order in which readers look for them: report, tables, indices, areas.
    """
    found = {"report.pdf": words("Report (PDF)")}
    for table in release.tables.all():
        found[f"tables/{table.key}.csv"] = figures.table_title(table, words)
    found["indices.csv"] = words("Indices")
    for areas in release.area_sets:
        found[f"areas/{areas.level}.geojson"] = words("Areas: {level}", level=areas.title)
    return found


def content(release: Release, path: str) -> tuple[OpenFile, bytes] | None:
    """One of the files that are offered, with what it holds; None for any other."""
    found = next((file for file in open_files(release) if file.path == path), None)
    held = kept_file(archive_of(release), path) if found else None
    return (found, held) if found and held is not None else None


def _described(archive: Path) -> Iterator[OpenFile]:
    hashes = kept_file(archive, "MANIFEST")
    if hashes is None:
        return
    digests = {path: digest for digest, _, path in (line.partition("  ") for line in hashes.decode().splitlines())}
    with zipfile.ZipFile(archive) as file:
        for entry in file.infolist():
            kind = _KINDS.get(PurePosixPath(entry.filename).suffix)
            if kind and entry.filename in digests and (kind[0] != "CSV" or _has_rows(file, entry)):
                yield OpenFile(entry.filename, *kind, entry.file_size, digests[entry.filename])


def _has_rows(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as lines:
        return bool(lines.readline(_LONGEST) and lines.readline(_LONGEST))
