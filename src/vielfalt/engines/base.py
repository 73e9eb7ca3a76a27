"""The port to a database: the few things that narwhals expressions lack. All table logic else is narwhals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import narwhals.stable.v2 as nw
import pyarrow as pa

Frame: TypeAlias = nw.LazyFrame[Any]
Batches: TypeAlias = Callable[[pa.Table], pa.Table]
"""Turns one batch of rows into another; the engine decides how large a batch is."""


@dataclass(frozen=True)
class FileForm:
    """How a delivered text file is cut into columns. ``columns``: names in the order of the file.

    ``widths`` in characters for fixed-width files (no header row then), empty for delimited ones (one header row).
    """

    columns: tuple[str, ...]
    delimiter: str
    quote: str
    encoding: str
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not be cut into columns: its 1-based data row number, and why (a word of the engine's own)."""

    record: int
    reason: str


class Conversion(Protocol):
    """What is made of the rows of a file; it may remember what it has seen, and can be taken apart and put together.

    An engine converts the batches of a file one after the other, or parts of the file in several places: each by a
    conversion of its own (``apart``, which travels there), whose memory comes back as sealed bytes (``sealed``) and is
    put together in the order of the parts (``united``).
    """

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Typed rows for a batch of text rows; a batch with record 1 begins the file anew."""

    def apart(self) -> Conversion:
        """One like this that has seen nothing yet."""

    def sealed(self) -> bytes:
        """What this one has seen, so that nobody without the town's key can read it."""

    def united(self, parts: Sequence[bytes]) -> Sequence[Batches]:
        """Takes over what the parts have seen; per part, what turns the rows it made into rows of the whole."""


class Engine(Protocol):
    """A database that keeps tables by name. Frames it hands out are lazy and stay valid until dropped or closed.

    Tables that come in may hold texts as dictionaries; what goes out (``collect``, ``write``, batches) holds plain
    texts. Within, an engine may keep them as it likes: expressions compare texts with each other and with literals,
    choose among them, and join by those that are kept or chosen from kept ones. For more they cast to ``nw.String``.
    """

    def read(self, path: Path, form: FileForm, convert: Conversion, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """Reads a delimited or fixed-width text file once and keeps what ``convert`` makes of it as table ``name``.

        Every batch given to ``convert`` holds the columns of the form as text (empty is null, outer blanks may be
        lost) and ``record``, the 1-based number among the rows that could be read; the kept table carries the true
        data row number instead. A batch with record 1 begins the file anew: what came before counts no more.
        Rows that cannot be cut into columns are left out and returned in order; blank lines are no rows. Raises
        DeliveryError when the bytes are not in the encoding named or no row can be cut, StorageError when space
        runs out, EngineError otherwise.
        """

    def load(self, table: pa.Table, name: str) -> Frame:
        """A small table from memory as a frame of this engine."""

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """Computes the frame once and keeps it as table ``name``."""

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str | None) -> Frame:
        """Runs Python over batches in which rows of equal ``together`` (an integer) stand side by side, never split.

        Where that is None, any rows make a batch. Keeps the outcome as table ``name``. Several batches may be under way
        at once, in other processes too: the function must be able to travel there, and what it changes elsewhere is
        lost. It must take a batch without rows, from which an engine learns the columns of the outcome.
        """

    def collect(self, frame: Frame) -> pa.Table:
        """The rows of the frame in memory; only for what is small (cells, findings, distinct values)."""

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """Writes the frame as one Parquet file, sorted by a column. Raises StorageError when space runs out."""

    def drop(self, name: str) -> None:
        """Forgets a table; its memory and disk space are free afterwards."""

    def close(self) -> None:
        """Ends the engine and removes everything it kept."""
