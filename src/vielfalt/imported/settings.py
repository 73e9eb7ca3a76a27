"""Reading one section of a table profile: typed values, and which setting is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vielfalt import dates
from vielfalt.errors import TownError, VielfaltError
from vielfalt.words import N_

Value = TypeVar("Value")


@dataclass(frozen=True)
class Section:
    """One section of a TOML file; every reader raises TownError naming the setting, and ``todo`` as what to do."""

    path: Path
    name: str
    values: Mapping[str, Any]
    todo: str = N_("Correct the table profile.")

    def only(self, *known: str) -> None:
        """Refuses settings nobody knows."""
        for name in self.values:
            if name not in known:
                raise self.fault(N_("The setting “{setting}” is not known."), name)

    def section(self, name: str) -> Section:
        """A section within this one; empty when absent."""
        return Section(self.path, self._full(name), self._typed(name, dict, {}), self.todo)

    def sections(self, name: str) -> tuple[Section, ...]:
        """The entries of an array of tables, in order."""
        entries = self._typed(name, list, [])
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.fault(N_("The setting “{setting}” has the wrong type."), name)
        return tuple(Section(self.path, self._full(name), entry, self.todo) for entry in entries)

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
            raise self.fault(N_("The setting “{setting}” has the wrong type."), name)
        return tuple(values)

    def mapping(self, name: str) -> Mapping[str, str]:
        """A table of texts."""
        values = self._typed(name, dict, {})
        if not all(isinstance(value, str) for value in values.values()):
            raise self.fault(N_("The setting “{setting}” has the wrong type."), name)
        return dict(values)

    def number(self, name: str, default: int) -> int:
        """A whole number of 0 or more, or the default."""
        value = self._typed(name, int, default)
        if isinstance(value, bool) or value < 0:
            raise self.fault(N_("The setting “{setting}” is out of range."), name)
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false; false when absent."""
        return bool(self._typed(name, bool, False))

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed values; the first when absent."""
        value = self.text(name, allowed[0])
        if value not in allowed:
            raise self.fault(
                N_("The setting “{setting}” is “{value}”; allowed are {allowed}."),
                name,
                value=value,
                allowed=", ".join(allowed),
            )
        return value

    def identifier(self, name: str) -> str:
        """A short id of lower-case letters, digits and underscores."""
        value = self.required(name)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
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
        return TownError(message, where=self.path, todo=self.todo, setting=self._full(name), **values)

    def _typed(self, name: str, kind: type[Value], default: Value) -> Value:
        value = self.values.get(name, default)
        if not isinstance(value, kind):
            raise self.fault(N_("The setting “{setting}” has the wrong type."), name)
        return value

    def _full(self, name: str) -> str:
        return f"{self.name}.{name}" if self.name else name
