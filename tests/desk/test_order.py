"""Releases of one date in the order of their numbers, the tenth after the ninth, wherever one of them is the latest."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from forging import described, forged
from people import person

from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import Release
from vielfalt.desk.releases.previewing import previewed

DAY = "2025-12-31"


def numbered(package: Path, tmp_path: Path, number: int) -> Path:
    """The same package as another release of its date."""

    def change(folder: Path) -> None:
        described(folder, lambda content: content.update(release=f"{DAY}-{number}"))

    return forged(package, tmp_path / str(number), change)


@pytest.fixture()
def last(release: Release, package: Path, tmp_path: Path) -> Release:
    """The eleventh release of a date. Of those between it and the first the rows alone are there."""
    for number in range(2, 11):
        kept = {"town": release.town, "reference_date": release.reference_date, "kind": release.kind}
        Release.objects.create(name=f"{DAY}-{number}", digest=str(number), description=release.description, **kept)
    return import_release(numbered(package, tmp_path, 11))


def test_a_town_lists_its_releases_by_number(client: Client, last: Release) -> None:
    listed = client.get(reverse("town", args=[last.town.ags])).context["releases"]
    assert [one.name for one, _ in listed] == [f"{DAY}-{number}" for number in range(11, 0, -1)]


def test_the_latest_release_is_the_eleventh(client: Client, last: Release) -> None:
    towns = client.get(reverse("towns")).context["list"].towns
    assert towns == [(last.town, last)]
    for page in ("release", "theme", "indices", "excerpt", "origins"):
        assert client.get(reverse(page, args=[last.town.ags, "neueste"])).context["release"] == last, page


def test_dates_and_towns_are_compared_by_the_eleventh(client: Client, last: Release) -> None:
    rows = client.get(reverse("compare")).context["rows"]
    assert [row["release"] for row in rows] == [last]
    dates = client.get(reverse("time", args=[last.town.ags])).context["releases"]
    assert dates == [last]


def test_a_check_looks_at_the_eleventh(last: Release, package: Path, tmp_path: Path) -> None:
    seen = previewed(numbered(package, tmp_path, 12), None, lambda step: None)
    assert seen["before"] == last.name


def test_a_file_lists_its_sources_by_number(client: Client, release: Release, package: Path, tmp_path: Path) -> None:
    """Whatever was imported first: the profile of a country names the release of the page and the latest one."""
    for number in (11, 3):
        import_release(numbered(package, tmp_path, number))
    page = reverse("origin_file", args=[release.town.ags, f"{DAY}-3", "turkey", "csv"])
    text = client.get(page).content.decode()
    assert 0 < text.index(f";{DAY}-3;") < text.index(f";{DAY}-11;")


def test_open_data_names_the_eleventh_first(anonymous: Client, last: Release) -> None:
    about = {"name": "Stadt", "contact": "a@b.de", "licence": "dl-by", "attribution": "Stadt"}
    Publisher.objects.create(town=last.town, **about)
    one, two = person("integration"), person("head")
    for public in (Release.objects.get(name=f"{DAY}-1"), last):
        Publication.objects.create(release=public, proposed_by=one, approved_by=two, approved_at=timezone.now())
    datasets = anonymous.get(reverse("open_data", args=[last.town.ags])).context["datasets"]
    assert [dataset.release.name for dataset, _ in datasets] == [last.name, f"{DAY}-1"]
