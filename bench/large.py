"""``make bench-large``: towns of one, five and twenty million residents; needs 40 GB of disk and some hours.

The twenty million are four copies of the five. Each evaluation runs in a process of its own. The plain versions in
pandas and polars hold everything in memory, some 2 GB per million residents: they evaluate up to five million.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import beside
from bench.__main__ import DATE, made, register
from bench.copies import copied
from bench.results import Results

SIZES, LARGEST, COPIES = (1_000_000, 5_000_000), 20_000_000, 4


def main() -> None:
    """Measures all sizes and writes what was found into ``bench/RESULTS.md``."""
    results = Results("make bench-large")
    with tempfile.TemporaryDirectory(prefix="vielfalt-bench-") as folder:
        towns = {residents: made(results, Path(folder), residents) for residents in SIZES}
        towns[LARGEST] = copied(towns[SIZES[-1]], Path(folder) / f"town-{LARGEST}", COPIES, DATE)
        for residents, town in towns.items():
            register(results, residents, town, 1)
            if residents in SIZES:
                beside.everything(results, residents, town, DATE, 1)
    results.keep()


if __name__ == "__main__":
    main()
