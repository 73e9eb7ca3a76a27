"""How well an extract is filled: the part of rows without value, per delivered field."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from vielfalt import schema
from vielfalt.engines.base import Engine
from vielfalt.register.extract import Extract

_ADDRESS = ("street_key", "street_name", "house_number", "house_suffix")
_LOST = frozenset({"postcode", "municipality_key", *_ADDRESS, "person_id"})
"""Fields that leave no column of their own after reading; the address stands for street and house."""


def missing_parts(engine: Engine, extract: Extract) -> Mapping[str, float]:
    """The part of the rows in which a delivered field is empty or unusable, 0 to 1, in the order of the fields."""
    columns = {
        field.name: field.name
        for field in schema.EXTRACT
        if field.name in extract.delivered and field.name not in _LOST
    }
    if extract.delivered.intersection(_ADDRESS[:2]):
        columns["street_name"] = "address"
    empty = (nw.col(column).is_null().cast(nw.Int64).sum().alias(name) for name, column in columns.items())
    found = engine.collect(extract.register.select(nw.len().alias("_rows"), *empty)).to_pylist()[0]
    rows = max(int(found.pop("_rows")), 1)
    return {name: int(count or 0) / rows for name, count in found.items()}
