"""The declared checks of an extract: bad data is data, counted and reported, and no run dies of it.

Own list, after the gaps EwoPEaK fills for members of KOSIS (staedtestatistik.de 329) and the troubles that real
extracts hold.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import narwhals.stable.v2 as nw
import numpy as np

from vielfalt.engines.base import Engine, Frame
from vielfalt.numbers import Ints
from vielfalt.words import N_

_SHOWN = 20
"""How many row numbers a finding shows."""


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with a row: what is found (``message``) and what happens to the row then."""

    id: str
    message: str
    consequence: str
    source: str


ALL: tuple[Check, ...] = (
    Check(
        "row_broken",
        N_("The row has too few or too many columns, or bytes that are no text."),
        N_("Not counted."),
        "own",
    ),
    Check("row_empty", N_("The row is empty."), N_("Not counted."), "own"),
    Check(
        "row_nobody",
        N_("The row holds neither a date nor a nationality: a heading, a sum or a mark of the end."),
        N_("Not counted."),
        "own",
    ),
    Check(
        "row_cut",
        N_("The line is too short, and the next one holds the rest: a person cut in two by a line break in a field."),
        N_("Each part is read as a row of its own, or not counted; ask for an extract without line breaks in fields."),
        "own",
    ),
    Check(
        "column_missing",
        N_("The column named in the profile is not in the file."),
        N_("Treated as not delivered."),
        "own",
    ),
    Check(
        "gone_unnamed",
        N_("A column tells who has moved away or died, by a day or in words; the column profile names no such day."),
        N_("Every row is counted; name the day in the column profile, or ask for an extract of the residents alone."),
        "own",
    ),
    Check(
        "person_id_missing", N_("The ordering number is missing."), N_("Counted; cannot be linked to anyone."), "own"
    ),
    Check(
        "date_impossible",
        N_("The date does not exist or cannot be read."),
        N_("Counted; the date is treated as unknown."),
        "EwoPEaK",
    ),
    Check(
        "date_after_reference",
        N_("The date lies after the reference date."),
        N_("Counted; the date is treated as unknown."),
        "EwoPEaK",
    ),
    Check(
        "code_unknown",
        N_("The value is in no code list."),
        N_("Counted; the value is treated as not stated."),
        "EwoPEaK",
    ),
    Check(
        "number_unreadable",
        N_("The number cannot be read."),
        N_("Counted; the number is treated as not stated."),
        "own",
    ),
    Check(
        "secondary_dwelling",
        N_("Secondary dwelling."),
        N_("Not counted: the population is counted at the main dwelling."),
        "BMG §22",
    ),
    Check(
        "gone",
        N_("Moved out or died on the reference date or before."),
        N_("Not counted: only who lives here on the reference date is a resident."),
        "BMG §3(1) No. 13, 19",
    ),
    Check("dwelling_missing", N_("The status of the dwelling is missing."), N_("Counted as only dwelling."), "EwoPEaK"),
    Check(
        "double_entry",
        N_("The same person stands in the file more than once."),
        N_("Counted once: the latest move, then the first row."),
        "EwoPEaK",
    ),
    Check(
        "nationality_missing",
        N_("The nationality is missing."),
        N_("Counted; migration background not determinable."),
        "EwoPEaK",
    ),
    Check(
        "column_same",
        N_("All rows have the same value."),
        N_("Nothing is published; please check whether it is filled in for everybody, or the meanings of keys."),
        "own",
    ),
    Check(
        "nationality_filled",
        N_("More than half of the rows have a further nationality, or of the foreigners Germany as one."),
        N_("Nothing is published from 20 rows on; please check whether empty fields are filled with 000: Germany."),
        "own",
    ),
    Check(
        "birth_state_filled",
        N_("By state of birth, more than half of the foreigners were born in Germany, or of the Germans abroad."),
        N_(
            "Nothing is published from 20 rows on; please check whether empty fields are filled with one key "
            "(000: Germany)."
        ),
        "own",
    ),
    Check(
        "german_kind_filled",
        N_("By how they became German, more than half of the Germans are naturalised, repatriates or by option."),
        N_(
            "Nothing is published from 20 rows on; please check what the keys mean, and whether one fills empty fields."
        ),
        "own",
    ),
    Check("age_implausible", N_("The age would be above 115 years."), N_("Counted; age unknown."), "EwoPEaK"),
    Check("minor_married", N_("Under 16 and not single."), N_("Counted as delivered."), "EwoPEaK"),
    Check("dates_disordered", N_("Born after moving in or arriving."), N_("Counted as delivered."), "EwoPEaK"),
    Check(
        "pointer_absent", N_("Points to a person who is not counted in the file."), N_("The link is ignored."), "own"
    ),
    Check(
        "pointer_zeros",
        N_("Ordering numbers begin with zeros and pointers to them never do, or the other way round."),
        N_("Numbers that a spreadsheet has robbed of their zeros find nobody; take the file as the software wrote it."),
        "own",
    ),
    Check("spouse_one_sided", N_("Points to a spouse who does not point back."), N_("The link is used."), "EwoPEaK"),
    Check(
        "parent_implausible",
        N_("A parent is less than 12 years older than the child."),
        N_("The link is ignored."),
        "own",
    ),
    Check(
        "birth_place_open",
        N_("The country of birth cannot be told from state, place or other evidence."),
        N_("Counted; country of birth open."),
        "vielfalt-1",
    ),
    Check("address_missing", N_("The row has no address."), N_("Counted in the town, in no area; lives alone."), "own"),
    Check("address_unresolved", N_("The address lies in no area."), N_("Counted in the town, in no area."), "EwoPEaK"),
    Check(
        "address_large",
        N_("More than 100 residents at an address that is not marked as an institution."),
        N_("Counted as delivered; please check."),
        "EwoPEaK",
    ),
    Check(
        "home_by_residents",
        N_("More than 24 residents, at least half of them from abroad in the last three years; not marked as a home."),
        N_("Counted as residents of a home; please check."),
        "EwoPEaK",
    ),
    Check(
        "household_large",
        N_("More than 12 people in one household."),
        N_("Counted as one household; please check."),
        "EwoPEaK",
    ),
    Check("minor_alone", N_("Under 18, and no clue leads to a household."), N_("Counted as living alone."), "EwoPEaK"),
    Check(
        "same_day_many",
        N_("More than four people whom nothing else joins moved into the address on one day."),
        N_("Counted as living alone; please check whether it is a home."),
        "EwoPEaK",
    ),
    Check(
        "name_frequent",
        N_("The name occurs more than once at the address, but is too frequent to join strangers there."),
        N_("Counted as living alone."),
        "EwoPEaK",
    ),
    Check(
        "street_key_other",
        N_("A street key is that of another street in the street directory than the name beside it."),
        N_("Assigned by the key; please check whether streets have new keys."),
        "own",
    ),
    Check(
        "point_elsewhere",
        N_("The street directory puts an address into another area than its coordinates."),
        N_("Assigned by the street directory; please check whether directory, polygons and coordinates fit together."),
        "own",
    ),
    Check(
        "street_conflict",
        N_("A line of the street directory puts house numbers into an area and another line into a different one."),
        N_("The line for fewer house numbers holds, of equal ones the first; the other is ignored there."),
        "own",
    ),
    Check(
        "street_area_unknown",
        N_("The street directory names an area that the finest area level does not have."),
        N_("Addresses there are assigned by coordinates, else to no area."),
        "own",
    ),
)
"""Source "EwoPEaK": own list, after the gaps it fills; "own": own list; "vielfalt-1": the rule set."""

IN_A_FEW_HOUSES = frozenset({"address_large", "home_by_residents", "household_large", "same_day_many"})
"""Checks that find the people of a few houses: their number is nearly that of one house, which must not be told."""

_OPEN = (("migration_rule", "U2"), ("mh_register", "undeterminable"), ("immigration_history", "undeterminable"))
FALSE_FIGURES = frozenset({"column_same", "nationality_filled", "birth_state_filled", "german_kind_filled"})
"""Checks that find what is filled in for most of a group, so that its figures would be false."""
UNREADABLE = frozenset({"code_unknown", "date_impossible"})
"""Checks that, where they find most rows, find a map of codes or a form of dates that the profile lacks."""
FALSE_FROM = 20
"""Rows from which these can be no chance: in a village most of five foreigners may be born in Germany."""

COUNTED_IN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "nationality_1": (("foreigner", "unknown"), *_OPEN),
    "birth_place": _OPEN,
    "birth_state": (
        *_OPEN,
        *(("migration_status", key) for key in ("foreigner_born_here", "german_born_abroad_other")),
    ),
    "birth_date": (("age_class", "unknown"), ("age_group", "unknown")),
    "arrival_date": (("stay_class", "unknown"),),
    "move_in_date": (("stay_class", "unknown"),),
    "marital_status": (("marital_status", "unknown"),),
    "religion": (("religion_group", "none_or_unknown"),),
    "address": (("household_type", "single"),),
}
"""By field of a finding the table and category in which its people are counted, or some of them, or they and others."""


@dataclass(frozen=True)
class Finding:
    """One check that found something: in which field, how many rows, and the first of their 1-based row numbers."""

    check: str
    field: str
    rows: int
    records: tuple[int, ...]


def check(id: str) -> Check:
    """The check of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


def finding(check: str, field: str, records: Ints) -> Finding:
    """A finding from all the row numbers it concerns."""
    ordered = np.sort(records)
    return Finding(check, field, len(ordered), tuple(int(record) for record in ordered[:_SHOWN]))


def search(engine: Engine, rows: Frame, conditions: Mapping[tuple[str, str], nw.Expr]) -> tuple[Finding, ...]:
    """The findings of several checks of the same rows, in one pass.

    ``conditions``: per check and field, when it concerns a row (null: it does not). A check without rows finds nothing.
    """
    marks = {f"c{place}": condition.fill_null(False) for place, condition in enumerate(conditions.values())}
    marked = rows.select("record", *(mark.alias(name) for name, mark in marks.items()))
    found = engine.collect(marked.filter(reduce(operator.or_, map(nw.col, marks))))
    records = found["record"].to_numpy()
    concerned = ((key, records[found[name].to_numpy()]) for key, name in zip(conditions, marks, strict=True))
    return tuple(finding(*key, rows.astype(np.int64)) for key, rows in concerned if len(rows))


_BY_ID = {entry.id: entry for entry in ALL}
