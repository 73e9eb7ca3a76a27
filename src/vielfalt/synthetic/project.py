"""Writes a complete synthetic town project: the order of the steps, and what is written when."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from vielfalt import dates as calendar
from vielfalt.errors import UsageError
from vielfalt.numbers import Ints
from vielfalt.synthetic import dirt, files, placement
from vielfalt.synthetic.draw import Table, generator, rows_of, to_day
from vielfalt.synthetic.extract import AGS, NAME, Town, gaps_of, order, register_rows
from vielfalt.synthetic.life import Interval
from vielfalt.synthetic.moves import evolve
from vielfalt.synthetic.office import HOUSE, Office
from vielfalt.synthetic.plan import Plan, plan, sizes
from vielfalt.synthetic.population import first_population
from vielfalt.synthetic.shapes import divide
from vielfalt.synthetic.streets import lay_out
from vielfalt.synthetic.truth import truth
from vielfalt.words import N_, Language, Words

MIN_RESIDENTS = 1_000
_GEOMETRY, _PLAN, _STREETS, _PEOPLE, _YEARS = range(1, 6)


def write_town(
    root: Path,
    *,
    residents: int,
    seed: int,
    dates: tuple[int, ...] = (20231231, 20241231, 20251231),
    office: Office = HOUSE,
    name: str = NAME,
    ags: str = AGS,
    language: Language = "de",
    progress: Callable[[str], None],
) -> None:
    """Writes a town project of invented residents into a new or empty folder.

    The first extract counts exactly ``residents`` people with an only or main dwelling; the town then evolves to each
    later date (yyyymmdd, ascending). The same seed writes the same bytes; another ``office`` has the same residents in
    another register; ``language`` is that of the settings alone. ``progress`` is told each step as a message id. Raises
    UsageError when the folder holds something, the town is too small, or the seed or the dates cannot be used.
    """
    _check(root, residents, seed, dates)
    with _whole_or_nothing(root):
        progress(N_("Drawing the map of the town"))
        town, scheme = _found(seed, residents, ags)
        for folder in ("areas", "truth", *(f"register/{calendar.to_iso(date)}" for date in dates)):
            (root / folder).mkdir(parents=True, exist_ok=True)
        files.write_areas(root / "areas", scheme, town.division, ags)
        files.write_directory(root / "areas", town.streets, scheme.block_keys)
        progress(N_("Settling the residents"))
        houses, day, rng = town.streets.houses, to_day(dates[0]), generator(seed, _PEOPLE)
        population, settled = first_population(rng, scheme, town.division.quarter, houses, residents, day)
        for number, date in enumerate(dates):
            if number:
                progress(N_("Letting time pass"))
                time = Interval(to_day(dates[number - 1]), to_day(date))
                population = evolve(generator(seed, _YEARS, date), population, houses, settled, time)
            progress(N_("Writing the register extract"))
            _write_date(root, town, population.people, date, office)
        files.write_settings(root, name, ags, office.encoding, Words(language))


@contextmanager
def _whole_or_nothing(root: Path) -> Iterator[None]:
    """Takes away what was written into a folder that was new or empty when the town does not become whole."""
    new = not root.exists()
    try:
        yield
    except BaseException:
        for path in [root] if new else [*root.iterdir()]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def _check(root: Path, residents: int, seed: int, dates: tuple[int, ...]) -> None:
    if residents < MIN_RESIDENTS:
        raise UsageError(
            N_("A synthetic town needs at least {number} residents."),
            number=MIN_RESIDENTS,
            todo=N_("Ask for more residents."),
        )
    if seed < 0:
        raise UsageError(N_("The seed must not be negative."), todo=N_("Choose 0 or a positive whole number."))
    rising = all(first < second for first, second in pairwise(dates))
    whole = all(date % 100 and calendar.is_calendar_date(date) and 19900101 <= date <= 20401231 for date in dates)
    if not (dates and rising and whole):
        raise UsageError(
            N_("The reference dates must be days between 1990 and 2040, in ascending order."),
            todo=N_("Write the dates in ascending order."),
        )
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UsageError(
            N_("The folder for the synthetic town is not empty."),
            where=root,
            todo=N_("Name a new or empty folder; nothing was changed."),
        )


def _found(seed: int, residents: int, ags: str) -> tuple[Town, Plan]:
    """Geometry, areas, streets and homes of the town."""
    size = sizes(residents)
    division = divide(generator(seed, _GEOMETRY), residents, size.districts, size.quarters, size.blocks)
    rng = generator(seed, _PLAN)
    scheme = plan(rng, division, residents)
    streets = lay_out(generator(seed, _STREETS), division, scheme)
    streets.houses["home"] = placement.found_homes(rng, scheme, streets.houses, residents)
    return Town(division, streets, scheme.block_keys, seed, ags), scheme


def _write_date(root: Path, town: Town, people: Table, date: int, office: Office) -> None:
    """Extract and truth of one reference date."""
    day = to_day(date)
    gaps = office.gaps(town.seed, people)
    known = truth(town, people, day, gaps)
    sequence = order(people)
    people = rows_of(people, sequence)
    entered = register_rows(town, people, day, gaps_of(gaps, sequence))
    rows = dirt.Rows(entered, people, day, town.seed, office.rates, office.stream)
    office.soil(rows)
    doubles = office.doubles(rows)
    table = pl.DataFrame({name: rows.columns[field] for field, name in files.COLUMNS.items()})
    damaged = _damaged(town.seed, table)
    files.write_extract(root / "register" / calendar.to_iso(date) / "register.csv", table, damaged, office.encoding)
    known = known[sequence[doubles.source]]
    known = _with_rows(known, rows, doubles, np.array(sorted(damaged)))
    known.write_parquet(root / "truth" / f"{calendar.to_iso(date)}.parquet", statistics=False)


def _damaged(seed: int, table: pl.DataFrame) -> dict[int, list[str]]:
    """Row numbers and fields of the rows whose columns do not fit."""
    low, high, per = dirt.BROKEN_ROWS
    count = min(high, max(low, table.height // per))
    chosen = generator(seed, 99).choice(table.height, count, replace=False)
    return {
        row: dirt.broken(
            [value.split("\n")[0].replace(";", "").replace('"', "").strip("\r") for value in table.row(row)], number
        )
        for number, row in enumerate(sorted(chosen.tolist()))
    }


def _with_rows(known: pl.DataFrame, rows: dirt.Rows, doubles: dirt.Doubles, damaged: Ints) -> pl.DataFrame:
    """Adds to the truth what concerns the rows: their number, their trouble, and whether they are to be counted."""
    is_damaged = np.zeros(known.height, dtype=bool)
    is_damaged[damaged] = True
    trouble = np.full(rows.people["person"].size, "", dtype=object)
    for kind, hit in rows.trouble.items():
        trouble[hit] = trouble[hit] + kind + " "
    row_trouble = pl.Series(trouble[doubles.source].tolist(), dtype=pl.String)
    counted = known["resident"].to_numpy() & ~doubles.double & ~is_damaged
    return (
        known.drop("resident")
        .with_columns(
            pl.Series("trouble", row_trouble.str.strip_chars()),
            pl.Series("double", doubles.kind),
            pl.Series("broken", is_damaged),
            pl.Series("counted", counted),
        )
        .select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("record"), pl.all())
    )
