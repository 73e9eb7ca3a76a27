"""Dates as integers yyyymmdd: completed years and reference dates by integer arithmetic (house dialect, 3).

A partial date keeps zeros for what is unknown: 19620000 is "some day in 1962", 19620500 "May 1962".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from vielfalt.errors import TownError, UsageError
from vielfalt.words import N_

Years = TypeVar("Years")
"""An ``int``, a NumPy array or a narwhals expression: whatever knows minus and floor division."""


def completed_years(start: Years, end: Years) -> Years:
    """Completed years between two yyyymmdd integers, as on a birthday. Null stays null.

    Unknown month or day count as the earliest possible, so on 31 December a year of birth alone is exact.
    """
    return (end - start) // 10_000  # type: ignore[operator, no-any-return]


def years_apart(start: int, end: int) -> float:
    """The time between two days of the calendar (yyyymmdd), in years of 365.25 days."""
    return (dt.date.fromisoformat(to_iso(end)) - dt.date.fromisoformat(to_iso(start))).days / 365.25


def from_iso(text: str) -> int:
    """``2025-12-31`` as 20251231. Raises UsageError when it is no calendar date, or written otherwise."""
    try:
        day = dt.date.fromisoformat(text)
        if day.isoformat() != text:  # Python also takes 20251231 and 2025-W01-1, which are other names of folders
            raise ValueError(text)
    except ValueError:
        raise UsageError(
            N_("“{text}” is not a date."),
            text=text,
            todo=N_("Write the date as year-month-day, for example 2025-12-31."),
        ) from None
    return day.year * 10_000 + day.month * 100 + day.day


def to_iso(yyyymmdd: int) -> str:
    """20251231 as ``2025-12-31``."""
    return f"{yyyymmdd // 10_000:04}-{yyyymmdd // 100 % 100:02}-{yyyymmdd % 100:02}"


def today() -> int:
    """The current day as yyyymmdd."""
    return from_iso(dt.date.today().isoformat())


def of_folders(folders: Iterable[Path]) -> tuple[int, ...]:
    """The dates that folders are named after, oldest first; folders that are no date are passed over."""
    found = []
    for folder in folders:
        try:
            found.append(from_iso(folder.name))
        except UsageError:
            continue
    return tuple(sorted(found))


def refuse_future(date: int) -> None:
    """Raises TownError when a reference date has not come yet."""
    if date > today():
        raise TownError(
            N_("The reference date lies in the future."),
            where=to_iso(date),
            todo=N_("Name a date that has passed, or correct the name of the folder."),
        )


def is_calendar_date(yyyymmdd: int) -> bool:
    """Whether the integer is a day of the calendar, or a partial date with zeros for month and day, or day."""
    year, month, day = yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100
    if month == 0:
        return day == 0 and year > 0
    try:
        dt.date(year, month, day or 1)
    except ValueError:
        return False
    return True
