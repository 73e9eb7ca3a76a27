"""Several releases that count the same people: what was corrected between them shows in the figures that both show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vielfalt.audit.altered import reach
from vielfalt.audit.areas import Place, mostly_shared
from vielfalt.audit.figures import Key, by_place, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.told import Told
from vielfalt.cells import ProtectedCells

_RESIDENTS = "residents"
Numbers = dict[Key, tuple[int, str]]
"""What a release shows: each number, and by what it was changed (method and fingerprint; empty: as it was counted)."""
ByPlace = dict[Place, Numbers]
"""Numbers by level and area, under keys without either."""


def corrections(releases: Sequence[Release]) -> tuple[int, tuple[Told, ...]]:
    """How many figures of the last release another one shows as well, and those that tell a correction.

    Another one of its date. As counted: numbers that differ by fewer than ``min_cell``, by so many people. Changed or
    rounded in the same way: all that differ, because the same people have the same number; by how many people is not
    known; also of redrawn areas that may have nearly the same residents. And the residents of a date beside movements,
    all that differ from those of the date itself.
    """
    *earlier, last = releases
    date, shown = last.results.source.date, _shown(last)
    same, others = (
        [each for each in earlier if (each.results.source.date == date) is of_it] for of_it in (True, False)
    )
    versions = [_shown(each) for each in same]
    least = {key_of(last, cells): cells.protection.min_cell for cells in last.results.tables.values()}
    tried, told = 0, []
    for key, (value, how) in shown.items() if versions else ():
        before = [number for version in versions if (number := version.get(key)) and number[1] == how]
        tried += bool(before)
        off = min((abs(value - number) for number, _ in before), default=0)
        if off and (how or off < least[replace(key, level="", area="", category=())]):
            told.append(Told(key, 1 if how else off, value if how else off))
    changed = _changed_by_place(shown)
    for other, numbers in zip(same, versions, strict=True):
        told += _redrawn((last, changed), (other, _changed_by_place(numbers)))
    again = _counted_again(shown, others)
    told += [Told(key, off, off) for key, off in again.items() if off]
    return tried + len(again), tuple({each.key: each for each in told}.values())


def _counted_again(shown: Numbers, others: Iterable[Release]) -> dict[Key, int]:
    """The residents, as counted, that releases of other dates count too, each with the difference to the latest one.

    Those beside movements are the residents of the earlier date in the same areas: where areas change, none are shown.
    """
    known: Numbers = {}
    for each in others:
        known |= {key: number for key, number in _shown(each).items() if key.table == _RESIDENTS}
    both = ((key, number, known[key]) for key, number in shown.items() if key in known)
    return {key: abs(one - other) for key, (one, how), (other, way) in both if not how and not way}


def _redrawn(one: tuple[Release, ByPlace], before: tuple[Release, ByPlace]) -> Iterator[Told]:
    """Changed or rounded numbers of areas that are redrawn, where fewer than ``min_area`` people may be in one alone.

    The same people have the same number; so one that differs tells of those few that they are among the counted.
    """
    (last, shown), (other, known) = one, before
    for here, there in mostly_shared(last, other) if shown and known else ():
        ours, theirs = shown.get(here, {}), known.get(there, {})
        if _few_apart((last, here[0], ours), (other, there[0], theirs)):
            for key, (value, how) in ours.items():
                number = theirs.get(key)
                if number and number[1] == how and number[0] != value:
                    yield Told(key.at(*here), 1, value)


def _changed_by_place(shown: Numbers) -> ByPlace:
    """The changed or rounded numbers by level and area, under keys without either."""
    found: dict[Place, Numbers] = defaultdict(dict)
    for key, number in shown.items():
        if number[1]:
            found[key.level, key.area][key.at("", "")] = number
    return found


def _few_apart(*areas: tuple[Release, str, Numbers]) -> bool:
    """Whether the residents of two areas may differ by fewer than ``min_area``, as far as their numbers tell."""
    numbers, near = [], 0
    for release, level, shown in areas:
        if _RESIDENTS not in release.results.tables or (reaches := _reach(release, level)) is None:
            return False
        numbers += [value for key, (value, _) in shown.items() if key.table == _RESIDENTS]
        near += max(reaches)
    return len(numbers) < len(areas) or abs(numbers[0] - numbers[1]) - near < areas[0][0].results.protection.min_area


def _reach(release: Release, level: str) -> tuple[int, int] | None:
    return reach(release, release.results.tables[_RESIDENTS], level)


def _shown(release: Release) -> Numbers:
    return dict(found for cells in release.results.tables.values() for found in _of(release, cells))


def _of(release: Release, cells: ProtectedCells) -> Iterator[tuple[Key, tuple[int, str]]]:
    key = key_of(release, cells)
    changed = bool((cells.frame["status"] == "estimated").any())
    how = f"{cells.method} {release.results.fingerprint}" if changed else ""
    for (level, area), here in by_place(cells).items():
        for category, value in here.items():
            if value is not None:
                yield replace(key, level=level, area=area, category=category), (value, how)
