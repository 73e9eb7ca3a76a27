"""The demonstration: a synthetic town from nothing to its report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from vielfalt import console, pipeline
from vielfalt.steps import STEPS
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.words import Words

SEED = 7


def run(residents: int, folder: Path | None, words: Words, progress: Callable[[str], None]) -> Path:
    """Writes the town and evaluates its last two dates, so that change can be shown; the path of report.html."""
    root = folder or Path(tempfile.mkdtemp(prefix="vielfalt-")) / "town"
    if not (root / "town.toml").exists():
        write_town(root, residents=residents, seed=SEED, progress=lambda line: progress(words(line)))
    town = read_town(root)
    for date in town.reference_dates()[-2:]:
        progress(words("Evaluating {date}", date=words.date(date)))
        with console.Steps(STEPS, words).shown() as step:
            released = pipeline.run(town, date, words.language, step)
    return released.folder / "report.html"
