"""Evaluates a town on a Spark cluster, and ends one of its machines while that is at work.

    python run_on_cluster.py TOWN MASTER GROUP OUT

GROUP is the process group of the machine to end; OUT gets the cells and the findings.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark import SparkContext

from vielfalt import evaluation
from vielfalt.town import read_town
from vielfalt.vault import workspace

DATE = 20241231
STEP = "population"
"""The step with the most work for the cluster between reading and households."""


def main(root: Path, master: str, group: int, out: Path) -> None:
    @contextmanager
    def step(name: str) -> Iterator[None]:
        if name == STEP:
            threading.Thread(target=end_at_work, args=(group,), daemon=True).start()
        yield

    found = evaluation.derive_only(read_town(root), DATE, step, workspace.opening(master))
    for id, cells in found.cells.items():
        cells.frame.write_parquet(out / f"{id}.parquet")
    (out / "findings.txt").write_text(repr(found.findings), encoding="utf-8")


def end_at_work(group: int) -> None:
    """Waits until both machines have worked on a stage, then ends one of them without warning."""
    tracker = SparkContext.getOrCreate().statusTracker()
    while True:
        stages = [tracker.getStageInfo(id) for id in tracker.getActiveStageIds()]
        if any(stage is not None and stage.numActiveTasks > 1 for stage in stages):
            os.killpg(group, signal.SIGKILL)
            return
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
