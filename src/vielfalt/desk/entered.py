"""Texts that people enter, beside which others read: names, addresses, reasons, what a file is called."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from vielfalt.desk.gateway import UNSHOWABLE, is_line
from vielfalt.words import N_

INVISIBLE = N_(
    "The text holds signs that nobody sees, for example such that turn the direction of writing. Type it anew instead "
    "of pasting it."
)


def plain(text: str) -> None:
    """Raises ValidationError where a text is not one line of signs that can be shown."""
    if not is_line(text, len(text)):
        raise ValidationError(INVISIBLE)


def shown(text: str) -> str:
    """What can be shown of a text that nobody here can type anew."""
    return " ".join(UNSHOWABLE.sub("", text).split())
