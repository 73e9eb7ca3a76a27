"""Reading a release package as a stranger's: everything it publishes, and nothing that it should not hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from vielfalt import dates
from vielfalt.cells import LEAST_CELL, Protection
from vielfalt.errors import DeliveryError, DisclosureError, StorageError, VielfaltError
from vielfalt.figures.index_values import IndexValue
from vielfalt.geography import TOWN, Area, AreaLevel, Geography, with_plain_blanks
from vielfalt.publish import agreement, guard, wellformed
from vielfalt.publish.descriptor import INDEX_FIELDS
from vielfalt.publish.layout import DESCRIPTOR, MANIFEST, WGS84
from vielfalt.publish.releases import read_release
from vielfalt.publish.results import Results, Source, TownRelease
from vielfalt.publish.shares import SUPPRESSED
from vielfalt.words import N_

_TODO = N_("Ask the town for the zip file of the release as Vielfalt wrote it.")
_AREA_PROPERTIES = {"key", "name", "parent"}


@dataclass(frozen=True)
class Published:
    """A release as it can be read back: its name, the results it publishes, and its description.

    ``description`` is what Vielfalt wrote beside the Frictionless fields: definitions, categories, breaks and the like.
    Of the results only source, areas, tables, indices, protection, rule set, fingerprint and the towns of a county are
    known.
    """

    release: str
    results: Results
    description: Mapping[str, Any]


def read_published(folder: Path) -> Published:
    """The release in a folder, checked as an intruder's would be.

    Raises DeliveryError when a file is missing, added, changed or unreadable, when a column or file is none that a
    release may have, or when its audit was not passed; DisclosureError when a table shows what must be hidden.
    """
    content = wellformed.description(folder)
    wellformed.check_description(content)
    _check_files(folder, content)
    with _as_a_strangers(folder):
        tables = read_release(folder).tables
    try:
        published = Published(
            release=content["release"],
            results=Results(
                source=_source(content),
                geography=_geography(folder, content),
                tables=tables,
                indices=_indices(folder),
                protection=Protection.of(content["protection"]),
                rule_set=content["rule_set"],
                fingerprint=content.get("altered", {}).get("perturbation_fingerprint", ""),
                made_of=tuple(TownRelease(**entry) for entry in content.get("made_of", ())),
            ),
            description=content,
        )
    except (KeyError, TypeError, ValueError, RecursionError, csv.Error, shapely.errors.GEOSException) as error:
        raise _refused(
            N_("The release cannot be read; it may come from another version of Vielfalt."), DESCRIPTOR
        ) from error
    with _as_a_strangers(folder):
        guard.check_results(published.results)
    wellformed.check_keys(published.results)
    _check_tables(published.results)
    _check_definitions(published)
    agreement.check_agreement(published.results)
    _check_audit(folder)
    return published


@contextmanager
def _as_a_strangers(folder: Path) -> Iterator[None]:
    """What is told of a town's own releases, told of a package from elsewhere: its file, and whom to ask."""
    try:
        yield
    except (DeliveryError, DisclosureError) as error:
        where = Path(error.where)
        place = where.relative_to(folder).as_posix() if where.is_relative_to(folder) else error.where
        raise type(error)(error.what, where="" if place == "." else place, todo=_TODO, **error.values) from error


def _check_files(folder: Path, content: Mapping[str, Any]) -> None:
    """Refuses missing files, files that no release has, and columns beside those of protected tables.

    The last two could tell of persons.
    """
    tables = {entry["path"]: entry["dimensions"] for entry in content["tables"]}
    areas = {entry["path"] for entry in content["area_sets"]}
    known = {DESCRIPTOR, MANIFEST, "indices.csv", "audit.json", "report.pdf", "report.html", *tables, *areas}
    for path in sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()):
        if path not in known and not (path.startswith("maps/") and path.endswith(".svg")):
            raise _refused(N_("The package holds a file that no release has."), path)
    for path in (*tables, *areas, "indices.csv", "audit.json"):
        if not (folder / path).is_file():
            raise _refused(N_("A file of the release is missing."), path)
        if not _is_utf8(folder / path):
            raise _refused(N_("A file of the package is not written in UTF-8."), path)
    for path, dimensions in tables.items():
        if _header(folder / path) != ["level", "area", *dimensions, "value", "status"]:
            raise _refused(
                N_("A table has other columns than a release may have; it could tell of single people."), path
            )


def _is_utf8(path: Path) -> bool:
    """Whether a file of the package can be read as text. Raises StorageError for one that may not be read."""
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    except PermissionError:
        raise StorageError(N_("The file cannot be read."), where=path, todo=N_("Check its permissions.")) from None
    except OSError:
        return True
    return True


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _source(content: Mapping[str, Any]) -> Source:
    town = content["town"]
    return Source(
        with_plain_blanks(town["name"]),
        town["ags"],
        dates.from_iso(content["reference_date"]),
        content["kind"],
        content["source"],
        content["licence"],
    )


def _geography(folder: Path, content: Mapping[str, Any]) -> Geography:
    town = content["town"]
    levels, shapes = [], {}
    for entry in content["area_sets"]:
        features = json.loads((folder / entry["path"]).read_text(encoding="utf-8"))["features"]
        if any(set(feature["properties"]) != _AREA_PROPERTIES for feature in features):
            raise _refused(N_("An area has other properties than key, name and parent."), entry["path"])
        areas = tuple(_area(**feature["properties"]) for feature in features)
        levels.append(AreaLevel(entry["level"], with_plain_blanks(entry["title"]), areas))
        shapes[entry["level"]] = _shapes(features)
    return Geography(_area(town["ags"], town["name"], ""), tuple(levels), WGS84, shapes)


def _area(key: str, name: str, parent: str) -> Area:
    """An area; earlier versions took names as a file had them, with blanks in a row and at the ends."""
    return Area(key, with_plain_blanks(name) if isinstance(name, str) else name, parent)


def _shapes(features: list[Mapping[str, Any]]) -> Mapping[str, BaseGeometry]:
    drawn = [feature for feature in features if feature["geometry"]]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in drawn])
    return {feature["properties"]["key"]: shape for feature, shape in zip(drawn, shapes, strict=True)}


def _indices(folder: Path) -> tuple[IndexValue, ...]:
    kinds: Mapping[str, Callable[[str], object]] = {"string": str, "number": float, "integer": int}
    with (folder / "indices.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            IndexValue(**{name: _read(row[name], kinds[kind]) for name, kind in INDEX_FIELDS})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        )


def _read(text: str, kind: Callable[[str], object]) -> object:
    return None if kind is not str and text == SUPPRESSED else kind(text)


def _check_tables(results: Results) -> None:
    """Raises DeliveryError for figures of areas that a level does not have, figures twice, too weak a protection."""
    for id, cells in results.tables.items():
        if min(cells.protection.min_cell, cells.protection.min_cell_fine) < LEAST_CELL:
            raise _refused(N_("A table was protected with a minimum cell below 3."), id)
        for level, area in cells.frame.select("level", "area").unique().iter_rows():
            if area not in results.geography.names(level):
                raise _refused(N_("A table has figures of an area that the release does not have."), id)
        if cells.frame.select("level", "area", *cells.table.dimensions).is_duplicated().any():
            raise _refused(N_("A table has the same figure twice."), id)


def _check_definitions(published: Published) -> None:
    """Raises DeliveryError when a table rests on a definition that the package does not explain."""
    explained = {entry["id"] for entry in published.description["definitions"]}
    for id, cells in published.results.tables.items():
        if missing := set(cells.table.definitions) - explained:
            raise DeliveryError(
                N_("The table “{table}” rests on the definition “{definition}”, which the package does not explain."),
                where=DESCRIPTOR,
                table=id,
                definition=min(missing),
                todo=_TODO,
            )
    levels = [level.id for level in published.results.geography.levels]
    if len({TOWN, *levels}) != len(levels) + 1:
        raise _refused(N_("The description of the release names an area level twice."), DESCRIPTOR)


def _check_audit(folder: Path) -> None:
    try:
        audit = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
        passed = audit["passed"] is True and not any(attack["disclosed"] for attack in audit["attacks"])
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        passed = False
    if not passed:
        raise _refused(N_("The release did not pass its audit, or its audit cannot be read."), "audit.json")


def _refused(message: str, where: object) -> VielfaltError:
    return DeliveryError(message, where=where, todo=_TODO)
