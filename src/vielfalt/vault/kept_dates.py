"""The earlier reference dates in the vault: link files and facts, what is kept of them and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from vielfalt import codes, dates
from vielfalt.breaks import Facts
from vielfalt.engines.base import Engine, Frame
from vielfalt.errors import StorageError
from vielfalt.geography import Geography
from vielfalt.publish.releases import latest_release_before
from vielfalt.publish.results import Previous
from vielfalt.register.birthplaces import COUNTRY_OF_BIRTH
from vielfalt.register.immigration import IMMIGRATION_HISTORY
from vielfalt.register.kinship import LINKS as HOUSEHOLD_LINKS
from vielfalt.register.links import EARLIER, LINK, LINKS, link_rows
from vielfalt.register.origin import migration_status
from vielfalt.register.tabulate import values_of
from vielfalt.register.two_dates import current
from vielfalt.rule_sets import rule_set
from vielfalt.town import Town
from vielfalt.vault.totals import TOTALS
from vielfalt.wholefile import is_there, written_whole
from vielfalt.words import N_

FACTS, PERSONS, EVIDENCE = "facts.json", "persons.parquet", "evidence.parquet"


@dataclass(frozen=True)
class Earlier:
    """An earlier reference date that can be compared: its link file, its facts, its last release."""

    date: int
    links: pl.DataFrame
    facts: Facts
    release: Previous


def earlier(town: Town, date: int) -> Earlier | None:
    """The latest earlier date whose link file is kept and that was released; None when there is none.

    Raises DeliveryError when that release is broken, StorageError when the link file cannot be read.
    """
    for day in reversed(linked_dates(town)):
        facts = read_facts(town, day)
        release = latest_release_before(town.releases, day + 1, town.ags, "register") if day < date else None
        if facts is not None and release is not None and release.date == day:
            return Earlier(day, _links(town.vault / dates.to_iso(day) / LINKS), facts, release)
    return None


def _links(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        raise StorageError(
            N_("The link file of the earlier reference date is damaged."),
            where=path,
            todo=N_("Delete it and evaluate that date again, or go on without movements: vielfalt forget, then run."),
        ) from None


def kept_whole(town: Town, date: int) -> bool:
    """Whether the vault still holds all that a run keeps of a date: what explains it, and its link file if wanted."""
    folder = town.vault / dates.to_iso(date)
    latest = sorted({*linked_dates(town), date})[-town.link_dates :] if town.link_dates else []
    files = (PERSONS, EVIDENCE, TOTALS, *([LINKS] if date in latest else []))
    return read_facts(town, date) is not None and all((folder / name).is_file() for name in files)


def linked_dates(town: Town) -> tuple[int, ...]:
    """The reference dates whose link file is kept, oldest first. Raises OSError where that cannot be looked at."""
    days = dates.of_folders(town.vault.iterdir() if town.vault.is_dir() else ())
    return tuple(day for day in days if is_there(town.vault / dates.to_iso(day) / LINKS))


def forget(town: Town, days: Iterable[int]) -> tuple[Path, ...]:
    """Deletes the link files of these dates; the files deleted. Published figures and facts stay."""
    gone = []
    for day in days:
        path = town.vault / dates.to_iso(day) / LINKS
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError:
            raise StorageError(
                N_("The vault cannot be written or read."), where=path, todo=N_("Check the folder's permissions.")
            ) from None
        gone.append(path)
    return tuple(gone)


def keep_links(engine: Engine, residents: Frame, folder: Path) -> None:
    """Writes the link file of a reference date, sorted by pseudonym so that the order of rows tells nothing."""
    with written_whole(folder / LINKS) as partial:
        engine.write(link_rows(residents), partial, order=LINK)
        partial.chmod(0o600)


def in_todays_numbers(before: Earlier, geography: Geography) -> pl.DataFrame:
    """The link file of an earlier date with the numbers of today's areas and code lists."""
    return current(before.links, before.facts.values, geography)


def facts_of(
    town: Town,
    date: int,
    delivered: frozenset[str],
    missing: Mapping[str, float],
    written: tuple[float, float],
    geography: Geography,
) -> Facts:
    """What is to be remembered of a reference date."""
    decisions = (COUNTRY_OF_BIRTH, migration_status(rule_set(town.rule_set)), IMMIGRATION_HISTORY)
    return Facts(
        date=date,
        delivered=delivered,
        missing={name: round(part, 4) for name, part in missing.items()},
        rule_set=town.rule_set,
        rules=(
            *(rule.id for decision in decisions for rule in decision.all_rules()),
            *(link.id for link in HOUSEHOLD_LINKS),
        ),
        code_lists=codes.VERSION,
        areas={level.id: _areas(geography, level.id) for level in geography.levels},
        parents={level.id: {area.key: area.parent for area in level.areas} for level in geography.levels[1:]},
        values={name: tuple(values_of(name, geography)) for name in EARLIER},
        zeros=round(written[0], 4),
        uneven=round(written[1], 4),
    )


def _areas(geography: Geography, level: str) -> Mapping[str, tuple[float, float, float]]:
    """Size and centre of every area of a level, in whole units of the coordinate system; zeros without polygon."""
    shapes = geography.shapes.get(level, {})
    found = {}
    for area in geography.level(level).areas:
        shape = shapes.get(area.key)
        centre = shape.centroid if shape is not None else None
        found[area.key] = (0.0, 0.0, 0.0) if shape is None or centre is None else (shape.area, centre.x, centre.y)
    return found


def write_facts(facts: Facts, folder: Path) -> None:
    """Writes the facts of a reference date as JSON."""
    content = {**vars(facts), "delivered": sorted(facts.delivered)}
    with written_whole(folder / FACTS) as partial:
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8", newline="\n")


def read_facts(town: Town, date: int) -> Facts | None:
    """The facts of a reference date; None where there are none, or of another version."""
    try:
        found: dict[str, Any] = json.loads((town.vault / dates.to_iso(date) / FACTS).read_text(encoding="utf-8"))
        return Facts(
            date=int(found["date"]),
            delivered=frozenset(found["delivered"]),
            missing=dict(found["missing"]),
            rule_set=found["rule_set"],
            rules=tuple(found["rules"]),
            code_lists=found["code_lists"],
            areas={
                level: {key: (area[0], area[1], area[2]) for key, area in areas.items()}
                for level, areas in found["areas"].items()
            },
            parents={level: dict(keys) for level, keys in found["parents"].items()},
            values={name: tuple(keys) for name, keys in found["values"].items()},
            zeros=float(found["zeros"]),
            uneven=float(found["uneven"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
