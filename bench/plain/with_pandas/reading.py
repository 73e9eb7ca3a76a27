"""From the extract to typed rows, in pandas."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from bench.plain.shared import Given, codes_of, house
from vielfalt import schema
from vielfalt.dates import is_calendar_date
from vielfalt.register.family_names import name_key
from vielfalt.register.text import normalise
from vielfalt.town import RELIGION

CODES = [entry.name for entry in schema.EXTRACT if entry.type in ("code", "flag") and entry.name != RELIGION]
DATES = [entry.name for entry in schema.EXTRACT if entry.type == "date"]
IDS = ["person_id", *schema.POINTER_FIELDS]
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def read(given: Given) -> pd.DataFrame:
    """The rows that can be read, with numbers for dates (0: unknown) and for names (-1: none), codes as categories."""
    texts = _rows_in_order(given).rename(columns=given.fields)
    rows = pd.DataFrame({"record": np.arange(1, len(texts) + 1)})
    for field in IDS:
        rows[field] = texts[field].str.strip()
    nameless = rows["person_id"] == ""
    rows.loc[nameless, "person_id"] = [f"{given.date} row {record}" for record in rows["record"][nameless]]
    rows["key"] = given.record_keys(pa.array(rows["person_id"].tolist(), pa.string()))
    for field in CODES:
        rows[field] = _coded(texts[field], given)
    for field in DATES:
        rows[field] = _each(texts[field], lambda text: _date(text.strip(), given.date))
    both = pd.concat([texts["family_name"], texts["birth_name"]])
    names = pd.factorize(_each(both, name_key).replace("", None))[0]
    rows["family_name"], rows["birth_name"] = names[: len(rows)], names[len(rows) :]
    for field in ("given_names", "birth_place", "origin_municipality"):
        rows[field] = _each(texts[field], normalise).replace("", None)
    return _with_address(rows, texts)


def _rows_in_order(given: Given) -> pd.DataFrame:
    """The rows of as many values as there are columns, as text.

    Rows cut short lack the last value, which every other has. By the reader of pandas itself: that of Arrow, which
    pandas can use too, stumbles over line breaks inside a value.
    """
    profile, header = given.town.profile, given.header
    texts = pd.read_csv(
        given.path,
        sep=profile.delimiter,
        encoding=profile.encoding,
        header=None,
        names=[*header, "surplus"],
        skiprows=1,
        dtype=str,
        keep_default_na=False,
        on_bad_lines="skip",
    )
    return texts[(texts["surplus"] == "") & (texts[header[-1]] != "")].reset_index(drop=True)


def _each(texts: pd.Series, meaning: Callable[[str], object]) -> pd.Series:
    """What each text means, found once for each that is different."""
    places, distinct = pd.factorize(texts)
    return pd.Series([meaning(text) for text in distinct]).take(places).reset_index(drop=True)


def _coded(texts: pd.Series, given: Given) -> pd.Series:
    known = codes_of(str(texts.name), given)
    return _each(texts, lambda text: known.get(text.strip())).astype("category")


def _date(text: str, reference: int) -> int:
    """A German date as yyyymmdd, day and month perhaps zero; 0 for what is no date, none yet, or too long ago."""
    found = _DATE.fullmatch(text)
    value = int(found[3]) * 10_000 + int(found[2]) * 100 + int(found[1]) if found else 0
    value = int(text) * 10_000 if len(text) == 4 and text.isdecimal() else value
    return value if 18_500_000 <= value <= reference and is_calendar_date(value) else 0


def _with_address(rows: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    """Adds the number of each address (-1: none), its street and house, and the point of the row."""
    rows["street"] = texts["street_key"].str.strip()
    rows["house"] = _each(texts["house_number"].str.strip() + texts["house_suffix"].str.strip(), house)
    rows["address"] = rows.groupby(["street", "house"], sort=False).ngroup().where(rows["street"] != "", -1)
    for field in ("easting", "northing"):
        rows[field] = pd.to_numeric(texts[field].str.replace(",", "."), errors="coerce")
    return rows
