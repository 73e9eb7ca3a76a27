"""Readers of a running desk, on this machine: as many as asked for, for so long and no longer."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LONGEST = 60.0
"""Seconds after which a reader gives up."""


@dataclass(frozen=True)
class Answer:
    """One answer: seconds a reader waited, milliseconds in the server (by the clock, of processor time), bytes."""

    kind: str
    address: str
    status: int
    waited: float
    server: float
    cpu: float
    size: int


def timed(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: from the moment a thread takes the request to the moment its answer is made."""

    def told(request: HttpRequest) -> HttpResponse:
        clock, cpu = time.perf_counter(), time.thread_time()
        response = answer(request)
        clock, cpu = time.perf_counter() - clock, time.thread_time() - cpu
        response["Server-Timing"] = f"app;dur={clock * 1000:.2f}, cpu;dur={cpu * 1000:.2f}"
        return response

    return told


def read(
    port: int,
    cookies: Sequence[str],
    draw: Callable[[random.Random], tuple[str, str]],
    seconds: float,
    pause: float,
) -> list[Answer]:
    """What readers, one per cookie, see in so many seconds; each waits ``pause`` on average before the next page.

    ``draw`` names the next page: its kind and address.
    """
    found: list[Answer] = []
    end = time.monotonic() + seconds

    def reader(number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST)
        time.sleep(pause * chance.random())
        while time.monotonic() < end:
            found.append(_asked(connection, cookies[number], *draw(chance)))
            time.sleep(chance.uniform(0, 2 * pause))
        connection.close()

    threads = [threading.Thread(target=reader, args=(number,)) for number in range(len(cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _asked(connection: http.client.HTTPConnection, cookie: str, kind: str, address: str) -> Answer:
    begin = time.perf_counter()
    connection.request("GET", address, headers={"Cookie": cookie, "Accept-Language": "de"})
    response = connection.getresponse()
    size = len(response.read())
    waited = time.perf_counter() - begin
    told = dict(part.split(";dur=") for part in response.headers["Server-Timing"].split(", "))
    return Answer(kind, address, response.status, waited, float(told["app"]), float(told["cpu"]), size)
