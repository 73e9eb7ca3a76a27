"""The desk as it is served, asked in ways that no browser asks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from vielfalt.desk.serving import _LARGEST_REQUEST

_PATIENCE = 60


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a desk of its own listens."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings"}
    environment |= {"VIELFALT_DESK_DATA": str(tmp_path_factory.mktemp("served"))}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "vielfalt", "desk", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as desk:
        try:
            assert desk.stdout
            assert any(str(port) in line for line in desk.stdout)
            yield port
        finally:
            desk.send_signal(signal.SIGINT)
            desk.communicate(timeout=_PATIENCE)


def answer(port: int, request: str) -> bytes:
    """All that comes back for a request that is sent as it stands."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as asked:
        asked.sendall(request.encode("latin-1"))
        while piece := asked.recv(65_536):
            found += piece
    return found


@pytest.mark.parametrize("path", ["/hilfe/", "/konto/", "/static/desk/desk.css", "/kommunen/a%00b/", "/sprache/"])
def test_an_answer_to_head_has_no_content(port: int, path: str) -> None:
    """Else a server in front that keeps its connection takes it for the answer to what somebody else asks."""
    head, _, content = answer(port, f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").partition(
        b"\r\n\r\n"
    )
    assert head.startswith(b"HTTP/1.1 ") and b"chunked" not in head
    assert content == b""


def test_a_request_beyond_all_measure_is_refused_before_it_has_come(port: int) -> None:
    """Else whoever reaches the desk could fill its disk: all that comes is kept there until it is whole."""
    head = f"POST /anmelden/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {_LARGEST_REQUEST + 1}\r\n\r\n"
    assert answer(port, head).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "head",
    [
        "Host: elsewhere.example\r\n",
        "Host: 127.0.0.1\r\nContent-Length: -1\r\n",
        "Host: 127.0.0.1\r\nCookie: vielfalt=\x00\xff\r\n",
        "Host: 127.0.0.1\r\nCookie: vielfalt=../../x; csrftoken=<>\r\n",
        "Host: 127.0.0.1\r\nAccept-Language: " + "de," * 20_000 + "\r\n",
        "Host: 127.0.0.1\r\nX-Forwarded-For: nobody\r\nX-Forwarded-Proto: gopher\r\n",
        "Host: 127.0.0.1\r\nNo colon\r\n",
    ],
    ids=["host", "below none", "bytes", "path", "languages", "forwarded", "no header"],
)
def test_odd_heads_end_no_desk(port: int, head: str) -> None:
    first = answer(port, f"GET /hilfe/ HTTP/1.1\r\n{head}Connection: close\r\n\r\n").partition(b"\r\n")[0]
    assert first.split()[1][:1] in (b"2", b"3", b"4"), first
    assert answer(port, "GET /hilfe/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )
