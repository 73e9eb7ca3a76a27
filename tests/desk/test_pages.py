"""The pages of the atlas: what they show, in both languages, and what they say where there is nothing to show."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import people
import polars as pl
import publish_example
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from pages_served import PAGES, Page, addresses
from python_calamine import CalamineWorkbook

from conftest import AUDIT
from vielfalt.cells import Protection
from vielfalt.desk import gateway
from vielfalt.desk.atlas import methods
from vielfalt.desk.atlas.packages import archive_of
from vielfalt.desk.atlas.town_list import MOST
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Series, Town, joined, keys_of
from vielfalt.figures.indices import notes
from vielfalt.methods import CELL_KEY
from vielfalt.publish import index_reading
from vielfalt.publish.package import write_release
from vielfalt.publish.picture import contrast
from vielfalt.publish.releases import read_release
from vielfalt.publish.report.method import settings
from vielfalt.words import Language, Words


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_sound(client: Client, release: Release, name: str, language: str) -> None:
    response = client.get(addresses(release)[name], headers={"accept-language": language})
    assert response.status_code == 200
    page = Page(response.content.decode())
    assert page.language == language
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert page.links[0] == "#main"
    assert "main" in page.ids
    assert page.inline == []
    assert page.unnamed == []
    assert page.figures == page.captions
    assert all(address.startswith("/static/") for address in page.loaded)
    assert not re.search(r"https?://(?!www\.w3\.org)", response.content.decode())


def test_every_page_has_a_title_of_its_own(client: Client, release: Release) -> None:
    """The page first, then the town where there is one, then the desk; landmarks are the same everywhere."""
    titles = {}
    for name in PAGES:
        markup = client.get(addresses(release)[name]).content.decode()
        titles[name] = re.findall("<title>(.*?)</title>", markup, re.S)[0]
        assert titles[name].endswith(" – Vielfalt"), name
        assert [markup.count(f"<{mark}") for mark in ("header", "main", "footer")] == [1, 1, 1], name
    assert len(set(titles.values())) == len(titles), titles
    assert "Musterfurt" in titles["theme"]


def test_nothing_moves_for_who_wants_rest(client: Client, release: Release) -> None:
    """The one motion of the looks stops (WCAG 2.3.3), and no page plays anything by itself."""
    style = Path(str(finders.find("desk/desk.css"))).read_text(encoding="utf-8")
    assert re.search(r"prefers-reduced-motion: reduce\) { \*[^}]*animation: none !important", style)
    for name in PAGES:
        assert not re.search(
            "<(video|audio|marquee|iframe)|autoplay", client.get(addresses(release)[name]).content.decode()
        )


def test_paper_shows_what_cannot_be_clicked(client: Client, release: Release) -> None:
    """In print the folded definitions are open, the map is the picture, and controls are gone."""
    style = Path(str(finders.find("desk/desk.css"))).read_text(encoding="utf-8")
    paper = style.partition("@media print {")[2]
    hidden = paper.partition("{ display: none; }")[0].rpartition("}")[2]
    assert {"nav", ".on-screen", ".big-map", ".map-toggle"} <= {part.strip() for part in hidden.split(",")}
    assert "::details-content { content-visibility: visible" in paper
    assert client.get(addresses(release)["theme"]).content.decode().count("on-screen") >= 3


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(client: Client, release: Release, name: str) -> None:
    address = addresses(release)[name]
    links = {link for link in Page(client.get(address).content.decode()).links if not link.startswith("#")}
    assert links
    whole = {link if link.startswith("/") else address.partition("?")[0] + link for link in links}
    assert {link: client.get(link).status_code for link in sorted(whole)[:60]} == dict.fromkeys(sorted(whole)[:60], 200)


@pytest.mark.parametrize("name", PAGES)
def test_pages_stay_small_and_ask_little(
    client: Client,
    release: Release,
    name: str,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    """No query per area, category or table: the number of queries does not grow with the release.

    Three of them ask who reads: session, account, roles.
    """
    address = addresses(release)[name]
    client.get(reverse("help"))
    with django_assert_max_num_queries(19 if name == "origin" else 17):
        response = client.get(address)
    assert len(response.content) < 400_000


def test_headers_keep_everything_at_home(client: Client, release: Release) -> None:
    response = client.get(addresses(release)["theme"])
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert client.cookies.keys() <= {"csrftoken", "vielfalt"}


def test_headers_stand_on_answers_that_no_page_gave_too(anonymous: Client) -> None:
    """A name that the desk does not answer to is refused before any page is asked."""
    refused = anonymous.get("/", headers={"host": "elsewhere.example"})
    assert refused.status_code == 400
    assert "default-src 'none'" in refused.headers["Content-Security-Policy"]
    assert refused.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ["/kommunen/a%00b/", "/?suche=a%00", "/vergleich/?a%00=b", "/hilfe/?thema=%00"])
def test_an_address_that_no_database_takes_is_refused(anonymous: Client, address: str) -> None:
    """PostgreSQL keeps no text with the sign U+0000, and ends the question with a fault."""
    assert anonymous.get(address).status_code == 400


def test_a_cookie_that_no_database_takes_is_as_none(anonymous: Client) -> None:
    """Written like this, a cookie holds the sign U+0000 (RFC 2109 let them be quoted, Python unquotes them still)."""
    cookie = 'vielfalt="aaaaaaaa\\000aaaaaaaa"'
    assert anonymous.get(reverse("help"), headers={"cookie": cookie}).status_code == 200


def test_pages_of_somebody_logged_in_stay_in_no_browser(client: Client, anonymous: Client, release: Release) -> None:
    """On a shared computer nobody finds them by going back; a file that never changes may be asked for again."""
    for address in (addresses(release)["theme"], *map(reverse, ("towns", "jobs", "account"))):
        assert "no-store" in client.get(address).headers["Cache-Control"], address
    assert "Cache-Control" not in anonymous.get(reverse("help")).headers
    assert client.get(addresses(release)["theme_csv"]).headers["Cache-Control"] == "private, no-cache"


def test_names_on_maps_can_be_read_on_every_class() -> None:
    """Contrast of 4.5 (WCAG 1.4.3) between a name and the fill below it, in the style sheet of the pages."""
    style = Path(str(finders.find("desk/desk.css"))).read_text(encoding="utf-8").partition("@media")[0]
    colours = {f"var({name})": colour for name, colour in re.findall(r"(--[a-z]+): (#[0-9a-f]{6})", style)}
    fills = re.findall(r"\.([kd])(\d)(?:-(\d))? { fill: ([^;]+);", style)
    assert len(fills) == 20
    for kind, number, place, fill in fills:
        is_dark = number in "04" if kind == "d" else int(number) > 1 and int(place) >= int(number) * 0.6
        assert contrast("#ffffff" if is_dark else colours["var(--ink)"], colours.get(fill, fill)) >= 4.5, fill


def test_pages_and_files_have_the_same_colours() -> None:
    style = Path(str(finders.find("desk/desk.css"))).read_text(encoding="utf-8").partition("@media")[0]
    names = {f"var({name})": colour for name, colour in re.findall(r"(--[a-z]+): (#[0-9a-f]{6})", style)}
    fills = {key: names.get(fill, fill) for key, fill in re.findall(r"\.([kd][\d-]+) { fill: ([^;]+);", style)}
    wanted = {f"k{of}-{place}": fill for of, ramp in gateway.SEQUENTIAL.items() for place, fill in enumerate(ramp)}
    assert fills == wanted | {f"d{place}": fill for place, fill in enumerate(gateway.DIVERGING)}


def test_between_two_dark_areas_the_border_is_light(client: Client, release: Release) -> None:
    style = Path(str(finders.find("desk/desk.css"))).read_text(encoding="utf-8")
    assert ".map .on-dark path { stroke: var(--paper)" in style
    where = addresses(release)
    assert '<g class="area on-dark"><path' in client.get(where["theme"]).content.decode()
    for name in ("theme_svg", "quotient_file"):
        assert ".on-dark path{stroke:#fff" in client.get(where[name]).content.decode()


def test_the_map_shows_what_was_published(client: Client, release: Release, package: Path) -> None:
    """Each area stands in map and table with its own number; a suppressed one is hatched and a dot, never 0."""
    frame = read_release(package).tables["foreigner"].frame
    rows = {row[1]: row for row in frame.iter_rows() if row[0] == "quarter" and row[2] == "foreign"}
    markup = client.get(addresses(release)["theme"]).content.decode()
    for key, row in rows.items():
        link = reverse("area", args=[release.town.ags, release.name, "quarter", key])
        line = re.search(
            rf'<tr class="kern-table__row">\s*<th[^>]*><a class="kern-link" href="{link}">.*?</tr>', markup, re.S
        )
        assert line
        cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", line[0], re.S)]
        shape = re.search(rf'<a href="{link}" aria-label="([^"]*)"><g class="area[^"]*"><path class="([^"]*)"', markup)
        assert shape
        if row[-1] == "suppressed":
            assert cells[:2] == [".", "."]
            assert shape[1].endswith(": .")
            assert shape[2] == "suppressed"
        else:
            assert cells[0] == f"{row[-2]:,}".replace(",", ".")
    assert any(row[-1] == "suppressed" for row in rows.values()) or any(row[-1] == "ok" for row in rows.values())


def test_a_map_of_one_colour_says_so(client: Client, release: Release) -> None:
    """No lowest and highest class where there is one, and no word on how many areas each holds."""
    query = {"thema": "age_class", "kategorie": "65+", "ebene": "district"}
    markup = client.get(addresses(release)["theme"].partition("?")[0], query).content.decode()
    assert "haben dieselbe Farbe: Die Karte unterscheidet sie nicht." in markup
    assert "Niedrigste Klasse" not in markup and "Die Klassen sind so gewählt" not in markup
    several = client.get(addresses(release)["theme"]).content.decode()
    assert (
        "Niedrigste Klasse" in several and "Die Klassen sind so gewählt" in several and "dieselbe Farbe" not in several
    )


def test_a_profile_begins_with_what_matters_and_is_folded(client: Client, release: Release) -> None:
    """Key figures first, then links to the subjects, every table folded; nothing is left out and no mark is broken."""
    response = client.get(addresses(release)["area"])
    markup, subjects = response.content.decode(), response.context["subjects"]
    assert [subject.mark for subject in subjects] == ["herkunft", "personen", "haushalte"]
    assert markup.index('class="cards"') < markup.index('href="#herkunft"') < markup.index("<details")
    assert "<details open" not in markup.partition("<main")[2]
    assert all(markup.count(f'id="{subject.mark}"') == 1 for subject in subjects)
    shown = sum(len(subject.sections) for subject in subjects)
    tables = release.tables.exclude(dimensions=[]).filter(series__level="quarter").distinct()
    assert shown == tables.count() == markup.count("<table") - len(response.context["special"])
    assert response.context["summary"][0][0] == "Einwohnerinnen und Einwohner"


def test_titles_of_movements_speak_the_language_of_the_page() -> None:
    assert gateway.programme_title(Words("de"), "came").startswith("Einwohnerinnen und Einwohner danach, wie")


def test_a_wide_table_says_that_it_goes_on(client: Client, release: Release) -> None:
    """Only one that is wider than a phone: the map's table is, the list of releases is not, but for who publishes."""
    note, reader = "Wischen Sie sie zur Seite", people.client(people.person("council"))
    assert note in client.get(addresses(release)["theme"]).content.decode()
    assert note in client.get(addresses(release)["town"]).content.decode()
    assert note not in reader.get(addresses(release)["town"]).content.decode()


def test_a_name_on_two_lines_stays_two_words(client: Client, release: Release) -> None:
    """What a map shows as the name of an area and what its link is called are the same words (WCAG 2.5.3)."""
    area_set = release.levels.get(area_set__level="quarter").area_set
    area_set.areas[0] |= {"name": "Obere Halde", "spot": [10, 10, 11, ["Obere", "Halde"]]}
    area_set.save()
    markup = client.get(addresses(release)["theme"]).content.decode()
    shown = re.search(r'aria-label="Obere Halde: [^"]*">(.*?)</a>', markup)
    assert shown
    assert "Obere Halde" in re.sub("<title>.*?</title>|<[^>]+>", "", shown[1])


def test_hidden_areas_are_hatched(client: Client, release: Release) -> None:
    series = Series.objects.filter(table__key="foreigner", level="block", status__contains="s").first()
    assert series is not None
    address = addresses(release)["theme"].replace("ebene=quarter", "ebene=block")
    markup = client.get(address).content.decode()
    assert markup.count('<path class="suppressed"') >= series.status.count("s") > 0
    assert 'id="hatch"' in markup


def test_csv_and_workbook_hold_the_same(client: Client, release: Release) -> None:
    where = addresses(release)
    text = client.get(where["theme_csv"]).content.decode("utf-8-sig")
    lines = [line.split(";") for line in text.split("\r\n")]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(where["theme_xlsx"]).content))
    sheet = book.get_sheet_by_index(0).to_python()
    start = next(place for place, line in enumerate(lines) if line[0] == "Gebietsebene")
    assert [line[:3] for line in lines[start : start + 14]] == [
        [str(cell) for cell in row[:3]] for row in sheet[start:]
    ]
    assert [row[1] for row in sheet[start + 1 :]] == [f"{number:02}" for number in range(1, 13)] + ["05999004"]
    assert {row[0] for row in sheet[start + 1 : -1]} == {"Stadtteile"}
    assert sheet[-1][0] == "Stadt insgesamt"
    assert lines[0] == ["Angabe", "Ausländerinnen und Ausländer"]


def test_many_towns_are_found_by_name_or_key_and_stand_in_pages(client: Client, release: Release) -> None:
    for number in range(2 * MOST):
        Town.objects.create(ags=f"0999{number:04}", name=f"Örtchen {number:03}")
    first = client.get(reverse("towns"))
    assert [town.name for town, _ in first.context["list"].towns][:2] == ["Musterfurt", "Örtchen 000"]
    assert first.context["list"].towns[0][1] == release
    assert (len(first.context["list"].towns), first.context["list"].pages) == (MOST, 3)
    last = client.get(reverse("towns") + "?seite=3")
    assert [town.name for town, _ in last.context["list"].towns] == [f"Örtchen {2 * MOST - 1:03}"]
    assert 'rel="prev" href="?seite=2"' in last.content.decode()
    for searched, found in (("örtchen 09", 6), ("05999", 1), ("Nirgendwo", 0)):
        assert client.get(reverse("towns"), {"suche": searched}).context["list"].found == found
    assert "seite=2" in client.get(reverse("towns"), {"suche": "örtchen"}).content.decode()
    for wrong in ("0", "4", "x"):
        assert client.get(reverse("towns"), {"seite": wrong}).status_code == 400


def test_a_few_towns_need_no_search(client: Client, release: Release) -> None:
    page = client.get(reverse("towns")).content.decode()
    assert 'type="search"' not in page
    assert "seite=" not in page


def test_no_cell_becomes_a_formula(client: Client, release: Release) -> None:
    area_set = release.levels.get(area_set__level="quarter").area_set
    area_set.areas[0]["name"] = '=HYPERLINK("x")'
    area_set.save()
    where = addresses(release)
    text = client.get(where["theme_csv"]).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert not re.search(r"(^|;)\"?=", text, re.M)
    content = client.get(where["theme_xlsx"]).content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_pictures_are_pictures(client: Client, release: Release) -> None:
    svg = client.get(addresses(release)["theme_svg"])
    assert svg.content.startswith(b"<svg xmlns=")
    assert b"Musterfurt" in svg.content
    assert ">Ausländerinnen und Ausländer: Anteil an der Bevölkerung</text>" in svg.content.decode()
    assert "attachment" in svg.headers["Content-Disposition"]
    assert client.get(addresses(release)["theme_png"]).content.startswith(b"\x89PNG")


def test_report_and_package_are_those_of_the_town(client: Client, release: Release, package: Path) -> None:
    where = addresses(release)
    pdf = client.get(where["report_pdf"])
    assert pdf.content == (package / "report.pdf").read_bytes()
    assert pdf.headers["Content-Type"] == "application/pdf"
    html = client.get(where["report_html"])
    assert html.content == (package / "report.html").read_bytes()
    assert html.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "script-src" not in html.headers["Content-Security-Policy"]
    whole = b"".join(client.get(where["package"]).streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {
        path.relative_to(package).as_posix(): path.read_bytes() for path in package.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("name", ["report_pdf", "report_html", "package"])
def test_a_package_that_is_gone_is_not_found(client: Client, release: Release, name: str) -> None:
    archive_of(release).unlink()
    assert client.get(addresses(release)[name]).status_code == 404


def test_a_name_with_markup_stays_text(client: Client, release: Release) -> None:
    area_set = release.levels.get(area_set__level="quarter").area_set
    area_set.areas[0]["name"] = '<script>alert("x")</script>'
    area_set.areas[0]["spot"] = [10, 10, 11, ["<script>"]]
    area_set.save()
    for name in ("theme", "release", "area", "theme_svg"):
        assert b"<script>" not in client.get(addresses(release)[name]).content


@pytest.mark.parametrize(
    "change",
    [
        ("05999004", "05999999"),
        ("2025-12-31-1", "2024-12-31-1"),
        ("/karte/", "/gebiete/quarter/99/"),
        ("/karte/", "/gebiete/nowhere/01/"),
    ],
)
def test_an_address_that_leads_nowhere(client: Client, release: Release, change: tuple[str, str]) -> None:
    response = client.get(addresses(release)["theme"].replace(*change))
    assert response.status_code == 404
    assert "Seite nicht gefunden" in response.content.decode()


def test_a_selection_that_does_not_fit_gives_way(client: Client, release: Release) -> None:
    """Who changes the theme and leaves the category of the old one sees the new theme, not an error."""
    address = addresses(release)["theme"].replace("thema=foreigner", "thema=sex")
    assert "Geschlecht" in client.get(address).content.decode()


def test_the_latest_release_has_an_address_of_its_own(client: Client, release: Release) -> None:
    latest = client.get(reverse("release", args=[release.town.ags, "neueste"]))
    assert latest.context["release"] == release


def test_the_language_is_chosen_and_kept(client: Client, release: Release) -> None:
    where = addresses(release)["release"]
    answer = client.post(reverse("set_language"), {"language": "en", "next": where})
    assert answer.headers["Location"] == where
    assert "Key figures" in client.get(where).content.decode()


@pytest.mark.django_db
def test_an_empty_desk_says_what_to_do(client: Client) -> None:
    assert "vielfalt desk import" in client.get(reverse("towns")).content.decode()


@pytest.mark.parametrize("language", ["de", "en"])
def test_changed_numbers_are_called_so(client: Client, changed: Release, language: str) -> None:
    words = Words("de" if language == "de" else "en")
    note = words("Numbers are changed or rounded to protect individual people; “0” means nobody or very few.")
    at = addresses(changed)
    pages = {
        name: html.unescape(client.get(at[name], headers={"accept-language": language}).content.decode())
        for name in ("theme", "area", "release", "indices", "definitions")
    }
    assert [name for name, page in pages.items() if note not in page] == []
    table = pages["theme"].split("<tbody")[1].split("</tbody")[0]
    assert words("estimated") in table and words("published") not in table
    assert words(CELL_KEY) in pages["definitions"]
    assert all(rule in pages["definitions"] for rule in gateway.protection_rules(words, CELL_KEY))
    assert words("Smallest number in a table") not in pages["definitions"]
    values = [value for _, value in gateway.protection_cost(words, changed.description)]
    assert values[:2] == [words.number(41_501), words.number(1_017)] and len(values) == 7
    assert all(f">{value}</dd>" in pages["definitions"] for value in values)


def test_hidden_numbers_are_not_called_changed(client: Client, release: Release) -> None:
    page = html.unescape(
        client.get(addresses(release)["definitions"], headers={"accept-language": "en"}).content.decode()
    )
    assert "Numbers are changed or rounded" not in page
    assert "Smallest number in a table<" in page
    assert "What the protection costs" not in page, "nobody measured it for an imported table"
    assert "min_cell" not in page


def test_any_sign_may_stand_in_a_key(client: Client, db: None, tmp_path: Path) -> None:
    """Keys of imported tables are what their author wrote: the sign that joins keys among it, or nothing at all."""
    plain = publish_example.imported()
    table = plain.tables["herkunft_2024"]
    renamed = {"EU 27": "EU|27", "<Asien>": "~1", "Deutschland": ""}
    frame = table.frame.with_columns(pl.col("Herkunftsgebiet").replace(renamed))
    results = replace(plain, tables={table.table.id: replace(table, frame=frame)})
    release = import_release(write_release(results, tmp_path, Words("de"), AUDIT))
    keys = {keys_of(category) for category in release.tables.get().series.values_list("category", flat=True)}
    assert keys == {(), ("EU|27",), ("~1",), ("",), ("Übriges Europa & Türkei",)}
    for key in ("EU|27", "~1", ""):
        query = urlencode({"thema": "herkunft_2024", "kategorie": joined((key,)), "ebene": "quarter"})
        response = client.get(reverse("theme", args=[release.town.ags, release.name]) + "?" + query)
        assert response.status_code == 200
        assert response.context["figure"].category == joined((key,))


@pytest.mark.parametrize("keys", [("a",), ("",), ("a", ""), ("a|b", "c~1", "~"), ("~2", "|"), ()])
def test_keys_survive_joining(keys: tuple[str, ...]) -> None:
    assert keys_of(joined(keys)) == keys


def test_the_indices_are_chosen_by_the_address(client: Client, release: Release) -> None:
    where = addresses(release)["indices"]
    whole = client.get(where).context
    assert whole["query"] == {"ebene": "quarter", "thema": "mh_register", "familie": ""}
    assert [choice.value for choice in whole["families"]] == ["", "evenness"]
    for thema in ("mh_register", "foreigner"):
        chosen = client.get(where + f"?ebene=quarter&thema={thema}&familie=evenness").context
        assert [[entry.table for _, entry, _ in rows] for _, rows in chosen["groups"]] == [[thema]]


def test_a_strange_host_gets_a_page_too(anonymous: Client) -> None:
    answer = anonymous.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "ist nicht zu verstehen" in answer.content.decode()


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_index_is_explained(client: Client, release: Release, language: str) -> None:
    """What it says, its range, what a value means, the caution and the way to its method."""
    words = Words("de" if language == "de" else "en")
    header = {"accept-language": language}
    page = html.unescape(client.get(addresses(release)["indices"], headers=header).content.decode())
    entry = release.indices.get(index="dissimilarity", table="mh_register", level="quarter", area="")
    index = gateway.index("dissimilarity")
    assert entry.value is not None
    sentence = methods.reading("dissimilarity", entry.value, words)
    assert words.percent(entry.value, 0) in sentence
    for part in (words(index.formula), words(index.bounds), words(index.caveat), sentence):
        assert part in page
    link = reverse("index_method", args=["dissimilarity"])
    assert f'href="{link}"' in page
    method = html.unescape(client.get(link, headers=header).content.decode())
    assert all(part in method for part in (words(index.symbols), index.source, words(index.peers), words(index.caveat)))


def test_every_index_has_its_page(anonymous: Client) -> None:
    listed = anonymous.get(reverse("index_methods")).content.decode()
    links = [reverse("index_method", args=[index.id]) for index in gateway.INDICES]
    assert [link for link in links if f'href="{link}"' not in listed] == []
    assert [link for link in links if anonymous.get(link).status_code != 200] == []
    assert set(methods.ASKS) == set(gateway.FAMILIES)
    assert set(index_reading.READINGS) <= {index.id for index in gateway.INDICES}


def test_a_reading_follows_from_the_formula() -> None:
    """Moving that part of the group makes the index zero: 30 of 100 live in one of two areas of equal others."""
    group, others = [80, 20], [50, 50]
    apart = sum(abs(x / 100 - y / 100) for x, y in zip(group, others, strict=True)) / 2
    moved = [80 - 100 * apart, 20 + 100 * apart]
    assert moved == others
    assert methods.reading("segregation_index", apart, Words("en")).startswith("30% of the group would have to live")
    assert methods.reading("segregation_index", None, Words("en")) == methods.reading("gini", 0.5, Words("en")) == ""


def test_a_least_value_is_said_to_be_the_least(client: Client, release: Release) -> None:
    """Rounded down and without an upper end, also where an earlier release states one."""
    release.indices.filter(index="dissimilarity", level="quarter", area="").update(
        value=0.158, low=0.149, high=0.17, note=Words("de")(notes.TOGETHER)
    )
    page = html.unescape(client.get(addresses(release)["indices"]).content.decode())
    for part in ("mindestens 0,15<", "ab 0,14<", "Mindestens 15\N{NO-BREAK SPACE}% der Gruppe müssten", "„Mindestens“"):
        assert part in page
    assert "0,17" not in page
    assert methods.reading("isolation", 0.29, Words("en"), notes.TOGETHER).endswith(
        "at least 29% of the residents belong to the group."
    )
    assert methods.reading("isolation", 0.29, Words("en"), notes.LEFT_OUT) == ""
    release.indices.filter(index="entropy_diversity").update(note=Words("de")(notes.MERGED))
    for language, said in (("de", "mindestens 0,81<"), ("en", "at least 0.81<")):
        assert said in client.get(addresses(release)["area"], headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        *[("theme", query) for query in ("thema=nothing", "ebene=nowhere", "kategorie=nothing")],
        *[("theme_csv", "thema=nothing"), ("theme_geojson", "ebene=nowhere")],
        *[("indices", query) for query in ("ebene=nowhere", "thema=x", "familie=y")],
        *[("origin", query) for query in ("thema=x", "ebene=nowhere")],
        *[("compare", query) for query in ("kommune=12", "thema=x", "kategorie=x")],
    ],
)
def test_what_an_address_asks_in_vain_is_said(client: Client, release: Release, name: str, query: str) -> None:
    """Nothing is ignored in silence: the page names the part that it does not know, and leads to itself without it."""
    address = addresses(release)[name].partition("?")[0]
    response = client.get(f"{address}?{query}")
    page = html.unescape(response.content.decode())
    assert response.status_code == 400
    assert f"„{query}“" in page
    assert f'href="{address}"' in page
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("language", "percent"), [("de", "{:.0f}\N{NO-BREAK SPACE}%"), ("en", "{:.0f}%")])
def test_settings_of_the_protection_are_told_as_the_report_tells_them(
    client: Client, release: Release, language: Language, percent: str
) -> None:
    """Each with its meaning and in its unit, and none that had no effect."""
    page = client.get(addresses(release)["definitions"], headers={"accept-language": language}).content.decode()
    words, protection = Words(language), release.description["protection"]
    told = settings(Protection.of(protection), False, "register", words)
    shown = html.unescape(page)
    for name, value in told:
        assert f"{name}</dt>" in shown and f">{value}</dd>" in shown
    assert percent.format(100 * protection["dominance"]) in dict(told).values()
    assert "0,75<" not in shown and "0.75<" not in shown and "p per cent" not in shown and "p-Prozent" not in shown


@pytest.mark.parametrize(("language", "words"), [("de", "nicht veröffentlicht"), ("en", "not published")])
def test_signs_are_words_for_who_hears_the_page(client: Client, release: Release, language: str, words: str) -> None:
    """A dot or dash that stands alone in a cell is passed over by screen readers: what it means is read instead."""
    for series in Series.objects.filter(table__key="foreigner", category="foreign"):
        series.values = [None for _ in series.values]
        series.status = "s" * len(series.status)
        series.save()
    said = re.compile(r'<span aria-hidden="true">([.–])</span><span class="hidden-text">([^<]+)</span>')
    for name in ("theme", "area", "release", "compare", "indices"):
        page = client.get(addresses(release)[name], headers={"accept-language": language}).content.decode()
        assert not re.search(r"<(td|p|strong)[^>]*>\s*[.–]\s*</", page), name
        meaning = dict(said.findall(page))
        assert name == "indices" or meaning["."] == words, name
        if name in ("area", "release"):
            assert re.search(rf'kern-body--small">{words} ·', page), "a card says so to who sees it, too"
