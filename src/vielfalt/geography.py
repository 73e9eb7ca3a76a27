"""Areas: levels from coarse to fine, each area with its parent, and their shapes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shapely.geometry.base import BaseGeometry

TOWN = "town"
LONGEST_KEY, LONGEST_NAME = 100, 200
"""Signs of the key and of the name of an area."""
_TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
UNSHOWABLE = re.compile(rf"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff{_TURNING}]")
"""Signs that no page (HTML, XML 1.0), no file or no database takes, and those that nobody sees and that turn the
direction of writing (UAX 9, 2): with them a name reads as another one, or puts what stands beside it elsewhere."""


_BREAKS = re.compile(r"[\n\r\t\u2028\u2029]")
UNSEEN = re.compile(
    r"[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Signs that leave no trace in a line (Unicode: Default_Ignorable_Code_Point, and the marks of annotations): with them
two names look the same and are not."""


_BLANKS = re.compile(r"[ \xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]+")
"""Blanks in a line (Unicode: Zs, and the empty Braille pattern): names that differ in them look the same."""


def with_plain_blanks(text: str) -> str:
    """The text with one ordinary blank for every row of blanks of any kind, and none at its ends."""
    return _BLANKS.sub(" ", text).strip(" ")


def is_line(one: object, longest: int, least: int = 0) -> bool:
    """Whether it is a text of one line, of so many signs, all of which can be shown and leave a trace.

    ``least`` counts without blanks that do not count in a name.
    """
    if not isinstance(one, str) or len(one) > longest or len(with_plain_blanks(one)) < least:
        return False
    return not any(signs.search(one) for signs in (UNSHOWABLE, UNSEEN, _BREAKS))


def is_key(one: object) -> bool:
    """Whether it can stand for an area in an address, between two slashes."""
    return is_line(one, LONGEST_KEY, 1) and "/" not in str(one) and one not in (".", "..")


@dataclass(frozen=True)
class Area:
    """One area: its key, its name, and the key of the area of the next coarser level it lies in."""

    key: str
    name: str
    parent: str


def by_name(name: str) -> list[tuple[bool, int, str]]:
    """The order of names as people sort them: "Altstadt 2" before "Altstadt 10", umlauts with their vowels.

    The vowels are DIN 5007, variant 1.
    """
    plain = unicodedata.normalize("NFD", name.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", letters)]


@dataclass(frozen=True)
class AreaLevel:
    """One level of the division, for example quarters; ``title`` is the town's own word for it."""

    id: str
    title: str
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class Geography:
    """The division of one town: ``levels`` from coarse to fine below the town itself.

    ``shapes`` holds the polygons per level and area key in ``crs`` (may be empty: tables without maps).
    The parent of an area of the coarsest level is the town's key.
    """

    town: Area
    levels: tuple[AreaLevel, ...]
    crs: str = ""
    shapes: Mapping[str, Mapping[str, BaseGeometry]] = field(default_factory=dict)

    @property
    def finest(self) -> AreaLevel:
        """The level at which cells are counted."""
        return self.levels[-1]

    def level(self, id: str) -> AreaLevel:
        """The level of that id. Raises KeyError when the town has none."""
        found = {level.id: level for level in self.levels}
        return found[id]

    def names(self, level: str) -> Mapping[str, str]:
        """Area names of a level by key; the level "town" knows the town alone."""
        if level == TOWN:
            return {self.town.key: self.town.name}
        return {area.key: area.name for area in self.level(level).areas}

    def in_order_of_names(self) -> Geography:
        """The same division with the areas of each level in the order in which a reader looks for a name."""
        levels = (
            replace(level, areas=tuple(sorted(level.areas, key=lambda area: (by_name(area.name), area.key))))
            for level in self.levels
        )
        return replace(self, levels=tuple(levels))

    def ancestors(self, level: str) -> Mapping[str, str]:
        """For each area of the finest level: the key of the area of ``level`` that holds it."""
        keys = {area.key: area.key for area in self.finest.areas}
        for current in reversed(self.levels):
            if current.id == level:
                return keys
            parent = {area.key: area.parent for area in current.areas}
            keys = {fine: parent[key] for fine, key in keys.items()}
        if level == TOWN:
            return keys
        raise KeyError(level)
