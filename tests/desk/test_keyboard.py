"""The core tasks with the keyboard alone, in a real browser: every stop can be seen, no page is a trap."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import people
import pytest
from pages_served import addresses
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.jobs import running
from vielfalt.desk.jobs.models import Job
from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases.models import Release
from vielfalt.publish.picture import contrast

MOST_STOPS = 150
STOP = """wanted => {
    const here = document.activeElement, style = getComputedStyle(here);
    const path = here.closest("svg") && here.querySelector("path");
    const drawn = path && parseFloat(getComputedStyle(path).strokeWidth) >= 3;
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const seen = drawn || outlined || style.boxShadow !== "none";
    return { there: here === wanted, lost: here === document.body, unseen: seen ? "" : here.outerHTML.slice(0, 200) };
}"""
COLOURS = """pairs => {
    const ink = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const hex = colour => {
        ink.fillStyle = colour; ink.fillRect(0, 0, 1, 1);
        const [red, green, blue] = ink.getImageData(0, 0, 1, 1).data;
        return "#" + [red, green, blue].map(one => one.toString(16).padStart(2, "0")).join("");
    };
    const of = ([selector, property]) => hex(getComputedStyle(document.querySelector(selector))[property]);
    return pairs.map(pair => pair.map(of));
}"""
SEEN_APART = (
    ((".site-name", "outlineColor"), ("body", "backgroundColor")),
    ((".bar rect", "fill"), ("body", "backgroundColor")),
    ((".map path", "stroke"), (".map", "backgroundColor")),
    ((".box rect", "stroke"), (".map", "backgroundColor")),
)
"""What has to be told from what lies behind it: the mark of the focus, bars, borders of areas (WCAG 1.4.11)."""


def tab_to(page: Page, target: Locator) -> None:
    """Goes to an element as somebody without a mouse does: from stop to stop, each of which can be seen."""
    wanted = target.first.element_handle()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop: dict[str, Any] = page.evaluate(STOP, wanted)
        assert stop["lost"] or not stop["unseen"], stop
        if stop["there"]:
            return
    raise AssertionError(f"{target} cannot be reached at {page.url}")


def press(page: Page, role: Any, name: str, within: str = "main") -> None:  # noqa: ANN401
    tab_to(page, page.get_by_role(within).get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def opened(browser: Browser, live_server: LiveServer, user: User, address: str) -> Page:
    context = browser.new_context(locale="de-DE", permissions=["clipboard-read", "clipboard-write"])
    session = people.client(user).cookies["vielfalt"].value
    context.add_cookies([{"name": "vielfalt", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + address)
    return page


@pytest.mark.usefixtures("transactional_db")
def test_a_release_is_imported(browser: Browser, live_server: LiveServer, zipped: Path) -> None:
    """The import, from the menu to the release; the file itself is chosen in a window of the system."""
    page = opened(browser, live_server, people.person("statistics"), "/")
    press(page, "link", "Einlesen", "navigation")
    page.wait_for_url("**/einlesen/")
    file = page.get_by_label("Veröffentlichungspaket")
    tab_to(page, file)
    file.set_input_files(zipped)
    press(page, "button", "Einlesen")
    page.wait_for_url("**/auftraege/*/")
    running.run(str(Job.objects.get().pk))
    page.reload()
    press(page, "link", "Zur Veröffentlichung")
    page.wait_for_url(re.compile("2025-12-31-1/$"))
    page.context.close()


def test_two_persons_publish(browser: Browser, live_server: LiveServer, shown: Release) -> None:
    """One proposes, another one signs: from the notice on the start page to the figures that everybody reads."""
    Publisher.objects.create(town=shown.town, name="Stadt", contact="a@example.org", licence="dl-by", attribution="S")
    one = opened(browser, live_server, people.person("integration"), addresses(shown)["release"])
    press(one, "link", "Öffentlich machen")
    press(one, "button", "Zum Öffentlichmachen vorschlagen")
    expect(one.get_by_text("Jemand anderes")).to_be_visible()
    one.context.close()
    two = opened(browser, live_server, people.person("head"), "/")
    press(two, "link", "Musterfurt, 31.12.2025: öffentlich machen")
    press(two, "button", "Jetzt öffentlich machen")
    expect(two.get_by_text("Nicht mehr öffentlich zeigen").first).to_be_visible()
    assert Publication.objects.get().state == "published"
    two.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_map_is_looked_at(browser: Browser, live_server: LiveServer, shown: Release, theme: Any) -> None:  # noqa: ANN401
    """An area of the map leads to its profile; its link is copied; what has to be seen stands out, light and dark."""
    page = opened(browser, live_server, people.person("council"), addresses(shown)["theme"])
    page.emulate_media(color_scheme=theme)
    tab_to(page, page.locator(".site-name"))
    for front, behind in page.evaluate(COLOURS, SEEN_APART):
        assert contrast(front, behind) >= 3, (front, behind)
    press(page, "button", "Link kopieren")
    expect(page.get_by_role("status").get_by_text("Kopiert.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == live_server.url + addresses(shown)["theme"]
    page.reload()
    tab_to(page, page.locator(".map a").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/gebiete/quarter/*/")
    page.context.close()


def test_what_scrolls_is_seen_when_it_has_the_focus(browser: Browser, live_server: LiveServer, shown: Release) -> None:
    """Tables in their frames, and the interactive map, which arrow keys move."""
    page = opened(browser, live_server, people.person("council"), addresses(shown)["theme"])
    tab_to(page, page.get_by_role("region").first)
    page.reload()
    press(page, "button", "Interaktive Karte")
    tab_to(page, page.locator(".big-map__view canvas"))
    page.context.close()


def test_towns_are_compared_and_accounts_looked_after(
    browser: Browser,
    live_server: LiveServer,
    shown: Release,
) -> None:
    reader = people.person("statistics")
    Membership.objects.create(user=reader, role="administration")
    page = opened(browser, live_server, reader, "/")
    press(page, "link", "Vergleich", "navigation")
    page.wait_for_url("**/vergleich/")
    tab_to(page, page.get_by_role("combobox", name="Thema"))
    page.keyboard.press("ArrowDown")
    press(page, "button", "Anzeigen")
    page.wait_for_url("**/vergleich/?thema=*")
    press(page, "link", "Konten", "navigation")
    press(page, "link", "Jemanden einladen")
    page.wait_for_url("**/konten/einladen/")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.type("Kim Beispiel")
    tab_to(page, page.get_by_label("E-Mail-Adresse", exact=True))
    page.keyboard.type("kim@example.org")
    press(page, "button", "Einladen")
    expect(page.get_by_text("/zugang/")).to_be_visible()
    page.context.close()
