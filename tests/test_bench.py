"""What the benches rest on: a town of copies holds so many times the residents, and results keep other parts."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest
from bench import evaluation, results
from bench.copies import copied

from vielfalt.evaluation import Evaluation, check_town
from vielfalt.synthetic import write_town
from vielfalt.town import read_town

DATE, COPIES = 20241231, 3


def test_a_town_of_copies_has_so_many_times_the_residents_of_every_kind(tmp_path: Path) -> None:
    write_town(tmp_path / "town", residents=1_500, seed=7, dates=(DATE,), progress=lambda _: None)
    evaluation.to_utf8(tmp_path / "town", DATE)
    one, many = (
        check(root) for root in (tmp_path / "town", copied(tmp_path / "town", tmp_path / "many", COPIES, DATE))
    )
    assert many.residents == COPIES * one.residents
    for id in ("nationality", "mh_register", "household_type"):
        assert counts(many, id) == {key: COPIES * n for key, n in counts(one, id).items()}


def check(root: Path) -> Evaluation:
    return check_town(read_town(root), DATE, lambda _: nullcontext())


def counts(found: Evaluation, id: str) -> dict[tuple[object, ...], int]:
    frame = found.cells[id].frame
    return {row[:-1]: row[-1] for row in frame.select(pl.exclude("n", "key_sum", "top"), "n").iter_rows()}


def test_each_bench_replaces_its_own_part_of_the_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "RESULTS.md"
    for command, measured in (("make b", "1 s"), ("make a", "2 s"), ("make b", "3 s")):
        kept = results.Results(command)
        kept.say("something", measured, "below 4 s")
        kept.keep(path)
    text = path.read_text(encoding="utf-8")
    assert text.count("## ") == 2
    assert text.index("## make a") < text.index("| something | 2 s | below 4 s |") < text.index("## make b")
    assert "| something | 3 s | below 4 s |" in text
    assert "1 s" not in text
    assert "something" in capsys.readouterr().out
