"""The report of a selection: the figures of the pages, as PDF/UA and workbook, for those who may read them."""

from __future__ import annotations

import html
import io
import re
import zipfile
from urllib.parse import urlencode
from xml.etree import ElementTree

import people
import publish_example
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from conftest import AUDIT
from vielfalt.desk import gateway
from vielfalt.desk.atlas import drawing, excerpt, excerpt_report, figures
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import UsageError
from vielfalt.methods import CELL_KEY
from vielfalt.publish.package import write_release
from vielfalt.words import Language, Words

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
CHOICE = {"gebiet": ["quarter/01", "quarter/07", "district/D1"], "thema": ["foreigner", "nationality_group"]}


def address(release: Release, ending: str, **choice: object) -> str:
    return f"{reverse(f'excerpt_{ending}', args=[release.town.ags, release.name])}?{urlencode(choice, doseq=True)}"


def chosen(release: Release, **choice: object) -> excerpt.Excerpt:
    return excerpt.chosen(release, QueryDict(urlencode(choice, doseq=True)))


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_is_accessible_and_in_the_readers_language(
    client: Client, release: Release, language: Language
) -> None:
    answer = client.get(address(release, "pdf", **CHOICE), headers={"accept-language": language})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"pdfuaid:part>1<" in answer.content
    assert f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li>".encode() in answer.content
    chosen = "district-D1-quarter-01-quarter-07-foreigner-nationality_group"
    assert answer.headers["Content-Disposition"].endswith(f'"05999004-2025-12-31-1-auswahl-{chosen}.pdf"')


def test_the_report_holds_what_the_pages_hold(release: Release) -> None:
    words = Words("de")
    found = chosen(release, **CHOICE)
    made = excerpt_report.report(found, excerpt.sections(found, words), words)
    tables = [block for block in made.blocks if isinstance(block, gateway.DataTable)]
    assert [table.caption.partition(":")[0] for table in tables] == ["Tabelle 1", "Tabelle 2"]
    assert [column.title for column in tables[0].columns[1:3]] == ["Nord: Anzahl", "Nord: Anteil"]
    assert tables[0].columns[-1].title == "Stadt insgesamt: Anteil"
    table = release.tables.get(key="foreigner")
    shown = figures.figure(table, "foreign", "quarter", words)
    cells = {cell.key: cell for cell in shown.cells}
    row = next(row for row in tables[0].rows if row[0] == figures.category_title(table, "foreign", words))
    wanted = [cells["01"], cells["07"], shown.town]
    assert row[3:] == tuple(text for cell in wanted for text in (cell.number, cell.percent))
    assert any(cell == gateway.SUPPRESSED for row in tables[1].rows for cell in row)


def test_settings_are_told_as_in_the_towns_own_report(release: Release) -> None:
    """Parts in per cent, and no rule that is off."""
    words = Words("en")
    found = chosen(release, **CHOICE)
    made = excerpt_report.report(found, excerpt.sections(found, words), words)
    told = {title: text for block in made.blocks if isinstance(block, gateway.Terms) for title, text in block.entries}
    assert next(text for title, text in told.items() if title.startswith("Largest part of a number")) == ("75%",)
    assert not [title for title in told if title.startswith("Closest that the second")]


def test_each_table_is_told_with_its_own_method(release: Release) -> None:
    """Where themes are protected otherwise than each other, each method stands with its themes, each rule once."""
    words = Words("en")
    one = chosen(release, **CHOICE)
    release.tables.filter(key="nationality_group").update(method=CELL_KEY)
    two = chosen(release, **CHOICE)
    told = [
        [title for block in made.blocks if isinstance(block, gateway.Terms) for title, _ in block.entries]
        for made in (excerpt_report.report(found, excerpt.sections(found, words), words) for found in (one, two))
    ]
    assert [title for title in told[0] if title.startswith("Method")] == ["Method"]
    titles = [figures.table_title(table, words) for table in two.tables]
    assert [title for title in told[1] if title.startswith("Method")] == [f"Method ({title})" for title in titles]
    rules = gateway.protection_rules(words, CELL_KEY)
    assert rules
    sheet = dict(excerpt_report.sheets(two, [], words))["Selection"]
    assert [row[1] for row in sheet if not row[0]] == rules


def test_the_locator_names_the_areas_and_darkens_the_chosen(release: Release) -> None:
    areas = release.area_sets[1]
    root = ElementTree.fromstring(drawing.locator(areas, {"07"}))
    dark = [one for one in root.iter(f"{SVG}g") if "on-dark" in one.attrib["class"]]
    assert len(list(root.iter(f"{SVG}path"))) == len(areas.areas)
    assert [one.findtext(f"{SVG}path/{SVG}title") for one in dark] == ["Oststadt"]


def test_the_workbook_holds_the_same(client: Client, release: Release) -> None:
    answer = client.get(address(release, "xlsx", **CHOICE), headers={"accept-language": "en"})
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names[0] == "Selection"
    assert len(book.sheet_names) == 3
    facts = {str(row[0]): row[1] for row in book.get_sheet_by_index(0).to_python()}
    assert facts["Town"] == "Musterfurt"
    rows = book.get_sheet_by_index(1).to_python()
    assert rows[0] == ["Area level", "Key", "Area", "Category", "Number", "Share of residents", "Quality"]
    assert {row[1] for row in rows[1:]} == {"01", "07", "D1", "05999004"}
    rows = book.get_sheet_by_index(2).to_python()
    assert "." in {row[4] for row in rows}
    file = reverse("theme_xlsx", args=["05999004", release.name]) + "?thema=nationality_group&ebene=quarter&kategorie="
    for key in ("turkey", "ukraine"):
        answer = client.get(file + key, headers={"accept-language": "en"})
        found = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        title = found[0][1]
        beside = {row[1]: row[3:6] for row in found[1:]}
        held = {row[1]: row[4:7] for row in rows if row[3] == title and row[1] != "D1"}
        assert len(held) == 3 and held == {area: beside[area] for area in held}, "one sign for what is hidden"


def test_no_text_becomes_a_formula(client: Client, tmp_path_factory: pytest.TempPathFactory) -> None:
    results = publish_example.imported()
    written = write_release(results, tmp_path_factory.mktemp("evil"), Words("de"), AUDIT)
    release = import_release(written.with_suffix(".zip"))
    release.town.name = '=HYPERLINK("http://example.org")'
    release.town.save()
    choice = {"gebiet": "quarter/01", "thema": "herkunft_2024"}
    answer = client.get(address(release, "xlsx", **choice))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert "=HYPERLINK" in archive.read("xl/sharedStrings.xml").decode()
    assert not any("<f>" in sheet for sheet in sheets)


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({}, "Nothing has been chosen"),
        ({"gebiet": "quarter/01"}, "Nothing has been chosen"),
        ({"thema": "foreigner"}, "Nothing has been chosen"),
        ({"gebiet": ["quarter/01", "quarter/nowhere"], "thema": "foreigner"}, "does not have one of the areas"),
        ({"gebiet": "quarter/01", "thema": ["foreigner", "../x"]}, "does not have one of the areas"),
        ({"gebiet": "%zz", "thema": "<script>"}, "Nothing has been chosen"),
    ],
)
@pytest.mark.parametrize("ending", ["pdf", "xlsx"])
def test_what_cannot_be_reported_is_said_on_the_form(
    client: Client, release: Release, choice: dict[str, object], says: str, ending: str
) -> None:
    answer = client.get(address(release, ending, **choice), headers={"accept-language": "en"})
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert says in page
    assert "<script>" not in answer.content.decode()
    kept = re.findall(r'value="([^"]+)" checked', page)
    assert kept == [value for name in ("gebiet", "thema") for value in _list(choice.get(name)) if value in kept]


def _list(values: object) -> list[object]:
    return list(values) if isinstance(values, list) else [values] if values else []


def test_a_selection_too_large_is_refused(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "MOST_FIGURES", 100)
    with pytest.raises(UsageError, match="would hold about"):
        chosen(release, **CHOICE)


def test_who_may_not_read_the_release_gets_no_report(release: Release, anonymous: Client) -> None:
    elsewhere = people.client(people.person("council", Town.objects.create(ags="05999005", name="Nebenstadt")))
    for ending in ("pdf", "xlsx"):
        assert elsewhere.get(address(release, ending, **CHOICE)).status_code == 404
        assert anonymous.get(address(release, ending, **CHOICE)).status_code == 302
