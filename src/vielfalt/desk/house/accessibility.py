"""What is known of the desk's accessibility: the criteria that tests look at, and the limits that are known.

The statement on accessibility is made of this list and claims nothing else. A test sees to it that every test named
here exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.words import N_

_AXE = "tests/desk/test_browser.py::test_every_page_is_accessible"
_SOUND = "tests/desk/test_pages.py::test_every_page_is_sound"
_FORMS = "tests/desk/test_forms.py::test_what_failed_is_said_on_top_and_at_the_field"
_TASKS = "tests/desk/test_keyboard.py::test_towns_are_compared_and_accounts_looked_after"
_MAP = "tests/desk/test_keyboard.py::test_a_map_is_looked_at"
_KEYBOARD = "tests/desk/test_browser.py::test_a_reader_without_scripts_and_mouse"


@dataclass(frozen=True)
class Criterion:
    """A success criterion of WCAG 2.2, levels A and AA (EN 301 549), what is tested of it, and by which test."""

    id: str
    title: str
    tested: str
    test: str


@dataclass(frozen=True)
class Limit:
    """Something that not everybody can use, and what to use instead."""

    text: str
    instead: str


TESTED: tuple[Criterion, ...] = (
    Criterion("1.1.1", N_("Text for pictures"), N_("Every picture has a text; every map has a table beside it."), _AXE),
    Criterion(
        "1.3.1", N_("Structure"), N_("One main heading, no level left out; tables name rows and columns."), _SOUND
    ),
    Criterion("1.4.3", N_("Contrast of text"), N_("All text on every page, light and dark."), _AXE),
    Criterion(
        "1.4.4", N_("Size of text"), N_("No page is wider than the window when letters are twice as large."), _AXE
    ),
    Criterion("1.4.10", N_("Narrow screens"), N_("No page is wider than a window of 320 pixels."), _AXE),
    Criterion(
        "1.4.11",
        N_("Contrast of graphics"),
        N_("Bars, borders of areas and the mark of the focus, light and dark."),
        _MAP,
    ),
    Criterion(
        "2.1.1",
        N_("Keyboard"),
        N_("From the start page to the profile of an area without mouse and scripts."),
        _KEYBOARD,
    ),
    Criterion(
        "2.1.2",
        N_("No trap for the keyboard"),
        N_("The core tasks are done from stop to stop with the Tab key."),
        _TASKS,
    ),
    Criterion("2.4.1", N_("Skipping what repeats"), N_("The first link of every page leads to its content."), _SOUND),
    Criterion("2.4.2", N_("Titles"), N_("Every page has a title."), _AXE),
    Criterion(
        "2.4.7", N_("Visible focus"), N_("Every stop of the core tasks is marked, with a contrast of 3 to 1."), _MAP
    ),
    Criterion("2.5.8", N_("Size of targets"), N_("Links and buttons are large enough or far enough apart."), _AXE),
    Criterion("3.1.1", N_("Language"), N_("Every page says its language, in German and in English."), _SOUND),
    Criterion("3.3.1", N_("Faults of a form"), N_("They are told in words, on top and at the field."), _FORMS),
    Criterion("3.3.2", N_("Labels"), N_("Every field of a form has a label."), _AXE),
    Criterion("4.1.2", N_("Names and roles"), N_("Everything that can be operated has a name and a role."), _AXE),
)
ALL_CRITERIA = 55
"""Success criteria of levels A and AA in WCAG 2.2 (W3C, 5 October 2023)."""
LIMITS: tuple[Limit, ...] = (
    Limit(
        N_("A map shows shapes and neighbours that no text can tell."),
        N_("The table below each map holds the same figures, and so do the files to download."),
    ),
    Limit(
        N_("The interactive map is a drawing surface: its areas cannot be reached one by one with the Tab key."),
        N_("A list beside it shows every area; the picture, in which each area is a link, stays one button away."),
    ),
    Limit(
        N_("There is no version in plain language and none in sign language yet."),
        N_("Ask the contact named below."),
    ),
)
