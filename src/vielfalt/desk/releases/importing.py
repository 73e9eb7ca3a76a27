"""Importing a release: checked first, then kept whole in one transaction, or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from vielfalt.desk import gateway
from vielfalt.desk.gateway import TOWN, ProtectedCells, Published
from vielfalt.desk.releases.drawing import drawn
from vielfalt.desk.releases.models import AreaSet, Index, Level, Release, Series, Table, Town, joined
from vielfalt.desk.releases.packages import keep, kept_file, unpacked
from vielfalt.errors import DeliveryError
from vielfalt.words import N_

_BATCH = 500
_STATUS = {"ok": "o", "estimated": "e", "suppressed": "s"}
NO_AREA = "-"
UNPACK, CHECK, KEEP = N_("Unpack"), N_("Check"), N_("Keep figures")
STEPS = (UNPACK, CHECK, KEEP)
"""What an import does, in this order."""
TWICE = N_("This package has been imported before.")
_WHICH = N_("Ask the town which of the two it released; a release is never changed, it is followed by a new one.")
_NAMED_ANEW = N_(
    "One is of the register, one is a table that others counted. Import the table anew into the folder in which the "
    "other releases of the town lie (vielfalt import-table --out): there it gets a name of its own."
)


def silent(step: str) -> None:
    """Nobody waits for a step of this import."""
    del step


def import_release(path: Path, towns: Collection[str] | None = None, report: Callable[[str], None] = silent) -> Release:
    """Checks the package (zip file or folder) and keeps its figures; returns the release.

    ``towns``: keys of the municipalities it may be of, all when not given; ``report`` is called with each of ``STEPS``
    when it begins. Raises DeliveryError for a package of another municipality, one that was imported before, or one
    that cannot be used; DisclosureError when it shows what must be hidden. Nothing is kept then.
    """
    with checked(path, towns, report) as (published, digest, folder):
        report(KEEP)
        refuse_twice(published, digest, path)
        try:
            with transaction.atomic():
                release = _kept(published, digest, folder)
                keep(folder, settings.PACKAGES / f"{digest}.zip")
        except IntegrityError:
            refuse_twice(published, digest, path)
            raise
        return release


@contextmanager
def checked(
    path: Path, towns: Collection[str] | None, report: Callable[[str], None]
) -> Iterator[tuple[Published, str, Path]]:
    """What a package publishes, its digest and its folder, which is gone afterwards. Raises as ``import_release``."""
    report(UNPACK)
    with unpacked(path, settings.DATA / "work") as folder:
        report(CHECK)
        published = gateway.read_published(folder)
        source = published.results.source
        if towns is not None and source.ags not in towns:
            raise DeliveryError(
                N_("The package is of another municipality: {town} ({ags})."),
                where=path.name,
                town=source.town,
                ags=source.ags,
                todo=N_("Choose the package of this municipality, or import it where it belongs."),
            )
        yield published, hashlib.sha256((folder / "MANIFEST").read_bytes()).hexdigest(), folder


def imported(
    path: Path, towns: Collection[str] | None = None, report: Callable[[str], None] = silent
) -> tuple[Release, bool]:
    """``import_release``, or the release that is there already: whoever gives a package twice has what they want.

    The second value: whether it is new.
    """
    try:
        return import_release(path, towns, report), True
    except DeliveryError as error:
        there = kept_release(path) if error.what == TWICE else None
        if there is None:
            raise
        return there, False


def kept_release(path: Path) -> Release | None:
    """The release that was imported from this package (zip file or folder); None for a package that is new here."""
    file = path / "MANIFEST"
    manifest = file.read_bytes() if file.is_file() else kept_file(path, "MANIFEST")
    return None if manifest is None else Release.objects.filter(digest=hashlib.sha256(manifest).hexdigest()).first()


def refuse_twice(published: Published, digest: str, path: Path) -> None:
    """Raises DeliveryError when this package, or another one of its name, is there already: it is in the address."""
    source = published.results.source
    if Release.objects.filter(digest=digest).exists():
        raise DeliveryError(TWICE, where=path.name, todo=N_("There is nothing to do."))
    there = Release.objects.filter(town__ags=source.ags, name=published.release).first()
    if there:
        raise DeliveryError(
            N_("Another package with the name “{release}” has been imported for {town}."),
            where=path.name,
            release=published.release,
            town=source.town,
            todo=_WHICH if there.kind == source.kind else _NAMED_ANEW,
        )


def _kept(published: Published, digest: str, folder: Path) -> Release:
    source = published.results.source
    town = _named(source.ags, source.town)
    release = Release.objects.create(
        town=town,
        name=published.release,
        reference_date=dt.date.fromisoformat(published.description["reference_date"]),
        kind=source.kind,
        rule_set=published.results.rule_set,
        digest=digest,
        description={**published.description, "tables": []},
    )
    areas = {TOWN: [source.ags]} | dict(_levels(published, release, folder))
    for position, cells in enumerate(published.results.tables.values()):
        table = _table(release, cells, position)
        Series.objects.bulk_create(_series(table, cells, areas, published), batch_size=_BATCH)
    values = (vars(value) for value in published.results.indices)
    Index.objects.bulk_create((Index(release=release, **value) for value in values), batch_size=_BATCH)
    return release


def _named(ags: str, name: str) -> Town:
    """The town, under the name that the package has for it.

    Its row is not locked before the history is (``update_or_create`` would): an invitation takes them the other way.
    """
    town, _ = Town.objects.get_or_create(ags=ags, defaults={"name": name})
    if town.name != name:
        town.name = name
        town.save()
    return town


def digest_of_areas(title: str, geojson: str) -> str:
    """What tells one set of areas from another."""
    return hashlib.sha256(json.dumps([title, geojson]).encode()).hexdigest()


def _levels(published: Published, release: Release, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Keeps the area levels; yields the keys of each level's areas in their order."""
    paths = {entry["level"]: entry["path"] for entry in published.description["area_sets"]}
    for position, level in enumerate(published.results.geography.levels):
        geojson = (folder / paths[level.id]).read_text(encoding="utf-8")
        digest = digest_of_areas(level.title, geojson)
        found = AreaSet.objects.filter(town=release.town, level=level.id, digest=digest).first()
        if found is None:
            shown = drawn(published.results, level)
            found = AreaSet.objects.create(
                town=release.town,
                level=level.id,
                title=level.title,
                digest=digest,
                width=shown.width,
                height=shown.height,
                areas=shown.areas,
                geojson=geojson,
            )
        Level.objects.create(release=release, area_set=found, position=position)
        yield level.id, [area.key for area in level.areas]


def _table(release: Release, cells: ProtectedCells, position: int) -> Table:
    table = cells.table
    return Table.objects.create(
        release=release,
        key=table.id,
        title=table.title,
        dimensions=list(table.dimensions),
        definitions=list(table.definitions),
        unit=table.unit,
        town_only=table.town_only,
        method=cells.method,
        parameters=dict(cells.protection.as_dict()),
        position=position,
    )


def _series(
    table: Table, cells: ProtectedCells, areas: Mapping[str, list[str]], published: Published
) -> Iterator[Series]:
    """One series per category and level, and per level the base of the shares; none for numbers alone."""
    places = {level: {key: place for place, key in enumerate(keys)} for level, keys in areas.items()}
    found: dict[tuple[str, str], tuple[list[int | None], list[str]]] = {}
    for level, area, *category, value, status in cells.frame.iter_rows():
        size = len(areas[level])
        key = (level, joined(category))
        values, marks = found.setdefault(key, ([None] * size, [NO_AREA] * size))
        values[places[level][area]], marks[places[level][area]] = value, _STATUS[status]
    if cells.table.dimensions:
        for level in cells.frame["level"].unique(maintain_order=True):
            bases = gateway.bases(published.results, table.key, level)
            if not bases:
                continue
            known = [bases.get(area) for area in areas[level]]
            marks = [NO_AREA if area not in bases else "s" if bases[area] is None else "o" for area in areas[level]]
            found[level, Series.BASE] = known, marks
    for (level, name), (values, marks) in found.items():
        yield Series(table=table, level=level, category=name, values=values, status="".join(marks))
