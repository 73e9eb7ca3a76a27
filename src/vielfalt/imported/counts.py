"""From the rows of a file to one count per area and category, whether the table is long or wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vielfalt.areachecks import some
from vielfalt.errors import DeliveryError
from vielfalt.imported import numbers
from vielfalt.imported.files import Rows, read_rows, refuse_lost
from vielfalt.imported.records import AreaColumn, Selection
from vielfalt.words import N_

Values = Mapping[str, int | None]
"""Category key to count; null where nobody knows."""
_TODO = N_("Correct the value, or “decimal”, “thousands”, “missing” and “zero” in the table profile.")


@dataclass(frozen=True)
class Counts:
    """The counts of one file: ``values`` and ``names`` by area as the file calls it (keys padded).

    ``undeclared`` are values of the category column that the profile does not name; ``absent`` counts the
    combinations of a long table that have no row, which are unknown, not zero.
    """

    values: Mapping[str, Values]
    names: Mapping[str, str]
    undeclared: tuple[str, ...]
    absent: int


def read_counts(path: Path, selection: Selection, in_file: Mapping[str, str]) -> Counts:
    """One count per area and category of the file. ``in_file``: category key to its column or value in the file.

    Raises DeliveryError, naming column and line, for columns that are not there, texts among numbers and repeated rows.
    """
    rows = read_rows(path, selection.form)
    _check_columns(rows, selection, in_file)
    by_value = {value: key for key, value in in_file.items()}
    read = numbers.reader(selection.form, path, _TODO)
    found: dict[str, dict[str, int | None]] = {}
    names: dict[str, str] = {}
    undeclared: dict[str, None] = {}
    for line, record in _kept(rows, selection):
        area = area_text(record[selection.area.column], selection.area)
        names[area] = record.get(selection.area.name, "")
        columns: Mapping[str, str] = in_file
        if selection.category:
            value = record[selection.category].strip()
            if value not in by_value:
                undeclared[value] = None
                continue
            columns = {by_value[value]: selection.value}
        values = found.setdefault(area, {})
        for key, column in columns.items():
            if key in values:
                raise _twice(path, line, area)
            values[key] = read(record[column], line, column)
    _check_found(rows, selection, in_file, found)
    return Counts(
        {area: {key: values.get(key) for key in in_file} for area, values in found.items()},
        names,
        tuple(undeclared),
        sum(len(in_file) - len(values) for values in found.values()),
    )


def area_text(text: str, area: AreaColumn) -> str:
    """An area as the file calls it, in one form: composed letters, single blanks, keys padded with zeros."""
    return " ".join(unicodedata.normalize("NFC", text).split()).zfill(area.width)


def _check_columns(rows: Rows, selection: Selection, in_file: Mapping[str, str]) -> None:
    named = [selection.area.column, selection.area.name, *selection.filter]
    named += [selection.category, selection.value] if selection.category else list(in_file.values())
    asked = filter(None, named)
    refuse_lost(rows, asked, DeliveryError, N_("Check delimiter, encoding and column names in the table profile."))


def _kept(rows: Rows, selection: Selection) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows that pass the filter and name an area; rows the profile ignores and empty ones are left out."""
    ignored = {area_text(text, selection.area) for text in selection.area.ignore}
    for number, record in zip(rows.numbers, rows.records, strict=True):
        if any(record[column].strip() != value for column, value in selection.filter.items()):
            continue
        text = record[selection.area.column].strip()
        if not text:
            raise DeliveryError(
                N_("Line {line} names no area."),
                where=rows.path,
                todo=N_("Complete the line, or remove it if it holds no figures."),
                line=number,
            )
        if area_text(text, selection.area) not in ignored:
            yield number, record


def _check_found(
    rows: Rows, selection: Selection, in_file: Mapping[str, str], found: Mapping[str, Mapping[str, object]]
) -> None:
    """Raises DeliveryError when no row was left or a declared category has none, with what the columns hold."""
    lost = [name for key, name in in_file.items() if not any(key in values for values in found.values())]
    if not lost:
        return
    columns = [*selection.filter, *([selection.category] if selection.category else [])]
    there = {column: some(dict.fromkeys(record[column] for record in rows.records)) for column in columns}
    raise DeliveryError(
        N_("The table holds no row for {lost} that fits the profile. The columns hold: {there}."),
        where=rows.path,
        todo=N_("Correct “filter” or “in_file” in the table profile."),
        lost=", ".join(f"“{name}”" for name in lost),
        there="; ".join(f"{column} = {values}" for column, values in there.items()),
    )


def _twice(path: Path, line: int, area: str) -> DeliveryError:
    return DeliveryError(
        N_("Line {line} repeats the area “{area}”."),
        where=path,
        todo=N_("Set a “filter” in the table profile that leaves one row per area, or remove the double row."),
        line=line,
        area=area,
    )
