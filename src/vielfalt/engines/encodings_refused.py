"""Delivered files that are no text, or text that Vielfalt does not read: told before an umlaut becomes another sign."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from vielfalt.errors import DeliveryError
from vielfalt.words import N_

SAVE_AS = N_("Export the file again as CSV with headings in the first row, in UTF-8.")
_OF_DOS = (b"\x81", b"\x84", b"\x94", b"\x99", b"\x9a", b"\xe1")
_IN_DOS = re.compile(rb"[A-Za-z][\x81\x84\x94](?=[A-Za-z])|[A-Z][\x99\x9a](?=[A-Z])|(?i:stra)\xe1(?=[Ee])")
_IN_WINDOWS = re.compile(rb"[A-Za-z][\xc4\xd6\xdc\xe4\xf6\xfc](?=[A-Za-z])|(?i:stra)\xdf(?=[Ee])")
"""Umlauts between letters, where the one encoding has no letters for the bytes of the other."""
_OF_SEVEN_BITS = (b"{", b"}", b"~", b"[", b"]", b"\\")
_IN_SEVEN_BITS = re.compile(rb"[A-Za-z]([{}~])(?=[A-Za-z])|[A-Z]([\[\]\\])(?=[A-Z])")
"""Signs that DIN 66003 has for umlauts, between letters; without the bar, which may be a delimiter."""
_CAPITALS = frozenset((b"[", b"]", b"\\"))


def refuse_encoding(sample: bytes, path: Path) -> None:
    """Raises DeliveryError where the beginning of a file is no text, or text of UTF-16, DOS or DIN 66003.

    The two old encodings are told by umlauts between letters: by more of DOS than of Windows; by those of
    DIN 66003 for ß and a further umlaut, or for the three capitals, and nothing beyond ASCII.
    """
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DeliveryError(
            N_("The file is in the encoding UTF-16, as its byte order mark says; Vielfalt does not read it."),
            where=path,
            todo=N_("Save it in UTF-8 (in a spreadsheet “CSV UTF-8”), or ask for an export in UTF-8."),
        )
    if 0 in sample[: sample.find(b"\n") + 1 or None]:
        raise no_text(path)
    if any(sign in sample for sign in _OF_DOS):
        dos = len(_IN_DOS.findall(sample))
        if dos and dos > len(_IN_WINDOWS.findall(sample)):
            raise DeliveryError(
                N_("The file is in an encoding of DOS (code page 850 or 437), which Vielfalt does not read."),
                where=path,
                todo=SAVE_AS,
            )
    elif sample.isascii() and any(sign in sample for sign in _OF_SEVEN_BITS):
        found = {small or capital for small, capital in _IN_SEVEN_BITS.findall(sample)}
        if (b"~" in found and len(found) > 1) or found >= _CAPITALS:
            raise DeliveryError(
                N_(
                    "The file is in an encoding of seven bits (DIN 66003), in which brackets, braces and tildes stand "
                    "for umlauts; Vielfalt does not read it."
                ),
                where=path,
                todo=SAVE_AS,
            )


def no_text(path: Path) -> DeliveryError:
    """The error for a file that holds the byte 0."""
    return DeliveryError(N_("The file is no text file, or a text file in UTF-16."), where=path, todo=SAVE_AS)
