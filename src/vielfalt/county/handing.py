"""What a town hands over to its county: its release, as everybody can read it, and the true totals behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from vielfalt import dates
from vielfalt.cells import Cells
from vielfalt.county.agreeing import disagreement
from vielfalt.errors import DisclosureError, TownError
from vielfalt.figures.disclosure import TownPart
from vielfalt.geography import TOWN
from vielfalt.publish.layout import MANIFEST
from vielfalt.publish.reading import Published, read_published
from vielfalt.publish.results import TownRelease
from vielfalt.town import Town
from vielfalt.vault.last_run import last_run
from vielfalt.vault.totals import COLUMNS, read_totals
from vielfalt.words import N_


@dataclass(frozen=True)
class Handed:
    """One town: its project, its release of the date, and its totals beside what it published of them."""

    town: Town
    published: Published
    part: TownPart
    release: TownRelease


def handed_over(town: Town, date: int, folder: Path) -> Handed:
    """What a town hands over. Raises DeliveryError or StorageError when release or totals cannot be read,
    DisclosureError when they are not of the same run."""
    vault = town.vault / dates.to_iso(date)
    last = last_run(vault)
    if last is None or last.release != folder.name:
        raise _of_another_run(folder)
    published = read_published(folder)
    totals = read_totals(vault)
    cells = {}
    for id, protected in published.results.tables.items():
        if id in totals:
            names = list(protected.table.dimensions)
            keys = dict(zip(COLUMNS[1:3], names, strict=False))
            frame = totals[id].rename(keys).select(pl.lit(town.ags).alias("area"), *names, *COLUMNS[3:])
            cells[id] = Cells(protected.table, frame)
    manifest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    shown = {id: published.results.tables[id] for id in cells}
    part = TownPart(town.ags, cells, shown)
    check_same_run(part, folder)
    return Handed(town, published, part, TownRelease(town.ags, published.release, manifest))


def check_same_run(part: TownPart, folder: Path) -> None:
    """Every figure that is shown unchanged is the true one; another one means totals of another run.

    Raises DisclosureError then, naming the folder of the town's release.
    """
    for id, protected in part.published.items():
        names = list(protected.table.dimensions)
        shown = protected.frame.filter((pl.col("level") == TOWN) & (pl.col("status") == "ok"))
        true = part.cells[id].frame.select(*names, "n")
        both = shown.join(true, on=names, how="left") if names else shown.join(true, how="cross")
        if not (both["value"] == both["n"].fill_null(0)).all():
            raise _of_another_run(folder)


def _of_another_run(folder: Path) -> DisclosureError:
    return DisclosureError(
        N_("The totals in the vault are not those of the town's release."),
        where=folder,
        todo=N_("Delete the folder of the date in the vault of the town, and run the town again."),
    )


def check_agreed(handed: Sequence[Handed], date: int) -> None:
    """Raises TownError, naming a town, when the figures of the towns cannot be added up or protected as one."""
    todo = N_("The towns are released; make their town.toml agree and run again to release the county.")
    first = handed[0]
    if error := disagreement([each.town for each in handed], date, todo):
        raise error
    for other in handed[1:]:
        for message, same in (
            (N_("“{one}” and “{other}” have different rule sets."), _rules(first) == _rules(other)),
            (N_("“{one}” and “{other}” use different code lists."), _codes(first) == _codes(other)),
        ):
            if not same:
                raise TownError(
                    message,
                    where=other.town.root / "town.toml",
                    one=first.town.name,
                    other=other.town.name,
                    todo=todo,
                )


def _rules(handed: Handed) -> str:
    return handed.published.results.rule_set


def _codes(handed: Handed) -> object:
    return handed.published.description["code_lists"]


def common(handed: Sequence[Handed]) -> tuple[list[TownPart], dict[str, str]]:
    """The towns with the tables that all of them have, and of every other table one town that lacks it."""
    definitions = [
        {id: (cells.table.dimensions, cells.table.definitions) for id, cells in each.part.cells.items()}
        for each in handed
    ]
    missing = {
        id: other.town.name
        for own in definitions
        for id in own
        for theirs, other in zip(definitions, handed, strict=True)
        if theirs.get(id) != own[id]
    }
    kept = [id for id in definitions[0] if id not in missing]
    parts = [
        TownPart(
            each.part.key,
            {id: each.part.cells[id] for id in kept},
            {id: each.part.published[id] for id in kept},
        )
        for each in handed
    ]
    return parts, missing
