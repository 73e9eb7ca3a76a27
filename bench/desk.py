"""Pages and imports of the desk, as ratios within one run: ``python -m bench.desk [TOWNS] [DATES]``.

Each figure is processor time of this process against that of a page without figures, so that another machine or a busy
one gives about the same. Queries and bytes are counted. The releases are those of the tests' invented town.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("desk", "publish")]
REPEATS = 9
LARGEST_PAGE = 400_000


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time that the work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def releases(folder: Path, towns: int, dates: int) -> list[Path]:
    """Packages of so many towns and dates: one release under other names."""
    import publish_example
    from forging import described, sealed

    from vielfalt.publish.package import write_release
    from vielfalt.words import Words

    audit = {"attacks": [{"id": "recompute", "tables": 1, "cells": 1, "hidden": 1, "disclosed": 0}], "passed": True}
    first = write_release(publish_example.results(), folder, Words("de"), audit)
    found = []
    for town in range(towns):
        for date in range(dates):
            copy = folder / f"town-{town}" / f"2025-12-31-{date + 1}"
            shutil.copytree(first, copy)
            described(copy, lambda told, name=copy.name: told.update(release=name))  # type: ignore[misc]
            for path in (*copy.rglob("*.csv"), *copy.rglob("*.json"), *copy.rglob("*.geojson")):
                text = path.read_text(encoding="utf-8")
                path.write_text(text.replace("05999004", f"05999{town:03}"), encoding="utf-8")
            sealed(copy)
            found.append(copy)
    return found


def main() -> None:
    """Imports the releases and asks for each page several times; prints one line of figures per page."""
    towns, dates = (int(word) for word in (*sys.argv[1:], "9", "10")[:2])
    folder = Path(tempfile.mkdtemp(prefix="bench-desk-"))
    os.environ["VIELFALT_DESK_DATA"] = str(folder / "data")
    try:
        _measured(folder, towns, dates)
    finally:
        shutil.rmtree(folder)


def _measured(folder: Path, towns: int, dates: int) -> None:
    from vielfalt.desk import serving

    serving.ready()
    import people
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from test_pages import PAGES, addresses

    from vielfalt.desk.releases.importing import import_release
    from vielfalt.desk.releases.models import Release

    packages = releases(folder, towns, dates)
    imports = [cpu(lambda package=package: import_release(package)) for package in packages]  # type: ignore[misc]
    client = people.client(people.person("statistics"))
    client.defaults["HTTP_HOST"] = "127.0.0.1"
    found = Release.objects.select_related("town").latest("pk")
    pages = {name: address for name, address in addresses(found).items() if name in PAGES}

    def asked(address: str) -> float:
        client.get(address)
        return statistics.median(cpu(lambda: client.get(address)) for _ in range(REPEATS))

    base = asked(pages["help"])
    print(json.dumps({"releases": len(packages), "import_s_median": round(statistics.median(imports), 2)}))
    print(json.dumps({"import_last_to_first": round(imports[-1] / imports[0], 2), "help_ms": round(base * 1000, 1)}))
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            size = len(client.get(address).content)
        number = len(queries)
        line = {"page": name, "times_help": round(asked(address) / base, 1), "queries": number, "bytes": size}
        print(json.dumps({**line, "too_large": size > LARGEST_PAGE}))


if __name__ == "__main__":
    main()
