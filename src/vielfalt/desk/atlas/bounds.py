"""Values of indices as they are written: those that are the least that the index can be are called so, rounded down."""

from __future__ import annotations

import math

from vielfalt.desk import gateway
from vielfalt.words import N_, Words

_DIGITS = 2


def value_text(value: float | None, note: str, words: Words) -> str:
    """A value with two decimals, at least so much where its note says so; "–" where there is none."""
    if value is None:
        return gateway.NOT_APPLICABLE
    if gateway.at_least(note):
        return words(N_("at least {value}"), value=words.number(rounded_down(value, _DIGITS), _DIGITS))
    return words.number(value, _DIGITS)


def interval_text(low: float | None, high: float | None, note: str, words: Words) -> str:
    """An interval with two decimals, or its lower end for the least that an index can be; "–" where there is none."""
    if low is None:
        return gateway.NOT_APPLICABLE
    if gateway.at_least(note):
        return words(N_("from {low}"), low=words.number(rounded_down(low, _DIGITS), _DIGITS))
    return gateway.NOT_APPLICABLE if high is None else f"{words.number(low, _DIGITS)} – {words.number(high, _DIGITS)}"


def rounded_down(value: float, digits: int) -> float:
    """The number of so many decimals next below, or the value if it has no more."""
    return math.floor(value * 10.0**digits + 1e-9) / 10.0**digits


def high_of(high: float | None, note: str) -> float | None:
    """The upper end of an interval; none for the least that an index can be (earlier releases state one)."""
    return None if gateway.at_least(note) else high
