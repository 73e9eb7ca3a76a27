"""A delivered file cut into columns by DuckDB's reader, and turned into typed batches while it is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from vielfalt.engines.base import Batches, BrokenRow, FileForm
from vielfalt.engines.encodings import as_utf8
from vielfalt.engines.groups import gathered
from vielfalt.engines.rows import UNCLOSED, blank_rows, nothing_read, refuse_wrong_encoding, repaired

_BATCH = 500_000
"""Rows that are converted at once: many, so that distinct values repeat among them, but the next ones are read then."""
_STREAM = "100MB"
"""How far DuckDB may read ahead while Python works on a batch."""
_TOO_LONG = "LINE SIZE OVER MAXIMUM"
"""DuckDB's word for a row longer than ``max_line_size`` bytes: a quote was left open."""

Keep = Callable[[pa.RecordBatchReader], None]
"""What to do with the converted rows; they are computed while they are read."""


class _LostError(Exception):
    """DuckDB cannot tell where rows end; nothing it read may be used."""


def scan(
    connection: duckdb.DuckDBPyConnection, path: Path, form: FileForm, convert: Batches, keep: Keep, scratch: Path
) -> tuple[BrokenRow, ...]:
    """Gives ``keep`` what ``convert`` makes of the rows, numbered among those that could be read; the broken rows.

    DuckDB reads UTF-8 and Latin-1; anything else is turned into UTF-8 on the way. Where it loses its way (a quote
    nobody closed, line ends of several kinds) the file is read again from a copy cut row by row, and ``keep`` called
    once more. Raises DeliveryError when the bytes are not in the encoding named or no row can be cut.
    """
    try:
        with as_utf8(path, form.encoding, scratch) as (readable, encoding):
            rows, broken = _scanned(connection, readable, replace(form, encoding=encoding), convert, keep)
        if broken:
            broken = _without_blanks(broken, blank_rows(path, form))
    except _LostError:
        with repaired(path, form, scratch) as (copy, plain, broken):
            rows, _ = _scanned(connection, copy, plain, convert, keep)
    refuse_wrong_encoding(path, form, broken, rows + len(broken))
    if not rows:
        raise nothing_read(path, broken)
    return broken


def _scanned(
    connection: duckdb.DuckDBPyConnection, path: Path, form: FileForm, convert: Batches, keep: Keep
) -> tuple[int, tuple[BrokenRow, ...]]:
    """How many rows could be read, and those DuckDB rejected."""
    select = _read_fixed if form.widths else _read_delimited
    cursor = connection.cursor()
    cursor.execute(f"SET streaming_buffer_size = '{_STREAM}'")
    rows = 0

    def counted() -> Iterator[pa.Table]:
        nonlocal rows
        batches = _numbered(cursor.sql(select(path, form)).to_arrow_reader(_BATCH))
        for table in ahead(convert, batches, workers=1):
            rows += table.num_rows
            yield table

    try:
        stream = streamed(counted())
        if stream is not None:
            keep(stream)
    except (duckdb.InvalidInputException, pa.ArrowInvalid, OSError) as error:
        if "state machine" in str(error):
            raise _LostError from None
        raise
    return rows, _broken_rows(cursor, form)


def ahead(function: Batches, tables: Iterator[pa.Table], workers: int) -> Iterator[pa.Table]:
    """What the function makes of the tables, in their order; the next ones are under way while one is taken.

    One worker takes them one after the other, several take them side by side.
    """
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[pa.Table]] = deque()
        for table in tables:
            waiting.append(pool.submit(function, table))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def streamed(tables: Iterator[pa.Table]) -> pa.RecordBatchReader | None:
    """The tables as one stream that is computed while it is read; None when there are none."""
    first = next(tables, None)
    if first is None:
        return None
    batches = (batch for table in chain((first,), tables) for batch in table.to_batches())
    return pa.RecordBatchReader.from_batches(first.schema, batches)


def _numbered(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    done = 0
    for batches in gathered(reader, _BATCH):  # DuckDB hands out smaller ones than asked for
        rows = pa.Table.from_batches(batches)
        yield rows.append_column("record", pa.array(np.arange(done + 1, done + rows.num_rows + 1, dtype=np.int64)))
        done += rows.num_rows


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
        cuts.append(f"nullif(rtrim(substr(line, {start}, {width})), '') AS {quoted(name)}")
        start += width
    return (
        f"SELECT {', '.join(cuts)} FROM read_csv({_literal(str(path))}, delim='\x1f', quote='', escape='', "
        f"header=false, auto_detect=false, encoding={_literal(form.encoding)}, columns={{'line': 'VARCHAR'}}, "
        "store_rejects=true, rejects_limit=0, ignore_errors=true) WHERE rtrim(line) <> ''"
    )


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
