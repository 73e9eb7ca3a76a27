"""What shares refer to, over every theme of a release of two dates: the label names the base that was divided by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import publish_example
import pytest
from django.test import Client
from django.urls import reverse

from conftest import AUDIT
from vielfalt.desk.atlas import excerpt, figures, selecting
from vielfalt.desk.gateway import NOT_APPLICABLE, TOWN
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release, Series, Table
from vielfalt.publish.package import write_release
from vielfalt.synthetic import write_town
from vielfalt.tools import demonstration
from vielfalt.town import read_town
from vielfalt.words import Words

WORDS = Words("en")
WHOLES = {
    "Share of residents": "residents",
    "Share of households": "households",
    "Share of residents at the earlier reference date": "residents_before",
}
NUMBERS_ALONE = {
    *("moves_between", "flow_by_mh_group", "new_by_mh_group", "flow_by_sex", "flow_by_nationality_group"),
    "flow_by_age",
}

KEY = bytes([1]) * 32
"""By the key the sex of some residents is drawn, and with it what movements by sex have to hide in a small town."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the later of two dates, as ``vielfalt demo`` makes it of a larger town."""
    root = tmp_path_factory.mktemp("town") / "town"
    write_town(root, residents=3_000, seed=7, dates=(20241231, 20251231), progress=lambda _: None)
    (root / "vault").mkdir(exist_ok=True)
    (root / "vault" / "key").write_bytes(KEY)
    return [demonstration.quietly(root, date, "en") for date in read_town(root).reference_dates()][-1]


@pytest.fixture()
def moved(db: None, folder: Path) -> Release:
    return import_release(folder)


def whole(release: Release, key: str, level: str) -> list[int | None]:
    values: list[int | None] = Series.objects.get(
        table__release=release, table__key=key, level=level, category=""
    ).values
    return values


def levels(release: Release) -> dict[str, list[str]]:
    areas = {one.level: [area["key"] for area in one.areas] for one in release.area_sets}
    return {TOWN: [release.town.ags], **areas}


def test_every_theme_says_what_its_shares_refer_to(moved: Release) -> None:
    tables = list(moved.tables.all())
    divided = [table for table in tables if table.dimensions]
    said = {table.key: figures.share_of(table, WORDS) for table in divided}
    assert {key for key, label in said.items() if not label} == NUMBERS_ALONE
    assert said["went"] == "Share of residents at the earlier reference date" and said["came"] == "Share of residents"
    shared = 0
    for level, keys in levels(moved).items():
        found = figures.values_in(moved, tables, level, keys, WORDS)
        for table in divided:
            base = whole(moved, WHOLES[said[table.key]], level) if said[table.key] else []
            for place, key in enumerate(keys):
                for cell in found[table.key, key].values():
                    if not said[table.key]:
                        assert (cell.share, cell.base, cell.percent) == (None, None, NOT_APPLICABLE), table.key
                        assert cell.mark == ("suppressed" if cell.value is None else "published"), table.key
                        continue
                    assert cell.base == base[place], (table.key, level, key)
                    if cell.share is not None and cell.value is not None and cell.base:
                        shared += 1
                        assert cell.share == min(cell.value / cell.base, 1), (table.key, level, key)
    assert shared > 1_000


def test_no_table_keeps_a_base_that_is_none(moved: Release) -> None:
    kept = Series.objects.filter(table__release=moved, category=Series.BASE).values_list("table__key", flat=True)
    assert not NUMBERS_ALONE & set(kept)


def test_numbers_alone_are_told_as_numbers(client: Client, moved: Release) -> None:
    table = next(one for one in selecting.mapped(moved).values() if one.key == "flow_by_sex")
    query = {"thema": table.key, "ebene": moved.area_sets[0].level}
    of = (moved.town.ags, moved.name)
    page = client.get(reverse("theme", args=of), query, headers={"accept-language": "en"}).content.decode()
    assert "told in numbers alone" in page and "Share of" not in page and "karte.svg" not in page
    for form in ("svg", "png"):
        assert client.get(reverse(f"theme_{form}", args=of), query).status_code == 404
    rows = client.get(reverse("theme_csv", args=of), query, headers={"accept-language": "en"}).content.decode()
    assert "told in numbers alone" in rows and "%" not in rows
    assert all(line.split(";")[4] == NOT_APPLICABLE for line in rows.splitlines() if line.endswith(";published"))
    assert ";published" in rows


def test_an_excerpt_has_shares_only_where_there_is_a_whole(moved: Release) -> None:
    place = next(one for one in excerpt.offered(moved)[0])
    tables = tuple(Table.objects.filter(release=moved, key__in=("residents", "sex", "flow_by_sex", "moves_between")))
    found = {one.table.key: one for one in excerpt.sections(excerpt.Excerpt(moved, (place,), tables), WORDS)}
    assert {key: one.share_of for key, one in found.items()} == {
        **dict.fromkeys(("residents", "flow_by_sex", "moves_between"), ""),
        "sex": "Share of residents",
    }
    assert {key for key, one in found.items() if one.is_of_town} == {"moves_between"}


@pytest.mark.parametrize(("language", "said"), [("en", "Share of all counted"), ("de", "Anteil an allen Gezählten")])
def test_shares_of_an_imported_table_without_residents_are_of_all_counted(
    client: Client, tmp_path: Path, language: str, said: str
) -> None:
    """Nobody says that these are all residents: the shares are of the sum of the table's own categories."""
    alone = import_release(write_release(publish_example.imported(), tmp_path, Words("de"), AUDIT))
    of = (alone.town.ags, alone.name)
    for page in (
        reverse("theme", args=of),
        reverse("theme_csv", args=of),
        reverse("area", args=[*of, "quarter", "01"]),
    ):
        text = client.get(page, headers={"accept-language": language}).content.decode()
        assert said in text and "Share of residents" not in text and "Anteil an der Bevölkerung" not in text, page


def test_whether_a_table_stands_alone_is_asked_once_of_a_release(
    db: None, tmp_path: Path, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    release = import_release(write_release(publish_example.imported(), tmp_path, Words("de"), AUDIT))
    tables = list(release.tables.all())
    with django_assert_num_queries(1):
        assert {figures.share_of(table, WORDS) for table in tables * 3} == {"Share of all counted"}
