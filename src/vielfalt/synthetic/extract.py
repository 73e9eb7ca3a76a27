"""The register's view of the population: one row of text per person, as an office without errors would keep it.

Gaps belong here (fields that offices never filled); errors are added afterwards by ``dirt``. Both stay with the
person from one reference date to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import polars as pl

from vielfalt.numbers import Ints, Marks
from vielfalt.synthetic import people as p
from vielfalt.synthetic import placement, pools
from vielfalt.synthetic.draw import NEVER, NONE, Table, stable, years_between
from vielfalt.synthetic.shapes import Division
from vielfalt.synthetic.streets import Streets

NAME: Final = "Musterlingen"
AGS: Final = "99999001"
"""No municipality has a key that begins with 99."""
GAPS: Final = {
    "birth_state_german": 0.82,
    "birth_state_foreign": 0.40,
    "kind_birth": 0.55,
    "kind_naturalised": 0.35,
    "kind_repatriate": 0.5,
    "abroad_before_1990": 0.55,
    "abroad_since": 0.08,
    "origin_state": 0.15,
    "coordinates": 0.01,
    "guardians": 0.012,
}
"""Share of empty fields where there is something to enter. The state of birth and the kind of nationality are the
fields that KOSIS calls poorly filled (staedtestatistik.de 285)."""
_DWELLING, _KINDS, _SEXES, _BLOCKS = (
    ("A", "H", "N"),
    ("", "01", "02", "03", "04", "09"),
    ("M", "W", "D", "X"),
    ("0", "1", "2"),
)
"""The town's own code values; its column profile translates them."""


@dataclass(frozen=True)
class Gaps:
    """The entries that an office never made, one flag per person and field, whether or not there is something to enter.

    ``abroad`` is the date of arrival from abroad; ``mother`` and ``father`` are the pointers of minors to them.
    """

    birth_state: Marks
    kind: Marks
    abroad: Marks
    origin_state: Marks
    coordinates: Marks
    spouse: Marks
    mother: Marks
    father: Marks


@dataclass(frozen=True)
class Town:
    """What stays the same over the years: geometry, streets and houses, the seed of gaps and trouble, the key."""

    division: Division
    streets: Streets
    block_keys: tuple[str, ...]
    seed: int
    ags: str


def texts(values: tuple[str, ...], index: Ints) -> pl.Series:
    """The text of each index; empty for NONE."""
    return pl.Series(["", *values], dtype=pl.String).gather(index + 1)


def dates(days: Ints) -> pl.Series:
    """German dates; empty for NEVER."""
    distinct, index = np.unique(days, return_inverse=True)
    iso = np.datetime_as_string(distinct.astype("datetime64[D]"))
    written = [
        "" if day == NEVER else f"{text[8:]}.{text[5:7]}.{text[:4]}" for day, text in zip(distinct, iso, strict=True)
    ]
    return pl.Series(written, dtype=pl.String).gather(index)


def _scattered(numbers: Ints) -> Ints:
    """A one-to-one map of person numbers to eight digits below 90 million; numbers above are free for strays."""
    scattered: Ints = (numbers * 48_271 + 12_345_677) % 90_000_000
    return scattered


def ids(numbers: Ints) -> pl.Series:
    """Ordering numbers as text; they do not show who belongs together. Empty for NONE."""
    scattered = _scattered(numbers)
    text = pl.Series(scattered).cast(pl.String).str.zfill(8)
    return pl.select(pl.when(pl.lit(pl.Series(numbers >= 0))).then(pl.lit(text)).otherwise(pl.lit(""))).to_series()


def keys(values: Ints) -> pl.Series:
    """Destatis keys with three digits; empty for NONE."""
    return texts(tuple(f"{key:03}" for key in range(1000)), values)


def order(people: Table) -> Ints:
    """The rows in the order of the delivery: by ordering number."""
    return np.argsort(_scattered(people["person"]), kind="stable").astype(np.int64)


def gaps_of(gaps: Gaps, rows: Ints) -> Gaps:
    """The gaps of the selected rows."""
    return Gaps(*(getattr(gaps, field.name)[rows] for field in fields(Gaps)))


def no_gaps(people: Table) -> Gaps:
    """An office that entered everything."""
    filled = np.zeros(people["person"].size, dtype=bool)
    return Gaps(*[filled] * len(fields(Gaps)))


def house_gaps(seed: int, people: Table) -> Gaps:
    """The gaps of the house office, at the rates of ``GAPS``."""
    number = people["person"]
    early = people["abroad"] < np.datetime64("1990-01-01").astype(np.int64)
    kind = np.zeros(number.size)
    for value, name in (
        (p.BY_BIRTH, "kind_birth"),
        (p.BY_NATURALISATION, "kind_naturalised"),
        (p.BY_CERTIFICATE, "kind_repatriate"),
    ):
        kind[people["kind"] == value] = GAPS[name]
    state = np.where(people["birth_country"] == 0, GAPS["birth_state_german"], GAPS["birth_state_foreign"])
    abroad = stable(seed, 5, number) < np.where(early, GAPS["abroad_before_1990"], GAPS["abroad_since"])
    guardians = stable(seed, 9, number) < GAPS["guardians"]
    return Gaps(
        birth_state=stable(seed, 6, number) < state,
        kind=stable(seed, 7, number) < kind,
        abroad=abroad,
        origin_state=abroad | (stable(seed, 4, number) < GAPS["origin_state"]),
        coordinates=stable(seed, 8, number) < GAPS["coordinates"],
        spouse=np.zeros(number.size, dtype=bool),
        mother=guardians,
        father=guardians,
    )


def register_rows(town: Town, people: Table, day: int, gaps: Gaps) -> dict[str, pl.Series]:
    """The columns of the extract under their canonical names, all text, with the office's gaps."""
    columns = {"person_id": ids(people["person"])}
    columns |= _names(people)
    columns |= _address(town, people, gaps)
    columns |= _person(people, gaps)
    columns |= _moves(people, gaps)
    minor = years_between(people["birth"], day) < 18
    home = town.streets.houses["home"][people["house"]]
    columns["spouse_id"] = ids(np.where(gaps.spouse, NONE, people["spouse"]))
    columns["guardian_1_id"] = ids(np.where(minor & ~gaps.mother, people["mother"], NONE))
    columns["guardian_2_id"] = ids(np.where(minor & ~gaps.father, people["father"], NONE))
    guarded = np.isin(home, (placement.NURSING_HOME, placement.REFUGE))
    columns["information_block"] = texts(_BLOCKS, np.where(guarded, 2, people["block_info"]))
    columns["institution"] = texts(("N", "J"), (home > 0).astype(np.int64))
    return columns


def _names(people: Table) -> dict[str, pl.Series]:
    known = pools.names().text
    second = texts(known, people["given_2"])
    given = (texts(known, people["given"]) + " " + second).str.strip_chars()
    changed = people["family"] != people["own_family"]
    return {
        "family_name": texts(known, people["family"]),
        "birth_name": texts(known, np.where(changed, people["own_family"], NONE)),
        "given_names": given,
    }


def _address(town: Town, people: Table, gaps: Gaps) -> dict[str, pl.Series]:
    houses = town.streets.houses
    house = people["house"]
    street, number = houses["street"][house], houses["number"][house]
    district = town.division.district[town.division.quarter[houses["block"][house]]]
    return {
        "street_key": texts(town.streets.keys, street),
        "street_name": texts(town.streets.names, street),
        "house_number": pl.Series(number).cast(pl.String),
        "house_suffix": texts(("", "a", "b", "c", "d", "e", "f", "g"), np.minimum(houses["suffix"][house], 7)),
        "postcode": texts(tuple(f"999{number:02}" for number in range(100)), district + 1),
        "municipality_key": pl.Series([town.ags]).gather(np.zeros(house.size, dtype=np.int64)),
        "easting": _coordinate(houses["easting"][house], gaps.coordinates),
        "northing": _coordinate(houses["northing"][house], gaps.coordinates),
    }


def _coordinate(decimetres: Ints, gap: Marks) -> pl.Series:
    """Metres with one decimal, with a point; empty where the office has none."""
    distinct, index = np.unique(np.where(gap, NONE, decimetres), return_inverse=True)
    written = ["" if value == NONE else f"{value // 10}.{value % 10}" for value in distinct.tolist()]
    return pl.Series(written, dtype=pl.String).gather(index)


def _person(people: Table, gaps: Gaps) -> dict[str, pl.Series]:
    dwelling = people["elsewhere"]
    return {
        "birth_date": dates(people["birth"]),
        "birth_place": texts(pools.places().name + pools.lost_places()[0], people["birth_place"]),
        "birth_state": keys(np.where(gaps.birth_state, NONE, people["birth_country"])),
        "sex": texts(_SEXES, people["sex"]),
        "nationality_1": keys(people["nat1"]),
        "nationality_2": keys(people["nat2"]),
        "nationality_3": keys(people["nat3"]),
        "german_nationality_kind": texts(_KINDS, np.where(gaps.kind, 0, people["kind"])),
        "marital_status": texts(p.MARITAL, people["marital"]),
        "religion": texts(p.RELIGIONS, people["religion"]),
        "dwelling_status": texts(_DWELLING, dwelling),
    }


def _moves(people: Table, gaps: Gaps) -> dict[str, pl.Series]:
    return {
        "move_in_date": dates(people["move_in"]),
        **dict.fromkeys(("move_out_date", "death_date"), dates(np.full(people["move_in"].size, NEVER))),
        "arrival_date": dates(people["arrival"]),
        "arrival_from_abroad_date": dates(np.where(gaps.abroad, NEVER, people["abroad"])),
        "origin_state": keys(np.where(gaps.origin_state, NONE, people["origin_state"])),
        "origin_municipality": texts(pools.municipalities(), people["origin_muni"]),
    }
