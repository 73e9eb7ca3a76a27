"""One evaluation from the extract to the cells, measured from inside: ``python -m bench.plain TOWN DATE WHO``.

``WHO`` is vielfalt, pandas or polars; only what it needs is imported.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from bench.evaluation import peak_memory
from bench.plain.shared import Given, digest
from vielfalt.evaluation import evaluate
from vielfalt.town import read_town

KEY = bytes(32)
"""Of the invented residents' pseudonyms: one key, so that all who evaluate a town must count the same."""


def main(root: Path, date: int, who: str) -> None:
    """Prints seconds, peak memory (bytes) and the digest of the cells as JSON."""
    given = Given(read_town(root), date, KEY)
    evaluated = ours if who == "vielfalt" else plain(who)
    started = time.perf_counter()
    cells = evaluated(given)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak": peak_memory(), "cells": digest(cells)}))


def plain(library: str) -> Callable[[Given], Mapping[str, pl.DataFrame]]:
    """The evaluation written in pandas or polars."""
    evaluated: Callable[[Given], Mapping[str, pl.DataFrame]]
    evaluated = importlib.import_module(f"bench.plain.with_{library}").evaluate
    return evaluated


def ours(given: Given) -> Mapping[str, pl.DataFrame]:
    """The same cells by the product."""
    found = evaluate(given.town, given.date, given.key, _silent)
    return {table: cells.frame for table, cells in found.cells.items()}


@contextmanager
def _silent(_: str) -> Iterator[None]:
    yield


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
