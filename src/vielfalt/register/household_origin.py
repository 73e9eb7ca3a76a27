"""What the origin of its members makes of a household: with or without migration background, couples by nationality."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt.engines.base import Frame
from vielfalt.register.origin import MARKED


def household_origin(people: Frame) -> Frame:
    """Per ``household`` the categories ``mh_household`` and ``couple_nationality``, from derived residents.

    Null rules: a member whose status is not determinable counts as without background where another member has one, and
    makes the household not determinable where nobody has. A couple with a partner of unknown nationality is unknown.
    Several couples in one household count as none: the register does not say which of them the household is.
    """
    partner, german = nw.col("household_partner"), nw.col("german")
    marks = {
        "with": MARKED,
        "open": nw.col("migration_status") == "undeterminable",
        "partners": partner,
        "german_partners": partner & german,
        "foreign_partners": partner & ~german,
    }
    counted = (
        people.select("household", *(mark.fill_null(False).cast(nw.Int32).alias(name) for name, mark in marks.items()))
        .group_by("household")
        .agg(nw.len().alias("members"), *(nw.col(name).sum().alias(name) for name in marks))
    )
    return counted.select("household", _background().alias("mh_household"), _couple().alias("couple_nationality"))


def _background() -> nw.Expr:
    some = nw.when(nw.col("with") > 0).then(nw.lit("some"))
    unmarked = nw.when(nw.col("open") > 0).then(nw.lit("undeterminable")).otherwise(nw.lit("none"))
    return nw.when(nw.col("with") == nw.col("members")).then(nw.lit("all")).otherwise(some.otherwise(unmarked))


def _couple() -> nw.Expr:
    german, foreign = nw.col("german_partners"), nw.col("foreign_partners")
    two = nw.when(foreign == 2).then(nw.lit("foreign")).otherwise(nw.lit("unknown"))
    two = nw.when((german == 1) & (foreign == 1)).then(nw.lit("binational")).otherwise(two)
    two = nw.when(german == 2).then(nw.lit("german")).otherwise(two)
    return nw.when(nw.col("partners") == 2).then(two).otherwise(nw.lit("no_couple"))
