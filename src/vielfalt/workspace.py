"""Where one evaluation works: an engine with a scratch folder in the vault, and nothing of it afterwards."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from vielfalt import dates
from vielfalt.engines.base import Engine
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.memory import Memory
from vielfalt.errors import StorageError
from vielfalt.town import Town
from vielfalt.words import N_

IN_MEMORY = 250_000_000
"""Bytes of an extract up to which it is evaluated in memory: 1.4 million residents, which need about 2.5 GB then."""


@contextmanager
def workspace(town: Town, date: int) -> Iterator[tuple[Engine, Path]]:
    """An engine with a scratch folder in the vault; both are gone afterwards, and what a killed run left behind too.

    Python does not look for cycles of dead objects meanwhile: texts and numbers form none, and looking through the
    millions of them again and again takes a fifteenth of the time.
    """
    vault = town.vault / dates.to_iso(date)
    scratch = vault / ".scratch"
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True, mode=0o700)
    except OSError:
        raise StorageError(
            N_("The vault cannot be written or read."),
            where=vault,
            todo=N_("Check the folder's permissions and free space."),
        ) from None
    looking = gc.isenabled()
    gc.disable()
    try:
        with closing(_engine(town.extract(date), scratch)) as engine:
            yield engine, vault
    finally:
        if looking:
            gc.enable()
        shutil.rmtree(scratch, ignore_errors=True)


def _engine(extract: Path, scratch: Path) -> Engine:
    """The fast engine for what fits into memory, else the one that spills to disk; both count alike (tests/engines)."""
    small = not extract.exists() or extract.stat().st_size <= IN_MEMORY
    return Memory(scratch) if small else DuckDB(scratch)
