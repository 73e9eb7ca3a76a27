"""Every sum between movements by group, movements of all groups together, and the residents of both dates by group.

Of each group and area: residents now, those gone and those moved away are the residents before, those new, those moved
here, and those who changed the group. Who changed it is not published but for the naturalised; nobody else is taken to
have, beyond what the town as a whole shows of the same group, as with couples (``sums``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from vielfalt import codes, programme
from vielfalt.audit.figures import OUTSIDE, Figures, Key, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.sums import MISSING, Sum, all_above, partial
from vielfalt.cells import ProtectedCells
from vielfalt.geography import TOWN, Geography
from vielfalt.table import Table

_AGE = "age_class"
"""The group that people leave by growing older: its residents of both dates are not set against each other."""
_AWAY = "away"
"""The movement by group that no table shows: moved from an area to another one of the town."""
_TOTALS = {
    "new": ("came", ("born", "arrived")),
    "moved": ("came", ("moved",)),
    _AWAY: ("went", ("moved",)),
    "gone": ("went", ("gone",)),
}
"""Kind of movement by group, and the table and categories that count it for all groups together."""
_EARLIER = "residents_before"
_CITIZENSHIP, _NATURALISED = "citizenship_change", "naturalised"
_CAME_INTO = {"mh_group": "german_with", "nationality_group": "germany"}
"""The group that the naturalised came into, by the table of movements that tells groups of foreigners."""
_FOREIGNERS = "foreigner", "foreign"
"""Whom they left: this group, or those whose parent is this category."""
_Place = tuple[str, str]
"""Level and area."""


def by_group(releases: Sequence[Release]) -> tuple[Release, ...]:
    """The releases with movements by group, the residents by these groups and what they add up to, and nothing else;
    none where no movements by group are shown.

    All tables together would take five times as long, and hang together by these alone.
    """
    tables = [cells.table for release in releases for cells in release.results.tables.values()]
    groups = {table.dimensions[1] for table in tables if _is_by_group(table)}
    kept = {above for group in groups for above in all_above(programme.table(group))}
    kept |= {_CITIZENSHIP, _EARLIER, *(id for id, _ in _TOTALS.values())}
    kept |= {table.id for table in tables if _is_by_group(table)}
    kept |= {table.id for table in tables if table.parent in kept and table.dimensions[:1] == ("movement",)}
    return tuple(_with_tables(release, kept) for release in releases) if groups else ()


def _is_by_group(table: Table) -> bool:
    return table.dimensions[:1] == ("flow",)


def _with_tables(release: Release, kept: set[str]) -> Release:
    tables = {id: cells for id, cells in release.results.tables.items() if id in kept}
    return replace(release, results=replace(release.results, tables=tables))


def flows(releases: Iterable[Release], figures: Figures) -> list[Sum]:
    """The sums of all releases with movements; the residents before are those of the release of that date."""
    return [
        found
        for release in releases
        for cells in release.results.tables.values()
        if _is_by_group(cells.table)
        for found in _Flows(release, cells, figures).sums()
    ]


@dataclass(frozen=True)
class _Flows:
    """One table of movements by group; what it does not tell of an area, as of all areas below its levels, is open."""

    release: Release
    cells: ProtectedCells
    figures: Figures

    def sums(self) -> Iterator[Sum]:
        """All sums, in the town and in every area by which movements of all groups together are told."""
        tables, (_, group) = self.release.results.tables, self.cells.table.dimensions
        geography, unknown = self.release.results.geography, group in partial(self.release, self.figures)
        inside = _inside(geography, {TOWN, *(tables["came"].frame["level"] if "came" in tables else ())})
        town = (TOWN, geography.town.key)
        gaps = self._gaps(town) if town in self._before else {}
        for place in (town, *(each for parts in inside.values() for each in parts)):
            yield from self._totals(place, unknown)
            yield from self._kinds_of_new(place)
            yield from self._over_areas(place, inside.get(place, ()))
            if place in self._before:
                yield from self._balances(place, gaps)

    @cached_property
    def _groups(self) -> list[str]:
        group = self.cells.table.dimensions[1]
        tables = (self.cells, self.release.results.tables.get(group))
        return list(dict.fromkeys(key for each in tables if each for key in each.frame[group]))

    @cached_property
    def _listed(self) -> set[tuple[str, str]]:
        """Kinds of movement and groups that are told of somewhere; of all others there is nobody."""
        found = set(self.cells.frame.select(self.cells.table.dimensions).unique().iter_rows())
        moved = any(kind == "moved" for kind, _ in found)
        return found | {(_AWAY, group) for group in self._groups if moved}  # who moved away was in his former group

    @cached_property
    def _before(self) -> set[_Place]:
        """Where the residents by group of the earlier date are shown, or hidden, under the same definitions."""
        group = self.cells.table.dimensions[1]
        residents = self.release.results.tables.get(group)
        if residents is None or group == _AGE:
            return set()
        now = key_of(self.release, residents)
        then = self.release.since, now.table, now.definitions
        return {(key.level, key.area) for key in self.figures.number if (key.date, key.table, key.definitions) == then}

    def _totals(self, place: _Place, unknown: bool) -> Iterator[Sum]:
        """All groups together are those who came, moved or went, but for those whose group is ``unknown``."""
        for kind, (id, categories) in _TOTALS.items():
            if kind != _AWAY or place[0] != TOWN:
                above = [number for each in categories for number in self._figure(place, id, each)]
                parts = [number for group in self._groups for number in self._flow(place, kind, group)]
                rest = [self._open(place, kind, *MISSING)] if unknown else []
                yield from self._equal(place, above, [*parts, *rest], kind)

    def _kinds_of_new(self, place: _Place) -> Iterator[Sum]:
        """Those born and those who arrived are the new ones of their group, and of all groups together."""
        for id, table in self.release.results.tables.items():
            if table.table.parent == self.cells.table.id:
                kinds = [
                    [self._figure(place, id, kind, group) for group in self._groups] for kind in ("born", "arrived")
                ]
                for kind, found in zip(("born", "arrived"), kinds, strict=True):
                    parts = [number for numbers in found for number in numbers]
                    yield from self._equal(place, self._figure(place, "came", kind), parts, kind)
                for group, born, arrived in zip(self._groups, *kinds, strict=True):
                    yield from self._equal(place, self._flow(place, "new", group), [*born, *arrived], "new", group)

    def _over_areas(self, place: _Place, inside: Sequence[_Place]) -> Iterator[Sum]:
        """A movement by group is that of all areas inside, which of levels that the table shows is known already."""
        if not inside or inside[0] in self._shown:
            return
        for kind, group in sorted(self._listed):
            if kind != _AWAY or place[0] != TOWN:
                outside = [self._open((OUTSIDE, place[1]), kind, group)] if place[0] == TOWN else []
                parts = [number for each in inside for number in self._flow(each, kind, group)]
                yield from self._equal(place, self._flow(place, kind, group), [*parts, *outside], kind, group)

    @cached_property
    def _shown(self) -> set[_Place]:
        return set(self.cells.frame.select("level", "area").unique().iter_rows())

    def _balances(self, place: _Place, gaps: Mapping[str, int]) -> Iterator[Sum]:
        """Of each group the residents of both dates, and what lies between; ``gaps``: how many may have changed it."""
        left, came_into, found = self._naturalised(place)
        yield from found
        for group, (now, before) in self._sides(place).items():
            now += left.get(group, [])
            before += came_into.get(group, [])
            if gaps.get(group):
                before.append(self.figures.difference(self._key(place, "changed", group), gaps[group]))
            yield from self._equal(place, now, before, "residents", group)

    def _sides(self, place: _Place) -> dict[str, tuple[list[int], list[int]]]:
        """By group the residents of the later date and those who left, and those of the earlier one and who came."""
        table, since = self.cells.table.dimensions[1], self.release.since
        found = {}
        for group in self._groups:
            now = [*self._figure(place, table, group), *self._flow(place, "gone", group)]
            before = [*self._figure(place, table, group, date=since), *self._flow(place, "new", group)]
            if place[0] != TOWN:
                now += self._flow(place, _AWAY, group)
                before += self._flow(place, "moved", group)
            found[group] = now, before
        return found

    def _gaps(self, town: _Place) -> dict[str, int]:
        """By how much the numbers of the town miss each other by group, which is how many changed it.

        Those who left or came into a group that is hidden may be all who did so of the others. The naturalised are told
        of by themselves, so the groups that they left and came into count for nothing here but what they miss beyond.
        """
        left, came_into, _ = self._naturalised(town)
        sides = {
            group: ([*now, *left.get(group, [])], [*before, *came_into.get(group, [])])
            for group, (now, before) in self._sides(town).items()
        }
        low, high = self.figures.bounds()
        found = {
            group: abs(int(low[now].sum() - low[before].sum()))
            for group, (now, before) in sides.items()
            if (low[[*now, *before]] == high[[*now, *before]]).all()
        }
        return {group: found.get(group, sum(found.values())) for group in self._groups}

    def _naturalised(self, place: _Place) -> tuple[Mapping[str, list[int]], Mapping[str, list[int]], list[Sum]]:
        """By group those who left it and came into it when they were naturalised, and the sums of these.

        Of an area they are known as residents of the later date only, some of whom have moved there.
        """
        here, tables = self._figure(place, _CITIZENSHIP, _NATURALISED), self.release.results.tables
        came_into = _CAME_INTO.get(self.cells.table.dimensions[1])
        if came_into is None or (not here and _CITIZENSHIP in tables):
            return {}, {}, []
        found: list[Sum] = []
        if here and place[0] != TOWN:
            stayed = self._open(place, _NATURALISED, "stayed")
            found.append((here[0], [stayed, self._open(place, _NATURALISED, "moved")]))
            here = [stayed]
        total = here or [self._open(place, _NATURALISED)]
        foreign = [group for group in self._groups if self._is_foreign(group)]
        left = {group: [self._open(place, _NATURALISED, group)] for group in foreign}
        if len(foreign) == 1:
            left = {foreign[0]: total}
        else:
            found.append((total[0], [number for numbers in left.values() for number in numbers]))
        return left, {came_into: total}, found

    def _is_foreign(self, group: str) -> bool:
        own, above = _FOREIGNERS
        return group == own or codes.category(self.cells.table.dimensions[1], group).parent == above

    def _flow(self, place: _Place, kind: str, group: str) -> list[int]:
        """The number of a movement by group, open where no table shows it; none for nobody.

        Moves within the town are hidden in all areas for what they would tell of others, so only small ones are secret.
        """
        if (kind, group) not in self._listed:
            return []
        found = self._figure(place, self.cells.table.id, kind, group)
        if kind == "moved" and place[0] != TOWN:
            self.figures.atoms.update(dict.fromkeys(found, self.cells.protection.min_cell_fine))
        return found or [self._open(place, kind, group)]

    def _figure(self, place: _Place, id: str, *category: str, date: int = 0) -> list[int]:
        """The number of a figure; none where no table lists it: nobody is of the category then."""
        tables = self.release.results.tables
        if id not in tables:
            return []
        key = replace(key_of(self.release, tables[id]).at(*place), category=category)
        number = self.figures.number.get(replace(key, date=date or key.date))
        return [] if number is None else [number]

    def _open(self, place: _Place, *category: str) -> int:
        """The number of what no release shows."""
        return self.figures.hidden(self._key(place, *category), self._most)

    @cached_property
    def _most(self) -> int:
        return max(self.figures.high, default=0)

    def _key(self, place: _Place, *category: str) -> Key:
        return replace(key_of(self.release, self.cells).at(*place), category=(*category, *MISSING))

    def _equal(self, place: _Place, one: Sequence[int], other: Sequence[int], *name: str) -> Iterator[Sum]:
        """That the figures of both sides add up to the same."""
        if one and other:
            both = one[0] if len(one) == 1 else self._open(place, "both", *name)
            yield from ((both, [*side]) for side in (one, other) if [*side] != [both])


def _inside(geography: Geography, levels: set[str]) -> dict[_Place, list[_Place]]:
    """The areas that lie in each place, of the levels given, from above."""
    found: dict[_Place, list[_Place]] = {}
    above = TOWN
    for level in geography.levels:
        if level.id not in levels:
            break
        for area in level.areas:
            found.setdefault((above, area.parent), []).append((level.id, area.key))
        above = level.id
    return found
