"""What tests in a real browser share: the rules that pages are held to, and filling forms by their labels."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def fill(page: Page, values: dict[str, str]) -> None:
    """Fills fields of a form by their labels."""
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)
