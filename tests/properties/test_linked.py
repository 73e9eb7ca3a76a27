"""Suppression of linked and hierarchical tables: held against brute force, plain linear programs and known tables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_tables import reference_table
from scipy.optimize import linprog

from vielfalt.figures.disclosure.linked import (
    ATTACKERS,
    Attacker,
    Figures,
    Suppression,
    crossed,
    intervals,
    refine,
    suppress,
    suppress_exactly,
    told,
    whole_groups,
)

SUMS, ZEROS, PERSON, READER = ATTACKERS
FLAT = np.array([-1, 0, 0, 0])


def few(number: int) -> settings:
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def small(figures: Figures, limit: int = 3) -> np.ndarray:
    return (figures.values > 0) & (figures.values < limit)


def flat(counts: Iterable[Iterable[int]]) -> Figures:
    """A table of rows and columns with its margins."""
    inner = np.array(counts)
    leaves = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1), dtype=np.int64)
    leaves[1:, 1:] = inner
    return crossed([np.array([-1] + [0] * size) for size in inner.shape], leaves)


def limits(figures: Figures, hidden: np.ndarray, least: int, known: Iterable[int] = ()) -> list[tuple[float, float]]:
    """The oracle: two plain linear programs for every figure, over all figures and all equations."""
    bounds = [
        (least, None) if hides and value and not fixed and place not in set(known) else (value, value)
        for place, (value, hides, fixed) in enumerate(zip(figures.values, hidden, figures.fixed, strict=True))
    ]
    found = []
    for place in range(len(figures.values)):
        aim = np.zeros(len(figures.values))
        aim[place] = 1.0
        zero = np.zeros(figures.sums.shape[0])
        ends = [linprog(sign * aim, A_eq=figures.sums, b_eq=zero, bounds=bounds).fun for sign in (1, -1)]
        found.append((ends[0], -ends[1]))
    return found


def assert_safe(figures: Figures, found: Suppression, primary: np.ndarray, width: int) -> None:
    """No primary figure is told to anybody, by the oracle alone."""
    for least in (0, 1):
        for place, (low, high) in enumerate(limits(figures, found.hidden, least)):
            if primary[place] and not found.open[place]:
                assert high - low >= width - 1e-6, (place, low, high)
    for alone in np.flatnonzero(found.hidden & (figures.values == 1)).tolist():
        same = {
            place for place, (low, high) in enumerate(limits(figures, found.hidden, 1, [alone])) if high - low < 1e-6
        }
        mine = {place for place in same if figures.values[place] == 1 and _equal(figures, found.hidden, alone, place)}
        assert not [place for place in same - mine if primary[place] and not found.open[place]]


def _equal(figures: Figures, hidden: np.ndarray, one: int, other: int) -> bool:
    """Whether two figures must be the same: their difference is 0 at both ends."""
    bounds = [
        (1, None) if hides and value else (value, value) for value, hides in zip(figures.values, hidden, strict=True)
    ]
    aim = np.zeros(len(figures.values))
    aim[one] += 1.0
    aim[other] -= 1.0
    zero = np.zeros(figures.sums.shape[0])
    ends = [linprog(sign * aim, A_eq=figures.sums, b_eq=zero, bounds=bounds).fun for sign in (1, -1)]
    return bool(abs(ends[0]) < 1e-6 and abs(ends[1]) < 1e-6)


@st.composite
def tables(draw: st.DrawFn) -> Figures:
    """Small tables: areas in two levels by flat groups, many counts small or zero."""
    areas = np.array([-1, 0, 0, 1, 1, 2, 2, 2])
    groups = np.array([-1] + [0] * draw(st.integers(2, 4)))
    leaves = np.zeros((len(areas), len(groups)), dtype=np.int64)
    counts = st.sampled_from([0, 0, 1, 1, 2, 3, 5, 9, 30])
    for place in product(range(3, 8), range(1, len(groups))):
        leaves[place] = draw(counts)
    return crossed([areas, groups], leaves)


@few(6)
@given(tables(), st.integers(1, 3))
def test_nothing_is_told_to_any_attacker_by_plain_linear_programs(figures: Figures, width: int) -> None:
    primary = small(figures)
    found = suppress(figures, primary, width)
    assert (found.hidden >= primary).all()
    assert not (found.hidden & ~primary & (figures.values == 0)).any()
    assert_safe(figures, found, primary, width)


@few(8)
@given(tables())
def test_the_certificate_never_claims_more_than_the_oracle(figures: Figures) -> None:
    primary = small(figures)
    found = suppress(figures, primary, 1)
    for attacker in (SUMS, ZEROS):
        claimed = ~told(figures, found, attacker, 1)
        exact = limits(figures, found.hidden, attacker.least)
        for place in np.flatnonzero(found.hidden & (figures.values > 0) & claimed):
            assert exact[place][1] - exact[place][0] >= 1 - 1e-6


@few(8)
@given(tables(), st.sampled_from([SUMS, ZEROS]))
def test_intervals_agree_with_plain_linear_programs(figures: Figures, attacker: Attacker) -> None:
    hidden = small(figures, 6)
    found = intervals(figures, hidden, attacker, 10**6)
    for place, (low, high) in enumerate(limits(figures, hidden, attacker.least)):
        if hidden[place]:
            assert found.low[place] == np.ceil(low - 1e-6)
            assert found.high[place] == np.floor(high + 1e-6)


def test_the_exact_way_is_the_best_of_all_patterns() -> None:
    """Brute force: every subset of the figures of a table of 3 by 3, each judged by plain linear programs."""
    figures = flat([[1, 7, 4], [5, 2, 6], [8, 9, 3]])
    primary = small(figures)
    best = int(suppress_exactly(figures, primary, 1).sum())
    others = np.flatnonzero(~primary & ~figures.fixed)
    for number in range(best - int(primary.sum())):
        for chosen in _subsets(others, number):
            hidden = primary.copy()
            hidden[chosen] = True
            exact = limits(figures, hidden, 1)
            assert any(exact[place][1] - exact[place][0] < 1 - 1e-6 for place in np.flatnonzero(primary))
    assert best <= int(suppress(figures, primary, 1, (SUMS, ZEROS)).hidden.sum())


def _subsets(places: np.ndarray, size: int) -> Iterable[list[int]]:
    from itertools import combinations

    return ([int(place) for place in chosen] for chosen in combinations(places, size))


@few(2)
@given(tables())
def test_choosing_anew_hides_no_more_and_tells_no_more(figures: Figures) -> None:
    """From a pattern that hides more than it has to, since further figures were to be protected."""
    primary = small(figures)
    found = suppress(figures, small(figures, 6), 1)
    better = refine(figures, primary, found, 1)
    assert (better.hidden >= primary).all()
    assert better.hidden.sum() <= found.hidden.sum()
    assert not (better.hidden & ~primary & (figures.values == 0)).any()
    for attacker in ATTACKERS:
        assert not (told(figures, better, attacker, 1) & primary & ~told(figures, found, attacker, 1)).any()
    if not (told(figures, found, PERSON, 1) & primary).any():
        assert_safe(figures, better, primary, 1)


def test_choosing_anew_finds_the_fewest_figures() -> None:
    """One small figure in a wide table needs three others; the pattern to start from hides two rows."""
    figures = flat([[2, 7, 8, 9], [8, 9, 7, 8], [9, 8, 9, 7]])
    primary = small(figures)
    found = suppress(figures, small(figures, 8), 1)
    assert found.hidden.sum() > 4
    better = refine(figures, primary, found, 1)
    assert better.hidden.sum() == 4
    assert (refine(figures, primary, found, 1).hidden == better.hidden).all(), "the same input, the same result"


def test_three_single_persons_in_a_row_of_two_by_five() -> None:
    """From the issues of the R tools: three singles in one row; each of them knows one of the hidden figures."""
    figures = flat([[1, 1, 1, 8, 9], [6, 7, 8, 9, 10]])
    primary = small(figures)
    found = suppress(figures, primary, 1)
    assert not found.open.any()
    assert not told(figures, found, PERSON, 1)[primary].any()
    assert_safe(figures, found, primary, 1)


def test_zeros_that_are_shown_make_a_hidden_figure_at_least_one() -> None:
    """A rectangle of ones is safe against sums alone, and wide open to whoever sees that zeros are shown."""
    figures = flat([[1, 1, 5], [1, 1, 5], [5, 5, 5]])
    hidden = figures.values == 1
    assert (intervals(figures, hidden, SUMS, 1).high - intervals(figures, hidden, SUMS, 1).low)[hidden].min() >= 1
    assert (intervals(figures, hidden, ZEROS, 1).high - intervals(figures, hidden, ZEROS, 1).low)[hidden].max() == 0
    found = suppress(figures, hidden, 1)
    assert not told(figures, found, ZEROS, 1).any()


def test_linked_tables_safe_alone_and_exact_together() -> None:
    """Two tables share the line of areas: each hides one figure of an area well, both together would tell it."""
    one = flat([[2, 6, 9], [7, 8, 9]])
    leaves = np.zeros((4, 4, 3), dtype=np.int64)
    leaves[1:3, 1:, 1] = [[2, 3, 4], [3, 5, 5]]
    leaves[1:3, 1:, 2] = [[0, 3, 5], [4, 3, 4]]
    together = crossed([np.array([-1, 0, 0, 0]), FLAT, np.array([-1, 0, 0])], leaves)
    for figures in (one, together):
        primary = small(figures)
        found = suppress(figures, primary, 1)
        assert_safe(figures, found, primary, 1)


def test_figures_shown_earlier_protect_nothing() -> None:
    figures = flat([[2, 6, 9], [7, 8, 9], [5, 5, 5]])
    primary = small(figures)
    first = suppress(figures, primary, 1)
    partner = first.hidden & ~primary
    archive = Figures(figures.values, figures.sums, figures.cost, figures.fixed | partner)
    again = suppress(archive, primary, 1)
    assert not (again.hidden & partner).any()
    assert not told(archive, again, ZEROS, 1)[primary].any()


def test_what_the_totals_give_away_is_said() -> None:
    figures = flat([[2, 0, 0], [0, 9, 9]])
    everything = Figures(figures.values, figures.sums, figures.cost, figures.fixed | (np.arange(12) % 4 == 0))
    found = suppress(everything, small(everything), 1)
    assert found.open[small(everything) & ~everything.fixed].all()


def test_the_pattern_of_the_last_period_is_preferred() -> None:
    figures = flat([[2, 9, 9], [9, 9, 9], [9, 9, 9]])
    primary = small(figures)
    for row, column in product((2, 3), (2, 3)):
        before = np.zeros((4, 4), dtype=np.bool_)
        before[np.ix_([1, row], [1, column])] = True
        assert (suppress(figures, primary, 1, before=before.ravel()).hidden == before.ravel()).all()


@few(4)
@given(tables())
def test_the_same_input_gives_the_same_pattern(figures: Figures) -> None:
    assert (suppress(figures, small(figures), 1).hidden == suppress(figures, small(figures), 1).hidden).all()


def test_all_of_a_group_in_one_cell_is_found() -> None:
    figures = flat([[4, 0, 9], [0, 0, 7], [3, 3, 3]])
    marks = whole_groups(figures, 6).reshape(4, 4)
    assert np.argwhere(marks).tolist() == [[3, 2]]
    assert np.argwhere(whole_groups(figures, 7).reshape(4, 4)).tolist() == [[2, 3], [3, 2]]


def test_a_false_witness_is_refused() -> None:
    figures = flat([[2, 6, 9], [7, 8, 9]])
    found = suppress(figures, small(figures), 1)
    shown = Suppression(np.zeros_like(found.hidden), found.witnesses, found.open, found.fewest)
    with pytest.raises(ValueError, match="witness"):
        told(figures, shown, SUMS, 1)


@pytest.mark.parametrize(
    ("name", "cells", "primaries", "peer"), [("t0", 72, 3, 72), ("t1", 456, 12, 47), ("t3", 3042, 822, 1029)]
)
def test_no_more_is_hidden_than_by_gauss_suppression(name: str, cells: int, primaries: int, peer: int) -> None:
    """Handbook: GaussSuppression hides 47 and 1,029. Both attackers it is measured against are told nothing at all."""
    figures = reference_table(name)
    if figures is None:
        pytest.skip("the reference tables are not here")
    primary = small(figures)
    assert (len(primary), int(primary.sum())) == (cells, primaries)
    found = suppress(figures, primary, 1, (SUMS, ZEROS))
    assert int(found.hidden.sum()) <= peer
    assert not found.open.any()
    for attacker in (SUMS, ZEROS):
        assert not told(figures, found, attacker, 1).any()
        ends = intervals(figures, found.hidden, attacker, 1)
        assert (ends.high - ends.low)[found.hidden].min() >= 1


def test_no_more_is_hidden_with_a_person_among_the_attackers() -> None:
    """Handbook: GaussSuppression hides 47 figures of t1."""
    figures = reference_table("t1")
    if figures is None:
        pytest.skip("the reference tables are not here")
    found = suppress(figures, small(figures), 1)
    assert int(found.hidden.sum()) <= 47
    for attacker in ATTACKERS:
        assert not (told(figures, found, attacker, 1) & small(figures)).any()
