"""What the headings of an extract say about columns that the column profile does not name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vielfalt import schema
from vielfalt.register.text import fold

_ENDS: Mapping[str, tuple[str, ...]] = {
    "move_out_date": ("abmeld", "auszug", "fortzug", "verzogen", "verzug", "wegzug"),
    "death_date": ("gestorben", "sterbe", "todes", "verstorben"),
}
"""By field what the headings hold of columns that are filled for those who live here no more."""


def heading_key(text: str) -> str:
    """A heading without what tells ways to write it apart."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def end_field(heading: str) -> str:
    """The field of ``schema.END_FIELDS`` that a column may be, by its heading; empty for none."""
    key = heading_key(heading)
    return next((field for field, parts in _ENDS.items() if any(part in key for part in parts)), "")


def unnamed_ends(headings: Iterable[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """The fields of ``schema.END_FIELDS`` that a column may be but that the profile names none for."""
    unnamed = {end_field(heading) for heading in set(headings).difference(columns.values())}
    return tuple(field for field in schema.END_FIELDS if field in unnamed and field not in columns)
