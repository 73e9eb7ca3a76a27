"""Finding and reading releases: the protected tables of an earlier reference date, with every hash checked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from vielfalt import dates, movement_programme, programme, rule_sets
from vielfalt.cells import ProtectedCells, Protection
from vielfalt.errors import DeliveryError, UsageError
from vielfalt.publish.descriptor import FORMAT
from vielfalt.publish.layout import DESCRIPTOR, MANIFEST
from vielfalt.publish.results import Previous
from vielfalt.publish.shares import SUPPRESSED
from vielfalt.table import Table, counted_by
from vielfalt.words import N_

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-(\d+)")
_TODO = N_("Restore the release from its zip file or a backup, or move it out of the folder “releases”.")


def releases_in(folder: Path) -> tuple[tuple[int, int, Path], ...]:
    """Reference date, number and folder of every release, oldest first. A missing folder holds none.

    Raises DeliveryError where a folder is called as a release is, but by no day of the calendar.
    """
    if not folder.is_dir():
        return ()
    named = [(match, path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name)) and path.is_dir()]
    return tuple(sorted((_day(match[1], path), int(match[2]), path) for match, path in named))


def _day(text: str, folder: Path) -> int:
    try:
        return dates.from_iso(text)
    except UsageError:
        raise DeliveryError(
            N_("The folder is named after “{text}”, which is no day of the calendar."),
            where=folder,
            text=text,
            todo=N_("Vielfalt has not written it under this name. Name it as it was, or move it out of “releases”."),
        ) from None


def latest_release_before(releases: Path, date: int, ags: str, kind: str) -> Previous | None:
    """The last release of the nearest earlier reference date; None when there is none.

    Releases of another municipality, or of another kind (register, table), lie in the same folder where tables are
    imported into it; they are passed over. Raises DeliveryError when a release is broken.
    """
    found = [path for day, _, path in releases_in(releases) if day < date]
    read = (read_release(path) for path in reversed(found))
    return next((previous for previous in read if (previous.ags, previous.kind) == (ags, kind)), None)


def releases_before(releases: Path, date: int, ags: str, kind: str) -> Iterator[Previous]:
    """The last release of each earlier reference date, the latest date first; see ``latest_release_before``."""
    while (release := latest_release_before(releases, date, ags, kind)) is not None:
        yield release
        date = release.date


def read_release(path: Path) -> Previous:
    """The protected tables of a release folder.

    Raises DeliveryError when a file is missing, added or changed, or the release is written in another form.
    """
    check_manifest(path)
    try:
        content = json.loads((path / DESCRIPTOR).read_text(encoding="utf-8"))["vielfalt"]
        check_format(content, path / DESCRIPTOR)
        return Previous(
            date=dates.from_iso(content["reference_date"]),
            release=content["release"],
            tables={entry["id"]: _table(path, entry) for entry in content["tables"]},
            ags=content["town"]["ags"],
            kind=content["kind"],
            rule_set=content["rule_set"],
        )
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DeliveryError(
            N_("The release cannot be read; it may come from another version of Vielfalt."), where=path, todo=_TODO
        ) from error


def check_format(content: Mapping[str, Any], where: Path | str) -> None:
    """Raises DeliveryError unless the description of a release says that it is written in the form of this program.

    Raises KeyError, TypeError or ValueError where it says nothing of its form.
    """
    if (version := int(content["format"])) != FORMAT:
        raise DeliveryError(
            N_("The release is written in form {version}; this program reads form {known}."),
            where=where,
            version=version,
            known=FORMAT,
            todo=N_("Bring both programs to the same version."),
        )


def check_manifest(path: Path) -> None:
    """Raises DeliveryError unless the folder holds exactly the files of its MANIFEST, unchanged."""
    try:
        lines = (path / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DeliveryError(N_("The release has no readable MANIFEST."), where=path, todo=_TODO) from None
    wanted = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    present = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    present.pop(MANIFEST)
    for name in sorted(wanted.keys() ^ present.keys()):
        raise DeliveryError(
            N_("A file of the release is missing, or does not belong to it."), where=path / name, todo=_TODO
        )
    for name, file in sorted(present.items()):
        if hashlib.sha256(file.read_bytes()).hexdigest() != wanted[name]:
            raise DeliveryError(N_("A file of the release has been changed."), where=file, todo=_TODO)


def _table(path: Path, entry: Mapping[str, Any]) -> ProtectedCells:
    table = Table(
        id=entry["id"],
        title=entry["title"],
        dimensions=tuple(entry["dimensions"]),
        definitions=tuple(entry["definitions"]),
        parent=entry["parent"],
        unit=entry["unit"],
        fine=entry["fine"],
        town_only=entry["town_only"],
    )
    frame = pl.read_csv(path / entry["path"], infer_schema=False).fill_null("")
    value = pl.when(pl.col("value") != SUPPRESSED).then(pl.col("value")).cast(pl.Int64).alias("value")
    protection = entry["protection"]
    return ProtectedCells(
        table=_known(table),
        frame=frame.with_columns(value),
        method=protection["method"],
        protection=Protection.of(protection["parameters"]),
    )


def _known(read: Table) -> Table:
    """The programme's own table where it still counts the same, so that its title can be translated."""
    ours = (table for table in (*programme.ALL, *movement_programme.ALL) if table.id == read.id)
    counted = (counted_by(table, entry.definition) for table in ours for entry in rule_sets.ALL)
    same = (own for own in counted if (own.dimensions, own.definitions) == (read.dimensions, read.definitions))
    return next(same, read)
