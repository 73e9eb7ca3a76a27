"""A table of counts without a profile: areas by groups, from a CSV or XLSX file in long or wide form.

Which form it has follows from the columns named, never from the figures.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vielfalt.errors import DeliveryError, UsageError
from vielfalt.imported import numbers
from vielfalt.imported.counts import area_text
from vielfalt.imported.files import Rows, read_rows, refuse_lost
from vielfalt.imported.records import AreaColumn, FileForm
from vielfalt.imported.release_base import release_base
from vielfalt.words import N_

_VALUES = ("value", "n", "count")
"""Columns of counts of a long table, where none is named; ``value`` is that of a release."""
_DELIMITERS: Mapping[str, str] = {";": ",", "\t": ",", ",": "."}
"""Delimiters of CSV files, and the decimal mark that goes with each."""
_TODO = N_("Correct the value; the column of counts of a long table is named with --value.")
_OF_A_RELEASE = frozenset({"level", "area", "value", "status"})


@dataclass(frozen=True)
class Question:
    """What is asked of a table: columns, rows to keep (``filter``) and areas to ignore, all as the file calls them.

    ``groups``: columns of counts (wide), or one column that names the group (long; ``value`` then is the column of
    counts). ``total``: column or category of all residents; empty: the groups together are everybody.
    """

    area: str
    groups: tuple[str, ...]
    value: str = ""
    total: str = ""
    filter: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grouped:
    """Counts per area (rows) and group (columns), NaN where hidden; ``total``: all residents per area, NaN if unknown.

    ``level`` is the area level of a release's table that was taken, whose total is that of the table it refines;
    ``absent`` the number of combinations of area and
    group without a row, which count as 0: a table made by counting has no rows of nobody.
    """

    areas: tuple[str, ...]
    groups: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]
    level: str = ""
    absent: int = 0


def read_grouped(path: Path, question: Question) -> Grouped:
    """The counts of a table. Raises DeliveryError for an unusable file or figure, UsageError for what is not there."""
    form = _form(path, question.area)
    rows = read_rows(path, form)
    value = _value_column(rows, question)
    _check_columns(rows, question, value)
    kept, level = _kept(rows, question)
    read = numbers.reader(form, path, _TODO)
    cells: dict[str, dict[str, int | None]] = {}
    for line, record in kept:
        area = area_text(record[question.area], AreaColumn(question.area))
        found = {record[question.groups[0]].strip(): value} if value else {name: name for name in _wide(question)}
        values = cells.setdefault(area, {})
        for group, column in found.items():
            if group in values:
                raise _twice(path, line, area, group)
            values[group] = read(record[column], line, column)
    if not cells:
        raise DeliveryError(N_("The table is empty."), where=path, todo=N_("Check --filter and --ignore."))
    whole = release_base(path, level) if level else {}
    base = {area: read(text, 0, value) for area, text in whole.items()}
    # In one order, so that random draws do not depend on the order of the rows.
    return _together(dict(sorted(cells.items())), question, bool(value), level, base, path)


def _together(
    cells: Mapping[str, Mapping[str, int | None]],
    question: Question,
    long: bool,
    level: str,
    base: Mapping[str, int | None],
    path: Path,
) -> Grouped:
    """The table of all areas and groups; groups in the order of the file, areas in that of their keys."""
    named = tuple(dict.fromkeys(group for values in cells.values() for group in values)) if long else question.groups
    if question.total and question.total not in {*named, *(() if long else (question.total,))}:
        raise UsageError(
            N_("The table has no group “{group}”. It has: {groups}."),
            where=path,
            todo=N_("Correct --total."),
            group=question.total,
            groups=", ".join(named),
        )
    groups = tuple(group for group in named if group != question.total)
    counts = np.array([[values.get(group, 0) for group in groups] for values in cells.values()], np.float64)
    total = counts.sum(axis=1)
    if question.total:
        total = np.array([values.get(question.total) for values in cells.values()], np.float64)
    elif base:
        total = np.array([base.get(area) for area in cells], np.float64)
    elif len(groups) < 2:
        raise UsageError(
            N_("One group alone has nobody to be compared with."),
            where=path,
            todo=N_("Name further groups, or all residents with --total."),
        )
    absent = sum(len(named) - len(values) for values in cells.values()) if long else 0
    return Grouped(tuple(cells), groups, counts, total, level, absent)


def _wide(question: Question) -> tuple[str, ...]:
    return (*question.groups, *((question.total,) if question.total else ()))


def _form(path: Path, area: str) -> FileForm:
    """How the file is written: XLSX by its name, else the delimiter under which the header names the area column."""
    if path.suffix.lower() == ".xlsx" or not path.is_file():
        return FileForm(format="xlsx" if path.suffix.lower() == ".xlsx" else "csv")
    encoding, text = _text(path)
    lines = text.splitlines()
    for delimiter, decimal in _DELIMITERS.items():
        if any(area in [cell.strip() for cell in header] for header in csv.reader(lines[:1], delimiter=delimiter)):
            return FileForm(delimiter=delimiter, encoding=encoding, decimal=decimal)
    likely = max(_DELIMITERS, key=lambda delimiter: lines[0].count(delimiter) if lines else 0)
    return FileForm(delimiter=likely, encoding=encoding, decimal=_DELIMITERS[likely])


def _text(path: Path) -> tuple[str, str]:
    """The encoding of a file and its text. Raises DeliveryError for a file that is no text."""
    content = path.read_bytes()
    for encoding, codec in (("utf-8", "utf-8-sig"), ("cp1252", "cp1252")):
        try:
            return encoding, content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise DeliveryError(
        N_("The file is no table: neither CSV (UTF-8 or Windows-1252) nor XLSX."),
        where=path,
        todo=N_("Save the table as CSV or XLSX."),
    )


def _value_column(rows: Rows, question: Question) -> str:
    """The column of counts of a long table; empty for a wide one."""
    if question.value:
        return question.value
    wide = len(question.groups) > 1 or question.total in rows.columns
    return "" if wide else next((name for name in _VALUES if name in rows.columns), "")


def _check_columns(rows: Rows, question: Question, value: str) -> None:
    named = [question.area, *question.filter, *((question.groups[0], value) if value else _wide(question))]
    refuse_lost(rows, named, UsageError, N_("Correct --area, --group, --value, --total or --filter."))


def _kept(rows: Rows, question: Question) -> tuple[list[tuple[int, Mapping[str, str]]], str]:
    """The rows that are asked for; of a release's table the level with most areas, unless the filter names one."""
    wanted, level = dict(question.filter), ""
    if set(rows.columns) >= _OF_A_RELEASE:
        areas: dict[str, set[str]] = {}
        for record in rows.records:
            areas.setdefault(record["level"], set()).add(record["area"])
        level = wanted.setdefault("level", max(areas, key=lambda name: len(areas[name])))
    ignored = set(question.ignore)
    kept = [
        (line, record)
        for line, record in zip(rows.numbers, rows.records, strict=True)
        if all(record[name].strip() == text for name, text in wanted.items())
        and record[question.area].strip() not in ignored
    ]
    return kept, level


def _twice(path: Path, line: int, area: str, group: str) -> DeliveryError:
    return DeliveryError(
        N_("Line {line} repeats the area “{area}” with the group “{group}”."),
        where=path,
        todo=N_("Keep one row of each with --filter COLUMN=VALUE."),
        line=line,
        area=area,
        group=group,
    )
