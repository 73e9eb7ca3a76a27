"""What may be compared: figures of two releases, only where they mean the same and are protected alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vielfalt.desk import gateway
from vielfalt.desk.gateway import Break
from vielfalt.desk.releases.models import Release, Table
from vielfalt.words import N_

DEFINITIONS = N_("The figures are counted by other definitions.")
RULES = N_("The figures are derived by other sets of rules.")
PROTECTION = N_("The figures are protected in another way or with other settings.")
BREAKS = N_("There is a break between the dates.")
UNKNOWN = N_("It is not known whether there is a break between the dates.")
AREAS = N_("The areas of this level are not the same on both dates.")


OF_THE_DERIVATION = frozenset({"migration_rule"})
"""Tables that tell how figures were derived, not who lives in a town: to set them side by side means nothing."""


def obstacles(one: Table, other: Table) -> tuple[str, ...]:
    """Why the figures of two tables of one id do not mean the same, as message ids; empty where they do."""
    found = []
    if (one.dimensions, one.definitions, one.unit) != (other.dimensions, other.definitions, other.unit):
        found.append(DEFINITIONS)
    by_rules = gateway.BY_RULES.intersection(one.definitions, other.definitions)
    if by_rules and one.release.rule_set != other.release.rule_set:
        found.append(RULES)
    if (one.method, one.parameters) != (other.method, other.parameters):
        found.append(PROTECTION)
    return tuple(found)


def obstacles_over_time(earlier: Table, later: Table, chain: Sequence[Release]) -> tuple[str, ...]:
    """The same for two dates of a town; ``chain``: its releases after the earlier date up to the later one."""
    found = [*obstacles(earlier, later)]
    broken = breaks_in(chain)
    if not gateway.same_meaning(broken, later.key, later.dimensions, later.definitions):
        found.append(BREAKS)
    if not _linked(earlier.release, chain):
        found.append(UNKNOWN)
    return tuple(found)


def same_areas(level: str, earlier: Release, later: Release, chain: Sequence[Release]) -> bool:
    """Whether the areas of a level are the same on both dates: no break is noted, and their keys agree."""
    keys = [
        {area["key"] for area in found.areas}
        for release in (earlier, later)
        for found in release.area_sets
        if found.level == level
    ]
    return len(keys) == 2 and keys[0] == keys[1] and gateway.areas_comparable(breaks_in(chain), level)


def breaks_in(chain: Sequence[Release]) -> tuple[Break, ...]:
    """The breaks that the releases of a chain note towards their previous dates."""
    return tuple(
        Break(entry["check"], tuple(entry["names"]), entry["level"] or "")
        for entry in _noted(chain)
        if entry["check"] in gateway.BREAK_CHECKS
    )


def _noted(chain: Sequence[Release]) -> Iterator[dict[str, Any]]:
    return (entry for release in chain for entry in release.description["breaks"])


def _linked(earlier: Release, chain: Sequence[Release]) -> bool:
    """Whether breaks would be known: each release was compared with the date before, by checks that are known here."""
    if any(entry["check"] not in gateway.BREAK_CHECKS for entry in _noted(chain)):
        return False
    before = earlier
    for release in chain:
        previous = release.description["previous_release"]
        if not previous or not str(previous).startswith(before.reference_date.isoformat()):
            return False
        before = release
    return True
