"""The audit as a command: attacks on releases from their folders, beside figures published elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

from vielfalt import audit
from vielfalt.audit.attacks import TITLES, Attack
from vielfalt.audit.figures import Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.errors import DeliveryError, UsageError
from vielfalt.words import N_, Words


def of_folders(folders: Sequence[Path], elsewhere: Iterable[Path]) -> tuple[Attack, ...]:
    """The attacks on the last of the releases by somebody who has all of them and the tables published elsewhere.

    Raises DeliveryError when a release or a table cannot be read, UsageError when they are of several
    municipalities.
    """
    releases = audit.read_releases(folders)
    if any(release.results.made_of for release in releases):
        return _of_county(releases, elsewhere)
    towns = sorted({release.results.source.ags for release in releases})
    if len(towns) > 1:
        raise UsageError(
            N_("The releases are of different municipalities: {keys}."),
            keys=", ".join(towns),
            todo=N_("Audit the releases of one municipality, oldest first."),
        )
    known = [entry for path in elsewhere for entry in _known(path, releases[-1])]
    return audit.attack(releases, known)


def _of_county(releases: Sequence[Release], elsewhere: Iterable[Path]) -> tuple[Attack, ...]:
    """The attacks on the last release of a county, alone and together with those of its towns.

    Raises UsageError when one of the releases that the county is made of is not among them.
    """
    counties = [release for release in releases if release.results.made_of]
    have = {(release.results.source.ags, release.name) for release in releases}
    for part in (part for county in counties for part in county.results.made_of):
        if (part.ags, part.release) not in have:
            raise UsageError(
                N_("The release {release} of the town {ags}, of which the county is made, is missing."),
                release=part.release,
                ags=part.ags,
                todo=N_("Name the releases of all towns and that of the county."),
            )
    known = [entry for path in elsewhere for entry in _known(path, counties[-1])]
    return (*audit.attack(counties, known), audit.attack_county(releases))


def _known(path: Path, release: Release) -> list[tuple[Key, int]]:
    """The figures of a table published elsewhere, in the columns of a release's table; ``status`` may be missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        names = [name for name in (rows[0] if rows else {}) if name not in ("level", "area", "value", "status")]
        table = next(table for table in release.results.tables.values() if list(table.table.dimensions) == names)
        base = key_of(release, table)
        return [
            (
                Key(
                    base.date,
                    base.table,
                    base.definitions,
                    row["level"],
                    row["area"],
                    tuple(row[name] for name in names),
                ),
                int(row["value"]),
            )
            for row in rows
            if row["value"].isdecimal()
        ]
    except (OSError, UnicodeDecodeError, KeyError, StopIteration, csv.Error):
        raise DeliveryError(
            N_("This table of figures published elsewhere cannot be used."),
            where=path,
            todo=N_("It needs the columns level, area, those of a table of the release, and value."),
        ) from None


def lines(attacks: Iterable[Attack], words: Words) -> list[str]:
    """The report of the audit: one line per attack; below it the places that were told, not the numbers."""
    found = []
    for each in attacks:
        found.append(f"{words(TITLES[each.id])}: {_result(each, words)}")
        found += [f"    {_place(told.key)}" for told in each.told]
    return found


def _result(attack: Attack, words: Words) -> str:
    if not attack.tried:
        return words("nothing to try")
    held = words.plural("{n} figure told", "{n} figures told", len(attack.told)) if attack.told else words("held")
    return f"{words.plural('{n} figure tried', '{n} figures tried', attack.tried)}, {held}{_programs(attack, words)}"


def _programs(attack: Attack, words: Words) -> str:
    """How many figures each kind of linear program decided, and how many none did."""
    if attack.programs is None:
        return ""
    together, alone, left = (words.number(n) for n in astuple(attack.programs))
    text = N_("linear programs decided {together} together, {alone} one by one, and left {left} undecided")
    return f" ({words(text, together=together, alone=alone, left=left)})"


def _place(key: Key) -> str:
    return " ".join(part for part in (key.table, key.level, key.area, *key.category) if part)
