"""What an import makes of a delivered table: disjoint categories, unknown cells, areas, totals as a check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from imported_town import AREA, BASE, CATEGORIES, FILE, LEVELS, TABLE, quarters, usual, write_profile, write_table

from vielfalt.errors import BusyError, DeliveryError, TownError
from vielfalt.imported.profile import read_table_profile
from vielfalt.imported.records import Imported
from vielfalt.imported.table import import_table
from vielfalt.tools import importing
from vielfalt.vault.locking import alone_in
from vielfalt.words import Words


def counts(found: Imported, table: str = "origin") -> dict[tuple[str, ...], int]:
    """The cells of a table as area, category: count."""
    frame = found.cells[table].frame
    return {tuple(row[:-4]): row[-4] for row in frame.iter_rows()}


def unknown(found: Imported, table: str = "origin") -> set[tuple[str, ...]]:
    return set(found.unknown[table].iter_rows())


def finding(found: Imported, id: str) -> str:
    """The sentence of a finding with its values; fails when there is none or more than one."""
    (only,) = [entry for entry in found.findings if entry.id == id]
    return only.message.format_map(only.values) + " " + only.consequence


def run(folder: Path, text: str = TABLE, **replaced: str) -> Imported:
    return import_table(write_table(folder, text), usual(folder, **replaced))


def test_nested_categories_become_a_partition_of_the_residents(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert counts(found) == {
        ("11", "poland"): 20,
        ("11", "eu_rest"): 30,
        ("11", "other"): 30,
        ("11", "rest"): 920,
        ("12", "eu_rest"): 40,
        ("12", "other"): 10,
        ("12", "rest"): 450,
        ("21", "poland"): 5,
        ("21", "rest"): 395,
        ("22", "poland"): 200,
        ("22", "eu_rest"): 1000,
        ("22", "other"): 300,
        ("22", "rest"): 7500,
    }
    assert counts(found, "residents") == {("11",): 1000, ("12",): 500, ("21",): 400, ("22",): 9000}
    assert found.cells["origin"].table.parent == "residents"
    assert found.cells["origin"].frame.select("key_sum", "top", "second").sum().row(0) == (0, 0, 0)
    assert found.findings == ()
    assert unknown(found) == set()


def test_labels_definitions_and_source_come_from_the_profile(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert list(found.labels.items()) == [
        (("origin", "poland"), "Polen"),
        (("origin", "eu_rest"), "Übrige EU"),
        (("origin", "other"), "Andere"),
        (("origin", "rest"), "Ohne"),
    ]
    named = {id for cells in found.cells.values() for id in cells.table.definitions}
    assert {entry.id: entry.text for entry in found.definitions} == {
        "imported": "Nach dem Melderegister.",
        "imported_base": "Alle.",
    }
    assert named == {entry.id for entry in found.definitions}
    assert (found.source.ags, found.source.date, found.source.licence) == ("99999999", 20201231, "dl-de/by-2-0")
    assert found.dimensions == {"origin": "Herkunftsgebiet"}


def test_boroughs_known_by_name_take_the_joined_polygons_of_their_quarters(tmp_path: Path) -> None:
    geography = run(tmp_path).geography
    assert [(area.key, area.name, area.parent) for area in geography.level("borough").areas] == [
        ("1", "Ost", "99999999"),
        ("2", "West", "99999999"),
    ]
    assert geography.ancestors("borough") == {"11": "1", "12": "1", "21": "2", "22": "2"}
    assert geography.shapes["borough"]["1"].area == pytest.approx(2e6)


@pytest.mark.parametrize("mark", ["", "-", ".", "x"])
def test_a_mark_for_missing_is_unknown_and_so_is_what_would_give_it_away(tmp_path: Path, mark: str) -> None:
    found = run(tmp_path, TABLE.replace("11;50;20;", f"11;50;{mark};"))
    assert unknown(found) == {("11", "poland"), ("11", "eu_rest")}
    assert counts(found)["11", "rest"] == 920  # EU as a whole is known, so the others are
    assert finding(found, "counts_unknown").startswith("2 counts are unknown")


def test_an_unknown_whole_hides_the_rest_of_the_residents_too(tmp_path: Path) -> None:
    found = run(tmp_path, TABLE.replace("11;50;20;", "11;.;20;"))
    assert unknown(found) == {("11", "eu_rest"), ("11", "rest")}


def test_a_mark_for_zero_is_zero_where_the_profile_says_so(tmp_path: Path) -> None:
    found = run(tmp_path, TABLE.replace("12;40;0;", "12;40;-;"), file=FILE + 'thousands = "."\nzero = ["-"]\n')
    assert unknown(found) == set()
    assert ("12", "poland") not in counts(found)
    assert counts(found)["12", "eu_rest"] == 40


def test_categories_that_overlap_are_refused_with_their_names(tmp_path: Path) -> None:
    flat = CATEGORIES.replace('rest = "Übrige EU"', "").replace('part_of = "eu"', "")
    text = "area;EU;PL;Andere;Einw\n11;50;20;30;90\n12;40;10;10;50\n21;5;5;0;9\n22;1200;200;300;1500\n"
    with pytest.raises(DeliveryError) as caught:
        run(tmp_path, text, categories=flat)
    assert caught.value.exit_code == 10
    assert "“EU”, “Polen”, “Andere” overlap" in str(caught.value)
    assert "exceed “Einwohner” in 4 of 4 areas" in str(caught.value)
    assert "“EU”, “Polen”." in str(caught.value)
    assert "part_of" in caught.value.todo


def test_parts_larger_than_their_container_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="exceed “EU” in 3 of 4 areas"):
        run(tmp_path, TABLE.replace("area;EU;PL", "area;PL;EU"))


def test_a_single_contradiction_among_many_areas_is_a_finding_and_leaves_the_rest_unknown(tmp_path: Path) -> None:
    lines = [f"{area};10;4;5;100" for area in range(100, 140)]
    found = run(
        tmp_path,
        "\n".join(["area;EU;PL;Andere;Einw", *lines, "140;10;12;5;100"]),
        levels='[[level]]\nid = "quarter"\ntitle = "Stadtteil"\n',
    )
    assert "“EU” exceed the whole in 1 of 41 areas, by up to 2: 140." in finding(found, "parts_exceed")
    assert unknown(found) == {("140", "eu_rest")}
    assert counts(found)["140", "poland"] == 12


def test_a_container_declared_complete_is_checked_against_its_parts(tmp_path: Path) -> None:
    complete = CATEGORIES.replace('rest = "Übrige EU"', "complete = true")
    found = run(tmp_path, categories=complete)
    assert "“EU” fall short of it in 3 of 4 areas, by up to 1000: 11, 12, 22." in finding(found, "parts_fall_short")
    assert ("11", "eu_rest") not in counts(found)


def test_rounded_counts_may_miss_their_total_by_what_rounding_explains(tmp_path: Path) -> None:
    complete = BASE.replace('rest = "Ohne"', "complete = true")
    text = "area;EU;PL;Andere;Einw\n11;55;50;30;90\n12;40;40;10;50\n21;5;5;0;5\n22;1200;1195;300;1500\n"
    assert "of it in 1 of 4 areas, by up to 5: 11." in finding(run(tmp_path, text, base=complete), "parts_fall_short")
    path = usual(tmp_path, base=complete).path
    path.write_text(path.read_text(encoding="utf-8").replace("[table]", "[table]\nrounded_to = 5"), encoding="utf-8")
    assert import_table(write_table(tmp_path, text), read_table_profile(path)).findings == ()


def test_without_base_there_are_no_residents_and_no_rest_and_the_missing_check_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, base="")
    assert set(found.cells) == {"origin"}
    assert found.cells["origin"].table.parent == ""
    assert ("11", "rest") not in counts(found)
    assert "“EU”, “Andere”" in finding(found, "overlap_unchecked")


def test_total_rows_are_a_check_never_a_figure(tmp_path: Path) -> None:
    totals = "B1;90;20;40;1.500\nB2;1.205;205;301;9.400\nalle;1.295;225;340;10.900\n"
    found = run(tmp_path, TABLE + totals, area=AREA + 'total = "alle"\n')
    sentence = finding(found, "totals_differ")
    assert sentence.startswith("1 of 9 totals in the table differ")
    assert "2/other (-1)" in sentence
    assert sum(counts(found, "residents").values()) == 10_900


def test_totals_over_unknown_counts_are_not_compared(tmp_path: Path) -> None:
    text = TABLE.replace("11;50;20;", "11;50;.;") + "alle;1.295;225;340;10.900\n"
    found = run(tmp_path, text, area=AREA + 'total = "alle"\n')
    assert finding(found, "totals_not_compared").startswith("1 totals")
    assert "totals_differ" not in {entry.id for entry in found.findings}


def test_a_total_row_that_nobody_declared_is_refused(tmp_path: Path) -> None:
    levels = '[[level]]\nid = "quarter"\ntitle = "Stadtteil"\n'
    with pytest.raises(DeliveryError, match="“Summe” is the sum of all other rows"):
        run(tmp_path, TABLE + "Summe;1.295;225;340;10.900\n", levels=levels)


def in_per_cent(areas: int, of_others: int = 0) -> str:
    """A table of categories that make up the whole, of some areas as numbers of people."""
    rows = [f"{10 + row};{20 + row};{5 + row};{80 - row - row % 2}\n" for row in range(areas)]
    others = [f"{50 + row};700;50;900\n" for row in range(of_others)]
    return "".join(["area;EU;PL;Andere\n", *rows, *others])


ONE_LEVEL = '[[level]]\nid = "quarter"\ntitle = "Stadtteil"\n'


def test_per_cent_are_no_numbers_of_people(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="In 18 of 20 areas the figures add up to 100"):
        run(tmp_path, in_per_cent(18, 2), base="", levels=ONE_LEVEL)


@pytest.mark.parametrize(("areas", "others"), [(9, 0), (17, 3)])
def test_some_areas_of_a_hundred_people_are_no_per_cent(tmp_path: Path, areas: int, others: int) -> None:
    assert run(tmp_path, in_per_cent(areas, others), base="", levels=ONE_LEVEL).geography.finest.areas


def test_people_in_no_area_count_for_the_town_alone(tmp_path: Path) -> None:
    found = run(tmp_path, TABLE + "99;1;1;2;10\n", area=AREA + 'unresolved = ["99"]\n')
    assert counts(found)["", "rest"] == 7
    assert "" not in {area.key for area in found.geography.finest.areas}
    assert finding(found, "people_in_no_area").startswith("The table counts 10 people in no area.")


def test_rows_of_no_level_are_named(tmp_path: Path) -> None:
    levels = LEVELS.replace('title = "Stadtteil"', 'title = "Stadtteil"\nkeys = "[0-9]{2}"')
    with pytest.raises(DeliveryError, match="no area level of the profile: Quelle: Stadt"):
        run(tmp_path, TABLE + "Quelle: Stadt;;;;\n", levels=levels)
    found = run(tmp_path, TABLE + "Quelle: Stadt;;;;\n", levels=levels, area=AREA + 'ignore = ["Quelle: Stadt"]\n')
    assert len(found.geography.finest.areas) == 4


@pytest.mark.parametrize("line", ["1) ohne Wohnsitzlose", "1) ohne Wohnsitzlose;;;;", "Quelle: Stadt;.;.;.;."])
def test_a_row_without_figures_and_polygon_is_a_footnote(tmp_path: Path, line: str) -> None:
    with pytest.raises(DeliveryError, match="hold no figures, and no polygon"):
        run(tmp_path, f"{TABLE}{line}\n")
    area = f'{AREA}ignore = ["{line.partition(";")[0]}"]\n'
    assert len(run(tmp_path, f"{TABLE}{line}\n", area=area).geography.finest.areas) == 4
    assert len(run(tmp_path, TABLE.replace("11;50;20;30;1000", "11;;;;")).geography.finest.areas) == 4


def test_an_area_without_polygon_stays_and_a_polygon_without_row_goes_both_named(tmp_path: Path) -> None:
    found = run(tmp_path, TABLE.replace("\n21;", "\n23;"))
    assert finding(found, "areas_without_polygon").startswith("1 areas of the table have no polygon: 23.")
    assert finding(found, "polygons_without_row").startswith("1 areas have a polygon and no figures: 21 (Weststadt).")
    assert [area.key for area in found.geography.finest.areas] == ["11", "12", "22", "23"]
    assert found.geography.ancestors("borough")["23"] == "2"
    assert "21" not in found.geography.shapes["quarter"]


def test_keys_that_lost_their_zeros_are_padded(tmp_path: Path) -> None:
    path = quarters(tmp_path)
    profile = usual(tmp_path, area=AREA + "width = 3\n")
    path.write_text(path.read_text(encoding="utf-8").replace('"key": "', '"key": "0'), encoding="utf-8")
    zero = (
        LEVELS.replace('1 = "Ost"', '01 = "Ost"')
        .replace('2 = "West"', '02 = "West"')
        .replace("prefix = 1", "prefix = 2")
    )
    profile = write_profile(tmp_path, FILE, 'thousands = "."\n', AREA, "width = 3\n", CATEGORIES, BASE, zero)
    found = import_table(write_table(tmp_path), profile)
    assert ("011", "poland") in counts(found)
    assert found.findings == ()


def test_areas_may_be_joined_by_name(tmp_path: Path) -> None:
    text = TABLE.replace("11;50", "altstadt;50").replace("12;40", " Hafen;40").replace("21;5", "Weststadt;5")
    found = run(tmp_path, text.replace("22;1.200", "Mu\u0308hlenberg;1.200"), area=AREA + 'by = "name"\n')
    assert {area.key for area in found.geography.finest.areas} == {"11", "12", "21", "22"}
    assert found.findings == ()


def test_a_name_that_two_areas_share_forbids_the_join_by_name(tmp_path: Path) -> None:
    profile = usual(tmp_path, area=AREA + 'by = "name"\n')
    path = quarters(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("Hafen", "Altstadt"), encoding="utf-8")
    with pytest.raises(TownError, match="same name"):
        import_table(write_table(tmp_path), profile)


def test_a_correction_of_polygon_keys_fits_one_row_or_is_refused(tmp_path: Path) -> None:
    profile = usual(
        tmp_path,
        levels=LEVELS + '[[level.correction]]\nwhere = { name = "Hafen" }\nkey = "12"\nbecause = "im Plan so"\n',
    )
    path = quarters(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('"key": "12"', '"key": "11"'), encoding="utf-8")
    found = import_table(write_table(tmp_path), profile)
    assert found.geography.shapes["quarter"]["12"].bounds[1] == 5_702_000
    assert "12 (im Plan so)" in finding(found, "keys_corrected")
    path.write_text(path.read_text(encoding="utf-8").replace("Hafen", "Ufer"), encoding="utf-8")
    with pytest.raises(TownError, match="The correction to 12 does not fit exactly one area"):
        import_table(write_table(tmp_path), profile)


def test_rows_under_a_wrong_key_move_where_the_profile_says_so(tmp_path: Path) -> None:
    keys = '[area.correction]\nbecause = "vertauscht"\n[area.correction.keys]\n11 = "12"\n12 = "11"\n'
    found = run(tmp_path, area=AREA + keys)
    assert counts(found)["12", "poland"] == 20
    assert "2 rows of the table to another area: vertauscht" in finding(found, "rows_corrected")
    with pytest.raises(DeliveryError, match="Two rows of the table stand for the area “12”"):
        run(tmp_path, area=AREA + keys.replace('12 = "11"', ""))


def test_a_comparison_with_another_date_names_rows_that_do_not_fit(tmp_path: Path) -> None:
    (tmp_path / "older.csv").write_text("area;eu\n11;60\n12;1300\n21;5\n22;45\n", encoding="utf-8")
    comparison = (
        '[comparison]\npath = "older.csv"\nin_file = "eu"\ncategory = "eu"\ndate = 2019-12-31\n'
        '[comparison.area]\ncolumn = "area"\n'
    )
    found = run(tmp_path, comparison=comparison)
    sentence = finding(found, "unlike_other_date")
    assert sentence.startswith("In 2 areas “EU” is more than twice or less than half of its value on 2019-12-31")
    assert "12 (40 / 1300), 22 (1200 / 45)." in sentence


def test_a_base_from_another_file_and_date(tmp_path: Path) -> None:
    (tmp_path / "base.csv").write_text("nr,people\n11,1000\n12,500\n22,9000\n31,7\n", encoding="utf-8")
    base = BASE.replace('in_file = "Einw"', 'in_file = "people"\npath = "base.csv"\ndate = 2021-06-30') + (
        '[base.file]\ndelimiter = ","\n[base.area]\ncolumn = "nr"\n'
    )
    found = run(tmp_path, base=base, levels='[[level]]\nid = "quarter"\ntitle = "Stadtteil"\n')
    assert "of 2021-06-30, the table of 2020-12-31" in finding(found, "base_of_another_date")
    assert "1 areas have no base population: 21." in finding(found, "areas_without_base")
    assert "no row in the table: 31." in finding(found, "areas_without_row")
    assert unknown(found, "residents") == {("21",)}
    assert unknown(found) == {("21", "rest"), *(("31", key) for key in ("poland", "eu_rest", "other", "rest"))}


def long_table(folder: Path) -> Path:
    lines = ["area,year,what,n"]
    for year in (2019, 2020):
        for area in ("11", "12", "21", "22"):
            for what, n in (("EU", 50), ("PL", 20), ("Andere", 30), ("Anteil", 5), ("Einw", 1000)):
                if (area, what) != ("21", "PL"):
                    lines.append(f"{area},{year},{what},{n + year - 2020}.0")
    path = folder / "long.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


LONG = '[long]\ncategory = "what"\nvalue = "n"\n'
COMMA = '[file]\ndelimiter = ","\ndecimal = "."\n'


def test_a_long_table_is_filtered_and_combinations_without_row_are_unknown(tmp_path: Path) -> None:
    profile = usual(
        tmp_path,
        file=COMMA + '[filter]\nyear = "2020"\n' + LONG,
        base=BASE + '[base.filter]\nyear = "2020"\n',
    )
    found = import_table(long_table(tmp_path), profile)
    assert counts(found)["11", "poland"] == 20
    assert unknown(found) == {("21", "poland"), ("21", "eu_rest")}
    assert finding(found, "rows_absent").startswith("The table has no row for 1 combinations")
    assert "Anteil" in finding(found, "categories_left_out")


def test_a_filter_that_leaves_nothing_says_what_the_column_holds(tmp_path: Path) -> None:
    profile = usual(tmp_path, file=COMMA + '[filter]\nyear = "2021"\n' + LONG)
    with pytest.raises(DeliveryError, match="year = 2019, 2020"):
        import_table(long_table(tmp_path), profile)


def test_a_long_table_without_filter_repeats_its_areas(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="repeats the area “11”") as caught:
        import_table(long_table(tmp_path), usual(tmp_path, file=COMMA + LONG))
    assert "filter" in caught.value.todo


def test_json_records_with_the_keys_on_the_way(tmp_path: Path) -> None:
    measures = {
        what: [{"area": area, "n": n} for area in ("11", "12", "21", "22")]
        for what, n in (("EU", 50), ("PL", None), ("Andere", 30), ("Einw", 1000))
    }
    path = tmp_path / "table.json"
    path.write_text(json.dumps({"data": {"2020": measures, "2019": measures}}), encoding="utf-8")
    form = '[file]\nformat = "json"\nrecords = ["data", "{year}", "{what}"]\n[filter]\nyear = "2020"\n'
    found = import_table(path, usual(tmp_path, file=form + LONG, base=BASE + '[base.filter]\nyear = "2020"\n'))
    assert counts(found)["22", "rest"] == 920
    assert ("22", "poland") in unknown(found)


def test_a_workbook_with_a_title_above_the_header(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Hinweise").write(0, 0, "Lies mich")
        sheet = book.add_worksheet("Daten")
        sheet.write(0, 0, "Herkunft 2020")
        sheet.write_row(2, 0, ["area", "EU", "PL", "Andere", "Einw"])
        for row, values in enumerate([(11, 50, 20, 30, 1000), (12, 40, "-", 10, 500), (21, 5, 5, 0, 400)], 3):
            sheet.write_row(row, 0, values)
        sheet.write_row(6, 0, [22, 1200.0, None, 300, 9000])
    form = '[file]\nformat = "xlsx"\nsheet = "Daten"\nskip_rows = 2\n'
    found = import_table(path, usual(tmp_path, file=form))
    assert counts(found)["22", "rest"] == 7500
    assert counts(found)["11", "poland"] == 20
    assert unknown(found) == {(area, key) for area in ("12", "22") for key in ("poland", "eu_rest")}
    with pytest.raises(DeliveryError, match="has no sheet “Data”"):
        import_table(path, usual(tmp_path, file=form.replace("Daten", "Data")))


@pytest.mark.parametrize("settings", ["town.toml", "county.toml"])
def test_beside_a_run_nothing_of_it_is_cleared_away(tmp_path: Path, settings: str) -> None:
    """What lies there by half is the release that the run of the project is about to make."""
    (tmp_path / settings).touch()
    file, out = write_table(tmp_path), tmp_path / "releases"
    usual(tmp_path)
    partial = out / ".2025-12-31-1.partial"
    partial.mkdir(parents=True)
    given = (file, tmp_path / "profile.toml", out, Words("en"), lambda _: None)
    with alone_in(tmp_path / "vault"), pytest.raises(BusyError):
        importing.run(*given)
    assert partial.is_dir()
    assert importing.run(*given).is_dir() and not partial.exists()
