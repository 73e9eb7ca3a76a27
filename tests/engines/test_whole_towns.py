"""One town evaluated by the engine for what fits into memory and by the one that spills: the same to the last row."""

from __future__ import annotations

import gc
import shutil
from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest

from vielfalt import evaluation
from vielfalt.engines.base import Frame
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.memory import Memory
from vielfalt.evaluation import Evaluation
from vielfalt.register.households import households
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.vault import workspace

DATE = 20241231


def evaluated(root: Path) -> tuple[Evaluation, dict[str, pl.DataFrame]]:
    """What the run found, and the files it left in the vault."""
    found = evaluation.derive_only(read_town(root), DATE, lambda name: nullcontext())
    files = (root / "vault" / "2024-12-31").glob("*.parquet")
    return found, {path.name: pl.read_parquet(path) for path in files}


def test_both_engines_count_a_town_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_town(one, residents=6_000, seed=11, dates=(DATE,), progress=lambda message: None)
    evaluated(one)
    shutil.copytree(one, other)
    in_memory, files = evaluated(one)
    monkeypatch.setattr(workspace, "IN_MEMORY", 0)
    spilling, same_files = evaluated(other)
    assert in_memory.cells.keys() == spilling.cells.keys()
    for id, cells in in_memory.cells.items():
        assert cells.frame.equals(spilling.cells[id].frame), id
    assert in_memory.findings == spilling.findings and in_memory.findings
    assert {*files} == {*same_files} and "persons.parquet" in files
    for name, frame in files.items():
        assert frame.equals(same_files[name]), name


@pytest.mark.parametrize("in_memory", [True, False])
def test_what_households_do_not_need_is_gone_before_they_are_formed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    """A town that does not fit into memory would carry it to the disk and back."""
    kept: set[str] = set()

    def watched(engine: Memory | DuckDB, people: Frame, unlisted: pl.DataFrame, date: int) -> Frame:
        shown = engine._tables if isinstance(engine, Memory) else _names(engine)
        kept.update(shown)
        return households(engine, people, unlisted, date)

    monkeypatch.setattr(evaluation, "households", watched)
    monkeypatch.setattr(workspace, "IN_MEMORY", workspace.IN_MEMORY if in_memory else 0)
    write_town(tmp_path, residents=1_000, seed=1, dates=(DATE,), progress=lambda message: None)
    evaluated(tmp_path)
    assert {"people", "kinds", "rows"} <= kept
    assert not kept & {"register", "evidence", "same_number", "doubles"}


def _names(engine: DuckDB) -> list[str]:
    return [name for (name,) in engine._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]


def test_the_size_of_the_extract_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_town(tmp_path, residents=1_000, seed=1, dates=(DATE,), progress=lambda message: None)
    town = read_town(tmp_path)
    monkeypatch.setattr(workspace, "IN_MEMORY", town.extract(DATE).stat().st_size)
    with workspace.workspace(town, DATE) as (engine, _):
        assert isinstance(engine, Memory)
    monkeypatch.setattr(workspace, "IN_MEMORY", town.extract(DATE).stat().st_size - 1)
    with workspace.workspace(town, DATE) as (engine, _):
        assert isinstance(engine, DuckDB)
    # Reading says that there is none.
    with workspace.workspace(town, 20301231) as (engine, _):
        assert isinstance(engine, Memory)


def test_the_search_for_cycles_goes_on_after_an_evaluation(tmp_path: Path) -> None:
    """It rests while millions of objects are made, also when the evaluation fails, and stays off where it was."""
    write_town(tmp_path, residents=1_000, seed=1, dates=(DATE,), progress=lambda message: None)
    town = read_town(tmp_path)
    with pytest.raises(ZeroDivisionError), workspace.workspace(town, DATE):
        assert not gc.isenabled()
        _ = 1 / 0
    assert gc.isenabled()
    gc.disable()
    try:
        with workspace.workspace(town, DATE):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
