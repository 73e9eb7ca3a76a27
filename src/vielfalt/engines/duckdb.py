"""DuckDB: the engine on every office PC. The only place in the vault where SQL text stands."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from vielfalt.engines.base import Batches, BrokenRow, FileForm, Frame
from vielfalt.engines.encodings import as_utf8
from vielfalt.engines.rows import UNCLOSED, blank_rows, nothing_read, refuse_wrong_encoding, repaired
from vielfalt.errors import EngineError, StorageError, VielfaltError
from vielfalt.words import N_

_BATCH = 1_000_000
"""Rows per Arrow batch: large enough that distinct values repeat inside it, small enough for memory (200 MB)."""
_AHEAD = 2
"""Batches that Python works on at once, while DuckDB takes what is ready and sorts the next."""
_STREAM = "100MB"
"""How far DuckDB may read ahead while Python works on a batch."""
_MEMORY = "1500MB"
"""What DuckDB may hold before it spills to ``workspace``; Python needs the rest of the 3 GB a run may take."""
_TOO_LONG = "LINE SIZE OVER MAXIMUM"
"""DuckDB's word for a row longer than ``max_line_size`` bytes: a quote was left open."""


class DuckDB:
    """An in-memory database that spills into ``workspace``; nothing of it outlives ``close``."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._connection = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(workspace / "spill")})
        self._connection.execute("SET enable_progress_bar = false")

    def read(self, path: Path, form: FileForm, convert: Batches, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """See ``Engine.read``. DuckDB reads UTF-8 and Latin-1; anything else is turned into UTF-8 on the way.

        Where it loses its way (a quote nobody closed, line ends of several kinds) the file is read again from a copy
        cut row by row.
        """
        with self._reported(path):
            try:
                with as_utf8(path, form.encoding, self._workspace) as (readable, encoding):
                    rows, broken = self._scan(readable, replace(form, encoding=encoding), convert, name)
                if broken:
                    broken = _without_blanks(broken, blank_rows(path, form))
            except _LostError:
                with repaired(path, form, self._workspace) as (copy, plain, broken):
                    rows, _ = self._scan(copy, plain, convert, name)
            refuse_wrong_encoding(path, form, broken, rows + len(broken))
            if not rows:
                raise nothing_read(path, broken)
            if broken:
                self._renumber(name, broken)
        return self._table(name), broken

    def _scan(self, path: Path, form: FileForm, convert: Batches, name: str) -> tuple[int, tuple[BrokenRow, ...]]:
        """Keeps what ``convert`` makes of the rows as a table; how many there are, and the rows DuckDB rejected."""
        select = _read_fixed if form.widths else _read_delimited
        scan = self._connection.cursor()
        scan.execute(f"SET streaming_buffer_size = '{_STREAM}'")
        try:
            stream = _streamed(_numbered(scan.sql(select(path, form)).to_arrow_reader(_BATCH), convert))
            if stream is not None:
                self._keep(name, stream)
        except (duckdb.InvalidInputException, pa.ArrowInvalid, OSError) as error:
            if "state machine" in str(error):
                raise _LostError from None
            raise
        broken = _broken_rows(scan, form)
        if stream is None:
            return 0, broken
        counted = self._connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchall()
        return int(counted[0][0]), broken

    def load(self, table: pa.Table, name: str) -> Frame:
        """See ``Engine.load``."""
        with self._reported(name):
            self._keep(name, table)
        return self._table(name)

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """See ``Engine.checkpoint``."""
        with self._reported(name):
            frame.to_native().create(_quoted(name))
        return self._table(name)

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str) -> Frame:
        """See ``Engine.map_batches``: one sorted stream, cut where the value of ``together`` changes."""
        with self._reported(name):
            self.checkpoint(frame, "_together")
            sorted_rows = self._connection.cursor().table("_together").order(_quoted(together))
            reader = sorted_rows.to_arrow_reader(_BATCH)
            stream = _streamed(_ahead(function, _cut(reader, together)))
            self._keep(name, stream or function(reader.schema.empty_table()))
            self.drop("_together")
        return self._table(name)

    def collect(self, frame: Frame) -> pa.Table:
        """See ``Engine.collect``."""
        with self._reported(""):
            return frame.to_native().to_arrow_table()

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """See ``Engine.write``."""
        with self._reported(path):
            frame.sort(order).to_native().write_parquet(str(path), compression="zstd")

    def drop(self, name: str) -> None:
        """See ``Engine.drop``."""
        self._connection.execute(f"DROP TABLE IF EXISTS {_quoted(name)}")

    def close(self) -> None:
        """See ``Engine.close``."""
        self._connection.close()

    def _table(self, name: str) -> Frame:
        return nw.from_native(self._connection.table(_quoted(name))).lazy()

    def _keep(self, name: str, incoming: pa.Table | pa.RecordBatchReader) -> None:
        self._connection.register("_incoming", incoming)
        self._connection.execute(f"CREATE OR REPLACE TABLE {_quoted(name)} AS SELECT * FROM _incoming")
        self._connection.unregister("_incoming")

    def _renumber(self, name: str, broken: tuple[BrokenRow, ...]) -> None:
        """Turns numbers among readable rows into true data row numbers: each broken row before shifts by one."""
        records = np.array([row.record for row in broken], dtype=np.int64)
        steps = pa.table({"since": records - np.arange(len(records)), "shift": np.arange(1, len(records) + 1)})
        self._connection.register("_steps", steps)
        self._connection.execute(
            f"UPDATE {_quoted(name)} SET record = record + shift "
            "FROM (SELECT r.record AS old, s.shift "
            f"FROM {_quoted(name)} r ASOF JOIN (SELECT since, max(shift) AS shift FROM _steps GROUP BY since) s "
            "ON r.record >= s.since) WHERE record = old"
        )
        self._connection.unregister("_steps")

    @contextmanager
    def _reported(self, where: object) -> Iterator[None]:
        """Turns DuckDB's exceptions into ours; their text may quote rows, so it is never passed on."""
        try:
            yield
        except VielfaltError:
            raise
        except (duckdb.OutOfMemoryException, duckdb.IOException, OSError) as error:
            raise _storage(error, where, self._workspace) from None
        except duckdb.Error as error:
            raise _failed(error, where) from None


class _LostError(Exception):
    """DuckDB cannot tell where rows end; nothing it read may be used."""


def _broken_rows(scan: duckdb.DuckDBPyConnection, form: FileForm) -> tuple[BrokenRow, ...]:
    """The rows DuckDB rejected in the scan of this connection; it counts rows and blank lines, the header as one.

    Raises _LostError where it may have taken several rows for one: the rejected text spans lines, or quotes are amiss.
    """
    header = 0 if form.widths else 1
    rows = scan.execute(
        f"SELECT line, min(error_type::VARCHAR), bool_or(error_type::VARCHAR IN ('{UNCLOSED}', '{_TOO_LONG}') "
        "OR regexp_matches(trim(csv_line, chr(13) || chr(10)), '[\\r\\n]')) "
        "FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    if form.quote and not form.widths and any(lost for _, _, lost in rows):
        raise _LostError
    return tuple(BrokenRow(int(line) - header, str(reason)) for line, reason, _ in rows)


def _without_blanks(broken: tuple[BrokenRow, ...], blanks: list[int]) -> tuple[BrokenRow, ...]:
    """The broken rows numbered without the blank lines before them."""
    places = np.array(blanks, dtype=np.int64)
    return tuple(BrokenRow(row.record - int(np.searchsorted(places, row.record)), row.reason) for row in broken)


def _failed(error: Exception, where: object) -> EngineError:
    return EngineError(
        N_("The database failed ({kind})."),
        where=where,
        kind=type(error).__name__,
        todo=N_("Run the command again; if it fails again, report it with the version and the word in brackets."),
    )


def _storage(error: Exception, where: object, workspace: Path) -> VielfaltError:
    """What DuckDB and the operating system say about space and permission; DuckDB says it in words only."""
    said, number = str(error).lower(), getattr(error, "errno", None)
    if number in (errno.EACCES, errno.EPERM) or "permission denied" in said:
        return StorageError(
            N_("No permission to read or write."), where=where, todo=N_("Check the folder's permissions.")
        )
    full = number in (errno.ENOSPC, errno.EDQUOT) or "no space left" in said
    if full or isinstance(error, duckdb.OutOfMemoryException):
        return StorageError(
            N_("There is not enough memory or disk space."),
            where=workspace,
            todo=N_("Free some space and run the command again; nothing was released."),
        )
    return _failed(error, where)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _read_delimited(path: Path, form: FileForm) -> str:
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in form.columns)
    quote = f"quote={_literal(form.quote)}, escape={_literal(form.quote)}, " if form.quote else "quote='', escape='', "
    return (
        f"SELECT * FROM read_csv({_literal(str(path))}, delim={_literal(form.delimiter)}, {quote}"
        f"header=true, auto_detect=false, encoding={_literal(form.encoding)}, columns={{{columns}}}, "
        "store_rejects=true, rejects_limit=0, ignore_errors=true, max_line_size=1000000)"
    )


def _read_fixed(path: Path, form: FileForm) -> str:
    """Fixed width: the whole line as one column (a delimiter no file holds), cut by position."""
    start, cuts = 1, []
    for name, width in zip(form.columns, form.widths, strict=True):
        cuts.append(f"nullif(rtrim(substr(line, {start}, {width})), '') AS {_quoted(name)}")
        start += width
    return (
        f"SELECT {', '.join(cuts)} FROM read_csv({_literal(str(path))}, delim='\x1f', quote='', escape='', "
        f"header=false, auto_detect=false, encoding={_literal(form.encoding)}, columns={{'line': 'VARCHAR'}}, "
        "store_rejects=true, rejects_limit=0, ignore_errors=true) WHERE rtrim(line) <> ''"
    )


def _ahead(function: Batches, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """What the function makes of the tables, in their order; the next ones are under way while one is taken."""
    with ThreadPoolExecutor(_AHEAD) as pool:
        waiting: deque[Future[pa.Table]] = deque()
        for table in tables:
            waiting.append(pool.submit(function, table))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _numbered(reader: pa.RecordBatchReader, convert: Batches) -> Iterator[pa.Table]:
    done = 0
    for batch in _large(reader):
        records = pa.array(np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int64))
        done += batch.num_rows
        yield convert(batch.append_column("record", records))


def _large(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """DuckDB hands out smaller batches than asked for; together they repeat distinct values less often."""
    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= _BATCH:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting and (rest := pa.Table.from_batches(waiting)).num_rows:
        yield rest


def _streamed(tables: Iterator[pa.Table]) -> pa.RecordBatchReader | None:
    """The tables as one stream that is computed while it is read; None when there are none."""
    first = next(tables, None)
    if first is None:
        return None
    batches = (batch for table in chain((first,), tables) for batch in table.to_batches())
    return pa.RecordBatchReader.from_batches(first.schema, batches)


def _cut(reader: pa.RecordBatchReader, together: str) -> Iterator[pa.Table]:
    """Parts of a stream sorted by ``together``, cut so that no value of it is split."""
    waiting: pa.Table | None = None
    for batch in filter(len, reader):
        table = pa.Table.from_batches([batch])
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        values = waiting.column(together).to_numpy()
        end = int(np.searchsorted(values, values[-1], side="left"))
        if end:
            yield waiting.slice(0, end)
            waiting = waiting.slice(end)
    if waiting is not None and waiting.num_rows:
        yield waiting
