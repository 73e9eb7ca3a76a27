"""Apache Spark: the engine for what several machines share. No row of a person comes to the machine that steers.

Tables are Parquet files in a scratch folder that all machines see; so a machine that is lost takes nothing with it but
its work at hand, which another one repeats.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.parquet as pq

from vielfalt.engines.base import Batches, BrokenRow, Conversion, FileForm, Frame
from vielfalt.engines.parts import Found, Part, placed
from vielfalt.engines.rows import nothing_read, plain, refuse_wrong_encoding, text_batch
from vielfalt.engines.spark_work import DONE, FOUND, SEEN, Work, converted, grouped, looked_through, numbers_of, united
from vielfalt.engines.trouble import trouble
from vielfalt.errors import EngineError, VielfaltError
from vielfalt.words import N_

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

PART = 32 << 20
"""Bytes of a file that are read at once: about 190,000 residents."""
_ERRNO = re.compile(r"errno=(\d+)")
_OTHER_PYTHON = ("ModuleNotFoundError", "PYTHON_VERSION_MISMATCH", "Cannot run program")
"""Signs that a machine cannot start its Python, or that what it is sent is not known there."""


class Spark:
    """Tables as folders of Parquet files in ``scratch``; the session stays open when the engine closes."""

    def __init__(self, session: SparkSession, scratch: Path) -> None:
        self._session = session
        # The machines work in folders of their own: a path that is told from here would lead elsewhere there.
        self._folder = scratch.absolute() / "tables"
        self._tables: dict[str, Path] = {}
        self._places = count()

    def read(self, path: Path, form: FileForm, convert: Conversion, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """See ``Engine.read``: parts of the file are looked through, converted, and put together."""
        from pyspark.cloudpickle import dumps

        path = path.absolute()
        with _reported(path):
            parts, broken, readable = placed(path, form, PART, partial(self._look, path, form))
            refuse_wrong_encoding(path, form, broken, readable + len(broken))
            if not readable:
                raise nothing_read(path, broken)
            columns = _columns(convert.apart()(text_batch([("",) * len(form.columns)], form, 1)))
            apart, whole = self._new(), self._new()
            work = partial(converted, path=path, form=form, convert=convert.apart(), parts=parts, folder=apart)
            told = _mapped(self._numbers(len(parts)), work, SEEN).toArrow().sort_by("place")
            places = told.column("place").to_pylist()
            for place, renumber in zip(places, convert.united(told.column("seen").to_pylist()), strict=True):
                numbers_of(apart, place).write_bytes(dumps(renumber))
            _mapped(self._numbers(len(parts)), partial(united, apart=apart, folder=whole), DONE).toArrow()
            shutil.rmtree(apart)
            return self._table(whole, columns, name), broken

    def load(self, table: pa.Table, name: str) -> Frame:
        """See ``Engine.load``."""
        with _reported(name):
            folder, table = self._new(), plain(table)
            pq.write_table(table, folder / "table.parquet")
            return self._table(folder, _columns(table), name)

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """See ``Engine.checkpoint``."""
        with _reported(name):
            rows: DataFrame = frame.to_native()
            folder = self._new()
            # Numbers as they are: to find out that a column of them repeats little takes as long as all the rest.
            unrepeated = {
                f"parquet.enable.dictionary#{name}": "false" for name, type in rows.dtypes if type != "string"
            }
            rows.write.mode("append").options(**unrepeated).parquet(str(folder))
            return self._table(folder, rows.schema, name)

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str | None) -> Frame:
        """See ``Engine.map_batches``: rows of equal ``together`` come to one machine, which works on some at a time."""
        with _reported(name):
            rows: DataFrame = frame.to_native()
            columns, folder = _columns(function(rows.limit(0).toArrow())), self._new()
            rows = rows.repartition(together).sortWithinPartitions(together) if together else rows
            work = partial(grouped, function=function, together=together, folder=folder)
            _mapped(rows, work, DONE).toArrow()
            return self._table(folder, columns, name)

    def collect(self, frame: Frame) -> pa.Table:
        """See ``Engine.collect``."""
        with _reported(""):
            return frame.to_native().toArrow()

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """See ``Engine.write``: one machine sorts and writes the file, which is then put into its place."""
        with _reported(path):
            folder = self._new()
            rows: DataFrame = frame.to_native()
            sorted_rows = rows.coalesce(1).sortWithinPartitions(order)
            sorted_rows.write.mode("append").option("compression", "zstd").parquet(str(folder))
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
        work = partial(looked_through, path=path, form=form, parts=parts)
        told = _mapped(self._numbers(len(parts)), work, FOUND).toArrow().to_pylist()
        broken: dict[int, list[BrokenRow]] = {}
        for row in told:
            if row["reason"] is not None:
                broken.setdefault(row["place"], []).append(BrokenRow(row["record"], row["reason"]))
        parted = sorted((row for row in told if row["reason"] is None), key=itemgetter("place"))
        return [Found(row["end"], row["readable"], row["plain"], tuple(broken.get(row["place"], ()))) for row in parted]

    def _numbers(self, count: int) -> DataFrame:
        """The numbers from 0, each a task of its own."""
        return self._session.range(0, count, 1, numPartitions=count)

    def _table(self, folder: Path, columns: StructType, name: str) -> Frame:
        """The files of a folder as a table of that name."""
        self.drop(name)
        self._tables[name] = folder
        frame: Frame = nw.from_native(self._session.read.schema(columns).parquet(str(folder)))
        return frame

    def _new(self) -> Path:
        """An empty folder for a table."""
        folder = self._folder / str(next(self._places))
        folder.mkdir(parents=True)
        return folder


def _columns(table: pa.Table) -> StructType:
    """The columns of a table as Spark reads them."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(plain(table).schema)


def _mapped(rows: DataFrame, work: Work, schema: pa.Schema) -> DataFrame:
    """What the machines make of their rows. Only the kind of what failed there is told: words may quote rows."""
    from pyspark.sql.pandas.types import from_arrow_schema

    def mapped(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for table in work(batches):
                yield from table.select(schema.names).cast(schema).to_batches()
        except Exception as error:
            raise RuntimeError(f"{type(error).__name__} errno={getattr(error, 'errno', None) or 0}") from None

    return rows.mapInArrow(mapped, from_arrow_schema(schema))


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
        raise _told(error, where) from None


def _told(error: Exception, where: object) -> VielfaltError:
    """The error to tell of what failed here or on a machine of the Spark."""
    said = str(error)
    there = _ERRNO.search(said)
    if there and int(there[1]) == errno.ENOENT:
        return EngineError(
            N_("A machine of the Spark does not find what lies here."),
            where=where,
            todo=N_("The folder of the town must have the same path on all machines."),
        )
    if any(sign in said for sign in _OTHER_PYTHON):
        return EngineError(
            N_("A machine of the Spark lacks Vielfalt, or has another version of it or of Python."),
            where=os.environ.get("PYSPARK_PYTHON", ""),
            todo=N_("Install the same versions there under the same path, or name the path in PYSPARK_PYTHON."),
        )
    return trouble(error, where, number=int(there[1]) if there else None)
