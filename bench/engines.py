"""The register part of one town on the database of one machine and on an Apache Spark with two workers.

Each runs in a process of its own: ``python -m bench.engines TOWN DATE duckdb|local[2]``. The start of Java counts, as
it does for who waits. Where the cells are not the same there is nothing to compare, and no ratio is told.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench.plain.shared import digest
from bench.results import Results
from vielfalt import allocators, workspace
from vielfalt.engines.duckdb import DuckDB
from vielfalt.evaluation import evaluate
from vielfalt.town import read_town

DATABASE, SPARK = "duckdb", "local[2]"
KEY = bytes(32)
"""Of the invented residents' pseudonyms: one key, so that both must count the same."""


@dataclass(frozen=True)
class Run:
    """One evaluation: seconds, digest of the cells."""

    seconds: float
    cells: str


def main(root: Path, date: int, engine: str) -> None:
    """Prints seconds and the digest of the cells as JSON."""
    opened: workspace.Opening = (
        (lambda _, scratch: closing(DuckDB(scratch))) if engine == DATABASE else workspace.opening(engine)
    )
    started = time.perf_counter()
    found = evaluate(read_town(root), date, KEY, lambda _: nullcontext(), opened)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "cells": digest({id: cells.frame for id, cells in found.cells.items()})}))


def beside(results: Results, residents: int, town: Path, date: int) -> None:
    """Measures both on one town and says how they compare."""
    runs = {engine: in_process(town, date, engine) for engine in (DATABASE, SPARK)}
    what = f"{residents:,} residents, extract to cells on Spark {SPARK} beside DuckDB"
    results.say(what, compared(runs), "10 M: at most 4 x")


def compared(runs: Mapping[str, Run]) -> str:
    """How the runs compare; refused where they counted differently."""
    database, spark = runs[DATABASE], runs[SPARK]
    if database.cells != spark.cells:
        return "the cells differ: nothing to compare"
    ratio = spark.seconds / database.seconds
    return f"Spark takes {ratio:.1f} x DuckDB: {spark.seconds:.0f} s beside {database.seconds:.0f} s, the same cells"


def in_process(town: Path, date: int, engine: str) -> Run:
    """One evaluation in a process of its own, whose environment is that of ``vielfalt run``."""
    command = [sys.executable, "-m", "bench.engines", str(town), str(date), engine]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=allocators.environment())
    return Run(**json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
