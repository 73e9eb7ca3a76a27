"""The audit of releases from their folders, with what earlier releases and other publications show."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from vielfalt import audit
from vielfalt.audit.attacks import OF_A_READER, TITLES, Attack
from vielfalt.audit.figures import Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.errors import DeliveryError, DisclosureError, UsageError
from vielfalt.publish.contents import MANIFEST
from vielfalt.publish.releases import releases_in
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


def before(
    folder: Path, ags: str, kind: str, *, without: Sequence[Path] = ()
) -> tuple[tuple[Release, ...], list[dict[str, str]]]:
    """The releases of a town that were published before, oldest first, and each with the hash of its manifest."""
    paths = [path for _, _, path in releases_in(folder) if path not in without]
    read = zip(paths, audit.read_releases(paths), strict=True)
    own = [
        (path, release)
        for path, release in read
        if (release.results.source.ags, release.results.source.kind) == (ags, kind)
    ]
    remembered = [
        {"release": release.name, "manifest": hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest()}
        for path, release in own
    ]
    return tuple(release for _, release in own), remembered


def as_json(attacks: Iterable[Attack]) -> list[dict[str, Any]]:
    """The attacks as the release package and ``--json`` tell them: what was tried, how, and how many were told."""
    return [
        {"id": each.id, "attacker": _attacker(each), "cells": each.tried, "disclosed": len(each.told)}
        | ({"programs": asdict(each.programs)} if each.programs else {})
        for each in attacks
    ]


def _attacker(attack: Attack) -> str:
    """Who makes an attack, by the ids of ``figures.disclosure.ATTACKERS``."""
    return "reader" if attack.id in OF_A_READER else "sums"


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


def passed(attacks: Iterable[Attack]) -> bool:
    """Whether the attacks told no hidden figure and decided all of them."""
    attacks = tuple(attacks)
    return not _left(attacks) and not any(each.told for each in attacks)


def _left(attacks: Iterable[Attack]) -> int:
    """The most figures that one of the attacks could not decide."""
    return max((each.programs.left for each in attacks if each.programs), default=0)


def refuse(attacks: Iterable[Attack], where: object) -> None:
    """Raises DisclosureError when an attack told a hidden figure."""
    told = sum(len(each.told) for each in attacks)
    if told:
        raise DisclosureError(
            N_("The audit computed {cells} hidden figures from what is published."),
            where=where,
            cells=told,
            todo=N_("Do not publish this release. Raise the thresholds in [protection] of town.toml and run again."),
        )


def refuse_undecided(attacks: Iterable[Attack], where: object) -> None:
    """Raises DisclosureError when an attack could not decide a hidden figure."""
    if left := _left(attacks):
        raise DisclosureError(
            N_("The audit could not decide whether {cells} hidden figures can be computed."),
            where=where,
            cells=left,
            todo=N_(
                "Do not publish this release. Raise the thresholds in [protection] of town.toml, or leave out the "
                "finest area level, and report this message."
            ),
        )


def refuse_together(attacks: Iterable[Attack], releases: Path) -> None:
    """Raises DisclosureError when a release tells hidden figures only beside the releases before it."""
    told = {each.id: len(each.told) for each in attacks}
    together = sum(told.pop(id, 0) for id in ("releases", "areas", "methods"))
    if together and not any(told.values()):
        raise DisclosureError(
            N_("Beside the releases before it this one would tell {cells} hidden figures; nothing was released."),
            where=releases,
            cells=together,
            todo=N_(
                "If nobody outside has seen a release of this reference date yet, run again with --replace; after "
                "importing a table, remove that release and import again. If somebody has seen it, leave it at that "
                "release, or raise the thresholds in [protection] and try again."
            ),
        )


def _place(key: Key) -> str:
    return " ".join(part for part in (key.table, key.level, key.area, *key.category) if part)


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
            if row["value"].isdigit()
        ]
    except (OSError, UnicodeDecodeError, KeyError, StopIteration, csv.Error):
        raise DeliveryError(
            N_("This table of figures published elsewhere cannot be used."),
            where=path,
            todo=N_("It needs the columns level, area, those of a table of the release, and value."),
        ) from None
