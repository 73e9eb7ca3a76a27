"""The documentation as web pages: whole, and every link within it leads somewhere without a network."""

from __future__ import annotations

import posixpath
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from bundle.manual import FOLDER, STARTS, manual, slug

ROOT = Path(__file__).resolve().parents[1]
MANUAL = manual(ROOT)
PAGES = [name for name in MANUAL if name.endswith(".html") and name.startswith(f"{FOLDER}/")]


class Reading(HTMLParser):
    """What a page leads to, and where it can be entered."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.languages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.links += [said[name] for name in ("href", "src") if name in said]
        self.anchors |= {said["id"]} if "id" in said else set()
        self.languages += [said["lang"]] if "lang" in said else []


@cache
def read(name: str) -> Reading:
    reading = Reading()
    reading.feed(MANUAL[name].decode())
    return reading


def test_every_page_is_there_and_says_its_language() -> None:
    sources = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    assert len(sources) > 80
    for path in sources:
        name = f"{FOLDER}/{path.relative_to(ROOT).as_posix().removesuffix('.md')}.html"
        assert read(name).languages == ["de" if path.name.endswith(".de.md") else "en"], name


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    lost = []
    for link in read(name).links:
        file, _, anchor = link.partition("#")
        if file.startswith("https:"):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
        if target not in MANUAL or (anchor and unquote(anchor) not in read(target).anchors):
            lost.append(link)
    assert lost == []
    assert not any(link.startswith("http:") for link in read(name).links)


def test_only_links_to_the_source_become_plain_text(tmp_path: Path) -> None:
    page = "# A *title*\n\n[there](docs/b.md#deep-down) [code](src/code.py) [all](docs/) <b>no markup</b>\n"
    (tmp_path / "docs").mkdir()
    (tmp_path / "a.md").write_text(page, encoding="utf-8")
    (tmp_path / "docs" / "b.md").write_text("# B\n\n## Deep down\n", encoding="utf-8")
    made = manual(tmp_path)
    text = made[f"{FOLDER}/a.html"].decode()
    assert '<a href="docs/b.html#deep-down">there</a>' in text
    assert "<a>code</a>" in text
    assert '<a href="docs/index.html">all</a>' in text and b"b.html" in made[f"{FOLDER}/docs/index.html"]
    assert "&lt;b&gt;no markup" in text
    assert "<title>A title – Vielfalt</title>" in text
    assert '<h2 id="deep-down">' in made[f"{FOLDER}/docs/b.html"].decode()


def test_what_leads_into_the_manual_leads_to_a_page() -> None:
    for name, page in STARTS.items():
        assert f"{FOLDER}/{page}" in MANUAL
        assert f"url={FOLDER}/{page}".encode() in MANUAL[f"{name}.html"]


def test_anchors_are_made_as_on_web_sites_for_repositories() -> None:
    assert slug("Who knows more than the release? (Vorwissen)") == "who-knows-more-than-the-release-vorwissen"
