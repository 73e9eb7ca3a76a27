"""town.toml and the column profile: what is misspelt, of the wrong kind or out of range is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from command_line import vielfalt
from small_project import TOWN
from vielfalt import cli, console
from vielfalt.capabilities import capabilities
from vielfalt.county.project import read_county
from vielfalt.errors import TownError
from vielfalt.evaluation import check_town
from vielfalt.profiles import read_profile
from vielfalt.register.checks import Finding
from vielfalt.rule_sets import VIELFALT
from vielfalt.synthetic.project import MIN_RESIDENTS
from vielfalt.tools.starting import init_town
from vielfalt.town import read_town
from vielfalt.words import LANGUAGES, Language, Words

COLUMNS = '[columns]\nsex = "Geschlecht"\n'


def refused_town(folder: Path, content: str) -> str:
    (folder / "town.toml").write_text(content, encoding="utf-8")
    with pytest.raises(TownError) as told:
        read_town(folder)
    return str(told.value)


def refused_profile(folder: Path, content: str) -> str:
    path = folder / "profile.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TownError) as told:
        read_profile(path)
    return str(told.value)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("[Protection]\nmin_cell = 20", "The section [Protection] is not known; is [protection] meant?"),
        ("[protektion]\nmin_cell = 20", "The section [protektion] is not known; is [protection] meant?"),
        ("[valt]\nlink_dates = 0", "The section [valt] is not known; is [vault] meant?"),
        ("[other]", "The section [other] is not known; known here are town, areas, vault, protection."),
        ("[protection.cellkey]", "The section [protection.cellkey] is not known; is [protection.cell_key] meant?"),
        ("[protection]\nmin_cel = 20", "“protection.min_cel” is not known; is “protection.min_cell” meant?"),
        ("[protection]\nmin_cell = 5.5", "“protection.min_cell” must be a whole number, 1 or more"),
        ("[protection]\nmin_area = true", "“protection.min_area” must be a whole number, 1 or more"),
        ("[protection]\nmin_cell = 2", "must be 3 or more"),
        ("[protection]\ndominance = 75", "“protection.dominance” must be a number from 0.5 to 1"),
        ('[protection]\ndominance = "x"', "“protection.dominance” must be a number from 0.5 to 1"),
        ("[protection]\np_percent = 101", "“protection.p_percent” must be a whole number from 0 to 100"),
        ("[protection.rounding]\nbase = 7", "“protection.rounding.base” is “7”; allowed are 3, 5, 10"),
        ("[vault]\nlink_dates = -1", "“vault.link_dates” must be a whole number, 0 or more"),
        ("protection = 5", "“areas.level.protection” is not known"),
    ],
)
def test_what_town_toml_may_not_hold(tmp_path: Path, more: str, sentence: str) -> None:
    assert sentence in refused_town(tmp_path, TOWN + more)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('foo = "bar"\n' + TOWN, "“foo” is not known; known here are town, areas, vault, protection"),
        ("protection = 5\n" + TOWN, "“protection” must be a section of its own, headed [protection]"),
        (TOWN.replace("[[areas.level]]", "[areas.level]"), "each headed [[areas.level]]"),
        (TOWN.replace('"quarter"', '"area"'), "these words mean something else: area, level, status, town, value"),
        (TOWN.replace('"quarter"', '"Blöcke"'), "is “Blöcke”; allowed are small letters, digits and “_”"),
        (TOWN.replace('"quarter"', '"a/b"'), "is “a/b”; allowed are small letters, digits and “_”"),
        (TOWN.replace('"quarter"', f'"{"a" * 101}"'), "allowed are small letters, digits and “_”"),
        (
            TOWN.replace("[areas]", 'licence = """dl-de\nby"""\n[areas]'),
            "“town.licence” must be one line of at most 200",
        ),
        (TOWN.replace('"Musterfurt"', r'"Muster\u0007furt"'), "“town.name” must be one line"),
        (TOWN.replace('"Quarters"', f'"{"Q" * 201}"'), "“areas.level.title” must be one line"),
        (TOWN.replace('"Musterfurt"', "5"), "“town.name” must be a text in quotation marks"),
        (TOWN.replace("[areas]", "licence = 5\n[areas]"), "“town.licence” must be a text in quotation marks"),
        (TOWN.replace("[areas]", "[areas]\ncrs = 25832"), "“areas.crs” must be a text in quotation marks"),
    ],
)
def test_how_town_toml_may_not_be_written(tmp_path: Path, content: str, sentence: str) -> None:
    assert sentence in refused_town(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The section [columns] is missing or empty"),
        ("[file]\nmissing = 5\n" + COLUMNS, "“file.missing” must be a list"),
        ("[file]\nmissing = [5]\n" + COLUMNS, "“file.missing” must be a list of texts"),
        ("[file]\ndate_forms = 5\n" + COLUMNS, "“file.date_forms” must be a list"),
        ('[file]\ndate_forms = ["x"]\n' + COLUMNS, "“file.date_forms” is “x”; allowed are iso, german, compact"),
        ("[file]\nwidths = 5\n" + COLUMNS, "“file.widths” must be a list of pairs"),
        ('[file]\nwidths = [["a"]]\n' + COLUMNS, "“file.widths” must be a list of pairs"),
        ('[file]\nwidths = [["a", -5]]\n' + COLUMNS, "“file.widths” must be a list of pairs"),
        ('[file]\nwidths = [["a", true]]\n' + COLUMNS, "“file.widths” must be a list of pairs"),
        ('[file]\nquote = "ab"\n' + COLUMNS, "“file.quote” must be a single character, or empty"),
        ('[file]\ndelimiter = ";;"\n' + COLUMNS, "“file.delimiter” must be a single character"),
        ('[file]\ndelimter = ","\n' + COLUMNS, "“file.delimter” is not known; is “file.delimiter” meant?"),
        ('[file]\nencoding = ["utf-8"]\n' + COLUMNS, "“file.encoding” must be a text"),
        ('[file]\nencoding = "ebcdic"\n' + COLUMNS, "“file.encoding” is “ebcdic”; allowed are utf-8, cp1252"),
        ("columns = 5", "“columns” must be a section of its own"),
        ("file = 5\n" + COLUMNS, "“file” must be a section of its own"),
        ("codes = 5\n" + COLUMNS, "“codes” must be a section of its own"),
        ('[columns]\nsexx = "a"', "“columns.sexx” is not known; is “columns.sex” meant?"),
        ('[columns]\nsex = ["a"]', "“columns.sex” must be a text"),
        ('[columns]\nsex = ""', "“columns.sex” is missing or empty"),
        ("[columns]\nsex = 5", "“columns.sex” must be a text"),
        (COLUMNS + "[codes]\nsex = 5", "“codes.sex” must be a section of its own"),
        (COLUMNS + '[kodes.sex]\nM = "m"', "The section [kodes] is not known; is [codes] meant?"),
        (COLUMNS + '[codes.sex]\nM = ["m"]', "“codes.sex.M” must be a text"),
        (COLUMNS + '[codes.sex]\nM = "maennlich"', "“codes.sex.M” is “maennlich”; allowed are d, m, w, x"),
        (COLUMNS + '[codes.birth_state]\nD = "DE"', "“codes.birth_state.D” is “DE”, which is no key of the list"),
        (COLUMNS + '[codes.institution]\nH = "Heim"', "“codes.institution.H” is “Heim”; allowed are no, yes"),
    ],
)
def test_what_a_column_profile_may_not_hold(tmp_path: Path, content: str, sentence: str) -> None:
    assert sentence in refused_profile(tmp_path, content)


@pytest.mark.parametrize(
    ("called", "encoding"),
    [("ISO-8859-1", "latin-1"), ("Latin-1", "latin-1"), ("Windows-1252", "cp1252"), ("UTF8", "utf-8")],
)
def test_an_encoding_has_several_names(tmp_path: Path, called: str, encoding: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(f'[file]\nencoding = "{called}"\n{COLUMNS}', encoding="utf-8")
    assert read_profile(path).encoding == encoding


def test_religion_is_read_only_where_it_is_switched_on(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text(COLUMNS + 'religion = "Religion"\n', encoding="utf-8")
    for option, fields in (("", {"sex"}), ('options = ["religion"]', {"sex", "religion"})):
        (tmp_path / "town.toml").write_text(TOWN.replace("[areas]", f"{option}\n[areas]", 1), encoding="utf-8")
        town = read_town(tmp_path)
        assert set(town.profile.columns) == fields
        able = {entry.id for entry in capabilities(frozenset(fields), town.options, VIELFALT)}
        assert ("religion_group" in able) is ("religion" in fields)


def test_own_values_may_mean_any_canonical_value_or_none(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    codes = '[codes.sex]\nA = "M"\nB = ""\n[codes.birth_state]\nD = "0"\n[codes.religion]\nK = "RK"\n'
    path.write_text(COLUMNS + codes, encoding="utf-8")
    assert read_profile(path).codes["sex"] == {"A": "M", "B": ""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_are_told_in_the_language_of_the_file(tmp_path: Path, language: Language) -> None:
    init_town(tmp_path / "town", Words(language))
    with pytest.raises(TownError) as town:
        read_town(tmp_path / "town")
    (tmp_path / "county.toml").write_text(f'[county]\nlanguage = "{language}"\n', encoding="utf-8")
    with pytest.raises(TownError) as county:
        read_county(tmp_path)
    assert town.value.language == county.value.language == language


def test_the_language_asked_for_goes_before_that_of_the_file(tmp_path: Path) -> None:
    init_town(tmp_path / "town", Words("en"))
    told = vielfalt("check", tmp_path / "town", expect=11, language="")
    assert "“town.name” is missing or empty" in told.stderr
    for asked in (
        vielfalt("check", tmp_path / "town", expect=11, language="de"),
        vielfalt("check", tmp_path / "town", "--lang", "de", expect=11, language=""),
    ):
        assert "„town.name“ fehlt" in asked.stderr


def test_a_language_that_is_not_spoken_is_refused(tmp_path: Path) -> None:
    told = vielfalt("init", tmp_path / "town", expect=2, language="fr")
    assert "VIELFALT_LANG" in told.stderr and "de, en" in told.stderr
    assert not (tmp_path / "town").exists()


def test_german_help_holds_no_english_word_of_click(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "[erforderlich]" in vielfalt("import-table", "--help", language="de").stdout
    assert "(ganze Zahl)" in vielfalt("trace", tmp_path, "x", expect=2, language="de").stderr
    told = vielfalt("check", tmp_path / "file", expect=2, language="de").stderr
    assert "Ordner" in told and "Directory" not in told


@pytest.mark.parametrize("command", ["synth", "demo"])
def test_the_smallest_synthetic_town_stands_in_the_help(tmp_path: Path, command: str) -> None:
    shown = CliRunner().invoke(cli.commands, [command, "--help"]).output
    assert f"ab {MIN_RESIDENTS}]" in " ".join(shown.split()), "in words, not x>= as click has it"
    words = [command, *([str(tmp_path / "town")] if command == "synth" else []), "--residents", str(MIN_RESIDENTS - 1)]
    assert CliRunner().invoke(cli.commands, words).exit_code == 2


def test_cell_key_settings_that_no_chances_meet_fail_before_anything_is_read(tmp_path: Path) -> None:
    more = '[protection]\nmethod = "cell_key"\n[protection.cell_key]\nvariance = 2\n'
    (tmp_path / "town.toml").write_text(TOWN + more, encoding="utf-8")
    with pytest.raises(TownError, match="demanded is 2"):
        check_town(read_town(tmp_path), 20251231, lambda name: pytest.fail(f"began {name}"))


def test_a_missing_column_is_told_by_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("column_missing", "birth_date", 0, ())
    console.show_findings([finding], {"birth_date": "Geburtsdatum"}, Words("en"))
    shown = capsys.readouterr().out
    assert "column_missing · birth_date · heading “Geburtsdatum”" in " ".join(shown.split())
