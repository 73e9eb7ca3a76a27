"""Column profiles: how a town's own file maps to the canonical fields of the register extract."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from vielfalt import codes, schema
from vielfalt.errors import TownError
from vielfalt.tomlfile import Section, read_settings
from vielfalt.words import N_

DATE_FORMS = ("iso", "german", "compact")
"""``2025-12-31``, ``31.12.2025`` and ``20251231``; each may be partial (zeros for what is unknown)."""
ENCODINGS = ("utf-8", "cp1252", "latin-1")
_ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "cp1252": "cp1252", "iso8859-1": "latin-1"}
"""By the name that Python has for them, whichever of their names they are called by (ISO-8859-1, windows-1252)."""
HEADINGS_FIRST = N_(
    "Remove the lines above the headings in a text editor, not in a spreadsheet, or ask for an export that begins with "
    "the headings."
)
TITLE = 20
"""Lines above the headings at most; so far they are looked for, to say where they stand."""
_LISTED = 12
"""The longest list of values that a message names."""


@dataclass(frozen=True)
class Profile:
    """The form of the delivered file.

    ``columns`` maps canonical field to the column's name in the file; ``codes`` maps, per field, the file's value to
    the canonical value (a value not listed is taken as it is); ``widths`` gives the columns of a fixed-width file in
    order as (name, width) and is empty for delimited files; ``missing`` lists the values that mean "not stated".
    """

    delimiter: str
    quote: str
    encoding: str
    columns: Mapping[str, str]
    date_forms: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]]
    missing: tuple[str, ...]
    widths: tuple[tuple[str, int], ...] = ()

    def __reduce__(self) -> tuple[type[Profile], tuple[object, ...]]:
        """A copy for another process, where mappings that cannot be changed cannot go."""
        codes = {field: dict(mapping) for field, mapping in self.codes.items()}
        form = self.delimiter, self.quote, self.encoding, dict(self.columns)
        return Profile, (*form, self.date_forms, codes, self.missing, self.widths)


def read_profile(path: Path) -> Profile:
    """The profile in a TOML file. Raises TownError naming the setting when it is absent, unreadable or inconsistent."""
    try:
        file = read_settings(path, N_("Correct the column profile."))
    except FileNotFoundError:
        raise TownError(
            N_("The column profile does not exist."),
            where=path,
            todo=N_("Write one with “vielfalt profile FILE” or correct “profile” in town.toml."),
        ) from None
    file.only("file", "columns", "codes")
    form = file.section("file")
    form.only("delimiter", "quote", "encoding", "date_forms", "missing", "widths")
    widths = _widths(form)
    return Profile(
        delimiter=_delimiter(form) if not widths else form.text("delimiter", ";"),
        quote=_quote(form),
        encoding=read_encoding(form),
        columns=MappingProxyType(_columns(file)),
        date_forms=form.choices("date_forms", DATE_FORMS, DATE_FORMS),
        codes=MappingProxyType(_codes(file)),
        missing=form.texts("missing"),
        widths=widths,
    )


def _columns(file: Section) -> Mapping[str, str]:
    columns = file.section("columns")
    if not columns.values:
        raise file.fault(N_("The section [{setting}] is missing or empty."), "columns")
    columns.only(*(field.name for field in schema.EXTRACT))
    return {name: columns.required(name) for name in columns.values}


def _codes(file: Section) -> dict[str, Mapping[str, str]]:
    """Per field what the file's own values mean; nothing but what the field may hold."""
    section = file.section("codes")
    section.only(*(field.name for field in schema.EXTRACT))
    found = {name: section.mapping(name) for name in section.values}
    for name, mapping in found.items():
        canonical = _canonical(schema.field(name))
        for key, meaning in mapping.items():
            if canonical and meaning and not {meaning, meaning.lower(), meaning.upper(), meaning.zfill(3)} & canonical:
                raise _no_value(section.section(name), key, meaning, canonical)
    return {name: MappingProxyType(mapping) for name, mapping in found.items()}


def _canonical(field: schema.Field) -> frozenset[str]:
    """The values that a field may hold; empty where it may hold any."""
    if field.name in schema.COUNTRY_FIELDS:
        return frozenset(codes.countries())
    if field.name == "religion":
        return frozenset(codes.religion_groups())
    return frozenset(field.codes)


def _no_value(section: Section, key: str, meaning: str, canonical: frozenset[str]) -> TownError:
    if len(canonical) <= _LISTED:
        return section.not_allowed(key, meaning, sorted(canonical))
    return section.fault(
        N_("The setting “{setting}” is “{value}”, which is no key of the list that belongs to this field."),
        key,
        value=meaning,
    )


def _delimiter(form: Section) -> str:
    value = form.text("delimiter", ";")
    if len(value) != 1 or value in "\r\n":
        raise form.fault(
            N_('The setting “{setting}” must be a single character; a tab is written as "\\t".'), "delimiter"
        )
    return value


def _quote(form: Section) -> str:
    value = form.text("quote", '"')
    if len(value) > 1:
        raise form.fault(N_("The setting “{setting}” must be a single character, or empty."), "quote")
    return value


def read_encoding(form: Section) -> str:
    """The setting ``encoding``: one of ``ENCODINGS``, the first when absent. Raises TownError for another one."""
    value = form.text("encoding", ENCODINGS[0])
    try:
        return _ENCODINGS[codecs.lookup(value).name]
    except (LookupError, ValueError):
        raise form.not_allowed("encoding", value, ENCODINGS) from None


def _widths(form: Section) -> tuple[tuple[str, int], ...]:
    """Name and width of each column of a file of fixed width; none for a delimited one."""
    entries = form.values.get("widths", [])
    if not isinstance(entries, list) or not all(map(_is_width, entries)):
        raise form.fault(
            N_('The setting “{setting}” must be a list of pairs of heading and width, as [["Familienname", 40]].'),
            "widths",
        )
    return tuple((name, width) for name, width in entries)


def _is_width(entry: object) -> bool:
    match entry:
        case [str(), bool()]:
            return False
        case [str(), int(width)]:
            return width > 0
    return False
