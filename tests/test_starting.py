"""A new town project: complete, valid as it is, readable once the names are filled in, and never overwriting."""

from __future__ import annotations

import csv
import os
import shlex
import tomllib
from pathlib import Path

import pytest

from command_line import vielfalt
from vielfalt import parameters, schema
from vielfalt.errors import StorageError, TownError, UsageError
from vielfalt.profiles import read_profile
from vielfalt.register import kinds, links, population, reading
from vielfalt.tools import starting
from vielfalt.tools.starting import init_town
from vielfalt.town import read_town
from vielfalt.words import LANGUAGES, Language, Words

both = pytest.mark.parametrize("language", LANGUAGES)


@both
def test_the_project_is_valid_as_written_and_read_once_the_names_are_filled(tmp_path: Path, language: Language) -> None:
    written = init_town(tmp_path / "town", Words(language))
    assert all(path.is_file() for path in written)
    path = tmp_path / "town" / "town.toml"
    tomllib.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(TownError, match=r"town\.name"):
        read_town(tmp_path / "town")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('name = ""', 'name = "X"').replace('ags = ""', 'ags = "01001000"'), encoding="utf-8")
    town = read_town(tmp_path / "town")
    assert town.language == language
    assert [level.id for level in town.areas.levels] == ["district", "quarter"]
    assert town.profile == read_profile(tmp_path / "town" / "profile.toml")
    assert town.reference_dates() == ()


@both
def test_every_setting_of_protection_stands_in_the_file_with_its_default(tmp_path: Path, language: Language) -> None:
    init_town(tmp_path, Words(language))
    text = (tmp_path / "town.toml").read_text(encoding="utf-8")
    shown = tomllib.loads(
        "\n".join(line.removeprefix("# ") for line in text.split("[protection]")[1].splitlines() if " = " in line)
    )
    assert shown == {"method": "suppression", **parameters.on("protection", 20_251_231)}


@both
def test_the_field_request_lists_every_field_of_the_extract(tmp_path: Path, language: Language) -> None:
    init_town(tmp_path, Words(language))
    text = (tmp_path / "field-request.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [field.name for field in schema.EXTRACT]
    assert all(row.count("|") == 7 and "|  |" not in row for row in rows)
    assert {"BMG", "37", "34"} <= set(text.replace("(", " ").replace("§", " ").split())
    assert "{" not in text


def test_the_data_file_describes_exactly_the_fields_of_the_extract() -> None:
    with (Path(starting.__file__).parent / "templates_town/fields.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["field"] for row in rows] == [field.name for field in schema.EXTRACT]
    assert all(all(row.values()) for row in rows)


def test_the_request_names_double_entries_and_movements_where_a_field_serves_them() -> None:
    """A purpose that is not named is none that the office may be asked for."""
    with (Path(starting.__file__).parent / "templates_town/fields.csv").open(encoding="utf-8", newline="") as file:
        need = {row["field"]: (row["need_de"], row["need_en"]) for row in csv.DictReader(file)}
    for field in population._IDENTITY:
        assert "doppelter Einträge" in need[field][0] and "double entries" in need[field][1], field
    for field in ("person_id", *links.MOVES):
        assert "Bewegungen" in need[field][0] and "movements" in need[field][1], field


def test_the_request_names_households_and_country_of_birth_where_a_field_serves_them() -> None:
    with (Path(starting.__file__).parent / "templates_town/fields.csv").open(encoding="utf-8", newline="") as file:
        need = {row["field"]: (row["need_de"], row["need_en"]) for row in csv.DictReader(file)}
    compared = {"family_name", "birth_name", "birth_date", "sex", "marital_status", "nationality_1", "move_in_date"}
    for field in {*compared, *reading.STREET_FIELDS, *reading.HOUSE_FIELDS, "origin_municipality", "spouse_id"}:
        assert "Haushalte" in need[field][0] and "households" in need[field][1], field
    for field in {*kinds.EVIDENCE, "arrival_date", "arrival_from_abroad_date"} - {"german_nationality_kind"}:
        assert "Geburtsland" in need[field][0] and "country of birth" in need[field][1], field
    unread = {field.name for field in schema.EXTRACT} - {*reading.REGISTER, *reading.EVIDENCES, *reading._IN_TURN}
    for field in unread - {"person_id"}:
        assert need[field] == ("nicht nötig: wird nicht gelesen", "not needed: it is not read"), field


@both
def test_the_request_says_which_fields_were_no_part_of_the_census(tmp_path: Path, language: Language) -> None:
    """BMG §34(1) No. 11 lists the option flag; the note how German nationality was acquired stands in no list."""
    init_town(tmp_path, Words(language))
    text = " ".join((tmp_path / "field-request.md").read_text(encoding="utf-8").split())
    for said in {
        "de": (
            "Nicht dabei waren die Art der deutschen Staatsangehörigkeit und die Sperrvermerke",
            "Optionsvermerk (Nr. 11)",
        ),
        "en": ("Not among them were the kind of German nationality and the blocks", "option flag (No. 11)"),
    }[language]:
        assert said in text


def test_the_template_shows_every_setting_of_the_town_file(tmp_path: Path) -> None:
    init_town(tmp_path, Words("de"))
    content = tomllib.loads((tmp_path / "town.toml").read_text(encoding="utf-8"))
    assert set(content["town"]) == {"name", "ags", "licence", "language", "rule_set", "profile", "options"}
    assert set(content["areas"]) == {"crs", "streets", "level"}
    assert set(content["areas"]["level"][-1]) == {"id", "title", "file", "key", "name", "parent"}


@pytest.mark.parametrize("existing", ["town.toml", "profile.toml", "README.md"])
def test_a_folder_with_a_project_is_left_alone(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=existing):
        init_town(tmp_path, Words("de"))
    assert [path.name for path in tmp_path.iterdir()] == [existing]
    assert (tmp_path / existing).read_text(encoding="utf-8") == "mine"


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="not a folder"):
        init_town(tmp_path / "file", Words("de"))
    with pytest.raises(StorageError, match="cannot be written"):
        init_town(tmp_path / "file" / "below", Words("de"))


@pytest.mark.skipif(os.name == "nt", reason="taken apart as a shell of POSIX systems does")
@pytest.mark.parametrize("name", ["-stadt", 'Stadt Köln\'s "Kern"'])
def test_the_next_command_can_be_typed_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    told = vielfalt("init", "--", name).stdout
    command = shlex.split(told.rpartition("then: ")[2])
    assert command[:2] == ["vielfalt", "check"]
    assert "town.name" in vielfalt(*command[1:], expect=11).stderr
