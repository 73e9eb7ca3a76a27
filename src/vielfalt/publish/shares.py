"""Shares and print signs: when a share may be shown, and how a value is written.

Every value has one of four faces: a number, "." for a suppressed value, "0" for exactly zero, "–" for a share
that does not apply or has too small a base (settings ``min_base_share`` and ``min_base_decimal``).
"""

from __future__ import annotations

from vielfalt.cells import Protection
from vielfalt.words import Words

SUPPRESSED = "."
NOT_APPLICABLE = "–"


def share(value: int | None, base: int | None, protection: Protection) -> float | None:
    """The share of ``value`` in ``base``, 0 to 1; None where one of them is suppressed or the base is too small."""
    if value is None or base is None or base < max(protection.min_base_share, 1):
        return None
    # Changed by itself, a part can exceed its whole by a little.
    return min(value / base, 1.0)


def as_printed(value: int | None, base: int | None, protection: Protection) -> float | None:
    """The share as it is printed, 0 to 1: classes of maps follow what a reader can compare. None as for ``share``.

    Computed in whole numbers, since half a unit goes up (DIN 1333): 41 of 400 are 10.3 %, and 10.2 % as Python rounds.
    """
    if value is None or base is None or share(value, base, protection) is None:
        return None
    return min(_rounded(value, base, protection), 1.0)


def _rounded(value: int, base: int, protection: Protection) -> float:
    whole = 1000 if _digits(base, protection) else 100
    return (2 * value * whole + base) // (2 * base) / whole


def share_text(words: Words, value: int | None, base: int | None, protection: Protection) -> str:
    """A share as per cent: whole per cent below ``min_base_decimal``, one decimal above; else its print sign."""
    if value is None or base is None:
        return SUPPRESSED
    part = as_printed(value, base, protection)
    return NOT_APPLICABLE if part is None else words.percent(part, _digits(base, protection))


def growth_text(words: Words, earlier: int | None, now: int | None, protection: Protection) -> str:
    """By how much a number has grown, as per cent of the earlier one; rules and print signs are those of a share."""
    if earlier is None or now is None:
        return SUPPRESSED
    if share(now, earlier, protection) is None:
        return NOT_APPLICABLE
    size, digits = _rounded(abs(now - earlier), earlier, protection), _digits(earlier, protection)
    return f"+{words.percent(size, digits)}" if now > earlier else words.percent(-size if size else 0, digits)


def _digits(base: int, protection: Protection) -> int:
    return 0 if base < protection.min_base_decimal else 1


def number_text(words: Words, value: int | None) -> str:
    """A count as it is printed; "." where it is suppressed."""
    return SUPPRESSED if value is None else words.number(value)
