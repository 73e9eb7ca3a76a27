"""The synthetic town of the tests and how they read it: nothing of the package reads the extracts here."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass

import polars as pl
import shapely
from shapely.geometry import shape

from vielfalt.dates import to_iso
from vielfalt.profiles import read_profile
from vielfalt.town import Town

DATES = (20231231, 20241231, 20251231)
RESIDENTS = 40_000


def quiet(message: str) -> None:
    """Takes progress messages and keeps them to itself."""


@dataclass(frozen=True)
class Extract:
    """One reference date as written: header, all data rows (broken ones too), the truth, and the sound rows joined."""

    header: list[str]
    rows: list[list[str]]
    truth: pl.DataFrame
    sound: pl.DataFrame


def read(town: Town, date: int) -> Extract:
    profile = read_profile(town.profile_path)
    with town.extract(date).open(encoding=profile.encoding, newline="") as file:
        header, *rows = csv.reader(file, delimiter=profile.delimiter, quotechar=profile.quote)
    truth = pl.read_parquet(town.root / "truth" / f"{to_iso(date)}.parquet")
    fields = list(profile.columns)
    sound = [index for index, row in enumerate(rows) if len(row) == len(header)]
    table = pl.DataFrame([rows[index] for index in sound], schema=dict.fromkeys(fields, pl.String), orient="row")
    return Extract(
        header, rows, truth, pl.concat([truth[sound].select(pl.all().name.prefix("true_")), table], how="horizontal")
    )


def polygons(town: Town, level: str) -> dict[str, tuple[str, shapely.Geometry]]:
    content = json.loads((town.root / "areas" / f"{level}.geojson").read_text(encoding="utf-8"))
    assert content["crs"]["properties"]["name"].endswith("25832")
    return {
        feature["properties"]["key"]: (feature["properties"]["parent"], shape(feature["geometry"]))
        for feature in content["features"]
    }


def share(values: pl.Series) -> float:
    """The share of true values, or the mean."""
    return float(values.to_numpy().mean())


def low(values: pl.Series) -> int:
    """The smallest value."""
    return int(values.drop_nulls().to_numpy().min())


def high(values: pl.Series) -> int:
    """The largest value."""
    return int(values.drop_nulls().to_numpy().max())


def clean(extract: Extract, *fields: str) -> pl.DataFrame:
    """Sound rows of residents that appear once and without trouble in any field."""
    return extract.sound.filter(pl.col("true_counted") & (pl.col("true_trouble") == "")).select("^true_.*$", *fields)
