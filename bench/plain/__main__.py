"""One evaluation from the extract to the cells, measured from inside: ``python -m bench.plain TOWN DATE WHO``.

``WHO`` is one of those in ``bench.beside``; only what it needs is imported.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path

import polars as pl

from bench.beside import DATABASE, OURS, PANDAS, POLARS, SPARK
from bench.evaluation import peak_memory
from bench.plain.shared import Given, digest
from vielfalt.engines.duckdb import DuckDB
from vielfalt.evaluation import evaluate
from vielfalt.town import read_town
from vielfalt.vault import workspace

KEY = bytes(32)
"""Of the invented residents' pseudonyms: one key, so that all who evaluate a town must count the same."""
Evaluated = Callable[[Given], Mapping[str, pl.DataFrame]]


def main(root: Path, date: int, who: str) -> None:
    """Prints seconds, peak memory (bytes) and the digest of the cells as JSON."""
    given = Given(read_town(root), date, KEY)
    evaluated = plain(who) if who in (PANDAS, POLARS) else partial(ours, opened=opening(who))
    started = time.perf_counter()
    cells = evaluated(given)
    seconds = time.perf_counter() - started
    peak = 0 if who == SPARK else peak_memory()
    print(json.dumps({"seconds": seconds, "peak": peak, "cells": digest(cells)}))


def plain(library: str) -> Evaluated:
    """The evaluation written in pandas or polars."""
    evaluated: Evaluated = importlib.import_module(f"bench.plain.with_{library}").evaluate
    return evaluated


def opening(who: str) -> workspace.Opening:
    """The engine that is named, else the one that the product chooses."""
    if who == DATABASE:
        return lambda _, scratch: closing(DuckDB(scratch))
    return workspace.opening(workspace.AUTO if who == OURS else who)


def ours(given: Given, opened: workspace.Opening = workspace.by_size) -> Mapping[str, pl.DataFrame]:
    """The same cells by the product."""
    found = evaluate(given.town, given.date, given.key, lambda _: nullcontext(), opened)
    return {table: cells.frame for table, cells in found.cells.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
