"""How many cells of random towns an intruder can compute from their releases: ``python -m bench.auditing [TOWNS]``.

Each town of 2,000 to 12,000 residents is evaluated, protected and attacked as before a release, without maps, report.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from vielfalt.audit import attack, release_of
from vielfalt.evaluation import evaluate
from vielfalt.figures.disclosure import protect_by
from vielfalt.figures.indices import indices
from vielfalt.publish.results import Results, Source
from vielfalt.synthetic import write_town
from vielfalt.town import read_town

TOWNS = 50
DATE = 20251231


def main(towns: int) -> None:
    """One line per town, and the sum."""
    lot = np.random.default_rng(1)
    told = tried = left = 0
    for seed in range(towns):
        residents = int(lot.integers(2_000, 12_000))
        with tempfile.TemporaryDirectory() as folder:
            cells, disclosed, undecided, seconds = attacked(Path(folder) / "town", residents, seed)
        tried, told, left = tried + cells, told + disclosed, left + undecided
        print(f"town {seed}, {residents:,} residents: {disclosed} of {cells:,} told, {seconds:.1f} s", flush=True)
    print(f"{towns} random towns: {told} of {tried:,} figures told, {left} not decided by programs   (wanted: 0)")


def attacked(root: Path, residents: int, seed: int) -> tuple[int, int, int, float]:
    """Figures tried, told or with too little room, left undecided by one attack, and the processor seconds of all."""
    write_town(root, residents=residents, seed=seed, dates=(DATE,), progress=lambda _: None)
    town = read_town(root)
    found = evaluate(town, DATE, secrets.token_bytes(32), _silent)
    protection, where = town.protection(DATE), found.geography
    started = time.process_time()
    protected, leaks, rooms = protect_by(town.method(DATE), found.cells, where, protection)
    values = indices(found.cells, protected, where, protection)
    source = Source(town.name, town.ags, DATE, "register", "", "")
    attacks = attack([release_of("", Results(source, where, protected, values, protection))])
    seconds = time.process_time() - started
    told = leaks.height + sum(each.narrow for each in rooms.held) + sum(len(each.told) for each in attacks)
    left = max(each.programs.left for each in attacks if each.programs)
    return max(each.tried for each in attacks), told, left, seconds


@contextmanager
def _silent(_: str) -> Iterator[None]:
    yield


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else TOWNS)
