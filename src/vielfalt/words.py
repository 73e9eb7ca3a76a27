"""Words for people: translation, numbers, shares and dates in German or English.

The source holds English message ids; ``locale/de/LC_MESSAGES/vielfalt.po`` holds the German that users see.
``N_`` marks a message id that is stored as data and translated where it is shown.
"""

from __future__ import annotations

import gettext
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath
from typing import Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
LOCALE = Path(__file__).parent / "locale"
_PLAIN_ON_WINDOWS = re.compile(r"[\w\\/:.+-]+")
"""Needs no quotes there, neither in cmd nor in PowerShell."""
_GERMAN_SIGNS = str.maketrans(",.", ".,")


class Text(str):
    """A message id that fills a placeholder of another message: it is translated with it."""


def N_(message: str) -> str:
    """The message id itself; marks it for the catalogue."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:
    """The two ids of a message with plural; marks them for the catalogue."""
    return one, many


def typed(path: PurePath, windows: bool = os.name == "nt") -> str:
    """A path as it is typed into a command: quoted where it needs to be, and never taken for an option."""
    text = str(path)
    if text.startswith("-"):
        text = f".\\{text}" if windows else f"./{text}"
    if not windows:
        return shlex.quote(text)
    return text if _PLAIN_ON_WINDOWS.fullmatch(text) else f'"{text}"'


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    """The compiled catalogue; English needs none. Missing German is a broken installation, not a choice."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("vielfalt", LOCALE, languages=[language])


@dataclass(frozen=True)
class Words:
    """Everything that turns a message id, a number, a date or the key of a category into the words of one language.

    ``labels`` names categories that no code list knows, by dimension and key (the dimension itself: empty key), as an
    imported table brings them. ``said`` replaces message ids by others: a report on a county speaks of the county.
    """

    language: Language = "de"
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, message: str, /, **values: object) -> str:
        """The translated message with its placeholders filled; an empty message stays empty."""
        if not message:
            return ""
        text = _catalogue(self.language).gettext(self.said.get(message, message))
        if not values:
            return text
        return text.format_map({name: self(one) if isinstance(one, Text) else one for name, one in values.items()})

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The form of the message that fits ``number``; ``{n}`` is the number as written."""
        text = _catalogue(self.language).ngettext(one, many, number)
        return text.format_map({"n": self.number(number), **values})

    def number(self, value: float, digits: int = 0) -> str:
        """``1234.5`` as ``1.234,5`` (German) or ``1,234.5`` (English); what is nearly nothing is no less than it."""
        text = f"{value:z,.{digits}f}"
        if self.language == "de":
            text = text.translate(_GERMAN_SIGNS)
        return text.replace("-", "\N{MINUS SIGN}")

    def percent(self, share: float, digits: int = 1) -> str:
        """A share between 0 and 1 as per cent, with the no-break space German typography asks for."""
        blank = "\N{NO-BREAK SPACE}" if self.language == "de" else ""
        return f"{self.number(share * 100, digits)}{blank}%"

    def date(self, yyyymmdd: int) -> str:
        """``20251231`` as ``31.12.2025`` (German) or ``2025-12-31`` (English)."""
        year, month, day = yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100
        if self.language == "de":
            return f"{day:02}.{month:02}.{year}"
        return f"{year}-{month:02}-{day:02}"
