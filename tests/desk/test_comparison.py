"""Side by side: dates of a town and towns, never where figures do not mean the same."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from forging import described, forged
from releases_compared import AGS, THEME, Description, a_break, dated, shift

from vielfalt import breaks
from vielfalt.desk.atlas import change, comparing, lines, noise
from vielfalt.desk.atlas.figures import Cell
from vielfalt.desk.atlas.places import land, size_class
from vielfalt.desk.atlas.tabular import few
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Series
from vielfalt.methods import CELL_KEY, NEAREST, UP_OR_DOWN
from vielfalt.publish.licences import LICENCES
from vielfalt.words import Words


@pytest.fixture()
def years(db: None, package: Path, tmp_path: Path) -> list[Release]:
    found = [dated(package, tmp_path, f"{year}-12-31") for year in (2023, 2024, 2025)]
    shift(found[2], "foreigner", "foreign", 12)
    return found


def page(client: Client, address: str) -> str:
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_all_dates_and_the_change_by_area(client: Client, years: list[Release]) -> None:
    response = client.get(reverse("time", args=[AGS]) + THEME)
    assert [point.release for point in response.context["points"]] == years
    assert [point.obstacles for point in response.context["points"]] == [(), (), ()]
    assert response.context["line"].pieces[0].count(",") == 3
    changes = {one.after.key: one for one in response.context["changes"]}
    assert len(changes) == 12
    for one in changes.values():
        if one.before.share is None or one.after.share is None:
            assert one.difference in (".", "–")
            assert one.place is None
        else:
            assert one.difference == f"+{100 * (one.after.share - one.before.share):.1f}".replace(".", ",")
    assert any(one.place is not None for one in changes.values())


def test_the_dates_are_chosen_by_the_address(client: Client, years: list[Release]) -> None:
    address = reverse("time", args=[AGS]) + THEME + "&von=2023-12-31&bis=2024-12-31"
    context = client.get(address).context
    assert (context["first"], context["last"]) == (years[0], years[1])
    assert {one.difference for one in context["changes"] if one.place is not None} == {"0,0"}


def test_a_date_that_hides_the_figure_has_no_difference_in_points(client: Client, years: list[Release]) -> None:
    for series in Series.objects.filter(table__release=years[1], table__key="foreigner", level="town"):
        series.values, series.status = [None], "s"
        series.save()
    markup = page(client, reverse("time", args=[AGS]) + THEME)
    dot = '<span aria-hidden="true">.</span><span class="hidden-text">not published</span>'
    assert markup.count(f'<td class="kern-table__cell">{dot}') == 2
    assert ". percentage points" not in markup


@pytest.mark.parametrize("query", ["&von=2025-12-31&bis=2023-12-31", "&von=abc", "&bis=2023-12-31", "&ebene=nowhere"])
def test_dates_that_do_not_fit_are_refused(client: Client, years: list[Release], query: str) -> None:
    response = client.get(reverse("time", args=[AGS]) + THEME + query)
    assert response.status_code == 400
    assert query.rpartition("&")[2] in response.content.decode()


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (a_break("field_changed", ["nationality_1"]), comparing.BREAKS),
        (a_break("areas_changed", ["01"], "quarter"), comparing.AREAS),
        (a_break("of_a_later_version", []), comparing.UNKNOWN),
        (lambda content: content.update(previous_release=None), comparing.UNKNOWN),
        (lambda content: _protected_otherwise(content), comparing.PROTECTION),
        (lambda content: _defined_otherwise(content), comparing.DEFINITIONS),
    ],
)
def test_nothing_is_compared_across_a_break(
    client: Client, package: Path, tmp_path: Path, db: None, edit: Callable[[Description], None], reason: str
) -> None:
    dated(package, tmp_path, "2024-12-31")
    dated(package, tmp_path, "2025-12-31", edit)
    address = reverse("time", args=[AGS]) + THEME
    markup = page(client, address)
    assert reason in markup
    assert "These dates cannot be compared" in markup
    assert not client.get(address).context.get("changes")
    # Other areas of a level leave the town as a whole what it was.
    assert ("percentage points" in markup.lower()) == (reason == comparing.AREAS)


def _protected_otherwise(content: Description) -> None:
    for table in content["tables"]:
        table["protection"]["parameters"]["min_area"] = 50


def _defined_otherwise(content: Description) -> None:
    next(table for table in content["tables"] if table["id"] == "foreigner")["definitions"] = ["residents"]


def test_the_line_stops_at_a_break(client: Client, package: Path, tmp_path: Path, db: None) -> None:
    for year in (2022, 2023):
        dated(package, tmp_path, f"{year}-12-31")
    dated(package, tmp_path, "2024-12-31", a_break("field_changed", ["nationality_1"]))
    dated(package, tmp_path, "2025-12-31")
    line = client.get(reverse("time", args=[AGS]) + THEME).context["line"]
    assert len(line.pieces) == 2
    assert len(line.breaks) == 1
    assert line.points[1][0] < line.breaks[0] < line.points[2][0]


def test_many_dates_leave_room_for_each_other(years: list[Release]) -> None:
    """At most four are named below the chart, the last one always; every one is a point."""
    cell = Cell("", "", 30, "", 300, 0.1, "", "published", None, {})
    releases = [Release(reference_date=dt.date(year, 12, 31), town=years[0].town) for year in range(2016, 2026)]
    line = lines.line([change.Point(one, cell, (), False, "") for one in releases], Words("de"))
    assert line is not None
    assert len(line.points) == 10
    assert [text for _, text in line.dates] == ["31.12.2016", "31.12.2019", "31.12.2022", "31.12.2025"]


def test_a_long_title_has_room(years: list[Release]) -> None:
    """Above a chart that stays as large as it is."""
    cell = Cell("", "", 30, "", 300, 0.1, "", "published", None, {})
    points = [change.Point(one, cell, (), False, "") for one in years]
    line = lines.line(points, Words("de"))
    assert line is not None
    short, long = (lines.line_file(line, "t" * letters, "Anteil", points, Words("de")) for letters in (9, 90))
    assert f'width="{line.width:g}"' in short
    width = re.search(r'width="([\d.]+)" height', long)
    assert width is not None
    assert float(width[1]) > 90 * 9


def test_a_break_elsewhere_stops_nothing(client: Client, package: Path, tmp_path: Path, db: None) -> None:
    dated(package, tmp_path, "2024-12-31")
    dated(package, tmp_path, "2025-12-31", a_break("field_changed", ["religion"]))
    assert client.get(reverse("time", args=[AGS]) + THEME).context["changes"]


def test_one_date_alone(client: Client, release: Release) -> None:
    assert "only one reference date" in page(client, reverse("time", args=[release.town.ags]))


def test_of_two_releases_of_a_date_the_later_counts(package: Path, tmp_path: Path, db: None) -> None:
    first = dated(package, tmp_path, "2025-12-31")
    tenth = dated(package, tmp_path / "b", "2025-12-31", lambda content: content.update(release="2025-12-31-10"))
    second = dated(package, tmp_path / "c", "2025-12-31", lambda content: content.update(release="2025-12-31-2"))
    assert {first, second, tenth} == set(Release.objects.all())
    assert change.dated(Release.objects.all()) == [tenth]


def of_town(
    ags: str, name: str, edit: Callable[[Description], object] = lambda _: None
) -> Callable[[Description], None]:
    def describe(content: Description) -> None:
        content["town"] = {"ags": ags, "name": name}
        edit(content)

    return describe


@pytest.fixture()
def towns(package: Path, tmp_path: Path, db: None) -> list[Release]:
    """Musterfurt, one counted alike, one protected otherwise, one under another set of rules."""
    other = {
        "A": of_town("09999001", "Altental"),
        "B": of_town("16999001", "Zweibrunn", _protected_otherwise),
        "C": of_town("03999001", "Neuenfeld", lambda content: content.update(rule_set="berlin-1")),
    }
    found = [dated(package, tmp_path, "2025-12-31")]
    for key, edit in other.items():

        def rename(folder: Path, edit: Callable[[Description], None] = edit) -> None:
            described(folder, edit)
            for path in (folder / "tables").glob("*.csv"):
                ags = edit_ags(edit)
                path.write_text(re.sub(r"^town,\d{8}", f"town,{ags}", path.read_text("utf-8"), flags=re.M), "utf-8")

        found.append(import_release(forged(package, tmp_path / key, rename)))
    return found


def edit_ags(edit: Callable[[Description], None]) -> str:
    content: Description = {"tables": []}
    edit(content)
    return str(content["town"]["ags"])


def test_towns_stand_in_the_order_of_names(client: Client, towns: list[Release]) -> None:
    rows = client.get(reverse("compare") + "?thema=foreigner&kategorie=foreign").context["rows"]
    assert [row["town"].name for row in rows] == ["Altental", "Musterfurt", "Neuenfeld", "Zweibrunn"]
    assert [row["land"] for row in rows] == ["Bayern", "Nordrhein-Westfalen", "Niedersachsen", "Thüringen"]
    assert [row["cell"] is not None for row in rows] == [True, True, True, False]


def test_towns_are_compared_only_where_definitions_and_protection_agree(client: Client, towns: list[Release]) -> None:
    markup = page(client, reverse("compare") + "?thema=mh_register&kategorie=with")
    assert comparing.RULES in markup
    assert comparing.PROTECTION in markup
    rows = client.get(reverse("compare") + "?thema=mh_register&kategorie=with").context["rows"]
    assert [row["cell"] is not None for row in rows] == [True, True, False, False]


def test_the_towns_are_chosen_by_the_address(client: Client, towns: list[Release]) -> None:
    rows = client.get(reverse("compare") + f"?kommune={AGS}&kommune=16999001").context["rows"]
    assert [row["town"].ags for row in rows] == [AGS, "16999001"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", "09999001"),
        (f"&massstab={AGS}", AGS),
        (f"&massstab={AGS}&kommune={AGS}&kommune=16999001", f"{AGS}-16999001"),
        (f"&massstab=16999001&kommune={AGS}&kommune=16999001", f"16999001-{AGS}"),
    ],
)
def test_files_of_other_choices_have_other_names(client: Client, towns: list[Release], query: str, named: str) -> None:
    """The measure, and who stands beside it where not all do; the file says of which theme the figure is."""
    address = f"{reverse('compare_file', args=['csv'])}?thema=foreigner&kategorie=foreign{query}"
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="vergleich-foreigner-foreign-{named}.csv"'
    assert "Figure;Foreigners\r\nTheme;Germans and foreigners\r\n" in answer.content.decode()


def test_many_towns_are_counted_in_a_name() -> None:
    """A path has no room for the keys of thirty."""
    assert few(map(str, range(5)), "kommunen") == ("0", "1", "2", "3", "4")
    assert few(map(str, range(30)), "kommunen") == ("30", "kommunen")


def test_the_base_is_chosen_by_the_address(client: Client, towns: list[Release]) -> None:
    """Who is protected otherwise than the others can be the measure as well: then the others are not comparable."""
    query = f"?thema=foreigner&kategorie=foreign&kommune={AGS}&massstab=16999001"
    context = client.get(reverse("compare") + query).context
    assert context["measure"].town.ags == "16999001"
    assert [(row["town"].ags, row["cell"] is not None) for row in context["rows"]] == [(AGS, False), ("16999001", True)]
    assert [choice.value for choice in context["measures"] if choice.chosen] == ["16999001"]


@pytest.mark.parametrize(
    ("lost", "query"),
    [
        ({"category": "turkey"}, "?thema=nationality_group&kategorie=turkey"),
        ({"table__key": "mh_register"}, "?thema=mh_register&kategorie=with"),
    ],
)
def test_what_the_base_lacks_gives_way(client: Client, towns: list[Release], lost: dict[str, str], query: str) -> None:
    """Another base may lack a theme or category that stands in the address; only what no town has is unknown."""
    base = towns[1]
    assert Series.objects.filter(table__release=base, **lost).delete()[0]
    base.tables.filter(series=None).delete()
    assert client.get(reverse("compare") + query).context["measure"] == base
    assert client.get(reverse("compare") + query + f"&massstab={AGS}").context["rows"]
    for unknown in ("?thema=nonsense", "?kategorie=nonsense"):
        assert client.get(reverse("compare") + unknown).status_code == 400


def test_themes_that_say_nothing_of_a_town_are_not_compared(client: Client, towns: list[Release]) -> None:
    """Not which rules decided, nor what the base alone counts."""
    towns[0].tables.filter(key="sex").delete()
    offered = {choice.value for choice in client.get(reverse("compare") + f"?massstab={AGS}").context["tables"]}
    assert {"foreigner", "mh_register"} <= offered
    assert not offered & {"migration_rule", "sex"}
    alone = client.get(reverse("compare") + f"?kommune={AGS}").context["tables"]
    assert "foreigner" in {choice.value for choice in alone}


def test_pages_side_by_side_name_source_and_licence(client: Client, years: list[Release]) -> None:
    for address in (reverse("compare"), reverse("time", args=[AGS]) + THEME):
        markup = page(client, address)
        footer = markup.partition("<footer")[2]
        assert all(part in footer for part in (LICENCES["dl-by"].title, "Release 2025-12-31-1", "Licence:"))
    assert [year.name in markup for year in years] == [True] * 3
    assert "Differences are computed from the unrounded shares" in markup


@pytest.mark.django_db
def test_an_empty_comparison(client: Client) -> None:
    assert "no release here yet" in page(client, reverse("compare"))


def test_land_and_size() -> None:
    assert (land("08115003"), land("99999001")) == ("Baden-Württemberg", "–")
    assert [size_class(n) for n in (4_999, 5_000, 19_999, 20_000, 100_000)] == [
        "rural municipality",
        "small town",
        "small town",
        "medium-sized town",
        "large town",
    ]


def test_a_county_is_no_town_of_some_size(years: list[Release], client: Client) -> None:
    release = years[2]
    assert ">county<" not in page(client, reverse("compare"))
    release.description, release.digest = {**release.description, "made_of": [{"ags": "x"}]}, "c" * 64
    release.save()
    assert ">county<" in page(client, reverse("compare"))


@pytest.fixture()
def changed_years(db: None, changed_package: Path, tmp_path: Path) -> list[Release]:
    """Two dates under the cell key method; a number changed by two persons in the mean."""

    def told(content: Description) -> None:
        content["utility"]["mean_change"] = 2.0

    return [dated(changed_package, tmp_path, f"{year}-12-31", told) for year in (2024, 2025)]


@pytest.mark.parametrize(("by", "signs"), [(3, {"≈"}), (60, {"+"})])
def test_a_change_that_protection_can_make_is_no_change(
    client: Client, changed_years: list[Release], by: int, signs: set[str]
) -> None:
    shift(changed_years[1], "foreigner", "foreign", by)
    context = client.get(reverse("time", args=[AGS]) + THEME).context
    shown = [one for one in context["changes"] if one.place is not None]
    assert shown
    assert {one.difference[0] for one in shown} == signs
    assert {one.noise for one in shown} == {signs == {"≈"}}
    # 95 of 100 pairs of unchanged numbers differ by less: 1.96 * sqrt(2) standard deviations of 2 * sqrt(pi / 2).
    assert context["noise"] == "7"
    if by == 3:
        assert "no change beyond what protection alone can make" in page(client, reverse("time", args=[AGS]) + THEME)


def test_the_noise_of_each_method(years: list[Release]) -> None:
    table = years[0].tables.get(key="foreigner")
    sizes = {}
    for method in (table.method, NEAREST[5], UP_OR_DOWN[10], CELL_KEY):
        table.method = method
        sizes[method] = noise.persons(table, table)
    assert list(sizes.values()) == [0, 5, 18, math.inf]
    table.method = NEAREST[3]
    three = Cell("", "", 30, "", 300, 0.1, "", "estimated", None, {})
    assert noise.is_noise(three, replace(three, share=0.11), noise.persons(table, table))
    assert not noise.is_noise(three, replace(three, share=0.112), noise.persons(table, table))


def test_breaks_speak_the_language_of_the_reader(client: Client, package: Path, tmp_path: Path, db: None) -> None:
    german, entry = Words("de"), breaks.check("field_changed")

    def edit(content: Description) -> None:
        a_break("field_changed", ["nationality_1"])(content)
        content["breaks"][0] |= {"text": german(entry.message), "consequence": german(entry.consequence)}

    dated(package, tmp_path, "2024-12-31")
    later = dated(package, tmp_path, "2025-12-31", edit)
    for address in (
        reverse("time", args=[AGS]) + THEME,
        reverse("release", args=[AGS, later.name]),
    ):
        assert f"{entry.message} {entry.consequence}" in page(client, address)
        answer = client.get(address, headers={"accept-language": "de"}).content.decode()
        assert f"{german(entry.message)} {german(entry.consequence)}" in answer


def test_towns_of_no_land_have_no_column_of_lands(client: Client, release: Release) -> None:
    lands = 'scope="col" class="kern-table__header">Land<'
    assert lands in client.get(reverse("compare")).content.decode()
    release.town.ags = "99999001"
    release.town.save()
    caches["pages"].clear()
    assert lands not in client.get(reverse("compare")).content.decode()
