"""Column profiles: how a town's own file maps to the canonical fields of the register extract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from vielfalt import schema
from vielfalt.errors import TownError
from vielfalt.tomlfile import read_toml
from vielfalt.words import N_

DATE_FORMS = ("iso", "german", "compact")
"""``2025-12-31``, ``31.12.2025`` and ``20251231``; each may be partial (zeros for what is unknown)."""
ENCODINGS = ("utf-8", "cp1252", "latin-1")


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
    """The profile in a TOML file. Raises TownError naming the key when it is absent, unreadable or inconsistent."""
    try:
        content = read_toml(path)
    except FileNotFoundError:
        raise TownError(
            N_("The column profile does not exist."),
            where=path,
            todo=N_("Write one with “vielfalt profile FILE” or correct “profile” in town.toml."),
        ) from None
    return _profile(content, path)


def _profile(content: Mapping[str, Any], path: Path) -> Profile:
    file, columns = content.get("file", {}), content.get("columns", {})
    profile = Profile(
        delimiter=str(file.get("delimiter", ";")),
        quote=str(file.get("quote", '"')),
        encoding=str(file.get("encoding", "utf-8")).lower(),
        columns=MappingProxyType({str(key): str(value) for key, value in columns.items()}),
        date_forms=tuple(file.get("date_forms", DATE_FORMS)),
        codes=MappingProxyType(
            {
                field: MappingProxyType({str(key): str(value) for key, value in mapping.items()})
                for field, mapping in content.get("codes", {}).items()
            }
        ),
        missing=tuple(str(value) for value in file.get("missing", ())),
        widths=tuple((str(name), int(width)) for name, width in file.get("widths", ())),
    )
    _validate(profile, path)
    return profile


def _validate(profile: Profile, path: Path) -> None:
    known = {field.name for field in schema.EXTRACT}
    for name in (*profile.columns, *profile.codes):
        if name not in known:
            raise TownError(
                N_("The column profile names a field “{field}” that Vielfalt does not know."),
                where=path,
                field=name,
                todo=N_("The known fields are listed in the field request (field-request.md)."),
            )
    for setting, value, allowed in (
        ("encoding", profile.encoding, ENCODINGS),
        *(("date_forms", form, DATE_FORMS) for form in profile.date_forms),
    ):
        if value not in allowed:
            raise TownError(
                N_("The column profile sets “{setting}” to “{value}”; allowed are {allowed}."),
                where=path,
                setting=setting,
                value=value,
                allowed=", ".join(allowed),
                todo=N_("Correct the setting."),
            )
    if not profile.widths and len(profile.delimiter) != 1:
        raise TownError(
            N_("The delimiter in the column profile must be a single character."),
            where=path,
            todo=N_('Correct “delimiter”; a tab is written as "\\t".'),
        )
