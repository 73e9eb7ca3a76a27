"""A newer version finds the database of an older one: it is copied before its tables change, and not kept for good."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from people import person

from vielfalt.desk.accounts import erasing
from vielfalt.desk.database import BEFORE_UPGRADE, alone_in_upgrade
from vielfalt.desk.history.tidying import tidy

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
READY = "from vielfalt.desk import serving; serving.ready(); "
BACK = READY + "from django.core.management import call_command; call_command('migrate', 'jobs', '0001', verbosity=0)"


def run(program: str, folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"VIELFALT_DESK_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=120)


def columns(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as opened:
        return {row[1] for row in opened.execute("PRAGMA table_info(jobs_job)")}


def test_the_database_is_copied_before_its_tables_change(tmp_path: Path) -> None:
    database, copy = tmp_path / "desk.sqlite3", tmp_path / BEFORE_UPGRADE
    run(BACK, tmp_path)
    assert not copy.exists(), "a new database has nothing to lose"
    assert "preview" not in columns(database)
    run(READY, tmp_path)
    assert "preview" in columns(database) and "preview" not in columns(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    made = copy.stat().st_mtime_ns
    run(READY, tmp_path)
    assert copy.stat().st_mtime_ns == made, "where no table changes nothing is copied"
    assert {path.name for path in tmp_path.glob("*upgrade*")} == {BEFORE_UPGRADE}


def test_the_database_is_its_owners_alone_whatever_the_folder_allows(tmp_path: Path) -> None:
    """It holds accounts and sessions; an administrator may have made the folder as all others are made."""
    tmp_path.chmod(0o755)
    files = "import pathlib; files = pathlib.Path(settings.DATA).glob('desk.sqlite3*'); "
    look = files + "modes = {path.stat().st_mode & 0o777 for path in files}; assert modes == {0o600}, modes"
    seen = READY + "from django.conf import settings; " + look
    run(seen, tmp_path)
    (tmp_path / "desk.sqlite3").chmod(0o644)
    run(seen, tmp_path)


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="a database server has locks of its own")
def test_programs_that_start_together_upgrade_one_after_the_other() -> None:
    """Desk and worker, or a desk and a backup by the clock: two that change the same tables at once both fail."""
    order: list[str] = []

    def upgrade() -> None:
        order.append("comes")
        with alone_in_upgrade():
            order.append("begins")
        connections.close_all()

    with alone_in_upgrade():
        other = threading.Thread(target=upgrade)
        other.start()
        other.join(timeout=1)
        order.append("first has ended")
    other.join(timeout=60)
    assert order == ["comes", "first has ended", "begins"]


@pytest.fixture()
def copy() -> Path:
    settings.DATA.mkdir(parents=True, exist_ok=True)
    path = Path(settings.DATA) / BEFORE_UPGRADE
    path.write_bytes(b"x")
    return path


@pytest.mark.django_db(transaction=True)
def test_the_copy_goes_when_an_account_is_erased(copy: Path) -> None:
    """It holds the account as it was."""
    user = person("council")
    erasing.erase(user, NOW)
    assert not copy.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("days", "there"), [(29, True), (31, False)])
def test_the_copy_goes_after_a_month(copy: Path, days: int, there: bool) -> None:
    then = (NOW - dt.timedelta(days=days)).timestamp()
    os.utime(copy, (then, then))
    tidy(NOW)
    assert copy.exists() is there
    copy.unlink(missing_ok=True)
