"""Tables and profiles that cannot be used: each a sentence, a place, a next step and its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from imported_town import (
    AREA,
    BASE,
    CATEGORIES,
    FILE,
    LEVELS,
    PROFILE,
    QUARTERS,
    TABLE,
    square,
    usual,
    write_polygons,
    write_profile,
    write_table,
)

from vielfalt.errors import DeliveryError, TownError
from vielfalt.imported.files import read_rows
from vielfalt.imported.numbers import reader
from vielfalt.imported.profile import read_table_profile
from vielfalt.imported.records import FileForm
from vielfalt.imported.table import import_table


def delivery(tmp_path: Path, text: str, encoding: str = "utf-8", **replaced: str) -> DeliveryError:
    """The refusal of a table."""
    profile, path = usual(tmp_path, **replaced), write_table(tmp_path, text, encoding)
    with pytest.raises(DeliveryError) as caught:
        import_table(path, profile)
    assert caught.value.exit_code == 10
    assert caught.value.where == str(path)
    assert caught.value.todo
    return caught.value


def town(tmp_path: Path, *parts: str) -> TownError:
    """The refusal of a profile."""
    with pytest.raises(TownError) as caught:
        write_profile(tmp_path, *parts)
    assert caught.value.exit_code == 11
    assert caught.value.where == str(tmp_path / "profile.toml")
    assert caught.value.todo
    return caught.value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The table is empty."),
        ("  \n\n", "The table is empty."),
        ("area;EU;PL;Andere;Einw\n", "The table is empty."),
        (TABLE.replace("PL", "Polen"), "no column “PL”. It has: area, EU, Polen, Andere, Einw."),
        (TABLE.replace(";", ","), "no column “area”"),
        (TABLE.replace("40;0", "viele;0"), "Line 3, column “EU”: “viele” is no whole number of persons."),
        (TABLE.replace("40;0", "40,5;0"), "“40,5” is no whole number"),
        (TABLE.replace("40;0", "-40;0"), "“-40” is no whole number"),
        (TABLE.replace("1.200", "12.00"), "“12.00” is no whole number"),
        (TABLE + "11;1;1;1;1\n", "Line 6 repeats the area “11”."),
        (TABLE + ";1;1;1;1\n", "Line 6 names no area."),
        (TABLE + "Quelle: Stadt;1\n", "Line 6 has 2 columns, the header has 5."),
        (TABLE + "31;1;1;1;1;1\n", "Line 6 has 6 columns, the header has 5."),
        (TABLE.replace("area;EU", "area;EU;EU", 1).replace("11;50", "11;5;50"), "Line 3 has 5 columns"),
        (TABLE + '"31;1;1;1;1\n', "cannot be read as CSV"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in str(delivery(tmp_path, text))


def test_a_table_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="does not exist"):
        import_table(tmp_path / "none.csv", usual(tmp_path))


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    text = "\n".join(line + ";" + line.split(";")[1] for line in TABLE.splitlines())
    assert "these columns twice: EU" in str(delivery(tmp_path, text))


@pytest.mark.parametrize(("encoding", "declared"), [("latin-1", "utf-8"), ("utf-8", "cp1252"), ("utf-8", "latin-1")])
def test_the_wrong_encoding_is_refused_before_it_spoils_names(tmp_path: Path, encoding: str, declared: str) -> None:
    text = TABLE.replace("Andere", "Übrige")
    form = FILE + f'encoding = "{declared}"\n'
    assert f"not written in {declared}" in str(delivery(tmp_path, text, encoding, file=form))


@pytest.mark.parametrize("declared", ["cp1252", "latin-1"])
def test_a_table_of_dos_is_refused(tmp_path: Path, declared: str) -> None:
    text = TABLE.replace("Andere", "Länder")
    assert "encoding of DOS" in str(delivery(tmp_path, text, "cp850", file=f'{FILE}encoding = "{declared}"\n'))


@pytest.mark.parametrize(("encoding", "declared"), [("cp1252", "cp1252"), ("utf-8-sig", "utf-8")])
def test_the_right_encoding_is_read(tmp_path: Path, encoding: str, declared: str) -> None:
    profile = usual(
        tmp_path,
        file=FILE + f'thousands = "."\nencoding = "{declared}"\n',
        categories=CATEGORIES.replace('in_file = "Andere"', 'in_file = "Übrige"'),
    )
    found = import_table(write_table(tmp_path, TABLE.replace("Andere", "Übrige"), encoding), profile)
    assert found.cells["residents"].frame["n"].sum() == 10_900


@pytest.mark.parametrize("line_end", ["\r", "\r\n"])
def test_line_ends_of_any_kind_are_read(tmp_path: Path, line_end: str) -> None:
    found = import_table(write_table(tmp_path, TABLE.replace("\n", line_end)), usual(tmp_path))
    assert found.cells["residents"].frame["n"].sum() == 10_900


def test_json_that_leads_nowhere_says_what_there_is(tmp_path: Path) -> None:
    form = '[file]\nformat = "json"\nrecords = ["data", "2020"]\n'
    assert "finds no “2020”. There is: 2019" in str(delivery(tmp_path, '{"data": {"2019": []}}', file=form))
    assert "leads to no list" in str(delivery(tmp_path, '{"data": {"2020": 5}}', file=form))
    assert "not valid JSON" in str(delivery(tmp_path, "{", file=form))
    assert "The table is empty." in str(delivery(tmp_path, '{"data": {"2020": []}}', file=form))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_table_that_is_no_text_is_told_as_such(tmp_path: Path, encoding: str) -> None:
    """A spreadsheet saves it as “Unicode text”."""
    path = tmp_path / "n.csv"
    path.write_bytes("area;n\n01;5\n".encode(encoding))
    for declared in ("utf-8", "cp1252", "latin-1"):
        with pytest.raises(DeliveryError, match="no text file, or a text file in UTF-16"):
            read_rows(path, FileForm(encoding=declared))


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    assert "cannot be read" in str(delivery(tmp_path, TABLE, file='[file]\nformat = "xlsx"\n'))


def test_a_total_for_an_area_that_the_coarser_level_lacks(tmp_path: Path) -> None:
    assert "coarser levels do not have: 7" in str(delivery(tmp_path, TABLE + "B7;1;1;1;1\n"))


def test_a_base_file_that_does_not_exist(tmp_path: Path) -> None:
    base = BASE + 'path = "none.csv"\n[base.area]\ncolumn = "area"\n'
    with pytest.raises(DeliveryError) as caught:
        import_table(write_table(tmp_path), usual(tmp_path, base=base))
    assert caught.value.where.endswith("none.csv")


def test_polygons_that_do_not_exist(tmp_path: Path) -> None:
    profile = usual(tmp_path)
    (tmp_path / "quarters.geojson").unlink()
    with pytest.raises(DeliveryError, match="file with the areas does not exist"):
        import_table(write_table(tmp_path), profile)


def test_an_excluded_key_that_the_polygons_lack(tmp_path: Path) -> None:
    with pytest.raises(TownError, match="No area of this file has the key XX"):
        import_table(write_table(tmp_path), usual(tmp_path, levels=LEVELS + 'exclude = ["XX"]\n'))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((FILE + "colour = 1\n", AREA, CATEGORIES, LEVELS), "“file.colour” is not known"),
        ((FILE + 'encoding = "ebcdic"\n', AREA, CATEGORIES, LEVELS), "“file.encoding” is “ebcdic”; allowed are utf-8"),
        (('[file]\ndelimiter = ";;"\n', AREA, CATEGORIES, LEVELS), "“file.delimiter” must be a single character"),
        ((FILE + 'thousands = ","\n', AREA, CATEGORIES, LEVELS), "“file.thousands” must differ from the decimal sign"),
        ((FILE + 'missing = ["."]\nzero = ["."]\n', AREA, CATEGORIES, LEVELS), "“file.zero” holds a mark that means"),
        ((FILE + 'zero = [""]\n', AREA, CATEGORIES, LEVELS), "“file.zero” holds a mark that means missing"),
        ((FILE + 'skip_rows = "2"\n', AREA, CATEGORIES, LEVELS), "“file.skip_rows” must be a whole number"),
        ((FILE + "skip_rows = -1\n", AREA, CATEGORIES, LEVELS), "“file.skip_rows” must be a whole number, 0 or more"),
        ((FILE, CATEGORIES, LEVELS), "“area.column” is missing or empty"),
        ((FILE, AREA, LEVELS), "“category” is missing or empty"),
        ((FILE, AREA, CATEGORIES), "“level” is missing or empty"),
        ((AREA, CATEGORIES.replace('"eu"\nl', '"EU"\nl'), LEVELS), "“category.key” is “EU”; allowed are small letters"),
        ((AREA, CATEGORIES.replace('"other"', '"eu"'), LEVELS), "“category.key” names something twice"),
        ((AREA, CATEGORIES.replace('"other"', '"rest"'), LEVELS), "“rest” cannot be the key of a category"),
        ((AREA, CATEGORIES.replace('"other"', '"eu_rest"'), LEVELS), "“eu_rest” cannot be the key of a category"),
        ((AREA, CATEGORIES.replace('of = "eu"', 'of = "asia"'), LEVELS), "names “asia”, which is no category"),
        ((AREA, CATEGORIES + 'part_of = "other"\n', LEVELS), "names “other”, which is no category"),
        ((AREA, CATEGORIES.replace('rest = "Übrige EU"', ""), LEVELS), "“eu” has parts: set either"),
        ((AREA, CATEGORIES, BASE.replace('rest = "Ohne"', ""), LEVELS), "Set either “base.rest” or “complete”"),
        ((AREA, CATEGORIES, BASE + '[base.area]\ncolumn = "x"\n', LEVELS), "“base.path” is missing or empty"),
        ((AREA, CATEGORIES, LEVELS.replace('"quarter"\n', '"borough"\n')), "“level.id” names something twice"),
        ((AREA, CATEGORIES, LEVELS.replace('"quarter"\n', '"town"\n')), "“town” cannot be the id of an area level"),
        ((AREA, CATEGORIES, LEVELS.replace("B([0-9])", "B([0-9]")), "“level.keys” is no regular expression"),
        ((AREA, CATEGORIES, LEVELS.replace("parent_prefix = 1", "")), "“quarter” needs “level.parent_prefix”"),
        ((AREA, CATEGORIES, LEVELS.replace('[level.names]\n1 = "Ost"\n2 = "West"\n', "")), "“borough” needs"),
        (("[colours]\n", AREA, CATEGORIES, LEVELS), "The section [colours] is not known"),
    ],
)
def test_profiles_that_contradict_themselves(tmp_path: Path, parts: tuple[str, ...], sentence: str) -> None:
    assert sentence in str(town(tmp_path, *parts))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"99999999"', '"999"', "“town.ags” must have eight digits"),
        ('id = "origin"', 'id = "nationality"', "“nationality” names one of Vielfalt's own tables"),
        ('dimension = "origin"', 'dimension = "sex"', "“sex” names one of Vielfalt's own dimensions"),
        ("2020-12-31", '"31.12.2020"', "“table.date” is no date"),
        ("2020-12-31", "2999-12-31", "“table.date” lies in the future"),
        ("[table]\n", "[table]\nrounded_to = 0\n", "“table.rounded_to” must be a whole number, 1 or more"),
        ('licence = "dl-de/by-2-0"', "", "“source.licence” is missing or empty"),
        ('licence = "dl-de/by-2-0"', 'licence = "dl-de\\nby"', "“source.licence” must be one line"),
    ],
)
def test_heads_that_contradict_themselves(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(PROFILE.replace(old, new) + AREA + CATEGORIES + LEVELS, encoding="utf-8")
    with pytest.raises(TownError) as caught:
        read_table_profile(path)
    assert sentence in str(caught.value)


def test_a_profile_that_is_absent_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(TownError, match="does not exist"):
        read_table_profile(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("a = ", encoding="utf-8")
    with pytest.raises(TownError, match="not valid TOML"):
        read_table_profile(tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("text", "thousands", "decimal", "count"),
    [
        ("1234", "", ",", 1234),
        ("1.234.567", ".", ",", 1234567),
        ("1.234,00", ".", ",", 1234),
        ("1.234,000", ".", ",", 1234),
        ("1234,000", "", ",", 1234),
        ("5,00", "", ",", 5),
        ("–", "", ",", None),
        ("1 234", "", ",", 1234),
        ("1\u202f234", "", ",", 1234),
        ("1,234", ",", ".", 1234),
        ("1023101.0", "", ".", 1023101),
        ("0", ".", ",", 0),
        ("", ".", ",", None),
        (" . ", ".", ",", None),
    ],
)
def test_counts_as_offices_write_them(text: str, thousands: str, decimal: str, count: int | None) -> None:
    assert reader(FileForm(thousands=thousands, decimal=decimal), Path("n.csv"), "")(text, 2, "n") == count


@pytest.mark.parametrize(("text", "decimal"), [("1,000", ","), ("12,000", ","), ("1.000", "."), ("120.000", ".")])
def test_a_thousand_is_not_taken_for_one(text: str, decimal: str) -> None:
    with pytest.raises(DeliveryError, match="is no whole number of persons"):
        reader(FileForm(decimal=decimal), Path("n.csv"), "")(text, 2, "n")


@pytest.mark.parametrize("text", ["1.5", "1.2345", "12.34", "1,5", "1e3", "²", "١٢", "n/a", "+5", "<3"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(DeliveryError, match="is no whole number of persons"):
        reader(FileForm(thousands=".", decimal=","), Path("n.csv"), "")(text, 2, "n")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("11;50", "01. Feb;50", "into dates or rounded numbers: 01. Feb."),
        ("11;50", "Mrz 12;50", "into dates or rounded numbers: Mrz 12."),
        ("11;50", "2024-02-01 00:00:00;50", "into dates or rounded numbers: 2024-02-01"),
        ("11;50", "1,1E+05;50", "into dates or rounded numbers: 1,1E+05."),
        ("11;50", "Stadt insgesamt;50", "totals by their name, but the profile takes them for areas: Stadt insgesamt."),
        ("11;50", "Totalstraße;50", ""),
        ("11;50", "Maibach 1;50", ""),
    ],
)
def test_what_is_no_key_of_an_area(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    levels = '[[level]]\nid = "quarter"\ntitle = "Stadtteil"\n'
    if sentence:
        assert sentence in str(delivery(tmp_path, TABLE.replace(old, new), levels=levels))
    else:
        assert import_table(write_table(tmp_path, TABLE.replace(old, new)), usual(tmp_path, levels=levels))


def test_keys_without_their_zeros_and_keys_of_something_else(tmp_path: Path) -> None:
    squares = [({"key": f"0{key}", "name": name}, square(int(key[0]), int(key[1]))) for key, name in QUARTERS.items()]
    levels = '[[level]]\nid = "quarter"\ntitle = "Stadtteil"\npath = "zeros.geojson"\n'
    write_polygons(tmp_path / "zeros.geojson", squares)
    assert "lost their leading zeros: 11 (011), 12 (012)" in str(delivery(tmp_path, TABLE, levels=levels))
    other = delivery(tmp_path, TABLE.replace("\n", "\nQ").removesuffix("Q"), levels=levels)
    assert "its areas are Q11, Q12, Q21, Q22, those of the polygons 011, 012" in str(other)
    padded = usual(tmp_path, area=AREA + "width = 3\n", levels=levels)
    assert not import_table(write_table(tmp_path), padded).findings
