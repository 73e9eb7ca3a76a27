"""Proposals for column profiles: what is recognised, what stays a question, and that no person's data gets in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vielfalt import schema
from vielfalt.errors import DeliveryError
from vielfalt.profiles import Profile, read_profile
from vielfalt.tools.profiling import Proposal, propose_profile
from vielfalt.words import Words

ENGLISH = Words("en")
HEADINGS = (
    "Ordnungsmerkmal;FAMNAME;Vornamen;Strassenschl.;Geb.-Datum;Geburtsort;"
    "Staatsang. 1;Geschl.;Fam.-Stand;HW/NW;Sonstiges"
)
ROWS = (
    "P4711;Mustername;Vorname;00120;31.12.1980;Köln;000;männlich;verh.;HW;x",
    "P4712;Andername;Rufname;00120;00.05.1962;Izmir;163;weiblich;led;NW;x",
    "P4713;Drittname;Taufname;00130;01.01.2001;Köln;000;weiblich;7;HW;x",
)
PERSONAL = ("P4711", "Mustername", "Rufname", "00120", "1980", "Izmir", "Drittname")


def delivered(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "register.csv"
    path.write_bytes(text.encode(encoding))
    return path


def proposed(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Proposal, Profile]:
    proposal = propose_profile(delivered(folder, text, encoding), ENGLISH)
    (folder / "profile.toml").write_text(proposal.toml, encoding="utf-8")
    return proposal, read_profile(folder / "profile.toml")


def test_usual_headings_are_recognised(tmp_path: Path) -> None:
    proposal, profile = proposed(tmp_path, "\r\n".join((HEADINGS, *ROWS)))
    assert dict(profile.columns) == {
        "person_id": "Ordnungsmerkmal",
        "family_name": "FAMNAME",
        "given_names": "Vornamen",
        "street_key": "Strassenschl.",
        "birth_date": "Geb.-Datum",
        "birth_place": "Geburtsort",
        "nationality_1": "Staatsang. 1",
        "sex": "Geschl.",
        "marital_status": "Fam.-Stand",
        "dwelling_status": "HW/NW",
    }
    assert profile.date_forms == ("german",)
    assert (profile.delimiter, profile.quote, profile.encoding) == (";", '"', "utf-8")
    assert '"Sonstiges"' in proposal.toml


def test_values_are_mapped_where_certain_and_questioned_where_not(tmp_path: Path) -> None:
    proposal, profile = proposed(tmp_path, "\n".join((HEADINGS, *ROWS, *ROWS)))
    assert dict(profile.codes["sex"]) == {"männlich": "m", "weiblich": "w"}
    assert dict(profile.codes["marital_status"]) == {"verh.": "VH", "led": "LD"}
    assert dict(profile.codes["dwelling_status"]) == {"HW": "main", "NW": "secondary"}
    assert '# "7" = "LA"  # ?' in proposal.toml


def test_unknown_codes_are_listed_as_questions(tmp_path: Path) -> None:
    rows = [f"{n};{'HW' if n % 3 else 'Q'}" for n in range(30)]
    proposal, profile = proposed(tmp_path, "\n".join(("Ordnungsmerkmal;Wohnungsstatus", *rows)))
    assert '# "Q" = ""  # ?' in proposal.toml
    assert dict(profile.codes["dwelling_status"]) == {"HW": "main"}


def test_canonical_values_need_no_mapping(tmp_path: Path) -> None:
    proposal, _ = proposed(tmp_path, "person_id;sex;marital_status\n1;M;ld\n2;w;VH\n")
    assert "[codes" not in proposal.toml


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_form_of_the_file(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "\n".join((HEADINGS, *ROWS)).replace(";", delimiter)
    _, profile = proposed(tmp_path, text, encoding)
    assert profile.delimiter == delimiter
    assert profile.encoding == encoding.removesuffix("-sig")
    assert profile.columns["person_id"] == "Ordnungsmerkmal"


def test_an_umlaut_far_behind_the_first_rows_still_decides_the_encoding(tmp_path: Path) -> None:
    rows = "\n".join(f"{n};Dorf" for n in range(3_000))
    _, profile = proposed(tmp_path, f"Ordnungsmerkmal;Geburtsort\n{rows}\n9;Köln\n", "cp1252")
    assert profile.encoding == "cp1252"


def test_quotes_line_breaks_and_delimiters_in_cells(tmp_path: Path) -> None:
    text = 'Ordnungsmerkmal;"Geburtsort";"Geschlecht"\n1;"Stadt;\nDorf";m\n2;"a ""b""";w\n'
    proposal, profile = proposed(tmp_path, text)
    assert len(profile.columns) == 3
    assert not any("columns" in note and "too" in note for note in proposal.notes)
    _, profile = proposed(tmp_path, "'Ordnungsmerkmal';'Geburtsort'\n'1';'a;b'\n")
    assert (profile.quote, profile.columns["birth_place"]) == ("'", "Geburtsort")


@pytest.mark.parametrize(
    ("dates", "forms"),
    [
        (["31.12.1980", "1.1.2000"], ("german",)),
        (["1980-12-31"], ("iso",)),
        (["1980-12-31 00:00:00"], ("iso",)),
        (["19801231", "00000000"], ("compact",)),
        (["1980-12-31", "1980-12-30", "31.12.1980"], ("iso", "german")),
    ],
)
def test_date_forms(tmp_path: Path, dates: list[str], forms: tuple[str, ...]) -> None:
    rows = "\n".join(f"1;{date}" for date in dates)
    _, profile = proposed(tmp_path, f"Ordnungsmerkmal;Geburtsdatum\n{rows}\n")
    assert profile.date_forms == forms


@pytest.mark.parametrize("name", ["NULL", "NA", "NONE", "nan"])
def test_what_people_are_called_means_not_stated_only_where_other_columns_have_it(tmp_path: Path, name: str) -> None:
    head = "Ordnungsmerkmal;Familienname;Geburtsname;Sperre;Geburtsort;Sonstiges"
    _, profile = proposed(tmp_path, f"{head}\n1;{name};-;none;Bonn;{name}\n2;Adler;-;none;;x\n")
    assert profile.missing == ("", "-")
    proposal, profile = proposed(tmp_path, f"{head}\n1;{name};Bär;none;Bonn;x\n2;Adler;Bär;none;{name};x\n")
    assert profile.missing == ("", name)
    assert "family_name: values that mean “not stated” in other columns may be names here." in proposal.notes
    assert not any("birth_name" in note for note in proposal.notes)


def test_a_value_of_the_code_list_is_not_missing(tmp_path: Path) -> None:
    _, profile = proposed(tmp_path, "Ordnungsmerkmal;Auskunftssperre\n1;NONE\n2;general\n")
    assert profile.missing == ("",)


def test_doubts_are_counted_without_the_values(tmp_path: Path) -> None:
    proposal, _ = proposed(
        tmp_path, "Ordnungsmerkmal;Geburtsdatum;Staatsangehörigkeit\n1;Mai 1980;türkisch\n2;1.1.1990;163\n"
    )
    text = " ".join(proposal.notes)
    assert "birth_date: 1 " in text
    assert "nationality_1: 1 " in text
    assert "Mai" not in text + proposal.toml
    assert "türkisch" not in text + proposal.toml


def test_columns_without_a_known_heading_are_recognised_by_clear_content(tmp_path: Path) -> None:
    rows = "\n".join(f"{n};{'m' if n % 2 else 'w'};{('LD', 'VH')[n % 2]};a{n}" for n in range(40))
    proposal, profile = proposed(tmp_path, f"OM;K1;K2;Vorname\n{rows}\n")
    assert (profile.columns["sex"], profile.columns["marital_status"]) == ("K1", "K2")
    assert 'sex = "K1"  # ?' in proposal.toml


def test_similar_headings_are_guesses_but_numbers_count(tmp_path: Path) -> None:
    proposal, profile = proposed(tmp_path, "Ordnungsmerkmal;Geburtsdatm;Staatsangehoerigkeit 7\n1;1.1.1980;000\n")
    assert profile.columns["birth_date"] == "Geburtsdatm"
    assert 'birth_date = "Geburtsdatm"  # ?' in proposal.toml
    assert "nationality_1" not in profile.columns


def test_columns_of_those_who_live_here_no_more_are_asked_about(tmp_path: Path) -> None:
    odd = "Abmeldung (Tag);Tag d. Todes"
    proposal, _ = proposed(tmp_path, f"{HEADINGS};{odd}\n" + "\n".join(f"{row};;" for row in ROWS))
    asked = [note for note in proposal.notes if "moved away or died" in note]
    assert [note.split(":")[0] for note in asked] == ["“Abmeldung (Tag)”", "“Tag d. Todes”"]
    assert "“move_out_date”" in asked[0] and "“death_date”" in asked[1]
    usual = "Auszugsdatum;Sterbe-Datum;Wegzug nach"
    proposal, profile = proposed(tmp_path, f"{HEADINGS};{usual}\n" + "\n".join(f"{row};;;" for row in ROWS))
    assert (profile.columns["move_out_date"], profile.columns["death_date"]) == ("Auszugsdatum", "Sterbe-Datum")
    assert not any("moved away or died" in note for note in proposal.notes)


def test_a_status_of_those_who_live_here_no_more_is_told(tmp_path: Path) -> None:
    told = [f"{row};{status}" for row, status in zip(ROWS, ("aktiv", "Abgemeldet", "verstorben"), strict=True)]
    proposal, _ = proposed(tmp_path, "\n".join((f"{HEADINGS};Status", *told)))
    assert [note.split(":")[0] for note in proposal.notes if "moved away or died" in note] == [
        "“Status” tells in words who has moved away or died, which is not read"
    ]
    proposal, _ = proposed(tmp_path, "\n".join((HEADINGS, *(row.replace(";HW;", ";verzogen;") for row in ROWS))))
    assert any(note.startswith("“HW/NW” tells in words") for note in proposal.notes)
    dated = [f"{row};01.02.2025;01.02.2025" for row in told]
    proposal, _ = proposed(tmp_path, "\n".join((f"{HEADINGS};Status;Auszugsdatum;Sterbedatum", *dated)))
    assert not any("moved away or died" in note for note in proposal.notes)


def test_no_personal_data_in_the_proposal(tmp_path: Path) -> None:
    proposal, _ = proposed(tmp_path, "\n".join((HEADINGS, *ROWS, *ROWS)))
    assert not [text for text in PERSONAL if text in proposal.toml + " ".join(proposal.notes)]


def test_names_in_a_code_column_are_not_shown(tmp_path: Path) -> None:
    rows = "\n".join(f"{n};Zuname{n % 9};Zuname{n % 20}" for n in range(100))
    proposal, _ = proposed(tmp_path, f"Ordnungsmerkmal;Familienstand;Geschlecht\n{rows}\n")
    assert "Zuname" not in proposal.toml
    assert "not shown: 9" in proposal.toml
    assert "not shown: 20" in proposal.toml


@pytest.mark.parametrize(
    "text",
    [
        "4711;Mustername;31.12.1980;Köln\n4712;Andername;1.1.1990;Bonn\n",
        "Mustername;Vorname;Köln\nAndername;Rufname;Bonn\n",
        "Name;Straße;01.01.1980\n",
    ],
)
def test_a_file_without_headings_is_refused_and_its_first_row_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(DeliveryError, match="no headings") as caught:
        propose_profile(delivered(tmp_path, text))
    assert "Mustername" not in str(caught.value) + caught.value.todo


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \n", "empty"),
        (b"PK\x03\x04\x00\x00rest", "no text file"),
        ("Ordnungsmerkmal;Geschlecht\n1;m\n".encode("utf-16"), "in the encoding UTF-16"),
        ("Ordnungsmerkmal;Geschlecht\n1;m\n".encode("utf-16-le"), "no text file"),
        (b"Ordnungsmerkmal;Geschlecht\n1;m\n2;\0\n", "no text file"),
        (b"Ordnungsmerkmal;Ort\n1;K|ln\n2;M}nster\n3;Mei~en\n", "DIN 66003"),
        ("Ordnungsmerkmal;Straße\n1;Mühlweg\n".encode("cp850"), "encoding of DOS"),
        (b"Auszug vom 31.12.2025\n\n" + "\n".join((HEADINGS, *ROWS)).encode(), "does not begin with its headings"),
        (b"Auszug;;;;;;;;;;\n" + "\n".join((HEADINGS, *ROWS)).encode(), "does not begin with its headings"),
        (b"0001Mustername     19800101\n", "no columns"),
        (b"Ordnungsmerkmal\n1\n", "no columns"),
        (b";;;\n;;\n", "no columns|no headings"),
        (b"Ordnungsmerkmal;Geschlecht\n1;" + b"m" * 200_000 + b"\n", "longer than"),
        (b";".join([b"Geschlechter"] * 20_000), "longer than"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    with pytest.raises(DeliveryError, match=message) as caught:
        propose_profile(path)
    assert caught.value.todo


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="does not exist"):
        propose_profile(tmp_path / "absent.csv")
    with pytest.raises(DeliveryError, match="folder"):
        propose_profile(tmp_path)


def test_headings_only_repeated_headings_and_ragged_rows(tmp_path: Path) -> None:
    proposal, profile = proposed(tmp_path, "Ordnungsmerkmal;Geschlecht\n")
    assert set(profile.columns) == {"person_id", "sex"}
    proposal, profile = proposed(tmp_path, "Ordnungsmerkmal;Sex;Sex;\n1;m;m;\n2;w\n3;w;w;;;\n4;m;m;\n")
    assert profile.columns["sex"] == "Sex"
    assert any("more than once" in note for note in proposal.notes)
    assert any("2 of the first rows" in note for note in proposal.notes)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=8).filter(lambda text: "\0" not in text and not text.strip().isascii()),
    st.text(alphabet="\"\\'; \x7f\tm", max_size=6),
)
def test_whatever_a_heading_or_value_holds_the_profile_is_valid(tmp_path: Path, heading: str, value: str) -> None:
    cells = [cell.replace('"', '""') for cell in (heading, value)]
    text = f'Ordnungsmerkmal;Geschlecht;"{cells[0]}"\n1;"{cells[1]}";x\n2;"{cells[1]}";y\n'
    path = tmp_path / "register.csv"
    path.write_bytes(text.encode("utf-8", errors="replace"))
    proposal = propose_profile(path, ENGLISH)
    assert tomllib.loads(proposal.toml)["columns"]["person_id"] == "Ordnungsmerkmal"


def test_every_field_stands_in_the_proposal(tmp_path: Path) -> None:
    proposal, _ = proposed(tmp_path, "\n".join((HEADINGS, *ROWS)))
    assert all(f"{field.name} = " in proposal.toml for field in schema.EXTRACT)
