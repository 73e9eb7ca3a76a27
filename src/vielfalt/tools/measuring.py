"""Indices of any table: which can be stated, on how much of it, with interval and what chance alone would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely.geometry.base import BaseGeometry

from vielfalt.areachecks import some
from vielfalt.areafiles import level_shapes, read_features
from vielfalt.errors import DeliveryError, UsageError
from vielfalt.figures.indices import ALL, exposure, judging, measures
from vielfalt.figures.indices.judging import NOT_DRAWN, Judged
from vielfalt.figures.indices.measures import Situation
from vielfalt.figures.indices.notes import FEW_AREAS, NOT_ADDED
from vielfalt.figures.indices.places import extents, places
from vielfalt.imported.grouped import Grouped
from vielfalt.numbers import Floats, Marks
from vielfalt.words import N_, Words

SEED = 7
HIDDEN = N_("{n} of {all} areas have hidden figures and do not enter.")
MOSTLY_HIDDEN = N_("The figures of more than half of the residents or areas are hidden.")
OVERLAP = N_("The groups overlap, or hold more people than there are residents.")
NOTHING = N_("The group or everyone else has no members, or all areas are of one size.")
LEVEL = N_("Area level: {level}.")
ABSENT = N_("{n} combinations of area and group have no row and count as 0.")
IN_SPACE = frozenset(
    {
        *measures.OF_GROUP_IN_SPACE,
        *measures.OF_TOWN_IN_SPACE,
        *measures.OF_AREA_IN_SPACE,
        *measures.OF_GROUP_AND_AREA_IN_SPACE,
    }
)
"""Ids of the indices that need polygons."""
ONLY_IF_ASKED = frozenset({*(entry.id for entry in ALL if entry.family == "local"), measures.EXPOSURE, "distortion"})
"""Long lists, and what takes long."""
_NO_CHANCE = frozenset({"interaction", "diversity", "simpson_concentration", "simpson_interaction"})
"""Chance does not raise these: they say how mixed the town is, or the opposite of isolation."""


@dataclass(frozen=True)
class Wanted:
    """What is to be computed: ids of indices, number of random draws, the group to compare with, the centre (km)."""

    indices: tuple[str, ...]
    draws: int
    against: str = ""
    centre: tuple[float, float] | None = None


@dataclass(frozen=True)
class Measured:
    """One index of one group (empty: all together) and one ``area`` (empty: the town); null ``value``: see ``note``."""

    index: str
    group: str
    area: str
    value: float | None
    areas: int
    note: str
    judged: Judged = NOT_DRAWN


def chosen(asked: Sequence[str], with_geometry: bool) -> tuple[str, ...]:
    """The ids asked for; without any, all that the table can give and that are no long lists. Raises UsageError."""
    known = [entry.id for entry in ALL]
    for id in asked:
        if id not in known:
            todo = N_("Known are: {known}.")
            raise UsageError(N_("There is no index “{id}”."), id=id, known=", ".join(known), todo=todo)
        if id in IN_SPACE and not with_geometry:
            raise UsageError(N_("The index “{id}” needs polygons."), id=id, todo=N_("Name their file with --geometry."))
    return tuple(asked) or tuple(
        id for id in known if id not in ONLY_IF_ASKED and (with_geometry or id not in IN_SPACE)
    )


def read_polygons(path: Path, areas: Sequence[str], key: str, crs: str) -> tuple[BaseGeometry, ...]:
    """The polygon of each area in ``crs``. ``key``: column of the file, "key" as in a release if it has none so named.

    Raises TownError for an unusable file, DeliveryError where an area has no polygon.
    """
    features = read_features(path)
    column = key if key in features.columns else "key"
    found = level_shapes(features, column, column, "", crs=crs).shapes
    lost = [area for area in areas if area not in found]
    if lost:
        raise DeliveryError(
            N_("These areas of the table have no polygon: {areas}."),
            where=path,
            todo=N_("Complete the polygons, or leave the areas out with --ignore."),
            areas=some(lost),
        )
    return tuple(found[area] for area in areas)


@dataclass(frozen=True)
class _Task:
    """What every index needs: the table, the polygons in its order, what is wanted, and the words for notes."""

    table: Grouped
    shapes: Sequence[BaseGeometry] | None
    wanted: Wanted
    words: Words

    def situation(self, columns: Floats, total: Floats, known: Marks) -> Situation:
        """The areas that enter."""
        entering = [shape for shape, enters in zip(self.shapes or (), known, strict=False) if enters]
        centre = None if self.wanted.centre is None else np.array(self.wanted.centre)
        found = places if measures.OF_NEIGHBOURS.intersection(self.wanted.indices) else extents
        return Situation(columns[known], total[known], found(entering) if entering else None, centre)

    def asked(self, *parts: Mapping[str, object]) -> tuple[str, ...]:
        """The wanted ids that stand in one of the parts."""
        return tuple(id for id in self.wanted.indices if any(id in part for part in parts))

    def note(self, known: Marks) -> str:
        """What a reader must know of a value that is stated."""
        table, words = self.table, self.words
        notes = [
            words(LEVEL, level=table.level) if table.level else "",
            words(ABSENT, n=words.number(table.absent)) if table.absent else "",
            "" if known.all() else words(HIDDEN, n=int((~known).sum()), all=len(known)),
        ]
        return " ".join(filter(None, notes))

    def stated(
        self, id: str, group: str, area: str, value: float | None, known: Marks, judged: Judged = NOT_DRAWN
    ) -> Measured:
        """A value, or that there is none."""
        note = self.note(known) if value is not None else self.words(NOTHING)
        return Measured(id, group, area, value, int(known.sum()), note, judged)

    def null(self, id: str, group: str, known: Marks, reason: str) -> Measured:
        """No value, and why."""
        return Measured(id, group, "", None, int(known.sum()), self.words(reason))


def refusal(table: Grouped, known: Marks) -> str:
    """Why nothing can be stated of the areas that enter, as a message id; empty if something can."""
    residents = table.total
    counted = np.isfinite(residents).all() and residents.sum() > 0
    covered = residents[known].sum() / residents.sum() if counted else known.mean()
    return MOSTLY_HIDDEN if covered < 0.5 else FEW_AREAS if known.sum() < 2 else ""


def measure(
    table: Grouped, shapes: Sequence[BaseGeometry] | None, wanted: Wanted, words: Words
) -> tuple[Measured, ...]:
    """All indices wanted, in the order of the catalogue, groups in the order of the table."""
    task = _Task(table, shapes, wanted, words)
    found = [*_of_groups(task), *_against(task), *_of_all(task)]
    order = {entry.id: place for place, entry in enumerate(ALL)}
    return tuple(sorted(found, key=lambda one: order[one.index]))


def _of_groups(task: _Task) -> Iterator[Measured]:
    """Indices of each group and everyone else, computed together for groups that are known in the same areas."""
    table = task.table
    known = np.isfinite(table.counts) & np.isfinite(table.total)[:, None]
    ids = task.asked(measures.OF_GROUP, measures.OF_GROUP_IN_SPACE)
    local = task.asked(measures.OF_GROUP_AND_AREA, measures.OF_GROUP_AND_AREA_IN_SPACE)
    ids = tuple(id for id in ids if not (task.wanted.against and id == "dissimilarity"))
    together: dict[bytes, list[int]] = {}
    for group in range(len(table.groups)):
        together.setdefault(known[:, group].tobytes(), []).append(group)
    for members in together.values():
        enters = known[:, members[0]]
        situation = task.situation(table.counts[:, members], table.total, enters)
        for place, group in enumerate(members):
            yield from _of_group(task, situation, place, table.groups[group], enters, ids)
            yield from _in_areas(task, situation, place, table.groups[group], enters, local)


def _of_group(
    task: _Task, situation: Situation, place: int, name: str, known: Marks, ids: Sequence[str]
) -> Iterator[Measured]:
    group, total = situation.group(place), situation.total
    reason = refusal(task.table, known) or (NOT_ADDED if (group > total).any() else "")
    if reason:
        yield from (task.null(id, name, known, reason) for id in ids)
        return
    of_counts = {id: judging.of_group(id) for id in ids if id in measures.OF_GROUP and id not in _NO_CHANCE}
    judged = judging.judged(np.column_stack([group, total - group]), of_counts, task.wanted.draws, SEED)
    formulas = {**measures.OF_GROUP, **measures.OF_GROUP_IN_SPACE}
    for id in ids:
        yield task.stated(id, name, "", formulas[id](situation, place), known, judged.get(id, NOT_DRAWN))


def _in_areas(
    task: _Task, situation: Situation, place: int, name: str, known: Marks, ids: Sequence[str]
) -> Iterator[Measured]:
    """Indices of one group in each area that enters."""
    formulas = {**measures.OF_GROUP_AND_AREA, **measures.OF_GROUP_AND_AREA_IN_SPACE}
    for id in ids:
        reason = refusal(task.table, known)
        if reason:
            yield task.null(id, name, known, reason)
        else:
            yield from _by_area(task, id, name, formulas[id](situation, place), known)


def _by_area(task: _Task, id: str, name: str, found: Floats, known: Marks) -> Iterator[Measured]:
    for area, value in zip(np.array(task.table.areas)[known], found, strict=True):
        yield task.stated(id, name, str(area), None if np.isnan(value) else float(value), known)


def _against(task: _Task) -> Iterator[Measured]:
    """Dissimilarity between each group and the one to compare with."""
    table, other = task.table, task.wanted.against
    if not other or "dissimilarity" not in task.wanted.indices:
        return
    if other not in table.groups:
        raise UsageError(
            N_("The table has no group “{group}”. It has: {groups}."),
            todo=N_("Correct --against."),
            group=other,
            groups=", ".join(table.groups),
        )
    compared = table.counts[:, table.groups.index(other)]
    for place, name in enumerate(table.groups):
        if name != other:
            both = table.counts[:, place] + compared
            known = np.isfinite(both)
            situation = Situation(table.counts[known][:, [place]], both[known])
            yield from _of_group(task, situation, 0, name, known, ("dissimilarity",))


def _of_all(task: _Task) -> Iterator[Measured]:
    """Indices of all groups together, where every person stands in one of them."""
    table = task.table
    known = np.isfinite(table.counts).all(axis=1) & np.isfinite(table.total)
    ids = task.asked(measures.OF_TOWN, measures.OF_TOWN_IN_SPACE)
    local = task.asked(measures.OF_AREA, measures.OF_AREA_IN_SPACE)
    others = (*local, *((measures.EXPOSURE,) if measures.EXPOSURE in task.wanted.indices else ()))
    situation = task.situation(table.counts, table.total, known)
    overlap = (table.counts[known].sum(axis=1) > table.total[known]).any()
    reason = refusal(task.table, known) or (OVERLAP if overlap else "")
    if reason:
        yield from (task.null(id, "", known, reason) for id in (*ids, *others))
        return
    of_counts = {id: judging.of_town(id) for id in ids if id in measures.OF_TOWN and id not in _NO_CHANCE}
    judged = judging.judged(situation.everyone, of_counts, task.wanted.draws, SEED)
    formulas = {**measures.OF_TOWN, **measures.OF_TOWN_IN_SPACE}
    for id in ids:
        yield task.stated(id, "", "", formulas[id](situation), known, judged.get(id, NOT_DRAWN))
    of_area = {**measures.OF_AREA, **measures.OF_AREA_IN_SPACE}
    for id in local:
        yield from _by_area(task, id, "", of_area[id](situation), known)
    if measures.EXPOSURE in others:
        yield from _exposures(task, situation, known)


def _exposures(task: _Task, situation: Situation, known: Marks) -> Iterator[Measured]:
    """From each group to each, its own included."""
    rest = (task.words(N_("everyone else")),) if situation.everyone.shape[1] > len(task.table.groups) else ()
    names = (*task.table.groups, *rest)
    met = exposure.exposures(situation.everyone)
    for row, name in enumerate(names):
        for column, other in enumerate(names):
            value = None if np.isnan(met[row, column]) else float(met[row, column])
            yield task.stated(measures.EXPOSURE, f"{name} → {other}", "", value, known)
