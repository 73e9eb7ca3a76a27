"""Where one evaluation works: an engine with a scratch folder in the vault, and nothing of it afterwards."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

from vielfalt import dates
from vielfalt.engines.base import Engine
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.memory import Memory
from vielfalt.errors import StorageError, UsageError
from vielfalt.steps import ON_A_CLUSTER, STEPS, Step, unseen
from vielfalt.town import Town
from vielfalt.words import N_

IN_MEMORY = 250_000_000
"""Bytes of an extract up to which it is evaluated in memory: 1.4 million residents, which need about 2.5 GB then."""


Opening: TypeAlias = Callable[[Path, Path], AbstractContextManager[Engine]]
"""Opens the engine for an extract, with a scratch folder; it is closed afterwards."""
AUTO = "auto"
SCRATCH = ".scratch"
"""The folder in that of a date that the engine works in."""


def opening(asked: str, step: Step = unseen) -> Opening:
    """The engine asked for: ``auto``, or the address of a Spark (``local[2]``, ``spark://host:7077``, ``sc://host:15002``).

    ``connect`` is the server of Spark Connect that the environment names. ``step`` shows the one of ``steps_on`` that
    comes before those of the run.
    """
    from vielfalt.engines.spark_connect import CONNECT, NAMED
    from vielfalt.engines.spark_session import MASTER

    if asked == AUTO:
        return by_size
    if asked == NAMED or CONNECT.fullmatch(asked):
        return partial(on_connect, asked)
    if not MASTER.fullmatch(asked):
        raise UsageError(
            N_("There is no engine “{asked}”."),
            asked=asked,
            todo=N_("Leave “--engine” out, or name a Spark: local[2], spark://HOST:7077, sc://HOST:15002, connect."),
        )
    return partial(on_spark, asked, step)


def steps_on(asked: str) -> Mapping[str, str]:
    """The named steps of a run on an engine."""
    return ON_A_CLUSTER if asked.startswith("spark://") else STEPS


def by_size(extract: Path, scratch: Path) -> AbstractContextManager[Engine]:
    """The fast engine for what fits into memory, else the one that spills to disk; both count alike (tests/engines)."""
    small = not extract.exists() or extract.stat().st_size <= IN_MEMORY
    return closing(Memory(scratch) if small else DuckDB(scratch))


@contextmanager
def on_spark(master: str, step: Step, _: Path, scratch: Path) -> Iterator[Engine]:
    """The engine on an Apache Spark, which counts like the others (tests/engines)."""
    from vielfalt.engines.spark import Spark
    from vielfalt.engines.spark_session import spark_session

    with spark_session(master, scratch, step) as session, closing(Spark(session, scratch)) as engine:
        yield engine


@contextmanager
def on_connect(asked: str, _: Path, scratch: Path) -> Iterator[Engine]:
    """The engine on a server of Spark Connect, which counts like the others (tests/engines)."""
    from vielfalt.engines.spark import Spark
    from vielfalt.engines.spark_connect import connect_session

    with connect_session(asked) as session, closing(Spark(session, scratch)) as engine:
        yield engine


@contextmanager
def workspace(town: Town, date: int, opened: Opening = by_size) -> Iterator[tuple[Engine, Path]]:
    """An engine with a scratch folder in the vault; both are gone afterwards, and what a killed run left behind too.

    So is the folder of the date where nothing was kept in it.

    Python does not look for cycles of dead objects meanwhile: texts and numbers form none, and looking through the
    millions of them again and again takes a fifteenth of the time.
    """
    vault = town.vault / dates.to_iso(date)
    scratch = vault / SCRATCH
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
        with opened(town.extract(date), scratch) as engine:
            yield engine, vault
    finally:
        if looking:
            gc.enable()
        shutil.rmtree(scratch, ignore_errors=True)
        with suppress(OSError):  # something is kept in it
            vault.rmdir()
