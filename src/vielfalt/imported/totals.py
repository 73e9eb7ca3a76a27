"""The total rows of a delivered table as a check: the areas of each total must add up to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from vielfalt.areachecks import some
from vielfalt.areafiles import LevelShapes
from vielfalt.cells import UNRESOLVED
from vielfalt.errors import DeliveryError
from vielfalt.geography import TOWN, Geography
from vielfalt.imported.categories import partition, rounding_slack
from vielfalt.imported.counts import Values
from vielfalt.imported.division import Placed
from vielfalt.imported.records import TableFinding, TableProfile
from vielfalt.words import N_

_TOTAL = re.compile(r"(?:stadt )?(?:insgesamt|gesamt(?:stadt|summe)?|summe|zusammen|total)\b", re.IGNORECASE)
_HUNDRED, _AREAS = 100, 10
"""Own threshold: so many areas of about a hundred people each are no chance."""
FEWEST = 5
"""Own threshold: among fewer rows, one may be the sum of the others by chance."""


def check_totals(placed: Placed, geography: Geography, profile: TableProfile, path: Path) -> tuple[TableFinding, ...]:
    """One finding when totals differ from the sums of their areas, one when unknown counts forbid the comparison.

    Totals are never used as figures. Raises DeliveryError for a total of an area that the geography lacks.
    """
    _check_known(placed, geography, path)
    differ: dict[str, int] = {}
    open_, compared = 0, 0
    for (level, key), totals in placed.totals.items():
        parts = _parts(level, key, placed.finest, geography)
        for category, total in totals.items():
            counts = [part[category] for part in parts]
            known = sum(count for count in counts if count is not None)
            if total is None or (None in counts and known <= total):
                open_ += 1
                continue
            compared += 1
            if None in counts or abs(known - total) > rounding_slack(profile.rounded_to, len(counts)):
                differ[f"{key or profile.source.town}/{category}"] = known - total
    findings = []
    if differ:
        findings.append(_differ(differ, compared))
    if open_:
        findings.append(_open(open_))
    return tuple(findings)


def refuse_footnotes(placed: Placed, drawn: LevelShapes | None, path: Path) -> None:
    """Raises DeliveryError for rows without any figure that are none of the areas that have polygons (``drawn``)."""
    bare = [
        area
        for area, values in placed.finest.items()
        if area != UNRESOLVED
        and area not in (drawn.shapes if drawn else placed.finest)
        and set(values.values()) == {None}
    ]
    if bare:
        raise DeliveryError(
            N_("These rows hold no figures, and no polygon bears their key: {areas}."),
            where=path,
            todo=N_("Name them under “ignore” in the table profile if they are footnotes, or correct the key."),
            areas=some(bare),
        )


def refuse_totals_by_name(placed: Placed, drawn: LevelShapes | None, path: Path) -> None:
    """Raises DeliveryError for rows that call themselves totals and are none of the areas with polygons (``drawn``)."""
    said = [area for area in placed.finest if _TOTAL.match(area) and area not in (drawn.shapes if drawn else ())]
    if said:
        raise DeliveryError(
            N_("These rows are totals by their name, but the profile takes them for areas: {areas}."),
            where=path,
            todo=N_("Name the one of the whole town under “total” in the table profile, others under “ignore”."),
            areas=some(said),
        )


def refuse_undeclared(placed: Placed, path: Path) -> None:
    """Raises DeliveryError when one row is the sum of all others in every category: a total taken for an area."""
    rows = {area: values for area, values in placed.finest.items() if None not in values.values()}
    if len(rows) < FEWEST:
        return
    sums = {key: sum(values[key] or 0 for values in rows.values()) for key in next(iter(rows.values()))}
    for area, values in rows.items():
        if any(sums.values()) and all(2 * (values[key] or 0) == total for key, total in sums.items()):
            raise DeliveryError(
                N_("The row “{area}” is the sum of all other rows, but the profile takes it for an area."),
                where=path,
                todo=N_("Name it under “total” in the table profile."),
                area=area,
            )


def refuse_per_cent(separate: Mapping[str, Values], profile: TableProfile, path: Path) -> None:
    """Raises DeliveryError where several categories add up to about 100 in nearly all areas; not asked of a table with
    a base, of which what is left is a category too. ``separate``: categories that do not overlap, by area.
    """
    parts = partition(profile)
    if profile.base or len(parts) < 2:
        return
    counts = [[count for key in parts if (count := row[key]) is not None] for row in separate.values()]
    sums = [sum(known) for known in counts if known]
    hundreds = sum(abs(each - _HUNDRED) <= 1 for each in sums)
    if len(sums) >= _AREAS and 10 * hundreds >= 9 * len(sums):
        raise DeliveryError(
            N_("In {n} of {rows} areas the figures add up to 100: these are per cent, not numbers of people."),
            where=path,
            todo=N_("Ask for the numbers of people: protection and all shares are computed from them."),
            n=hundreds,
            rows=len(sums),
        )


def _parts(level: str, key: str, finest: Mapping[str, Values], geography: Geography) -> list[Values]:
    """The rows of the finest level that make up one total; people in no area count for the town."""
    if level == TOWN:
        return list(finest.values())
    above = geography.ancestors(level)
    return [values for area, values in finest.items() if above.get(area) == key]


def _check_known(placed: Placed, geography: Geography, path: Path) -> None:
    known = {(level.id, area.key) for level in geography.levels for area in level.areas}
    lost = [key for level, key in placed.totals if level != TOWN and (level, key) not in known]
    if lost:
        raise DeliveryError(
            N_("The table has rows for areas that the coarser levels do not have: {areas}."),
            where=path,
            todo=N_("Add them to the level in the table profile, or name them under “ignore”."),
            areas=some(lost),
        )


def _differ(differ: Mapping[str, int], compared: int) -> TableFinding:
    return TableFinding(
        "totals_differ",
        N_("{rows} of {compared} totals in the table differ from the sum of their areas, by up to {largest}: {where}."),
        N_("Figures for larger areas are the sums of their areas; the delivered totals are not used."),
        len(differ),
        {
            "rows": len(differ),
            "compared": compared,
            "largest": max(map(abs, differ.values())),
            "where": some(f"{where} ({more:+})" for where, more in differ.items()),
        },
    )


def _open(number: int) -> TableFinding:
    return TableFinding(
        "totals_not_compared",
        N_("{rows} totals in the table could not be compared, because counts are unknown."),
        N_("The delivered totals are not used."),
        number,
        {"rows": number},
    )
