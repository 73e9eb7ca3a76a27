"""Residents whose evidence is the same, as one kind: country of birth and status are decided once per kind.

A town of a million has about a hundred thousand kinds, one of 40,000 about twelve thousand.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from vielfalt.engines.base import Frame

EVIDENCE = (
    *("nationality_1", "nationality_2", "nationality_3", "german_nationality_kind"),
    *("birth_place", "birth_state", "origin_state"),
)
"""The fields whose combinations are numbered when the extract is read: what a register says of origin but for dates."""
DATED = (
    *("no_arrival", "born_since_1945", "since_birth", "minor", "descendant_age"),
    *("early", "window_east", "window_ussr", "born_early"),
)
"""What the rules ask of a resident's dates: yes or no, see ``said_by_dates``."""


def said_by_dates(parameters: Mapping[str, int | float]) -> tuple[nw.Expr, ...]:
    """One column for each of ``DATED``, from the dates of birth and arrival and from ``age``.

    no_arrival: no arrival from abroad is entered. born_since_1945, minor, descendant_age, born_early (before the
    limit for expellees): the age or date of birth is known and says so. since_birth: arrived in the municipality on
    the day of birth. early: came before 1950, to the municipality or from abroad. window_east, window_ussr: came from
    abroad in the years of repatriates from there. Null rule: a date that is not known says no.
    """
    born, arrived = nw.col("birth_date"), nw.col("arrival_date")
    abroad = _earliest(nw.col("arrival_from_abroad_date"))

    def before(day: nw.Expr, name: str) -> nw.Expr:
        return (day < int(parameters[name])).fill_null(False)

    def window(until: str) -> nw.Expr:
        return (abroad >= int(parameters["repatriate_since"])) & (abroad <= int(parameters[until]))

    return (
        nw.col("arrival_from_abroad_date").is_null().alias("no_arrival"),
        (born >= 1945_00_00).fill_null(False).alias("born_since_1945"),
        ((arrived == born) & (born % 100 > 0)).fill_null(False).alias("since_birth"),
        before(nw.col("age"), "family_age").alias("minor"),
        before(nw.col("age"), "descendant_age").alias("descendant_age"),
        (before(abroad, "immigration_since") | before(_earliest(arrived), "immigration_since")).alias("early"),
        window("repatriate_until_east").fill_null(False).alias("window_east"),
        window("repatriate_until_ussr").fill_null(False).alias("window_ussr"),
        before(_earliest(born), "expellee_born_before").alias("born_early"),
    )


def numbered(people: Frame, parameters: Mapping[str, int | float]) -> Frame:
    """Adds ``kind``: one number for the evidence (``evidence``) and what the dates say."""
    number = nw.col("evidence") * 2 ** len(DATED)
    for place, name in enumerate(DATED):
        number = number + nw.col(name).cast(nw.Int64) * 2**place
    return people.with_columns(*said_by_dates(parameters)).with_columns(number.alias("kind")).drop([*DATED])


def kinds(people: Frame, evidence: Frame) -> Frame:
    """One row per kind of these residents: ``kind``, the fields of ``EVIDENCE``, and ``DATED`` as flags.

    ``evidence``: the numbered combinations of the extract (``evidence`` and the fields).
    """
    number, flags = nw.col("kind"), 2 ** len(DATED)
    found = distinct(people, "kind").with_columns((number // flags).alias("evidence"))
    said = (((number // 2**place) % 2) == 1 for place in range(len(DATED)))
    return (
        found.join(evidence, on="evidence", how="left")
        .with_columns(*(flag.alias(name) for flag, name in zip(said, DATED, strict=True)))
        .drop("evidence")
    )


def distinct(people: Frame, column: str) -> Frame:
    """The values of a column, each once. By grouping: databases that number the rows of each value take far longer."""
    return people.group_by(column).agg(nw.len().alias("_rows")).select(column)


def _earliest(day: nw.Expr) -> nw.Expr:
    """The first day a partial date can mean (19500000 is 19500101), so that it falls into the year it names."""
    return day + nw.when(day % 10_000 == 0).then(nw.lit(101)).otherwise(
        nw.when(day % 100 == 0).then(nw.lit(1)).otherwise(nw.lit(0))
    )
