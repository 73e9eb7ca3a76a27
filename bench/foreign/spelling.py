"""How a name goes wrong on its way into a register: fingers, eyes, field widths, character sets.

Each function takes the name and a uniform number that decides how; the same number does the same. A name that the
mechanism cannot touch comes back unchanged.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_ROWS: Final = ("1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm,.-")
"""A German keyboard; a finger lands on the key beside, seldom above."""
_NEIGHBOURS: Final = {
    key: "".join(row[max(0, place - 1) : place] + row[place + 1 : place + 2])
    for row in _ROWS
    for place, key in enumerate(row)
}
_LOOKS_LIKE: Final = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("ii", "ü"), ("l", "1"), ("o", "0"), ("I", "l"), ("h", "b"), ("e", "c"),
    ("u", "n"), ("n", "u"), ("nn", "im"), ("ä", "a"), ("ö", "o"), ("ü", "ii"), ("S", "5"), ("B", "8"), ("f", "t"),
)  # fmt: skip
"""Confusions of text recognition on old index cards."""
_WITHOUT_DECOMPOSITION: Final = str.maketrans("łŁđĐıøØæÆþðħ", "lLdDiooaAtdh")
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
FIELD_WIDTHS: Final = (20, 24, 30)


def _at(name: str, u: float, size: int = 1) -> int:
    """A place behind the first letter."""
    return 1 + int(u * 104_729) % max(1, len(name) - size)


def neighbour_key(name: str, u: float) -> str:
    """One letter replaced by the key beside it."""
    place = _at(name, u)
    near = _NEIGHBOURS.get(name[place : place + 1], "")
    letters = [key for key in near if key.isalpha()]
    return name[:place] + letters[int(u * 7) % len(letters)] + name[place + 1 :] if letters else name


def struck_twice(name: str, u: float) -> str:
    """The key beside struck together with the right one."""
    place = _at(name, u)
    near = [key for key in _NEIGHBOURS.get(name[place : place + 1], "") if key.isalpha()]
    return name[:place] + near[0] + name[place:] if near else name


def misread(name: str, u: float) -> str:
    """One confusion of text recognition."""
    possible = [(seen, read) for seen, read in _LOOKS_LIKE if seen in name[1:]]
    if not possible:
        return name
    seen, read = possible[int(u * len(possible))]
    return name[:1] + name[1:].replace(seen, read, 1)


def by_ear(name: str, u: float) -> str:
    """Written as heard at the counter: other letters for the same sound."""
    sounds = (("ck", "k"), ("tz", "z"), ("ph", "f"), ("ie", "i"), ("dt", "t"), ("th", "t"), ("v", "w"), ("ss", "s"),
              ("tsch", "c"), ("sch", "sh"), ("ou", "u"), ("y", "i"), ("ai", "ei"), ("k", "c"), ("ll", "l"))  # fmt: skip
    possible = [(one, other) for one, other in sounds if one in name[1:]]
    if not possible:
        return name
    one, other = possible[int(u * len(possible))]
    return name[:1] + name[1:].replace(one, other, 1)


def cut_off(name: str, u: float) -> str:
    """Cut at the width of an old field."""
    return name[: FIELD_WIDTHS[int(u * len(FIELD_WIDTHS))]].rstrip()


def plain(name: str) -> str:
    """Without the marks that an old character set did not have; German letters stay."""
    kept = "äöüÄÖÜß"
    letters = [
        letter if letter in kept else unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        for letter in name.translate(_WITHOUT_DECOMPOSITION)
    ]
    return "".join(letters)


def without_umlauts(name: str, u: float) -> str:
    """German letters as two letters, or without their dots."""
    return name.translate(_GERMAN) if u < 0.75 else plain(unicodedata.normalize("NFKD", name.replace("ß", "ss")))


def question_marks(name: str) -> str:
    """Letters that the old character set did not have became question marks."""
    return name.encode("latin-1", "replace").decode("latin-1")


def encoded_twice(name: str, u: float) -> str:
    """UTF-8 taken for Windows-1252, now and then once more."""
    for _ in range(1 if u < 0.8 else 2):
        try:
            name = name.encode("utf-8").decode("cp1252")
        except UnicodeDecodeError:
            return name
    return name


def otherwise_joined(name: str, u: float) -> str:
    """Hyphens for blanks and blanks for hyphens, or neither."""
    if "-" in name:
        return name.replace("-", " ") if u < 0.6 else name.replace("-", "")
    return name.replace(" ", "-") if u < 0.7 else name.replace(" ", "")


def abbreviated(name: str, u: float) -> str:
    """Common words shortened."""
    words = (("Sankt ", "St."), ("Saint ", "St. "), ("Santa ", "S. "), ("San ", "S. "), ("Bad ", "B. "),
             ("Groß ", "Gr. "), ("Velika ", "Vel. "), ("Novi ", "N. "), ("Nowo", "N."))  # fmt: skip
    for long, short in words:
        if name.startswith(long):
            return short + name[len(long) :]
    return name[: 4 + int(u * 4)] + "." if len(name) > 12 else name
