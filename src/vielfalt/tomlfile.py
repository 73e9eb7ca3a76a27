"""Reading a settings file that people edit by hand: every file of the product is read here, section by section.

What is wrong is said by its line or by the name of the setting, with what is allowed. A section or setting that nobody
knows is refused: a misspelt one would otherwise leave its default in force unnoticed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from vielfalt import dates
from vielfalt.errors import TownError, VielfaltError
from vielfalt.words import LANGUAGES, N_, Language

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)
_KINDS: Mapping[type, str] = {
    str: N_("The setting “{setting}” must be a text in quotation marks."),
    int: N_("The setting “{setting}” must be a whole number."),
    bool: N_("The setting “{setting}” must be true or false."),
    list: N_("The setting “{setting}” must be a list in square brackets."),
    dict: N_("“{setting}” must be a section of its own, headed [{setting}]."),
}


@dataclass(frozen=True)
class Section:
    """One section of a TOML file; every reader raises TownError naming the setting, and ``todo`` as what to do.

    The file as a whole is the section without a name.
    """

    path: Path
    name: str
    values: Mapping[str, Any]
    todo: str
    language: Language | None = None
    """The language that the file itself names, in which its faults are told."""

    def only(self, *known: str) -> None:
        """Refuses settings and sections nobody knows, with the nearest known name or all of them."""
        for name, value in self.values.items():
            if name not in known:
                raise self._unknown(name, value, known)

    def section(self, name: str) -> Section:
        """A section within this one; empty when absent."""
        return Section(self.path, self._full(name), self._typed(name, dict, {}), self.todo, self.language)

    def sections(self, name: str) -> tuple[Section, ...]:
        """The entries of an array of tables, in order."""
        entries = self.values.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self.fault(N_("“{setting}” must be sections of their own, each headed [[{setting}]]."), name)
        return tuple(Section(self.path, self._full(name), entry, self.todo, self.language) for entry in entries)

    def required(self, name: str) -> str:
        """A text that must be there."""
        value = self.text(name)
        if not value.strip():
            raise self.fault(N_("The setting “{setting}” is missing or empty."), name)
        return value

    def text(self, name: str, default: str = "") -> str:
        """A text, or the default."""
        return str(self._typed(name, str, default))

    def texts(self, name: str, default: Iterable[str] = ()) -> tuple[str, ...]:
        """A list of texts, or the default."""
        values = self._typed(name, list, list(default))
        if not all(isinstance(value, str) for value in values):
            raise self.fault(N_("The setting “{setting}” must be a list of texts in quotation marks."), name)
        return tuple(values)

    def mapping(self, name: str) -> Mapping[str, str]:
        """A table of texts."""
        section = self.section(name)
        return {key: section.text(key) for key in section.values}

    def whole(self, name: str, default: int, least: int = 0, most: int | None = None) -> int:
        """A whole number within limits, both allowed, or the default."""
        value = self.values.get(name, default)
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and least <= value
            and (most is None or value <= most)
        ):
            return value
        if most is None:
            raise self.fault(N_("The setting “{setting}” must be a whole number, {least} or more."), name, least=least)
        message = N_("The setting “{setting}” must be a whole number from {least} to {most}.")
        raise self.fault(message, name, least=least, most=most)

    def decimal(self, name: str, default: float, least: float, most: float) -> float:
        """A number within limits, both allowed, or the default."""
        value = self.values.get(name, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
            return value
        message = N_("The setting “{setting}” must be a number from {least} to {most}, written with a decimal point.")
        raise self.fault(message, name, least=least, most=most)

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false, or the default."""
        return bool(self._typed(name, bool, default))

    def choice(self, name: str, allowed: tuple[Choice, ...]) -> Choice:
        """One of the allowed values; the first when absent."""
        value = self.text(name, allowed[0])
        for one in allowed:
            if value == one:
                return one
        raise self.not_allowed(name, value, allowed)

    def choices(self, name: str, allowed: tuple[str, ...], default: Iterable[str] = ()) -> tuple[str, ...]:
        """A list of allowed values, or the default."""
        values = self.texts(name, default)
        for value in values:
            if value not in allowed:
                raise self.not_allowed(name, value, allowed)
        return values

    def identifier(self, name: str) -> str:
        """An id of up to 100 lower-case letters, digits and underscores."""
        value = self.required(name)
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", value):
            raise self.fault(
                N_("The setting “{setting}” is “{value}”; allowed are small letters, digits and “_”."),
                name,
                value=value,
            )
        return value

    def date(self, name: str) -> int:
        """A reference date as yyyymmdd, from text or a TOML date."""
        value = self.values.get(name)
        try:
            return dates.from_iso(str(value))
        except VielfaltError:
            raise self.fault(
                N_("The setting “{setting}” is no date; write it as year-month-day, for example 2025-12-31."), name
            ) from None

    def fault(self, message: str, name: str, **values: object) -> TownError:
        """The error that names one setting of this section."""
        error = TownError(message, where=self.path, todo=self.todo, setting=self._full(name), **values)
        error.language = self.language
        return error

    def not_allowed(self, name: str, value: object, allowed: Iterable[object]) -> TownError:
        """The error that names one setting of this section and the values it may have."""
        message = N_("The setting “{setting}” is “{value}”; allowed are {allowed}.")
        return self.fault(message, name, value=value, allowed=", ".join(map(str, allowed)))

    def _unknown(self, name: str, value: object, known: tuple[str, ...]) -> TownError:
        near = get_close_matches(name.lower(), known, 1)
        parts = value if isinstance(value, list) and value else [value]
        if all(isinstance(part, dict) for part in parts):
            if near:
                message = N_("The section [{setting}] is not known; is [{near}] meant?")
            else:
                message = N_("The section [{setting}] is not known; known here are {known}.")
        elif near:
            message = N_("The setting “{setting}” is not known; is “{near}” meant?")
        else:
            message = N_("The setting “{setting}” is not known; known here are {known}.")
        return self.fault(message, name, near=self._full(near[0]) if near else "", known=", ".join(known))

    def _typed(self, name: str, kind: type[Value], default: Value) -> Value:
        value = self.values.get(name, default)
        if not isinstance(value, kind):
            raise self.fault(_KINDS[kind], name)
        return value

    def _full(self, name: str) -> str:
        return f"{self.name}.{name}" if self.name else name


def read_settings(path: Path, todo: str) -> Section:
    """A settings file as a whole, with or without byte order mark; ``todo`` is what a user is told to do about faults.

    Raises TownError naming the line when it is no TOML in UTF-8, or OSError.
    """
    content = path.read_bytes()
    try:
        values = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TownError(
            N_("The file is not saved as UTF-8; the first sign that is not stands in line {line}."),
            where=path,
            line=content.count(b"\n", 0, error.start) + 1,
            todo=N_("Save it with the encoding UTF-8 in your text editor."),
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise TownError(
            N_("The file is not valid TOML in line {line}."),
            where=path,
            line=found[1] if found else content.count(b"\n") + 1,
            todo=N_("Correct that line: text stands in quotation marks, and each bracket is closed."),
        ) from None
    named = [part.get("language") for part in values.values() if isinstance(part, dict)]
    return Section(path, "", values, todo, next((language for language in LANGUAGES if language in named), None))
