"""Every sum between movements by group, movements of all groups together, and the residents of both dates by group.

Of each group and area: residents now, those gone and those moved away are the residents before, those new, those moved
here, and those who changed the group, or the area without a move. Who changed the group is not published but for the
naturalised, who changed the area without a move not at all; nobody else is taken to have, beyond what the town as a
whole shows of the same group and places show of all, as with couples (``sums``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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
_UNKNOWN = "unknown"
"""Those whose group the register does not know: a table in which they are few leaves them out, another one may not."""
_AWAY = "away"
"""The movement by group that no table shows: moved from an area to another one of the town."""
_TOTALS = {
    "new": ("came", ("born", "arrived")),
    "moved": ("came", ("moved",)),
    _AWAY: ("went", ("moved",)),
    "gone": ("went", ("gone",)),
}
"""Kind of movement by group, and the table and categories that count it for all groups together."""
_NOW, _EARLIER = "residents", "residents_before"
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


def flows(releases: Sequence[Release], figures: Figures) -> list[Sum]:
    """The sums of all releases with movements; the residents before are those of the release of that date."""
    left_out = defaultdict[int, set[str]](set)
    for release in releases:
        left_out[release.results.source.date] |= partial(release, figures)
    return [
        found
        for release in releases
        for cells in release.results.tables.values()
        if _is_by_group(cells.table)
        for found in _Flows(
            release, cells, figures, left_out[release.results.source.date] | left_out[release.since]
        ).sums()
    ]


@dataclass(frozen=True)
class _Flows:
    """One table of movements by group; what it does not tell of an area, as of all areas below its levels, is open.

    ``left_out``: the characteristics (``partial``) of which a release of either date shows that it leaves people out.
    """

    release: Release
    cells: ProtectedCells
    figures: Figures
    left_out: Set[str]

    def sums(self) -> Iterator[Sum]:
        """All sums, in the town and in every area by which movements of all groups together are told."""
        tables, group = self.release.results.tables, self.cells.table.dimensions[1]
        geography = self.release.results.geography
        inside = _inside(geography, {TOWN, *(tables["came"].frame["level"] if "came" in tables else ())})
        town, areas = (TOWN, geography.town.key), [each for parts in inside.values() for each in parts]
        unknown = not self.left_out.isdisjoint(all_above(programme.table(group)))
        gaps = self._gaps(town) if town in self._before else {}
        elsewhere = self._elsewhere((town, *areas))
        for place in (town, *areas):
            yield from self._totals(place, unknown)
            yield from self._kinds_of_new(place)
            yield from self._over_areas(place, inside.get(place, ()))
            if place in self._before:
                yield from self._balances(place, gaps, 0 if place == town else elsewhere)

    @cached_property
    def _groups(self) -> list[str]:
        group = self.cells.table.dimensions[1]
        tables = (self.cells, self.release.results.tables.get(group))
        listed = [key for each in tables if each for key in each.frame[group]]
        return list(dict.fromkeys([*listed, *(key.category[0] for key in self._earlier)]))

    @cached_property
    def _listed(self) -> set[tuple[str, str]]:
        """Kinds of movement and groups that are told of somewhere; of all others there is nobody."""
        found = set(self.cells.frame.select(self.cells.table.dimensions).unique().iter_rows())
        moved = any(kind == "moved" for kind, _ in found)
        return found | {(_AWAY, group) for group in self._groups if moved}  # who moved away was in his former group

    @cached_property
    def _earlier(self) -> list[Key]:
        """The residents by group of the earlier date, shown or hidden, under the same definitions."""
        residents = self.release.results.tables.get(self.cells.table.dimensions[1])
        if residents is None:
            return []
        now = key_of(self.release, residents)
        then = self.release.since, now.table, now.definitions
        return [
            key
            for key in self.figures.number
            if (key.date, key.table, key.definitions) == then and MISSING[0] not in key.category
        ]

    @cached_property
    def _before(self) -> set[_Place]:
        """Where residents by group of both dates are set against each other."""
        return set() if self.cells.table.dimensions[1] == _AGE else {(key.level, key.area) for key in self._earlier}

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

    def _balances(self, place: _Place, gaps: Mapping[str, int], elsewhere: int) -> Iterator[Sum]:
        """Of each group the residents of both dates, and what lies between.

        ``gaps``: how many may have changed it; ``elsewhere``: how many may be in another area without having moved.
        """
        left, came_into, found = self._naturalised(place)
        yield from found
        for group, (now, before) in self._sides(place).items():
            now += left.get(group, [])
            before += came_into.get(group, [])
            if most := gaps.get(group, 0) + elsewhere:
                before.append(self.figures.difference(self._key(place, "changed", group), most))
            yield from self._equal(place, now, before, "residents", group)

    def _sides(self, place: _Place) -> dict[str, tuple[list[int], list[int]]]:
        """By group the residents of the later date and those who left, and those of the earlier one and who came."""
        table, since = self.cells.table.dimensions[1], self.release.since
        found = {}
        for group in (each for each in self._groups if each != _UNKNOWN):
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
        missed = {group: self._missed(now, before) for group, (now, before) in sides.items()}
        all_known = sum(each for each in missed.values() if each is not None)
        return {group: all_known if each is None else each for group, each in missed.items()}

    def _elsewhere(self, places: Iterable[_Place]) -> int:
        """How many are seen to be in another area without a move, which no table lists, or in none on one of the dates.

        These are the residents of a place who did not come or stay, those before who did not go or stay, and those who
        stayed by one of the dates only.
        """
        if not {"came", "went"} <= self.release.results.tables.keys():
            return 0
        return sum(map(max, zip(*map(self._misplaced, places), strict=True)))

    def _misplaced(self, place: _Place) -> list[int]:
        tables = self.release.results.tables
        came, went = (
            [number for key in tables[id].frame[id].unique() for number in self._figure(place, id, key)]
            for id in ("came", "went")
        )
        sides = (
            (self._figure(place, _NOW), came),
            (self._figure(place, _EARLIER), went),
            (self._figure(place, "came", "stayed"), self._figure(place, "went", "stayed")),
        )
        return [self._missed(*each) or 0 for each in sides]

    def _missed(self, one: Sequence[int], other: Sequence[int]) -> int | None:
        """By how much the figures of both sides miss each other; None where one of them is hidden."""
        both = [*one, *other]
        if any(self.figures.low[number] != self.figures.high[number] for number in both):
            return None
        return abs(sum(self.figures.low[number] for number in one) - sum(self.figures.low[number] for number in other))

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
        """The number of a movement by group, open where no table shows it; none for nobody, as far as that is known.

        Moves within the town are hidden in all areas for what they would tell of others, so only small ones are secret.
        """
        if (kind, group) not in self._listed and group != _UNKNOWN:
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
