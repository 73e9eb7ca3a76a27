"""The measuring itself: precision, recall, F1, share answered and pairs on tables small enough to count by hand."""

from __future__ import annotations

import polars as pl
import pytest
from bench.truth.report import pooled
from bench.truth.scores import Answers, Score, answers, confusions, pairs
from hypothesis import given
from hypothesis import strategies as st


def table(*rows: tuple[str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"true": pl.String, "given": pl.String}, orient="row")


def scores(found: Answers) -> dict[str, Score]:
    return {score.name: score for score in found.classes}


def test_precision_recall_and_f1_of_a_table_counted_by_hand() -> None:
    found = answers(table(("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", "a"), ("b", "?"), ("c", None)), ("?",))
    by_name = scores(found)
    assert by_name["a"] == Score("a", true=3, given=3, hits=2)
    assert (by_name["a"].precision, by_name["a"].recall, by_name["a"].f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (by_name["b"].precision, by_name["b"].recall, by_name["b"].f1) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert (by_name["c"].precision, by_name["c"].recall, by_name["c"].f1) == (None, 0.0, 0.0)
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 5 + 0) / 3)
    assert (found.rows, found.answered, found.right, found.wrong) == (7, 5, 3, 2)
    assert found.abstained == 2


def test_no_answer_is_right_where_none_is_due_and_never_wrong() -> None:
    found = answers(table(("?", "?"), ("a", "?"), ("", ""), ("a", "")), ("?",))
    assert (found.answered, found.right, found.wrong, found.abstained) == (0, 2, 0, 2)


def test_macro_f1_of_answers_leaves_the_class_of_open_rows_out_and_counts_them_as_misses() -> None:
    found = answers(table(("a", "a"), ("a", "?"), ("b", "b"), ("?", "b"), ("?", "?")), ("?",))
    assert found.macro_f1_of_answers == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1 / 2) / 3)


def test_a_class_that_is_never_true_lowers_precision_only() -> None:
    found = answers(table(("a", "a"), ("a", "x")))
    assert scores(found)["x"] == Score("x", true=0, given=1, hits=0)
    assert found.macro_f1 == pytest.approx(2 / 3)


def test_pairs_of_households_counted_by_hand() -> None:
    people = pl.DataFrame({"true": [1, 1, 1, 2, 2, 3, 4], "given": [7, 7, 8, 9, 9, 9, 5]})
    found = pairs(people)
    assert (found.true, found.given, found.hits) == (3 + 1, 1 + 3, 1 + 1)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)


def test_the_biggest_errors_come_first_and_hits_are_none() -> None:
    rows = table(("a", "b"), ("a", "b"), ("b", "a"), ("a", "a"), ("a", None))
    found = confusions(rows.with_columns(rule=pl.lit("R")), 2)
    assert found == [("a", "b", "R", 2), ("a", "", "R", 1)]


classes = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", "d", ""])), min_size=1)


@given(classes, classes)
def test_towns_add_up_to_what_their_rows_together_give(
    one: list[tuple[str | None, str | None]], two: list[tuple[str | None, str | None]]
) -> None:
    assert pooled([answers(table(*one)), answers(table(*two))]) == answers(table(*one, *two))


@given(classes)
def test_every_row_is_right_wrong_or_unanswered(rows: list[tuple[str | None, str | None]]) -> None:
    found = answers(table(*rows))
    assert found.right + found.wrong + (found.rows - found.answered) == found.rows
    assert sum(score.true for score in found.classes) == sum(score.given for score in found.classes) == len(rows)
    assert 0 <= found.macro_f1 <= 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_pairs_agree_with_counting_every_pair(rows: list[tuple[int, int]]) -> None:
    both = [(a, b) for i, a in enumerate(rows) for b in rows[i + 1 :]]
    found = pairs(pl.DataFrame(rows, schema=["true", "given"], orient="row"))
    assert found.true == sum(a[0] == b[0] for a, b in both)
    assert found.given == sum(a[1] == b[1] for a, b in both)
    assert found.hits == sum(a == b for a, b in both)
