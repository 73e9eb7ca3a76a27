from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from vielfalt import codes, schema
from vielfalt.engines import polars, scanning
from vielfalt.engines.base import Engine
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.memory import Memory
from vielfalt.engines.polars import Polars
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.profiles import DATE_FORMS, Profile
from vielfalt.register import reading
from vielfalt.register.areas import distinct_addresses
from vielfalt.register.birthplaces import country_of_birth
from vielfalt.register.completeness import missing_parts
from vielfalt.register.derivation import derive
from vielfalt.register.extract import Extract, read_extract
from vielfalt.register.households import housed, households
from vielfalt.register.kinds import kinds
from vielfalt.register.places import SCHEMA
from vielfalt.register.population import counted, double_entries
from vielfalt.register.reading import EVIDENCES, REGISTER

EVERY_ADDRESS_LISTED = pl.DataFrame(schema={"address": pl.Int64})

REFERENCE = 20251231
KEY = bytes(range(32))
ENGINES: dict[str, Callable[[Path], Engine]] = {
    "duckdb": DuckDB,
    "memory": Memory,
    "polars": lambda folder: Polars(),
}
FIXED = ("person_id", "family_name", "street_name", "birth_date", "nationality_1")
FIELDS = tuple(entry.name for entry in schema.EXTRACT)
Rows: TypeAlias = Sequence[Mapping[str, str] | str]
ORDINARY = {"dwelling_status": "only", "nationality_1": "000", "birth_date": "1980-01-01", "street_name": "Ring"}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = ENGINES[request.param](tmp_path / "workspace")
    yield made
    made.close()


def profile(columns: Iterable[str] = FIELDS, encoding: str = "utf-8") -> Profile:
    """A profile in which every field is called "Feld" and its name."""
    return Profile(
        delimiter=";",
        quote='"',
        encoding=encoding,
        columns={field: f"Feld {field}" for field in columns},
        date_forms=DATE_FORMS,
        codes={},
        missing=(),
    )


def line(row: Mapping[str, str], columns: Sequence[str] = FIELDS) -> str:
    return ";".join(row.get(field, "") for field in columns)


def extract(
    engine: Engine, folder: Path, rows: Rows, columns: Sequence[str] = FIELDS, encoding: str = "utf-8"
) -> Extract:
    """What reading gives for rows of fields, or of lines as they stand in the file."""
    lines = [
        row if isinstance(row, str) else line({"person_id": str(place), **row}, columns)
        for place, row in enumerate(rows, 1)
    ]
    path = folder / "register.csv"
    header = ";".join(f"Feld {field}" for field in columns)
    path.write_text("\n".join([header, *lines, ""]), encoding=encoding)
    return read_extract(engine, path, profile(columns, encoding), REFERENCE, KEY)


def table(engine: Engine, read: Extract) -> dict[int, dict[str, Any]]:
    """The rows by record, with what their number of evidence stands for."""
    evidence = {row["evidence"]: row for row in engine.collect(read.evidence).to_pylist()}
    return {row["record"]: {**evidence[row["evidence"]], **row} for row in engine.collect(read.register).to_pylist()}


def findings(read: Extract) -> dict[tuple[str, str], tuple[int, tuple[int, ...]]]:
    return {(found.check, found.field): (found.rows, found.records) for found in read.findings}


def test_columns_and_types_are_those_of_the_register(engine: Engine, tmp_path: Path) -> None:
    found = engine.collect(extract(engine, tmp_path, [ORDINARY]).register)
    assert {entry.name: entry.type for entry in found.schema} == REGISTER


def test_columns_that_are_not_delivered_are_null(engine: Engine, tmp_path: Path) -> None:
    columns = ("person_id", "nationality_1", "sex")
    read = extract(engine, tmp_path, [{"nationality_1": "163", "sex": "w"}], columns)
    row = table(engine, read)[1]
    assert read.delivered == set(columns)
    assert {name for name, value in row.items() if value is not None} == {
        "record",
        "pseudonym",
        "key",
        "evidence",
        "nationality_1",
        "sex",
    }


def test_one_combination_of_evidence_has_one_number_in_all_batches(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (scanning, polars):
        monkeypatch.setattr(module, "_BATCH", 2)
    states = ["444", "0", "", "444", "000", "444", "", "x", ""]
    rows: Rows = [{**ORDINARY, "birth_state": state, "nationality_2": state} for state in states]
    read = extract(engine, tmp_path, rows)
    assert engine.collect(read.evidence).schema.names == [*EVIDENCES]
    found = table(engine, read)
    assert [found[record]["birth_state"] for record in range(1, 10)] == [
        *("444", "000", None, "444", "000", "444"),
        *(None, None, None),
    ]
    numbers = [found[record]["evidence"] for record in range(1, 10)]
    assert numbers == [0, 1, 2, 0, 1, 0, 2, 2, 2]
    for row in engine.collect(read.register).to_pylist():
        assert all(found[row["record"]][name] == row[name] for name in ("nationality_1", "birth_place"))


def test_empty_and_unusable_values_are_counted_per_column(engine: Engine, tmp_path: Path) -> None:
    rows: Rows = [{**ORDINARY, "nationality_2": state, "sex": state} for state in ("", "?", "163")]
    read = extract(engine, tmp_path, [*rows, "broken"])
    assert read.readable == 3
    assert {name: read.empty[name] for name in ("nationality_1", "nationality_2", "sex")} == {
        "nationality_1": 0,
        "nationality_2": 2,
        "sex": 3,
    }
    assert missing_parts(read)["nationality_2"] == pytest.approx(2 / 3)


def test_values_are_typed(engine: Engine, tmp_path: Path) -> None:
    given = {
        **ORDINARY,
        "birth_date": "00.05.1962",
        "nationality_2": "4",
        "birth_state": "0",
        "sex": "W",
        "institution": "ja",
        "easting": "565432,5",
        "religion": "lt",
        "marital_status": "vh",
        "move_in_date": "20010203",
    }
    row = table(engine, extract(engine, tmp_path, [given]))[1]
    expected = {
        "birth_date": 19620500,
        "nationality_2": None,
        "birth_state": "000",
        "sex": "w",
        "institution": 1,
        "easting": 565432.5,
        "religion": "protestant",
        "marital_status": "VH",
        "move_in_date": 20010203,
    }
    assert {name: row[name] for name in expected} == expected


def test_findings_name_the_true_rows_between_broken_ones(engine: Engine, tmp_path: Path) -> None:
    bad = {**ORDINARY, "birth_date": "31.02.1980"}
    rows: Rows = [ORDINARY, "broken", bad, "", "broken;too", ORDINARY, bad, {**bad, "sex": "?"}, "broken", bad]
    read = extract(engine, tmp_path, rows)
    assert read.rows == 9
    assert findings(read) == {
        ("row_broken", ""): (3, (2, 4, 8)),
        ("date_impossible", "birth_date"): (4, (3, 6, 7, 9)),
        ("code_unknown", "sex"): (1, (7,)),
    }
    assert sorted(table(engine, read)) == [1, 3, 5, 6, 7, 9]
    assert table(engine, read)[5]["birth_date"] == 19800101
    assert table(engine, read)[6]["birth_date"] is None


def test_findings_are_counted_once_when_the_file_is_read_twice(engine: Engine, tmp_path: Path) -> None:
    bad = {**ORDINARY, "birth_date": "31.02.1980", "birth_place": "Aachen"}
    torn = line({**bad, "birth_place": '"Bonn'})
    read = extract(engine, tmp_path, [bad, torn, {**bad, "birth_place": "Celle"}, {**bad, "street_name": '"Gasse"'}])
    assert findings(read) == {
        ("row_broken", ""): (1, (2,)),
        ("date_impossible", "birth_date"): (3, (1, 3, 4)),
    }
    assert read.places == ("aachen", "celle")
    assert [table(engine, read)[record]["birth_place"] for record in (1, 3, 4)] == [0, 1, 0]
    assert read.rows == 4


def test_a_finding_shows_the_first_rows_only(engine: Engine, tmp_path: Path) -> None:
    found = findings(extract(engine, tmp_path, [{**ORDINARY, "sex": "?"}] * 30))
    assert found[("code_unknown", "sex")] == (30, tuple(range(1, 21)))


def test_a_further_nationality_that_most_rows_have_is_a_finding(engine: Engine, tmp_path: Path) -> None:
    """Zeros in the place of nothing would make Germans of all foreigners."""
    foreign = {**ORDINARY, "nationality_1": "163"}
    filled = [{**foreign, "nationality_2": "000"}] * 2
    read = extract(engine, tmp_path, [*filled, foreign])
    assert findings(read) == {("nationality_filled", "nationality_2"): (2, ())}
    assert findings(extract(engine, tmp_path, [*filled, foreign, foreign])) == {}


def test_germany_beside_most_foreign_nationalities_is_a_finding(engine: Engine, tmp_path: Path) -> None:
    """Where zeros are filled in for those alone who have a foreign nationality, most rows have no further one."""
    both, foreign = ({**ORDINARY, "nationality_1": "163", "nationality_3": key} for key in ("000", ""))
    read = extract(engine, tmp_path, [*[both] * 3, *[foreign] * 2, *[ORDINARY] * 9])
    assert findings(read) == {("nationality_filled", "nationality_3"): (3, ())}
    assert findings(extract(engine, tmp_path, [*[both] * 2, *[foreign] * 2, *[ORDINARY] * 9])) == {}


def test_one_value_for_everybody_is_a_finding_in_a_town(engine: Engine, tmp_path: Path) -> None:
    rows = [{**ORDINARY, "birth_date": f"19{place % 80 + 10}-01-01", "sex": "m"} for place in range(500)]
    same = {("column_same", "nationality_1"): (500, ()), ("column_same", "sex"): (500, ())}
    assert findings(extract(engine, tmp_path, rows)) == same
    assert findings(extract(engine, tmp_path, rows[1:])) == {}
    assert findings(extract(engine, tmp_path, [*rows, {**rows[0], "nationality_1": "163", "sex": "w"}])) == {}


def test_whoever_leaves_after_the_reference_date_is_no_finding(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {**ORDINARY, "move_out_date": "2026-01-15", "death_date": "2026-01-20"},
        {**ORDINARY, "move_out_date": "31.12.9999", "death_date": "00.00.0000"},
        {**ORDINARY, "move_out_date": "2025-12-31", "death_date": "2025-02-30"},
    ]
    read = extract(engine, tmp_path, rows)
    assert findings(read) == {("date_impossible", "death_date"): (1, (3,))}
    assert [row["move_out_date"] for row in table(engine, read).values()] == [None, None, 20251231]
    assert not {"move_out_date", "death_date"} & missing_parts(read).keys()


def test_a_column_of_days_of_leaving_that_no_field_names_is_a_finding(engine: Engine, tmp_path: Path) -> None:
    path, fields = tmp_path / "register.csv", ("person_id", "nationality_1")
    path.write_text("Feld person_id;Feld nationality_1;Auszug am;Sterbetag\n1;000;;\n", encoding="utf-8")
    unnamed = findings(read_extract(engine, path, profile(fields), REFERENCE, KEY))
    assert unnamed == {("gone_unnamed", "move_out_date"): (0, ()), ("gone_unnamed", "death_date"): (0, ())}
    named = replace(profile(fields), columns={**profile(fields).columns, "death_date": "Sterbetag"})
    assert [*findings(read_extract(engine, path, named, REFERENCE, KEY))] == [("gone_unnamed", "move_out_date")]


@pytest.mark.parametrize(
    ("ids", "pointers", "lost"),
    [
        ("{:04}", "{}", True),
        ("{}", "{:04}", True),
        ("{:04}", "{:04}", False),
        ("{}", "{}", False),
        ("{}", "00000", False),
    ],
)
def test_pointers_that_lost_their_zeros_are_a_finding(
    engine: Engine, tmp_path: Path, ids: str, pointers: str, lost: bool
) -> None:
    rows = [
        {**ORDINARY, "person_id": ids.format(place), "spouse_id": pointers.format(place)} for place in range(980, 1020)
    ]
    found = findings(extract(engine, tmp_path, rows))
    assert found == ({("pointer_zeros", "spouse_id"): (0, ())} if lost else {})
    assert findings(extract(engine, tmp_path, rows[5:])) == {}


@pytest.mark.parametrize(
    ("heading", "values", "fields"),
    [
        ("Status", ("aktiv", "Verzogen", "verstorben"), ["move_out_date", "death_date"]),
        ("Status", ("aktiv", "unbekannt verzogen"), ["move_out_date"]),
        ("Feld dwelling_status", ("only", "abgemeldet"), ["move_out_date"]),
        ("Status", ("aktiv", "nicht abgemeldet", "zugezogen"), []),
        ("Feld marital_status", ("LD", "verstorben"), []),
        ("Bemerkung", (*(f"Akte {place}" for place in range(20)), "verzogen"), []),
    ],
)
def test_a_column_that_tells_in_words_who_has_left_is_a_finding(
    engine: Engine, tmp_path: Path, heading: str, values: Sequence[str], fields: Sequence[str]
) -> None:
    path = tmp_path / "register.csv"
    path.write_text("\n".join([f"Feld nationality_1;{heading}", *(f"000;{value}" for value in values)]), "utf-8")
    named = profile(("nationality_1", "dwelling_status", "marital_status"))
    found = findings(read_extract(engine, path, named, REFERENCE, KEY))
    assert [field for check, field in found if check == "gone_unnamed"] == fields


def test_a_status_of_people_gone_that_is_answered_is_no_finding(engine: Engine, tmp_path: Path) -> None:
    path, fields = tmp_path / "register.csv", ("nationality_1", "dwelling_status", "death_date")
    path.write_text("Feld nationality_1;Feld dwelling_status;Feld death_date\n000;verstorben;\n000;weg;\n", "utf-8")
    meanings = {"dwelling_status": {"verstorben": "secondary"}}
    for answered in (profile(fields), replace(profile(fields[:2]), codes=meanings)):
        found = findings(read_extract(engine, path, answered, REFERENCE, KEY))
        assert "gone_unnamed" not in {check for check, _ in found}


def status_file(folder: Path, people: int, gone: int, wide: bool) -> tuple[Path, Profile]:
    """People by their status, those gone at the end, as a delimited file or one of fixed width."""
    path, named = folder / "register.csv", profile(("person_id", "nationality_1"))
    rows = [(f"{place:06}", "000", "A" if place < people - gone else "verzogen") for place in range(people)]
    if wide:
        path.write_text("".join(f"{number}{state}{status:400}\n" for number, state, status in rows), "utf-8")
        return path, replace(named, widths=(("Feld person_id", 6), ("Feld nationality_1", 3), ("Status", 400)))
    rows.insert(0, ("Feld person_id", "Feld nationality_1", "Status"))
    path.write_text("".join(f"{number};{state};{status}\n" for number, state, status in rows), "utf-8")
    return path, named


@pytest.mark.parametrize("wide", [False, True])
def test_an_extract_of_many_who_are_gone_by_a_status_is_refused(engine: Engine, tmp_path: Path, wide: bool) -> None:
    path, named = status_file(tmp_path, 5_000, 200, wide)
    with pytest.raises(DeliveryError, match=r"By the column “Status”, .* in 200 of 5000 rows"):
        read_extract(engine, path, named, REFERENCE, KEY)
    path, named = status_file(tmp_path, 5_000, 50, wide)
    found = findings(read_extract(engine, path, named, REFERENCE, KEY))
    assert [*found] == [("gone_unnamed", "move_out_date"), ("column_same", "nationality_1")]


def test_headings_sums_and_end_marks_are_nobody(engine: Engine, tmp_path: Path) -> None:
    heads = ";".join(f"Feld {field}" for field in FIELDS)
    sums = line({"person_id": "Anzahl Saetze:", "family_name": "300"})
    rows: Rows = [ORDINARY] * 150 + ["too;few", heads] + [{**ORDINARY, "sex": "?"}] * 150 + [sums]
    read = extract(engine, tmp_path, rows)
    assert set(table(engine, read)) == {*range(1, 151), *range(153, 303)}
    assert findings(read) == {
        ("row_broken", ""): (1, (151,)),
        ("row_nobody", ""): (2, (152, 303)),
        ("code_unknown", "sex"): (150, tuple(range(153, 173))),
    }
    assert read.rows == 303


def test_the_last_lines_of_a_file_of_fixed_width_are_nobody(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.txt"
    people = [f"{place:08}Adler     1980010{place % 9 + 1}000\n" for place in range(200)]
    path.write_text("".join([*people, "Anzahl Saetze: 200\n", "\x1a"]), encoding="utf-8")
    widths = (("Feld person_id", 8), ("Feld family_name", 10), ("Feld birth_date", 8), ("Feld nationality_1", 3))
    fields = tuple(name.removeprefix("Feld ") for name, _ in widths)
    read = read_extract(engine, path, replace(profile(fields), widths=widths), REFERENCE, KEY)
    assert findings(read) == {("row_nobody", ""): (2, (201, 202))}
    assert len(table(engine, read)) == 200


def test_few_rows_are_nobody_if_they_say_so(engine: Engine, tmp_path: Path) -> None:
    """Of fewer than a hundred rows one without anything is more than a hundredth, and may be a person."""
    heads = ";".join(f"Feld {field}" for field in FIELDS)
    sums = [line({"person_id": text}) for text in ("Sätze: 20", "  Summe", "ENDE")]
    silent = {"family_name": "Adler"}
    read = extract(engine, tmp_path, [ORDINARY, heads, *[ORDINARY] * 19, silent, *sums])
    assert set(table(engine, read)) == {1, *range(3, 23)}
    assert findings(read)[("row_nobody", "")] == (4, (2, 23, 24, 25))


@pytest.mark.parametrize("at", [1, 20, 38])
@pytest.mark.parametrize(("end", "mark"), [("\n", "\n"), ("\r\n", "\r\n"), ("\r\n", "\n"), ("\n", "\n\n")])
def test_a_person_cut_in_two_in_a_file_of_fixed_width_is_named(
    engine: Engine, tmp_path: Path, at: int, end: str, mark: str
) -> None:
    path = tmp_path / "register.txt"
    people = [f"{place:08}Müller    Am Ring   1980010{place % 9 + 1}000" for place in range(200)]
    people[7] = people[7][:at] + mark + people[7][at:]
    path.write_text("".join(f"{person}{end}" for person in ["", *people, "Anzahl Saetze: 200"]), "utf-8", newline="")
    widths = tuple((f"Feld {name}", wide) for name, wide in zip(FIXED, (8, 10, 10, 8, 3), strict=True))
    read = read_extract(engine, path, replace(profile(FIXED), widths=widths), REFERENCE, KEY)
    assert findings(read)[("row_cut", "")] == (1, (8,))


def test_lines_without_blanks_at_their_ends_are_not_cut(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.txt"
    names = ("Ast", "Bergmann", "Cordes", "Dachs")
    path.write_text("".join(f"{place:08}{names[place % 4]}\n" for place in range(200)), encoding="utf-8")
    widths = (("Feld person_id", 8), ("Feld family_name", 10))
    read = read_extract(engine, path, replace(profile(FIXED[:2]), widths=widths), REFERENCE, KEY)
    assert findings(read) == {}


def test_rows_without_date_and_nationality_are_counted_where_they_are_many(engine: Engine, tmp_path: Path) -> None:
    """Then the profile is at fault; and where the extract has no such columns, nothing is asked of the rows."""
    unread = {**ORDINARY, "birth_date": "Mai 1980", "nationality_1": "türkisch"}
    read = extract(engine, tmp_path, [ORDINARY] * 197 + [unread] * 3)
    assert len(table(engine, read)) == 200
    assert findings(read)[("date_impossible", "birth_date")] == (3, (198, 199, 200))
    read = extract(engine, tmp_path, [ORDINARY] * 199 + [unread], ("person_id", "nationality_1"))
    assert len(table(engine, read)) == 200


@pytest.mark.parametrize(
    ("people", "odd"),
    [
        ([("163", "000")] * 2 + [("163", "163")] + [("000", "000")] * 9, 2),
        ([("163", "000"), ("163", "163"), ("000", "000")], 0),
        ([("163", "000"), ("163", ""), ("000", "000")], 0),
        ([("000", "163"), ("000", "163"), ("000", "000"), ("163", "163")], 2),
        ([("000", "163"), ("000", "120"), ("163", "000")], 3),
        ([("000", "999"), ("163", "999"), ("", "000"), ("", "163")], 0),
    ],
)
def test_one_state_of_birth_for_everybody_is_a_finding(
    engine: Engine, tmp_path: Path, people: list[tuple[str, str]], odd: int
) -> None:
    """Zeros in the place of nothing would let everybody be born in Germany."""
    rows = [{**ORDINARY, "nationality_1": nationality, "birth_state": state} for nationality, state in people]
    told = findings(extract(engine, tmp_path, rows))
    assert told == ({("birth_state_filled", "birth_state"): (odd, ())} if odd else {})


@pytest.mark.parametrize(("kinds", "odd"), [(["naturalised", "repatriate", "birth"], 2), (["option", "", "birth"], 0)])
def test_one_way_to_become_german_for_everybody_is_a_finding(
    engine: Engine, tmp_path: Path, kinds: list[str], odd: int
) -> None:
    """A key that means something else would give most of the town a migration background."""
    rows = [{**ORDINARY, "nationality_1": "000", "german_nationality_kind": kind} for kind in kinds]
    foreign = {**ORDINARY, "nationality_1": "163", "german_nationality_kind": "naturalised"}
    told = findings(extract(engine, tmp_path, [*rows, foreign]))
    assert told == ({("german_kind_filled", "german_nationality_kind"): (odd, ())} if odd else {})


def test_column_of_the_profile_that_is_absent(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Feld person_id;Feld sex\n1;w\n", encoding="utf-8")
    read = read_extract(engine, path, profile(("person_id", "sex", "religion")), REFERENCE, KEY)
    assert findings(read) == {("column_missing", "religion"): (0, ())}
    assert read.delivered == {"person_id", "sex"}


def test_column_that_stands_in_the_file_twice_counts_first(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Feld person_id;Feld sex;Feld sex\n1;w;m\n", encoding="utf-8")
    assert table(engine, read_extract(engine, path, profile(), REFERENCE, KEY))[1]["sex"] == "w"


def test_rows_without_any_value_are_nobody(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (scanning, polars):
        monkeypatch.setattr(module, "_BATCH", 2)
    empty, blanks = line({}), line(dict.fromkeys(FIELDS, "  "))
    bad = {**ORDINARY, "sex": "?"}
    read = extract(engine, tmp_path, [empty, ORDINARY, "broken", empty, blanks, bad, empty])
    assert (read.rows, read.readable) == (7, 2)
    assert findings(read) == {
        ("row_broken", ""): (1, (3,)),
        ("row_empty", ""): (4, (1, 4, 5, 7)),
        ("code_unknown", "sex"): (1, (6,)),
    }
    assert sorted(table(engine, read)) == [2, 6]
    assert read.empty["nationality_1"] == 0


def test_a_row_with_a_value_in_any_column_is_not_empty(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Feld sex;Bemerkung\n;x\n;\n", encoding="utf-8")
    read = read_extract(engine, path, profile(("sex",)), REFERENCE, KEY)
    assert sorted(table(engine, read)) == [1]
    assert findings(read)[("row_empty", "")] == (1, (2,))


def test_values_of_the_town_hold_for_texts_too(engine: Engine, tmp_path: Path) -> None:
    texts = ("person_id", "spouse_id", "family_name", "birth_place", "street_key", "house_number", "easting")
    path = tmp_path / "register.csv"
    lines = [
        ";".join(f"Feld {name}" for name in texts),
        "0;0; - ;unbekannt;00000;1;0",
        "0;7;Adler;Kölle;00000;2;0",
        "7;9;Bär;Köln;10;3;565432,5",
    ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    said = replace(
        profile(texts),
        missing=("", "-", "0", "unbekannt"),
        codes={"birth_place": {"Kölle": "Köln"}, "street_key": {"00000": ""}, "spouse_id": {"9": "7"}},
    )
    read = read_extract(engine, path, said, REFERENCE, KEY)
    found = table(engine, read)
    assert findings(read) == {("person_id_missing", "person_id"): (2, (1, 2))}
    assert len({row["pseudonym"] for row in found.values()}) == 3
    assert found[1]["spouse_id"] is None
    assert found[2]["spouse_id"] == found[3]["spouse_id"] == found[3]["pseudonym"]
    assert found[1]["family_name"] is None
    assert (found[1]["birth_place"], read.places) == (None, ("köln",))
    assert found[2]["birth_place"] == found[3]["birth_place"] == 0
    assert [found[record]["address"] is None for record in (1, 2, 3)] == [True, True, False]
    assert [found[record]["easting"] for record in (1, 2, 3)] == [None, None, 565432.5]


@pytest.mark.parametrize("other", ["30", "3 km"])
def test_values_of_the_town_are_replaced_once(engine: Engine, tmp_path: Path, other: str) -> None:
    """Whether or not all of a column can be read at once."""
    said = replace(profile(("street_name", "easting")), codes={"easting": {"10": "20", "20": "40", "40": ""}})
    path = tmp_path / "register.csv"
    path.write_text("\n".join(["Feld street_name;Feld easting", *(f"A;{x}" for x in (10, 20, 40, other)), ""]))
    found = table(engine, read_extract(engine, path, said, REFERENCE, KEY))
    assert [found[record]["easting"] for record in (1, 2, 3)] == [20.0, 40.0, None]


def test_pointers_meet_the_pseudonyms_they_mean(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {**ORDINARY, "person_id": "A1 ", "spouse_id": "B2"},
        {**ORDINARY, "person_id": "B2", "spouse_id": " A1"},
        {**ORDINARY, "person_id": "C3", "guardian_1_id": "A1", "guardian_2_id": "nobody"},
    ]
    found = table(engine, extract(engine, tmp_path, rows))
    assert found[1]["spouse_id"] == found[2]["pseudonym"]
    assert found[2]["spouse_id"] == found[3]["guardian_1_id"] == found[1]["pseudonym"]
    assert found[3]["guardian_2_id"] not in {row["pseudonym"] for row in found.values()}
    assert found[3]["spouse_id"] is None


def test_rows_without_a_number_are_people_of_their_own(engine: Engine, tmp_path: Path) -> None:
    rows: Rows = [{**ORDINARY, "person_id": ""}, "broken", {**ORDINARY, "person_id": "  "}, ORDINARY]
    read = extract(engine, tmp_path, rows)
    found = table(engine, read)
    assert len({row["pseudonym"] for row in found.values()}) == 3
    assert findings(read)[("person_id_missing", "person_id")] == (2, (1, 3))


def test_pseudonyms_do_not_depend_on_the_place_in_the_file_but_keys_on_the_town(engine: Engine, tmp_path: Path) -> None:
    first = table(engine, extract(engine, tmp_path, [{**ORDINARY, "person_id": name} for name in "abc"]))
    second = table(engine, extract(engine, tmp_path, [{**ORDINARY, "person_id": name} for name in "cxa"]))
    assert [first[1]["pseudonym"], first[1]["key"]] == [second[3]["pseudonym"], second[3]["key"]]
    assert first[3]["pseudonym"] == second[1]["pseudonym"]
    path = tmp_path / "register.csv"
    other = table(engine, read_extract(engine, path, profile(), REFERENCE, bytes(32)))
    assert {row["pseudonym"] for row in other.values()}.isdisjoint(row["pseudonym"] for row in second.values())


def test_texts_become_numbers_of_their_normal_form(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {**ORDINARY, "family_name": "MÜLLER", "birth_name": "Koch", "birth_place": " Alma-Ata "},
        {**ORDINARY, "family_name": "Mu\u0308ller", "birth_name": "", "birth_place": "ALMA-ATA"},
        {**ORDINARY, "family_name": "Koch", "birth_name": "Müller", "birth_place": "Köln"},
    ]
    read = extract(engine, tmp_path, rows)
    found = table(engine, read)
    assert found[1]["family_name"] == found[2]["family_name"] == found[3]["birth_name"]
    assert found[1]["birth_name"] == found[3]["family_name"] != found[1]["family_name"]
    assert found[2]["birth_name"] is None
    assert [read.places[found[record]["birth_place"]] for record in (1, 2, 3)] == ["alma-ata", "alma-ata", "köln"]


@pytest.mark.parametrize(
    ("written", "house"),
    [("12-14", "12"), ("12/14", "12"), ("012", "12"), ("12 - 14", "12"), ("14-12", "14-12"), ("12/1", "12/1")],
)
def test_a_building_of_several_numbers_is_the_house_it_begins_with(written: str, house: str) -> None:
    assert reading._house(written, "") == (house, "")


def test_addresses(engine: Engine, tmp_path: Path) -> None:
    given = [
        {"street_key": "0815", "street_name": "Am Markt", "house_number": "12", "house_suffix": "a"},
        {"street_key": "0815", "street_name": "Markt, Am", "house_number": "12 A"},
        {"street_key": "0815", "street_name": "Am Markt", "house_number": "12"},
        {"street_name": "Am  MARKT", "house_number": "12a"},
        {"street_name": "am Markt", "house_number": "12", "house_suffix": "A"},
        {"house_number": "12"},
    ]
    read = extract(engine, tmp_path, [{"nationality_1": "000", **row} for row in given])
    found = [row["address"] for _, row in sorted(table(engine, read).items())]
    assert found[0] == found[1]
    assert found[3] == found[4]
    assert len({found[0], found[2], found[3]}) == 3
    assert found[5] is None
    looked_up = read.addresses.frame(np.array([found[2], found[3]])).rows()
    assert looked_up == [("0815", "", "12", ""), ("", "am markt", "12a", "")]


def test_addresses_by_point(engine: Engine, tmp_path: Path) -> None:
    columns = ("person_id", "easting", "northing")
    rows = [{"easting": "1", "northing": "2"}, {"easting": "1", "northing": "3"}, {"easting": "1", "northing": "2"}, {}]
    found = [row["address"] for _, row in sorted(table(engine, extract(engine, tmp_path, rows, columns)).items())]
    assert found[0] == found[2] != found[1]
    assert None not in found[:3]


SECRETS = {
    "person_id": "OM-471100815",
    "family_name": "Geheimnam",
    "birth_name": "Geburtsnam",
    "given_names": "Vornama",
    "street_key": "SK0815",
    "street_name": "Geheimgasse",
    "house_number": "1234",
    "house_suffix": "q",
    "postcode": "99998",
    "birth_place": "Geheimort",
    "origin_municipality": "99999002",
    "spouse_id": "OM-2",
    "guardian_1_id": "OM-3",
    "guardian_2_id": "OM-4",
}


def test_no_name_number_or_address_is_left_in_the_database(engine: Engine, tmp_path: Path) -> None:
    allowed = {None, *codes.countries(), *codes.religion_groups().values()}
    allowed |= {code for entry in schema.EXTRACT for code in entry.codes}
    read = extract(engine, tmp_path, [{**ORDINARY, **SECRETS, "sex": "Geheimnam"}, {**ORDINARY, "sex": "w"}])
    for texts in kept_texts(engine).values():
        assert texts <= allowed
    assert all(secret not in str(found) for found in read.findings for secret in SECRETS.values())


def test_nothing_that_could_name_anyone_is_left_after_the_derivation(engine: Engine, tmp_path: Path) -> None:
    read = extract(engine, tmp_path, [{**ORDINARY, **SECRETS}, {**ORDINARY, "sex": "w"}])
    people = counted(engine, read.register, double_entries(engine, read.register), REFERENCE)
    candidates = pl.DataFrame(schema={**SCHEMA, "place": pl.Int32})
    born = engine.checkpoint(country_of_birth(engine, kinds(people, read.evidence), candidates), "kinds")
    people = housed(people, households(engine, people, EVERY_ADDRESS_LISTED, REFERENCE))
    assert not {"family_name", "birth_name", "given_names"} & set(people.collect_schema().names())
    engine.checkpoint(derive(engine, people, born), "derived")
    texts = {text or "" for found in kept_texts(engine).values() for text in found}
    assert not [text for text in texts for secret in SECRETS.values() if secret.casefold() in text.casefold()]


def kept_texts(engine: Engine) -> dict[str, set[str | None]]:
    """The distinct texts of every text column of every table that the engine holds."""
    if isinstance(engine, Polars):
        tables = {name: frame.to_arrow() for name, frame in engine._tables.items()}
    else:
        assert isinstance(engine, DuckDB)
        names = [row[0] for row in engine._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        tables = {name: engine._connection.table(f'"{name}"').to_arrow_table() for name in names}
    assert "register" in tables
    return {
        f"{name}.{column}": set(found[column].to_pylist())
        for name, found in tables.items()
        for column in found.schema.names
        if not (
            pa.types.is_integer(found[column].type)
            or pa.types.is_floating(found[column].type)
            or pa.types.is_boolean(found[column].type)
        )
    }


def test_letters_of_windows_1252(engine: Engine, tmp_path: Path) -> None:
    read = extract(
        engine,
        tmp_path,
        [{**ORDINARY, "birth_place": "Šibenik"}, {**ORDINARY, "birth_place": "Köln"}],
        encoding="cp1252",
    )
    assert read.places == ("šibenik", "köln")


def test_fixed_width(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.txt"
    path.write_text("0001wKöln      19800101\n0002mŠibenik   19810000\n", encoding="cp1252")
    widths = (("Nr", 4), ("G", 1), ("Ort", 10), ("Geb", 8))
    columns = {"person_id": "Nr", "sex": "G", "birth_place": "Ort", "birth_date": "Geb"}
    read = read_extract(
        engine, path, replace(profile(), columns=columns, widths=widths, encoding="cp1252"), REFERENCE, KEY
    )
    found = table(engine, read)
    assert [(row["sex"], read.places[row["birth_place"]], row["birth_date"]) for row in (found[1], found[2])] == [
        ("w", "köln", 19800101),
        ("m", "šibenik", 19810000),
    ]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"", "utf-8", "empty"),
        (b"\n \n", "utf-8", "empty"),
        (b"\xef\xbb\xbf", "utf-8", "empty"),
        (b"\xef\xbb\xbf\r\n", "utf-8", "empty"),
        (b"Feld sex\n", "utf-8", "holds no rows"),
        (b"Feld sex;Feld person_id\n;\n ; \n", "utf-8", "holds no rows"),
        (b"Name;Vorname\nx;y\n", "utf-8", "none of the columns"),
        (b"Feld sex,Feld person_id\nw,1\n", "utf-8", "none of the columns"),
        ("Feld sex;Straße\nw;Weg\n".encode("cp1252"), "utf-8", "column names are not in the encoding"),
        ("Feld sex;Straße\nw;Weg\n".encode(), "cp1252", "is in UTF-8"),
        ("Feld sex;Feld birth_place\nw;Köln\n".encode("cp1252"), "utf-8", "not in the encoding “utf-8”"),
        ("Feld sex;Feld person_id\nw;1\n".encode("utf-16"), "utf-8", "in the encoding UTF-16"),
        ("Feld sex;Feld person_id\nw;1\n".encode("utf-16-le"), "utf-8", "no text file"),
        (b"PK\x03\x04\x00\x00Feld sex", "cp1252", "no text file"),
        ("Feld sex;Feld birth_place\nw;Köln\n".encode("cp850"), "cp1252", "encoding of DOS"),
        ("Feld sex;Feld birth_place\nw;Köln\n".encode("cp437"), "latin-1", "encoding of DOS"),
        (b"Feld sex;Feld birth_place\nw;K|ln\nm;M}nster\nm;Mei~en\n", "utf-8", "DIN 66003"),
        (b"Feld sex;Feld person_id\nw\nm\n", "utf-8", "None of the 2 rows"),
        (b"Auszug vom 31.12.2025\n\nFeld sex;Feld person_id\nw;1\n", "utf-8", "headings stand in line 3"),
        (b"Auszug Musterfurt;\nFeld sex;Feld person_id\nw;1\n", "utf-8", "headings stand in line 2"),
        (b"x" * 200_000, "utf-8", "does not end"),
        (b'"Feld sex\n' + b"w;1\n" * 50_000, "utf-8", "not closed"),
    ],
)
def test_unusable_files(engine: Engine, tmp_path: Path, content: bytes, encoding: str, message: str) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    with pytest.raises(DeliveryError, match=message) as raised:
        read_extract(engine, path, profile(encoding=encoding), REFERENCE, KEY)
    assert raised.value.exit_code == 10
    assert raised.value.todo


def test_many_rows_without_all_columns_are_no_extract(engine: Engine, tmp_path: Path) -> None:
    """A program that leaves the empty columns at the end away would make the town smaller."""
    whole, short = line(ORDINARY), line(ORDINARY).rsplit(";", 1)[0]
    read = extract(engine, tmp_path, [*[whole] * 362, *[short] * 19])
    assert findings(read)["row_broken", ""][0] == 19
    with pytest.raises(DeliveryError, match="20 of 400 rows have too few or too many columns"):
        extract(engine, tmp_path, [*[whole] * 380, *[short] * 20])
    assert findings(extract(engine, tmp_path, [*[whole] * 381, *[short] * 20]))["row_broken", ""][0] == 20


def test_of_a_street_with_a_key_the_first_name_is_kept(engine: Engine, tmp_path: Path) -> None:
    rows = [("01", "Amselweg"), ("01", "Amselw."), ("02", ""), ("", "Am Markt")]
    read = extract(engine, tmp_path, [{**ORDINARY, "street_key": key, "street_name": name} for key, name in rows])
    assert read.addresses.named == {"01": "Amselweg"}


def test_absent_file(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="no extract"):
        read_extract(engine, tmp_path / "absent.csv", profile(), REFERENCE, KEY)


def test_folder_in_place_of_a_file(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        read_extract(engine, tmp_path, profile(), REFERENCE, KEY)


def test_column_names_with_separators_of_their_own(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes('\ufeff"Feld sex";"Feld\u0085 religion";Feld person_id \r\nw;rk;1\r\n'.encode())
    assert read_extract(engine, path, profile(), REFERENCE, KEY).delivered == {"sex", "person_id"}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ((("1", "9"), ("9", "1"), ("9", "1")), (9.0, 1.0)),
        ((("9", "1"), ("1", "9")), (1.0, 9.0)),
        ((("1", "9"), ("1", "2")), (1.0, 2.0)),
        ((("1", ""), ("1", ""), ("5", "6")), (5.0, 6.0)),
        ((("", ""), ("", ""), ("5", "6")), (5.0, 6.0)),
        ((("", ""), ("", "")), (None, None)),
    ],
)
def test_the_point_of_an_address_is_that_of_most_of_its_rows(
    engine: Engine, tmp_path: Path, points: tuple[tuple[str, str], ...], expected: tuple[float | None, float | None]
) -> None:
    """Never the easting of one row beside the northing of another, which is a place where nobody lives."""
    house = {**ORDINARY, "house_number": "7"}
    rows = [{**house, "easting": easting, "northing": northing} for easting, northing in points]
    other = {**house, "house_number": "8", "easting": "30", "northing": "40"}
    found = distinct_addresses(engine, extract(engine, tmp_path, [*rows, other]))
    assert found.select("easting", "northing").rows() == [expected, (30.0, 40.0)]
