"""Values of indices as they are written: those that are the least that the index can be are called so, rounded down."""

from __future__ import annotations

from vielfalt.desk import gateway
from vielfalt.words import N_, Words

DIGITS = 2
"""The decimals of every value of an index."""


def value_text(value: float | None, note: str, words: Words) -> str:
    """A value with two decimals, at least so much where its note says so; "–" where there is none."""
    if value is None:
        return gateway.NOT_APPLICABLE
    if gateway.at_least(note):
        return words(N_("at least {value}"), value=words.number(gateway.rounded_down(value, DIGITS), DIGITS))
    return words.number(value, DIGITS)


def interval_text(low: float | None, high: float | None, note: str, words: Words) -> str:
    """An interval with two decimals, or its lower end for the least that an index can be; "–" where there is none."""
    if low is None:
        return gateway.NOT_APPLICABLE
    if gateway.at_least(note):
        return words(N_("from {low}"), low=words.number(gateway.rounded_down(low, DIGITS), DIGITS))
    return gateway.NOT_APPLICABLE if high is None else f"{words.number(low, DIGITS)} – {words.number(high, DIGITS)}"


def high_of(high: float | None, note: str) -> float | None:
    """The upper end of an interval; none for the least that an index can be (earlier releases state one)."""
    return None if gateway.at_least(note) else high
