"""What the benches have measured: printed as they go, and kept in ``bench/RESULTS.md`` with machine and versions."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
LIBRARIES = ("duckdb", "polars", "pyarrow", "numpy", "scipy", "highspy", "narwhals", "pandas")
_HEAD = """<!--
SPDX-FileCopyrightText: The Vielfalt developers
SPDX-License-Identifier: EUPL-1.2
-->
# Results of the benches

Written by the commands themselves, each its own part. Seconds depend on the machine and on what else it does; ratios
within one run depend on it less. What is wanted stands beside what was measured, reached or not.
"""


@dataclass
class Results:
    """The lines of one bench; ``command`` names it."""

    command: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def say(self, what: str, measured: str, wanted: str) -> None:
        """One line, printed at once; ``wanted`` may be empty."""
        self.lines.append((what, measured, wanted))
        print(f"{what:<70}{measured}" + (f"   (wanted: {wanted})" if wanted else ""), flush=True)

    def keep(self, path: Path = RESULTS) -> None:
        """Puts the lines in place of what the same command wrote before; the parts of other commands stay."""
        rows = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in self.lines)
        said = f"{date.today().isoformat()}. {_machine()}"
        part = f"## {self.command}\n\n{said}\n\n| What | Measured | Wanted |\n|---|---|---|\n{rows}\n"
        before = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        parts = re.split(r"^(?=## )", before, flags=re.MULTILINE)
        others = [other.rstrip() + "\n" for other in parts[1:] if other.split("\n")[0] != f"## {self.command}"]
        path.write_text("\n".join([_HEAD, *sorted([*others, part])]), encoding="utf-8")


def _machine() -> str:
    """Processor, cores, memory, system, and the versions of what does the work."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text(encoding="utf-8")) if info.exists() else []
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES if find_spec(name))
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}."
    )
