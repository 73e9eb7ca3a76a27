"""Cyrillic names as offices got them: from passports and certificates in five ways of writing, by five tables.

Tables after the standards named: ISO 9:1995; Duden's German transcription; BGN/PCGN for English; the Polish and the
French usage of passports. Written down letter by letter (``data/cyrillic.csv``); nothing is shared with what reads
extracts.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

SYSTEMS: Final = ("iso9", "duden", "english", "polish", "french")
_VOWELS: Final = "аеёиоуыэюяіїє"


@cache
def _letters() -> dict[str, dict[str, str]]:
    """Per system the Latin letters of each Cyrillic one."""
    with (Path(__file__).parent / "data" / "cyrillic.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    return {system: {row["letter"]: row[system] for row in table} for system in SYSTEMS}


def is_cyrillic(text: str) -> bool:
    """Whether a name is written in the letters that the tables know."""
    letters = [letter for letter in text.casefold() if letter.isalnum()]
    return bool(letters) and all(letter in _letters()["iso9"] for letter in letters)


def transliterated(text: str, system: str) -> str:
    """A Cyrillic name in one way of writing it in Latin letters."""
    found, lower = [], text.casefold()
    for place, letter in enumerate(lower):
        around = lower[place - 1 : place] or " ", lower[place + 1 : place + 2] or " "
        latin = _by_place(letter, around, system)
        latin = _letters()[system].get(letter, letter) if latin is None else latin
        found.append(latin[:1].upper() + latin[1:] if text[place] != letter else latin)
    return "".join(found)


def _by_place(letter: str, around: tuple[str, str], system: str) -> str | None:
    """What a letter becomes between its neighbours, where the system looks at them; else None."""
    before, after = around
    opens = before in _VOWELS or before in "ьъ" or not before.isalpha()
    match letter, system:
        case "е", "duden" | "english" | "french" | "polish" if opens:
            return {"duden": "je", "english": "ye", "french": "ie", "polish": "je"}[system]
        case "с", "duden" if before in _VOWELS and after in _VOWELS:
            return "ss"
        case "й", "duden" if before in "иы":
            return ""
        case "л", "polish" if after in "ьеиюяі":
            return "l"
    return None
