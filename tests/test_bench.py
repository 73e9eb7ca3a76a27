"""What the benches rest on: a town of copies holds so many times the residents, and results keep other parts."""

from __future__ import annotations

import importlib.util
from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest
from bench import evaluation, results
from bench.beside import DATABASE, OURS, SPARK, Run, compared
from bench.copies import copied
from bench.plain import __main__ as plain
from bench.plain.shared import Given, digest

from vielfalt.dates import to_iso
from vielfalt.evaluation import Evaluation, check_town
from vielfalt.schema import END_FIELDS
from vielfalt.synthetic import write_town
from vielfalt.synthetic.files import COLUMNS
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


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """A town with all the dirt an office has, and with people who have moved away or died, or are back."""
    root = tmp_path_factory.mktemp("plain") / "town"
    write_town(root, residents=6_000, seed=11, dates=(DATE,), progress=lambda _: None)
    evaluation.to_utf8(root, DATE)
    _some_gone(root / "register" / to_iso(DATE) / "register.csv")
    return Given(read_town(root), DATE, plain.KEY)


def _some_gone(path: Path) -> None:
    """Of every fifty lines without a quote one has died, one has moved out, and one is back."""
    lines = path.read_text(encoding="utf-8").split("\r\n")
    out, died = (lines[0].split(";").index(COLUMNS[name]) for name in END_FIELDS)
    for place, line in enumerate(lines[1:], 1):
        values = line.split(";")
        if len(values) == len(COLUMNS) and '"' not in line and place % 50 < 3:
            values[died if place % 50 == 0 else out] = "01.01.1900" if place % 50 == 2 else "30.06.2024"
            lines[place] = ";".join(values)
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_plain_version_counts_the_same_cells(dirty: Given, library: str) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed: make .venv/peers")
    wanted, found = plain.ours(dirty), plain.plain(library)(dirty)
    assert len(wanted) > 20 and set(found) == set(wanted)
    for table, cells in wanted.items():
        named = cells.sort(cells.columns[:-4]).cast(dict.fromkeys(cells.columns[-4:], pl.Int64))
        theirs = found[table].sort(cells.columns[:-4]).cast(dict.fromkeys(cells.columns[-4:], pl.Int64))
        assert theirs.equals(named), table
    assert digest(found) == digest(wanted)


def test_a_digest_tells_one_cell_from_another() -> None:
    cells = pl.DataFrame({"area": ["1", "2"], "n": [3, 4], "key_sum": [7, 8], "top": [0, 2], "second": [0, 1]})
    other = cells.with_columns(top=pl.Series([0, 3]))
    assert digest({"residents": cells}) == digest({"residents": cells.reverse().cast({"n": pl.UInt32})})
    assert digest({"residents": cells}) != digest({"residents": other})
    assert digest({"residents": cells}) != digest({"households": cells})


def test_there_is_no_ratio_where_cells_differ() -> None:
    runs = [
        {OURS: Run(2.0, 3_000_000_000, "a"), "pandas": Run(8.0, 5_000_000_000, "a"), "polars": Run(1.0, 1, "a")},
        {OURS: Run(1.5, 2_000_000_000, "a"), "pandas": Run(6.0, 4_000_000_000, "a"), "polars": Run(1.0, 1, "b")},
    ]
    said = compared(runs, "pandas", OURS)
    assert said == "pandas takes 4.00 x vielfalt: 6.0 s beside 1.5 s, 4.00 GB beside 2.00 GB"
    assert compared(runs[:1], OURS, "polars").startswith("vielfalt takes 2.00 x polars")
    assert " x " not in compared(runs, OURS, "polars")
    assert " x " not in compared([{OURS: Run(2.0, 1, "a"), "pandas": None}], "pandas", OURS)


def test_no_memory_is_told_of_what_works_in_several_processes() -> None:
    runs = [{DATABASE: Run(2.0, 3_000_000_000, "a"), SPARK: Run(7.0, 0, "a")}]
    assert compared(runs, SPARK, DATABASE) == "local[2] takes 3.50 x duckdb: 7.0 s beside 2.0 s"


def check(root: Path) -> Evaluation:
    return check_town(read_town(root), DATE, lambda _: nullcontext())


def counts(found: Evaluation, id: str) -> dict[tuple[object, ...], int]:
    frame = found.cells[id].frame
    return {row[:-1]: row[-1] for row in frame.select(pl.exclude("n", "key_sum", "top", "second"), "n").iter_rows()}


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
