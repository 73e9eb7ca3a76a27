"""How well an extract is filled: the part of rows without value, per delivered field."""

from __future__ import annotations

from collections.abc import Mapping

from vielfalt import schema
from vielfalt.register.extract import Extract

_ADDRESS = ("street_key", "street_name", "house_number", "house_suffix")
_NOT_ASKED = frozenset({"postcode", "municipality_key", *_ADDRESS, "person_id", *schema.END_FIELDS})
"""Fields that leave no column of their own after reading (the address stands for street and house), and those that
nobody who counts has filled."""


def missing_parts(extract: Extract) -> Mapping[str, float]:
    """The part of the rows in which a delivered field is empty or unusable, 0 to 1, in the order of the fields."""
    columns = {
        field.name: field.name
        for field in schema.EXTRACT
        if field.name in extract.delivered and field.name not in _NOT_ASKED
    }
    if extract.delivered.intersection(_ADDRESS[:2]):
        columns["street_name"] = "address"
    return {name: extract.empty[column] / max(extract.readable, 1) for name, column in columns.items()}
