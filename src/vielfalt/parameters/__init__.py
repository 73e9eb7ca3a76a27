"""Dated parameters: value, first reference date it holds for, source and meaning, read from the TOML files beside."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Parameter:
    """One value that holds from ``since`` (yyyymmdd) until a later one of the same name replaces it."""

    name: str
    value: int | float
    since: int
    source: str
    meaning: str


@cache
def load(topic: str) -> Mapping[str, tuple[Parameter, ...]]:
    """All parameters of a topic (the file name without ending), per name in the order of their dates."""
    with (Path(__file__).parent / f"{topic}.toml").open("rb") as file:
        content = tomllib.load(file)
    return MappingProxyType(
        {
            name: tuple(
                sorted(
                    (Parameter(name, row["value"], _day(row["since"]), row["source"], row["meaning"]) for row in rows),
                    key=lambda parameter: parameter.since,
                )
            )
            for name, rows in content.items()
        }
    )


def on(topic: str, day: int) -> Mapping[str, int | float]:
    """The values of a topic that hold on a reference date (yyyymmdd)."""
    return {
        name: [parameter.value for parameter in versions if parameter.since <= day][-1]
        for name, versions in load(topic).items()
    }


def _day(date: dt.date) -> int:
    return date.year * 10_000 + date.month * 100 + date.day
