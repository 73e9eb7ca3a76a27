"""The area of each address, in polars: by street and house number, else by the point."""

from __future__ import annotations

import polars as pl

from bench.plain.shared import Given, area_of_points
from vielfalt.register.house_numbers import LETTERS, NONE, position
from vielfalt.register.streets import SPAN


def with_addresses(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with the number of their address, and the addresses with street, house and one point."""
    points = rows.drop_nulls("street").group_by("street", "house", "easting", "northing").len()
    half = pl.col("easting").is_null() | pl.col("northing").is_null()
    most_first = points.sort(half, -pl.col("len").cast(pl.Int64), "easting", "northing").drop("len")
    addresses = most_first.unique(["street", "house"], keep="first", maintain_order=True).with_columns(
        address=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    numbered = rows.drop("easting", "northing").join(
        addresses.select("street", "house", "address"), on=["street", "house"], how="left", maintain_order="left"
    )
    return numbered.drop("street", "house"), addresses


def located(addresses: pl.DataFrame, given: Given) -> pl.DataFrame:
    """Per ``address`` its ``area`` (null: none), and whether it is ``listed`` in the street directory."""
    streets = given.streets
    known = {area.key for area in given.geography.finest.areas}
    keys = pl.DataFrame({"street": list(streets.keys), "number": list(streets.keys.values())})
    names = pl.DataFrame({"area": [key if key in known else None for key in streets.areas]}).with_row_index("in")
    houses = addresses["house"].unique()
    positions = pl.DataFrame({"house": houses, "position": [position(text) for text in houses]})
    asked = (
        addresses.with_columns(pl.col("street").str.to_lowercase())
        .join(keys, on="street", how="left")
        .join(positions, on="house", how="left")
        .with_columns(place=(pl.col("number") * 2 + pl.col("position") // LETTERS % 2) * SPAN + pl.col("position"))
    )
    ranges = pl.DataFrame({"place": streets.low, "high": streets.high, "in": streets.area})
    with_house = asked.filter(pl.col("number").is_not_null() & (pl.col("position") != NONE)).sort("place")
    by_house = with_house.join_asof(ranges.sort("place"), on="place").filter(pl.col("place") <= pl.col("high"))
    wholes = pl.DataFrame({"in": streets.whole}).with_columns(number=pl.int_range(pl.len(), dtype=pl.Int64))
    by_street = asked.filter(pl.col("position") == NONE).join(wholes, on="number").filter(pl.col("in") != NONE)
    found = pl.concat([by_house.select("address", "in"), by_street.select("address", "in")])
    found = found.with_columns(pl.col("in").cast(pl.UInt32)).join(names, on="in").drop_nulls("area")
    told = addresses.join(found.select("address", "area"), on="address", how="left", maintain_order="left")
    told = told.with_columns(listed=pl.col("area").is_not_null())
    points = told.filter(~pl.col("listed"))
    east, north = (points[name].fill_null(float("nan")).to_numpy() for name in ("easting", "northing"))
    by_point = pl.DataFrame({"address": points["address"], "there": area_of_points(east, north, given.geography)})
    there = pl.when(pl.col("there") != "").then("there")
    return told.join(by_point, on="address", how="left").select("address", "listed", area=pl.coalesce("area", there))
