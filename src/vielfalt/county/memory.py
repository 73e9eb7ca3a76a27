"""How much memory a run needs, and how much there is."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vielfalt.vault.workspace import AUTO, IN_MEMORY

PER_BYTE = 10
"""Bytes of memory per byte of extract: 250 MB take 2.5 GB (``workspace.IN_MEMORY``)."""
BASE = 1_000_000_000
"""Of a run of a small town: libraries, maps, report; 0.65 to 1.05 GB were measured (docs/explanation/scale.md)."""
LARGEST = 3_000_000_000
"""Of a run that spills to disk (``engines.duckdb``), and of one that steers a Spark on other machines."""
WITH_SPARK = 6_100_000_000
"""Of a run with a Spark on this machine (``engines.spark_session``): 4 GB for Java, and the processes that read."""
UNKNOWN = 4_000_000_000
"""What is taken to be free where the system does not tell (macOS): the smallest office machine meant."""
_LINES = Path("/proc/meminfo")
_OWN_GROUP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")
"""Control groups of Linux (version 2), by which containers and services are given less memory than the machine has."""


if sys.platform == "win32":
    import ctypes

    class _Memory(ctypes.Structure):
        """``MEMORYSTATUSEX`` of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("available", ctypes.c_uint64),
            ("page_total", ctypes.c_uint64),
            ("page_available", ctypes.c_uint64),
            ("virtual_total", ctypes.c_uint64),
            ("virtual_available", ctypes.c_uint64),
            ("extended", ctypes.c_uint64),
        )

    def _free() -> int | None:
        memory = _Memory(length=ctypes.sizeof(_Memory))
        told = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(memory))
        return int(memory.available) if told else None
else:

    def _free() -> int | None:
        try:
            found = re.search(r"^MemAvailable:\s+(\d+) kB$", _LINES.read_text(encoding="ascii"), re.MULTILINE)
        except OSError:
            return None
        return int(found[1]) * 1024 if found else None


def needed(extract: Path, engine: str = AUTO) -> int:
    """The memory that the run of an extract takes on this machine, in bytes.

    One that is missing or cannot be reached takes the least; one on a Spark as much as the largest, whatever its size.
    """
    if engine != AUTO:
        return (WITH_SPARK if engine.startswith("local") else LARGEST) + BASE
    try:
        size = extract.stat().st_size
    except OSError:
        size = 0
    return BASE + size * PER_BYTE if size <= IN_MEMORY else LARGEST + BASE


def available() -> int:
    """The memory that is free for new programs, in bytes: of the machine, and of each group this program runs in."""
    free = _free()
    return min([UNKNOWN if free is None else free, *_left_in_groups()])


def _left_in_groups() -> Iterator[int]:
    """What is left of each limit; files kept in memory are given up when it is needed."""
    try:
        own = re.search(r"^0::/(.*)$", _OWN_GROUP.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return
    group = _GROUPS / own[1] if own else _GROUPS
    for folder in (group, *group.parents):
        if not folder.is_relative_to(_GROUPS):
            return
        try:
            limit, used, said = (_said(folder, name) for name in ("max", "current", "stat"))
        except OSError:
            continue
        if limit.isdecimal():
            files = re.search(r"^inactive_file (\d+)$", said, re.MULTILINE)
            yield max(int(limit) - int(used) + (int(files[1]) if files else 0), 0)


def _said(group: Path, name: str) -> str:
    return (group / f"memory.{name}").read_text(encoding="ascii").strip()


def cores() -> int:
    """The processors that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
