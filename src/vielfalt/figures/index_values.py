"""What an index returns: the value with everything a reader needs to judge it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IndexValue:
    """One index for one group (or for all groups together: ``group`` empty), or for one ``area``.

    ``table`` is the id of the table it was computed from, ``level`` the area level, ``areas`` the number of areas that
    entered. ``value`` is null when it may not or cannot be stated; ``note`` (a message id) then says why.
    ``low`` to ``high`` is the 95 % interval of an index over areas, without what chance adds in small areas; so it may
    lie below the value. A value that is the least that the index can be has no ``high``: how large the index is at most
    follows from nothing that is published.
    """

    index: str
    table: str
    level: str
    group: str
    area: str
    value: float | None
    areas: int
    note: str = ""
    low: float | None = None
    high: float | None = None
