"""Text of the register in a form that can be compared: normalised once, in Python, on distinct values only.

House dialect 4 and 5: engines differ silently in upper, lower and ``\\w``, so no engine is asked. Everything here takes
a single value or the distinct values of a column. None of it knows persons: it serves places and streets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "e", "ħ": "h"}
)
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_CONNECTING = frozenset(
    ("a", "am", "an", "auf", "b", "bei", "d", "das", "dem", "den", "der", "des", "die", "i", "im", "in", "o", "ob", "u")
) | frozenset(("und", "v", "vom", "von", "vor", "zu", "zum", "zur"))
_ABBREVIATIONS = {"st": "sankt", "gr": "gross", "kl": "klein", "dt": "deutsch", "pr": "preussisch"}
_STREET_ENDINGS = (("strasse", "str"), ("platz", "pl"))
_GENERIC = ("str", "weg", "pl", "allee", "gasse", "ring", "damm", "ufer", "pfad", "steig", "hof", "park")
_TRANSLITERATIONS = {
    "h": ("schtsch", "shch", "dsch", "tsch", "tch", "sch", "dzh", "kh", "ch", "sh", "zh"),
    "z": ("szcz", "cz", "sz", "tz"),
    "s": ("ts",),
    "j": ("dj",),
}
"""Groups of letters that stand for sounds near s, by a letter they hold."""
_SOUNDS = str.maketrans({"c": "s", "z": "s", "x": "ks", "w": "v", "j": "i", "y": "i"})
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = frozenset("'’ʼʹ`´ʻ")
_DIGITS = re.compile(r"\d+")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_TWICE = re.compile(r"(.)\1+")
_BASE = np.uint64(1_000_003)
"""Odd, so it has an inverse modulo 2 to the 64."""
_INVERSE = np.uint64(pow(1_000_003, -1, 2**64))


def normalise(text: str) -> str:
    """The text in canonical composition, caseless, without outer blanks, inner blanks collapsed. Idempotent."""
    if text.isascii():
        return " ".join(text.lower().split())
    caseless = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", caseless).split())


def fold(text: str) -> str:
    """The text caseless and without diacritics; ä, ae and a are one, likewise ö, ü, and ß and ss.

    Both ways to write an umlaut without umlauts occur in registers (Koeln, Koln), so neither is preferred.
    """
    plain = text.translate(_FOLDED)
    for two, one in _UMLAUTS:
        plain = plain.replace(two, one)
    return " ".join(plain.split())


class _Folded(dict[int, str]):
    """What each letter becomes by ``fold`` before the umlauts, worked out when a text first holds it."""

    def __missing__(self, letter: int) -> str:
        caseless = "" if chr(letter) in _APOSTROPHES else unicodedata.normalize("NFD", chr(letter)).casefold()
        decomposed = unicodedata.normalize("NFKD", caseless.translate(_LETTERS)).casefold().translate(_LETTERS)
        kept = (sign for sign in decomposed if not unicodedata.combining(sign) and sign not in _APOSTROPHES)
        return self.setdefault(letter, "".join(kept))


_FOLDED = _Folded()


def words_of(text: str) -> list[str]:
    """The folded words of a name: hyphens, dots and the like separate, usual abbreviations are written out."""
    plain = fold(text)
    if not plain.isalnum() or not plain.isascii():
        return [_ABBREVIATIONS.get(word, word) for word in _NOT_LETTERS.split(plain) if word]
    return [_ABBREVIATIONS.get(plain, plain)]


def place_key(text: str) -> str:
    """What two spellings of one place share: "Frankfurt a. Main", "Frankfurt/Main" and "Frankfurt (Main)" are one."""
    words = words_of(text)
    return "".join(word for word in words if word not in _CONNECTING) or "".join(words)


def transliteration_key(key: str) -> str:
    """What the German, English, Polish and scientific transliterations of one foreign name share, from its place key.

    Coarse by design ("Tschimkent", "Chimkent" and "Shymkent" become one): for names that nothing finer knows.
    """
    for letter, groups in _TRANSLITERATIONS.items():
        if letter in key:
            for group in groups:
                key = key.replace(group, "s")
    key = key.replace("ck", "k").translate(_SOUNDS)
    if key.endswith("off"):
        key = key[:-2] + "v"
    return _TWICE.sub(r"\1", key)


def street_key(text: str) -> str:
    """What two spellings of one street share: "Karl-Marx-Straße" and "KARL MARX STR." are one."""
    joined = "".join(_NOT_LETTERS.split(fold(text)))
    for long, short in _STREET_ENDINGS:
        joined = joined.replace(long, short)
    return joined


def street_stem_length(key: str) -> int:
    """How many letters a street key has beside its generic ending; "bergstr" has four."""
    endings = [len(ending) for ending in _GENERIC if key.endswith(ending)]
    return len(key) - max(endings, default=0)


def same_digits(one: str, other: str) -> bool:
    """Whether both hold the same numbers in the same order; "Weg 12" and "Weg 13" are no misspellings."""
    return _DIGITS.findall(one) == _DIGITS.findall(other)


def within_one_edit(one: str, other: str) -> bool:
    """Whether at most one letter was added, dropped, replaced, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        swapped = left[1:2] + left[:1] == right[:2] and left[2:] == right[2:]
        return left[1:] == right[1:] or swapped
    return left[1:] == right if len(left) > len(right) else left == right[1:]


def one_edit_away(text: str) -> Iterator[str]:
    """All strings of a to z at most one edit away from a key, its first letter standing; some come twice."""
    for place in range(1, len(text) + 1):
        before, after = text[:place], text[place:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _ALPHABET:
            yield before + letter + after
            yield before + letter + after[1:]


def near_pairs(texts: Sequence[str], names: Sequence[str]) -> list[tuple[int, int]]:
    """Positions (in ``texts``, in ``names``) of all pairs of distinct strings within one edit of each other, sorted.

    Two strings within one edit share a string that is either of them less at most one letter: the hashes of all these
    are compared, and what they find is checked letter by letter, so the result is exact.
    """
    if not texts or not names:
        return []
    left_hash, left_row = _shortened(texts)
    right_hash, right_row = _shortened(names)
    order = np.argsort(right_hash, kind="stable")
    right_hash, right_row = right_hash[order], right_row[order]
    first = np.searchsorted(right_hash, left_hash, "left")
    count = np.searchsorted(right_hash, left_hash, "right") - first
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    pairs = np.stack([np.repeat(left_row, count), right_row[np.repeat(first, count) + offset]], axis=1)
    return [
        (int(i), int(j))
        for i, j in np.unique(pairs, axis=0)
        if texts[i] != names[j] and within_one_edit(texts[i], names[j])
    ]


def _shortened(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of each text and of each text less one letter, with the row they come from."""
    width = max(1, *(len(text) for text in texts))
    letters = np.array(texts, dtype=f"U{width}").view(np.uint32).reshape(len(texts), width).astype(np.uint64)
    powers = np.cumprod(np.concatenate([np.ones(1, np.uint64), np.full(width - 1, _BASE)]), dtype=np.uint64)
    prefix = np.cumsum(letters * powers, axis=1, dtype=np.uint64)
    whole = prefix[:, -1:]
    before = np.concatenate([np.zeros((len(texts), 1), np.uint64), prefix[:, :-1]], axis=1)
    dropped = before + (whole - prefix) * _INVERSE
    real = letters != 0
    rows = np.broadcast_to(np.arange(len(texts))[:, None], letters.shape)
    return np.concatenate([whole[:, 0], dropped[real]]), np.concatenate([np.arange(len(texts)), rows[real]])
