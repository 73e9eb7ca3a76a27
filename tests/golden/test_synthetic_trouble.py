"""The trouble in the synthetic extracts: every kind occurs, where the truth says so, and no more than specified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import polars as pl
import pytest
from synthetic_example import DATES, Extract, share

from vielfalt import codes
from vielfalt.synthetic import dirt

# Trouble: each kind is visible in the file, in the rows that the truth names

FORMER = {key for key, country in codes.countries().items() if country.kind == "former"}
SIGNS: Mapping[str, Callable[[dict[str, str]], bool]] = {
    "partial_year": lambda row: row["birth_date"].startswith("00.00."),
    "partial_month": lambda row: row["birth_date"].startswith("00."),
    "impossible_date": lambda row: (
        row["birth_date"][:6] in {"31.02.", "30.02.", "31.04.", "31.06.", "00.13.", "32.01."}
    ),
    "future_date": lambda row: int(row["move_in_date"][6:]) > 2023,
    "zero_date": lambda row: row["arrival_from_abroad_date"] == "00.00.0000",
    "dissolved_birth_state": lambda row: row["birth_state"] in FORMER | {"997", "998", "999"},
    "special_birth_state": lambda row: row["birth_state"] in {"997", "998", "999"},
    "unpadded_birth_state": lambda row: row["birth_state"] in {"0", "00"},
    "dissolved_nationality": lambda row: row["nationality_1"] in FORMER,
    "special_nationality": lambda row: row["nationality_1"] in {"997", "998"},
    "place_upper": lambda row: row["birth_place"].strip().replace("Ã", "").isupper() or "place_" in row["true_trouble"],
    "place_county": lambda row: "Kr. " in row["birth_place"] or row["true_trouble"].count("place_") > 1,
    "place_empty": lambda row: row["birth_place"] == "",
    "spouse_absent": lambda row: row["spouse_id"].startswith("97") or "one_sided" in row["true_trouble"],
    "spouse_one_sided": lambda row: row["spouse_id"] == "",
    "guardian_absent": lambda row: row["guardian_1_id"].startswith("98") or "impossible" in row["true_trouble"],
    "address_unknown": lambda row: row["street_key"].startswith("9000") or "second_home" in row["true_trouble"],
    "number_range": lambda row: "-" in row["house_number"] or "second_home" in row["true_trouble"],
    "number_with_suffix": lambda row: not row["house_number"].isdigit() or "second_home" in row["true_trouble"],
    "line_break": lambda row: "\n" in row["given_names"],
    "delimiter_in_text": lambda row: ";" in row["birth_place"],
    "quote_in_text": lambda row: '"' in row["birth_name"],
}


@pytest.mark.parametrize("kind", dirt.KINDS)
def test_every_kind_of_trouble_occurs(kind: str, extracts: Mapping[int, Extract]) -> None:
    hits = [pl.col("true_trouble").str.split(" ").list.contains(kind)]
    rows = pl.concat([extract.sound.filter(hits) for extract in extracts.values()])
    assert rows.height > 0
    sign = SIGNS.get(kind)
    if sign is not None:
        assert all(sign(row) for row in rows.iter_rows(named=True))


def test_trouble_hits_a_few_rows_in_a_hundred(extracts: Mapping[int, Extract]) -> None:
    for extract in extracts.values():
        assert 0.03 < share(extract.truth["trouble"] != "") < 0.12


def test_a_handful_of_rows_has_too_many_or_too_few_columns(extracts: Mapping[int, Extract]) -> None:
    for extract in extracts.values():
        widths = Counter(len(row) - len(extract.header) for row in extract.rows)
        assert 3 <= len(extract.rows) - widths[0] <= 10
        assert min(widths) < 0 < max(widths)


def test_birth_places_come_in_the_forms_of_real_registers(extracts: Mapping[int, Extract]) -> None:
    found: Counter[str] = Counter()
    for place in extracts[DATES[0]].sound["birth_place"]:
        found["jetzt"] += "jetzt" in place
        found["union"] += "UdSSR" in place
        found["slash"] += "/" in place
        found["county"] += "Kr. " in place
        found["district"] += place.startswith(("Köln-", "Berlin-", "Stuttgart-", "Hamburg-", "München-"))
        found["mojibake"] += "Ã" in place
        found["old"] += place in {"Temeswar", "Kronstadt", "Hermannstadt", "Königsberg", "Lyck"}
        found["transliterated"] += place in {"Almaty", "Kyiv", "Katowice", "Mosul", "Gdansk"}
        found["blank"] += place != place.strip()
    assert min(found.values()) > 0, found


def test_state_of_birth_is_as_empty_as_in_real_registers(extracts: Mapping[int, Extract]) -> None:
    rows = extracts[DATES[0]].sound
    empty = rows["birth_state"] == ""
    german = rows["true_birth_country"] == "000"
    assert share(empty.filter(german)) > 0.7
    assert 0.35 < share(empty.filter(~german)) < 0.45


def test_impossible_parents_are_too_young(extracts: Mapping[int, Extract]) -> None:
    rows = extracts[DATES[0]].sound
    births = dict(rows.select("person_id", "true_birth_date").iter_rows())
    hit = rows.filter(pl.col("true_trouble").str.contains("impossible_parent"))
    for child, parent in hit.select("true_birth_date", "guardian_1_id").iter_rows():
        assert (child - births[parent]) // 10_000 < 12
