"""The interactive map in a real browser: the picture's figures, nothing from elsewhere, no breach of the policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import people
import pytest
from browsing import AXE, TAGS
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pages_served import addresses
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from vielfalt.desk.atlas.figures import figure
from vielfalt.desk.releases.models import Release
from vielfalt.desk.security import POLICY
from vielfalt.words import Words

WAIT = 120_000
"""Milliseconds that a machine without graphics card may take for a map."""


LARGEST_PAGE, LARGEST_MAP = 400_000, 1_500_000
"""Bytes of a page without and with the interactive map."""


def bytes_of(asked: set[str], live_server: LiveServer) -> int:
    """What the desk sends for these addresses to a browser that takes packed files."""
    reader = people.client(people.person("statistics"))
    own = [url.removeprefix(live_server.url) for url in asked if not url.startswith(("data:", "blob:"))]
    return sum(len(reader.get(address, headers={"accept-encoding": "gzip"}).getvalue()) for address in own)


@pytest.fixture()
def page(browser: Browser, live_server: LiveServer, shown: Release) -> Iterator[Page]:
    """A browser that is logged in, keeps to the policy of the pages and notes every breach of it."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1100, "height": 900})
    reader = people.client(people.person("statistics"))
    cookie = reader.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    context.add_init_script(
        "window.breaches = []; document.addEventListener('securitypolicyviolation', e => breaches.push(e.blockedURI))"
    )
    opened = context.new_page()
    yield opened
    context.close()


def opened_map(page: Page, live_server: LiveServer, release: Release) -> None:
    page.goto(live_server.url + addresses(release)["theme"].replace("ebene=quarter", "ebene=block"))
    page.get_by_role("button", name="Interaktive Karte").press("Enter")
    expect(page.locator(".big-map")).to_have_attribute("data-ready", "48", timeout=WAIT)


def test_the_interactive_map_is_the_picture(page: Page, live_server: LiveServer, shown: Release) -> None:
    """By keyboard alone: opened, an area chosen, its figures read, closed again. No breach, no foreign host."""
    asked: list[Request] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("pageerror", lambda error: faults.append(str(error)))
    opened_map(page, live_server, shown)
    assert not page.locator("svg.map").is_visible()
    drawn = page.locator(".big-map canvas").bounding_box()
    assert drawn and drawn["width"] > 400 and drawn["height"] > 400
    table = figure(shown.tables.get(key="foreigner"), "foreign", "block", Words("de"))
    for cell in (table.cells[0], next(cell for cell in table.cells if cell.mark == "suppressed")):
        choice = page.get_by_label("Gebiet zeigen")
        choice.focus()
        choice.select_option(cell.key)
        popup = page.locator(".maplibregl-popup-content")
        expect(popup).to_contain_text(f"{cell.percent} ({cell.number})")
        expect(popup).to_contain_text(cell.name)
        expect(popup.get_by_role("link")).to_have_attribute(
            "href", reverse("area", args=[shown.town.ags, shown.name, "block", cell.key])
        )
    page.get_by_role("button", name="Schließen").press("Escape")
    expect(page.locator(".maplibregl-popup-content")).to_have_count(0)
    page.keyboard.press("+")
    page.get_by_role("button", name="Zurück zum Bild").press("Enter")
    assert page.locator("svg.map").is_visible()
    assert page.evaluate("breaches") == []
    assert faults == []
    foreign = {one.url for one in asked if not one.url.startswith((live_server.url, "data:"))}
    assert foreign == set()
    assert any(one.url.endswith("maplibre-gl-csp-worker.js") for one in asked)
    assert LARGEST_PAGE < bytes_of({one.url for one in asked}, live_server) < LARGEST_MAP


def test_the_open_map_is_accessible(page: Page, live_server: LiveServer, shown: Release) -> None:
    opened_map(page, live_server, shown)
    page.get_by_label("Gebiet zeigen").select_option("0101")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("t => axe.run(document, {runOnly: {type: 'tag', values: t}})", TAGS)
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found["violations"]] == []
    page.emulate_media(media="print")
    assert page.locator("svg.map").is_visible()
    assert not page.locator(".big-map").is_visible()


@pytest.mark.parametrize("name", ["theme", "area", "origin", "time", "release"])
def test_a_page_is_light(page: Page, live_server: LiveServer, shown: Release, name: str) -> None:
    """With all that a browser loads for its first page: style sheets, script, letters."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(live_server.url + addresses(shown)[name], wait_until="networkidle")
    assert any(url.endswith(".woff2") for url in asked)
    assert bytes_of(asked, live_server) < LARGEST_PAGE


def test_the_picture_needs_none_of_it(page: Page, live_server: LiveServer, shown: Release) -> None:
    """Until somebody asks for the map, its library is not loaded; where data are saved, it is not even offered."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url + addresses(shown)["theme"])
    assert page.locator("svg.map").is_visible()
    assert [url for url in asked if "maplibre" in url or "geojson" in url] == []
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page.reload()
    assert page.get_by_role("button", name="Interaktive Karte").count() == 0


def test_a_map_that_cannot_be_drawn_says_so(page: Page, live_server: LiveServer, shown: Release) -> None:
    page.route("**/karte.geojson*", lambda route: route.abort())
    page.goto(live_server.url + addresses(shown)["theme"])
    page.get_by_role("button", name="Interaktive Karte").click()
    expect(page.get_by_role("alert")).to_contain_text("das Bild zeigt dasselbe")
    assert page.locator("svg.map").is_visible()


def test_the_areas_hold_what_the_table_holds(client: Client, release: Release) -> None:
    response = client.get(addresses(release)["theme_geojson"])
    assert response.headers["Content-Type"] == "application/geo+json"
    content = json.loads(response.content)
    shown_figure = figure(release.tables.get(key="foreigner"), "foreign", "quarter", Words("de"))
    told = {one["properties"]["key"]: one["properties"] for one in content["features"]}
    assert {cell.key: f"{cell.percent} ({cell.number})" for cell in shown_figure.cells} == {
        key: one["label"] for key, one in told.items()
    }
    assert {cell.key: cell.value for cell in shown_figure.cells} == {key: one["number"] for key, one in told.items()}
    for cell in shown_figure.cells:
        assert told[cell.key]["share"] == cell.printed and (cell.printed is None or 0 <= cell.printed <= 1)
    blocks = client.get(addresses(release)["theme_geojson"].replace("ebene=quarter", "ebene=block")).json()
    hidden = [one["properties"] for one in blocks["features"] if one["properties"]["number"] is None]
    assert hidden and {one["quality"] for one in hidden} == {"nicht veröffentlicht, um einzelne Personen zu schützen"}
    many = len(shown_figure.sizes)
    assert many in (4, 5)
    assert {one["style"] for one in told.values()} <= {"suppressed", "too_few", *(f"k{many}-{n}" for n in range(many))}
    about = content["about"]
    assert about["Kommune"] == release.town.name and about["Worauf sich der Anteil bezieht"] == shown_figure.share_of
    assert "Hinweis" not in about
    assert "unsafe" not in POLICY
    assert "worker-src 'self'" in POLICY


def test_areas_with_changed_numbers_say_so(client: Client, changed: Release) -> None:
    content = json.loads(client.get(addresses(changed)["theme_geojson"]).content)
    assert "„0“ heißt niemand oder sehr wenige" in content["about"]["Hinweis"]
