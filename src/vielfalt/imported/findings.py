"""What a reader of imported figures must know about files, base and areas: nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vielfalt import dates
from vielfalt.areachecks import some
from vielfalt.areafiles import LevelShapes
from vielfalt.cells import UNRESOLVED
from vielfalt.imported import categories
from vielfalt.imported.counts import Counts, Values
from vielfalt.imported.division import Placed
from vielfalt.imported.records import RESIDENTS, TableFinding, TableProfile
from vielfalt.words import N_

LARGE_ENOUGH = 200
"""Own threshold: below 200 people, twice as many is a new building or a shelter, not a sign of a wrong key."""


def of_file(counts: Counts) -> Iterator[TableFinding]:
    """Categories of a long table that the profile leaves out, and combinations without a row."""
    if counts.undeclared:
        yield _finding(
            "categories_left_out",
            N_("The table holds further categories that the profile does not name: {names}."),
            N_("They are left out."),
            counts.undeclared,
        )
    if counts.absent:
        yield TableFinding(
            "rows_absent",
            N_("The table has no row for {rows} combinations of area and category."),
            N_("They are unknown, not zero."),
            counts.absent,
            {"rows": counts.absent},
        )


def of_base(placed: Placed, base: Placed, profile: TableProfile) -> Iterator[TableFinding]:
    """Areas that one of the two files lacks, and a base of another date."""
    if profile.base is None:
        return
    if profile.base.date != profile.source.date:
        yield TableFinding(
            "base_of_another_date",
            N_("The base population is of {base}, the table of {date}."),
            N_("Shares compare figures of two dates."),
            len(base.finest),
            {"base": dates.to_iso(profile.base.date), "date": dates.to_iso(profile.source.date)},
        )
    lacking = [area or "–" for area in placed.finest if area not in base.finest]
    if lacking:
        yield _finding(
            "areas_without_base",
            N_("{rows} areas have no base population: {names}."),
            N_("Their residents and those in no category are unknown."),
            lacking,
        )
    unnamed = [area or "–" for area in base.finest if area not in placed.finest]
    if unnamed:
        yield _finding(
            "areas_without_row",
            N_("{rows} areas have a base population and no row in the table: {names}."),
            N_("Their categories are unknown."),
            unnamed,
        )


def of_areas(keys: Sequence[str], shapes: Mapping[str, LevelShapes], profile: TableProfile) -> Iterator[TableFinding]:
    """Areas without polygon, and polygons without figures."""
    finest = shapes.get(profile.levels[-1].id)
    if finest is None:
        return
    known = {area.key: area.name for area in finest.areas}
    bare = [key for key in keys if key not in known]
    if bare:
        yield _finding(
            "areas_without_polygon",
            N_("{rows} areas of the table have no polygon: {names}."),
            N_("They are counted and missing on the maps."),
            bare,
        )
    idle = [f"{key} ({name})" for key, name in known.items() if key not in set(keys)]
    if idle:
        yield _finding(
            "polygons_without_row",
            N_("{rows} areas have a polygon and no figures: {names}."),
            N_("They are left out; the table does not know them."),
            idle,
        )


def of_repairs(shapes: Mapping[str, LevelShapes], profile: TableProfile) -> Iterator[TableFinding]:
    """Polygons repaired, and keys that the profile corrects."""
    repaired = [key for found in shapes.values() for key in found.repaired]
    if repaired:
        yield _finding(
            "polygons_repaired",
            N_("{rows} polygons had a small defect: {names}."),
            N_("They were repaired; no border moved."),
            repaired,
        )
    moved = profile.selection.area.corrections
    if moved:
        yield TableFinding(
            "rows_corrected",
            N_("The profile moves {rows} rows of the table to another area: {because}."),
            N_("The figures of these rows are shown for the corrected areas."),
            len(moved),
            {"rows": len(moved), "because": profile.selection.area.because},
        )
    corrected = [f"{fix.key} ({fix.because})" for level in profile.levels for fix in level.corrections]
    if corrected:
        yield _finding(
            "keys_corrected",
            N_("The profile corrects the key of {rows} areas in the file with the polygons: {names}."),
            N_("The corrected keys are used."),
            corrected,
        )


def of_comparison(placed: Placed, other: Placed, profile: TableProfile) -> Iterator[TableFinding]:
    """Areas in which a category is more than twice or less than half of what another date says."""
    comparison = profile.comparison
    if comparison is None:
        return
    odd = []
    for area, values in placed.finest.items():
        now, then = values[comparison.category], other.finest.get(area, {}).get(RESIDENTS)
        if now is not None and then is not None and max(now, then) > max(2 * min(now, then), LARGE_ENOUGH):
            odd.append(f"{area} ({now} / {then})")
    if odd:
        yield TableFinding(
            "unlike_other_date",
            N_("In {rows} areas “{category}” is more than twice or less than half of its value on {date}: {names}."),
            N_("The figures stay as they are; check whether rows stand under a wrong key."),
            len(odd),
            {
                "rows": len(odd),
                "category": next(entry.label for entry in profile.categories if entry.key == comparison.category),
                "date": dates.to_iso(comparison.date),
                "names": some(odd),
            },
        )


def of_unknown(values: Mapping[str, Values], profile: TableProfile) -> Iterator[TableFinding]:
    """How many combinations of the published table nobody knows, and how many people lie in no area."""
    keys = categories.partition(profile)
    unknown = sum(row[key] is None for row in values.values() for key in keys)
    if unknown:
        yield TableFinding(
            "counts_unknown",
            N_("{rows} counts are unknown: not delivered, suppressed by the sender, or contradictory."),
            N_("They are shown as “.”, never as 0."),
            unknown,
            {"rows": unknown},
        )
    if UNRESOLVED in values:
        people = sum(values[UNRESOLVED][key] or 0 for key in keys)
        yield TableFinding(
            "people_in_no_area",
            N_("The table counts {rows} people in no area."),
            N_("They count for the town as a whole only."),
            people,
            {"rows": people},
        )


def _finding(id: str, message: str, consequence: str, names: Iterable[str]) -> TableFinding:
    listed = list(names)
    return TableFinding(id, message, consequence, len(listed), {"rows": len(listed), "names": some(listed)})
