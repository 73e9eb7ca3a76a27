"""The catalogue of indices as data: what each says, its formula, bounds, source and caveat."""

from __future__ import annotations

from vielfalt.figures.indices import by_area, in_space, many_groups, two_groups
from vielfalt.figures.indices.index import Index

ALL: tuple[Index, ...] = (*two_groups.ALL, *in_space.ALL, *many_groups.ALL, *by_area.ALL)


def index(id: str) -> Index:
    """The index of that id. Raises KeyError when there is none."""
    return _BY_ID[id]


_BY_ID = {entry.id: entry for entry in ALL}
