"""What both plain versions take from the product: its declarations and reference data, and what one text means.

Declared: town project, column profile, code lists, table programme, dated parameters, areas and street directory as
read from their files. Of single texts: the form in which names, places and house numbers can be compared, the states in
which a place of birth may lie (``possible_countries``, on distinct texts), and the keyed hash that stands for a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import shapely

from vielfalt import capabilities, codes, evaluation, parameters, rule_sets, schema
from vielfalt.areafiles import read_geography
from vielfalt.geography import Geography
from vielfalt.numbers import Ints
from vielfalt.register.pseudonyms import pseudonyms, record_keys
from vielfalt.register.streets import Streets, read_streets
from vielfalt.register.text import normalise
from vielfalt.table import Table
from vielfalt.town import Town

PRESENT = [key for key, state in codes.countries().items() if state.kind in ("state", "region")]
FORMER = [key for key, state in codes.countries().items() if state.kind == "former"]
SPECIAL = [key for key, state in codes.countries().items() if state.kind == "special"]
ABROAD = [key for key in PRESENT if key != codes.GERMANY]
SUCCESSORS = [(row.key, successor) for row in codes.countries().values() for successor in row.successors]
"""Each dissolved state with each present-day state that came of it."""
EAST_STATES = ["152", "154", "164", "155", "165", "162"]
USSR_STATES = ["159", *codes.countries()["159"].successors]
"""The states that repatriates come from, by the two windows of arrival."""
STATUS = {
    **dict.fromkeys(("A0", "A1"), "foreigner_born_abroad"),
    **dict.fromkeys(("A0-2", "A2"), "foreigner_born_here"),
    "E1": "naturalised",
    **dict.fromkeys(("S1", "S2"), "repatriate"),
    "G1": "german_born_abroad_other",
    **dict.fromkeys(("O1", "D1"), "dual_national_born_here"),
    "F2": "child_two_parents",
    "F1": "child_one_parent",
    **dict.fromkeys(("N1", "N2"), "none"),
    **dict.fromkeys(("U1", "U2", "U3"), "undeterminable"),
}
"""The migration status that each rule stands for."""
NATIONALITIES = ["nationality_1", "nationality_2", "nationality_3"]
_SPAN = re.compile(r"(\d{1,4})[-+/](\d{1,4})")


@dataclass(frozen=True)
class Given:
    """One evaluation to be done: the town, its reference date, the key of its pseudonyms."""

    town: Town
    date: int
    key: bytes

    @property
    def path(self) -> Path:
        """The extract."""
        return self.town.extract(self.date)

    @cached_property
    def header(self) -> list[str]:
        """The column names of the file; each field of the profile must be among them."""
        with self.path.open(encoding=self.town.profile.encoding) as file:
            return file.readline().rstrip("\r\n").split(self.town.profile.delimiter)

    @property
    def fields(self) -> Mapping[str, str]:
        """Field by column of the file."""
        return {column: field for field, column in self.town.profile.columns.items()}

    @cached_property
    def values(self) -> Mapping[str, int]:
        """The dated parameters of the rules of origin."""
        return {name: int(value) for name, value in parameters.on("migration", self.date).items()}

    @cached_property
    def geography(self) -> Geography:
        """The areas."""
        return read_geography(self.town)

    @cached_property
    def streets(self) -> Streets:
        """The street directory, which a synthetic town has."""
        assert self.town.areas.streets is not None
        return read_streets(self.town.areas.streets)

    @property
    def tables(self) -> Sequence[Table]:
        """The tables that can be counted."""
        able = capabilities.capabilities(frozenset(self.town.profile.columns), self.town.options, rule_sets.VIELFALT)
        return capabilities.possible(able, self.town.options, rule_sets.VIELFALT)

    def places(self, texts: Sequence[str]) -> pl.DataFrame:
        """The states in which each distinct place may lie: place, country, region, weight, how."""
        return evaluation.possible_countries(self.town, texts)

    def record_keys(self, ids: pa.Array) -> Ints:
        """The record key of each person for the cell key method, from the ordering number."""
        return record_keys(pseudonyms(ids, self.key).to_numpy(), self.date)


def codes_of(field: str, given: Given) -> Mapping[str, str]:
    """What the texts of a code field mean, as far as they are declared: the file's own words and the canonical ones."""
    if field in schema.COUNTRY_FIELDS:
        known = {"0": codes.GERMANY, "00": codes.GERMANY, **{key: key for key in codes.countries()}}
    else:
        listed = {"institution": {"yes": "yes", "no": "no"}}
        meant = listed.get(field) or {code: code for code in schema.field(field).codes}
        known = {form: code for text, code in meant.items() for form in (text.lower(), text.upper(), text)}
    own = given.town.profile.codes.get(field, {})
    cases = {form: known[word] for text, word in own.items() for form in (text.lower(), text.upper())}
    return {**cases, **known, **{text: known[word] for text, word in own.items()}}


def house(text: str) -> str:
    """A house number and its suffix in one form; a building with several numbers is the first of them."""
    plain = normalise(text).replace(" ", "").lstrip("0")
    span = _SPAN.fullmatch(plain)
    return span[1] if span and int(span[1]) < int(span[2]) else plain


def area_of_points(easting: npt.NDArray[np.float64], northing: npt.NDArray[np.float64], where: Geography) -> list[str]:
    """The key of the area in which each point lies, of several the smallest; empty for none."""
    shapes = where.shapes.get(where.finest.id, {})
    found = [""] * len(easting)
    known = np.flatnonzero(np.isfinite(easting) & np.isfinite(northing))
    tree = shapely.STRtree(shapely.points(easting[known], northing[known]))
    for key in sorted(shapes, key=lambda key: (shapes[key].area, key), reverse=True):
        for point in tree.query(shapes[key], predicate="intersects"):
            found[known[point]] = key
    return found


def year_classes(dimension: str, last: int) -> list[str]:
    """The class of 0, 1, ... ``last`` years by the keys of the dimension ("3-5", "80+", "0")."""
    found = []
    for years in range(last + 1):
        for row in codes.categories(dimension):
            low, _, high = row.key.partition("-")
            if row.key.endswith("+"):
                low, high = row.key[:-1], str(last)
            if low.isdigit() and int(low) <= years <= int(high or low):
                found.append(row.key)
    return found


def parents(dimension: str) -> dict[str, str]:
    """The category of the coarser dimension in which each category lies."""
    return {row.key: row.parent for row in codes.categories(dimension)}


def digest(cells: Mapping[str, pl.DataFrame]) -> str:
    """A number that two evaluations share if their cells are the same."""
    found = sha256()
    for table, frame in sorted(cells.items()):
        ordered = frame.sort(frame.columns[:-4]).cast(dict.fromkeys(frame.columns[-4:], pl.Int64))
        found.update(f"{table}\n{ordered.write_csv()}".encode())
    return found.hexdigest()
