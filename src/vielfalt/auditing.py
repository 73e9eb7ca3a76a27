"""The audit of a release before it is written: who attacked it, what he could tell, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from vielfalt.audit import attack as attack_as_intruder
from vielfalt.audit import read_releases, release_of
from vielfalt.audit.attacks import OF_A_READER, Attack
from vielfalt.audit.releases import Release
from vielfalt.cells import ProtectedCells
from vielfalt.errors import DisclosureError
from vielfalt.figures.disclosure import Held, Rooms
from vielfalt.publish.layout import MANIFEST
from vielfalt.publish.releases import releases_in
from vielfalt.publish.results import Results
from vielfalt.words import N_


class GroupsTellError(DisclosureError):
    """Movements by group tell hidden figures, or leave it undecided whether they do, and nothing else does."""


def audited(
    results: Results,
    attacks: Sequence[Mapping[str, object]],
    releases: Path,
    where: Path,
    replaced: Sequence[Path] = (),
) -> dict[str, object]:
    """The report of the audit by an intruder who has this release and all of its kind before it in the folder.

    ``attacks`` are those made before, ``where`` is what an error names. Raises DisclosureError when a figure is told,
    or could not be decided.
    """
    source = results.source
    earlier, remembered = before(releases, source.ags, source.kind, without=replaced)
    intruder = attack_as_intruder((*earlier, release_of("", results)))
    refuse_together(intruder, releases)
    refuse(intruder, where)
    refuse_undecided(intruder, where)
    told = [{**entry, "id": f"intruder_{entry['id']}"} for entry in as_json(intruder)]
    return report([*attacks, *told]) | {"published_before": remembered}


def report(attacks: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The report of the audit, as the release package holds it: every attack, and whether all of them failed."""
    return {"attacks": list(attacks), "passed": not any(entry["disclosed"] for entry in attacks)}


def attack(id: str, tables: Mapping[str, ProtectedCells], disclosed: int) -> Mapping[str, object]:
    """One attack as the report of the audit tells it: the tables and cells tried, and how many it could compute."""
    return {
        "id": id,
        "tables": len(tables),
        "cells": sum(table.frame.height for table in tables.values()),
        "hidden": sum(int((table.frame["status"] == "suppressed").sum()) for table in tables.values()),
        "disclosed": disclosed,
    }


def proved(found: Rooms, where: Path) -> list[Mapping[str, object]]:
    """The room of all hidden figures per attacker, as the audit tells it.

    Raises DisclosureError when a figure has less room than it must have.
    """
    if narrow := sum(each.narrow for each in found.held):
        raise DisclosureError(
            N_("Hidden figures with too little room for what they may be: {cells}. Nothing was released."),
            where=where,
            cells=narrow,
            todo=N_("Raise the thresholds in [protection] of town.toml, and report this message."),
        )
    return [room(each, found.frame) for each in found.held]


def room(held: Held, proof: pl.DataFrame) -> Mapping[str, object]:
    """The room that one attacker leaves to hidden figures, as the report of the audit tells it.

    ``cells`` are all hidden figures, of which ``proof`` has a row each. Those that are not zero were looked at; their
    number would tell of every hidden figure of a small release whether it is zero. Nothing here depends on the true
    numbers but by what is published: whoever tried others for them would see which give the same report.
    """
    return {
        "id": f"room_{held.attacker}",
        "attacker": held.attacker,
        "cells": proof.height or held.cells,
        "disclosed": held.narrow,
        "narrowest": held.narrowest,
    }


def refuse_leaks(leaks: pl.DataFrame, where: Path) -> None:
    """Raises DisclosureError when the audit found hidden figures that could be recomputed."""
    if leaks.height:
        raise DisclosureError(
            N_("Hidden figures that could be recomputed from the published ones: {cells}. Nothing was released."),
            where=where,
            cells=leaks.height,
            todo=N_("Raise the thresholds in [protection] of town.toml, and report this message."),
        )


def before(
    folder: Path, ags: str, kind: str, *, without: Sequence[Path] = ()
) -> tuple[tuple[Release, ...], list[dict[str, str]]]:
    """The releases of a town that were published before, oldest first, and each with the hash of its manifest."""
    paths = [path for _, _, path in releases_in(folder) if path not in without]
    read = zip(paths, read_releases(paths), strict=True)
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
            N_("Hidden figures that the audit computed from what is published: {cells}."),
            where=where,
            cells=told,
            todo=N_("Do not publish this release. Raise the thresholds in [protection] of town.toml and run again."),
        )


def refuse_undecided(attacks: Iterable[Attack], where: object) -> None:
    """Raises DisclosureError when an attack could not decide a hidden figure."""
    attacks = tuple(attacks)
    if left := _left(attacks):
        others = _left(each for each in attacks if each.id != "movements")
        raise (DisclosureError if others else GroupsTellError)(
            N_("Hidden figures of which the audit could not decide whether they can be computed: {cells}."),
            where=where,
            cells=left,
            todo=N_(
                "Do not publish this release. Raise the thresholds in [protection] of town.toml, or leave out the "
                "finest area level, and report this message."
            ),
        )


def refuse_together(attacks: Iterable[Attack], releases: Path) -> None:
    """Raises DisclosureError when a release tells only beside those before it: hidden figures, or whom a correction was
    about. Of numbers rounded by chance nobody can tell a correction from another key: releases do not name it.
    """
    told = {each.id: len(each.told) for each in attacks}
    corrected = told.pop("corrections", 0)
    groups = told.pop("movements", 0)
    together = sum(told.pop(id, 0) for id in ("releases", "areas", "methods")) + groups
    if any(told.values()):
        return
    if corrected:
        raise DisclosureError(
            N_(
                "Another release has other numbers of this reference date; both together may tell whom a correction "
                "was about, or the true numbers where these are changed by chance. Figures that show it: {cells}. "
                "Nothing was released."
            ),
            where=releases,
            cells=corrected,
            todo=N_(
                "Numbers differ with another extract, other areas or settings, another version of Vielfalt; where they "
                "are changed by chance, also with another key in the vault. If nobody outside has seen a release of "
                "this reference date yet, run again with --replace; after importing a table, remove that release and "
                "import again. The release of a later date that is compared with this one shows numbers of it too: if "
                "nobody has seen that either, move it out of the folder “releases” first. If somebody has seen one of "
                "them, leave it at that release; what was corrected comes with the next reference date."
            ),
        )
    if together:
        raise (GroupsTellError if together == groups else DisclosureError)(
            N_("Hidden figures that this release would tell beside those before it: {cells}. Nothing was released."),
            where=releases,
            cells=together,
            todo=N_(
                "If nobody outside has seen a release of this reference date yet, run again with --replace; after "
                "importing a table, remove that release and import again. If somebody has seen it, leave it at that "
                "release, or raise the thresholds in [protection] and try again."
            ),
        )
