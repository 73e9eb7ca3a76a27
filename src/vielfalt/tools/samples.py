"""A first look into a delivered text file: encoding, delimiter, quote, headings and the first rows."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TextIO

from vielfalt.engines.encodings_refused import no_text, refuse_encoding
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.profiles import HEADINGS_FIRST, TITLE
from vielfalt.words import N_

ROWS = 1_000
DELIMITERS = (";", ",", "\t", "|")
QUOTES = ('"', "'")
_CHUNK = 1 << 22
_LONGEST = 100_000
"""Characters of the longest line that is looked at: some hundred columns take a tenth of that."""
_EMPTY = frozenset(b"\xef\xbb\xbf \t\r\n")
_NOT_IN_CP1252 = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})


@dataclass(frozen=True)
class Sample:
    """The form of the file and its first rows, all of the length of the headings; ``odd`` rows were left out."""

    encoding: str
    delimiter: str
    quote: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    odd: int

    def column(self, place: int) -> tuple[str, ...]:
        """The values of one column, stripped, without the empty ones."""
        return tuple(value for row in self.rows if (value := row[place].strip()))


def read_sample(path: Path) -> Sample:
    """The sample of a delimited file. Raises DeliveryError where there is no such file or it is no delimited text."""
    encoding = _encoding(path)
    forms = {
        (delimiter, quote): _rows(path, encoding, delimiter, quote) for delimiter in DELIMITERS for quote in QUOTES
    }
    delimiter, quote = max(forms, key=lambda form: _regularity(forms[form], form[1]))
    rows = forms[delimiter, quote]
    headings = tuple(heading.strip() for heading in rows[0])
    if len(headings) < 2:
        if any(_begins_later(found) for found in forms.values()):
            raise title_above(path)
        raise DeliveryError(
            N_("The file has no columns separated by semicolon, comma, tab or vertical bar."),
            where=path,
            todo=N_(
                "For a file of fixed width write the profile by hand (“widths” in the manual), or export it as CSV."
            ),
        )
    regular = tuple(tuple(row) for row in rows[1:] if len(row) == len(headings))
    return Sample(encoding, delimiter, quote, headings, regular, len(rows) - 1 - len(regular))


def title_above(path: Path) -> DeliveryError:
    """The error for a file whose headings do not stand in the first line."""
    return DeliveryError(
        N_("The file does not begin with its headings; a title perhaps stands above them."),
        where=path,
        todo=HEADINGS_FIRST,
    )


def _begins_later(rows: list[list[str]]) -> bool:
    """Whether nearly all rows after the first ones have as many columns as one another, two at least."""
    wide = Counter(len(row) for row in rows[1:])
    usual, alike = max(wide.items(), key=itemgetter(1), default=(0, 0))
    return usual > 1 and alike > 1 and alike + TITLE >= len(rows)


def _encoding(path: Path) -> str:
    """ "utf-8" if the whole file is valid UTF-8, else "cp1252", or "latin-1" where that lacks a letter.

    Raises DeliveryError where the file is no text, or text that Vielfalt does not read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, found = True, set[int]()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if not found:
                    refuse_encoding(chunk, path)
                found.update(chunk)
                utf8 = utf8 and _decodes(decoder, chunk, final=False)
    except FileNotFoundError:
        raise DeliveryError(
            N_("The file does not exist."), where=path, todo=N_("Correct the name of the file.")
        ) from None
    except IsADirectoryError:
        raise DeliveryError(
            N_("This is a folder, not a file."), where=path, todo=N_("Name the extract itself.")
        ) from None
    except OSError:
        raise StorageError(N_("The file cannot be read."), where=path, todo=N_("Check its permissions.")) from None
    if found <= _EMPTY:
        raise DeliveryError(
            N_("The file is empty."), where=path, todo=N_("Ask the registration office for a new extract.")
        )
    if 0 in found:
        raise no_text(path)
    if utf8 and _decodes(decoder, b"", final=True):
        return "utf-8"
    return "latin-1" if found & _NOT_IN_CP1252 else "cp1252"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _rows(path: Path, encoding: str, delimiter: str, quote: str) -> list[list[str]]:
    """The first rows that are not empty, headings first, under one assumption about the form."""
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        reader = csv.reader(_lines(file, path), delimiter=delimiter, quotechar=quote)
        try:
            return list(islice((row for row in reader if any(row)), ROWS + 1)) or [[]]
        except csv.Error:
            return [[]]


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    while line := file.readline(_LONGEST + 1):
        if len(line) > _LONGEST:
            raise DeliveryError(
                N_("A line at the beginning of the file is longer than {n} characters."),
                where=path,
                n=_LONGEST,
                todo=N_("Ask for an export with headings in the first row and one line for each row."),
            )
        yield line


def _regularity(rows: list[list[str]], quote: str) -> tuple[float, int, bool]:
    """How well the assumption fits: rows as long as the headings, many columns, the quote in use where both fit."""
    wide = len(rows[0])
    alike = sum(len(row) == wide for row in rows) / len(rows) if wide > 1 else 0.0
    unquoted = sum(cell[:1] == cell[-1:] == "'" for cell in rows[0])
    return round(alike, 2), wide, quote == '"' and not unquoted
