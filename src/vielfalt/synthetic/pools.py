"""The pools the generator draws from: countries of origin, places of birth, names, words for streets and areas.

Place names are facts; names of persons are invented combinations of common family and given names. Weights of countries
follow the order of size of the foreign population in Germany (Destatis, Ausländerzentralregister, 2023, in thousands,
rounded); the arrival windows of repatriates those of BVFG admissions. All text is what a CP1252 office can write.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from vielfalt.numbers import Floats, Ints
from vielfalt.synthetic.draw import Rng, choose_by_row

HOME = "Musterlingen"
SHAPES = ("classic", "eu", "western", "refugee", "skilled")
FAITHS = ("c", "p", "o", "m", "x")
FIRST_YEAR, LAST_YEAR = 1950, 2045
_DATA = Path(__file__).parent / "data"
_TRANSLITERATED = str.maketrans("łŁđĐıİþðħ", "lLdDiIpdh")

_WINDOWS = {
    "classic": "1961-1973:40 1974-2000:30 2001-2025:30",
    "eu": "1990-2006:12 2007-2013:34 2014-2025:54",
    "western": "1960-1999:30 2000-2025:70",
    "refugee": "1985-2010:24 2011-2018:48 2019-2025:28",
    "skilled": "1990-2009:16 2010-2025:84",
}
_REPATRIATE_WINDOWS = {
    152: "1957-1969:15 1970-1986:25 1987-1992:60",
    154: "1967-1988:40 1989-1992:60",
    164: "1965-1972:80 1973-1992:20",
    165: "1957-1992:100",
    0: "1972-1988:6 1989-2000:72 2001-2012:21 2013-2025:1",
}
"""Documented admissions: Poland, Romania, Czechoslovakia, Hungary, and (0) the successor states of the USSR."""


@dataclass(frozen=True)
class Origins:
    """The countries of origin; all columns have one entry per country, cumulative windows one row per country."""

    key: Ints
    shape: Ints
    faith: Ints
    names: tuple[str, ...]
    foreign: Floats
    naturalised: Floats
    repatriate: Floats
    immigration: Floats
    repatriation: Floats


@dataclass(frozen=True)
class Places:
    """Places of birth: name and present-day state; ``weights`` has one row per country key in ``countries``."""

    name: tuple[str, ...]
    key: Ints
    countries: Ints
    first: Ints
    weights: Floats

    def draw(self, rng: Rng, keys: Ints) -> Ints:
        """One place per country key, large places more often."""
        rows = np.searchsorted(self.countries, keys)
        return self.first[rows] + choose_by_row(rng, self.weights, rows)


@dataclass(frozen=True)
class Names:
    """Family and given names: ``text`` holds all of them; ``span`` gives (first, number) per group and kind."""

    text: tuple[str, ...]
    groups: tuple[str, ...]
    family: Ints
    given_m: Ints
    given_w: Ints


def office_text(text: str) -> str:
    """The text as an office with CP1252 writes it: characters it has stay, others lose their marks."""
    letters = []
    for letter in text.translate(_TRANSLITERATED):
        try:
            letter.encode("cp1252")
        except UnicodeEncodeError:
            letter = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        letters.append(letter)
    return "".join(letters)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the generator's own data files."""
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _yearly(windows: str) -> Floats:
    """The cumulative share of arrivals by year from windows such as ``1961-1973:40 1974-2000:60``."""
    mass = np.zeros(LAST_YEAR - FIRST_YEAR + 1)
    for window in windows.split():
        years, weight = window.split(":")
        first, last = (int(year) for year in years.split("-"))
        last = LAST_YEAR if last == 2025 else last
        mass[first - FIRST_YEAR : last - FIRST_YEAR + 1] += float(weight) / (min(last, 2025) - first + 1)
    return np.concatenate([[0.0], np.cumsum(mass)])


@cache
def origins() -> Origins:
    """All countries of origin."""
    table = list(rows("origins.csv"))
    column = {name: np.array([float(row[name]) for row in table]) for name in ("foreign", "naturalised", "repatriate")}
    key = np.array([int(row["key"]) for row in table])
    return Origins(
        key=key,
        shape=np.array([SHAPES.index(row["shape"]) for row in table]),
        faith=np.array([FAITHS.index(row["faith"]) for row in table]),
        names=tuple(row["names"] for row in table),
        immigration=np.array([_yearly(row["windows"] or _WINDOWS[row["shape"]]) for row in table]),
        repatriation=np.array([_yearly(_REPATRIATE_WINDOWS.get(int(code), _REPATRIATE_WINDOWS[0])) for code in key]),
        **column,
    )


@cache
def places() -> Places:
    """All places of birth, grouped by country; the town itself and its neighbours lead the German list."""
    near = [HOME, *(row["place"] for row in rows("municipalities.csv") if row["near"] == "1")]
    names: list[str] = []
    first, counts, countries, keys = [], [], [], []
    for row in sorted(rows("places.csv"), key=lambda row: row["key"]):
        listed = row["places"].split("|")
        if row["key"] == "000":
            listed = near + [place for place in listed if place not in near]
        first.append(len(names))
        counts.append(len(listed))
        countries.append(int(row["key"]))
        keys += [int(row["key"])] * len(listed)
        names += [office_text(place) for place in listed]
    weights = np.zeros((len(counts), max(counts)))
    for position, count in enumerate(counts):
        weights[position, :count] = 1 / np.arange(1, count + 1) ** 0.8
    near_weights = np.array([18.0, 6.0, 16.0, 7.0, 4.0, 4.0, 5.0, 5.0, 1.5, 1.5, 1.5])
    weights[0] *= 31.0 / weights[0, len(near) :].sum()
    weights[0, : len(near)] = near_weights[: len(near)]
    return Places(tuple(names), np.array(keys), np.array(countries), np.array(first), weights)


@cache
def lost_places() -> tuple[tuple[str, ...], Ints]:
    """Places in the former eastern territories and the Sudeten areas, with the present-day state of each."""
    table = list(rows("former_territories.csv"))
    return tuple(office_text(row["place"]) for row in table), np.array([int(row["key"]) for row in table])


@cache
def names() -> Names:
    """All names; families of a group are its list and every combination of its stems and endings."""
    listed: dict[tuple[str, str], list[str]] = {}
    for row in rows("names.csv"):
        listed[row["group"], row["kind"]] = [office_text(value) for value in row["values"].split("|")]
    groups = tuple(dict.fromkeys(group for group, _ in listed))
    text: list[str] = []
    spans: dict[str, list[tuple[int, int]]] = {"family": [], "m": [], "w": []}
    for group in groups:
        composed = [a + b for a in listed.get((group, "stem"), ()) for b in listed.get((group, "end"), ())]
        for kind, found in spans.items():
            values = listed[group, kind] + (composed if kind == "family" else [])
            found.append((len(text), len(values)))
            text += values
    return Names(tuple(text), groups, *(np.array(spans[kind]) for kind in ("family", "m", "w")))


@cache
def municipalities() -> tuple[str, ...]:
    """Keys (AGS) of German municipalities people come from, the neighbours first."""
    return tuple(row["ags"] for row in rows("municipalities.csv"))


@cache
def words(kind: str) -> tuple[str, ...]:
    """Words for the names of areas and streets."""
    return next(tuple(row["values"].split("|")) for row in rows("town_words.csv") if row["kind"] == kind)
