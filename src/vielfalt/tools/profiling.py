"""A proposal for a column profile, from the headings and the first rows of a delivered file.

Headings are compared with a list of usual ones (``templates_town/headings.csv``), values of code columns with a list of
usual codes (``values.csv``); both are our own. Whatever is not certain is written as a comment with a question mark. No
name, number or address of a person is ever written: only headings, and the values of code columns that repeat.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from vielfalt import codes, schema
from vielfalt.errors import DeliveryError
from vielfalt.profiles import TITLE
from vielfalt.register.headings import end_field, heading_key
from vielfalt.register.status_words import status_words
from vielfalt.register.text import same_digits, within_one_edit
from vielfalt.register.values import FORMS
from vielfalt.tools.samples import Sample, read_sample, title_above
from vielfalt.words import N_, Words

Evidence = Literal["heading", "similar", "content"]
GERMAN = Words("de")
_LISTS = Path(__file__).parent / "templates_town"
_SIMILAR = 7
"""Letters from which a heading may have one wrong."""
_CLEAR = 0.98
"""Share of the values that must fit before the content alone decides, of at least this many values:"""
_MANY = 20
_FEW_KINDS = 15
_NOT_STATED = ("-", "--", "?", "k.A.", "o.A.", "unbekannt", "n/a")
_ALSO_NAMES = ("NULL", "null", "NA", "NONE", "None", "NaN", "nan")
"""What programs write for nothing, and what people are called: asked of columns that hold no names."""
_MISSING = frozenset((*_NOT_STATED, *_ALSO_NAMES))
_NEEDED = (
    "person_id",
    "nationality_1",
    "german_nationality_kind",
    "birth_place",
    "birth_state",
    "birth_date",
    "dwelling_status",
    "sex",
)


@dataclass(frozen=True)
class Proposal:
    """The profile as TOML text that ``profiles.read_profile`` accepts, and sentences on what to look at."""

    toml: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of the file that was recognised: which field it is, and what says so."""

    field: schema.Field
    place: int
    heading: str
    evidence: Evidence


def propose_profile(file: Path, words: Words = GERMAN) -> Proposal:
    """The proposal for one delivered file; comments and notes in the language of ``words``.

    Raises DeliveryError when there is no file, it is empty or no text, has no columns or no headings.
    """
    sample = read_sample(file)
    columns = _columns(sample)
    if not _has_headings(sample, columns):
        if any(sum(heading_key(cell) in _headings() for cell in row) > 1 for row in sample.rows[:TITLE]):
            raise title_above(file)
        raise DeliveryError(
            N_("The first row of the file holds no headings that Vielfalt recognises."),
            where=file,
            todo=N_("Ask for an export with headings in the first row, or write the column profile by hand."),
        )
    lines = (*_file_section(sample, columns, words), "", *_column_section(sample, columns, words))
    codes_of = [line for column in columns for line in _code_section(sample, column, words)]
    return Proposal("\n".join((*lines, *codes_of)) + "\n", tuple(_notes(sample, columns, words)))


def _columns(sample: Sample) -> tuple[Column, ...]:
    """The recognised columns in the order of the schema; each heading and each field at most once."""
    keys = [heading_key(heading) for heading in sample.headings]
    searches: tuple[tuple[Evidence, Callable[[int, str], bool]], ...] = (
        ("heading", lambda place, field: _headings().get(keys[place]) == field),
        ("similar", lambda place, field: _similar(keys[place], field)),
        ("content", lambda place, field: field in _CONTENT and _clear(sample.column(place), _CONTENT[field])),
    )
    found: dict[str, Column] = {}
    for evidence, fits in searches:
        for field in schema.EXTRACT:
            taken = {column.heading for column in found.values()}
            free = (place for place, heading in enumerate(sample.headings) if heading and heading not in taken)
            place = next((place for place in free if field.name not in found and fits(place, field.name)), None)
            if place is not None:
                found[field.name] = Column(field, place, sample.headings[place], evidence)
    return tuple(found[field.name] for field in schema.EXTRACT if field.name in found)


def _has_headings(sample: Sample, columns: Iterable[Column]) -> bool:
    """Two headings at least are known, and none is a date: a first row of data must not end up in the profile."""
    known = sum(column.evidence != "content" for column in columns)
    dates = (form.fullmatch(heading) for heading in sample.headings for form, _ in FORMS.values())
    return known >= 2 and not any(dates)


@cache
def _headings() -> Mapping[str, str]:
    return {heading_key(row["heading"]): row["field"] for row in _list("headings")}


@cache
def _values() -> Mapping[tuple[str, str], tuple[str, bool]]:
    """Per field and value as usually written: what it means, and whether that is certain."""
    return {
        (row["field"], heading_key(row["value"])): (row["meaning"], row["sure"] == "yes") for row in _list("values")
    }


def _list(name: str) -> tuple[Mapping[str, str], ...]:
    with (_LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _similar(key: str, field: str) -> bool:
    """A usual heading with one letter wrong; numbers must not differ."""
    return len(key) >= _SIMILAR and any(
        known_field == field and same_digits(key, known) and within_one_edit(key, known)
        for known, known_field in _headings().items()
    )


def _clear(values: Iterable[str], fits: Callable[[str], bool]) -> bool:
    checked = [fits(value) for value in values]
    return len(checked) >= _MANY and sum(checked) >= _CLEAR * len(checked)


def _means(field: str) -> Callable[[str], bool]:
    """Whether a text is a canonical value of the field or certainly means one."""
    allowed = {code.casefold() for code in schema.field(field).codes}
    return lambda text: text.casefold() in allowed or _values().get((field, heading_key(text)), ("", False))[1]


_CONTENT: Mapping[str, Callable[[str], bool]] = {
    name: _means(name) for name in ("sex", "marital_status", "dwelling_status")
}
"""Fields that are recognised by what a column holds: few fixed words that nothing else in a register looks like."""


def _file_section(sample: Sample, columns: Iterable[Column], words: Words) -> Iterator[str]:
    forms = Counter(
        form
        for column in columns
        if column.field.type == "date"
        for value in sample.column(column.place)
        for form, (pattern, _) in FORMS.items()
        if pattern.fullmatch(value)
    )
    missing = _missing(sample, columns)
    warning = words("Proposal for a column profile. Please check every line; lines with a question mark are guesses.")
    yield f"# {warning}"
    yield "[file]"
    yield f"delimiter = {_quoted(sample.delimiter)}"
    yield f"quote = {_quoted(sample.quote)}"
    yield f"encoding = {_quoted(sample.encoding)}"
    yield f"date_forms = {_quoted([form for form, _ in forms.most_common()] or list(FORMS))}"
    yield f"missing = {_quoted(['', *missing])}"


def _missing(sample: Sample, columns: Iterable[Column]) -> list[str]:
    """The values that mean "not stated" in every column: what people may be called only where other columns have it."""
    anywhere = {cell.strip() for row in sample.rows for cell in row}
    nameless = {
        value
        for column in columns
        if column.field.name not in schema.NAME_FIELDS
        for value in sample.column(column.place)
        if not _canonical(value, column.field)
    }
    return [text for text in _NOT_STATED if text in anywhere] + [text for text in _ALSO_NAMES if text in nameless]


def _column_section(sample: Sample, columns: tuple[Column, ...], words: Words) -> Iterator[str]:
    reasons: Mapping[Evidence, str] = {
        "heading": "",
        "similar": words("by a similar heading"),
        "content": words("by its values"),
    }
    absent, unknown = words("not found"), words("not recognised")
    found = {column.field.name: column for column in columns}
    yield "[columns]"
    for field in schema.EXTRACT:
        column = found.get(field.name)
        if column is None:
            yield f'# {field.name} = ""  # {absent}: {words(field.meaning)}'
        else:
            reason = reasons[column.evidence]
            yield f"{field.name} = {_quoted(column.heading)}" + (f"  # ? {reason}" if reason else "")
    for heading in _unknown(sample, columns):
        yield f"# ? {unknown}: {_quoted(heading)}"


def _code_section(sample: Sample, column: Column, words: Words) -> Iterator[str]:
    """What the values of a code column mean; nothing where they are canonical already."""
    name, known = column.field.name, {field for field, _ in _values()}
    if name not in known:
        return
    kinds = Counter(sample.column(column.place))
    foreign = [
        value for value, _ in kinds.most_common() if not _canonical(value, column.field) and value not in _MISSING
    ]
    meanings = {value: _values().get((name, heading_key(value))) for value in foreign}
    shown = [value for value in foreign if meanings[value] or _harmless(value, kinds, name)]
    if foreign:
        yield f"\n[codes.{name}]"
    for value in shown:
        meaning, sure = meanings[value] or ("", False)
        line = f"{_quoted(value)} = {_quoted(meaning)}"
        yield line if sure else f"# {line}  # ?"
    if len(shown) < len(foreign):
        further = words("further values that are not shown: {n}", n=len(foreign) - len(shown))
        yield f"# ? {further}"


def _canonical(value: str, field: schema.Field) -> bool:
    return bool({value, value.lower(), value.upper()} & set(field.codes))


def _harmless(value: str, kinds: Mapping[str, int], field: str) -> bool:
    """Whether an unknown value is a code and no person's data that stands in the wrong column: a short code, or one of
    few values that repeat in a column of which most is understood."""
    if len(kinds) > _FEW_KINDS or kinds[value] < 2:
        return False
    understood = sum(count for kind, count in kinds.items() if _means(field)(kind))
    return len(value) <= 2 or 2 * understood >= sum(kinds.values())


def _notes(sample: Sample, columns: tuple[Column, ...], words: Words) -> Iterator[str]:
    """What the reader should look at, as sentences; field names and counts only."""
    found = {column.field.name for column in columns}
    for name in _NEEDED:
        if name not in found:
            meaning = words(schema.field(name).meaning)
            yield words("Not found: {field} ({meaning}).", field=name, meaning=meaning)
    if unknown := _unknown(sample, columns):
        yield words.plural("{n} column was not recognised.", "{n} columns were not recognised.", len(unknown))
    for heading in unknown:
        if (field := end_field(heading)) and field not in found:
            sentence = N_(
                "“{heading}”: if people who have moved away or died are in the file, name the column of the day as "
                "“{field}”; else every row is counted."
            )
            yield words(sentence, heading=heading, field=field)
    yield from _ends_in_words(sample, columns, words)
    twice = [heading for heading, count in Counter(sample.headings).items() if heading and count > 1]
    if twice:
        yield words.plural(
            "{n} heading occurs more than once; the first column of that name is read.",
            "{n} headings occur more than once; the first column of each name is read.",
            len(twice),
        )
    if sample.odd:
        yield words.plural(
            "{n} of the first rows has too few or too many columns.",
            "{n} of the first rows have too few or too many columns.",
            sample.odd,
        )
    called = set(_ALSO_NAMES).intersection(_missing(sample, columns))
    for column in columns:
        yield from _doubts(column.field, sample.column(column.place), words)
        if column.field.name in schema.NAME_FIELDS and called.intersection(sample.column(column.place)):
            sentence = N_("{field}: values that mean “not stated” in other columns may be names here.")
            yield words(sentence, field=column.field.name)


def _ends_in_words(sample: Sample, columns: Iterable[Column], words: Words) -> Iterator[str]:
    """Columns that tell without a day who lives here no more."""
    found = {column.field.name: column.heading for column in columns}
    for heading in (*_unknown(sample, columns), *filter(None, [found.get("dwelling_status")])):
        ends = status_words(sample.column(sample.headings.index(heading)))
        if not found.keys() >= set(ends.values()):
            sentence = N_(
                "“{heading}” tells in words who has moved away or died, which is not read: without a column of the day "
                "every row is counted. Ask for an extract of the residents alone."
            )
            yield words(sentence, heading=heading)


def _doubts(field: schema.Field, values: tuple[str, ...], words: Words) -> Iterator[str]:
    """Dates in none of the forms, and states that are no keys of the Destatis list."""
    if field.type == "date":
        bad = sum(not any(form.fullmatch(value) for form, _ in FORMS.values()) for value in values)
        if bad:
            yield words("{field}: {n} values are dates in none of the known forms.", field=field.name, n=bad)
    if field.name in schema.COUNTRY_FIELDS:
        bad = sum(value.zfill(3) not in codes.countries() for value in values)
        if bad:
            yield words("{field}: {n} values are no state keys of the Destatis list.", field=field.name, n=bad)


def _unknown(sample: Sample, columns: Iterable[Column]) -> list[str]:
    used = {column.heading for column in columns}
    return [heading for heading in dict.fromkeys(sample.headings) if heading and heading not in used]


def _quoted(value: str | list[str]) -> str:
    """The value as TOML: its basic strings are those of JSON, but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
