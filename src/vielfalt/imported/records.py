"""The records of a table import: what the profile says, what a file gave, what the import hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from vielfalt.areafiles import AxisOrder
from vielfalt.cells import Cells
from vielfalt.definitions import Definition
from vielfalt.geography import Geography

Format = Literal["csv", "xlsx", "json"]
RESIDENTS = "residents"
"""The id of the table of the base population, named as the town's own."""
REST = "rest"
"""The category of those of the base population who are in no category of the table."""


def rest_key(key: str) -> str:
    """The key of what remains of a category when its parts are taken out."""
    return f"{key}_rest"


@dataclass(frozen=True)
class FileForm:
    """How a file is written down.

    ``missing`` are the marks of a value nobody knows (a blank among them), ``zero`` the marks of a true zero;
    ``records`` leads through a JSON file to its list of records, a step in braces keeping the keys it passes as a
    column of that name.
    """

    format: Format = "csv"
    delimiter: str = ";"
    encoding: str = "utf-8"
    skip_rows: int = 0
    sheet: str = ""
    records: tuple[str, ...] = ()
    decimal: str = ","
    thousands: str = ""
    missing: tuple[str, ...] = ("", "-", "–", ".", "x", "X", "…", "...", "/")
    zero: tuple[str, ...] = ()


@dataclass(frozen=True)
class AreaColumn:
    """Which column names the area, and which of its values are no area.

    ``width`` pads keys that lost their leading zeros; ``by`` says whether the column holds keys or names; ``total`` is
    the row of the whole town, ``unresolved`` are rows of people in no area, ``ignore`` rows that hold no figures.
    ``corrections`` gives rows that stand under a wrong key the right one; ``because`` says how one knows.
    """

    column: str
    name: str = ""
    width: int = 0
    by: Literal["key", "name"] = "key"
    total: str = ""
    unresolved: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True)
class Selection:
    """Which numbers of a file are meant: the rows that pass ``filter``; per category a column (wide) or rows (long).

    ``category`` and ``value`` are columns of a long table; both are empty for a wide one.
    """

    form: FileForm
    area: AreaColumn
    filter: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    value: str = ""


@dataclass(frozen=True)
class Category:
    """One category of the table. ``in_file`` is its column (wide) or its value in the category column (long).

    ``part_of`` names the category that contains it; ``complete`` says that its own parts make up all of it, otherwise
    ``rest`` is the label of what remains.
    """

    key: str
    label: str
    in_file: str
    part_of: str = ""
    complete: bool = False
    rest: str = ""


@dataclass(frozen=True)
class Base:
    """The base population: residents per area from the same file (``path`` empty) or another, perhaps of another date.

    ``complete`` says that the categories of the table cover all residents, otherwise ``rest`` is the label of the
    category of all others.
    """

    path: str
    selection: Selection
    in_file: str
    date: int
    title: str
    definition: str
    complete: bool
    rest: str


@dataclass(frozen=True)
class Comparison:
    """The same figures of another date from another file, to notice rows that stand under a wrong key.

    ``category`` is the category of the table that ``in_file`` counts there.
    """

    path: str
    selection: Selection
    in_file: str
    category: str
    date: int


@dataclass(frozen=True)
class Correction:
    """A key in the polygon file that is wrong: which rows (column = value), which key is right, how one knows."""

    where: Mapping[str, str]
    key: str
    because: str


@dataclass(frozen=True)
class LevelSource:
    """One area level: its polygons, or the names of areas to be joined from those of the finer level.

    ``keys`` is a regular expression for the keys of this level in the table (a group in it is the key);
    ``parent_prefix`` counts the first characters of a key that are the parent's key.
    """

    id: str
    title: str
    keys: str = ""
    path: str = ""
    key: str = "key"
    name: str = "name"
    parent: str = ""
    parent_prefix: int = 0
    axis_order: AxisOrder = "xy"
    stray_crs: str = ""
    exclude: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableSource:
    """Where the figures come from: town, reference date (yyyymmdd), what it is in words, licence."""

    town: str
    ags: str
    date: int
    text: str
    licence: str


@dataclass(frozen=True)
class TableProfile:
    """One table that somebody else counted: where its figures stand in the file and what they mean.

    Paths in it start at the folder of the table's file. ``rounded_to`` is the step to which the sender rounds.
    """

    path: Path
    source: TableSource
    id: str
    title: str
    dimension: str
    dimension_title: str
    definition: str
    limits: str
    selection: Selection
    categories: tuple[Category, ...]
    base: Base | None
    comparison: Comparison | None
    levels: tuple[LevelSource, ...]
    crs: str
    rounded_to: int = 1


@dataclass(frozen=True)
class TableFinding:
    """Something a reader of the figures must know: sentence and consequence are message ids, ``values`` fill both.

    ``rows`` counts the areas (or cells) concerned.
    """

    id: str
    message: str
    consequence: str
    rows: int
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """What an import hands on, in the same form as a count of the town's own.

    ``cells`` by table id; ``unknown`` by table id: the combinations (columns area and dimensions) nobody knows, which
    have no cell and must be published as unknown, never as 0. ``labels`` by (dimension, category key);
    ``dimensions`` are the titles of the dimensions; ``definitions`` those the tables name.
    """

    cells: Mapping[str, Cells]
    unknown: Mapping[str, pl.DataFrame]
    geography: Geography
    source: TableSource
    findings: tuple[TableFinding, ...]
    labels: Mapping[tuple[str, str], str]
    dimensions: Mapping[str, str]
    definitions: tuple[Definition, ...]
