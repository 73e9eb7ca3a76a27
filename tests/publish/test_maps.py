from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import polars as pl
import publish_example as example
import pytest
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from vielfalt.geography import Geography, by_name
from vielfalt.publish import lookup, palettes, svg
from vielfalt.publish.maps import Atlas, draw_map, draw_maps
from vielfalt.publish.naming import Naming, key_rows, naming
from vielfalt.publish.picture import contrast, ink_on
from vielfalt.publish.report.areas import maps
from vielfalt.publish.report.model import Bullets, Note
from vielfalt.publish.results import Results
from vielfalt.publish.shapes import fit, hatch, spot
from vielfalt.publish.themes import Theme, themes
from vielfalt.words import Language, Words


def test_the_standing_themes_are_drawn_on_every_level_and_four_groups_besides(atlas: Atlas) -> None:
    drawn = {(one.table, one.category, one.level) for one in atlas.maps}
    standing = {("foreigner", ("foreign",)), ("mh_register", ("with",)), ("age_class", ("65+",))}
    wanted = {(*theme, level) for theme in standing for level in ("district", "quarter", "block")}
    assert wanted - drawn == {("age_class", ("65+",), "district")} and len(atlas.alike) == 2, "of one colour"
    assert len({category for table, category, _ in drawn if table == "reference_group"}) == 4
    assert len(drawn) == len(atlas.maps) <= 20
    assert len({one.name for one in atlas.maps}) == len(atlas.maps)
    assert all(re.fullmatch(r"[a-z0-9-]+", one.name) for one in atlas.maps)


def test_every_map_is_a_picture_with_a_text_alternative_and_selectable_words(atlas: Atlas) -> None:
    for drawn in atlas.maps:
        root = ET.fromstring(drawn.svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == drawn.alt
        assert drawn.title in "".join(root.itertext()) and "reference date" in "".join(root.itertext())
        plain = "".join(text for text in ET.fromstring(drawn.plain).itertext() if text != drawn.alt)
        assert drawn.title not in plain, "on a page its caption says it"
        assert "Source: Melderegister der Stadt Musterfurt" in root.itertext()
        assert not re.search(r"href|<image|<script|<style", drawn.svg)


def test_suppressed_areas_are_hatched_and_counted(results: Results, atlas: Atlas) -> None:
    drawn = next(one for one in atlas.maps if one.name == "foreigner-foreign-block")
    theme = next(one for one in themes(results)[0] if (one.table.id, one.level) == ("foreigner", "block"))
    hidden = sum(value is None for value in theme.shares.values())
    assert hidden > 3
    assert f"not published (.) ({hidden})" in drawn.svg
    assert f"Areas not published: {hidden}." in drawn.alt
    full = next(one for one in atlas.maps if one.name == "foreigner-foreign-district")
    assert "not published (.)" not in full.svg


@pytest.mark.parametrize("most", [120, 0])
def test_areas_without_residents_are_no_hidden_areas(
    results: Results, words: Words, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Neither where they bear a number, nor where there are too many for numbers."""
    monkeypatch.setattr("vielfalt.publish.naming._MOST", most)
    empty = (pl.col("level") == "block") & (pl.col("area") == "0101")
    tables = {
        id: dataclasses.replace(
            results.tables[id],
            frame=results.tables[id].frame.with_columns(
                pl.when(empty).then(0).otherwise("value").alias("value"),
                pl.when(empty).then(pl.lit("ok")).otherwise("status").alias("status"),
            ),
        )
        for id in ("residents", "foreigner")
    }
    atlas = draw_maps(dataclasses.replace(results, tables=tables), words)
    drawn = next(one for one in atlas.maps if one.level == "block")
    assert "too few residents (–) (1)" in drawn.svg
    assert "Areas with too few residents for a share: 1." in drawn.alt


def test_no_exact_share_and_no_number_of_people_is_written_on_a_map(results: Results, atlas: Atlas) -> None:
    """Only class bounds, numbers of areas, names and dates may appear."""
    found = {_key(theme): theme for theme in themes(results)[0]}
    for drawn in atlas.maps:
        theme = found[drawn.table, drawn.category, drawn.level]
        numbers = set(re.findall(r"\d+\.?\d*(?=%)", drawn.svg + drawn.alt))
        shares = {f"{value * 100:.4f}".rstrip("0").rstrip(".") for value in theme.shares.values() if value}
        assert not numbers & shares


@pytest.mark.parametrize("level", ["quarter", "block"])
def test_every_area_bears_its_name_or_a_number_that_the_map_explains(
    results: Results, atlas: Atlas, level: str
) -> None:
    """Nobody can point at an area on paper. Numbers follow the order of names, the same on all maps of a level."""
    names = results.geography.names(level)
    pictures = [one.svg for one in atlas.maps if one.level == level]
    texts = [re.findall(r"<text[^>]*>([^<]+)</text>", drawn) for drawn in pictures]
    keys = [
        [text for text in each if re.fullmatch(r"\d+ .+", text) and text.split(" ", 1)[1] in names.values()]
        for each in texts
    ]
    assert len(pictures) > 2 and all(key == keys[0] for key in keys)
    numbered = dict(reversed(entry.split(" ", 1)) for entry in keys[0])
    assert [int(number) for number in numbered.values()] == list(range(1, len(numbered) + 1))
    assert list(numbered) == sorted(numbered, key=by_name)
    for each in texts:
        alone = {text.removesuffix(" –") for text in each}
        for name in names.values():
            if name in numbered:
                assert numbered[name] in alone
            else:
                lines = ({name[:place].strip(), name[place:].strip()} for place in range(1, len(name)))
                assert name in alone or any(pair <= alone for pair in lines)
    assert len(numbered) == (len(names) if level == "block" else 0)


def test_where_hardly_a_name_fits_all_areas_get_numbers_and_hundreds_none() -> None:
    def squares(many: int, side: float) -> dict[str, BaseGeometry]:
        return {f"{place:03}": shapely.box(side * place, 0, side * place + side, side) for place in range(many)}

    names = {f"{place:03}": f"Siedlung {200 - place}" for place in range(200)}
    few = naming(squares(30, 20), names)
    assert few.key[:2] == ("1 Siedlung 171", "2 Siedlung 172") and len(few.key) == 30
    assert few.spots["029"][0].lines == ("1",)
    tiny = naming(squares(30, 2), names)
    assert len(tiny.spots) == 30, "a number stands also where it does not fit"
    assert naming(squares(121, 2), names) == Naming({}, {}, ())
    assert naming(squares(3, 120), names).key == ()
    rows, height = key_rows(few.key, 10, 100, 300)
    assert [row["x"] for row in rows] == pytest.approx([10] * 10 + [104] * 10 + [198] * 10)
    assert height == 130


def test_a_map_that_would_be_hatched_nearly_everywhere_is_left_out_and_named(results: Results, words: Words) -> None:
    cells = results.tables["foreigner"]
    hidden = pl.col("level") == "block"
    frame = cells.frame.with_columns(
        pl.when(~hidden).then("value").alias("value"),
        pl.when(hidden).then(pl.lit("suppressed")).otherwise("status").alias("status"),
    )
    tables = {"residents": results.tables["residents"], "foreigner": dataclasses.replace(cells, frame=frame)}
    atlas = draw_maps(dataclasses.replace(results, tables=tables), words)
    assert {one.level for one in atlas.maps} == {"district", "quarter"}
    assert atlas.left_out == ("Foreigners: share of residents, by area (Blöcke)",)


def test_a_map_of_one_colour_is_left_out_and_named(results: Results, words: Words) -> None:
    """All areas of the level have the same share: a sentence says so, and no picture tells less with more room."""
    tables = {id: results.tables[id] for id in ("residents", "foreigner")}
    for id, value in (("residents", 400), ("foreigner", 100)):
        same = pl.when(pl.col("level") == "quarter", pl.col("status") == "ok").then(value).otherwise("value")
        tables[id] = dataclasses.replace(tables[id], frame=tables[id].frame.with_columns(same.alias("value")))
    alike = dataclasses.replace(results, tables=tables)
    atlas = draw_maps(alike, words)
    assert {one.level for one in atlas.maps} == {"district", "block"}
    assert atlas.alike == ("Foreigners: share of residents, by area (Stadtteile)",)
    said = [block for block in maps(atlas, words) if block.kind in ("note", "bullets")]
    assert isinstance(said[0], Note) and "the same colour" in said[0].text
    assert said[1] == Bullets(atlas.alike)


def test_imported_categories_are_mapped_under_their_own_names(imported: Results, words: Words) -> None:
    atlas = draw_maps(imported, words)
    assert {one.category for one in atlas.maps} == {
        ("EU 27",),
        ("Übriges Europa & Türkei",),
        ("<Asien>",),
        ("Deutschland",),
    }
    assert any("Übriges Europa &amp; Türkei" in one.svg for one in atlas.maps)
    assert all(ET.fromstring(one.svg) is not None for one in atlas.maps)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Share of all counted", "share of all counted")), ("de", ("Anteil an allen Gezählten",) * 2)],
)
def test_shares_of_a_table_that_stands_alone_are_called_shares_of_all_counted(
    imported: Results, language: Language, said: tuple[str, str]
) -> None:
    atlas = draw_maps(imported, Words(language))
    assert all(said[0] in one.svg and said[1] in one.title for one in atlas.maps)
    assert not any("residents" in one.svg or "Bevölkerung" in one.svg for one in atlas.maps)


@pytest.mark.parametrize("language", ["en", "de"])
def test_title_and_legend_of_a_map_say_alike_what_its_shares_are_of(results: Results, language: Language) -> None:
    words = Words(language)
    drawn = draw_map(results, themes(results)[0][0], words)
    assert words("Share of residents").lower() in drawn.title.lower()


def test_two_maps_fill_a_page(atlas: Atlas) -> None:
    """A page of the report is 16.6 cm wide and 25 cm high; captions and distances of two pictures take 2 to 3 cm."""
    sizes = [re.search(r'width="([\d.]+)" height="([\d.]+)"', one.plain) for one in atlas.maps]
    heights = [float(found[2]) / float(found[1]) * 16.6 for found in sizes if found]
    assert len(heights) == len(atlas.maps) and all(height <= 11.1 for height in heights)
    assert max(heights) > 9


def test_an_area_has_the_same_number_whatever_else_a_map_shows() -> None:
    """Of maps with many classes or a long remark the areas are smaller, so that fewer names fit."""

    def squares(side: float) -> dict[str, BaseGeometry]:
        wide = {"a": 60, "b": 8, "c": 26, "d": 60, "e": 8, "f": 60}
        return {
            key: shapely.box(100 * x, 0, 100 * x + side * size, side * 30) for x, (key, size) in enumerate(wide.items())
        }

    names = {"a": "Altenau", "b": "Bergdorf", "c": "Celle", "d": "Dornbusch", "e": "Eichen", "f": "Feldheim"}
    large, small = naming(squares(1.5), names), naming(squares(1), names)
    assert large.numbers == {"b": "2", "e": "5"}
    assert small.numbers == {"b": "2", "c": "3", "e": "5"}
    assert small.key == ("2 Bergdorf", "3 Celle", "5 Eichen")


def test_no_shapes_no_maps(results: Results, words: Words) -> None:
    bare = Geography(results.geography.town, results.geography.levels)
    assert draw_maps(dataclasses.replace(results, geography=bare), words) == Atlas((), ())


@pytest.mark.parametrize("palette", palettes.SEQUENTIAL.values())
def test_colours_carry_text_and_differ_in_lightness(palette: tuple[str, ...]) -> None:
    for fill in palette:
        assert contrast(ink_on(fill), fill) >= 4.5
    for one, other in combinations(palette, 2):
        assert contrast(one, other) >= 1.2


def test_text_colours_reach_the_contrast_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert min(contrast(ink, palettes.PAPER) for ink in (palettes.INK, palettes.SOFT_INK, palettes.LINE)) >= 4.5


def test_hatching_stays_inside_its_area_and_clear_of_the_name() -> None:
    shape = Polygon([(0, 0), (120, 10), (100, 90), (20, 70)])
    where = spot(shape, "Hafen", 12)
    assert where is not None
    lines = hatch(shape, where.area, 6)
    assert lines.length > 300
    assert shape.buffer(0.2).contains(lines)
    assert lines.intersection(where.area.buffer(-0.2)).is_empty


def test_a_name_is_broken_or_left_out_where_it_does_not_fit() -> None:
    assert spot(Polygon([(0, 0), (30, 0), (30, 30), (0, 30)]), "Bahnhofsvorstadt", 12) is None
    narrow = spot(Polygon([(0, 0), (90, 0), (90, 60), (0, 60)]), "Hochschulviertel Süd", 8)
    assert narrow is not None
    assert narrow.lines == ("Hochschulviertel", "Süd")


def test_shapes_in_degrees_are_drawn_in_metres() -> None:
    """At 52 degrees north one degree of longitude is 0.62 of one of latitude; a square must look like one."""
    side = 0.01
    square = shapely.box(13.0, 52.0, 13.0 + side / 0.6157, 52.0 + side)
    drawn, height = fit({"a": square}, "EPSG:4326", 400, 1000)
    left, top, right, bottom = drawn["a"].bounds
    assert right - left == pytest.approx(400, abs=0.2)
    assert bottom - top == pytest.approx(height, abs=0.2)
    assert height == pytest.approx(400, rel=0.06)


def test_neighbours_still_touch_after_simplification() -> None:
    shapes = example.geography(4).shapes["block"]
    drawn, _ = fit(shapes, "EPSG:25832", 440, 430)
    whole = shapely.union_all(list(drawn.values()))
    assert whole.area == pytest.approx(sum(shape.area for shape in drawn.values()), rel=0.002)


def test_ids_of_several_pictures_do_not_meet() -> None:
    drawn = '<svg><clipPath id="clip1"/><g clip-path="url(#clip1)"/></svg>'
    assert svg.with_own_ids(drawn, "a-") == '<svg><clipPath id="a-clip1"/><g clip-path="url(#a-clip1)"/></svg>'


def _key(theme: Theme) -> tuple[str, tuple[str, ...], str]:
    return theme.table.id, theme.category, theme.level


def test_the_legend_says_for_how_many_the_answer_is_not_determinable(
    results: Results, atlas: Atlas, words: Words
) -> None:
    tables = {id: results.tables[id] for id in ("residents", "foreigner", "mh_register")}
    few = dataclasses.replace(results, tables=tables)
    drawn = {one.name: one for one in draw_maps(example.with_undeterminable(few, 40), words).maps}
    residents = lookup.in_town(results, "residents")[()]
    assert residents is not None
    told = f"not determinable in town: {words.percent(40 / residents)}"
    assert told in drawn["mh-register-with-district"].svg
    assert f"N{told[1:]}." in drawn["mh-register-with-district"].alt
    assert "not determinable" not in drawn["foreigner-foreign-district"].svg
    hidden = draw_maps(example.with_undeterminable(few, None), words)
    assert "not determinable in town: ." in next(one for one in hidden.maps if one.table == "mh_register").svg
    assert all("not determinable" not in one.svg for one in atlas.maps)
