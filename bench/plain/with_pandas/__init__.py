"""The register part in pandas."""

from __future__ import annotations

import polars as pl

from bench.plain.shared import Given
from bench.plain.with_pandas.areas import located
from bench.plain.with_pandas.births import with_birth
from bench.plain.with_pandas.cells import counted
from bench.plain.with_pandas.households import with_households
from bench.plain.with_pandas.origin import with_origin
from bench.plain.with_pandas.population import residents
from bench.plain.with_pandas.reading import read


def evaluate(given: Given) -> dict[str, pl.DataFrame]:
    """The cells of each table."""
    rows = read(given)
    addresses = located(rows, given)
    people = with_birth(residents(rows, given), given)
    people = with_origin(with_households(people, addresses["listed"], given.date), given)
    return {table: pl.from_pandas(cells) for table, cells in counted(people, addresses["area"], given).items()}
