"""What importing a package would change, without importing it: checked as for an import, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from vielfalt.desk.gateway import Published, programme_title
from vielfalt.desk.releases.importing import TWICE, checked, digest_of_areas, kept_release, refuse_twice
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import DeliveryError
from vielfalt.words import N_, Words

NEW, OTHERWISE, AS_BEFORE, GONE = (
    N_("New"),
    N_("Counted or protected otherwise"),
    N_("As before"),
    N_("No longer there"),
)
REDRAWN = N_("Other borders or names")


def previewed(path: Path, towns: Collection[str] | None, report: Callable[[str], None]) -> dict[str, Any]:
    """What an import would bring, as data: town, release, and each table and area level beside the town's latest one.

    ``before`` is the name of that latest release, empty where there is none. Figures are not compared: those of
    another date are other figures. Raises DeliveryError and DisclosureError as the import would.
    """
    with checked(path, towns, report) as (published, digest, folder):
        refuse_twice(published, digest, path)
        source = published.results.source
        before = Release.objects.filter(town__ags=source.ags).first()
        return {
            "town": source.town,
            "ags": source.ags,
            "new_town": not Town.objects.filter(ags=source.ags).exists(),
            "release": published.release,
            "date": published.description["reference_date"],
            "before": before.name if before else "",
            "tables": _compared(_tables(published), _kept_tables(before), OTHERWISE),
            "areas": _compared(_areas(published, folder), _kept_areas(before), REDRAWN),
        }


def previewed_or_there(
    path: Path, towns: Collection[str] | None, report: Callable[[str], None]
) -> dict[str, Any] | Release:
    """``previewed``, or the release that is there already where this very package has been imported before."""
    try:
        return previewed(path, towns, report)
    except DeliveryError as error:
        there = kept_release(path) if error.what == TWICE else None
        if there is None:
            raise
        return there


def tables_of(preview: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """The tables of a package that was looked at: their titles in the reader's language, and how they are."""
    return [(programme_title(words, one["id"]) or one["title"], one["state"]) for one in preview.get("tables", ())]


Things = Mapping[str, tuple[str, object]]
"""By id: the title, and what makes two of the same id the same."""


def _compared(here: Things, before: Things, changed: str) -> list[dict[str, str]]:
    """Each thing with what it is beside those of before; the ones that are gone last."""
    found = []
    for key, (title, content) in here.items():
        known = before.get(key)
        state = NEW if known is None else AS_BEFORE if known[1] == content else changed
        found.append({"id": key, "title": title, "state": state})
    gone = [{"id": key, "title": title, "state": GONE} for key, (title, _) in before.items() if key not in here]
    return found + gone


def _tables(published: Published) -> Things:
    return {
        key: (
            cells.table.title,
            [
                cells.method,
                dict(cells.protection.as_dict()),
                *map(list, (cells.table.dimensions, cells.table.definitions)),
            ],
        )
        for key, cells in published.results.tables.items()
    }


def _kept_tables(before: Release | None) -> Things:
    tables = before.tables.all() if before else ()
    return {one.key: (one.title, [one.method, one.parameters, one.dimensions, one.definitions]) for one in tables}


def _areas(published: Published, folder: Path) -> Things:
    paths = {entry["level"]: entry["path"] for entry in published.description["area_sets"]}
    return {
        level.id: (
            level.title,
            digest_of_areas(level.title, (folder / paths[level.id]).read_text(encoding="utf-8")),
        )
        for level in published.results.geography.levels
    }


def _kept_areas(before: Release | None) -> Things:
    return {one.level: (one.title, one.digest) for one in before.area_sets} if before else {}
