"""The register part in polars."""

from __future__ import annotations

import polars as pl

from bench.plain.shared import Given
from bench.plain.with_polars.areas import located, with_addresses
from bench.plain.with_polars.births import with_birth
from bench.plain.with_polars.cells import counted
from bench.plain.with_polars.households import with_households
from bench.plain.with_polars.origin import with_origin
from bench.plain.with_polars.population import residents
from bench.plain.with_polars.reading import read


def evaluate(given: Given) -> dict[str, pl.DataFrame]:
    """The cells of each table."""
    rows, addresses = with_addresses(read(given))
    addresses = located(addresses, given)
    people = with_birth(residents(rows, given), given)
    people = with_origin(with_households(people, addresses, given.date), given)
    return counted(people, addresses, given)
