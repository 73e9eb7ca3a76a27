"""Code lists: countries, country groups and the categories of every dimension, read from the CSV files beside.

Sources: ``countries.csv`` follows the Destatis classification of states and territories (keys; state of August 2024),
with its German names or shorter ones in use (Niederlande, Iran, Südkorea); English names from GeoNames, EU membership
from the accession treaties; groups are our own (docs/explanation/country-groups.md). ``categories.csv``: sex and
marital status after DSMeld 0701 and 1401; the rest are classes of our own, documented in docs/reference/dimensions.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from vielfalt.words import Language

VERSION = "2026-11"
GERMANY = "000"


@dataclass(frozen=True)
class Country:
    """One key of the Destatis list; ``kind`` tells present states from former states, regions and special keys."""

    key: str
    iso2: str
    iso3: str
    label_de: str
    label_en: str
    kind: Literal["state", "former", "region", "special"]
    group: str
    successors: tuple[str, ...]


@dataclass(frozen=True)
class Category:
    """One value of a dimension with its labels; ``parent`` is the category of the coarser dimension it lies in."""

    key: str
    label_de: str
    label_en: str
    parent: str

    def label(self, language: Language) -> str:
        """The label in the language asked for."""
        return self.label_de if language == "de" else self.label_en


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def countries() -> MappingProxyType[str, Country]:
    """All countries by Destatis key, in the order of the keys."""
    return MappingProxyType(
        {
            row["key"]: Country(
                **{name: row[name] for name in ("key", "iso2", "iso3", "label_de", "label_en", "group")},
                kind=row["kind"],  # type: ignore[arg-type]
                successors=tuple(row["successors"].split()),
            )
            for row in _rows("countries.csv")
        }
    )


@cache
def _listed() -> MappingProxyType[str, tuple[Category, ...]]:
    found: dict[str, list[Category]] = {}
    for row in _rows("categories.csv"):
        found.setdefault(row.pop("dimension"), []).append(Category(**row))
    return MappingProxyType({dimension: tuple(rows) for dimension, rows in found.items()})


_OUTSIDE = (
    ("unknown", "Bezugsland unbekannt", "Reference country unknown", "with"),
    ("none", "Ohne Migrationshintergrund", "Without migration background", "without"),
    ("undeterminable", "Nicht bestimmbar", "Not determinable", "undeterminable"),
)
"""Categories of the reference country that are no country, with the migration background they lie in."""


@cache
def categories(dimension: str) -> tuple[Category, ...]:
    """The categories of a dimension in their order. Raises KeyError for a dimension nobody declared."""
    match dimension:
        case "nationality":
            states = (Category(row.key, row.label_de, row.label_en, row.group) for row in countries().values())
            return (*states, Category("unknown", "Staatsangehörigkeit fehlt", "Nationality missing", "unknown"))
        case "reference_country":
            abroad = tuple(row for row in categories("nationality") if row.key not in (GERMANY, "unknown"))
            return abroad + tuple(Category(key, de, en, key) for key, de, en, _ in _OUTSIDE)
        case "reference_group":
            groups = (row for row in _listed()["nationality_group"] if row.key not in ("germany", "unclear", "unknown"))
            abroad = tuple(Category(row.key, row.label_de, row.label_en, "with") for row in groups)
            return abroad + tuple(Category(*row) for row in _OUTSIDE)
        case _:
            return _listed()[dimension]


@cache
def religion_groups() -> MappingProxyType[str, str]:
    """The religion group of each DSMeld key (annex 2; the list is a collection from forms and payroll data)."""
    return MappingProxyType({row["key"]: row["group"] for row in _rows("religion.csv")})


@cache
def marital_groups() -> MappingProxyType[str, str]:
    """The group of each marital status (DSMeld 1401)."""
    return MappingProxyType({row["key"]: row["group"] for row in _rows("marital.csv")})


@cache
def category(dimension: str, key: str) -> Category:
    """One category of a dimension. Raises KeyError when the dimension does not know the key."""
    for row in categories(dimension):
        if row.key == key:
            return row
    raise KeyError(f"{dimension} has no category {key!r}")
