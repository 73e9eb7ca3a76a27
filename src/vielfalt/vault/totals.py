"""The true totals of a town in its vault, for the release of its county: integer cells without areas.

They are not protected, so they stay in the vault; what a county publishes of them is decided with all towns together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from vielfalt.cells import Cells
from vielfalt.errors import StorageError
from vielfalt.methods import Method, by_keys
from vielfalt.wholefile import written_whole
from vielfalt.words import N_

TOTALS = "totals.parquet"
COLUMNS = ("table", "first_key", "second_key", "n", "key_sum", "top", "second")
"""Table id, the keys of up to two dimensions (empty: it has none), and the measures of ``Cells``."""


def totals(cells: Cells) -> pl.DataFrame:
    """The cells of the town as a whole: the columns of its dimensions, then the measures of ``Cells``.

    An address lies in one area, so the two largest addresses of all areas are those of the town.
    """
    second = pl.col("top").append(pl.col("second")).top_k(2).min().alias("second")
    measures = pl.col("n").sum(), pl.col("key_sum").sum(), pl.col("top").max(), second
    names = list(cells.table.dimensions)
    if not names:
        return cells.frame.select(*measures)
    return cells.frame.group_by(names, maintain_order=True).agg(*measures)


def keep_totals(cells: Mapping[str, Cells], vault: Path, method: Method) -> None:
    """Writes the totals of all tables into the folder of the date, readable for the owner alone.

    Sums of record keys are kept where they decide by how much a number is changed, else 0: where one person is counted,
    hers is no sum.
    A table in which nobody is counted has one row, of 0 people: it is a table of the town nevertheless.
    """
    sums = pl.col("key_sum") if by_keys(method) else pl.lit(0, pl.Int64).alias("key_sum")
    frames = []
    for id, each in cells.items():
        names = [*each.table.dimensions, None, None][:2]
        keys = [(pl.col(name) if name else pl.lit("")).alias(to) for name, to in zip(names, COLUMNS[1:3], strict=True)]
        found = totals(each).select(pl.lit(id).alias("table"), *keys, "n", sums, "top", "second")
        frames.append(found if found.height else pl.DataFrame([(id, "", "", 0, 0, 0, 0)], found.schema, orient="row"))
    with written_whole(vault / TOTALS) as partial:
        pl.concat(frames, how="vertical_relaxed").write_parquet(partial)
        partial.chmod(0o600)


def read_totals(vault: Path) -> Mapping[str, pl.DataFrame]:
    """The totals by table id, in ``COLUMNS`` without the table; no rows where nobody is counted.

    Raises StorageError when missing or damaged.
    """
    try:
        frame = pl.read_parquet(vault / TOTALS)
        parts = frame.select(COLUMNS).partition_by("table", as_dict=True, include_key=False)
    except (OSError, pl.exceptions.PolarsError):
        raise StorageError(
            N_("The totals of the town are missing in its vault, or damaged."),
            where=vault / TOTALS,
            todo=N_("Delete the file if it is there, and run the town again."),
        ) from None
    return {str(id): part.filter(pl.col("n") > 0) for (id,), part in parts.items()}
