"""A real browser for tests, and a desk with figures that it looks at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from vielfalt.desk.releases.models import Release

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "make test installs the browser"
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as environment:
        # The browser's own loop runs in this thread; Django would refuse its database here.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        yield opened
        opened.close()


@pytest.fixture()
def shown(browser: Browser, transactional_db: None, release: Release) -> Release:
    return release


def fill(page: Page, values: dict[str, str]) -> None:
    """Fills fields of a form by their labels."""
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)
