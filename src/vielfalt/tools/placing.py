"""The work of ``vielfalt places``: the list of open birth places, and taking over what was filled in."""

from __future__ import annotations

import secrets
from pathlib import Path

import polars as pl

from vielfalt import codes, dates
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.evaluation import birth_candidates
from vielfalt.register.birth_texts import names_a_place
from vielfalt.register.birthplaces import country_of_birth, open_spellings
from vielfalt.register.coded import coded_text, open_text, read_coded, with_new
from vielfalt.register.extract import read_extract
from vielfalt.register.kinds import kinds
from vielfalt.register.population import counted, double_entries
from vielfalt.steps import Step
from vielfalt.town import Town
from vielfalt.vault.locking import alone_in
from vielfalt.vault.workspace import workspace
from vielfalt.wholefile import written_whole
from vielfalt.words import N_, Language, typed

OPEN_LIST = "open-places.csv"
STEPS = ("read", "population", "birth")
"""The named steps of a run that the list needs."""


def write_open(town: Town, date: int, language: Language, step: Step) -> tuple[Path, int, int]:
    """Writes the list of the open spellings, most residents first, into the vault; returns its path, the number of
    spellings and of their residents.

    Raises DeliveryError when the list before holds answers that were not taken over: it would be lost; BusyError while
    a run is working on the town.
    """
    with alone_in(town.vault):
        return _write_open(town, date, language, step)


def _write_open(town: Town, date: int, language: Language, step: Step) -> tuple[Path, int, int]:
    path = town.vault / dates.to_iso(date) / OPEN_LIST
    if not read_coded(path).items() <= read_coded(town.coded_places).items():
        raise DeliveryError(
            N_("The list holds answers that have not been taken over yet."),
            where=path,
            todo=N_("First: vielfalt places {folder} --take {file}"),
            folder=typed(town.root),
            file=typed(path),
        )
    spellings = _undecided(town, date, step)
    labels = {key: state.label_de if language == "de" else state.label_en for key, state in codes.countries().items()}
    _write(path, open_text(spellings, labels))
    return path, spellings.height, int(spellings["residents"].sum())


def _undecided(town: Town, date: int, step: Step) -> pl.DataFrame:
    """The birth places that no rule decides: spelling, residents, candidates (Destatis keys); most residents first."""
    with workspace(town, date) as (engine, _):
        with step("read"):
            extract = read_extract(engine, town.extract(date), town.profile, date, secrets.token_bytes(32))
        with step("population"):
            people = counted(engine, extract.register, double_entries(engine, extract.register), date)
        with step("birth"):
            possible = birth_candidates(town, extract)
            born = country_of_birth(engine, kinds(people, extract.evidence), possible)
            undecided = open_spellings(engine, people, born)
    keys = possible.group_by("place", maintain_order=True).agg(candidates="country")
    spellings = pl.DataFrame({"spelling": extract.places}, {"spelling": pl.Utf8}).with_row_index("place")
    named = undecided.join(spellings.cast({"place": pl.Int32}), on="place").join(keys, on="place", how="left")
    told = [names_a_place(spelling) for spelling in named["spelling"]]
    found = named.with_columns(pl.col("candidates").fill_null([])).filter(pl.Series(told, dtype=pl.Boolean))
    return found.sort("residents", "spelling", descending=[True, False]).select("spelling", "residents", "candidates")


def take(town: Town, file: Path) -> tuple[int, int]:
    """Takes the answers of a file over into the town project, whole or not at all; returns how many of them are new
    and how many there are now. Raises DeliveryError when the file is absent, cannot be used, or contradicts; BusyError
    while a run that reads the answers is working on the town."""
    if not file.is_file():
        raise DeliveryError(N_("There is no such file."), where=file, todo=N_("Name the list you have filled in."))
    with alone_in(town.vault):
        kept = read_coded(town.coded_places)
        answers = with_new(kept, file)
        _write(town.coded_places, coded_text(answers))
    return len(answers) - len(kept), len(answers)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as partial:
            partial.write_bytes(content)
    except OSError:
        raise StorageError(
            N_("The file cannot be written."),
            where=path,
            todo=N_("Close it in the spreadsheet; check its permissions."),
        ) from None
