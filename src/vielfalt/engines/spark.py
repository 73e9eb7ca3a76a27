"""Apache Spark: the engine for what several machines share. No row of a person comes to the machine that steers.

Tables are Parquet files in a scratch folder that all machines see; so a machine that is lost takes nothing with it but
its work at hand, which another one repeats.
"""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vielfalt.engines.base import Batches, BrokenRow, Conversion, FileForm, Frame, Outcome, Task
from vielfalt.engines.groups import cut_between
from vielfalt.engines.parts import Found, Part, Placed, look_through, placed, readable_rows
from vielfalt.engines.rows import nothing_read, plain, refuse_wrong_encoding, text_batch
from vielfalt.engines.trouble import failed, forbidden, full
from vielfalt.errors import VielfaltError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PART = 16 << 20
"""Bytes of a file that are read at once: about 100,000 residents, 200 MB of memory while they are converted."""
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_ERRNO = re.compile(r"errno=(\d+)")
_FOUND = pa.schema(
    {"place": pa.int64(), "end": pa.int64(), "readable": pa.int64(), "record": pa.int64(), "reason": pa.string()}
)
_PLACE, _SEEN = "_place", "_seen"

Work = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.Table]]
"""What a machine does with a stream of rows."""


class Spark:
    """Tables as folders of Parquet files in ``scratch``; the session stays open when the engine closes."""

    def __init__(self, session: SparkSession, scratch: Path) -> None:
        self._session = session
        self._folder = scratch / "tables"
        self._tables: dict[str, Path] = {}
        self._made = 0

    def read(self, path: Path, form: FileForm, convert: Conversion, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """See ``Engine.read``: parts of the file are looked through, converted, and put together."""
        with _reported(path):
            parts, broken, readable = placed(path, form, PART, partial(self._look, path, form))
            refuse_wrong_encoding(path, form, broken, readable + len(broken))
            if not readable:
                raise nothing_read(path, broken)
            columns = convert.apart()(text_batch([("",) * len(form.columns)], form, 1)).schema
            apart = columns.append(pa.field(_PLACE, pa.int64())).append(pa.field(_SEEN, pa.binary()))
            work = partial(_converted, path=path, form=form, convert=convert.apart(), parts=parts)
            rows = self._kept(_mapped(self._numbers(len(parts)), work, apart), _SEEN)
            told = rows.filter(f"{_SEEN} IS NOT NULL").select(_PLACE, _SEEN).toArrow().sort_by(_PLACE)
            united = convert.united(told.column(_SEEN).to_pylist())
            renumber = dict(zip(told.column(_PLACE).to_pylist(), united, strict=True))
            kept = self._kept(_mapped(rows.drop(_SEEN), partial(_united, renumber=renumber), columns), name)
            self.drop(_SEEN)
            return _frame(kept), broken

    def load(self, table: pa.Table, name: str) -> Frame:
        """See ``Engine.load``."""
        with _reported(name):
            folder = self._new()
            folder.mkdir(parents=True)
            pq.write_table(table, folder / "table.parquet")
            self.drop(name)
            self._tables[name] = folder
            return _frame(self._session.read.parquet(str(folder)))

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """See ``Engine.checkpoint``."""
        with _reported(name):
            return _frame(self._kept(frame.to_native(), name))

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str) -> Frame:
        """See ``Engine.map_batches``: rows of equal ``together`` come to one machine, which works on some at a time."""
        with _reported(name):
            rows: DataFrame = frame.to_native()
            empty = rows.limit(0).toArrow()
            grouped = rows.repartition(together).sortWithinPartitions(together)
            work = partial(_by_group, function=function, together=together)
            return _frame(self._kept(_mapped(grouped, work, function(empty).schema), name))

    def collect(self, frame: Frame) -> pa.Table:
        """See ``Engine.collect``."""
        with _reported(""):
            return frame.to_native().toArrow()

    def each(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> list[Outcome]:
        """See ``Engine.each``: one after the other, for Spark divides each among its machines."""
        return [function(task) for task in tasks]

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """See ``Engine.write``: one machine sorts and writes the file, which is then put into its place."""
        with _reported(path):
            folder = self._new()
            rows: DataFrame = frame.to_native()
            sorted_rows = rows.coalesce(1).sortWithinPartitions(order)
            sorted_rows.write.option("compression", "zstd").parquet(str(folder))
            (written,) = folder.glob("*.parquet")
            shutil.copyfile(written, path)
            shutil.rmtree(folder)

    def drop(self, name: str) -> None:
        """See ``Engine.drop``."""
        if name in self._tables:
            shutil.rmtree(self._tables.pop(name), ignore_errors=True)

    def close(self) -> None:
        """See ``Engine.close``."""
        self._tables.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _look(self, path: Path, form: FileForm, parts: Sequence[Part]) -> list[Found]:
        """What the machines find in these parts."""
        work = partial(_looked_through, path=path, form=form, parts=parts)
        told = _mapped(self._numbers(len(parts)), work, _FOUND).toArrow().to_pylist()
        broken: dict[int, list[BrokenRow]] = {}
        for row in told:
            if row["reason"] is not None:
                broken.setdefault(row["place"], []).append(BrokenRow(row["record"], row["reason"]))
        parted = sorted((row["place"], row["end"], row["readable"]) for row in told if row["reason"] is None)
        return [Found(end, readable, tuple(broken.get(place, ()))) for place, end, readable in parted]

    def _numbers(self, count: int) -> DataFrame:
        """The numbers from 0, each a task of its own."""
        return self._session.range(0, count, 1, numPartitions=count)

    def _kept(self, rows: DataFrame, name: str) -> DataFrame:
        folder = self._new()
        rows.write.parquet(str(folder))
        self.drop(name)
        self._tables[name] = folder
        return self._session.read.schema(rows.schema).parquet(str(folder))

    def _new(self) -> Path:
        self._made += 1
        return self._folder / str(self._made)


def _frame(rows: DataFrame) -> Frame:
    frame: Frame = nw.from_native(rows)
    return frame


def _mapped(rows: DataFrame, work: Work, schema: pa.Schema) -> DataFrame:
    """What the machines make of their rows. Only the kind of what failed there is told: words may quote rows."""
    from pyspark.sql.pandas.types import from_arrow_schema

    schema = plain(schema.empty_table()).schema

    def mapped(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for table in work(batches):
                yield from table.select(schema.names).cast(schema).to_batches()
        except Exception as error:
            raise RuntimeError(f"{type(error).__name__} errno={getattr(error, 'errno', None) or 0}") from None

    return rows.mapInArrow(mapped, from_arrow_schema(schema))


def _looked_through(
    batches: Iterable[pa.RecordBatch], path: Path, form: FileForm, parts: Sequence[Part]
) -> Iterator[pa.Table]:
    for place in _numbered(batches):
        found = look_through(path, form, parts[place])
        told = [(0, None), *((row.record, row.reason) for row in found.broken)]
        records, reasons = zip(*told, strict=True)
        count = len(told)
        columns = ([place] * count, [found.end] * count, [found.readable] * count, records, reasons)
        yield pa.table(dict(zip(_FOUND.names, map(pa.array, columns), strict=True)))


def _converted(
    batches: Iterable[pa.RecordBatch], path: Path, form: FileForm, convert: Conversion, parts: Sequence[Placed]
) -> Iterator[pa.Table]:
    """The typed rows of parts, with the place of the part, and in its first row what its conversion has seen."""
    for place in _numbered(batches):
        rows, true = readable_rows(path, form, parts[place])
        if not rows:
            continue
        first = parts[place].readable + 1
        apart = convert.apart()
        table = apart(text_batch(rows, form, first))
        records = pa.array(true[table.column("record").to_numpy() - first])
        table = table.set_column(table.column_names.index("record"), "record", records)
        seen = pa.array([apart.sealed(), *[None] * (table.num_rows - 1)], pa.binary())
        yield table.append_column(_PLACE, pa.array([place] * table.num_rows)).append_column(_SEEN, seen)


def _united(batches: Iterable[pa.RecordBatch], renumber: dict[int, Batches]) -> Iterator[pa.Table]:
    for batch in batches:
        places = batch.column(_PLACE)
        for place in places.unique().to_pylist():
            rows = pa.Table.from_batches([batch]).filter(pc.equal(places, place))
            yield renumber[place](rows.drop_columns([_PLACE]))


def _by_group(batches: Iterable[pa.RecordBatch], function: Batches, together: str) -> Iterator[pa.Table]:
    return map(function, cut_between(batches, together))


def _numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[int]:
    for batch in batches:
        yield from batch.column(0).to_pylist()


@contextmanager
def _reported(where: object) -> Iterator[None]:
    """Turns exceptions of Spark into ours; their text may quote rows and is dropped."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except VielfaltError:
        raise
    except (Py4JError, PySparkException, OSError, pa.ArrowException) as error:
        said = str(error)
        there = _ERRNO.search(said)
        number = int(there[1]) if there else getattr(error, "errno", None)
        if number in _FORBIDDEN or "Permission denied" in said:
            raise forbidden(where) from None
        if number in _FULL or "No space left" in said or "OutOfMemoryError" in said:
            raise full(where) from None
        raise failed(error, where) from None
