"""Profiles of countries and country groups: everything a release publishes of one, and nothing that ranks them."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from vielfalt import codes
from vielfalt.desk import gateway
from vielfalt.desk.atlas import origins
from vielfalt.desk.atlas.figures import Cell, figure
from vielfalt.desk.releases.models import Release, joined, keys_of
from vielfalt.figures.indices.local import location_quotient
from vielfalt.words import Words

WORDS = Words("en")


def keys_in(release: Release, table: str) -> set[str]:
    return {keys_of(one.category)[0] for one in release.tables.get(key=table).series.exclude(category="")}


def address(release: Release, key: str, query: str = "") -> str:
    return reverse("origin", args=[release.town.ags, release.name, key]) + query


def test_a_group_has_everything_the_release_tells(client: Client, release: Release) -> None:
    context = client.get(address(release, "turkey"), headers={"accept-language": "en"}).context
    assert [table.key for _, table, _ in context["series"]] == ["nationality_group", "reference_group"]
    assert [len(points) for _, _, points in context["series"]] == [1, 1]
    assert [mix.title for mix in context["mixes"]] == ["Nationality: country groups by age"]
    rows = context["mixes"][0].rows
    order = [row.key for row in codes.categories("age_class")]
    present = [codes.category("age_class", key).label("en") for key in order if key in keys_in(release, "age_class")]
    assert [label for label, *_ in rows] == [gateway.sentence_case(label) for label in present]
    number = context["series"][0][2][0].cell.value
    for _, cell, _ in rows:
        if cell.value is not None:
            assert cell.percent == WORDS.percent(cell.value / number, 1)
    assert len(context["places"]) == 12
    assert {entry.group for _, _, entry in context["indices"]} <= {"turkey"}


def test_a_country_knows_its_group(client: Client, release: Release) -> None:
    context = client.get(address(release, "163"), headers={"accept-language": "en"}).context
    assert (context["title"], context["group"], context["group_title"]) == (
        "Türkiye (country)",
        "turkey",
        "Türkiye",
    )
    assert client.get(address(release, "163")).content.decode().count(address(release, "turkey")) >= 1


@pytest.mark.parametrize("key", ["germany", "none", "unclear", "000", "999", "nothing", "foreign"])
def test_what_is_no_country_of_origin_has_no_profile(client: Client, release: Release, key: str) -> None:
    assert client.get(address(release, key)).status_code == 404


def test_the_location_quotient_is_that_of_the_indices(release: Release) -> None:
    """Computed from published figures as the release computes it, and only where it would."""
    table = release.tables.get(key="nationality_group")
    shown = figure(table, "turkey", "quarter", WORDS)
    least = table.parameters["min_area_index"]
    seen = 0
    for place in origins.places(shown):
        cell, whole = place.cell, shown.town
        if cell.value is None or cell.base is None or cell.base < least:
            assert place.quotient is None
            continue
        assert whole.value is not None and whole.base is not None
        expected = location_quotient(
            np.array([float(cell.value)]), np.array([float(cell.base)]), whole.value, whole.base
        )[0]
        assert place.quotient == pytest.approx(expected)
        seen += 1
    assert seen


def test_hidden_areas_have_no_quotient(client: Client, release: Release) -> None:
    context = client.get(address(release, "turkey", "?ebene=block")).context
    hidden = [text for cell, _, text in context["places"] if cell.mark == "suppressed"]
    assert hidden
    assert set(hidden) == {"."}
    assert sum(box.areas for box in context["maps"][1][1].legend) == 48


def test_the_map_of_quotients_can_be_saved(client: Client, release: Release) -> None:
    page = client.get(address(release, "turkey", "?ebene=quarter"))
    links = re.findall(r'href="(karte\.[a-z]+\?[^"]*)"', page.content.decode())
    svg, png = (client.get(address(release, "turkey") + link.replace("&amp;", "&")) for link in links)
    text = svg.content.decode()
    assert svg.headers["Content-Type"] == "image/svg+xml" and "attachment" in svg.headers["Content-Disposition"]
    assert png.content.startswith(b"\x89PNG")
    boxes = page.context["maps"][1][1].legend
    assert all(f"{html.escape(box.label, quote=False)} ({box.areas})</text>" in text for box in boxes)
    assert "Standortquotient</text>" in text and "Quelle: " in text and "<a " not in text
    assert client.get(address(release, "turkey") + "karte.gif").status_code == 404


def test_classes_of_the_quotient_are_even_on_both_sides() -> None:
    cell = Cell("", "", 1, "1", 10, 0.1, "10 %", "published", None, {})
    styles = [origins._style(origins.Place(cell, value)) for value in (0.49, 0.5, 0.8, 1.24, 1.25, 1.99, 2.0)]
    assert styles == ["d0", "d1", "d2", "d2", "d3", "d3", "d4"]


def test_lists_stand_in_the_order_of_the_code_list(client: Client, release: Release) -> None:
    groups = origins.listed(release, WORDS)
    keys = [key for key, _, _ in groups]
    assert keys == [row.key for row in codes.categories("nationality_group") if row.key in keys]
    assert len(keys) > 5
    markup = client.get(reverse("origins", args=[release.town.ags, release.name])).content.decode()
    assert all(address(release, key) in markup for key in keys)
    assert not {"germany", "none"} & set(keys)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_country_and_a_group_of_one_name_are_told_apart(release: Release, language: str) -> None:
    """A country that is a group of its own is listed once, by its name; on its pages the kind is told."""
    listed = origins.listed(release, Words("de" if language == "de" else "en"))
    names = [title for _, title, _ in listed] + [name for _, _, countries in listed for _, name in countries]
    assert len(names) == len(set(names))
    if language == "de":
        assert {"Türkei", "Übriges Asien"} <= set(names)
        assert not [name for name in names if name.startswith("Türkei (")]
        assert origins.told_apart("163", "Türkei", Words("de")) == "Türkei (Land)"


def test_tables_and_map_lead_to_the_profile(client: Client, release: Release) -> None:
    area = client.get(reverse("area", args=[release.town.ags, release.name, "quarter", "01"])).content.decode()
    assert address(release, "turkey") in area
    query = "?thema=nationality_group&kategorie=turkey&ebene=quarter"
    theme = client.get(reverse("theme", args=[release.town.ags, release.name]) + query).content.decode()
    assert address(release, "turkey") in theme
    assert not re.search(r"herkunft/\w", theme.replace(address(release, "turkey"), ""))
    assert origins.address_of(release.tables.get(key="sex"), joined(("m",))) == ""
