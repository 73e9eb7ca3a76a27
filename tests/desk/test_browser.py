"""The desk in a real browser: accessible by axe-core's rules on screen, phone and paper, nothing from elsewhere."""

from __future__ import annotations

from typing import Any, Literal

import people
import pyotp
import pytest
from browsing import AXE, TAGS, fill
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from pages_served import KINDS, PAGES, addresses
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from pytest_django.live_server_helper import LiveServer
from roles_and_addresses import TABLE

from vielfalt.desk import serving
from vielfalt.desk.accounts import links, sessions
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.accounts.policy import WARNED_SECONDS
from vielfalt.desk.jobs.models import Job
from vielfalt.desk.jobs.running import LOST
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases.models import Release
from vielfalt.publish.licences import LICENCES

ARGUMENTS = ["--no-sandbox", "--enable-unsafe-swiftshader"]
"""The second one lets a machine without graphics card draw the interactive map."""
LOOKS: dict[str, tuple[Literal["light", "dark"], Literal["screen", "print"], int]] = {
    "light": ("light", "screen", 1280),
    "dark": ("dark", "screen", 1280),
    "phone": ("light", "screen", 320),
    "paper": ("dark", "print", 720),
}
"""Theme, medium and width. Paper is the hardest from the dark theme: what is pale there must not be printed so."""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LARGE_TEXT = """size => { document.documentElement.style.fontSize = size;
    return getComputedStyle(document.querySelector('h1')).fontSize }"""
UNNAMED_FRAMES = """() => [...document.querySelectorAll('body *')].filter(one =>
    one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
    && !(one.tabIndex === 0 && one.getAttribute('role') === 'region' && one.getAttribute('aria-label'))
    ).map(one => one.outerHTML.slice(0, 200))"""
"""What scrolls sideways although it is no frame that can be reached by keyboard and has a name."""
LINES_LACKING = """field => { const style = getComputedStyle(field), of = name => parseFloat(style[name]);
    return field.rows - (field.clientHeight - of('paddingTop') - of('paddingBottom')) / of('lineHeight') }"""
"""How many of its lines a field does not show."""
FILES = {
    *(f"theme_{kind}" for kind in KINDS),
    *(f"{name}_file" for name in ("compare", "time", "change", "line", "area", "indices", "origin", "quotient")),
    *(
        "excerpt_pdf",
        "excerpt_xlsx",
        "report_pdf",
        "report_html",
        "package",
        "catalogue",
        "open_file",
        "own_information",
    ),
}
ELSEWHERE = {"sso", "openid_connect_callback"}
SAME_AS_SECOND_SETUP = {"second_step", "second_codes", "second_off"}


def test_every_page_is_accessible(browser: Browser, live_server: LiveServer, shown: Release) -> None:
    """axe-core finds nothing (WCAG 2.2 AA, best practice) in four looks; no page is wider than window or sheet.

    Neither with text of twice the size, where only named frames scroll sideways; and no page asks elsewhere.
    """
    context = browser.new_context(bypass_csp=True, locale="de-DE", reduced_motion="reduce")
    enter(context, live_server.url)
    page = context.new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    found: dict[str, Any] = {}
    for name, address in every_page(shown).items():
        if name == "login":
            context.clear_cookies()
        page.goto(live_server.url + address)
        page.add_script_tag(path=AXE)
        for look in LOOKS:
            found |= {f"{name}, {look}: {fault}": where for fault, where in faults(page, look).items()}
        found |= {f"{name}, large text: {fault}": where for fault, where in faults_of_large_text(page).items()}
    context.close()
    assert found == {}
    assert {request.url for request in asked if not request.url.startswith(live_server.url)} == set()


def faults(page: Page, look: str) -> dict[str, list[str]]:
    """What axe finds in this look, and whether the page is too wide for it."""
    theme, medium, width = LOOKS[look]
    page.emulate_media(color_scheme=theme, media=medium)
    page.set_viewport_size({"width": width, "height": 900})
    result = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    assert result["passes"], "axe must have looked at something"
    found = {fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]] for fault in result["violations"]}
    return found | ({"wider than it may be": []} if page.evaluate(WIDER) else {})


def faults_of_large_text(page: Page) -> dict[str, list[str]]:
    """What does not hold for who reads in letters of twice the size (WCAG 1.4.4)."""
    page.emulate_media(color_scheme="light", media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
    small, large = (float(page.evaluate(LARGE_TEXT, size).removesuffix("px")) for size in ("", "200%"))
    found: dict[str, list[str]] = {"wider than the window": []} if page.evaluate(WIDER) else {}
    if frames := page.evaluate(UNNAMED_FRAMES):
        found["frame without name"] = frames
    if large < 1.9 * small:
        found["letters stay small"] = []
    return found


def every_page(release: Release) -> dict[str, str]:
    """An address of every page that the desk has: every pattern that is no file, no mere form and not elsewhere."""
    where = {name: addresses(release)[name] for name in PAGES} | of_publishing(release) | of_administration()
    forms = {name for name, row in TABLE.items() if row.method == "post"} - {"logout"}
    pages = set(TABLE) - forms - FILES - ELSEWHERE - SAME_AS_SECOND_SETUP
    assert pages <= set(where)
    return where


def test_a_reader_without_scripts_and_mouse(browser: Browser, live_server: LiveServer, shown: Release) -> None:
    """From the list of towns to the profile of an area by keyboard alone, scripts switched off."""
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    enter(context, live_server.url)
    page = context.new_page()
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    skip = page.locator(".skip").bounding_box()
    assert skip and skip["x"] >= 0
    follow(page, "Musterfurt")
    follow(page, "31.12.2025")
    follow(page, "Migrationshintergrund")
    page.get_by_role("combobox", name="Gebietsebene").select_option("block")
    page.get_by_role("button", name="Anzeigen").press("Enter")
    assert "ebene=block" in page.url
    page.locator("table").get_by_role("link", name="Block 0101", exact=True).press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Block 0101"
    context.close()


def test_paper_holds_the_tables_that_were_unfolded(browser: Browser, live_server: LiveServer, shown: Release) -> None:
    """A profile printed as it was opened holds no pages of headings without tables, and says where they all are."""
    context = browser.new_context(locale="de-DE")
    enter(context, live_server.url)
    page = context.new_page()
    page.goto(live_server.url + addresses(shown)["area"])
    folded, note = page.locator("main h2, details.profile"), page.get_by_text("gedruckt, die aufgeklappt waren")
    expect(note).to_be_hidden()
    page.emulate_media(media="print")
    expect(note).to_be_visible()
    assert [one.inner_text() for one in folded.all() if one.is_visible()] == []
    page.emulate_media(media="screen")
    page.locator("details.profile summary").first.click()
    page.emulate_media(media="print")
    expect(page.locator("details.profile table").first).to_be_visible()
    assert sum(one.is_visible() for one in page.locator("details.profile").all()) == 1
    context.close()


def test_a_session_warns_before_it_ends(browser: Browser, live_server: LiveServer, shown: Release) -> None:
    """Two minutes before the end a page says so; one button keeps the session open, and what is over is said."""
    context = browser.new_context(bypass_csp=True, locale="de-DE")
    reader = enter(context, live_server.url)
    page = context.new_page()
    page.clock.install()
    page.goto(live_server.url)
    warning = page.get_by_role("alert")
    unwarned = settings.SESSION_IDLE_SECONDS - 60 - WARNED_SECONDS
    page.clock.fast_forward((unwarned - 5) * 1000)
    assert warning.count() == 0
    page.clock.fast_forward(10_000)
    assert "Ihre Sitzung endet in zwei Minuten" in warning.inner_text()
    page.add_script_tag(path=AXE)
    assert page.evaluate("axe.run(document).then(found => found.violations.map(one => one.id))") == []
    with page.expect_request(live_server.url + reverse("account")):
        warning.get_by_role("button", name="Angemeldet bleiben").click()
    warning.get_by_role("button").wait_for(state="detached")
    page.clock.fast_forward((unwarned + 5) * 1000)
    sessions.end_all(reader)
    warning.get_by_role("button", name="Angemeldet bleiben").click()
    warning.get_by_text("Ihre Sitzung ist beendet").wait_for()
    page.goto(live_server.url + reverse("login"))
    assert page.get_by_role("alert").count() == 0
    context.close()


def test_a_session_that_nobody_keeps_open_is_said_to_be_over(
    browser: Browser, live_server: LiveServer, shown: Release
) -> None:
    context = browser.new_context(locale="de-DE")
    enter(context, live_server.url)
    page = context.new_page()
    page.clock.install()
    page.goto(live_server.url)
    for seconds in (settings.SESSION_IDLE_SECONDS - 60 - WARNED_SECONDS + 1, WARNED_SECONDS):
        page.clock.fast_forward(seconds * 1000)
    assert "Ihre Sitzung ist beendet" in page.get_by_role("alert").inner_text()
    context.close()


@pytest.mark.usefixtures("transactional_db")
def test_from_the_first_link_to_a_second_factor(browser: Browser, live_server: LiveServer) -> None:
    """The first account, an invitation, a second factor and logging in by it: in a browser without scripts."""
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(live_server.url + serving.first_link())
    page.get_by_role("button", name="Speichern und anmelden").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="E-Mail-Adresse").press("Enter")
    expect(page.get_by_label("E-Mail-Adresse", exact=True)).to_be_focused()
    fill(page, {"Name": "Erika Muster", "E-Mail-Adresse": "erika@example.org"})
    fill(page, {"Neues Passwort": people.PASSWORD, "Neues Passwort noch einmal": people.PASSWORD})
    page.get_by_role("button", name="Speichern und anmelden").press("Enter")
    phone = pyotp.TOTP(page.locator("code").inner_text())
    fill(page, {"Code": phone.now()})
    page.get_by_role("button", name="Weiter").press("Enter")
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="Konten", exact=True).press("Enter")
    follow(page, "Jemanden einladen")
    fill(page, {"Name": "Kim Beispiel", "E-Mail-Adresse": "kim@example.org"})
    page.get_by_role("button", name="Einladen").press("Enter")
    assert page.locator("code").inner_text().startswith(live_server.url + "/zugang/")
    page.get_by_role("button", name="Abmelden").press("Enter")
    fill(page, {"E-Mail-Adresse": "erika@example.org", "Passwort": people.PASSWORD})
    page.get_by_role("main").get_by_role("button", name="Anmelden").press("Enter")
    fill(page, {"Code": recovery})
    page.get_by_role("button", name="Weiter").press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Kommunen"
    context.close()


@pytest.mark.usefixtures("transactional_db")
def test_a_button_pressed_twice_counts_once(browser: Browser, live_server: LiveServer) -> None:
    """The second invitation would find the account of the first, and its link would never be seen."""
    context = browser.new_context(locale="de-DE")
    enter(context, live_server.url)
    page = context.new_page()
    page.goto(live_server.url + reverse("invite"))
    fill(page, {"Name": "Kim Beispiel", "E-Mail-Adresse": "kim@example.org"})
    page.get_by_label("Kommune").select_option("*")
    twice = "button => { button.click(); setTimeout(() => button.click(), 10); }"
    page.get_by_role("button", name="Einladen").evaluate(twice)
    expect(page.get_by_role("heading", level=1)).to_have_text("Link für Kim Beispiel")
    assert page.locator("code").inner_text().startswith(live_server.url + "/zugang/")
    page.goto(live_server.url + reverse("invite"))
    page.get_by_role("button", name="Einladen").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Einladen").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()


@pytest.mark.usefixtures("transactional_db")
def test_a_file_name_without_end_does_not_widen_the_page(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(locale="de-DE", viewport={"width": 360, "height": 800})
    job = Job.objects.create(owner=enter(context, live_server.url), name="L" * 196 + ".zip", state="failed", fault=LOST)
    page = context.new_page()
    page.goto(live_server.url + reverse("job", args=[job.pk]))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()


def test_a_field_of_several_lines_shows_as_many_as_it_says(
    browser: Browser, live_server: LiveServer, shown: Release
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="de-DE")
    proposer, about = enter(context, live_server.url), {"contact": "a@example.org", "licence": "dl-by"}
    Publisher.objects.create(town=shown.town, name="Stadt", attribution="S", **about)
    steps.propose(proposer, shown)
    page = context.new_page()
    page.goto(live_server.url + reverse("publication", args=[shown.town.ags, shown.name]))
    assert page.get_by_label("Begründung").evaluate(LINES_LACKING) <= 0
    context.close()


def test_licences_that_begin_alike_are_told_apart_on_a_phone(
    browser: Browser, live_server: LiveServer, shown: Release
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="de-DE")
    enter(context, live_server.url)
    page = context.new_page()
    page.goto(live_server.url + reverse("publisher", args=[shown.town.ags]))
    for licence in LICENCES.values():
        label = page.get_by_text(licence.title, exact=True)
        assert label.evaluate("node => node.scrollWidth <= node.clientWidth && node.clientWidth < 360")
    page.get_by_label(LICENCES["dl-zero"].title).check()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signs_are_seen_in_colours_that_the_system_forces(
    browser: Browser, live_server: LiveServer, shown: Release, scheme: Literal["light", "dark"]
) -> None:
    """White on white: an arrow that says that a field is a list, and whether a box is ticked."""
    context = browser.new_context(forced_colors="active", color_scheme=scheme)
    enter(context, live_server.url)
    page = context.new_page()
    page.goto(live_server.url + reverse("excerpt", args=[shown.town.ags, shown.name]))
    text = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    arrow = "getComputedStyle(document.querySelector('.kern-accordion__header'), '::after').backgroundColor"
    assert page.evaluate(arrow) == text
    box = page.locator("input[type=checkbox]").first
    assert box.evaluate("node => getComputedStyle(node).appearance") == "auto"
    page.goto(live_server.url + reverse("theme", args=[shown.town.ags, shown.name]))
    arrow = "getComputedStyle(document.querySelector('.kern-form-input__select-wrapper'), '::after').backgroundColor"
    assert page.evaluate(arrow) == text
    context.close()


def of_publishing(release: Release) -> dict[str, str]:
    """The pages of a release that everybody can read, for who proposes; and one that does not exist."""
    Publisher.objects.create(town=release.town, name="Stadt", contact="a@example.org", licence="dl-by", attribution="S")
    one, two = people.person("integration"), people.person("head")
    Publication.objects.create(release=release, proposed_by=one, approved_by=two, approved_at=timezone.now())
    town, place = [release.town.ags], [release.town.ags, release.name]
    return {
        "publisher": reverse("publisher", args=town),
        "publication": reverse("publication", args=place),
        "open_data": reverse("open_data", args=town),
        "plain_words": reverse("plain_words"),
        "logout": reverse("logout"),
        "nowhere": "/nirgendwo/",
    }


def of_administration() -> dict[str, str]:
    """The pages that look after accounts, and those in front of the door."""
    somebody = people.person("council")
    return {
        **{name: reverse(name) for name in ("accounts", "invite", "strict_roles")},
        "account_of": reverse("account_of", args=[somebody.pk]),
        "one_time_link": reverse("one_time_link", args=[links.token_for(somebody)]),
        "link_over": reverse("one_time_link", args=["nothing"]),
        "login": reverse("login"),
    }


def enter(context: BrowserContext, address: str) -> User:
    """Gives the browser the session of somebody who reads every town and looks after its accounts: this account."""
    reader = people.person("statistics")
    Membership.objects.create(user=reader, role="administration")
    session = people.client(reader).cookies["vielfalt"].value
    context.add_cookies([{"name": "vielfalt", "value": session, "url": address}])
    return reader


def follow(page: Page, name: str) -> None:
    """Follows a link of the page's own content with the keyboard."""
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.press("Enter")
