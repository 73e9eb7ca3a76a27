"""The engines that a test can have without a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vielfalt.engines.base import Engine
from vielfalt.engines.duckdb import DuckDB
from vielfalt.engines.memory import Memory
from vielfalt.engines.polars import Polars

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "duckdb": DuckDB,
    "memory": Memory,
    "polars": lambda folder: Polars(),
}
