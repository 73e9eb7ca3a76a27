"""The derivation: from counted residents with country of birth to status, history and reference country."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from vielfalt import codes, rule_sets
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.clues import clues
from vielfalt.register.immigration import IMMIGRATED, IMMIGRATION_HISTORY
from vielfalt.register.origin import migration_status, own_mark
from vielfalt.rule_sets import RuleSet

_PARENTS = ("guardian_1", "guardian_2")
_MARKS = ("linked", "rule", "marked", "open", "immigrated", "history_open", "mother", "country")
_HOMES = {"address": "address", "household": "household"}
"""The column in which a child and a parent must agree, by where a rule set looks for parents."""
_UNMARKED = ("none", "undeterminable")
_WORKING = (
    *("own_rule", "own_history", "own_history_rule", "own_country", "parents_country"),
    *(f"{parent}_{mark}" for parent in _PARENTS for mark in _MARKS),
    *("nationality_2", "nationality_3", "birth_date", "arrival_date", "arrival_from_abroad_date", "origin_state"),
)
"""What nobody asks for once everything is derived."""
_BY_PARENTS = ("child_two_parents", "child_one_parent")


def derive(
    engine: Engine, people: Frame, parameters: Mapping[str, int | float], rule_set: RuleSet = rule_sets.VIELFALT
) -> Frame:
    """Adds migration_status, migration_rule, immigration_history, generation and reference_country.

    ``people`` needs birth_country and birth_region, age, the links to guardians, address and household. Also adds, for
    minors, the mark (id of the rule) and the reference country of mother and father. Null rule: see the rules; a
    reference country is null where no valid foreign key is known or there is no mark.
    """
    own = (
        people.with_columns(*clues(parameters))
        .with_columns(own_mark(rule_set).columns()[1], *IMMIGRATED.columns())
        .with_columns(_own_country(rule_set).alias("own_country"))
    )
    decided = _with_parents(engine, own, rule_set).with_columns(
        *migration_status(rule_set).columns(), *IMMIGRATION_HISTORY.columns()
    )
    marked = ~nw.col("migration_status").is_in(list(_UNMARKED))
    others = ["household_country"] if "household" in (*rule_set.children, *rule_set.others) else []
    placed = _with_household(decided, marked) if others else decided
    return placed.with_columns(_reference_country(rule_set, marked), _generation(marked)).drop([*_WORKING, *others])


def _reference_country(rule_set: RuleSet, marked: nw.Expr) -> nw.Expr:
    """The first country known, in the order of the rule set; null without a mark."""
    by_parents = nw.col("migration_status").is_in(list(_BY_PARENTS))
    children, others = (
        nw.coalesce(*(nw.col(f"{whose}_country") for whose in order)) for order in (rule_set.children, rule_set.others)
    )
    own_or_none = nw.when(marked).then(others).otherwise(nw.lit(None, dtype=nw.String))
    return nw.when(by_parents).then(children).otherwise(own_or_none).alias("reference_country")


def _own_country(rule_set: RuleSet) -> nw.Expr:
    """The first valid foreign key among the fields that the rule set asks for foreigners and for Germans."""
    germans = _first_valid(rule_set.germans)
    if rule_set.foreigners == rule_set.germans:
        return germans
    return nw.when(nw.col("german")).then(germans).otherwise(_first_valid(rule_set.foreigners))


def _first_valid(columns: tuple[str, ...]) -> nw.Expr:
    """The first key that names a foreign state of today: not Germany, no dissolved state, none of 997 to 999."""
    invalid = [codes.GERMANY, *(key for key, row in codes.countries().items() if row.kind in ("former", "special"))]
    valid = (
        nw.when(~nw.col(name).is_in(invalid)).then(nw.col(name)).otherwise(nw.lit(None, dtype=nw.String))
        for name in columns
    )
    return nw.coalesce(*valid)


def _with_parents(engine: Engine, own: Frame, rule_set: RuleSet) -> Frame:
    """Adds what the linked parents carry: how many are linked, marked, open, immigrated; their marks and countries.

    Marked and open count only parents where the rule set looks for them; an unknown address of either leaves a marked
    parent open. Pointed at twice, a parent counts once.
    """
    twice = nw.col("guardian_2") == nw.col("guardian_1")
    once = nw.when(twice).then(nw.lit(None, dtype=nw.Int64)).otherwise(nw.col("guardian_2"))
    people = own.with_columns(once.alias("guardian_2"))
    home = [] if rule_set.where == "anywhere" else [_HOMES[rule_set.where]]
    parents = engine.checkpoint(_parents(own, rule_set, home), "parents")
    for parent in _PARENTS:
        renamed = parents.select(
            nw.col("record").alias(parent), *(nw.col(mark).alias(f"{parent}_{mark}") for mark in (*_MARKS, *home))
        )
        people = people.join(renamed, on=parent, how="left")
    for place in home:
        people = people.with_columns(*_at_home(place)).drop([f"{parent}_{place}" for parent in _PARENTS])
    return people.with_columns(
        *(
            _number(mark).alias(f"parents_{mark}")
            for mark in ("linked", "marked", "open", "immigrated", "history_open")
        ),
        *_mother_and_father(),
    ).with_columns(nw.coalesce(nw.col("mother_country"), nw.col("father_country")).alias("parents_country"))


def _parents(own: Frame, rule_set: RuleSet, home: list[str]) -> Frame:
    """Those who are pointed at as guardians, with their own marks."""
    pointers = (own.select(nw.col(parent).alias("record")).filter(~nw.col("record").is_null()) for parent in _PARENTS)
    marked = nw.col("own_rule").is_in(list(rule_set.parents))
    return own.join(nw.concat([*pointers]), on="record", how="semi").select(
        "record",
        (~nw.col("record").is_null()).alias("linked"),
        nw.col("own_rule").alias("rule"),
        marked.alias("marked"),
        (~marked & (nw.col("german").is_null() | nw.col("birth_country").is_null())).alias("open"),
        (nw.col("own_history") == "immigrated").alias("immigrated"),
        ((nw.col("own_history") == "") & nw.col("birth_country").is_null()).alias("history_open"),
        (nw.col("sex") == "w").fill_null(False).alias("mother"),
        nw.when(marked).then(nw.col("own_country")).otherwise(nw.lit(None, dtype=nw.String)).alias("country"),
        *home,
    )


def _at_home(place: str) -> list[nw.Expr]:
    """The marks of each parent as far as the parent lives where the child does."""
    found = []
    for parent in _PARENTS:
        near = nw.col(place) == nw.col(f"{parent}_{place}")
        marked, open_ = nw.col(f"{parent}_marked"), nw.col(f"{parent}_open")
        country = nw.when(near).then(nw.col(f"{parent}_country")).otherwise(nw.lit(None, dtype=nw.String))
        found += [
            (marked & near.fill_null(False)).alias(f"{parent}_marked"),
            ((open_ & near.fill_null(True)) | (marked & near.is_null())).alias(f"{parent}_open"),
            country.alias(f"{parent}_country"),
        ]
    return found


def _mother_and_father() -> list[nw.Expr]:
    """Mark and reference country of both parents of a minor.

    The mother is the linked parent registered as female; of two parents of one sex the first stands as mother.
    """
    first_is, second_is = (nw.col(f"{parent}_mother").fill_null(False) for parent in _PARENTS)
    swapped = ~first_is & (second_is | nw.col("guardian_2_rule").is_null())
    nobody = nw.lit(None, dtype=nw.String)
    found = []
    for mark in ("rule", "country"):
        first, second = (nw.col(f"{parent}_{mark}") for parent in _PARENTS)
        mother, father = (
            nw.when(swapped).then(one).otherwise(other) for one, other in ((second, first), (first, second))
        )
        found += [
            nw.when(nw.col("minor")).then(parent).otherwise(nobody).alias(f"{name}_{mark}")
            for name, parent in (("mother", mother), ("father", father))
        ]
    return found


def _with_household(people: Frame, marked: nw.Expr) -> Frame:
    """Adds the country of the first resident (smallest record) of the household who has a mark and a country."""
    known = people.filter(marked & ~nw.col("own_country").is_null())
    first = known.group_by("household").agg(nw.col("record").min())
    countries = known.select("record", nw.col("own_country").alias("household_country"))
    return people.join(first.join(countries, on="record").drop("record"), on="household", how="left")


def _number(mark: str) -> nw.Expr:
    """How many of the linked parents carry the mark."""
    total = nw.lit(0)
    for parent in _PARENTS:
        total = total + nw.col(f"{parent}_{mark}").fill_null(False).cast(nw.Int32)
    return total


def _generation(marked: nw.Expr) -> nw.Expr:
    """1 born abroad (foreigners with open country of birth too), 2 born in Germany, null without mark or open."""
    first = marked & (nw.col("born_abroad").fill_null(False) | (nw.col("migration_status") == "foreigner_born_abroad"))
    second = marked & nw.col("born_here").fill_null(False)
    return (
        nw.when(first)
        .then(nw.lit("1"))
        .otherwise(nw.when(second).then(nw.lit("2")).otherwise(nw.lit(None, dtype=nw.String)))
        .alias("generation")
    )
