"""The county at a reference date beside its earlier ones: its releases, and the breaks of its towns between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from vielfalt import breaks, parameters
from vielfalt.breaks import Break, Facts
from vielfalt.county.project import County
from vielfalt.publish.releases import releases_before
from vielfalt.publish.results import EarlierDate, Previous
from vielfalt.town import Town
from vielfalt.vault import kept_dates

LEVEL = "municipality"
"""The one area level of a county: its towns."""


def series(county: County, date: int, towns: Sequence[Town]) -> tuple[EarlierDate, ...]:
    """All earlier dates of which the county was released, oldest first, each with the breaks before the next one.

    Raises DeliveryError when a release is broken.
    """
    found: list[EarlierDate] = []
    later, keys = date, frozenset(town.ags for town in towns)
    for release in releases_before(county.releases, date, county.ags, "register"):
        own = _towns_in(release)
        both = [town for town in towns if town.ags in own & keys]
        limits = parameters.on("movements", date)
        between = [entry for town in both for entry in _of_town(town, release.date, later, limits)]
        if own != keys:
            between.insert(0, Break("towns_changed", tuple(sorted(own ^ keys)), LEVEL))
        found.insert(0, EarlierDate(release, _merged(between)))
        later, keys = release.date, own
    return tuple(found)


def _towns_in(release: Previous) -> frozenset[str]:
    """The municipality keys of the towns that a release of the county is made of."""
    return frozenset(
        ags
        for cells in release.tables.values()
        for ags in cells.frame.filter(pl.col("level") == LEVEL)["area"].unique().to_list()
    )


def _of_town(town: Town, before: int, date: int, limits: Mapping[str, int | float]) -> Iterator[Break]:
    """What changed in a town between two dates and bears on the county's figures; its own areas do not."""
    earlier, now = kept_dates.read_facts(town, before), kept_dates.read_facts(town, date)
    if earlier is None or now is None:
        yield Break("facts_missing", (town.ags,), LEVEL)
        return
    yield from (entry for entry in breaks.find(earlier, now, limits) if breaks.check(entry.check).scope != "areas")
    sizes = _size(earlier), _size(now)
    if abs(sizes[0] - sizes[1]) > limits["most_area_change"] * max(sizes):
        yield Break("areas_changed", (town.ags,), LEVEL)


def _size(facts: Facts) -> float:
    """The size of a town in square metres: of its coarsest areas together; 0 without polygons."""
    return sum(area[0] for area in next(iter(facts.areas.values()), {}).values())


def _merged(found: Sequence[Break]) -> tuple[Break, ...]:
    """Each kind of break once, with all that it concerns in any of the towns."""
    names: dict[tuple[str, str], set[str]] = {}
    for entry in found:
        names.setdefault((entry.check, entry.level), set()).update(entry.names)
    return tuple(Break(check, tuple(sorted(these)), level) for (check, level), these in names.items())
