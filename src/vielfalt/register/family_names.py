"""Family names in a form in which the ways to write one name agree, for the comparison of neighbours only.

The number that a name gets stands for this form. Nothing is concluded from a name but that two people bear the same.
"""

from __future__ import annotations

import re

from vielfalt.register.text import fold

_APART = re.compile(r"[\s\-.]+")
_FEMALE = (
    (re.compile(r"(?<=[a-z][oe][vw])a$"), ""),
    (re.compile(r"(?<=[a-z]{2}in)a$"), ""),
    (re.compile(r"(?<=[a-z][sc]k)(a|aja|aya|aia)$"), "i"),
)
"""Endings of women's names in Slavic languages, and what men bear in their stead: Ivanova, Putina, Kowalska."""
_MALE = re.compile(r"(?<=[a-z][sc]k)(ij|iy|ii|y|yj|yi)$")
"""Ways to write the ending of men's names; they become "ski" and "cki"."""


def name_key(text: str) -> str:
    """The name caseless, umlauts and diacritics folded, hyphens as blanks, female endings as the male ones.

    Empty for a name without letters.
    """
    words = []
    for word in _APART.split(fold(text)):
        for ending, male in _FEMALE:
            word = ending.sub(male, word)
        words.append(_MALE.sub("i", word))
    return " ".join(word for word in words if word)
