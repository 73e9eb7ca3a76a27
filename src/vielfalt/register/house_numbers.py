"""House numbers as positions along a street: integers that can be compared with ranges.

A position is the number times 100 plus the place of its letter in the alphabet: 12 is 1200, 12a is 1201. A range that
ends at 12 ends at 1299, so it holds 12a; one that ends at 12a does not hold 12b.
"""

from __future__ import annotations

import re

from vielfalt.register.text import normalise

LETTERS = 100
HIGHEST = 9_999 * LETTERS + LETTERS - 1
NONE = -1
_NUMBER = re.compile(r"0*(\d{1,4})(?!\d)\s*([a-z](?![a-z]))?")


def position(text: str) -> int:
    """Where a house number as registered stands: "12 a" and "12A" 1201, "12-14" and "12/1" 1200; NONE if it is none.

    Of several numbers the first counts: the entrance lies there.
    """
    found = _NUMBER.match(normalise(text))
    if not found:
        return NONE
    letter = ord(found[2]) - ord("a") + 1 if found[2] else 0
    return int(found[1]) * LETTERS + letter


def last_position(text: str) -> int:
    """The end of a range: without a letter it holds all letters of the number."""
    end = position(text)
    return end + LETTERS - 1 if end != NONE and end % LETTERS == 0 else end
