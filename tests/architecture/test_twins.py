"""A page in German and its English twin say the same in the same places: whoever changes one changes the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from markdown_pages import Part, anchors, parts

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ENGLISH_ONLY = {"docs/how-to/run-on-a-spark-cluster.md": "for the technicians of a cluster"}
"""The tutorials and how-to guides without a twin."""

NAMES = {
    "meinestadt": "mytown",
    "STADT": "TOWN",
    "STADT-1": "TOWN-1",
    "STADT-2": "TOWN-2",
    "KREIS": "COUNTY",
    "ORDNER": "FOLDER",
    "DATEI": "FILE",
    "PROFIL": "PROFILE",
    "STICHTAG": "DATE",
    "STICHTAG-1": "DATE-1",
    "STICHTAG-N": "DATE-N",
    "JJJJ-MM-TT": "YYYY-MM-DD",
    "JJJJ-MM-TT-N": "YYYY-MM-DD-N",
    "PASSWORT": "PASSWORD",
    "KENNWORT": "PASSPHRASE",
    "TABELLE": "TABLE",
    "SPALTE": "COLUMN",
    "WERT": "VALUE",
    "GEBIET": "AREA",
    "GRUPPE": "GROUP",
    "RECHTS": "E",
    "HOCH": "N",
    "KENNUNG": "ID",
    "ZEILE": "RECORD",
    "VERÖFFENTLICHUNG": "RELEASE",
    "PAKET": "PACKAGE",
    "ADRESSE": "ADDRESS",
    "E-MAIL": "EMAIL",
}
"""What stands in German code for what somebody puts there."""
ENGLISH = re.compile(r" --lang en\b|^(?:export )?VIELFALT_LANG=en ?")
"""How an English page gets English from the program."""
COMMENT = re.compile(r"(?:(?<=\s)|^)#.*| {2,}\S.*")
"""In code: what a sign for comments or a gap sets apart."""
MARKED = re.compile(r"\]\(([^)\s]+\.de\.md[^)\s]*)\)\s+\(englisch\)")
"""A link to a German page that is said to be English."""
CASE = "case"
"""The first column of a table that is a test of rules: all others are the same in every language."""
WORDED = re.compile(r"^((?:label|rest|email|VIELFALT_DESK_MAIL_FROM) ?=).*")
"""Settings whose value is a word of the language."""


def twin(path: Path) -> Path:
    """The same in German: ``page.md`` and ``page.de.md``, ``map.svg`` and ``map.de.svg``."""
    return path.with_name(f"{path.stem}.de{path.suffix}")


def plain(path: Path) -> Path:
    return path.with_name(re.sub(r"\.de(\.\w+)$", r"\1", path.name))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def with_twin() -> list[Path]:
    guides = [*(DOCS / "tutorials").glob("*.md"), *(DOCS / "how-to").glob("*.md")]
    wanted = {plain(path) for path in guides if named(path) not in ENGLISH_ONLY}
    return sorted(wanted | {plain(path) for path in [*DOCS.rglob("*.de.md"), *ROOT.glob("*.de.md")]})


PAGES = with_twin()


@pytest.mark.parametrize("english", PAGES, ids=named)
def test_twins_say_the_same(english: Path) -> None:
    german = twin(english)
    assert english.exists(), f"{named(german)}: {named(english)} is missing"
    assert german.exists(), f"{named(english)}: {named(german)} is missing"
    found = differences(english.read_text(encoding="utf-8"), german.read_text(encoding="utf-8"), english)
    assert not found, "\n" + "\n".join(found)


def test_pages_without_a_twin_have_none() -> None:
    assert [name for name in ENGLISH_ONLY if not (ROOT / name).exists() or twin(ROOT / name).exists()] == []


def differences(english: str, german: str, path: Path) -> list[str]:
    """Where both pages differ, each with page and line."""
    found = [*_each_other(english, path, "Deutsch", twin(path)), *_each_other(german, twin(path), "English", path)]
    found += [f"{named(twin(path))}: “(englisch)” stands after a link to {link}" for link in MARKED.findall(german)]
    mine, other = parts(english), parts(german)
    for old, new in zip_longest(mine, other):
        if old is None or new is None or old.level != new.level:
            return [*found, f"{_place(twin(path), new)}: this heading should stand as {_place(path, old)}"]
    for old, new in zip(mine, other, strict=True):
        there, here = _place(path, old), _place(twin(path), new)
        told = [*_lists(old, new), *_tables(old, new), *_code(old, new), *_links(old, new, path)]
        found += [f"{here}: {fault} (English: {there})" for fault in told]
    return found


PAIR = (
    "# Start\n\n[Deutsch](README.de.md)\n\nSee [glossary](../GLOSSARY.md#register-and-law).\n\n- one\n- two\n\n"
    "## Do\n\n| a | b |\n|---|--:|\n| `min_cell` | 1,000 |\n\n    vielfalt run mytown --lang en  # counts\n",
    "# Beginn\n\n[English](README.md)\n\nSiehe [Glossar](../GLOSSARY.md#register-and-law).\n\n- eins\n- zwei\n\n"
    "## Tun\n\n| a | b |\n|---|--:|\n| `min_cell` | 1.000 |\n\n    vielfalt run meinestadt  # zählt\n",
)


def test_a_true_pair_has_no_differences() -> None:
    assert differences(*PAIR, DOCS / "README.md") == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("[English](README.md)", "", "README.de.md: [English](README.md) is missing in the paragraph under the title"),
        ("## Tun", "### Tun", "README.de.md:10, “Tun”: this heading should stand as docs/README.md:10, “Do”"),
        ("- zwei\n", "", "README.de.md:1, “Beginn”: 1 items in lists instead of 2"),
        ("- zwei", "1. zwei", "1 numbered items in lists instead of 0"),
        ("| `min_cell` | 1.000 |\n", "", "README.de.md:10, “Tun”: 2 rows in tables instead of 3"),
        ("| 1.000 |", "| 100 |", "row 3 of the tables has 100 instead of 1,000"),
        ("| 1.000 |", "|", "row 3 of the tables has 1 cells instead of 2"),
        ("run meinestadt", "check meinestadt", "has 'vielfalt check mytown' instead of 'vielfalt run mytown'"),
        ("    vielfalt run meinestadt  # zählt\n", "", "0 blocks of code instead of 1"),
        ("GLOSSARY.md#register-and-law", "GLOSSARY.md", "0 links to GLOSSARY.md#register-and-law instead of 1"),
        ("../GLOSSARY.md", "../README.md", "../README.md#register-and-law leads to a page that exists in German"),
        ("[English](README.md)", "[English](README.md), [x](a.de.md) (englisch)", "stands after a link to a.de.md"),
    ],
)
def test_what_differs_is_told_with_its_place(right: str, wrong: str, told: str) -> None:
    english, german = PAIR
    assert right in german
    found = differences(english, german.replace(right, wrong), DOCS / "README.md")
    assert any(told in fault for fault in found), found


def _place(path: Path, part: Part | None) -> str:
    return f"{named(path)}:{part.line}, “{part.title}”" if part else f"{named(path)}, nothing"


def _each_other(text: str, path: Path, word: str, other: Path) -> Iterator[str]:
    under = text.split("\n\n")[1] if "\n\n" in text else ""
    if f"[{word}]({other.name})" not in under:
        yield f"{named(path)}: [{word}]({other.name}) is missing in the paragraph under the title"


def _lists(english: Part, german: Part) -> Iterator[str]:
    for sign, kind in (("-", "items"), ("1", "numbered items")):
        here, there = german.items.count(sign), english.items.count(sign)
        if here != there:
            yield f"{here} {kind} in lists instead of {there}"


def _tables(english: Part, german: Part) -> Iterator[str]:
    if len(german.rows) != len(english.rows):
        yield f"{len(german.rows)} rows in tables instead of {len(english.rows)}"
        return
    for number, (there, here) in enumerate(zip(english.rows, german.rows, strict=True), 1):
        if len(here) != len(there):
            yield f"row {number} of the tables has {len(here)} cells instead of {len(there)}"
            continue
        if english.rows[0][0] == CASE and here[1:] != there[1:]:
            yield f"row {number} of the tables has {' | '.join(here[1:])} instead of {' | '.join(there[1:])}"
        for old, new in zip(there, here, strict=True):
            if (_fact(old) or _fact(new)) and _fact(old) != _fact(new):
                yield f"row {number} of the tables has {new} instead of {old}"


def _fact(cell: str) -> str:
    """A cell that is the same in every language: an identifier, a number, an alignment; else nothing."""
    if re.fullmatch(r"[\d.,]+(?: ?%)?", cell):
        return re.sub(r"[.,]", "", cell)
    if re.fullmatch(r":?-+:?", cell):
        return re.sub("-+", "-", cell)
    return _renamed(cell) if re.fullmatch(r"`[\w.\[\]-]+`", cell) else ""


def _code(english: Part, german: Part) -> Iterator[str]:
    if len(german.blocks) != len(english.blocks):
        yield f"{len(german.blocks)} blocks of code instead of {len(english.blocks)}"
        return
    for number, (there, here) in enumerate(zip(english.blocks, german.blocks, strict=True), 1):
        if "→" in "".join(there):
            if len(there) != len(here):
                yield f"drawing {number} has {len(here)} lines instead of {len(there)}"
            continue
        for old, new in zip_longest(_bare(there), _bare(here), fillvalue="nothing"):
            if old != new:
                yield f"block {number} of code has {new!r} instead of {old!r}"


def _bare(block: list[str]) -> list[str]:
    """The lines of code without what may differ."""
    bare = [COMMENT.sub("", ENGLISH.sub("", line.strip())).strip() for line in block]
    return [WORDED.sub(r"\1", _renamed(line)) for line in bare if line]


def _renamed(code: str) -> str:
    return re.sub(r"[\w-]+", lambda word: NAMES.get(word[0], word[0]), code)


def _links(english: Part, german: Part, path: Path) -> Iterator[str]:
    there = sorted(_target(link, path) for link in english.links)
    here = sorted(_target(link, twin(path)) for link in german.links)
    for target in sorted({*there, *here}):
        if here.count(target) != there.count(target):
            yield f"{here.count(target)} links to {target} instead of {there.count(target)}"
    for link in english.links:
        if (file := _leads_to(link, path)) not in (plain(file), twin(path)):
            yield f"the English page leads to {link}"
    for link in german.links:
        if _leads_to(link, twin(path)) != path and twin(_leads_to(link, twin(path))).exists():
            yield f"{link} leads to a page that exists in German"


def _leads_to(link: str, path: Path) -> Path:
    """The file of a link; an address of the network as it is."""
    file = link.partition("#")[0]
    if re.match(r"[a-z]+:", link):
        return Path(link)
    return (path.parent / file).resolve() if file else path


def _target(link: str, path: Path) -> str:
    """What a link leads to, the same for both of a pair: the English file, and which of its headings."""
    file, anchor = _leads_to(link, path), link.partition("#")[2]
    if not file.is_absolute():
        return link
    both = anchor and file.suffix == ".md" and plain(file).exists() and twin(plain(file)).exists()
    if both and anchor in (headings := anchors(file.read_text(encoding="utf-8"))):
        anchor = f"heading {headings.index(anchor) + 1}"
    return f"{named(plain(file))}{f'#{anchor}' if anchor else ''}"
