"""Whether what a release says agrees with itself: no parts larger than their whole, no index beyond its bounds.

Hidden figures count as none, so nothing is refused that can be true.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from vielfalt.errors import DeliveryError, VielfaltError
from vielfalt.figures.index_values import IndexValue
from vielfalt.figures.indices import ALL
from vielfalt.geography import TOWN
from vielfalt.publish import altered, lookup
from vielfalt.publish.results import Results
from vielfalt.words import N_

_TODO = N_("Ask the town for the zip file of the release as Vielfalt wrote it.")
_PLACE = ("level", "area")
_BOUNDS = {index.id: (index.least, index.most) for index in ALL}


def check_agreement(results: Results) -> None:
    """Raises DeliveryError where the figures of a release contradict each other.

    Of figures, releases of a register alone are asked whose numbers are as counted: changed and rounded ones do not
    add up, nor need tables that others counted.
    """
    for one in results.indices:
        if _is_beyond(one):
            raise _contradiction(
                N_("An index has a value that it cannot have ({index})."), "indices.csv", index=one.index
            )
    if results.source.kind == "register" and not altered.altered(results):
        for id in results.tables:
            if _exceeds(results, id):
                raise _contradiction(
                    N_("The figures of the table “{table}” contradict each other: parts are larger than their whole."),
                    f"tables/{id}.csv",
                    table=id,
                )


def _is_beyond(index: IndexValue) -> bool:
    """Whether value or interval lie outside what the index can be, or the interval ends before it begins."""
    least, most = _BOUNDS.get(index.index, (None, None))
    numbers = [one for one in (index.value, index.low, index.high) if one is not None]
    if (index.low is not None and index.high is not None) and index.low > index.high:
        return True
    return any((least is not None and one < least) or (most is not None and one > most) for one in numbers)


def _exceeds(results: Results, id: str) -> bool:
    """Whether the categories of a table are more than what they divide, or areas more than the area they lie in."""
    cells, head = results.tables[id], lookup.head(results, id)
    figures = [*_PLACE, *cells.table.dimensions]
    pairs = [(part, whole, figures) for part, whole in _areas(results, cells.frame)]
    if head is not None:
        pairs.append((cells.frame, results.tables[head].frame, [*_PLACE]))
    return any(_is_more(part, whole, by) for part, whole, by in pairs)


def _areas(results: Results, frame: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The figures of each level as those of the areas above, and of the town, that they are part of; beside these."""
    town, above = results.geography.town.key, TOWN
    for level in results.geography.levels:
        own = frame.filter(pl.col("level") == level.id)
        parents = {area.key: area.parent for area in level.areas}
        for coarser, area in ((TOWN, pl.lit(town)), (above, pl.col("area").replace(parents))):
            yield own.with_columns(level=pl.lit(coarser), area=area), frame.filter(pl.col("level") == coarser)
        above = level.id


def _is_more(part: pl.DataFrame, whole: pl.DataFrame, by: list[str]) -> bool:
    """Whether the parts that are shown add up to more than their whole, where that is shown."""
    sums = part.group_by(by).agg(pl.col("value").sum().alias("part"))
    beside = sums.join(whole.select(*by, "value"), on=by)
    return bool((beside["part"] > beside["value"]).any())


def _contradiction(message: str, where: str, **values: str) -> VielfaltError:
    return DeliveryError(message, where=where, todo=_TODO, **values)
