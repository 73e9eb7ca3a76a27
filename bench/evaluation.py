"""One evaluation of a town, or one reading of its extract, measured from inside.

``python -m bench.evaluation TOWN DATE protect|publish|scan|count``
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from vielfalt import dates, pipeline
from vielfalt.evaluation import evaluate
from vielfalt.figures.disclosure import protect
from vielfalt.town import read_town

SCANS: Mapping[str, str] = {"scan": "columns(*)", "count": "*"}
"""What the database counts while it reads: the values of all columns as text, or rows alone."""


def main(root: Path, date: int, until: str) -> None:
    """Prints seconds, seconds per step and peak memory (bytes) as JSON."""
    town = read_town(root)
    steps: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        steps[name] = time.perf_counter() - begun

    started = time.perf_counter()
    if until in SCANS:
        read_once(town.extract(date), SCANS[until])
    elif until == "publish":
        pipeline.run(town, date, "de", step)
    else:
        evaluated = evaluate(town, date, secrets.token_bytes(32), step)
        with step("protect"):
            protect(evaluated.cells, evaluated.geography, town.protection(date))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "steps": steps, "peak": peak_memory()}))


def peak_memory() -> int:
    """The peak of this process's resident memory in bytes (``getrusage`` names that of its parent where it is more)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def read_once(extract: Path, what: str) -> None:
    """DuckDB reads the file once, every column as text."""
    sql = (
        f"SELECT count({what}) FROM read_csv('{extract}', all_varchar=true, delim=';', quote='\"', ignore_errors=true)"
    )
    duckdb.connect().execute(sql).fetchall()


def to_utf8(root: Path, date: int) -> None:
    """Turns the extract of a synthetic town and its profile from Windows-1252 to UTF-8."""
    path, profile = read_town(root).extract(date), root / "profile.toml"
    path.write_bytes(path.read_bytes().decode("cp1252").encode())
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace('encoding = "cp1252"', 'encoding = "utf-8"'), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), dates.from_iso(sys.argv[2]) if "-" in sys.argv[2] else int(sys.argv[2]), sys.argv[3])
