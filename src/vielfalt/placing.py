"""The work of ``vielfalt places``: the list of open birth places, and taking over what was filled in."""

from __future__ import annotations

from pathlib import Path

from vielfalt import codes, dates
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.pipeline import Step, undecided_places
from vielfalt.register.coded import coded_text, open_text, read_coded, with_new
from vielfalt.town import Town
from vielfalt.words import N_, Language

OPEN_LIST = "open-places.csv"
STEPS = ("read", "population", "birth")
"""The named steps of a run that the list needs."""


def write_open(town: Town, date: int, language: Language, step: Step) -> tuple[Path, int, int]:
    """Writes the list of the open spellings, most residents first, into the vault; returns its path, the number of
    spellings and of their residents.

    Raises DeliveryError when the list before holds answers that were not taken over: it would be lost.
    """
    path = town.vault / dates.to_iso(date) / OPEN_LIST
    if not read_coded(path).items() <= read_coded(town.coded_places).items():
        raise DeliveryError(
            N_("The list holds answers that have not been taken over yet."),
            where=path,
            todo=N_("First: vielfalt places {folder} --take {file}"),
            folder=town.root,
            file=path,
        )
    spellings = undecided_places(town, date, step)
    labels = {key: state.label_de if language == "de" else state.label_en for key, state in codes.countries().items()}
    _write(path, open_text(spellings, labels))
    return path, spellings.height, int(spellings["residents"].sum())


def take(town: Town, file: Path) -> tuple[int, int]:
    """Takes the answers of a file over into the town project, whole or not at all; returns how many of them are new
    and how many there are now. Raises DeliveryError when the file is absent, cannot be used, or contradicts."""
    if not file.is_file():
        raise DeliveryError(N_("There is no such file."), where=file, todo=N_("Name the list you have filled in."))
    kept = read_coded(town.coded_places)
    answers = with_new(kept, file)
    _write(town.coded_places, coded_text(answers))
    return len(answers) - len(kept), len(answers)


def _write(path: Path, content: bytes) -> None:
    """Writes beside and renames, so that a file is never half there."""
    partial = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError:
        raise StorageError(
            N_("The file cannot be written."),
            where=path,
            todo=N_("Close it in the spreadsheet; check its permissions."),
        ) from None
