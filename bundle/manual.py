"""The documentation as web pages, for a browser that opens them from a folder: no network, no server, no script."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PAGES = ("*.md", "docs/**/*.md", "examples/**/*.md")
FILES = ("docs/images/*", "LICENSES/*.txt")
"""What goes along as it is."""
GERMAN = ".de.md"
"""How the name of a page in German ends."""
FOLDER = "manual"
STARTS = {"Anleitung": "docs/README.de.html", "Manual": "docs/README.html"}
"""What stands beside the folder of the manual, so that it is found, and where it leads."""
_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
body { overflow-wrap: break-word }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid; padding: .25rem .5rem; text-align: left; vertical-align: top }
pre { border: 1px solid; padding: .5rem; overflow-x: auto }
img { max-width: 100% }
h1, h2, h3 { line-height: 1.2 }
"""


def manual(root: Path) -> Mapping[str, bytes]:
    """Every page and picture by its path: in ``FOLDER`` as in the sources, but pages in ``.html``; starts beside it.

    A folder that a page leads to gets a page that lists those within. A link to what the manual does not hold becomes
    plain text.
    """
    sources = {path.relative_to(root).as_posix(): path for pattern in PAGES for path in sorted(root.glob(pattern))}
    files = {
        path.relative_to(root).as_posix(): path.read_bytes() for pattern in FILES for path in sorted(root.glob(pattern))
    }
    folders = {posixpath.dirname(name) for name in sources} - {""}
    there = {*sources, *files, *folders}
    pages = {as_page(name): _page(name, path.read_text(encoding="utf-8"), there) for name, path in sources.items()}
    lists = {f"{folder}/index.html": _list(folder, sources) for folder in sorted(folders)}
    whole = {f"{FOLDER}/{name}": content for name, content in {**files, **pages, **lists}.items()}
    return whole | {f"{name}.html": _start(f"{FOLDER}/{page}") for name, page in STARTS.items()}


def as_page(name: str) -> str:
    """The name of a page among the web pages."""
    return f"{name.removesuffix('.md')}.html"


def slug(heading: str) -> str:
    """The anchor of a heading, as web sites for repositories make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _page(name: str, text: str, there: set[str]) -> bytes:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    title = ""
    for heading, said in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", slug(said.content))
            title = title or _plain(said.children or ())
    for link in _links(tokens):
        _turn(link, posixpath.dirname(name), there)
    return _whole(name, title, str(reader.renderer.render(tokens, reader.options, {})))


def _plain(tokens: Iterable[Token]) -> str:
    return "".join(token.content for token in tokens)


def _links(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from (part for part in token.children or () if part.type == "link_open")


def _turn(link: Token, folder: str, there: set[str]) -> None:
    """Leads a link to the web page instead of its source, or nowhere when the manual does not hold the target."""
    file, mark, anchor = str(link.attrs["href"]).partition("#")
    if re.match(r"[a-z]+:", file) or not file:
        return
    target = posixpath.normpath(posixpath.join(folder, file))
    if target not in there:
        del link.attrs["href"]
    elif file.endswith(".md"):
        link.attrs["href"] = f"{as_page(file)}{mark}{anchor}"
    elif not posixpath.splitext(target)[1]:
        link.attrs["href"] = f"{file.rstrip('/')}/index.html"


def _list(folder: str, sources: Iterable[str]) -> bytes:
    names = [posixpath.basename(name) for name in sources if posixpath.dirname(name) == folder]
    rows = "".join(f'<li><a href="{as_page(name)}">{escape(name.removesuffix(".md"))}</a></li>\n' for name in names)
    return _whole(f"{folder}/index.md", folder, f"<h1>{escape(folder)}</h1>\n<ul>\n{rows}</ul>\n")


def _start(page: str) -> bytes:
    """A page that leads on to another one at once."""
    return f'<!doctype html>\n<meta http-equiv="refresh" content="0; url={page}">\n'.encode()


def _whole(name: str, title: str, body: str) -> bytes:
    """A page with head, and above it the way to the list of all pages in its language."""
    language, words, index = (
        ("de", "Alle Seiten", "README.de") if name.endswith(GERMAN) else ("en", "All pages", "README")
    )
    start = posixpath.relpath(f"docs/{index}.html", posixpath.dirname(name) or ".")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – Vielfalt</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<nav><a href="{start}">{words}</a></nav>\n<main>\n{body}</main>\n</body>\n</html>\n'
    ).encode()
