"""From addresses to areas: each distinct address located once, then joined to its residents."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt.engines.base import Engine, Frame
from vielfalt.errors import DeliveryError
from vielfalt.geography import Geography
from vielfalt.register.addresses import locate
from vielfalt.register.checks import Finding, search
from vielfalt.register.extract import Extract
from vielfalt.register.streets import Streets
from vielfalt.words import N_

_POINT = ("easting", "northing")
SOME = 20
"""Addresses from which most of them are no chance; one in so many is a finding."""
LOOKED_AT = 20_000
"""Addresses whose points are compared with the street directory: all those of a town of about 60,000 residents."""
_BY_STREET = ("street_key", "street_name")
LARGE_ADDRESS = 100
"""Residents above which an address that is no institution is reported."""


def distinct_addresses(engine: Engine, extract: Extract) -> pl.DataFrame:
    """The distinct addresses of the register: number, street, house and one point.

    The point is that of most rows of the address, of equally frequent ones the westernmost, then the southernmost;
    never the easting of one row beside the northing of another.
    """
    rows = extract.register.filter(~nw.col("address").is_null())
    points = pl.DataFrame(pl.from_arrow(engine.collect(rows.group_by("address", *_POINT).agg(nw.len().alias("rows")))))
    half = pl.any_horizontal(pl.col(_POINT).is_null())
    ordered = points.sort("address", half, -pl.col("rows").cast(pl.Int64), *_POINT)
    numbers = ordered.unique("address", keep="first", maintain_order=True).select("address", *_POINT)
    return pl.concat([numbers, extract.addresses.frame(numbers["address"].to_numpy())], how="horizontal")


def located(addresses: pl.DataFrame, streets: Streets | None, geography: Geography) -> pl.DataFrame:
    """The distinct addresses with their ``area`` ("" for none) and the ``method`` that led there.

    Raises DeliveryError when not a single address lies in an area, or of a town fewer than one in ten: a town may
    divide a part of itself alone.
    """
    found = locate(addresses, streets, geography)
    outside = int((found["area"] == "").sum())
    if addresses.height and (outside == addresses.height or (outside >= SOME and 10 * outside > 9 * addresses.height)):
        raise DeliveryError(
            N_("{outside} of {n} addresses of the extract lie in no area of the town."),
            where=streets.path if streets else "",
            outside=outside,
            n=addresses.height,
            todo=N_("Compare street keys, street names and coordinates of extract, directory and polygons."),
        )
    return addresses.select("address").hstack(found)


def points_elsewhere(addresses: pl.DataFrame, found: pl.DataFrame, geography: Geography) -> tuple[Finding, ...]:
    """Addresses that the street directory puts into another area than their points, where these are one in twenty.

    Of more than ``LOOKED_AT`` addresses every second, third and so on is looked at, at least half as many.
    ``found``: the addresses as ``located``. Raises DeliveryError when most are so: one of the files is another's.
    """
    if not geography.shapes.get(geography.finest.id):
        return ()
    both = addresses.hstack(found.select("area", "method")).filter(
        pl.col("method").is_in(_BY_STREET) & pl.col("easting").is_finite() & pl.col("northing").is_finite()
    )
    given = both.gather_every(-(-both.height // LOOKED_AT) or 1)
    odd = int((locate(given.select("easting", "northing"), None, geography)["area"] != given["area"]).sum())
    if odd < SOME or SOME * odd < given.height:
        return ()
    if 2 * odd > given.height:
        raise DeliveryError(
            N_("Of {n} addresses in the street directory {odd} lie elsewhere by their coordinates."),
            n=given.height,
            odd=odd,
            todo=N_(
                "Take street directory and polygons of the same date, compare “crs” in town.toml with the coordinates "
                "of the extract, or leave easting and northing out of the column profile."
            ),
        )
    return (Finding("point_elsewhere", "easting", odd, ()),)


def unlisted(found: pl.DataFrame, streets: Streets | None) -> pl.DataFrame:
    """Of located addresses those that the street directory does not hold; none where there is no directory."""
    listed = pl.lit(True) if streets is None else pl.col("method").is_in(_BY_STREET)
    return found.filter(~listed).select("address")


def areas(engine: Engine, found: pl.DataFrame, geography: Geography) -> Frame:
    """Per address that lies in an area its ``address`` and one column per area level with the area's key.

    ``found``: the addresses as ``located``.
    """
    finest = geography.finest.id
    table = found.select("address", pl.col("area").alias(finest)).filter(pl.col(finest) != "")
    for level in geography.levels[:-1]:
        above = geography.ancestors(level.id)
        table = table.with_columns(pl.col(finest).replace_strict(above, return_dtype=pl.Utf8).alias(level.id))
    ordered = table.select("address", *(level.id for level in geography.levels))
    return engine.load(ordered.to_arrow(), "areas")


def area_findings(engine: Engine, people: Frame, areas: Frame) -> tuple[Finding, ...]:
    """Residents whose address lies in no area, and addresses too large to be a house."""
    everyone = ~nw.col("record").is_null()
    at_an_address = people.filter(~nw.col("address").is_null())
    crowded = (
        at_an_address.filter(nw.col("household_type") != "institution")
        .group_by("address")
        .agg(nw.len().alias("residents"))
        .filter(nw.col("residents") > LARGE_ADDRESS)
    )
    outside = at_an_address.join(areas, on="address", how="anti")
    return (
        *search(engine, outside, {("address_unresolved", "street_key"): everyone}),
        *search(engine, people.join(crowded, on="address", how="semi"), {("address_large", "institution"): everyone}),
    )
