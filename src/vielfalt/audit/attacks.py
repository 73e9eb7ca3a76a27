"""The attacks: what is tried, on how many figures, and what it tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vielfalt.audit import index_values, singles, versions
from vielfalt.audit.areas import apart, over_atoms
from vielfalt.audit.bounds import narrowed
from vielfalt.audit.figures import Figures, Key, figures_of, key_of
from vielfalt.audit.flows import by_group, flows
from vielfalt.audit.releases import Release
from vielfalt.audit.sums import Sum, same_people, sums
from vielfalt.audit.told import Told
from vielfalt.words import N_

TITLES = {
    "recompute": N_("Interval attack: all sums over areas and categories of one release"),
    "definitions": N_("Definitions subtracted from each other: figures that count the same people in several tables"),
    "releases": N_("Releases compared: all dates and all versions together"),
    "movements": N_("Movements by group, set against the residents of both dates by group"),
    "areas": N_("Area divisions subtracted from each other where they overlap"),
    "methods": N_("Several methods for one date: changed or rounded numbers as bounds of what another release hides"),
    "corrections": N_("Releases of one date subtracted from each other: whom a correction was about"),
    "totals": N_("Totals published elsewhere"),
    "county": N_("County and towns: the county's totals minus what the other towns show"),
    "shares": N_("Shares and indices turned back into counts"),
    "classes": N_("Bounds of the classes of maps"),
    "address": N_("One address: areas in which a shelter or home holds nearly everybody"),
}
"""What each attack does, by its id, in the order in which they run."""
OF_A_READER = frozenset({"releases", "movements", "areas", "methods", "corrections", "totals", "county"})
"""The attacks of the reader of earlier releases and other publications; the others need this release alone."""


@dataclass(frozen=True)
class Programs:
    """How many figures linear programs decided: by solutions for many at once, by programs of their own; and not.

    The other figures tried are decided by the sums alone.
    """

    together: int
    alone: int
    left: int


@dataclass(frozen=True)
class Attack:
    """One attack with the number of figures tried and what it told; ``programs``: of the interval attacks."""

    id: str
    tried: int
    told: tuple[Told, ...]
    programs: Programs | None = None


Named = tuple[str, str]
"""A method, and the fingerprint of its perturbation table if it has one."""
Elsewhere = Sequence[tuple[Key, int]]
"""Figures that are known from other publications."""


def attack(releases: Sequence[Release], elsewhere: Elsewhere = ()) -> tuple[Attack, ...]:
    """All attacks on the last of the releases, by a reader of all of them.

    A figure is told when its number can be computed, unless it is zero, or when it must be positive and below the
    smallest number that may be shown; of a part of an area in which two divisions overlap only if an area so small must
    not show it. What an earlier attack tells is not counted again, nor what the releases before
    the last one tell without it. Tables of changed or rounded numbers enter only beside the same figures under another
    method.
    """
    releases = apart(releases)
    mixed, parts = releases, _by_method(releases)
    releases = tuple(exact(release) for release in releases)
    *earlier, last = releases
    alone, together = (figures_of(each) for each in ((last,), releases))
    tried = [intervals("recompute", alone, found := sums((last,), alone))]
    tried.append(intervals("definitions", alone, [*found, *same_people((last,), alone)]))
    everything = [*sums(releases, together), *same_people(releases, together)]
    dated = intervals("releases", together, everything) if earlier else _nothing_new("releases", tried[-1])
    atoms = over_atoms(releases, together)
    parted = intervals("areas", together, [*everything, *atoms]) if atoms else _nothing_new("areas", dated)
    tried += [dated, _movements(releases), parted]
    if parts:
        tried.append(_several_methods(mixed, parts))
    tried.append(Attack("corrections", *versions.corrections(mixed)))
    if elsewhere:
        for key, value in elsewhere:
            if key in together.number:
                together.shown(key, value)
        tried.append(intervals("totals", together, [*everything, *atoms]))
    tried += [Attack("shares", *index_values.shares(last)), Attack("classes", *singles.classes(last))]
    tried.append(Attack("address", *singles.address(last)))
    return tuple(_new(tried, _told_before(earlier) if any(each.told for each in tried) else set()))


def exact(release: Release) -> Release:
    """The release without tables whose numbers were changed or rounded: their sums do not hold, so nothing follows."""
    tables = {
        id: cells for id, cells in release.results.tables.items() if not (cells.frame["status"] == "estimated").any()
    }
    return replace(release, results=replace(release.results, tables=tables))


def _by_method(releases: Sequence[Release]) -> list[tuple[Release, ...]]:
    """The releases taken apart by method, where the same figures are published under several; else nothing.

    The cell key method with another table (or key) is another method: it draws the changes anew.
    """
    methods: dict[Key, set[Named]] = defaultdict(set)
    for release in releases:
        for cells in release.results.tables.values():
            methods[key_of(release, cells)].add((cells.method, release.results.fingerprint))
    if all(len(found) < 2 for found in methods.values()):
        return []
    return [tuple(_under(release, method) for release in releases) for method in sorted(set().union(*methods.values()))]


def _under(release: Release, method: Named) -> Release:
    mine = release.results.fingerprint
    tables = {id: cells for id, cells in release.results.tables.items() if (cells.method, mine) == method}
    return replace(release, results=replace(release.results, tables=tables))


def _several_methods(releases: Sequence[Release], parts: Sequence[Sequence[Release]]) -> Attack:
    """What the releases tell together beyond what those of one method tell alone, which that method permits."""
    alone = {told.key: told for part in parts for told in _all_together("methods", part).told}
    found = _all_together("methods", releases)
    new = [
        told
        for told in found.told
        if told.key not in alone or (told.low == told.high and alone[told.key].low < alone[told.key].high)
    ]
    return replace(found, told=tuple(new))


def _all_together(id: str, releases: Sequence[Release]) -> Attack:
    """The interval attack with every sum that is known of these releases."""
    figures = figures_of(releases)
    known = [*sums(releases, figures), *same_people(releases, figures), *over_atoms(releases, figures)]
    return intervals(id, figures, known)


def _movements(releases: Sequence[Release]) -> Attack:
    """The interval attack with what holds between movements by group and the residents of both dates."""
    releases = by_group(releases)
    figures = figures_of(releases)
    known = [*sums(releases, figures), *same_people(releases, figures), *flows(releases, figures)]
    return intervals("movements", figures, known)


def _told_before(earlier: Sequence[Release]) -> set[Key]:
    """What the releases before the last one tell without it."""
    if not earlier:
        return set()
    return {told.key for found in (_all_together("releases", earlier), _movements(earlier)) for told in found.told}


def _nothing_new(id: str, before: Attack) -> Attack:
    """An attack for which the releases give nothing that the one before did not have."""
    return replace(before, id=id, told=())


def _new(attacks: Iterable[Attack], before: set[Key]) -> Iterable[Attack]:
    for each in attacks:
        yield replace(each, told=tuple(told for told in each.told if told.key not in before))
        before = before | {told.key for told in each.told}


def intervals(id: str, figures: Figures, known: Sequence[Sum]) -> Attack:
    """The interval attack on every secret figure with the sums that are known."""
    secret = figures.secret()
    low, high, decided = narrowed(figures, known)
    least = np.array(figures.least)
    exact = (low == high) & (high > 0)
    for number, limit in figures.atoms.items():
        exact[number] &= high[number] < limit
    told = secret & (exact | ((low > 0) & (high < least)))
    keys = list(figures.number)
    found = [Told(keys[place], int(low[place]), int(high[place])) for place in np.flatnonzero(told).tolist()]
    programs = Programs(*(int(np.count_nonzero(marks)) for marks in (decided.together, decided.alone, decided.left)))
    return Attack(id, int(np.count_nonzero(secret)), tuple(found), programs)
