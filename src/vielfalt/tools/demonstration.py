"""The demonstration: a synthetic town from nothing to its releases, and nine others to compare it with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vielfalt import console, pipeline
from vielfalt.steps import STEPS, Step, unseen
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.words import Language, Words

SEED = 7
LATEST = 20251231


@dataclass(frozen=True)
class Neighbour:
    """A town to compare with: key, name, residents, and the seed it is drawn from."""

    ags: str
    name: str
    residents: int
    seed: int


NEIGHBOURS = (
    Neighbour("99999002", "Musterau", 14_000, 21),
    Neighbour("99999003", "Musterbach", 16_000, 28),
    Neighbour("99999004", "Musterberg", 18_000, 22),
    Neighbour("99999005", "Musterbrück", 19_000, 31),
    Neighbour("99999006", "Musterfeld", 22_000, 23),
    Neighbour("99999007", "Musterhagen", 28_000, 29),
    Neighbour("99999008", "Musterstein", 31_000, 25),
    Neighbour("99999009", "Mustertal", 37_000, 26),
    Neighbour("99999010", "Musterwald", 45_000, 27),
)
"""As many as the towns of a comparison ring, small and different."""


def run(residents: int, folder: Path | None, words: Words, progress: Callable[[str], None]) -> Path:
    """Writes the town and evaluates its last two dates, so that change can be shown; the path of report.html."""
    root = written(residents, folder, words, progress)
    for date in read_town(root).reference_dates()[-2:]:
        release = evaluated(root, date, words, progress)
    return release / "report.html"


def written(residents: int, folder: Path | None, words: Words, progress: Callable[[str], None]) -> Path:
    """The folder of the synthetic town, written unless it is there; a temporary one unless a folder is given."""
    root = folder or Path(tempfile.mkdtemp(prefix="vielfalt-")) / "town"
    if not (root / "town.toml").exists():
        told = words.language
        write_town(root, residents=residents, seed=SEED, language=told, progress=lambda line: progress(words(line)))
    return root


def evaluated(root: Path, date: int, words: Words, progress: Callable[[str], None]) -> Path:
    """The release of one date of a town, told step by step on the screen."""
    progress(words("Evaluating {date}", date=words.date(date)))
    with console.Steps(STEPS, words).shown() as step:
        return _released(root, date, words.language, step)


def quietly(root: Path, date: int, language: Language) -> Path:
    """The same without a word, for a process that nobody watches."""
    return _released(root, date, language, unseen)


def settle(folder: Path, town: Neighbour, language: Language) -> Path:
    """The folder of a town to compare with, written unless it is there: one date alone."""
    root = folder / town.ags
    if not (root / "town.toml").exists():
        write_town(
            root,
            residents=town.residents,
            seed=town.seed,
            dates=(LATEST,),
            name=town.name,
            ags=town.ags,
            language=language,
            progress=lambda _: None,
        )
    return root


def _released(root: Path, date: int, language: Language, step: Step) -> Path:
    return pipeline.run(read_town(root), date, language, step).folder
