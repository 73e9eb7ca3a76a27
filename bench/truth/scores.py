"""Precision, recall, F1 and the share answered, of tables that hold what is true and what was given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

NO_ANSWER = ""
"""What an empty answer is, besides the answers named as such."""


@dataclass(frozen=True)
class Score:
    """How well one class was found; a measure is None where it has no base (nobody is, or was said to be, in it)."""

    name: str
    true: int
    given: int
    hits: int

    @property
    def precision(self) -> float | None:
        """Share of those given this class who are in it."""
        return self.hits / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        """Share of those in this class who were given it."""
        return self.hits / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; 0 where nobody of the class was found."""
        return 2 * self.hits / (self.true + self.given) if self.true + self.given else None


@dataclass(frozen=True)
class Answers:
    """The scores of all classes of one question, and how many of all rows got an answer, and the right one.

    ``answered`` excludes empty answers and those named as no answer; a row whose truth is itself "no answer" and that
    got none counts as right but not as answered. ``abstained`` counts the rows without an answer whose truth is one.
    """

    classes: tuple[Score, ...]
    rows: int
    answered: int
    right: int
    wrong: int
    abstained: int
    open: tuple[str, ...] = ()

    @property
    def macro_f1(self) -> float:
        """Mean of the F1 of the classes that occur in truth; each counts the same, however small."""
        return _mean([score for score in self.classes if score.true])

    @property
    def macro_f1_of_answers(self) -> float:
        """As ``macro_f1``, of the classes that are answers only; a row left open is a miss of its true class."""
        return _mean([score for score in self.classes if score.true and score.name not in (NO_ANSWER, *self.open)])


def _mean(scores: list[Score]) -> float:
    return sum(score.f1 or 0.0 for score in scores) / len(scores)


def answers(table: pl.DataFrame, open_answers: Collection[str] = ()) -> Answers:
    """Scores of a table with the columns ``true`` and ``given`` (null counts as empty); ``wrong`` are answers only."""
    table = table.select(pl.col("true", "given").fill_null(NO_ANSWER))
    unanswered = pl.col("given").is_in([NO_ANSWER, *open_answers])
    counts = table.group_by("true", "given").agg(pl.len().alias("n")).with_columns(unanswered.alias("open"))
    equal = counts.filter(pl.col("true") == pl.col("given"))
    names = sorted({*counts["true"], *counts["given"]})
    true, given, hits = (
        dict(found.group_by(column).agg(pl.col("n").sum()).iter_rows())
        for found, column in ((counts, "true"), (counts, "given"), (equal, "true"))
    )
    said = counts.filter(~pl.col("open"))
    return Answers(
        classes=tuple(Score(name, true.get(name, 0), given.get(name, 0), hits.get(name, 0)) for name in names),
        rows=table.height,
        answered=int(said["n"].sum()),
        right=int(equal["n"].sum()),
        wrong=int(said.filter(pl.col("true") != pl.col("given"))["n"].sum()),
        abstained=int(counts.filter("open", ~pl.col("true").is_in([NO_ANSWER, *open_answers]))["n"].sum()),
        open=tuple(open_answers),
    )


def pairs(table: pl.DataFrame) -> Score:
    """Pairs of persons of one household, of a table with the columns ``true`` and ``given`` (ids of households).

    ``true`` counts the pairs that live together, ``given`` those that were put together, ``hits`` those that are both.
    """
    return Score("pairs", *(_pairs(table, columns) for columns in (["true"], ["given"], ["true", "given"])))


def _pairs(table: pl.DataFrame, columns: list[str]) -> int:
    size = pl.col("n").cast(pl.Int64)
    grouped = table.group_by(columns).agg(pl.len().alias("n"))
    return int(grouped.select((size * (size - 1) // 2).sum()).item())


def confusions(table: pl.DataFrame, most: int) -> list[tuple[str, str, str, int]]:
    """The most frequent errors of a table with ``true``, ``given``, ``rule``: those three and the number of rows."""
    return (
        table.select(pl.col("true", "given", "rule").fill_null(NO_ANSWER))
        .filter(pl.col("true") != pl.col("given"))
        .group_by("true", "given", "rule")
        .agg(pl.len().alias("n"))
        .sort("n", "true", "given", "rule", descending=[True, False, False, False])
        .head(most)
        .rows()
    )
