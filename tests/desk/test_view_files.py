"""The files of pages: comparison, change over time, profile of an area, indices, each as CSV and as XLSX."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from pathlib import Path

import people
import pytest
from django.test import Client
from django.urls import reverse
from pages_served import files
from python_calamine import CalamineWorkbook
from releases_compared import AGS, THEME, a_break, dated, shift

from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.atlas.tabular import told
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.releases.models import Index, Release, Series, Town
from vielfalt.figures.indices import notes
from vielfalt.publish.licences import LICENCES
from vielfalt.words import Words

pytestmark = pytest.mark.django_db
MAP = f"/kommunen/{AGS}/zeit/karte.svg"
LINE = f"/kommunen/{AGS}/zeit/linie.svg"
VIEWS = ("compare", "time", "area", "indices", "origin")
Lines = list[list[str]]


def address(name: str, form: str = "csv", query: str = "") -> str:
    of = files({"ags": AGS, "name": "2025-12-31-1"}, form)[name]
    return reverse(f"{name}_file", kwargs=of) + query


def page_of(name: str) -> str:
    return address(name).rpartition("/")[0] + "/"


def read(browser: Client, name: str, query: str = "", language: str = "de") -> tuple[Lines, Lines]:
    """Head and rows of the CSV: they are two tables and the one of the sources lies between."""
    answer = browser.get(address(name, "csv", query), headers={"accept-language": language})
    assert answer.status_code == 200
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    last = max(place for place, line in enumerate(lines) if not line)
    return lines[:last], lines[last + 1 :]


@pytest.fixture()
def years(package: Path, tmp_path: Path) -> list[Release]:
    """Two dates; on the later one the first quarter is not published, and the numbers of the others rose."""
    found = [dated(package, tmp_path, f"{year}-12-31") for year in (2024, 2025)]
    shift(found[1], "foreigner", "foreign", 12)
    hide(found[1], "quarter", 0)
    return found


def hide(release: Release, level: str, place: int) -> None:
    series = Series.objects.get(table__release=release, table__key="foreigner", level=level, category="foreign")
    series.values[place], signs = None, list(series.status)
    signs[place] = "s"
    series.status = "".join(signs)
    series.save()


def query_of(name: str) -> str:
    return THEME if name in ("compare", "time") else ""


def test_every_file_tells_its_source_and_csv_and_workbook_hold_the_same(client: Client, years: list[Release]) -> None:
    for name in VIEWS:
        head, rows = read(client, name, query_of(name))
        assert head[0][0] == "Angabe"
        assert any(line[:1] == ["Definition"] and line[2] for line in head), name
        titles = next(place for place, line in enumerate(head) if line[:2] == ["Kommune", "Stichtag"])
        sources = head[titles + 1 :]
        shown = years if name in ("time", "origin") else years[1:]
        assert [line[1] for line in sources] == [f"31.12.{one.reference_date.year}" for one in shown], name
        for line, release in zip(sources, shown, strict=True):
            assert (line[0], line[3], line[4]) == ("Musterfurt", LICENCES["dl-by"].title, release.name)
            assert line[2]
            assert client.get(line[5]).status_code == 200, "the address of the method leads there"
        answer = client.get(address(name, "xlsx", query_of(name)))
        assert answer.headers["Content-Disposition"].endswith('.xlsx"')
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert len(sheet) == len(head) + 1 + len(rows)
        own = sheet[len(head) + 2 :]
        assert [[str(value) for value in line[:2]] for line in own] == [line[:2] for line in rows[1:]]
        assert any(isinstance(value, float) for line in own for value in line), "numbers are numbers"
        markup = client.get(page_of(name) + query_of(name)).content.decode()
        for form in ("csv", "xlsx"):
            assert f'href="daten.{form}{query_of(name).replace("&", "&amp;")}' in markup
        assert "data-copy=" in markup


def test_change_over_time(client: Client, years: list[Release]) -> None:
    context = client.get(page_of("time") + THEME).context
    _, rows = read(client, "time", THEME)
    columns = rows[0]
    told = [dict(zip(columns, row, strict=True)) for row in rows[1:]]
    town = [row for row in told if row["Schlüssel"] == AGS]
    assert [row["Stichtag"] for row in town] == ["31.12.2024", "31.12.2025"]
    assert [row["Anzahl"] for row in town] == [str(point.cell.value) for point in context["points"]]
    assert town[1]["Prozentpunkte"] == context["points"][1].difference.removeprefix("+")
    assert (town[1]["Verglichen mit"], town[0]["Verglichen mit"]) == ("31.12.2024", "")
    hidden = next(row for row in told if row["Schlüssel"] == "01" and row["Stichtag"] == "31.12.2025")
    assert [hidden[name] for name in ("Anzahl", "Anteil an der Bevölkerung", "Prozentpunkte")] == ["."] * 3
    assert "nicht veröffentlicht" in hidden["Qualität"]
    areas = {row["Schlüssel"]: row["Prozentpunkte"] for row in told if row["Verglichen mit"] and row not in town}
    assert areas == {one.after.key: one.difference.removeprefix("+") for one in context["changes"]}
    assert len(areas) == 12
    picture = client.get(MAP + THEME)
    assert picture.headers["Content-Disposition"].startswith("attachment")
    svg = picture.content.decode()
    assert svg.startswith("<svg xmlns=")
    assert all(text in svg for text in ("Musterfurt, 31.12.2024 – 31.12.2025", "Quelle: ", ".d4{fill:#"))
    assert svg.count('<path class="suppressed"') == 1
    assert "<a href" not in svg
    assert client.get(MAP.replace("svg", "png") + THEME).content.startswith(b"\x89PNG")
    assert 'href="karte.svg?thema=foreigner' in client.get(page_of("time") + THEME).content.decode()


def test_files_of_other_dates_have_other_names(client: Client, package: Path, tmp_path: Path) -> None:
    """The second one saved took the place of the first, or was the one with (1)."""
    for year in (2023, 2024, 2025):
        dated(package, tmp_path, f"{year}-12-31")
    address = reverse("time_file", args=[AGS, "csv"]) + THEME
    for first in ("2023-12-31", "2024-12-31"):
        saved = client.get(f"{address}&von={first}")["Content-Disposition"]
        assert saved.endswith(f'-quarter-{first}-2025-12-31.csv"')


def test_the_line_of_the_page_is_that_of_the_file(client: Client, years: list[Release]) -> None:
    page = client.get(page_of("time") + THEME)
    line, markup = page.context["line"], page.content.decode()
    assert line.markup in markup
    assert 'href="linie.png?thema=foreigner' in markup
    answer = client.get(LINE + THEME)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    svg = answer.content.decode()
    assert svg.startswith("<svg xmlns=")
    assert all(text in svg for text in (line.markup, "Musterfurt, 31.12.2024 – 31.12.2025", "Quelle: ", ".line{fill:"))
    assert all(text in svg.partition("</title>")[0] for _, _, text in line.points), "in words what the line shows"
    assert "Gestrichelt" not in svg
    assert client.get(LINE.replace("svg", "png") + THEME).content.startswith(b"\x89PNG")
    hide(years[0], "town", 0)
    assert client.get(LINE + THEME).status_code == 404, "one share is no line"


def test_nothing_is_subtracted_across_a_break(client: Client, package: Path, tmp_path: Path) -> None:
    dated(package, tmp_path, "2024-12-31")
    dated(package, tmp_path, "2025-12-31", a_break("field_changed", ["nationality_1"]))
    head, rows = read(client, "time", THEME, "en")
    assert any(line[0] == "Note" and line[1].startswith("These dates cannot be compared") for line in head)
    assert [row[1] for row in rows[1:]] == [AGS, AGS]
    assert rows[2][7] == "–"
    assert "break" in rows[2][9]
    svg = client.get(LINE + THEME).content.decode()
    assert svg.count('class="break"') == 1
    assert "Gestrichelte Linien: Brüche" in svg
    assert client.get(MAP + THEME).status_code == 404
    assert "karte.svg" not in client.get(page_of("time") + THEME).content.decode()


def test_comparison(client: Client, release: Release) -> None:
    release.town.name = "=Musterfurt"
    release.town.save()
    _, rows = read(client, "compare", THEME)
    shown = client.get(page_of("compare") + THEME).context["rows"][0]
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Kommune"] == "'=Musterfurt", "no formula"
    assert (row["Schlüssel"], row["Anzahl"]) == (AGS, str(shown["cell"].value))
    assert (row["Land"], row["Qualität"]) == ("Nordrhein-Westfalen", "veröffentlicht")
    with zipfile.ZipFile(io.BytesIO(client.get(address("compare", "xlsx")).content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    hide(release, "town", 0)
    _, rows = read(client, "compare", THEME)
    assert rows[1][6:8] == [".", "."]


def test_profile_of_an_area(client: Client, release: Release) -> None:
    hide(release, "quarter", 0)
    _, rows = read(client, "area")
    own = client.get(page_of("area")).context["own"]
    cells = {table.key: dict(found) for table, found in own}
    assert [row[2] for row in rows[1:] if not row[7]] == [
        "." if cell.value is None else str(cell.value) for found in cells.values() for cell in found.values()
    ]
    hidden = rows[1 + [(key, one) for key, found in cells.items() for one in found].index(("foreigner", "foreign"))]
    assert hidden[2:4] == [".", "."]
    assert "nicht veröffentlicht" in hidden[4]
    told = dict(zip(((table.key, one) for table, found in own for one, _ in found), rows[1:], strict=False))
    assert {row[6] for (key, _), row in told.items() if key != "residents"} == {"Anteil an der Bevölkerung"}
    assert told["residents", ""][6] == "" and told["residents", ""][3] == "–"
    assert hidden[5].startswith("0,"), "the town's share is known"


def test_a_profile_holds_the_indices_of_the_area(client: Client, release: Release) -> None:
    """All that the release publishes of this area alone, in page and file: how mixed it is stands nowhere else."""
    quotient = {"index": "location_quotient", "table": "foreigner", "group": "foreign", "value": 1.25, "areas": 12}
    Index.objects.create(release=release, level="quarter", area="01", **quotient)
    own = release.indices.filter(level="quarter", area="01")
    assert {one.index for one in own} == {"location_quotient", "entropy_diversity"}
    where = reverse("area", args=[AGS, release.name, "quarter", "01"])
    page = client.get(where)
    special = {one.id: one for one in page.context["special"]}
    found = [value for one in special.values() for _, _, value, _ in one.rows]
    assert set(found) == {one.value for one in own}
    markup = html.unescape(page.content.decode())
    assert 'href="#kennzahlen"' in markup and special["entropy_diversity"].caveat in markup
    text = client.get(where + "daten.csv").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if len(row) == 10]
    assert [row[8] for row in rows[1:] if row[7]] == [f"{value:.4f}".replace(".", ",") for value in found]
    assert {row[7] for row in rows[1:]} == {"", "Standortquotient", "Diversität (Entropie)"}


def test_the_least_that_an_index_can_be_is_rounded_down(client: Client, release: Release) -> None:
    """Rounded up it would be more than is known."""
    note = Words("de")(notes.TOGETHER)
    known = release.indices.filter(area="", low__isnull=False)[:1].get()
    release.indices.filter(pk=known.pk).update(value=0.15678, low=0.14999, high=0.17, note=note)
    _, rows = read(client, "indices", f"?ebene={known.level}&thema={known.table}", "en")
    assert ["0.1567", "0.1499", "–"] in [row[2:5] for row in rows[1:]]
    release.indices.filter(index="entropy_diversity").update(value=0.81239, note=Words("de")(notes.MERGED))
    _, rows = read(client, "area", "", "en")
    assert "0.8123" in [row[8] for row in rows[1:]] and "0.8124" not in [row[8] for row in rows[1:]]


def test_indices(client: Client, release: Release) -> None:
    known = Index.objects.filter(area="", low__isnull=False).first()
    assert known is not None
    query = f"?ebene={known.level}&thema={known.table}"
    groups = client.get(page_of("indices") + query).context["groups"]
    entries = [entry for _, found in groups for _, entry, _ in found]
    head, rows = read(client, "indices", query, "en")
    assert [row[2:6] for row in rows[1:]] == [
        ["–" if value is None else f"{value:.4f}" for value in (entry.value, entry.low, entry.high)]
        + [str(entry.areas)]
        for entry in entries
    ]
    assert any(entry.low is not None for entry in entries)
    assert any(line[0] == "Note" for line in head), "what the interval means"
    assert all(client.get(address).status_code == 200 for address in {row[-1] for row in rows[1:]})


def test_profile_of_a_country_group(client: Client, years: list[Release]) -> None:
    """Every table of the page, and what is not published nor large enough is no number."""
    about = {"table": "nationality_group", "level": "quarter", "group": "turkey", "index": "dissimilarity"}
    Index.objects.create(release=years[1], **about, value=0.15, low=0.1, high=0.2, areas=12)
    context = client.get(page_of("origin"), headers={"accept-language": "en"}).context
    head, rows = read(client, "origin", language="en")
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows[1:]:
        found.setdefault(row[0], []).append(dict(zip(rows[0], row, strict=True)))
    series, mixes, places, indices = found.values()
    assert [(one["Reference date"], one["Number"], one["Compared with"]) for one in series] == [
        (str(Words("en").date(point.release.day)), number(point.cell), "" if not place else series[0]["Reference date"])
        for _, _, points in context["series"]
        for place, point in enumerate(points)
    ]
    shown = [(cell, beside) for mix in context["mixes"] for _, cell, beside in mix.rows]
    assert [one["Number"] for one in mixes] == [number(cell) for cell, _ in shown]
    for one, (cell, beside) in zip(mixes, shown, strict=True):
        for column, value in (("Share of the group", cell), ("Share of all residents", beside)):
            assert one[column] == (value.percent if value.share is None else f"{value.share:.3f}")
    assert [one["Number"] for one in places] == [number(place.cell) for place in context["found"]]
    assert [one["Value"] for one in places] == [
        text if place.quotient is None else f"{place.quotient:.4f}"
        for place, (_, _, text) in zip(context["found"], context["places"], strict=True)
    ]
    assert [[one[name] for name in ("Value", "Interval from", "Interval to")] for one in indices] == [
        ["0.1500", "0.1000", "0.2000"]
    ]
    assert [one["What it means"] for one in indices] == [said for *_, said in context["indices"]]
    assert all(client.get(one["Method and source"]).status_code == 200 for one in (places[0], *indices))
    assert sum(line[:1] == ["Note"] for line in head) == 3, "ways of counting, location quotient, interval"
    block = read(client, "origin", "?ebene=block", "en")[1]
    assert any(row[0] == places[0]["Table"] and row[7:9] == [".", "."] for row in block)


def number(cell: Cell) -> str:
    return cell.number if cell.value is None else str(cell.value)


def test_who_may_not_open_the_page_gets_no_file(anonymous: Client, years: list[Release]) -> None:
    """Neither with the mark of one who has it; once both dates are published everybody may."""
    reader = people.client(people.person("council", years[0].town))
    elsewhere = people.client(people.person("council", Town.objects.create(ags="05999005", name="Nebenstadt")))
    for file in (*map(address, VIEWS), MAP, LINE):
        mark = {"if-none-match": reader.get(file).headers["ETag"]}
        assert reader.get(file, headers=mark).status_code == 304
        assert elsewhere.get(file, headers=mark).status_code == 404
        assert anonymous.get(file, headers=mark).status_code == 302
        assert reader.get(file.rpartition(".")[0] + ".pdf").status_code == 404
    Publisher.objects.create(town=years[0].town, name="x", contact="a@example.org", licence="dl-by", attribution="x")
    for release in years:
        steps.propose(people.person("integration", release.town), release)
        steps.publish(people.person("head", release.town), release)
    assert {anonymous.get(file).status_code for file in (*map(address, VIEWS), MAP, LINE)} == {200}


def test_a_page_without_figures_has_no_file(client: Client, release: Release) -> None:
    """One date, no index, no figures of the area; and the page does not lead there."""
    Index.objects.all().delete()
    Series.objects.filter(level="quarter").delete()
    for name in ("time", "area", "indices"):
        assert client.get(address(name)).status_code == 404, name
        assert "daten.csv" not in client.get(page_of(name)).content.decode(), name


def test_a_choice_of_indices_that_finds_nothing_has_a_link_all_the_same(client: Client, release: Release) -> None:
    """A theme with indices on one level, looked at on another that has indices of other themes only."""
    Index.objects.filter(table="mh_register").update(level="block")
    query = "?ebene=quarter&thema=mh_register"
    page = client.get(page_of("indices") + query)
    markup = page.content.decode()
    assert page.context["groups"] == []
    assert page.context["tables"]
    assert f'href="{query.replace("&", "&amp;")}' in markup
    assert markup.count("data-copy=") == 1
    assert "daten.csv" not in markup
    assert client.get(address("indices", "csv", query)).status_code == 404


def test_without_towns_there_is_nothing_to_compare(client: Client) -> None:
    assert client.get(address("compare")).status_code == 404
    assert "daten.csv" not in client.get(page_of("compare")).content.decode()


@pytest.mark.parametrize(
    ("share", "percent", "printed", "stated"),
    [(41 / 400, "10.3%", 0.103, 0.103), (19 / 83, "23%", 0.23, 0.23), (None, "–", None, "–"), (None, ".", None, ".")],
)
def test_a_file_states_the_share_that_the_page_prints(
    share: float | None, percent: str, printed: float | None, stated: float | str
) -> None:
    """Half a unit up, and without the decimal that few residents do not bear."""
    cell = Cell("01", "Nord", 41, "41", 400, share, percent, "published", None, {}, printed)
    assert told(cell, Words("en")) == (41, stated, "published")
