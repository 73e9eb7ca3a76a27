"""Every figure of the releases as a number between two bounds, under the name that makes equal figures one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from vielfalt.audit.altered import reach
from vielfalt.audit.releases import Release
from vielfalt.cells import ProtectedCells
from vielfalt.numbers import Ints, Marks

Categories = Mapping[tuple[str, ...], int | None]
"""The figures of one place by category, None where they are hidden."""
Places = Mapping[tuple[str, str], Categories]
"""The figures of a table by level and area."""
OUTSIDE = "outside"
"""The level of those who live in no area: never published, but part of the town."""


@dataclass(frozen=True, order=True)
class Key:
    """What a figure counts: whom (date, table, definitions), where, and which category."""

    date: int
    table: str
    definitions: tuple[str, ...]
    level: str
    area: str
    category: tuple[str, ...]

    def at(self, level: str, area: str) -> Key:
        """The same of another area."""
        return Key(self.date, self.table, self.definitions, level, area, self.category)


@dataclass(frozen=True)
class Figures:
    """The figures by key with their bounds; ``least``: the smallest number that may be shown (0: never published).

    ``seen``: the numbers of those that somebody shows as they were counted; where bounds meet, that is a finding.
    ``atoms``: parts of areas that are none themselves, each with the number from which on it may be known.
    ``contradictions`` counts figures that two releases show differently; the attack believes the first.
    """

    number: dict[Key, int] = field(default_factory=dict)
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    least: list[int] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    atoms: dict[int, int] = field(default_factory=dict)
    contradictions: list[Key] = field(default_factory=list)

    def hidden(self, key: Key, most: int, least: int = 0) -> int:
        """The number of a figure, entered as unknown where it is new."""
        number = self.number.setdefault(key, len(self.low))
        if number == len(self.low):
            self.low.append(0)
            self.high.append(most)
            self.least.append(least)
        return number

    def shown(self, key: Key, value: int) -> None:
        """Enters a figure that can be read somewhere."""
        number = self.hidden(key, value)
        if self.low[number] == self.high[number] != value:
            self.contradictions.append(key)
        else:
            self.low[number] = self.high[number] = value
            self.seen.add(number)

    def between(self, key: Key, low: int, high: int, least: int) -> None:
        """Enters a figure of which bounds can be read; bounds that contradict others say nothing."""
        number = self.hidden(key, high, least)
        low, high = max(low, self.low[number]), min(high, self.high[number])
        if low > high:
            self.contradictions.append(key)
        else:
            self.low[number], self.high[number] = low, high

    def atom(self, key: Key, most: int, limit: int) -> int:
        """The number of a figure that no table holds; somebody may want to know it, but nobody may below the limit.

        Of several limits the lowest: what one release may tell is no secret any more.
        """
        number = self.hidden(key, most, 1)
        self.atoms[number] = min(limit, self.atoms.get(number, limit))
        return number

    def difference(self, key: Key, most: int) -> int:
        """The number of a difference between figures, entered as unknown: at most so many, either way.

        Of several bounds the widest.
        """
        number = self.hidden(key, most)
        self.low[number] = min(self.low[number], -most)
        self.high[number] = max(self.high[number], most)
        return number

    def bounds(self) -> tuple[Ints, Ints]:
        """The least and the largest number of every figure."""
        return np.array(self.low, dtype=np.int64), np.array(self.high, dtype=np.int64)

    def secret(self) -> Marks:
        """The figures that no release shows and that somebody may want to know."""
        marks: Marks = np.array(self.least) > 0
        marks[list(self.seen)] = False
        return marks


def key_of(release: Release, cells: ProtectedCells) -> Key:
    """The key of a table's figures, without place and category. Earlier residents are those of the earlier release."""
    table = cells.table
    date = release.since if table.unit == "earlier" else release.results.source.date
    id = "residents" if table.id == "residents_before" else table.id
    return Key(date, id, table.definitions, "", "", ())


def figures_of(releases: Iterable[Release]) -> Figures:
    """All figures of the releases; what one of them shows is known, of what one of them changed the bounds are.

    A changed number above zero is never a true zero.
    """
    found = Figures()
    releases = tuple(releases)
    most = max((_largest(cells) for release in releases for cells in release.results.tables.values()), default=0)
    # The largest number of a county may be hidden; no town has more than the largest that is shown.
    most *= max((len(release.results.made_of) for release in releases if release.results.made_of), default=1)
    for release in releases:
        for cells in release.results.tables.values():
            key = key_of(release, cells)
            least = cells.protection.min_cell
            reaches = {level: reach(release, cells, level) for level in cells.frame["level"].unique()}
            for level, area, *category, value, status in cells.frame.iter_rows():
                named = Key(key.date, key.table, key.definitions, level, area, tuple(category))
                near = reaches[level] if status == "estimated" else (0, 0)
                if value is None or near is None:
                    found.hidden(named, most, least)
                elif status == "estimated":
                    found.between(named, max(value - near[0], 1 if value else 0), value + near[1], least)
                else:
                    found.shown(named, value)
    return found


def _largest(cells: ProtectedCells) -> int:
    largest = cells.frame["value"].max()
    return largest if isinstance(largest, int) else 0


def by_place(cells: ProtectedCells) -> Places:
    """The figures of a table by level and area."""
    found: dict[tuple[str, str], dict[tuple[str, ...], int | None]] = {}
    for level, area, *category, value in cells.frame.drop("status").iter_rows():
        found.setdefault((level, area), {})[tuple(category)] = value
    return found
