"""Texts that people enter, beside which others read: names, addresses, reasons, what a file is called."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError

from vielfalt.desk.gateway import UNSEEN, UNSHOWABLE, is_line, with_plain_blanks
from vielfalt.words import N_

INVISIBLE = N_(
    "The text holds signs that nobody sees, for example such that turn the direction of writing. Type it anew instead "
    "of pasting it."
)


_JOINERS = re.compile(r"(?<=[\u0600-\u18ff])[\u200c\u200d]")
"""What joins or parts the letters of a word (ZWNJ, ZWJ), in the scripts that need it: names of people are written so in
Persian, Hindi or Sinhala. Elsewhere nobody sees it."""


class LineField(forms.CharField):
    """A field for a text of one line; what was pasted with other blanks has ordinary ones."""

    def to_python(self, value: object) -> str:
        """The text as it is kept."""
        return with_plain_blanks(super().to_python(value) or "")


def plain(text: str) -> None:
    """Raises ValidationError where a text is not one line of signs that can be shown."""
    if not is_line(text, len(text)):
        raise ValidationError(INVISIBLE)


def person(name: str) -> None:
    """Raises ValidationError where the name of a person is not one line of signs that can be shown."""
    plain(_JOINERS.sub("", name))


def shown(text: str) -> str:
    """What can be shown of a text that nobody here can type anew."""
    seen = UNSHOWABLE.sub("", UNSEEN.sub(_kept, text))
    return with_plain_blanks(" ".join(seen.split()))


def shown_lines(text: str) -> str:
    """The same of a text of several lines."""
    return "\n".join(map(shown, text.splitlines())).strip()


def _kept(sign: re.Match[str]) -> str:
    """A sign that leaves no trace, where it joins or parts letters; else nothing."""
    return sign[0] if _JOINERS.match(sign.string, sign.start()) else ""
