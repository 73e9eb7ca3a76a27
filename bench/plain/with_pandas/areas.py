"""The area of each address, in pandas: by street and house number, else by the point."""

from __future__ import annotations

import pandas as pd

from bench.plain.shared import Given, area_of_points
from vielfalt.register.house_numbers import LETTERS, NONE, position
from vielfalt.register.streets import SPAN


def located(rows: pd.DataFrame, given: Given) -> pd.DataFrame:
    """Per address of any row its ``area`` ("": none), and whether it is ``listed`` in the street directory."""
    streets = given.streets
    there = rows[rows["address"] >= 0]
    addresses = there.groupby("address").agg(street=("street", "first"), house=("house", "first"))
    points = there.groupby(["address", "easting", "northing"]).size().rename("rows").reset_index()
    most_first = points.sort_values(["rows", "easting", "northing"], ascending=[False, True, True])
    addresses = addresses.join(most_first.drop_duplicates("address").set_index("address")[["easting", "northing"]])
    street = addresses["street"].str.casefold().map(streets.keys).fillna(NONE).astype(int)
    house = addresses["house"].map(position)
    asked = addresses.assign(number=street, place=(street * 2 + house // LETTERS % 2) * SPAN + house)
    ranges = pd.DataFrame({"place": streets.low, "high": streets.high, "in": streets.area})
    found = pd.merge_asof(
        asked[(street != NONE) & (house != NONE)].reset_index().sort_values("place"), ranges, on="place"
    ).set_index("address")
    found = found.loc[found["place"] <= found["high"], "in"]
    whole = asked.loc[(street != NONE) & (house == NONE), "number"].map(pd.Series(streets.whole))
    known = {area.key for area in given.geography.finest.areas}
    names = pd.Series([key if key in known else "" for key in streets.areas])
    number = pd.concat([found, whole[whole != NONE]]).astype(int)
    area = number.map(names).reindex(addresses.index, fill_value="")
    listed = area != ""
    points = addresses[~listed]
    area[~listed] = area_of_points(points["easting"].to_numpy(), points["northing"].to_numpy(), given.geography)
    return pd.DataFrame({"area": area.astype(object), "listed": listed})
