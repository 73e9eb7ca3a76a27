"""Makes the pictures of the documentation anew, of an invented town in each language: ``python -m tests.pictures``.

The map is that of the release; the pages of the desk are what the browser shows.
"""

from __future__ import annotations

import _thread
import base64
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread

from playwright.sync_api import ViewportSize, sync_playwright

from vielfalt.desk import serving
from vielfalt.publish.maps import draw_maps
from vielfalt.publish.reading import read_published
from vielfalt.tools import demonstration
from vielfalt.words import LANGUAGES, Language, Words

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
RESIDENTS = 20_000
MAP = "mh-register-with-block"
MAPS: dict[Language, str] = {"en": "map.svg", "de": "map.de.svg"}
WIDTH = 1085
PAGES: tuple[tuple[str, Language, str, int], ...] = (
    ("desk-theme", "en", "karte/?thema=mh_register&kategorie=with&ebene=block", 1130),
    ("desk-theme.de", "de", "karte/?thema=mh_register&kategorie=with&ebene=block", 1130),
    ("desk-area", "en", "gebiete/quarter/0101/", 1020),
    ("desk-area.de", "de", "gebiete/quarter/0101/", 1020),
)
"""Pictures of the desk: name, language, page of the release, and how much of it is shown, in pixels."""
SMALL = """async png => {
    const image = Object.assign(new Image(), { src: `data:image/png;base64,${png}` });
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.7).split(",")[1] }"""
"""A picture as WebP, which the browser writes itself: a third of its size as PNG."""


def main() -> None:
    """Writes the pictures into ``docs/images``; German ones bear ``.de`` in their name.

    A process for each language, since a process holds one desk: that of the town whose levels bear names in it.
    """
    for language in LANGUAGES:
        subprocess.run([sys.executable, "-m", "tests.pictures", language], check=True)


def pictures(language: Language) -> None:
    """Writes the pictures of one language."""
    # What a shell starts in the background ignores the signal that ends the desk.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    place = Path(tempfile.mkdtemp())
    try:
        words = Words(language)
        root = demonstration.written(RESIDENTS, place / "town", words, print)
        release = demonstration.evaluated(root, demonstration.LATEST, words, print)
        _map(release, words)

        def started(port: int) -> None:
            address = f"http://127.0.0.1:{port}/kommunen/99999001/{release.name}/"
            Thread(target=_desk, args=(address, language)).start()

        serving.show(place / "desk", [release.with_suffix(".zip")], words, started)
    finally:
        shutil.rmtree(place)


def _map(release: Path, words: Words) -> None:
    """The map with its title, as the release holds it."""
    drawn = next(one for one in draw_maps(read_published(release).results, words).maps if one.name == MAP)
    (FOLDER / MAPS[words.language]).write_text(drawn.svg, encoding="utf-8")


def _desk(release: str, language: Language) -> None:
    """The pages below the address of a release, without what only the demonstration says; then the desk is ended."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, _, address, height in (page for page in PAGES if page[1] == language):
                size: ViewportSize = {"width": WIDTH, "height": height}
                page = browser.new_page(locale=language, bypass_csp=True, viewport=size)
                page.goto(release + address)
                page.add_style_tag(content=".showcase { display: none }")
                seen = base64.b64encode(page.screenshot()).decode()
                (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(page.evaluate(SMALL, seen)))
    finally:
        _thread.interrupt_main()


if __name__ == "__main__":
    asked = [language for language in LANGUAGES if language in sys.argv[1:]]
    pictures(asked[0]) if asked else main()
