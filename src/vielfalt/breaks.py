"""Breaks: what changed between two reference dates besides the people, so that figures must not be compared.

A break is detected and marked, never smoothed over. Each check compares the *facts* of two dates: what was delivered
and how well filled, which rules decided, which areas there were. Facts hold no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import dist, sqrt
from typing import Literal

from vielfalt import rule_sets, schema
from vielfalt.definitions import needs_of
from vielfalt.movement_programme import is_by_group
from vielfalt.table import Table
from vielfalt.words import N_

Scope = Literal["figures", "areas", "movements"]
"""What a break keeps from being compared: figures of tables, figures by area of a level, or all movements."""

_BY_STATUS = tuple(entry.definition for entry in rule_sets.ALL)
"""Migration background under each rule set."""
_STATUS = (
    *("nationality_1", "nationality_2", "nationality_3", "birth_place", "birth_state"),
    *("german_nationality_kind", "arrival_from_abroad_date", "origin_state", "birth_date"),
    *("guardian_1_id", "guardian_2_id"),
)
_HOUSEHOLDS = (
    *("street_key", "street_name", "house_number", "spouse_id", "guardian_1_id", "guardian_2_id"),
    *("family_name", "move_in_date", "institution"),
)
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "residents": ("person_id", "dwelling_status", *schema.END_FIELDS),
    "foreigner": ("nationality_1", "nationality_2", "nationality_3"),
    **{
        entry.definition: (*_STATUS, *_HOUSEHOLDS) if entry.where == "household" else _STATUS for entry in rule_sets.ALL
    },
    "eg_register": (
        *("nationality_1", "birth_place", "birth_state", "arrival_from_abroad_date", "origin_state"),
        *("birth_date", "guardian_1_id", "guardian_2_id"),
    ),
    "households": _HOUSEHOLDS,
    "religion_group": ("religion",),
}
"""The extract fields that bear on a definition, required or not: a change of one of them can move its figures."""
_SOME_ZEROS = 0.005
"""Part of the ordering numbers with a zero in front from which they cannot all go in the time between two dates."""
BY_RULES = frozenset({*_BY_STATUS, "eg_register", "households"})
"""The definitions whose figures rules derive; the others are read from the register as they stand."""


@dataclass(frozen=True)
class Facts:
    """What is remembered of a reference date to find breaks.

    ``missing``: per delivered field the part of rows without value. ``areas``: per level and area key its size
    (square metres) and centre (metres), zeros without polygon. ``parents``: per level below the coarsest and area key
    the area of the next coarser level that it lies in. ``values``: per column of the link file the keys that its
    numbers stand for. ``zeros``, ``uneven``: the parts of the ordering numbers that begin with a zero, and that are
    not as long as most.
    """

    date: int
    delivered: frozenset[str]
    missing: Mapping[str, float]
    rule_set: str
    rules: tuple[str, ...]
    code_lists: str
    areas: Mapping[str, Mapping[str, tuple[float, float, float]]]
    parents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zeros: float = 0.0
    uneven: float = 0.0


@dataclass(frozen=True)
class BreakCheck:
    """One thing that can have changed: what is found, what follows, and where check and threshold come from."""

    id: str
    message: str
    consequence: str
    scope: Scope
    source: str


ALL: tuple[BreakCheck, ...] = (
    BreakCheck(
        "areas_changed",
        N_("Areas were added, removed or redrawn."),
        N_("Figures by area of this level are not compared; moves within the town are not shown."),
        "areas",
        "parameter most_area_change",
    ),
    BreakCheck(
        "areas_recoded",
        N_("Many residents are in another area although they did not move: the street directory has changed."),
        N_("Figures by area are not compared; moves within the town are not shown."),
        "areas",
        "parameter most_recoded",
    ),
    BreakCheck(
        "rules_changed",
        N_("The rules of migration status or households have changed."),
        N_("Figures on migration background, immigration history and households are not compared."),
        "figures",
        "rule ids are never reused (docs/reference/rules)",
    ),
    BreakCheck(
        "codes_changed",
        N_("The code lists have changed: countries, groups or classes."),
        N_("Figures by country, group or class are not compared."),
        "figures",
        "version of the code lists",
    ),
    BreakCheck(
        "field_changed",
        N_("The extract holds a field on one of the dates only."),
        N_("Figures that rest on this field are not compared."),
        "figures",
        "spec: absent columns are normal",
    ),
    BreakCheck(
        "missing_jumped",
        N_("A field of the extract is empty much more often or less often than before."),
        N_("Figures that rest on this field are not compared."),
        "figures",
        "parameter most_missing_change",
    ),
    BreakCheck(
        "links_lost",
        N_(
            "Too few residents of the earlier date are found again; the ordering numbers or the key of the town may be "
            "new."
        ),
        N_("Movements are not shown."),
        "movements",
        "parameter least_linked",
    ),
    BreakCheck(
        "zeros_lost",
        N_("Ordering numbers begin with zeros on one of the dates only: a spreadsheet takes them away."),
        N_("Movements are not shown; put the file in place as the registration software wrote it, and evaluate again."),
        "movements",
        "own default",
    ),
    BreakCheck(
        "same_extract",
        N_("Nobody was born, came, moved or went: this may be the extract of the earlier date once more."),
        N_("Movements are not shown; put the extract of this date in place and evaluate it again."),
        "movements",
        "own default",
    ),
    BreakCheck(
        "stock_differs",
        N_("What was published for the earlier date is not what the vault holds of it."),
        N_("Movements are not shown; evaluate the earlier date again."),
        "movements",
        "disclosure control: published figures must be known to be protected together",
    ),
    BreakCheck(
        "not_protectable",
        N_("Movements cannot be shown without giving away figures that are hidden on one of the dates."),
        N_("Movements are not shown."),
        "movements",
        "the audit of disclosure control",
    ),
    BreakCheck(
        "groups_not_protectable",
        N_("Movements by group cannot be shown without giving away residents who are hidden on one of the dates."),
        N_("Movements by group are not shown; those of all groups together are."),
        "figures",
        "the audit of disclosure control",
    ),
    BreakCheck(
        "numbers_changed",
        N_("Numbers are changed or rounded to protect people; movements between two dates would help to undo that."),
        N_("Movements are not shown."),
        "movements",
        "setting protection.method",
    ),
    BreakCheck(
        "facts_missing",
        N_("Nothing is known of how the earlier date was evaluated."),
        N_("Breaks cannot be found; compare with care, or evaluate the earlier date again."),
        "figures",
        "own default",
    ),
    BreakCheck(
        "towns_changed",
        N_("The county is made of other towns and municipalities than before."),
        N_("Its figures are not compared; those of each town are in its own releases."),
        "figures",
        "own default",
    ),
)
"""Every check with its consequence. The parameters are in ``parameters/movements.toml``."""


@dataclass(frozen=True)
class Break:
    """One check that found something between two dates.

    ``names``: the fields, area keys or rule ids it concerns; ``level``: the area level (empty: every level).
    """

    check: str
    names: tuple[str, ...] = ()
    level: str = ""


def check(id: str) -> BreakCheck:
    """The check of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


def find(before: Facts | None, now: Facts, limits: Mapping[str, int | float]) -> tuple[Break, ...]:
    """The breaks that the facts of two dates show. ``limits``: the values of ``parameters/movements.toml``."""
    if before is None:
        return (Break("facts_missing"),)
    return (
        *_areas(before, now, limits["most_area_change"]),
        *_rules(before, now),
        *_fields(before, now, limits),
        *_numbers(before, now),
    )


def comparable(found: Iterable[Break], table: Table) -> bool:
    """Whether the figures of a table mean the same on both dates."""
    return not any(_touches(entry, table) for entry in found)


def areas_comparable(found: Iterable[Break], level: str) -> bool:
    """Whether the areas of a level are the same on both dates."""
    return not any(check(entry.check).scope == "areas" and entry.level in ("", level) for entry in found)


def stops_movements(found: Iterable[Break]) -> bool:
    """Whether no movement at all may be shown."""
    return any(check(entry.check).scope == "movements" for entry in found)


def _touches(entry: Break, table: Table) -> bool:
    match entry.check:
        case "rules_changed":
            return bool(BY_RULES.intersection(table.definitions))
        case "towns_changed":
            return True
        case "codes_changed":
            return bool(table.dimensions)
        case "groups_not_protectable":
            return is_by_group(table)
        case "field_changed" | "missing_jumped":
            return bool(set(entry.names) & _fields_of(table))
        case _:
            return False


def _fields_of(table: Table) -> frozenset[str]:
    needed = (name for need in needs_of(table) for name in need.split("|"))
    return frozenset(needed).union(*(EVIDENCE.get(id, ()) for id in table.definitions))


def _areas(before: Facts, now: Facts, limit: float) -> Iterator[Break]:
    levels = list(dict.fromkeys((*before.areas, *now.areas)))
    for level, finer in zip(levels, (*levels[1:], ""), strict=True):
        earlier, later = before.areas.get(level, {}), now.areas.get(level, {})
        moved = {key for key in earlier.keys() & later.keys() if _redrawn(earlier[key], later[key], limit)}
        changed = moved | (earlier.keys() ^ later.keys()) | _regrouped(before, now, finer)
        if changed:
            yield Break("areas_changed", tuple(sorted(changed)), level)


def _regrouped(before: Facts, now: Facts, finer: str) -> set[str]:
    """The areas that lost or gained one of the next finer level, small as it may be: many may live in it."""
    earlier, later = before.parents.get(finer, {}), now.parents.get(finer, {})
    other = {key for key in earlier.keys() & later.keys() if earlier[key] != later[key]}
    return {above[key] for above in (earlier, later) for key in other}


def _redrawn(earlier: tuple[float, float, float], later: tuple[float, float, float], limit: float) -> bool:
    """Whether size or centre of an area moved by more than the limit (the centre in parts of the area's width)."""
    size = max(earlier[0], later[0])
    return abs(earlier[0] - later[0]) > limit * size or dist(earlier[1:], later[1:]) > limit * sqrt(size)


def _rules(before: Facts, now: Facts) -> Iterator[Break]:
    if (before.rule_set, before.rules) != (now.rule_set, now.rules):
        changed = {before.rule_set, now.rule_set, *set(before.rules).symmetric_difference(now.rules)}
        yield Break("rules_changed", tuple(sorted(changed)))
    if before.code_lists != now.code_lists:
        yield Break("codes_changed", (before.code_lists, now.code_lists))


def _fields(before: Facts, now: Facts, limits: Mapping[str, int | float]) -> Iterator[Break]:
    if before.delivered != now.delivered:
        yield Break("field_changed", tuple(sorted(before.delivered ^ now.delivered)))
    both = sorted(before.missing.keys() & now.missing.keys())
    jumped = [name for name in both if abs(before.missing[name] - now.missing[name]) > limits["most_missing_change"]]
    if jumped:
        yield Break("missing_jumped", tuple(jumped))


def _numbers(before: Facts, now: Facts) -> Iterator[Break]:
    """Whether what has zeros in front on one date has next to none on the other, where as many are shorter instead:
    so new numbers alone that begin with a zero are none."""
    few, many = sorted((before, now), key=lambda each: each.zeros)
    if many.zeros >= _SOME_ZEROS and few.zeros * 10 < many.zeros and few.uneven * 2 > many.zeros:
        yield Break("zeros_lost")


_BY_ID = {entry.id: entry for entry in ALL}
