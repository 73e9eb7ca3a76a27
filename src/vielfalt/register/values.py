"""Single values of the extract: from the text delivered to what it means, or to why it cannot be used.

Every parser takes a stripped, non-empty text and returns ``(value, problem)``: the value, or None and the id of the
finding. They run on distinct values only (house dialect, 4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from vielfalt import codes, schema
from vielfalt.dates import is_calendar_date
from vielfalt.profiles import Profile

Parsed: TypeAlias = tuple[int | float | str | None, str]
Parser: TypeAlias = Callable[[str], Parsed]

_MIDNIGHT = r"(?:[ T]00?:00(?::00(?:\.0+)?)?)?"
FORMS: Mapping[str, tuple[re.Pattern[str], tuple[int, int, int]]] = {
    "iso": (re.compile(r"(\d{4})-(\d{2})-(\d{2})" + _MIDNIGHT), (1, 2, 3)),
    "german": (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _MIDNIGHT), (3, 2, 1)),
    "compact": (re.compile(r"(\d{4})(\d{2})(\d{2})"), (1, 2, 3)),
}
"""Per date form what a date looks like, and where year, month and day stand in it. Databases add midnight to a day."""
_YES, _NO = frozenset({"yes", "ja", "j", "1", "true"}), frozenset({"no", "nein", "n", "0", "false"})


def date(text: str, *, forms: tuple[str, ...], reference: int) -> Parsed:
    """A date as yyyymmdd; partial ones keep zeros (00.00.1962 is 19620000). A year alone is a partial date."""
    for form in forms:
        pattern, (year, month, day) = FORMS[form]
        if match := pattern.fullmatch(text):
            value = int(match[year]) * 10_000 + int(match[month]) * 100 + int(match[day])
            break
    else:
        if not (len(text) == 4 and text.isdecimal()):
            return None, "" if not text.strip("0.-") else "date_impossible"
        value = int(text) * 10_000
    if value == 0:
        return None, ""
    if not is_calendar_date(value) or value < 18_500_000:
        return None, "date_impossible"
    return (None, "date_after_reference") if value > reference else (value, "")


def country(text: str) -> Parsed:
    """A Destatis key of three digits; padded when zeros are missing."""
    key = text.zfill(3)
    return (key, "") if key in codes.countries() else (None, "code_unknown")


def code(text: str, *, allowed: frozenset[str]) -> Parsed:
    """One of the values allowed, whatever its case."""
    for candidate in (text, text.lower(), text.upper()):
        if candidate in allowed:
            return candidate, ""
    return None, "code_unknown"


def religion_group(text: str) -> Parsed:
    """The religion group of a DSMeld key; the key itself is not kept."""
    group = codes.religion_groups().get(text.lower())
    return (group, "") if group else (None, "code_unknown")


def number(text: str) -> Parsed:
    """A coordinate, with decimal point or comma."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None, "number_unreadable"
    return (value, "") if math.isfinite(value) else (None, "number_unreadable")


def plain_numbers(texts: pa.ChunkedArray) -> pa.Array | None:
    """All the coordinates of a column at once; None where one of them is no plain number and has to be looked at."""
    found = _as_numbers(texts)
    if found is None:
        found = _as_numbers(pc.replace_substring(texts, ",", "."))
    return None if found is None or pc.all(pc.is_finite(found)).as_py() is False else found.combine_chunks()


def _as_numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        return None


def flag(text: str) -> Parsed:
    """1 for yes, 0 for no."""
    word = text.lower()
    return (1, "") if word in _YES else (0, "") if word in _NO else (None, "code_unknown")


def parser(field: schema.Field, profile: Profile, reference: int) -> Parser:
    """The parser of a field under a profile: maps the town's own values first, then reads what they mean.

    A code that is in no list otherwise is the town's own value that differs in case alone, where there is one.
    """
    parse = plain_parser(field, profile, reference)
    mapping = {**profile.codes.get(field.name, {}), **dict.fromkeys(profile.missing, "")}
    whatever_case = _whatever_case(mapping)

    def mapped(text: str) -> Parsed:
        stripped = text.strip()
        if not stripped:
            return None, ""
        found = parse(mapping.get(stripped, stripped))
        meant = whatever_case.get(stripped.casefold()) if found[1] == "code_unknown" else None
        return found if meant is None else parse(meant)

    return mapped


def _whatever_case(mapping: Mapping[str, str]) -> Mapping[str, str]:
    """What the values mean, without their case; those that mean different things by it are left out."""
    meant: dict[str, set[str]] = {}
    for text, meaning in mapping.items():
        meant.setdefault(text.casefold(), set()).add(meaning)
    return {text: meanings.pop() for text, meanings in meant.items() if len(meanings) == 1}


def plain_parser(field: schema.Field, profile: Profile, reference: int) -> Parser:
    """The parser of a field in which the town's own values have been replaced already."""
    inner = _inner(field, profile, reference)

    def parse(text: str) -> Parsed:
        stripped = text.strip()
        return inner(stripped) if stripped else (None, "")

    return parse


def _inner(field: schema.Field, profile: Profile, reference: int) -> Parser:
    if field.name == "religion":
        return religion_group
    if field.name in schema.COUNTRY_FIELDS:
        return country
    match field.type:
        case "date":
            return partial(date, forms=profile.date_forms, reference=reference)
        case "code":
            return partial(code, allowed=frozenset(field.codes))
        case "flag":
            return flag
        case "number":
            return number
        case _:
            return lambda text: (text, "")
