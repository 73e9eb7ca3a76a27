"""Invented towns of two dates, and the movements between them as they are published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from small_towns import PROTECTION, Counts, cells_of, geography

from vielfalt import programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure import Dates, movements_with_room, protect, protect_movements
from vielfalt.geography import Geography

BySize = Mapping[str, Sequence[int]]
"""By block and group."""
Town = tuple[dict[str, ProtectedCells], Dates, Geography]
"""The movements as they are published, both dates, and the areas."""
SIZES = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 30, 80])
_NEW = {"born": "born", "arrived": "abroad", "other": "germany"}
"""Kinds of new residents, and where they came from."""
SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@st.composite
def two_dates(draw: st.DrawFn) -> tuple[dict[str, Cells], Geography]:
    """Residents of both dates and movements of a small town: many small numbers, many zeros."""
    where = geography(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    areas = [*(area.key for area in where.finest.areas), ""]
    moved = {
        (a, b): draw(st.sampled_from([0, 0, 0, 1, 2, 4, 7, 15]))
        for a in areas
        for b in areas
        if a != b and a and b and draw(st.booleans())
    }
    stayed = {area: draw(SIZES) * (3 if area else 0) for area in areas}
    new = {(area, kind): min(draw(SIZES), 80 if area else 4) for area in areas for kind in _NEW}
    gone = {area: min(draw(SIZES), 80 if area else 4) for area in areas}
    return cells_between(moved, stayed, new, gone), where


def cells_between(
    moved: dict[tuple[str, str], int],
    stayed: dict[str, int],
    new: dict[tuple[str, str], int],
    gone: dict[str, int],
) -> dict[str, Cells]:
    counts: dict[str, Counter[tuple[str, ...]]] = {
        id: Counter() for id in ("residents", "residents_before", "came", "came_from", "went")
    }
    for (a, b), n in moved.items():
        counts["came"][b, "moved"] += n
        counts["came_from"][b, "moved"] += n
        counts["went"][a, "moved"] += n
    for area, n in stayed.items():
        for id in ("came", "came_from", "went"):
            counts[id][area, "stayed"] += n
    for (area, kind), n in new.items():
        counts["came"][area, "born" if kind == "born" else "arrived"] += n
        counts["came_from"][area, _NEW[kind]] += n
    for area, n in gone.items():
        counts["went"][area, "gone"] += n
    for id, part in (("residents", "came"), ("residents_before", "went")):
        for (area, _), n in counts[part].items():
            counts[id][(area,)] += n
    return {id: table_between(id, {key: n for key, n in rows.items() if n}) for id, rows in counts.items()}


def table_between(id: str, counts: Counts) -> Cells:
    return cells_of(programme.table(id), counts)


def cells_by_group(groups: Sequence[str], stayed: dict[str, int], new: BySize, gone: BySize) -> dict[str, Cells]:
    """Movements of a town within which nobody moves: who came since, and who left, by block and group."""
    arrived = {(area, "arrived"): sum(each) for area, each in new.items()}
    cells = cells_between({}, stayed, arrived, {area: sum(each) for area, each in gone.items()})
    del cells["residents"]
    flows: Counts = {
        (area, kind, group): n
        for kind, sizes in (("new", new), ("gone", gone))
        for area, each in sizes.items()
        for group, n in zip(groups, each, strict=True)
        if n
    }
    return {**cells, "flow_by_mh_group": table_between("flow_by_mh_group", flows)}


def with_movements(
    where: Geography, now: dict[str, Cells], before: dict[str, Cells], movements: dict[str, Cells]
) -> Town:
    """All movements as they are published between two dates, each of which is released by itself."""
    shown = [protect(each, where, PROTECTION) for each in (now, before)]
    dates = Dates(now, shown[0], before, shown[1])
    found = protect_movements(movements, dates, where, PROTECTION)
    return movements_with_room(found, movements, dates, where, PROTECTION)[0], dates, where


def published(cells: dict[str, Cells], where: Geography) -> dict[str, ProtectedCells]:
    """What everyone can read: the residents of both dates, each released by itself, and the movements."""
    now = protect({"residents": cells["residents"]}, where, PROTECTION)
    as_then = Cells(programme.table("residents"), cells["residents_before"].frame)
    then = protect({"residents": as_then}, where, PROTECTION)
    movements = {id: table for id, table in cells.items() if id != "residents"}
    dates = Dates({"residents": cells["residents"]}, now, {}, then)
    return {**now, **protect_movements(movements, dates, where, PROTECTION)}
