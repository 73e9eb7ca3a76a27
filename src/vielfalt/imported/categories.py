"""Categories that do not overlap: the declared nesting turned into a partition, and the arithmetic that checks it.

Published tables put "EU", "of which EU-15" and "of which Poland" side by side. Adding them counts people twice, so a
category with parts is replaced by its parts and what remains of it; parts that exceed their whole are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vielfalt.areachecks import some
from vielfalt.errors import DeliveryError
from vielfalt.imported.counts import Values
from vielfalt.imported.records import RESIDENTS, REST, Category, TableFinding, TableProfile, rest_key
from vielfalt.words import N_

MANY = 0.05
"""Own threshold: parts that exceed their whole in more than 5 % of the areas overlap; fewer are a fault in the data."""


@dataclass(frozen=True)
class Whole:
    """A category (or the residents) and the parts it holds; ``rest`` is the label of what remains, empty if nothing."""

    key: str
    label: str
    parts: tuple[Category, ...]
    rest_key: str
    rest: str

    def excess(self, values: Values) -> int | None:
        """By how much the parts exceed the whole in one area (below 0: fall short); null where a count is unknown."""
        whole, parts = values[self.key], [values[part.key] for part in self.parts]
        if whole is None or None in parts:
            return None
        return sum(part for part in parts if part is not None) - whole


def wholes(profile: TableProfile) -> tuple[Whole, ...]:
    """Every category that has parts, and the residents where the profile has a base."""
    inner = tuple(
        Whole(entry.key, entry.label, _parts(profile, entry.key), rest_key(entry.key), entry.rest)
        for entry in profile.categories
    )
    base = profile.base
    root = (Whole(RESIDENTS, base.title, _parts(profile, ""), REST, base.rest),) if base else ()
    return tuple(whole for whole in (*inner, *root) if whole.parts)


def _parts(profile: TableProfile, key: str) -> tuple[Category, ...]:
    return tuple(entry for entry in profile.categories if entry.part_of == key)


def partition(profile: TableProfile) -> Mapping[str, str]:
    """The categories that are published, key to label, in the order of the profile: none contains another."""
    by_key = {whole.key: whole for whole in wholes(profile)}

    def leaves(entry: Category) -> Iterator[tuple[str, str]]:
        whole = by_key.get(entry.key)
        if whole is None:
            yield entry.key, entry.label
            return
        for part in whole.parts:
            yield from leaves(part)
        if whole.rest:
            yield whole.rest_key, whole.rest

    found = {key: label for entry in _parts(profile, "") for key, label in leaves(entry)}
    root = by_key.get(RESIDENTS)
    return {**found, root.rest_key: root.rest} if root and root.rest else found


def disjoint(values: Values, found: tuple[Whole, ...]) -> Values:
    """The counts of one area with what remains of each whole.

    It is null where a count is unknown (subtracting would undo the sender's suppression) or the parts exceed the whole.
    """
    rests: dict[str, int | None] = {}
    for whole in found:
        excess = whole.excess(values)
        rests[whole.rest_key] = None if excess is None or excess > 0 else -excess
    return {**values, **rests}


def check(
    values: Mapping[str, Values], found: tuple[Whole, ...], profile: TableProfile, path: Path
) -> tuple[TableFinding, ...]:
    """Findings on parts and wholes over all areas. Raises DeliveryError when categories overlap."""
    findings: list[TableFinding] = []
    for whole in found:
        excess = {area: more for area, counts in values.items() if (more := whole.excess(counts)) is not None}
        slack = rounding_slack(profile.rounded_to, len(whole.parts))
        over = {area: more for area, more in excess.items() if more > slack}
        under = {area: more for area, more in excess.items() if more < -slack and not whole.rest}
        if len(over) > MANY * len(excess):
            raise _overlap(whole, over, values, slack, len(excess), path)
        if over:
            findings.append(_finding(whole, over, len(excess)))
        if under:
            findings.append(_short(whole, under, len(excess)))
    if not profile.base and len(_parts(profile, "")) > 1:
        findings.append(_unchecked(profile))
    return tuple(findings)


def rounding_slack(step: int, terms: int) -> int:
    """By how much a sum of rounded counts may miss the rounded total; 0 where nothing is rounded."""
    return (step - 1) * (terms + 1) // 2


def _overlap(
    whole: Whole, over: Mapping[str, int], values: Mapping[str, Values], slack: int, areas: int, path: Path
) -> DeliveryError:
    """The refusal; it names the categories that, left out, would remove the overlap everywhere."""
    suspects = [
        part.label
        for part in whole.parts
        if all(more - (values[area][part.key] or 0) <= slack for area, more in over.items())
    ]
    return DeliveryError(
        N_(
            "The categories {categories} overlap: together they exceed “{whole}” in {over} of {areas} areas. "
            "Left out, each of these would remove the overlap: {suspects}."
        ),
        where=path,
        todo=N_("Say with “part_of” in the table profile which category contains which, or leave one out."),
        categories=_quoted(part.label for part in whole.parts),
        whole=whole.label,
        over=len(over),
        areas=areas,
        suspects=_quoted(suspects) or "–",
    )


def _quoted(labels: Iterator[str] | list[str]) -> str:
    return ", ".join(f"“{label}”" for label in labels)


def _finding(whole: Whole, over: Mapping[str, int], areas: int) -> TableFinding:
    return TableFinding(
        "parts_exceed",
        N_("The parts of “{whole}” exceed the whole in {rows} of {areas} areas, by up to {largest}: {names}."),
        N_("The parts stay as delivered; what remains of the whole is unknown there."),
        len(over),
        {"whole": whole.label, "rows": len(over), "areas": areas, "largest": max(over.values()), "names": some(over)},
    )


def _short(whole: Whole, under: Mapping[str, int], areas: int) -> TableFinding:
    return TableFinding(
        "parts_fall_short",
        N_("The parts of “{whole}” fall short of it in {rows} of {areas} areas, by up to {largest}: {names}."),
        N_("The parts stay as delivered; those missing are in no category."),
        len(under),
        {
            "whole": whole.label,
            "rows": len(under),
            "areas": areas,
            "largest": -min(under.values()),
            "names": some(under),
        },
    )


def _unchecked(profile: TableProfile) -> TableFinding:
    labels = _quoted(entry.label for entry in _parts(profile, ""))
    return TableFinding(
        "overlap_unchecked",
        N_("Nothing in the file shows whether these categories overlap: {categories}."),
        N_("They are taken as the profile declares them; a base population would allow the check."),
        len(_parts(profile, "")),
        {"categories": labels},
    )
