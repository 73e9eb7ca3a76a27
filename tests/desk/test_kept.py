"""Pages that were made once: shown again to whoever may read them, with the head of each reader, and to nobody else."""

from __future__ import annotations

import html
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import people
import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from pages_served import addresses

import vielfalt
from vielfalt import ownfiles
from vielfalt.desk.atlas import kept, views
from vielfalt.desk.releases.models import Release, Town

FILES = ("theme_csv", "theme_xlsx", "theme_svg", "theme_png", "theme_geojson", "report_pdf", "report_html", "package")


def text(browser: Client, address: str, language: str = "de") -> str:
    answer = browser.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def main_of(page: str) -> str:
    return page.partition('<main id="main"')[2].partition("</main>")[0]


@pytest.mark.parametrize("name", ["release", "theme", "area", "origins", "origin", "indices", "definitions", "time"])
def test_the_second_reader_sees_the_same_under_a_head_of_their_own(release: Release, name: str) -> None:
    address = addresses(release)[name]
    first, second = (people.client(people.person(role, release.town)) for role in ("county", "council"))
    one, other = text(first, address), text(second, address)
    assert main_of(one) == main_of(other) == main_of(text(first, address)) != ""
    assert one[: one.index("</head>")] == other[: other.index("</head>")]
    assert "csrfmiddlewaretoken" not in main_of(one)
    assert "csrfmiddlewaretoken" in other.partition('<main id="main"')[0]


def test_a_kept_page_asks_for_no_figures(client: Client, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    address = addresses(release)["theme"]
    first = text(client, address)
    monkeypatch.setattr(views, "_theme", None)
    assert main_of(text(client, address)) == main_of(first)


@pytest.mark.parametrize(("more", "kept"), [("", True), ("x=1", False), ("ebene={0}&ebene={0}", False)])
def test_addresses_of_which_there_is_no_end_are_not_kept(
    client: Client, release: Release, monkeypatch: pytest.MonkeyPatch, more: str, kept: bool
) -> None:
    level = release.levels.select_related("area_set")[0].area_set.level
    address, made = f"{addresses(release)['theme'].partition('?')[0]}?{more.format(level)}", views._theme
    times: list[str] = []

    def counted(request: HttpRequest, found: Release) -> Mapping[str, object]:
        times.append(request.path)
        return made(request, found)

    monkeypatch.setattr(views, "_theme", counted)
    assert main_of(text(client, address)) == main_of(text(client, address))
    assert len(times) == (1 if kept else 2)


def test_each_language_has_its_own_page(client: Client, release: Release) -> None:
    address = addresses(release)["theme"]
    german, english = (text(client, address, language) for language in ("de", "en"))
    assert "Gesamtstadt" in main_of(german) or "Stadt insgesamt" in main_of(german)
    assert "Town as a whole" in main_of(english)
    assert main_of(text(client, address)) == main_of(german)


def test_links_of_a_role_are_not_kept_for_another(release: Release) -> None:
    address = addresses(release)["release"]
    history = reverse("release_history", args=[release.town.ags, release.name])
    assert history in text(people.client(people.person("head", release.town)), address)
    assert history not in text(people.client(people.person("council", release.town)), address)


def test_a_kept_page_is_not_shown_to_who_may_not_read_it(client: Client, release: Release) -> None:
    elsewhere = people.client(people.person("council", Town.objects.create(ags="05999005", name="Nebenstadt")))
    for name in ("theme", "theme_svg"):
        kept = client.get(addresses(release)[name])
        tag = {"if-none-match": kept.headers.get("ETag", "*")}
        assert elsewhere.get(addresses(release)[name], headers=tag).status_code == 404
        assert Client().get(addresses(release)[name], headers=tag).status_code == 302


def test_a_town_under_its_new_name(client: Client, release: Release) -> None:
    address = addresses(release)["theme"]
    assert "Musterfurt" in text(client, address)
    release.town.name = "Neufurt"
    release.town.save()
    again = text(client, address)
    assert "Neufurt" in again
    assert "Musterfurt" not in main_of(again)


@pytest.mark.parametrize("name", [*FILES, "compare_file", "area_file", "indices_file"])
def test_a_file_that_the_browser_has_is_not_sent_again(client: Client, release: Release, name: str) -> None:
    address = addresses(release)[name]
    first = client.get(address)
    assert len(first.getvalue()) > 100
    again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    english = client.get(address, headers={"if-none-match": first.headers["ETag"], "accept-language": "en"})
    assert english.status_code == 200
    assert english.getvalue()


@pytest.mark.parametrize("name", [*FILES, "compare_file", "area_file", "indices_file"])
def test_a_file_of_another_release_or_program_is_sent_again(
    client: Client, release: Release, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A release that took the place of another under its name, or a line mended within a version."""
    address, tags = addresses(release)[name], list[str]()

    def sent() -> None:
        answer = client.get(address, headers={"if-none-match": ", ".join(tags)} if tags else {})
        assert answer.getvalue(), answer.status_code
        tags.append(answer.headers["ETag"])

    sent()
    with monkeypatch.context() as mended:
        mended.setattr(kept, "program", lambda: "mended")
        sent()
    digest = "d" * 64
    shutil.copy(settings.PACKAGES / f"{release.digest}.zip", settings.PACKAGES / f"{digest}.zip")
    release.digest = digest
    release.save()
    sent()
    assert len(set(tags)) == 3


def test_the_program_is_known_by_its_files(tmp_path: Path) -> None:
    """A change counts, a new name too; what Python keeps and browsers load for themselves does not."""
    found = []
    for name, content in (("a.py", "1"), ("a.py", "2"), ("b/a.html", ""), ("b/c.html", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
        found.append(ownfiles.fingerprint(tmp_path))
    assert len(set(found)) == 4
    for folder in ownfiles.APART:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.js").write_text("1")
    assert ownfiles.fingerprint(tmp_path) == found[-1]
    assert kept.program() == f"{version('vielfalt')} {ownfiles.fingerprint(Path(vielfalt.__file__).parent)}"
