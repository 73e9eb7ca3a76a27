"""The pages of the documentation as their parts: headings, lists, tables, code and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bundle.manual import slug

HEADING = re.compile(r"(#+) (.+)")
ITEM = re.compile(r"\s*(?:([-*+])|(\d+)[.)]) ")


@dataclass
class Part:
    """A heading and what stands below it until the next heading."""

    level: int
    title: str
    line: int
    items: list[str] = field(default_factory=list)
    """A sign for every item of a list: ``-``, or ``1`` for a numbered one."""
    rows: list[list[str]] = field(default_factory=list)
    blocks: list[list[str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def anchors(text: str) -> list[str]:
    """The anchors of a page in the order of its headings."""
    return [slug(part.title) for part in parts(text)]


def parts(text: str) -> list[Part]:
    found: list[Part] = []
    prose: list[str] = []
    for number, (kind, line) in enumerate(_lines(text), 1):
        if kind == "text" and (heading := HEADING.fullmatch(line)):
            _end(found, prose)
            found.append(Part(len(heading[1]), heading[2], number))
        elif found and kind == "new code":
            found[-1].blocks.append([line])
        elif found and kind == "code":
            found[-1].blocks[-1].append(line)
        elif kind in ("text", "item"):
            prose.append(line)
            _take(found, kind, line)
    _end(found, prose)
    return found


def _take(found: list[Part], kind: str, line: str) -> None:
    if not found:
        return
    item = ITEM.match(line) if kind == "item" else None
    if item:
        found[-1].items.append(item[1] or "1")
    elif line.startswith("|"):
        found[-1].rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])


def _end(found: list[Part], prose: list[str]) -> None:
    """Links may go on in the next line, so they are looked for where a part ends."""
    if found:
        text = re.sub(r"`[^`\n]*`", "", "\n".join(prose))
        found[-1].links += re.findall(r"\]\(\s*<?([^)>\s]+)>?\s*\)", text)
    prose.clear()


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Every line with what it is: text, item of a list, first or further line of code, or nothing."""
    fenced = in_list = False
    before = ""
    for line in text.split("\n"):
        stripped = line.strip()
        kind = "text"
        if stripped.startswith("```"):
            fenced = not fenced
            kind = "new code" if fenced else ""
        elif fenced:
            kind = "code"
        elif not stripped:
            kind = ""
        elif line.startswith("    ") and before in ("new code", "code", "") and not in_list:
            kind = "new code" if before == "" else "code"
        elif (item := ITEM.match(line)) and (item[1] or item[2] == "1" or in_list or before == ""):
            kind = "item"
        if kind == "text" and before == "" and not line.startswith(" "):
            in_list = False
        in_list = in_list or kind == "item"
        yield kind, line
        before = kind
