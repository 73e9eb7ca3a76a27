"""Birth places coded by hand: the list to fill in, reading it back from a spreadsheet, and what is wrong with it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from vielfalt import codes
from vielfalt.errors import DeliveryError
from vielfalt.register import coded, places
from vielfalt.register.gazetteer import Place, build_index


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def listed(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet knows UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize(
    ("cell", "country"),
    [
        *(("444", "444"), (" 444 ", "444"), ("Kasachstan", "444"), ("kazakhstan", "444"), ("444 Kasachstan", "444")),
        *(("000", "000"), ("0", "000"), ("00", "000"), ("0 Deutschland", "000"), ("Deutschland", "000")),
        *(("Türkei", "163"), ("TR", "163"), ("Hongkong", "411")),
    ],
)
def test_a_state_may_be_written_by_key_by_name_or_as_candidates_are(tmp_path: Path, cell: str, country: str) -> None:
    path = written(tmp_path, f"spelling;country\nAsowka;{cell}\n")
    assert coded.read_coded(path) == {"asowka": country}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffspelling;country\r\nŁódźka;152\r\n",
        'Country,Spelling\n152,"Łódźka"\n',
        "spelling\tcountry\tresidents\nŁódźka\t152\t7\n",
        "spelling;country;;\n  ŁÓDŹKA ;152;;\n\nAnders;;;\nKurz\n",
    ],
)
def test_what_spreadsheets_make_of_the_file_is_read(tmp_path: Path, text: str) -> None:
    assert coded.read_coded(written(tmp_path, text)) == {"łódźka": "152"}


@pytest.mark.parametrize(
    ("text", "encoding", "what", "values"),
    [
        ("spelling;country\na b;444\nc;119\n", "utf-8", "no present-day state", {"row": 3, "text": "119"}),
        ("spelling;country\na b;159\n", "utf-8", "no present-day state", {"row": 2, "text": "159"}),
        ("spelling;country\na b;Kongo\n", "utf-8", "no present-day state", {"row": 2, "text": "Kongo"}),
        ("spelling;country\na b;152 Russland\n", "utf-8", "no present-day state", {"row": 2}),
        ("spelling;country\na b;999\n", "utf-8", "no present-day state", {"row": 2}),
        ("spelling;country\na b;152\nc;152\nA  B;160\n", "utf-8", "different states", {"first": 2, "row": 4}),
        ("spelling;country\n;152\n", "utf-8", "no spelling", {"row": 2}),
        ("spelling;country\na;152\nGrünberg;152\n", "cp1252", "not in UTF-8", {"row": 3}),
        ("spelling;country\na;152\n", "utf-16", "not in UTF-8", {"row": 1}),
        ("spelling;country\nGr\ufffdnberg;152\n", "utf-8", "lost letters", {}),
        ("Schreibweise;Land\na;152\n", "utf-8", "lacks the columns", {}),
        ("a;152\n", "utf-8", "lacks the columns", {}),
    ],
)
def test_bad_input_is_named_with_its_row(
    tmp_path: Path, text: str, encoding: str, what: str, values: dict[str, object]
) -> None:
    path = written(tmp_path, text, encoding)
    with pytest.raises(DeliveryError, match=what) as caught:
        coded.read_coded(path)
    assert caught.value.where == str(path)
    assert caught.value.todo
    assert values.items() <= caught.value.values.items()


def test_every_state_is_read_as_it_is_written_in_the_list(tmp_path: Path) -> None:
    states = [state for state in codes.countries().values() if state.kind in ("state", "region")]
    for label in ("label_de", "label_en"):
        lines = [f"place {state.key};{state.key} {getattr(state, label)}" for state in states]
        found = coded.read_coded(written(tmp_path, "\n".join(["spelling;country", *lines])))
        assert found == {f"place {state.key}": state.key for state in states}
    assert [state.key for state in states if state.key.startswith("0")] == ["000"]


def test_the_same_answer_twice_is_one_answer(tmp_path: Path) -> None:
    assert coded.read_coded(written(tmp_path, "spelling;country\nA;152\na;Polen\n")) == {"a": "152"}


def test_new_answers_join_the_old_and_a_contradiction_names_its_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "spelling;country\nnew;152\nold;160\n")
    assert coded.with_new({"old": "160", "other": "444"}, path) == {"old": "160", "other": "444", "new": "152"}
    with pytest.raises(DeliveryError, match="another state") as caught:
        coded.with_new({"old": "444", "other": "444"}, path)
    assert caught.value.values["rows"] == "3"


def test_the_list_opens_in_a_spreadsheet_and_can_be_read_back(tmp_path: Path) -> None:
    spellings = pl.DataFrame(
        {
            "spelling": ["zerkow; kr. x", "=1+1", "'s-gravenhage", 'say "x"'],
            "residents": [9, 3, 2, 1],
            "candidates": [["152", "000"], [], ["148"], []],
        },
        schema_overrides={"candidates": pl.List(pl.String)},
    )
    content = coded.open_text(spellings, {"152": "Polen", "000": "Deutschland", "148": "Niederlande"})
    rows = listed(content)
    assert list(rows[0].values()) == ["zerkow; kr. x", "", "9", "152 Polen, 000 Deutschland"]
    assert not any(row["spelling"].startswith(("=", "+", "-", "@")) for row in rows)
    filled = content.decode("utf-8-sig").replace(";;", ";152;")
    answers = coded.read_coded(written(tmp_path, filled))
    assert set(answers) == set(spellings["spelling"])


def test_what_is_shared_says_nothing_of_numbers() -> None:
    content = coded.coded_text({"zzz": "152", "aaa": "160"})
    assert [list(row.items()) for row in listed(content)] == [
        [("spelling", "aaa"), ("country", "160")],
        [("spelling", "zzz"), ("country", "152")],
    ]


def test_an_answer_replaces_a_single_finding_and_stands_beside_homonyms() -> None:
    index = build_index(
        [
            Place("Altenberg", (), "155", "", 400_000),
            Place("Altenberg", (), "000", "", 30_000),
            Place("Neuenberg", (), "164", "", 50_000),
        ]
    )
    texts = ("altenberg", "neuenberg", "xyz", "qqq")
    answers = {"altenberg": "151", "neuenberg": "160", "xyz": "444", "elsewhere": "423"}
    found = coded.with_answers(places.candidates(texts, index), texts, answers)
    assert sorted(found.select("place", "country", "how").rows()) == [
        ("altenberg", "000", "exact"),
        ("altenberg", "151", "coded"),
        ("altenberg", "155", "exact"),
        ("neuenberg", "160", "coded"),
        ("xyz", "444", "coded"),
    ]
