from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from vielfalt.publish.classes import class_labels, classes
from vielfalt.words import Words

SHARES = st.lists(st.tuples(st.integers(0, 400), st.integers(100, 400)).map(lambda pair: min(pair) / pair[1]))


@given(SHARES)
def test_bounds_ascend_repeat_no_share_and_leave_no_class_empty(shares: list[float]) -> None:
    found = classes(shares)
    assert list(found.bounds) == sorted(set(found.bounds))
    assert all(abs(share - bound) > 1e-9 for share in shares for bound in found.bounds)
    assert sum(found.sizes) == len(shares)
    assert all(found.sizes)
    assert len(found.sizes) == (len(found.bounds) + 1 if shares else 0)
    for number, size in enumerate(found.sizes):
        assert sum(found.of(share) == number for share in shares) == size


@given(SHARES)
def test_every_class_has_a_label_and_labels_differ(shares: list[float]) -> None:
    found = classes(shares)
    texts = class_labels(Words("en"), found)
    assert len(texts) == len(set(texts)) == len(found.sizes)


def test_spread_shares_make_five_classes_of_similar_size_with_round_bounds() -> None:
    found = classes([number / 1000 for number in range(3, 400, 4)])
    assert len(found.sizes) == 5
    assert max(found.sizes) - min(found.sizes) < 10
    assert all(abs(bound * 200 - round(bound * 200)) < 1e-6 for bound in found.bounds)


def test_few_areas_get_four_classes() -> None:
    assert len(classes([0.03, 0.09, 0.14, 0.22, 0.27, 0.31, 0.38, 0.44]).sizes) == 4


def test_labels_name_both_bounds_in_the_language() -> None:
    found = classes([0.013, 0.062, 0.111, 0.162, 0.213, 0.262])
    assert class_labels(Words("en"), found)[1].count("%") == 2
    assert all("%" in text for text in class_labels(Words("de"), found))
