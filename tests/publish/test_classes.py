from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from vielfalt import parameters
from vielfalt.cells import Protection
from vielfalt.publish.classes import Classes, class_labels, classes
from vielfalt.publish.shares import as_printed, share_text
from vielfalt.words import Words

SHARES = st.lists(st.tuples(st.integers(0, 400), st.integers(100, 400)).map(lambda pair: min(pair) / pair[1]))


RULES = Protection.of(parameters.on("protection", 20241231))


def of(shares: list[float]) -> Classes:
    return classes([round(share, 3) for share in shares], shares)


@given(SHARES)
def test_bounds_ascend_repeat_no_share_and_leave_no_class_empty(shares: list[float]) -> None:
    found = of(shares)
    assert list(found.bounds) == sorted(set(found.bounds))
    assert all(abs(share - bound) > 1e-9 for share in shares for bound in found.bounds)
    assert sum(found.sizes) == len(shares)
    assert all(found.sizes)
    assert len(found.sizes) == (len(found.bounds) + 1 if shares else 0)
    for number, size in enumerate(found.sizes):
        assert sum(found.of(round(share, 3)) == number for share in shares) == size


@given(SHARES)
def test_every_class_has_a_label_and_labels_differ(shares: list[float]) -> None:
    found = of(shares)
    texts = class_labels(Words("en"), found)
    assert len(texts) == len(set(texts)) == len(found.sizes)


def test_spread_shares_make_five_classes_of_similar_size_with_round_bounds() -> None:
    found = of([number / 1000 for number in range(3, 400, 4)])
    assert len(found.sizes) == 5
    assert max(found.sizes) - min(found.sizes) < 10
    assert all(abs(bound * 200 - round(bound * 200)) < 1e-6 for bound in found.bounds)


@pytest.mark.parametrize("shares", [[0.361, 0.393], [0.172, 0.178], [0.101, 0.102, 0.109]])
def test_shares_that_differ_are_told_apart_where_a_round_bound_lies_between(shares: list[float]) -> None:
    assert len(of(shares).sizes) > 1


def test_where_areas_have_all_round_shares_the_bounds_lie_beside_them() -> None:
    """Many areas of 200, 400 or 1,000 residents leave no round bound, nor one half a step beside it."""
    everywhere = [number / 200 for number in range(101)]
    found = of(everywhere)
    assert len(found.sizes) == 5 and max(found.sizes) - min(found.sizes) < 10
    assert not set(found.bounds) & set(everywhere)
    assert of([number / 20_000 for number in range(10_001)]) == Classes((), (10_001,))


def test_few_areas_get_four_classes() -> None:
    assert len(of([0.03, 0.09, 0.14, 0.22, 0.27, 0.31, 0.38, 0.44]).sizes) == 4


def test_labels_name_both_bounds_in_the_language() -> None:
    found = of([0.013, 0.062, 0.111, 0.162, 0.213, 0.262])
    assert class_labels(Words("en"), found)[1].count("%") == 2
    assert all("%" in text for text in class_labels(Words("de"), found))


def test_areas_of_one_printed_share_are_of_one_class_and_no_label_contradicts_it() -> None:
    """Two quarters of 22.46 % and 22.54 % both print 22.5 %; one of 23.97 % prints 24.0 %."""
    exact = [0.2246, 0.2254, 0.2397, 0.2051, 0.2702, 0.1899, 0.2106, 0.2603]
    printed = [as_printed(round(10_000 * share), 10_000, RULES) or 0 for share in exact]
    found = Classes((0.225, 0.24), ())
    assert [found.of(share) for share in printed[:3]] == [1, 1, 2]
    drawn = classes(printed, exact)
    assert drawn.of(printed[0]) == drawn.of(printed[1])
    assert all(sum(share >= bound for bound in drawn.bounds) == drawn.of(share) for share in printed)


def test_a_share_of_few_is_classed_as_the_whole_per_cent_that_is_printed() -> None:
    assert as_printed(19, 83, RULES) == 0.23 and share_text(Words("en"), 19, 83, RULES) == "23%"
    assert as_printed(229, 1000, RULES) == 0.229
    assert as_printed(None, 83, RULES) is as_printed(3, 9, RULES) is None
