"""The derivation: from counted residents with country of birth to status, history and reference country.

Rules are asked once per kind of resident (``kinds``), and once more per kind and pattern of the parents' marks.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt import codes, rule_sets
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.clues import clues
from vielfalt.register.evidence import CODES, COUNTS, FLAGS
from vielfalt.register.immigration import IMMIGRATED, IMMIGRATION_HISTORY
from vielfalt.register.kinds import distinct
from vielfalt.register.origin import MARKED, migration_status, own_mark
from vielfalt.register.parents import PATTERNS, counts, once, with_parents
from vielfalt.rule_sets import RuleSet

_BY_PARENTS = ("child_two_parents", "child_one_parent")
_DECIDED = (
    *("migration_status", "immigration_history", "generation", "own_country", "birth_region"),
    *(*CODES, *FLAGS, *COUNTS),
)


def derive(engine: Engine, people: Frame, kinds: Frame, rule_set: RuleSet = rule_sets.VIELFALT) -> Frame:
    """Adds migration_status, migration_rule, immigration_history, generation and reference_country.

    ``people`` needs record, kind, sex, the links to guardians, address and household; ``kinds`` what each kind says
    (``kinds.kinds``) with birth_country, birth_rule and birth_region. Also adds what the rules looked at, and for
    minors the mark (id of the rule) and the reference country of mother and father. Null rule: see the rules; a
    reference country is null where no valid foreign key is known or there is no mark.
    """
    alone = (
        kinds.with_columns(*clues())
        .with_columns(own_mark(rule_set).columns()[1], *IMMIGRATED.columns())
        .with_columns(_own_country(rule_set).alias("own_country"))
    )
    own = engine.checkpoint(alone, f"own {rule_set.id}")
    people = people.with_columns(once())
    children = with_parents(engine, people, own, rule_set)
    pattern = nw.coalesce(nw.col("pattern"), nw.lit(0))
    told = people.join(children, on="record", how="left").with_columns(
        (nw.col("kind") * PATTERNS + pattern).alias("decision")
    )
    decided = engine.checkpoint(_decided(told, own, rule_set), f"decided {rule_set.id}")
    placed = told.drop("pattern", "kind").join(decided, on="decision", how="left").drop("decision")
    if "household" in (*rule_set.children, *rule_set.others):
        placed = _with_household(placed)
    return placed.with_columns(_reference_country(rule_set))


def _decided(people: Frame, own: Frame, rule_set: RuleSet) -> Frame:
    """What the rules say of each kind of resident with each pattern of marks of the parents, by their ``decision``."""
    number = nw.col("decision")
    return (
        distinct(people, "decision")
        .with_columns((number // PATTERNS).alias("kind"), *counts(number))
        .join(own, on="kind", how="left")
        .with_columns(*migration_status(rule_set).columns(), *IMMIGRATION_HISTORY.columns())
        .with_columns(_generation())
        .select("decision", *_DECIDED)
    )


def _reference_country(rule_set: RuleSet) -> nw.Expr:
    """The first country known, in the order of the rule set; null without a mark."""
    by_parents = nw.col("migration_status").is_in([*_BY_PARENTS])
    children, others = (
        nw.coalesce(*(nw.col(f"{whose}_country") for whose in order)) for order in (rule_set.children, rule_set.others)
    )
    own_or_none = nw.when(MARKED).then(others).otherwise(nw.lit(None, dtype=nw.String))
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


def _with_household(people: Frame) -> Frame:
    """Adds the country of the first resident (smallest record) of the household who has a mark and a country."""
    known = people.filter(MARKED & ~nw.col("own_country").is_null())
    first = known.group_by("household").agg(nw.col("record").min())
    countries = known.select("record", nw.col("own_country").alias("household_country"))
    return people.join(first.join(countries, on="record").drop("record"), on="household", how="left")


def _generation() -> nw.Expr:
    """1 born abroad (foreigners with open country of birth too), 2 born in Germany, null without mark or open."""
    first = MARKED & (nw.col("born_abroad").fill_null(False) | (nw.col("migration_status") == "foreigner_born_abroad"))
    second = MARKED & nw.col("born_here").fill_null(False)
    return (
        nw.when(first)
        .then(nw.lit("1"))
        .otherwise(nw.when(second).then(nw.lit("2")).otherwise(nw.lit(None, dtype=nw.String)))
        .alias("generation")
    )
