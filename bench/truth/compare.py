"""One evaluated town held against its truth: the questions, and the answers to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bench.truth.scores import Answers, Score, answers, confusions, pairs
from vielfalt import codes, dates
from vielfalt.evaluation import derive_only
from vielfalt.town import read_town

MOST_CONFUSIONS = 1_000
OPEN: Mapping[str, tuple[str, ...]] = {
    "migration_status": ("undeterminable",),
    "immigration_history": ("undeterminable",),
}
"""Answers that are none, besides the empty one."""
YARDSTICKS: Mapping[str, str] = {
    "entered": "what follows from the office's entries: with its gaps, without its errors",
    "complete": "what would follow from an extract whose every field is filled",
    "known": "what is true, with everything known, parents elsewhere included",
}
"""What the conclusion is held against; the prefixes of the columns of the truth, ``known`` has none."""
_INSTITUTION = "institution"


@dataclass(frozen=True)
class Measured:
    """The answers of one town by question; those to a question of status or country also by yardstick.

    ``entered_pairs`` holds the pairs of a household against those whom clues in the entries connect.
    """

    answers: Mapping[str, Answers]
    pairs: Score
    entered_pairs: Score
    confusions: Mapping[str, Counter[tuple[str, str, str]]]


def measure(root: Path, date: int) -> Measured:
    """Evaluates one reference date of a synthetic town and compares each resident with the truth."""
    derive_only(read_town(root), date, _quiet)
    people = joined(root, date)
    tables = questions(people)
    return Measured(
        answers={name: answers(table, OPEN.get(name.partition(" ")[0], ())) for name, table in tables.items()},
        pairs=pairs(private(people).select(true="true_household", given="household")),
        entered_pairs=pairs(private(people).select(true="true_entered_household", given="household")),
        confusions={
            name: Counter({(true, given, rule): n for true, given, rule, n in confusions(table, MOST_CONFUSIONS)})
            for name, table in tables.items()
        },
    )


def _quiet(_: str) -> AbstractContextManager[None]:
    return nullcontext()


def joined(root: Path, date: int) -> pl.DataFrame:
    """One row per resident who is to be counted: the truth (columns ``true_...``), what was concluded, the rules.

    Null in all of the program's columns where it did not count the resident.
    """
    iso = dates.to_iso(date)
    vault = read_town(root).vault / iso
    truth = pl.read_parquet(root / "truth" / f"{iso}.parquet").filter("counted")
    evidence = pl.read_parquet(vault / "evidence.parquet", columns=["record", "birth_rule", "immigration_rule"])
    given = pl.read_parquet(vault / "persons.parquet").join(evidence, on="record", how="left")
    return truth.select("record", pl.exclude("record").name.prefix("true_")).join(given, on="record", how="left")


def private(people: pl.DataFrame) -> pl.DataFrame:
    """The residents who live in no institution; those who were not counted live in no household together."""
    alone = -pl.col("record")
    return people.filter(pl.col("true_household_type") != _INSTITUTION).with_columns(
        pl.col("household").fill_null(alone)
    )


def questions(people: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    """For each question a table with ``true``, ``given`` and the ``rule`` that decided."""
    asked = {
        "migration_status": "migration_rule",
        "immigration_history": "immigration_rule",
        "reference_country": "migration_rule",
    }
    by_yardstick = {
        f"{name} {yardstick}": people.select(
            true=f"true_{'' if yardstick == 'known' else yardstick + '_'}{name}", given=name, rule=rule
        )
        for name, rule in asked.items()
        for yardstick in YARDSTICKS
    }
    country = people.select(true="true_birth_country", given=_resolved(), rule="birth_rule")
    return {
        **by_yardstick,
        "birth_country": country,
        "birth_country abroad": country.filter(pl.col("true") != codes.GERMANY),
        "household_type": people.select(true="true_household_type", given="household_type", rule=pl.lit("")),
        "area": people.select(true="true_block", given="block", rule=pl.lit("")),
    }


def _resolved() -> pl.Expr:
    """The country of birth given; a dissolved state that the true country once belonged to is no answer yet."""
    belonged = [
        f"{row.key}>{successor}"
        for row in codes.countries().values()
        if row.kind == "former"
        for successor in row.successors
    ]
    pair = pl.concat_str("birth_country", pl.lit(">"), "true_birth_country")
    return pl.when(pair.is_in(belonged)).then(pl.lit("")).otherwise(pl.col("birth_country"))
