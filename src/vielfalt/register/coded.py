"""Coded places: what a person answered for the birth places that the program left open.

``places.csv`` in the town project: UTF-8, ``;``, the columns spelling and country, and nothing that concerns a person,
so towns can share it. The list of open spellings has the same two columns (country still blank) and two more.
Docs: docs/reference/coded-places.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from vielfalt import codes
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.register.birth_texts import states_named
from vielfalt.register.text import normalise
from vielfalt.words import N_

COLUMNS = ("spelling", "country")
_DELIMITERS = (";", ",", "\t")
_FORMULA = ("=", "+", "-", "@")
"""A spreadsheet takes a cell that begins so for a formula; an apostrophe before it prevents that."""
_SHOWN = 5
_SHORTENED = ("0", "00")
"""What a spreadsheet makes of 000, the key of Germany. No other key begins with a zero."""
_SAVE_AS = N_(
    "In the spreadsheet choose “Save as” and the type “CSV UTF-8”. Letters that are lost already stand in the list "
    "that the program wrote."
)
_WRITE = N_(
    "Write the three-digit key of a present-day state or its name, for instance 152 or Poland. Leave the cell blank "
    "where you do not know."
)


def read_coded(path: Path) -> Mapping[str, str]:
    """The answers in a file: normalised spelling to Destatis key of a present-day state. Rows without a country are
    passed over; no file holds no answers.

    Raises DeliveryError, naming the row, when a state is unknown, a spelling has two answers or none to belong to, the
    file is not in UTF-8 or lacks a column; StorageError when it cannot be read.
    """
    return {spelling: country for spelling, (country, _) in _answers(path).items()}


def with_new(kept: Mapping[str, str], path: Path) -> Mapping[str, str]:
    """The answers that are kept and those of a file. Raises DeliveryError when the file contradicts what is kept."""
    new = _answers(path)
    different = [row for spelling, (country, row) in new.items() if kept.get(spelling, country) != country]
    if different:
        raise DeliveryError(
            N_("Rows {rows} give another state than places.csv of the town project does; nothing was taken over."),
            where=path,
            rows=", ".join(map(str, different[:_SHOWN])) + (" …" if len(different) > _SHOWN else ""),
            todo=N_("Correct the rows in one of the two files."),
        )
    return {**kept, **{spelling: country for spelling, (country, _) in new.items()}}


def _answers(path: Path) -> Mapping[str, tuple[str, int]]:
    """State and row number of each spelling that has an answer."""
    answers: dict[str, tuple[str, int]] = {}
    for row, spelling, text in _rows(path):
        if not text:
            continue
        country = _country(text)
        if country is None:
            raise DeliveryError(
                N_("Row {row} names no present-day state: “{text}”."), where=path, row=row, text=text, todo=_WRITE
            )
        if not spelling:
            raise DeliveryError(
                N_("Row {row} names a state but no spelling."), where=path, row=row, todo=N_("Complete or delete it.")
            )
        before = answers.setdefault(spelling, (country, row))
        if before[0] != country:
            raise DeliveryError(
                N_("Rows {first} and {row} give different states for the same spelling."),
                where=path,
                first=before[1],
                row=row,
                todo=N_("Delete one of the two rows. Upper and lower case and blanks make no difference."),
            )
    return answers


def coded_text(answers: Mapping[str, str]) -> bytes:
    """The file of the answers, sorted by spelling: its order says nothing of how many residents there are."""
    return _csv(COLUMNS, sorted(answers.items()))


def open_text(spellings: pl.DataFrame, labels: Mapping[str, str]) -> bytes:
    """The list to be filled in, from ``spelling``, ``residents`` and ``candidates`` (lists of Destatis keys)."""
    rows = (
        (spelling, "", residents, ", ".join(f"{key} {labels[key]}" for key in candidates))
        for spelling, residents, candidates in spellings.select("spelling", "residents", "candidates").iter_rows()
    )
    return _csv((*COLUMNS, "residents", "candidates"), rows)


def with_answers(found: pl.DataFrame, texts: Sequence[str], answers: Mapping[str, str]) -> pl.DataFrame:
    """The candidates of ``places.candidates`` with the answers, as how = coded. An answer replaces what the program
    found; it stands beside the several states of a homonym, which nationality or origin may settle before."""
    coded = pl.DataFrame(
        [(text, answers[text], "", 0, "coded") for text in texts if text in answers], schema=found.schema, orient="row"
    )
    firm = found.filter(pl.col("how") != "hint")
    several = firm.filter(pl.len().over("place") > 1)["place"].unique()
    displaced = pl.col("place").is_in(coded["place"].to_list()) & ~pl.col("place").is_in(several.to_list())
    return pl.concat([found.filter(~displaced), coded])


def _country(text: str) -> str | None:
    """The present-day state that a cell names by key, by name, or by both as the candidates are written."""
    first, _, name = text.partition(" ")
    key = codes.GERMANY if first in _SHORTENED else first
    by_key = codes.countries().keys() & {key}
    keys = (by_key & _named(name) if name else by_key) if by_key else _named(text)
    present = {state for state in keys if codes.countries()[state].kind in ("state", "region")}
    return present.pop() if len(present) == len(keys) == 1 else None


def _named(text: str) -> set[str]:
    return {state for state, _ in states_named(text)}


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Row number as a spreadsheet shows it, normalised spelling, and what stands under country."""
    text = _text(path)
    header = text.partition("\n")[0].rstrip("\r")
    for delimiter in _DELIMITERS:
        names = [name.strip().casefold() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if set(COLUMNS) <= set(names):
            break
    else:
        if not text:
            return
        raise DeliveryError(
            N_("The file lacks the columns “spelling” and “country” in its first row."),
            where=path,
            todo=N_("Give the first row these two names, separated by a semicolon, or start from the list again."),
        )
    place, state = (names.index(column) for column in COLUMNS)
    for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        cells += [""] * (len(names) - len(cells))
        if row > 1:
            yield row, normalise(_unguarded(cells[place].strip())), cells[state].strip()


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError:
        raise StorageError(N_("The file cannot be read."), where=path, todo=N_("Check its permissions.")) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeliveryError(
            N_("The file is not in UTF-8: row {row} holds other letters."),
            where=path,
            row=data.count(b"\n", 0, error.start) + 1,
            todo=_SAVE_AS,
        ) from None
    if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text:
        raise DeliveryError(N_("The file holds signs that stand for lost letters."), where=path, todo=_SAVE_AS)
    return text


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """As a German spreadsheet opens it without asking: semicolon, byte order mark, line ends of Windows."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(header)
    writer.writerows((_guarded(str(spelling)), *others) for spelling, *others in rows)
    return lines.getvalue().encode("utf-8-sig")


def _guarded(spelling: str) -> str:
    return f"'{spelling}" if spelling.startswith(_FORMULA) else spelling


def _unguarded(spelling: str) -> str:
    return spelling[1:] if spelling.startswith(tuple(f"'{sign}" for sign in _FORMULA)) else spelling
