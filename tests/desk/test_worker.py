"""The worker as a process of its own: takes a job, is killed in the middle, and another one takes the job over."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PREPARE = """
import shutil, sys
from vielfalt.desk import serving
serving.ready()
from django.core.files.uploadedfile import SimpleUploadedFile
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.jobs import queueing
user = User.objects.create(email="a@example.org", name="A", password="!")
Membership.objects.create(user=user, role="statistics", town=None)
queueing.begun(user, SimpleUploadedFile("2025-12-31-1.zip", open(sys.argv[1], "rb").read()))
"""
SLOW = """
import time
from vielfalt.desk import gateway
gateway.read_published = lambda folder: time.sleep(600)
from vielfalt.desk import serving
serving.work(lambda: None)
"""
_PATIENCE = 240
"""Seconds after which a process that does nothing counts as broken."""


@pytest.fixture()
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a desk of its own, which processes find in the environment."""
    monkeypatch.setenv("VIELFALT_DESK_DATA", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "vielfalt.desk.settings")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "desk.sqlite3"


def asked(desk: Path, sql: str) -> tuple[object, ...]:
    with sqlite3.connect(desk, timeout=30) as connection:
        found: tuple[object, ...] = tuple(connection.execute(sql).fetchone() or ())
    connection.close()
    return found


def waited(found: Callable[[], bool], *processes: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while not found():
        assert time.monotonic() < end, "nothing happens"
        assert all(process.poll() is None for process in processes), "a worker has ended"
        time.sleep(0.2)


def test_another_worker_takes_over_the_job_of_one_that_was_killed(desk: Path, zipped: Path) -> None:
    subprocess.run([sys.executable, "-c", PREPARE, str(zipped)], check=True, timeout=_PATIENCE)
    with subprocess.Popen([sys.executable, "-c", SLOW]) as first:
        try:
            waited(lambda: asked(desk, "select state, step from jobs_job") == ("running", "Check"), first)
        finally:
            os.kill(first.pid, signal.SIGKILL)
    assert asked(desk, "select state, attempt from jobs_job") == ("running", 1), "nobody says how it ended"
    assert asked(desk, "select count(*) from releases_release") == (0,)
    with sqlite3.connect(desk, timeout=30) as connection:
        connection.execute("update jobs_job set beat = '2025-01-01 00:00:00'")
    connection.close()
    with subprocess.Popen([sys.executable, "-m", "vielfalt", "desk", "worker"]) as second:
        try:
            waited(lambda: asked(desk, "select state, attempt from jobs_job") == ("done", 2), second)
            second.send_signal(signal.SIGTERM)
            assert second.wait(_PATIENCE) == 0, "it ends when it is asked to"
        finally:
            second.kill()
    assert asked(desk, "select count(*) from releases_release") == (1,)
    assert not list((desk.parent / "uploads").glob("*.zip"))
    assert not list((desk.parent / "packages").glob("*.partial"))
