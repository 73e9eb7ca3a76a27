from __future__ import annotations

import errno
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa
import pytest
from engines_tested import ENGINES
from hypothesis import given, settings
from hypothesis import strategies as st

from vielfalt.engines import duckdb, memory, polars, rows, scanning
from vielfalt.engines.base import Batches, Engine, FileForm
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.polars import Polars
from vielfalt.engines.spark import Spark
from vielfalt.errors import DeliveryError, EngineError, StorageError

# The processes of Spark cannot import the tests.
import_module("pyspark.cloudpickle").register_pickle_by_value(sys.modules[__name__])
FULL = Path("/dev/full")
CLOSED = Path("/sys/closed.parquet")
HEADER = b"a;b;c\n"
Read = tuple[list[tuple[Any, ...]], list[int]]


@dataclass(frozen=True)
class Plain:
    """A conversion that remembers nothing."""

    function: Batches

    def __call__(self, batch: pa.Table) -> pa.Table:
        return self.function(batch)

    def apart(self) -> Plain:
        return self

    def sealed(self) -> bytes:
        return b"nothing"

    def united(self, parts: Sequence[bytes]) -> Sequence[Batches]:
        assert {*parts} == {b"nothing"}
        return [unchanged for _ in parts]


def unchanged(batch: pa.Table) -> pa.Table:
    return batch


@pytest.fixture(params=[*ENGINES, "spark"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    folder = tmp_path / "workspace"
    if request.param == "spark":
        monkeypatch.setattr("vielfalt.engines.spark.PART", 20)
        made: Engine = Spark(request.getfixturevalue("spark"), folder)
    else:
        made = ENGINES[request.param](folder)
    yield made
    made.close()


def form(encoding: str = "utf-8", quote: str = '"', widths: tuple[int, ...] = ()) -> FileForm:
    return FileForm(("a", "b", "c"), ";", quote, encoding, widths)


def read(engine: Engine, path: Path, shape: FileForm) -> Read:
    """The rows with their record numbers, outer blanks removed, and the numbers of the broken rows."""
    frame, broken = engine.read(path, shape, Plain(unchanged), "read")
    found = [(row["record"], *(trimmed(row[name]) for name in "abc")) for row in engine.collect(frame).to_pylist()]
    return sorted(found), [row.record for row in broken]


def trimmed(text: str | None) -> str | None:
    return (text or "").strip(" ") or None


def delivered(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "extract.csv"
    path.write_bytes(content)
    return path


GOOD = [(1, "1", "2", "3"), (2, "4", "5", "6")]
READINGS: dict[str, tuple[bytes, list[tuple[Any, ...]], list[int]]] = {
    "line feed": (HEADER + b"1;2;3\n4;5;6\n", GOOD, []),
    "carriage return and line feed": (b"a;b;c\r\n1;2;3\r\n4;5;6\r\n", GOOD, []),
    "carriage return": (b"a;b;c\r1;2;3\r4;5;6\r", GOOD, []),
    "line ends of two kinds": (b"a;b;c\r\n1;2;3\n4;5;6\r\n", GOOD, []),
    "no line end at the end": (HEADER + b"1;2;3\n4;5;6", GOOD, []),
    "byte order mark": (b"\xef\xbb\xbf" + HEADER + b"1;2;3\n4;5;6\n", GOOD, []),
    "blank lines are no rows": (HEADER + b"1;2;3\n\n4;5;6\n\n\n", GOOD, []),
    "empty is null": (HEADER + b';"";3\n', [(1, None, None, "3")], []),
    "quoted delimiter": (HEADER + b'1;"2;x";3\n', [(1, "1", "2;x", "3")], []),
    "quoted line break": (HEADER + b'1;"x\n\ny";3\n4;5;6\n', [(1, "1", "x\n\ny", "3"), GOOD[1]], []),
    "quoted line break of another kind": (b'a;b;c\r\n1;"x\ny";3\r\n', [(1, "1", "x\ny", "3")], []),
    "doubled quotes": (HEADER + b'1;"x ""y"" z";3\n', [(1, "1", 'x "y" z', "3")], []),
    "quotes inside": (HEADER + b'1;x "y" z;3\n4;5" pipe;6\n', [(1, "1", 'x "y" z', "3"), (2, "4", '5" pipe', "6")], []),
    "blank before a quote": (HEADER + b'1; "2;x";3\n', [(1, "1", "2;x", "3")], []),
    "empty columns too many": (HEADER + b"1;2;3;\n4;5;6;;\n", GOOD, []),
    "too few, too many": (
        HEADER + b"1;2\n1;2;3;4\n1;2;3\n9\n4;5;6\n",
        [(3, *GOOD[0][1:]), (5, *GOOD[1][1:])],
        [1, 2, 4],
    ),
    "broken between blank lines": (
        HEADER + b"\n1;2;3\n\n4;5\n\n\n4;5;6\n7\n",
        [(1, *GOOD[0][1:]), (3, *GOOD[1][1:])],
        [2, 4],
    ),
    "broken behind quoted blank lines": (
        HEADER + b'1;"x\n\ny";3\n4;5\n4;5;6\n',
        [(1, "1", "x\n\ny", "3"), (3, "4", "5", "6")],
        [2],
    ),
    "blanks only": (HEADER + b"1;2;3\n   \n4;5;6\n", [GOOD[0], (3, *GOOD[1][1:])], [2]),
    "letters behind the quote": (HEADER + b'1;"x"y;3\n4;5;6\n', [GOOD[1]], [1]),
    "quote never closed": (
        HEADER + b'1;2;3\n4;"x;6\n7;8;9\n4;5;6\n',
        [GOOD[0], (3, "7", "8", "9"), (4, "4", "5", "6")],
        [2],
    ),
    "quote never closed, quotes after it": (
        HEADER + b'1;2;3\n4;"x;6\n7;"8";9\n"4";5;6\n',
        [GOOD[0], (3, "7", "8", "9"), (4, "4", "5", "6")],
        [2],
    ),
    "quote never closed, everything quoted": (
        b'"a";"b";"c"\n"1";"2";"3"\n"4";"x;"6"\n"4";"5";"6"\n',
        [GOOD[0], (3, *GOOD[1][1:])],
        [2],
    ),
    "quote opened in the last row": (HEADER + b'1;2;3\n4;5;6\n7;8;"9\n', GOOD, [3]),
    "too many columns over two lines": (HEADER + b'1;"x\ny";3;4;5\n4;5;6\n', [GOOD[1]], [1]),
    "stray byte": (HEADER + b"1;2;3\n4;\xfc;6\n4;5;6\n", [GOOD[0], (3, *GOOD[1][1:])], [2]),
    "no character": (HEADER + b"1;\x00;3\n4;5;6\n", [(1, "1", "\x00", "3"), GOOD[1]], []),
}


@pytest.mark.parametrize("case", READINGS)
def test_rows_of_a_file(engine: Engine, tmp_path: Path, case: str) -> None:
    content, good, broken = READINGS[case]
    assert read(engine, delivered(tmp_path, content), form()) == (good, broken)


def test_without_a_quote_character_quotes_are_letters(engine: Engine, tmp_path: Path) -> None:
    path = delivered(tmp_path, HEADER + b'"1;2";3\n4;"5;6\n')
    assert read(engine, path, form(quote="")) == ([(1, '"1', '2"', "3"), (2, "4", '"5', "6")], [])


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_letters_of_windows_1252(engine: Engine, tmp_path: Path, encoding: str) -> None:
    path = delivered(tmp_path, HEADER + "Š;€;ü\nß;“;ž\n".encode("cp1252"))
    assert read(engine, path, form(encoding)) == ([(1, "Š", "€", "ü"), (2, "ß", "“", "ž")], [])


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_letters_of_latin_1(engine: Engine, tmp_path: Path, encoding: str) -> None:
    path = delivered(tmp_path, HEADER + 'Ä;"ß\nx";é\n'.encode("latin-1"))
    assert read(engine, path, form(encoding)) == ([(1, "Ä", "ß\nx", "é")], [])


def test_byte_without_meaning_in_windows_1252_breaks_its_row(engine: Engine, tmp_path: Path) -> None:
    path = delivered(tmp_path, HEADER + b"1;\x8a;3\n4;\x81;6\n7;8;9\n")
    assert read(engine, path, form("cp1252")) == ([(1, "1", "Š", "3"), (3, "7", "8", "9")], [2])


def test_fixed_width_counts_characters(engine: Engine, tmp_path: Path) -> None:
    content = "1  2  3  \näb ö  6\n\n      \n7\n12345678901234\n".encode()
    good = [(1, "1", "2", "3"), (2, "äb", "ö", "6"), (3, "7", None, None), (4, "123", "456", "789")]
    assert read(engine, delivered(tmp_path, content), form(widths=(3, 3, 3))) == (good, [])


def test_fixed_width_with_stray_bytes_quotes_and_mixed_line_ends(engine: Engine, tmp_path: Path) -> None:
    content = b'1  "  3  \r\n\r\n4\xfc 5  6\n7  8" 9  \r\n'
    good = [(1, "1", '"', "3"), (3, "7", '8"', "9")]
    assert read(engine, delivered(tmp_path, content), form(widths=(3, 3, 3))) == (good, [2])


@pytest.mark.parametrize("content", [b"", HEADER, b"a;b;c"])
def test_file_without_rows(engine: Engine, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DeliveryError, match="holds no rows") as raised:
        read(engine, delivered(tmp_path, content), form())
    assert raised.value.exit_code == 10


@pytest.mark.parametrize("content", [b"1;2\n3\n", b"1,2,3\n4,5,6\n", b'1;"2;3\n'])
def test_file_of_broken_rows(engine: Engine, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DeliveryError, match="None of the") as raised:
        read(engine, delivered(tmp_path, HEADER + content), form())
    assert raised.value.exit_code == 10


def test_wrong_encoding_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="not in the encoding “utf-8”: 2 of 3 rows") as raised:
        read(engine, delivered(tmp_path, HEADER + "Ä;2;3\n4;5;6\n7;ü;9\n".encode("latin-1")), form())
    assert raised.value.exit_code == 10


def test_one_undecodable_row_in_twenty_is_a_wrong_encoding(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vielfalt.engines.spark.PART", 1000)
    row = b"1;2;3\n"
    few = delivered(tmp_path, HEADER + (row * 20 + b"\xfc;2;3\n") * 19)
    assert len(read(engine, few, form())[1]) == 19
    many = delivered(tmp_path, HEADER + (row * 19 + b"\xfc;2;3\n") * 20)
    with pytest.raises(DeliveryError, match="20 of 400 rows"):
        read(engine, many, form())


def test_convert_sees_text_and_numbers_and_its_outcome_is_kept(engine: Engine, tmp_path: Path) -> None:
    def convert(batch: pa.Table) -> pa.Table:
        assert batch.schema.names == ["a", "b", "c", "record"]
        lengths = [len(text or "") for text in batch.column("b").to_pylist()]
        return pa.table({"record": batch.column("record"), "length": pa.array(lengths)})

    path = delivered(tmp_path, HEADER + b"1;22;3\nx\n4;;6\n")
    frame, broken = engine.read(path, form(), Plain(convert), "lengths")
    assert sorted(engine.collect(frame).to_pylist(), key=lambda row: row["record"]) == [
        {"record": 1, "length": 2},
        {"record": 3, "length": 0},
    ]
    assert [row.record for row in broken] == [2]


@pytest.mark.parametrize("content", [b"1;2;3\n4;5;6\n7;8;9\n", b'1;2;3\n4;"5;6\n7;8;9\n7;8;9\n'])
def test_convert_numbers_readable_rows_from_one(
    engine: Engine, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "_BATCH", 2)
    monkeypatch.setattr("vielfalt.engines.polars._BATCH", 2)

    def convert(batch: pa.Table) -> pa.Table:
        return batch.append_column("seen", batch.column("record"))

    frame, _ = engine.read(delivered(tmp_path, HEADER + content), form(), Plain(convert), "read")
    assert sorted(engine.collect(frame)["seen"].to_pylist()) == [1, 2, 3]


def test_copies_of_the_file_do_not_outlive_reading(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    engine = DuckDB(workspace)
    read(engine, delivered(tmp_path, HEADER + 'Š;"2;3\nÄ;5;6\n'.encode("cp1252")), form("cp1252"))
    engine.close()
    assert [path for path in workspace.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("quoted", [False, True])
def test_long_file_after_an_open_quote(tmp_path: Path, quoted: bool) -> None:
    count = 60_000
    lines = [f'{number};"n{number}";z' if quoted else f"{number};n{number};z" for number in range(1, count + 1)]
    lines[29_999], lines[9] = '30000;"n;z', "10;n"
    path = delivered(tmp_path, HEADER + "\n".join(lines).encode() + b"\n")
    engine = DuckDB(tmp_path)
    frame, broken = engine.read(path, form(), Plain(unchanged), "read")
    wrong = engine.collect(frame.filter(nw.col("record").cast(nw.String) != nw.col("a")))
    total = engine.collect(frame.select(nw.len().alias("n")))["n"][0].as_py()
    engine.close()
    assert (total, wrong.num_rows, [row.record for row in broken]) == (count - 2, 0, [10, 30_000])


_VALUES = st.sampled_from(
    ("", "1", "ab", '"x"', '"a;b"', '"l\nm"', '"q""r"', "ü", '5"', " z", '"', '"o', 'x"y', '"x"y', '"p\r\nq"', '"c\rd"')
)
_LINES = st.lists(
    st.one_of(st.lists(_VALUES, min_size=3, max_size=3), st.lists(_VALUES, min_size=2, max_size=4), st.just([""])),
    max_size=12,
)


@given(st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"1;2;3", b'"'])).map(b"".join), st.integers(1, 5))
@settings(max_examples=300, derandomize=True)
def test_blank_lines_are_seen_wherever_a_piece_of_the_file_ends(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int
) -> None:
    path = tmp_path_factory.mktemp("blanks") / "file"
    path.write_bytes(content)
    lines = (b"\n" + content).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows, "_CHUNK", piece)
        assert rows._has_blank_lines(path) == (b"\n\n" in lines)


@given(
    lines=_LINES, end=st.sampled_from(("\n", "\r\n", "\r")), quote=st.sampled_from(('"', '"', "")), last=st.booleans()
)
@settings(max_examples=150, derandomize=True)
def test_engines_cut_any_file_alike(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], end: str, quote: str, last: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = end.join(["a;b;c", *(";".join(line) for line in lines)]) + end * last
    path = delivered(folder, text.encode())
    found = []
    for make in ENGINES.values():
        engine = make(folder / "workspace")
        try:
            found.append(read(engine, path, form(quote=quote)))
        except DeliveryError as error:
            found.append(([(error.what,)], []))
        engine.close()
    assert found[0] == found[1]


def test_checkpoint_keeps_the_outcome(engine: Engine) -> None:
    frame = engine.load(pa.table({"n": [1, 2, 3]}), "numbers")
    kept = engine.checkpoint(frame.with_columns((nw.col("n") * 2).alias("double")), "kept")
    engine.drop("numbers")
    assert engine.collect(kept.sort("n")).to_pydict() == {"n": [1, 2, 3], "double": [2, 4, 6]}


def test_load_replaces_a_table_of_the_same_name(engine: Engine) -> None:
    engine.load(pa.table({"n": [1]}), 'it\'s "quoted"')
    frame = engine.load(pa.table({"n": [2]}), 'it\'s "quoted"')
    assert engine.collect(frame).to_pydict() == {"n": [2]}


def test_collect_gives_plain_text_and_null(engine: Engine) -> None:
    table = pa.table({"text": pa.array(["ä", None]), "number": pa.array([None, 1], type=pa.int64())})
    found = engine.collect(engine.load(table, "values"))
    assert found.schema.field("text").type == pa.string()
    assert found.to_pydict() == table.to_pydict()


def test_drop_forgets_a_table(engine: Engine) -> None:
    frame = engine.load(pa.table({"n": [1]}), "numbers")
    engine.drop("numbers")
    engine.drop("never there")
    if isinstance(engine, DuckDB):
        with pytest.raises(EngineError) as raised:
            engine.collect(frame)
        assert raised.value.exit_code == 13


@pytest.mark.parametrize("batch", [1, 3, 100_000])
def test_map_batches_never_splits_a_group(engine: Engine, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "_BATCH", batch)
    monkeypatch.setattr(memory, "_BATCH", batch)
    groups = [7] * 5 + [1] + [-3] * 4 + [5] * 2
    frame = engine.load(pa.table({"group": groups, "n": list(range(12))}), "rows")

    def count(rows: pa.Table) -> pa.Table:
        here = rows.column("group").to_pylist()
        sizes = [here.count(group) for group in here]
        call = json.dumps(here)
        return pa.table(
            {
                "n": rows.column("n"),
                "size": pa.array(sizes, pa.int64()),
                "call": pa.array([call] * len(here), pa.string()),
            }
        )

    found = engine.collect(engine.map_batches(frame, count, "sizes", together="group").sort("n")).to_pydict()
    calls = [json.loads(call) for call in {*found.pop("call")}]
    assert found == {"n": list(range(12)), "size": [5] * 5 + [1] + [4] * 4 + [2] * 2}
    assert all(here == sorted(here) and here for here in calls)
    assert sum(len(set(here)) for here in calls) == 4
    if batch == 1 and not isinstance(engine, Spark):
        assert len(calls) == 4


@pytest.mark.parametrize("batch", [1, 5, 100_000])
def test_map_batches_of_any_rows_gives_each_row_once(
    engine: Engine, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (duckdb, memory, polars):
        monkeypatch.setattr(module, "_BATCH", batch)
    frame = engine.load(pa.table({"n": list(range(12))}), "rows").filter(nw.col("n") > 1)

    def summed(rows: pa.Table) -> pa.Table:
        return pa.table({"rows": [rows.num_rows], "sum": [sum(rows.column("n").to_pylist())]})

    found = engine.collect(engine.map_batches(frame, summed, "sums", together=None))
    assert sum(found.column("rows").to_pylist()) == 10
    assert sum(found.column("sum").to_pylist()) == sum(range(2, 12))
    if batch == 1 and isinstance(engine, Polars):
        assert found.column("rows").to_pylist() == [1] * 10


@pytest.mark.parametrize("together", ["group", None])
def test_map_batches_without_rows_calls_once(engine: Engine, together: str | None) -> None:
    empty = pa.table({"group": pa.array([], type=pa.int64()), "text": pa.array([], type=pa.string())})
    calls: list[int] = []

    def function(rows: pa.Table) -> pa.Table:
        calls.append(rows.num_rows)
        return rows

    found = engine.collect(engine.map_batches(engine.load(empty, "rows"), function, "out", together=together))
    assert (calls, found.num_rows, found.schema.names) == ([0], 0, ["group", "text"])


def test_write_sorts(engine: Engine, tmp_path: Path) -> None:
    frame = engine.load(pa.table({"record": [3, 1, 2], "text": ["c", "a", None]}), "rows")
    engine.write(frame, tmp_path / "out.parquet", order="record")
    written = pl.read_parquet(tmp_path / "out.parquet")
    assert written.to_dict(as_series=False) == {"record": [1, 2, 3], "text": ["a", None, "c"]}
    assert written.schema["text"] == pl.String


def test_texts_may_come_as_dictionaries_and_go_out_plain(engine: Engine, tmp_path: Path) -> None:
    def convert(batch: pa.Table) -> pa.Table:
        return pa.table({"record": batch.column("record"), "b": batch.column("b").dictionary_encode()})

    def same(batch: pa.Table) -> pa.Table:
        assert batch.schema.field("b").type == pa.string()
        return batch.set_column(1, "b", batch.column("b").dictionary_encode())

    frame, _ = engine.read(delivered(tmp_path, HEADER + b"1;x;3\n4;;6\n7;y;9\n"), form(), Plain(convert), "read")
    kept = engine.checkpoint(engine.map_batches(frame, same, "mapped", together="record"), "kept")
    chosen = kept.with_columns(nw.coalesce(nw.col("b"), nw.lit("none")).alias("key"))
    names = engine.load(pa.table({"b": ["x", "none"], "name": ["X", "nobody"]}), "names")
    found = engine.collect(chosen.join(names, left_on="key", right_on="b", how="left").sort("record"))
    assert {found.schema.field(name).type for name in ("b", "key", "name")} == {pa.string()}
    assert found.select(["b", "name"]).to_pylist() == [
        {"b": "x", "name": "X"},
        {"b": None, "name": "nobody"},
        {"b": "y", "name": None},
    ]


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_full_disk_on_writing(engine: Engine) -> None:
    frame = engine.load(pa.table({"record": [1]}), "rows")
    with pytest.raises(StorageError, match="not enough") as raised:
        engine.write(frame, FULL, order="record")
    assert raised.value.exit_code == 14


@pytest.mark.skipif(not CLOSED.parent.exists(), reason="needs a folder nobody can write to")
def test_no_permission_on_writing(engine: Engine) -> None:
    frame = engine.load(pa.table({"record": [1]}), "rows")
    with pytest.raises(StorageError, match="No permission") as raised:
        engine.write(frame, CLOSED, order="record")
    assert raised.value.exit_code == 14


def test_absent_folder_on_writing_is_no_lack_of_space(engine: Engine, tmp_path: Path) -> None:
    frame = engine.load(pa.table({"record": [1]}), "rows")
    with pytest.raises(EngineError):
        engine.write(frame, tmp_path / "absent" / "out.parquet", order="record")


@pytest.mark.parametrize(("number", "message"), [(errno.ENOSPC, "not enough"), (errno.EACCES, "No permission")])
def test_trouble_of_the_operating_system_on_reading(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str
) -> None:
    def fails(*arguments: object) -> None:
        raise OSError(number, "words nobody should see")

    monkeypatch.setattr("vielfalt.engines.polars.cut_rows", fails)
    monkeypatch.setattr("vielfalt.engines.encodings._transcode", fails)

    def fails_on_rows(batch: pa.Table) -> pa.Table:
        return fails() if batch.column("b")[0].as_py() else batch

    path = delivered(tmp_path, HEADER + "Š;2;3\n".encode("cp1252"))
    with pytest.raises(StorageError, match=message) as raised:
        engine.read(path, form("cp1252"), Plain(fails_on_rows), "read")
    assert "nobody" not in str(raised.value)


def test_memory_that_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "_MEMORY", "20MB")
    engine = DuckDB(tmp_path)
    engine._connection.execute("SET max_temp_directory_size = '1MB'")
    numbers = pl.select(n=pl.int_range(4_000_000).hash()).to_arrow()
    with pytest.raises(StorageError, match="not enough"):
        engine.load(numbers, "numbers")
    engine.close()


def test_messages_do_not_quote_rows(engine: Engine) -> None:
    frame = engine.load(pa.table({"text": ["secret"]}), "rows")
    with pytest.raises(EngineError) as raised:
        engine.collect(frame.with_columns(nw.col("text").cast(nw.Int64)))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("engine", [DuckDB, memory.Memory])
def test_a_row_of_a_million_letters_costs_itself_alone(tmp_path: Path, engine: type[DuckDB]) -> None:
    path = delivered(tmp_path, HEADER + b'1;"2";3\n4;' + b"x" * 2_000_000 + b';6\n7;"8";9\n')
    opened = engine(tmp_path / "scratch")
    frame, broken = opened.read(path, form(), Plain(unchanged), "read")
    found = opened.collect(frame.select("record", "a")).to_pylist()
    opened.close()
    assert sorted(row["a"] for row in found) == ["1", "7"]
    assert [row.record for row in broken] == [2]


def test_rows_longer_than_any_row_are_not_swallowed(tmp_path: Path) -> None:
    lines = [b"1;2;3\n"] * (rows._LONGEST + 10)
    path = delivered(tmp_path, HEADER + b'1;"2;3\n' + b"".join(lines) + b'4;5";6\n')
    cut = list(rows.cut_rows(path, form()))
    assert cut[0] == rows.UNCLOSED
    assert cut[1:-1] == [("1", "2", "3")] * len(lines)
    assert cut[-1] == ("4", '5"', "6")
