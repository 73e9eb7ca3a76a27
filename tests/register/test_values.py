from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vielfalt import schema
from vielfalt.profiles import DATE_FORMS, Profile
from vielfalt.register import values
from vielfalt.register.values import parser, plain_numbers

REFERENCE = 20250630


def parse(
    field: str,
    text: str,
    codes: Mapping[str, Mapping[str, str]] | None = None,
    missing: tuple[str, ...] = (),
    date_forms: tuple[str, ...] = DATE_FORMS,
) -> values.Parsed:
    return parser(schema.field(field), profile(codes, missing, date_forms), REFERENCE)(text)


def profile(
    codes: Mapping[str, Mapping[str, str]] | None = None,
    missing: tuple[str, ...] = (),
    date_forms: tuple[str, ...] = DATE_FORMS,
) -> Profile:
    return Profile(";", '"', "utf-8", {}, date_forms, codes or {}, missing)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2001-02-03", 20010203),
        ("03.02.2001", 20010203),
        ("3.2.2001", 20010203),
        ("20010203", 20010203),
        ("2000-02-29", 20000229),
        ("00.00.1962", 19620000),
        ("00.05.1962", 19620500),
        ("1962-05-00", 19620500),
        ("19620000", 19620000),
        ("1962", 19620000),
        ("  03.02.2001 ", 20010203),
        ("2001-02-03 00:00:00", 20010203),
        ("2001-02-03T00:00:00.000", 20010203),
        ("03.02.2001 00:00", 20010203),
        ("03.02.2001 0:00:00", 20010203),
        ("1962-05-00 00:00:00", 19620500),
        ("2025-06-30", 20250630),
        ("00.00.2025", 20250000),
        ("1850-01-01", 18500101),
    ],
)
def test_dates(text: str, value: int) -> None:
    assert parse("birth_date", text) == (value, "")


@pytest.mark.parametrize(
    "text",
    [
        *("30.02.2001", "2001-02-29", "2001-13-01", "31.04.2001", "15.00.1962", "1849-12-31", "0001"),
        *("3.2.01", "yesterday", "2001/02/03", "20010203x", "200102", "2001-02-03 12:30:00", "196²", "2001-2-3"),
    ],
)
def test_impossible_dates(text: str) -> None:
    assert parse("birth_date", text) == (None, "date_impossible")


@pytest.mark.parametrize("text", ["2025-07-01", "01.07.2025", "00.07.2025", "2026", "9999-12-31"])
def test_dates_after_the_reference_date(text: str) -> None:
    assert parse("birth_date", text) == (None, "date_after_reference")


@pytest.mark.parametrize("text", ["", "   ", "00.00.0000", "0000-00-00", "00000000", "0000", "0", "-", "--.--.----"])
def test_dates_not_stated(text: str) -> None:
    assert parse("birth_date", text) == (None, "")


def test_date_forms_of_the_profile_only() -> None:
    assert parse("birth_date", "2001-02-03", date_forms=("german",)) == (None, "date_impossible")
    assert parse("birth_date", "03.02.2001", date_forms=("german",)) == (20010203, "")


@pytest.mark.parametrize(
    ("text", "key"), [("0", "000"), ("000", "000"), ("163", "163"), (" 163 ", "163"), ("997", "997"), ("159", "159")]
)
def test_country_keys(text: str, key: str) -> None:
    for field in schema.COUNTRY_FIELDS:
        assert parse(field, text) == (key, "")


@pytest.mark.parametrize("text", ["0163", "1", "x", "TUR", "16 3"])
def test_unknown_country_keys(text: str) -> None:
    assert parse("nationality_1", text) == (None, "code_unknown")


def test_codes_whatever_their_case() -> None:
    assert parse("sex", "W") == ("w", "")
    assert parse("marital_status", "vh") == ("VH", "")
    assert parse("sex", "female") == (None, "code_unknown")


def test_codes_of_the_town() -> None:
    codes = {"sex": {"1": "m", "2": "w", "9": ""}, "german_nationality_kind": {"EB": "naturalised"}}
    assert parse("sex", "2", codes=codes) == ("w", "")
    assert parse("sex", " 2 ", codes=codes) == ("w", "")
    assert parse("sex", "9", codes=codes) == (None, "")
    assert parse("sex", "m", codes=codes) == ("m", "")
    assert parse("sex", "3", codes=codes) == (None, "code_unknown")
    assert parse("german_nationality_kind", "EB", codes=codes) == ("naturalised", "")
    for blank in ("", " "):
        assert parse("sex", blank, codes={"sex": {"": "m"}}) == (None, ""), "nothing is no value that could mean one"


def test_codes_of_the_town_whatever_their_case() -> None:
    """An export in small letters under a profile in capitals would count everybody at a secondary dwelling."""
    codes = {"dwelling_status": {"HW": "main", "NW": "secondary"}, "sex": {"F": "w", "f": "d", "W": "m"}}
    assert parse("dwelling_status", "nw", codes=codes) == ("secondary", "")
    assert parse("dwelling_status", "Hw", codes=codes) == ("main", "")
    assert parse("dwelling_status", "N.N.", codes=codes, missing=("n.n.",)) == (None, "")
    assert parse("dwelling_status", "zw", codes=codes) == (None, "code_unknown")
    assert [parse("sex", text, codes=codes)[0] for text in ("F", "f", "W", "w")] == ["w", "d", "m", "w"]
    different = {"nationality_1": {"Tr": "163", "tR": "129"}}
    assert parse("nationality_1", "TR", codes=different) == (None, "code_unknown")


def test_codes_of_the_town_before_dates_and_countries() -> None:
    codes = {"birth_date": {"unknown": ""}, "nationality_1": {"D": "000", "TR": "163"}}
    assert parse("birth_date", "unknown", codes=codes) == (None, "")
    assert parse("nationality_1", "TR", codes=codes) == ("163", "")


def test_values_that_mean_not_stated() -> None:
    for field in ("sex", "birth_date", "nationality_1", "religion", "easting", "institution"):
        assert parse(field, "k. A.", missing=("k. A.",)) == (None, "")
    assert parse("sex", "k. A.") == (None, "code_unknown")


@pytest.mark.parametrize(
    ("text", "number"), [("565432.5", 565432.5), ("565432,5", 565432.5), ("-3", -3.0), ("5e5", 5e5)]
)
def test_coordinates(text: str, number: float) -> None:
    assert parse("easting", text) == (number, "")


@pytest.mark.parametrize("text", ["x", "1.234.567,8", "12 m", "nan", "inf", "-Infinity"])
def test_unreadable_coordinates(text: str) -> None:
    assert parse("easting", text) == (None, "number_unreadable")


@given(st.lists(st.none() | st.text("0123456789.,-+einfa ", max_size=7) | st.decimals(-9999, 9999, places=2).map(str)))
@example(["565432.5", None, "565433"])
@example(["565432,5", "565433"])
@example(["1.5", "nan"])
@example(["1.234,5"])
def test_coordinates_read_at_once_are_those_read_one_by_one(texts: list[str | None]) -> None:
    found = at_once(texts)
    if found is not None:
        assert found.to_pylist() == [None if text is None else parse("easting", text)[0] for text in texts]
        assert all(text is None or parse("easting", text)[1] == "" for text in texts)


def test_plain_coordinates_are_read_at_once() -> None:
    assert at_once(["565432.5", None, "-3"]) is not None
    assert at_once(["565432,5", None, "-3"]) is not None


def at_once(texts: list[str | None]) -> pa.Array | None:
    """The numbers of a column of coordinates, cut into two pieces."""
    return plain_numbers(pa.chunked_array([texts[:1], texts[1:]], pa.string()))


@pytest.mark.parametrize(
    ("text", "found"), [("ja", (1, "")), ("X", (None, "code_unknown")), ("N", (0, "")), ("1", (1, "")), ("No", (0, ""))]
)
def test_flags(text: str, found: values.Parsed) -> None:
    assert parse("institution", text) == found


def test_religion_is_kept_as_its_group_only() -> None:
    assert parse("religion", "RK") == parse("religion", "rk") == ("catholic", "")
    assert parse("religion", "lt") == parse("religion", "ev") == ("protestant", "")
    assert parse("religion", "secret") == (None, "code_unknown")
