"""Releases of further dates and towns, edited before they are imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from forging import described, forged

from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Series

Description = dict[str, Any]
AGS = "05999004"
THEME = "?thema=foreigner&kategorie=foreign&ebene=quarter"


def dated(package: Path, tmp_path: Path, day: str, edit: Callable[[Description], object] = lambda _: None) -> Release:
    """The package with another reference date, imported; it names the date a year before as its previous release."""

    def change(folder: Path) -> None:
        def describe(content: Description) -> None:
            before = f"{int(day[:4]) - 1}{day[4:]}-1"
            content.update(release=f"{day}-1", reference_date=day, previous_release=before)
            edit(content)

        described(folder, describe)

    return import_release(forged(package, tmp_path / day, change))


def shift(release: Release, table: str, category: str, by: int) -> None:
    """Changes the published numbers of a category: another year has other people."""
    for series in Series.objects.filter(table__release=release, table__key=table, category=category):
        series.values = [None if value is None else value + by for value in series.values]
        series.save()


def a_break(check: str, names: list[str], level: str | None = None) -> Callable[[Description], None]:
    def edit(content: Description) -> None:
        entry = {"since": "2024-12-31", "check": check, "level": level, "names": names}
        content["breaks"] = [{**entry, "text": "Something changed.", "consequence": "Not compared."}]

    return edit
