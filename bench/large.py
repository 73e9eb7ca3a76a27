"""``make bench-large``: towns of one, five and twenty million residents; needs 40 GB of disk and some hours.

The twenty million are four copies of the five. Each evaluation runs in a process of its own. The plain versions in
pandas and polars hold everything in memory, some 2 GB per million residents: they evaluate up to five million.
Apache Spark is measured beside the database at one million; ``python -m bench.large --spark`` measures nothing but
these two at ten million, which are two copies of five.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench import beside
from bench.__main__ import DATE, made, register
from bench.copies import copied
from bench.results import Results

SIZES, LARGEST, COPIES = (1_000_000, 5_000_000), 20_000_000, 4
ON_SPARK, MORE_ON_SPARK = 1_000_000, 2


def main() -> None:
    """Measures what was asked for and writes what was found into ``bench/RESULTS.md``."""
    parser = argparse.ArgumentParser(prog="bench.large")
    parser.add_argument("--spark", action="store_true")
    measured = on_spark if parser.parse_args().spark else everything
    with tempfile.TemporaryDirectory(prefix="vielfalt-bench-") as folder:
        measured(Path(folder))


def everything(folder: Path) -> None:
    """All sizes, and Spark beside the database at the smallest; kept after each, for the whole takes hours."""
    results = Results("make bench-large")
    towns = {residents: made(results, folder, residents) for residents in SIZES}
    towns[LARGEST] = copied(towns[SIZES[-1]], folder / f"town-{LARGEST}", COPIES, DATE)
    for residents, town in towns.items():
        register(results, residents, town, 1)
        if residents in SIZES:
            beside.plain_versions(results, residents, town, DATE, 1)
        results.keep()
    beside.spark(results, ON_SPARK, towns[ON_SPARK], DATE)
    results.keep()


def on_spark(folder: Path) -> None:
    """Spark beside the database at ten million."""
    results = Results("python -m bench.large --spark")
    town, residents = made(results, folder, SIZES[-1]), MORE_ON_SPARK * SIZES[-1]
    beside.spark(results, residents, copied(town, folder / f"town-{residents}", MORE_ON_SPARK, DATE), DATE)
    results.keep()


if __name__ == "__main__":
    main()
