"""The content of a report, free of any format: built once, rendered as PDF and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 or 2; ``anchor`` is its target for links."""

    text: str
    anchor: str
    level: Literal[1, 2] = 1
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Note:
    """A remark that readers must not miss."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Terms:
    """Terms, each with the paragraphs that explain it."""

    entries: tuple[tuple[str, tuple[str, ...]], ...]
    kind: Literal["terms"] = "terms"


@dataclass(frozen=True)
class Column:
    """One column of a table; numbers stand to the right, text to the left."""

    title: str
    numeric: bool = True


@dataclass(frozen=True)
class DataTable:
    """A table: the first cell of each row is its heading. Numbers are printed text, "." where suppressed."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Figure:
    """A picture with its text alternative, which must not be empty, and its caption."""

    svg: str
    alt: str
    caption: str
    kind: Literal["figure"] = "figure"


Block = Heading | Paragraph | Bullets | Note | Terms | DataTable | Figure


@dataclass(frozen=True)
class Report:
    """One report: title page, facts about it, and its blocks in reading order."""

    title: str
    subtitle: str
    language: str
    date: int
    author: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    frame: tuple[tuple[str, str], ...]
    """The fixed words of the page by name: contents, page, skip link."""
