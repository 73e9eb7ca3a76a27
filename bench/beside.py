"""The product beside the same work written plainly in pandas and in polars, from the extract to the cells.

Each evaluation runs in a process of its own, one after the other, and the best of some rounds counts. Where the cells
of two are not the same there is nothing to compare, and no ratio is told.
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

OURS = "vielfalt"
WANTED = {"pandas": "1 M: at least 8 x", "polars": "1 M: at most 1.5 x"}


@dataclass(frozen=True)
class Run:
    """One evaluation: seconds, peak memory in bytes, digest of the cells."""

    seconds: float
    peak: int
    cells: str


def everything(results: Results, residents: int, town: Path, date: int, rounds: int) -> None:
    """Measures all three on one town and says how they compare."""
    runs = [{who: in_process(town, date, who) for who in (OURS, *WANTED)} for _ in range(rounds)]
    for library, wanted in WANTED.items():
        results.say(f"{residents:,} residents, extract to cells beside {library}", compared(runs, library), wanted)


def compared(runs: Sequence[Mapping[str, Run | None]], library: str) -> str:
    """How the fastest runs compare, and the peak memory of each; refused where any two counted differently."""
    found = {who: [run for each in runs if (run := each[who])] for who in (OURS, library)}
    if not all(found.values()):
        return "this machine has not memory enough"
    if len({run.cells for each in found.values() for run in each}) > 1:
        return "the cells differ: nothing to compare"
    ours, theirs = (min(each, key=lambda run: run.seconds) for each in found.values())
    if library == "pandas":
        ratio = f"pandas takes {theirs.seconds / ours.seconds:.1f} x ours"
    else:
        ratio = f"ours takes {ours.seconds / theirs.seconds:.2f} x {library}"
    memory = f"{ours.peak / 1e9:.2f} GB beside {theirs.peak / 1e9:.2f} GB"
    return f"{ratio}: {ours.seconds:.1f} s beside {theirs.seconds:.1f} s, {memory}"


def in_process(town: Path, date: int, who: str) -> Run | None:
    """One evaluation in a process of its own; the environment of all is that of ``vielfalt run``.

    None where the system ended the process, as it does when memory runs out.
    """
    command = [sys.executable, "-m", "bench.plain", str(town), str(date), who]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=allocators.environment())
    if done.returncode == -signal.SIGKILL:
        return None
    done.check_returncode()
    return Run(**json.loads(done.stdout))
