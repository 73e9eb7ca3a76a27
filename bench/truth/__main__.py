"""``make bench-truth``: how true the derivation is, on synthetic towns whose truth is known.

    python -m bench.truth                                  40,000 residents, three seeds
    python -m bench.truth --large                          1,000,000 residents as well
    python -m bench.truth --residents 10000 --seeds 4 5    other towns
    python -m bench.truth --office house                   one of the offices only

The default seeds are for daily work. Figures that are published come from others, which nobody looked at before
(docs/explanation/how-true.md).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.foreign import FOREIGN
from bench.truth import report
from bench.truth.compare import Measured, measure
from vielfalt.synthetic import write_town
from vielfalt.synthetic.office import HOUSE, Office

OFFICES: dict[str, Office] = {office.name: office for office in (HOUSE, FOREIGN)}
SEEDS = (101, 102, 103)
RESIDENTS, MANY = 40_000, 1_000_000
DATES = (20231231, 20241231, 20251231)


def main() -> None:
    """Measures every town asked for, and prints a report per size and office."""
    parser = argparse.ArgumentParser(prog="bench.truth", description="How true the derivation is.")
    parser.add_argument("--residents", type=int, nargs="+", default=[RESIDENTS], help="sizes of the towns")
    parser.add_argument("--large", action="store_true", help="towns of 1,000,000 residents as well")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="one town per seed, size and office")
    parser.add_argument("--office", nargs="+", choices=list(OFFICES), default=list(OFFICES), help="whose registers")
    wanted = parser.parse_args()
    for residents in [*wanted.residents, *([MANY] if wanted.large else [])]:
        for name in wanted.office:
            towns = [evaluated(residents, seed, OFFICES[name]) for seed in wanted.seeds]
            print(f"\n{name} office, {residents:,} residents, seeds {wanted.seeds}, on {DATES[-1]}\n", flush=True)
            print("\n".join(report.lines(towns)), flush=True)


def evaluated(residents: int, seed: int, office: Office) -> Measured:
    """One town, drawn, given two years to live, evaluated at the end of them."""
    with tempfile.TemporaryDirectory(prefix="vielfalt-truth-") as folder:
        root = Path(folder) / "town"
        write_town(root, residents=residents, seed=seed, dates=DATES, office=office, progress=lambda _: None)
        return measure(root, DATES[-1])


if __name__ == "__main__":
    main()
