"""Indices of two tables side by side, two dates or two towns: whether they differ, and by composition or structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vielfalt.figures.indices import chance, change, judging, measures
from vielfalt.figures.indices.change import Difference, Parts
from vielfalt.figures.indices.judging import Formula
from vielfalt.imported.grouped import Grouped
from vielfalt.numbers import Floats, Marks
from vielfalt.tools.measuring import OVERLAP, SEED, Wanted, refusal
from vielfalt.words import N_, Words

ONLY_ONE = N_("Only one of the tables has this group, or its index has a value in only one.")
_GROUPS_DIFFER = N_("The tables have different groups.")


@dataclass(frozen=True)
class Compared:
    """One index of one group (empty: all together) in both tables; null with a ``note`` where it cannot be compared.

    ``difference`` is null without random draws; ``parts`` where the index cannot be taken apart.
    """

    index: str
    group: str
    first: float | None
    second: float | None
    note: str
    difference: Difference | None = None
    parts: Parts | None = None


def compare(first: Grouped, second: Grouped, wanted: Wanted, words: Words) -> tuple[Compared, ...]:
    """The wanted indices of counts alone; of areas that both tables have, those known in both enter."""
    found = [*_of_groups(first, second, wanted, words), *_of_all(first, second, wanted, words)]
    order = {id: place for place, id in enumerate(wanted.indices)}
    return tuple(sorted(found, key=lambda one: order[one.index]))


def _of_groups(first: Grouped, second: Grouped, wanted: Wanted, words: Words) -> Iterator[Compared]:
    """Each group and everyone else."""
    formulas = {id: judging.of_group(id) for id in wanted.indices if id in measures.OF_GROUP}
    for name in dict.fromkeys((*first.groups, *second.groups)):
        if name not in first.groups or name not in second.groups:
            yield from _nothing(formulas, name, words(ONLY_ONE))
            continue
        tables = [_beside_everyone_else(table, name) for table in (first, second)]
        yield from _compared(first, second, tables, formulas, name, wanted, words)


def _of_all(first: Grouped, second: Grouped, wanted: Wanted, words: Words) -> Iterator[Compared]:
    """All groups together, where both tables have the same ones."""
    formulas = {id: judging.of_town(id) for id in wanted.indices if id in measures.OF_TOWN}
    if set(first.groups) != set(second.groups):
        yield from _nothing(formulas, "", words(_GROUPS_DIFFER))
        return
    tables = []
    for table in (first, second):
        counts = table.counts[:, [table.groups.index(name) for name in first.groups]]
        tables.append(np.column_stack([counts, table.total - counts.sum(axis=1)]))
    yield from _compared(first, second, tables, formulas, "", wanted, words)


def _beside_everyone_else(table: Grouped, name: str) -> Floats:
    group = table.counts[:, table.groups.index(name)]
    return np.column_stack([group, table.total - group])


def _nothing(formulas: Mapping[str, Formula], group: str, note: str) -> Iterator[Compared]:
    yield from (Compared(id, group, None, None, note) for id in formulas)


def _compared(
    first: Grouped,
    second: Grouped,
    tables: list[Floats],
    formulas: Mapping[str, Formula],
    group: str,
    wanted: Wanted,
    words: Words,
) -> Iterator[Compared]:
    """One pair of tables of areas by groups, NaN where something is hidden."""
    same = first.areas == second.areas
    known: list[Marks] = [np.asarray(np.isfinite(table).all(axis=1)) for table in tables]
    if same:
        known = [known[0] & known[1]] * 2
    refused = refusal(first, known[0]) or refusal(second, known[1])
    one, other = (table[marks] for table, marks in zip(tables, known, strict=True))
    if refused or (one < 0).any() or (other < 0).any():
        yield from _nothing(formulas, group, words(refused or OVERLAP))
        return
    values = [judging.values(table, formulas) for table in (one, other)]
    drawn = [_draws(table, formulas, wanted.draws, SEED + place) for place, table in enumerate((one, other))]
    apart = change.parts if same else change.parts_of_towns
    for place, (id, formula) in enumerate(formulas.items()):
        before, after = (float(found[place]) for found in values)
        if np.isnan(before) or np.isnan(after):
            yield Compared(id, group, None, None, words(ONLY_ONE))
            continue
        differs = change.difference(before, drawn[0][:, place], after, drawn[1][:, place]) if wanted.draws else None
        yield Compared(id, group, before, after, "", differs, apart(one, other, formula))


def _draws(table: Floats, formulas: Mapping[str, Formula], draws: int, seed: int) -> Floats:
    def statistic(drawn: Floats) -> Floats:
        return judging.values(drawn, formulas)

    return chance.resampled(table, statistic, draws, seed) if draws else np.empty((0, len(formulas)))
