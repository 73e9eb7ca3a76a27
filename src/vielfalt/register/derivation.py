"""The derivation: from counted residents with country of birth to status, history and reference country."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from vielfalt import codes
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.origin import IMMIGRATED, IMMIGRATION_HISTORY, MIGRATION_STATUS, OWN_STATUS, evidence

_PARENTS = ("guardian_1", "guardian_2")
_MARKS = ("linked", "marked", "open", "immigrated", "mother", "country")
_UNMARKED = ("none", "undeterminable")
_WORKING = (
    *("own_status", "own_rule", "own_history", "own_history_rule", "own_country", "parents_country"),
    *(f"{parent}_{mark}" for parent in _PARENTS for mark in _MARKS),
    *("nationality_2", "nationality_3", "birth_date", "arrival_date", "arrival_from_abroad_date", "origin_state"),
)
"""What nobody asks for once everything is derived."""
_BY_PARENTS = ("child_two_parents", "child_one_parent")


def derive(engine: Engine, people: Frame, parameters: Mapping[str, int | float]) -> Frame:
    """Adds migration_status, migration_rule, immigration_history, generation and reference_country.

    ``people`` needs birth_country and birth_region, age and the links to guardians. Null rule: see the rules; a
    reference country is null where no valid foreign key is known or there is no mark.
    """
    own = (
        people.with_columns(*evidence(parameters))
        .with_columns(*OWN_STATUS.columns(), *IMMIGRATED.columns())
        .with_columns(_own_country().alias("own_country"))
    )
    decided = _with_parents(engine, own).with_columns(*MIGRATION_STATUS.columns(), *IMMIGRATION_HISTORY.columns())
    marked = ~nw.col("migration_status").is_in(list(_UNMARKED))
    by_parents = nw.col("migration_status").is_in(list(_BY_PARENTS))
    own_or_none = nw.when(marked).then(nw.col("own_country")).otherwise(nw.lit(None, dtype=nw.String))
    country = nw.when(by_parents).then(nw.coalesce(nw.col("parents_country"), nw.col("own_country")))
    derived = decided.with_columns(country.otherwise(own_or_none).alias("reference_country"), _generation(marked))
    return derived.drop([*_WORKING])


def _own_country() -> nw.Expr:
    """The first valid foreign key of nationality 1, 2, 3, country of birth, origin of arrival (Wuerzburg's order)."""
    invalid = [codes.GERMANY, *(key for key, row in codes.countries().items() if row.kind in ("former", "special"))]
    columns = ("nationality_1", "nationality_2", "nationality_3", "birth_country", "origin_state")
    valid = (
        nw.when(~nw.col(name).is_in(invalid)).then(nw.col(name)).otherwise(nw.lit(None, dtype=nw.String))
        for name in columns
    )
    return nw.coalesce(*valid)


def _with_parents(engine: Engine, own: Frame) -> Frame:
    """Adds what the linked parents carry: how many are linked, marked, open, immigrated; and their reference country.

    The mother's country if she has a mark, else the father's (contract vielfalt-1). Pointed at twice, a parent counts
    once.
    """
    twice = nw.col("guardian_2") == nw.col("guardian_1")
    once = nw.when(twice).then(nw.lit(None, dtype=nw.Int64)).otherwise(nw.col("guardian_2"))
    people = own.with_columns(once.alias("guardian_2"))
    parents = engine.checkpoint(_parents(own), "parents")
    for parent in _PARENTS:
        renamed = parents.select(nw.col("record").alias(parent), *(nw.col(m).alias(f"{parent}_{m}") for m in _MARKS))
        people = people.join(renamed, on=parent, how="left")
    counts = (
        _number(*(~nw.col(f"{parent}_linked").is_null() for parent in _PARENTS)).alias("parents_linked"),
        *(
            _number(*(nw.col(f"{parent}_{mark}") for parent in _PARENTS)).alias(f"parents_{mark}")
            for mark in ("marked", "open", "immigrated")
        ),
    )
    second_is_mother = nw.col("guardian_2_mother").fill_null(False) & ~nw.col("guardian_1_mother").fill_null(False)
    first, second = nw.col("guardian_1_country"), nw.col("guardian_2_country")
    country = nw.when(second_is_mother).then(nw.coalesce(second, first)).otherwise(nw.coalesce(first, second))
    return people.with_columns(*counts, country.alias("parents_country"))


def _parents(own: Frame) -> Frame:
    """Those who are pointed at as guardians, with their own marks."""
    pointers = (own.select(nw.col(parent).alias("record")).filter(~nw.col("record").is_null()) for parent in _PARENTS)
    marked = ~nw.col("own_status").is_in(["", "none"])
    return own.join(nw.concat([*pointers]), on="record", how="semi").select(
        "record",
        (nw.col("own_status") != "").alias("linked"),
        marked.alias("marked"),
        ((nw.col("own_status") == "") & (nw.col("german").is_null() | nw.col("birth_country").is_null())).alias("open"),
        (nw.col("own_history") == "immigrated").alias("immigrated"),
        (nw.col("sex") == "w").fill_null(False).alias("mother"),
        nw.when(marked).then(nw.col("own_country")).otherwise(nw.lit(None, dtype=nw.String)).alias("country"),
    )


def _number(*conditions: nw.Expr) -> nw.Expr:
    total = nw.lit(0)
    for condition in conditions:
        total = total + condition.fill_null(False).cast(nw.Int32)
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
