"""Two reference dates compared: residents joined by pseudonym, classified by the rules of movements, and counted.

Two narrow tables and one join each way: the residents of the later date, and the earlier ones from the link file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from vielfalt import codes, movement_programme, programme
from vielfalt.cells import UNRESOLVED, Cells
from vielfalt.engines.base import Engine, Frame
from vielfalt.geography import Geography
from vielfalt.register.links import EARLIER, LINK, MOVES
from vielfalt.register.movements import CAME, CITIZENSHIP, WENT
from vielfalt.register.tabulate import UNKNOWN, replaced, tabulate, values_of
from vielfalt.table import Table

_NO_MOVEMENT = -1
"""The place of those who stayed in the dimensions of movements."""


@dataclass(frozen=True)
class TwoDates:
    """The cells of two dates compared: the tables of movements, and the earlier residents by group (``before``).

    ``linked``: the part of the earlier residents found again; ``recoded``: the part of these who are in another area
    without a move.
    """

    tables: Mapping[str, Cells]
    before: Mapping[str, Cells]
    linked: float
    recoded: float


def current(earlier: pl.DataFrame, values: Mapping[str, tuple[str, ...]], geography: Geography) -> pl.DataFrame:
    """The link file of an earlier date with the numbers of today's areas and code lists.

    ``values``: the keys its numbers stand for. What no longer exists becomes "no area" or "unknown".
    """
    columns = []
    for name in EARLIER:
        place = {key: number for number, key in enumerate(values_of(name, geography))}
        lost = place[UNRESOLVED if name == "area" else UNKNOWN]
        today = pl.Series(name, [place.get(key, lost) for key in values[name]], dtype=pl.Int32)
        columns.append(today.gather(earlier[name]))
    return earlier.with_columns(columns)


def two_dates(
    engine: Engine,
    residents: Frame,
    earlier: pl.DataFrame,
    since: tuple[int, int],
    geography: Geography,
    p_percent: int = 0,
) -> TwoDates:
    """What happened between two dates, as cells.

    ``residents``: classified residents of the later date, with their pseudonym and ``links.MOVES``; ``earlier``: the
    link file in today's numbers; ``since``: the earlier date, and the day up to which a move is too old to have been
    entered late (yyyymmdd); ``p_percent``: as for ``tabulate``.
    """
    before = engine.load(earlier.to_arrow(), "earlier")
    now = _now(engine, residents, before, since, geography)
    then = _then(engine, now, before, geography)
    return TwoDates(
        _tables(engine, now, then, geography, p_percent),
        _before(engine, then, geography),
        *_shares(engine, then, geography),
    )


def _now(engine: Engine, residents: Frame, before: Frame, since: tuple[int, int], geography: Geography) -> Frame:
    """The residents of the later date with how they came and whether they were naturalised."""
    there = before.select(LINK, *(nw.col(name).alias(f"{name}_before") for name in ("area", "foreigner")))
    narrow = residents.select("pseudonym", "key", "address", *EARLIER, *MOVES)
    keys = dict(enumerate(values_of("foreigner", geography)))
    linked = narrow.join(there, left_on="pseudonym", right_on=LINK, how="left").with_columns(
        (~nw.col("area_before").is_null()).alias("linked"),
        _same_area(),
        nw.lit(since[0]).alias("since"),
        nw.lit(since[1]).alias("late_since"),
        *(replaced(nw.col(name), keys, nw.String).alias(name) for name in ("foreigner", "foreigner_before")),
    )
    decided = linked.with_columns(CAME.columns()[0], CITIZENSHIP.columns()[0])
    coarse = engine.load(_coarse(geography).to_arrow(), "coarse_areas")
    for place, name in (("area_before", "moved_from"), ("area", "moved_to")):
        named = coarse.select(nw.col("fine").alias(f"{name}_fine"), nw.col("coarse").alias(name))
        decided = decided.join(named, left_on=place, right_on=f"{name}_fine", how="left")
    asked = [name for name in MOVES if name != "move_in_date"]
    return _placed(engine, decided.drop(asked), ("came_from", "citizenship_change"), geography, "now")


def _then(engine: Engine, now: Frame, before: Frame, geography: Geography) -> Frame:
    """The residents of the earlier date with what became of them."""
    here = now.select("pseudonym", "move_in_date", "late_since", nw.col("area").alias("area_before"))
    linked = before.join(here, left_on=LINK, right_on="pseudonym", how="left").with_columns(
        (~nw.col("area_before").is_null()).alias("linked"), _same_area(), nw.lit(0).alias("key")
    )
    return _placed(engine, linked.with_columns(WENT.columns()[0]), ("went",), geography, "then")


def _same_area() -> nw.Expr:
    """Whether the area is the same on both dates; null where it is not known on one of them (place 0)."""
    known = (nw.col("area") != 0) & (nw.col("area_before") != 0)
    return nw.when(known).then(nw.col("area") == nw.col("area_before")).alias("same_area")


def _coarse(geography: Geography) -> pl.DataFrame:
    """For every place of an area of the finest level the place of the coarsest area that holds it."""
    above = geography.ancestors(geography.levels[0].id)
    places = {key: number for number, key in enumerate(values_of("moved_from", geography))}
    fine = values_of("area", geography)
    coarse = [places[above.get(key, UNRESOLVED)] for key in fine]
    return pl.DataFrame({"fine": range(len(fine)), "coarse": coarse}, schema={"fine": pl.Int32, "coarse": pl.Int32})


def _placed(engine: Engine, frame: Frame, decided: Iterable[str], geography: Geography, name: str) -> Frame:
    """The decided columns as places of the tables' dimensions, and the dimensions that follow from them."""
    for column in decided:
        keys = [row.key for row in codes.categories(column)]
        places = {key: _places(column, key, geography) for key in keys}
        by = {name: {key: found[name] for key, found in places.items()} for name in _follows(column, keys[0])}
        frame = frame.with_columns(replaced(nw.col(column), by[name], nw.Int32).alias(name) for name in by)
    return engine.checkpoint(frame, name)


def _follows(column: str, key: str) -> Mapping[str, str | None]:
    """The categories of all dimensions that a decided value decides; None where it is no movement."""
    if column == "citizenship_change":
        return {column: key}
    found: dict[str, str | None] = {column: key}
    if column == "went":
        return found | {"flow": key if key in ("moved", "gone") else None}
    came = codes.category(column, key).parent
    new = came if came in ("born", "arrived") else None
    return found | {"came": came, "movement": new, "flow": "new" if new else "moved" if came == "moved" else None}


def _places(column: str, key: str, geography: Geography) -> dict[str, int]:
    return {
        dimension: values_of(dimension, geography).index(value) if value else _NO_MOVEMENT
        for dimension, value in _follows(column, key).items()
    }


def _tables(engine: Engine, now: Frame, then: Frame, geography: Geography, p_percent: int) -> dict[str, Cells]:
    """The cells of every table of movements: of the later date, of the earlier one, or of both together."""

    def cells(people: Frame, tables: Iterable[Table]) -> dict[str, Cells]:
        return tabulate(engine, people, tables, geography, p_percent)

    by_group = [table for table in movement_programme.ALL if "flow" in table.dimensions]
    alone = [table for table in movement_programme.ALL if len(table.dimensions) < 2]
    later = cells(now, [table for table in alone if table.unit == "persons"])
    earlier = cells(then, [table for table in alone if table.unit == "earlier"])
    places = {name: values_of("flow", geography).index(name) for name in ("new", "moved", "gone")}
    moved, new = (now.filter(nw.col("flow") == places[name]) for name in ("moved", "new"))
    between = cells(moved, [programme.table("moves_between")])
    births = cells(new, [programme.table("new_by_mh_group")])
    came = cells(now.filter(nw.col("flow") != _NO_MOVEMENT), by_group)
    gone = cells(then.filter(nw.col("flow") == places["gone"]), by_group)
    both = {id: Cells(came[id].table, pl.concat([came[id].frame, gone[id].frame])) for id in came}
    found = {**later, **earlier, **between, **both, **births}
    return {table.id: found[table.id] for table in movement_programme.ALL}


def _before(engine: Engine, then: Frame, geography: Geography) -> dict[str, Cells]:
    """The earlier residents by each group that movements are counted by; the id is that of the dimension."""
    groups = (table.dimensions[1] for table in movement_programme.ALL if "flow" in table.dimensions)
    wanted = [Table(group, "", (group,), (), unit="earlier") for group in groups]
    return tabulate(engine, then, wanted, geography)


def _shares(engine: Engine, then: Frame, geography: Geography) -> tuple[float, float]:
    """The part of the earlier residents found again, and the part of these in another area without a move."""
    recoded = nw.col("went") == values_of("went", geography).index(UNKNOWN)
    counted = then.select(
        nw.len().alias("all"),
        nw.col("linked").cast(nw.Int64).sum().alias("linked"),
        recoded.cast(nw.Int64).sum().alias("recoded"),
    )
    everyone, linked, found = (int(value or 0) for value in engine.collect(counted).to_pylist()[0].values())
    return linked / max(everyone, 1), found / max(linked, 1)
