"""One evaluation beside another, from the extract to the cells: the product, the same work written plainly in pandas
and in polars, and the product on the database of one machine and on an Apache Spark with two workers.

Each evaluation runs in a process of its own, one after the other, and the best of some rounds counts. The start of
Java counts, as it does for who waits. Where the cells of two are not the same there is nothing to compare, and no ratio
is told.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.results import Results
from vielfalt import allocators

OURS, PANDAS, POLARS, DATABASE, SPARK = "vielfalt", "pandas", "polars", "duckdb", "local[2]"
"""Who evaluates; the last two are the product on an engine that is named."""


@dataclass(frozen=True)
class Run:
    """One evaluation: seconds, peak memory in bytes (0 where several processes do the work), digest of the cells."""

    seconds: float
    peak: int
    cells: str


def plain_versions(results: Results, residents: int, town: Path, date: int, rounds: int) -> None:
    """Measures the product and both plain versions on one town and says how they compare."""
    runs = [{who: in_process(town, date, who) for who in (OURS, PANDAS, POLARS)} for _ in range(rounds)]
    what = f"{residents:,} residents, extract to cells beside"
    results.say(f"{what} {PANDAS}", compared(runs, PANDAS, OURS), "1 M: at least 8 x")
    results.say(f"{what} {POLARS}", compared(runs, OURS, POLARS), "1 M: at most 1.5 x")


def spark(results: Results, residents: int, town: Path, date: int) -> None:
    """Measures the product on Spark and, before it and after it, on the database; says how they compare."""
    before, spark, after = (in_process(town, date, who) for who in (DATABASE, SPARK, DATABASE))
    runs = [{DATABASE: database, SPARK: spark} for database in (before, after)]
    what = f"{residents:,} residents, extract to cells on Spark {SPARK} beside DuckDB"
    results.say(what, compared(runs, SPARK, DATABASE), "10 M: at most 4 x")


def compared(runs: Sequence[Mapping[str, Run | None]], one: str, other: str) -> str:
    """How many times as long the fastest run of one takes, and the peak memory of each; refused where any two counted
    differently."""
    found = [[run for each in runs if (run := each[who])] for who in (one, other)]
    if not all(found):
        return "this machine has not memory enough"
    if len({run.cells for each in found for run in each}) > 1:
        return "the cells differ: nothing to compare"
    own, others = (min(each, key=lambda run: run.seconds) for each in found)
    memory = f", {own.peak / 1e9:.2f} GB beside {others.peak / 1e9:.2f} GB" if own.peak and others.peak else ""
    ratio = f"{one} takes {own.seconds / others.seconds:.2f} x {other}"
    return f"{ratio}: {own.seconds:.1f} s beside {others.seconds:.1f} s{memory}"


def in_process(town: Path, date: int, who: str) -> Run | None:
    """One evaluation in a process of its own; the environment of all is that of ``vielfalt run``.

    None where the system ended the process, as it does when memory runs out.
    """
    command = [sys.executable, "-m", "bench.plain", str(town), str(date), who]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=allocators.environment())
    if done.returncode == -signal.SIGKILL:
        return None
    done.check_returncode()
    return Run(**json.loads(done.stdout.splitlines()[-1]))
