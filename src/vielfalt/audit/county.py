"""The attack on a county: its releases and those of its towns together, as one system of sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from vielfalt.audit.areas import over_atoms
from vielfalt.audit.attacks import Attack, exact, intervals
from vielfalt.audit.figures import Figures, Key, figures_of, key_of
from vielfalt.audit.releases import Release
from vielfalt.audit.sums import Sum, same_people, sums
from vielfalt.cells import ProtectedCells
from vielfalt.geography import TOWN, Area, AreaLevel, Geography

COUNTY = "county"
"""The level of the county's own figures; its towns are at the level ``town``, as in their own releases."""
ID = "county"


def attack_county(releases: Sequence[Release]) -> Attack:
    """The interval attack by somebody who has the releases of a county and of its towns, on every hidden figure.

    A town's figure is one figure, whether its own release or the county's shows it; where two show it differently, the
    later one in the order given is believed. Told is what the towns' releases do not tell without the county. Tables of
    changed or rounded numbers are left out: their sums do not hold.
    """
    named = [_named(exact(release)) for release in releases]
    tried = _all_sums(named)
    if not tried.told:
        return tried
    before = {told.key for told in _all_sums([each for each in named if not each.results.made_of]).told}
    return replace(tried, told=tuple(told for told in tried.told if told.key not in before))


def _all_sums(releases: Sequence[Release]) -> Attack:
    # A town that was evaluated anew shows other numbers than before: the county is made of the later ones.
    figures = figures_of(reversed(releases))
    towns: dict[str, list[Release]] = defaultdict(list)
    for release in releases:
        towns["" if release.results.made_of else release.results.source.ags].append(release)
    counties, known = towns.pop("", []), []
    for own in (*towns.values(), *([each] for each in counties)):
        known += [*sums(own, figures), *same_people(own, figures)]
    for own in towns.values():
        known += over_atoms(own, figures)
    for county in counties:
        known += _over_towns(county, figures)
    return intervals(ID, figures, known)


def _named(release: Release) -> Release:
    """The release with keys that no two towns share, and the levels of a county in the places of a town's."""
    results = release.results
    if results.made_of:
        own = {TOWN: COUNTY, results.geography.levels[0].id: TOWN}
        whole = "+".join(sorted(each.ags for each in results.made_of))
        tables = {id: _of_county(cells, own, whole) for id, cells in results.tables.items()}
        geography = replace(results.geography, levels=(), shapes={})
    else:
        before = f"{results.source.ags} "
        tables = {id: _of_town(cells, before) for id, cells in results.tables.items()}
        geography = _geography(results.geography, before)
    return replace(release, results=replace(results, tables=tables, geography=geography))


def _of_county(cells: ProtectedCells, levels: Mapping[str, str], whole: str) -> ProtectedCells:
    """The county's own figures bear the keys of all its towns: with other towns they are other figures."""
    level = pl.col("level").replace_strict(levels)
    area = pl.when(level == COUNTY).then(pl.lit(whole)).otherwise("area")
    return replace(cells, frame=cells.frame.with_columns(level=level, area=area))


def _of_town(cells: ProtectedCells, before: str) -> ProtectedCells:
    area = pl.when(pl.col("level") == TOWN).then("area").otherwise(pl.lit(before) + pl.col("area"))
    return replace(cells, frame=cells.frame.with_columns(area=area))


def _geography(geography: Geography, before: str) -> Geography:
    levels, coarsest = [], True
    for level in geography.levels:
        areas = [
            Area(before + area.key, area.name, area.parent if coarsest else before + area.parent)
            for area in level.areas
        ]
        levels.append(AreaLevel(level.id, level.title, tuple(areas)))
        coarsest = False
    shapes = {id: {before + key: shape for key, shape in each.items()} for id, each in geography.shapes.items()}
    return replace(geography, levels=tuple(levels), shapes=shapes)


def _over_towns(county: Release, figures: Figures) -> Iterator[Sum]:
    """Every figure of the county is the sum of its towns: nobody lives outside them.

    Where the county's table does not list the towns, those are meant that list the category themselves.
    """
    towns = [each.ags for each in county.results.made_of]
    whole = "+".join(sorted(towns))
    for cells in county.results.tables.values():
        key = key_of(county, cells)
        own = cells.frame.filter(pl.col("level") == COUNTY).drop("level", "area", "value", "status")
        for category in own.iter_rows():
            named = Key(key.date, key.table, key.definitions, COUNTY, whole, tuple(category))
            parts = [figures.number.get(named.at(TOWN, ags)) for ags in towns]
            yield figures.number[named], [part for part in parts if part is not None]
