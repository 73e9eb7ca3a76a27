"""Two dates at a time: what is settled so is safe for good, what is told stays open, and many dates are decided."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_programs import LEAST, tables

from vielfalt.audit.bounds import narrowed
from vielfalt.audit.figures import Figures, Key
from vielfalt.audit.sums import Sum
from vielfalt.errors import EngineError
from vielfalt.figures.disclosure.equations import Family, System, bounds
from vielfalt.figures.disclosure.programs import narrow
from vielfalt.figures.disclosure.windows import undecided
from vielfalt.numbers import Ints, Marks


@settings(max_examples=150, deadline=None)
@given(table=tables(), dates=st.lists(st.integers(0, 3), min_size=27, max_size=27))
def test_nothing_is_settled_that_all_sums_together_tell(
    table: tuple[Ints, Marks, list[Family]], dates: list[int]
) -> None:
    """Whatever figure is of whatever date."""
    values, known, sums = table
    system = System.of(values, sums)
    found, size = bounds(known, values, system, (np.zeros(0, np.int64),) * 3), len(values)
    wanted, least = found.low < found.high, np.full(size, LEAST)
    low, high = found.low.copy(), found.high.copy()
    narrow(system, low, high, least, wanted, largest=size)
    told = wanted & (((low == high) & (high > 0)) | ((low > 0) & (high < LEAST)))
    left, alone = undecided(system, found.low, found.high, least, wanted, np.array(dates[:size]))
    open_ = left | alone
    assert (open_ | ~told)[wanted].all()
    assert not open_[~wanted].any()


def many_dates(dates: int, unlinked: int = 0) -> tuple[Figures, list[Sum]]:
    """Residents of three blocks at each date, hidden, and those who stayed in each until the next one, hidden as well.

    Published are the residents of all blocks, those who stayed in all, and who came to each; at one date no movements.
    """
    figures, sums = Figures(), []

    def hidden(date: int, table: str, block: int) -> int:
        return figures.hidden(Key(date, table, (), "block", f"B{block}", ()), 1_000, LEAST)

    def shown(date: int, table: str, area: str, value: int) -> int:
        key = Key(date, table, (), "area", area, ())
        figures.shown(key, value)
        return figures.number[key]

    for date in range(dates):
        here = [hidden(date, "residents", block) for block in range(3)]
        sums.append((shown(date, "residents", "town", 60 + 3 * date), here))
        if date and date != unlinked:
            stayed = [hidden(date, "stayed", block) for block in range(3)]
            gone = [hidden(date, "gone", block) for block in range(3)]
            before = [hidden(date - 1, "residents", block) for block in range(3)]
            sums.append((shown(date, "stayed", "town", 57 + 3 * (date - 1)), stayed))
            for block in range(3):
                sums.append((here[block], [stayed[block], shown(date, "came", f"B{block}", 2)]))
                sums.append((before[block], [stayed[block], gone[block]]))
    return figures, sums


def test_many_dates_are_decided_although_they_hang_together() -> None:
    figures, sums = many_dates(6)
    assert narrowed(figures, sums)[2].together.sum() == 48
    with patch("vielfalt.audit.bounds.LARGEST", 20):
        low, high, decided = narrowed(figures, sums)
    assert not decided.left.any()
    assert decided.together.sum() == 48
    assert (low < high).sum() == 48


@pytest.mark.parametrize(("dates", "unlinked", "largest"), [(6, 4, 15), (4, 2, 10), (6, 5, 15)])
def test_dates_that_movements_do_not_link_are_decided_apart(dates: int, unlinked: int, largest: int) -> None:
    """Also where a group spans fewer dates than are looked at together, and beside groups that are small."""
    figures, sums = many_dates(dates, unlinked)
    with patch("vielfalt.audit.bounds.LARGEST", largest):
        _, _, decided = narrowed(figures, sums)
    assert not decided.left.any()
    assert decided.together.sum() + decided.alone.sum() == 3 * dates + 6 * (dates - 2)


@pytest.mark.parametrize("trouble", ["too many", "given up"])
def test_what_the_solver_cannot_look_at_stays_undecided(trouble: str) -> None:
    figures, sums = many_dates(6)
    gave_up = EngineError("given up")
    at = (
        patch("vielfalt.figures.disclosure.windows.MOST", 20)
        if trouble == "too many"
        else patch("vielfalt.figures.disclosure.windows.solve", side_effect=gave_up)
    )
    with patch("vielfalt.audit.bounds.LARGEST", 20), at:
        decided = narrowed(figures, sums)[2]
    assert decided.left.sum() == 48 and not decided.together.any() and not decided.alone.any()


def test_what_all_sums_tell_together_is_told_among_many_dates() -> None:
    """Three pairs of three figures: no sum by itself leaves a single number, all three do."""
    figures, sums = many_dates(6)

    def hidden(table: str, block: int) -> int:
        return figures.hidden(Key(5, table, (), "block", f"B{block}", ()), 1_000, LEAST)

    part, rest, all_ = ([hidden(table, block) for block in range(3)] for table in ("part", "rest", "residents"))
    for name, pair in (("one", part[:2]), ("two", part[1:]), ("three", part[::2])):
        key = Key(5, name, (), "area", "pair", ())
        figures.shown(key, 20)
        sums.append((figures.number[key], pair))
    sums += [(whole, [one, other]) for whole, one, other in zip(all_, part, rest, strict=True)]
    with patch("vielfalt.audit.bounds.LARGEST", 20):
        low, high, decided = narrowed(figures, sums)
    assert [(low[number], high[number]) for number in part] == [(10, 10)] * 3
    assert decided.alone[part].all() and not decided.left.any()
