"""When a share is shown, and with how many decimals: the settings name the first base that does."""

from __future__ import annotations

import publish_example as example
import pytest

from vielfalt.publish.shares import as_printed, growth_text, share, share_text
from vielfalt.words import Words

LEAST, DECIMAL = example.PROTECTION.min_base_share, example.PROTECTION.min_base_decimal


@pytest.mark.parametrize(
    ("value", "base", "told", "printed"),
    [
        (7, LEAST - 1, "–", None),
        (7, LEAST, "23%", 0.23),
        (40, DECIMAL - 1, "40%", 0.4),
        (45, DECIMAL, "45.0%", 0.45),
        (1, 3 * DECIMAL, "0.3%", 0.003),
        (0, DECIMAL, "0.0%", 0.0),
        (None, DECIMAL, ".", None),
        (5, None, ".", None),
        (0, 0, "–", None),
        (41, 400, "10.3%", 0.103),
        (1, 400, "0.3%", 0.003),
        (3, 2000, "0.2%", 0.002),
        (17, 40, "43%", 0.43),
        (1, 40, "3%", 0.03),
    ],
)
def test_shares_by_their_base(value: int | None, base: int | None, told: str, printed: float | None) -> None:
    assert share_text(Words("en"), value, base, example.PROTECTION) == told
    assert as_printed(value, base, example.PROTECTION) == printed
    assert (share(value, base, example.PROTECTION) is None) == (printed is None)


def test_half_a_unit_goes_up_whatever_the_number_before() -> None:
    """As in official statistics (DIN 1333), for all halves: as Python rounds, every second one would go down."""
    for base in (40, 400, 2000):
        unit = 100 if base < DECIMAL else 1000
        halves = [value for value in range(base) if 2 * value * unit % (2 * base) == base]
        assert halves
        for value in halves:
            assert as_printed(value, base, example.PROTECTION) == (value * unit // base + 1) / unit


@pytest.mark.parametrize(
    ("earlier", "now", "told"),
    [
        (LEAST - 1, 60, "–"),
        (LEAST, 45, "+50%"),
        (200, 500, "+150.0%"),
        (400, 359, "−10.3%"),
        (400, 441, "+10.3%"),
        (4000, 3999, "0.0%"),
        (4000, 4001, "+0.0%"),
        (400, 400, "0.0%"),
        (400, 0, "−100.0%"),
        (None, 400, "."),
        (400, None, "."),
        (0, 9, "–"),
    ],
)
def test_growth_is_told_as_shares_are(earlier: int | None, now: int | None, told: str) -> None:
    assert growth_text(Words("en"), earlier, now, example.PROTECTION) == told
