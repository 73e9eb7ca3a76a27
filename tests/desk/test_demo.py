"""The demonstration ends in the desk of the synthetic town, on a terminal and only there."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from vielfalt.desk import serving
from vielfalt.desk.accounts import demo
from vielfalt.desk.releases.models import Town
from vielfalt.errors import UsageError
from vielfalt.words import Words

SECONDS = 300
"""How long a slow machine may take; the test ends as soon as the desk answers."""


def read_until(terminal: int, pattern: str, seconds: float) -> re.Match[str]:
    """Reads what the program prints until the pattern stands in it."""
    text, end = "", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4_096).decode("utf-8", errors="replace")
            if found := re.search(pattern, text):
                return found
    raise AssertionError(text[-2_000:])


def test_the_demonstration_ends_in_the_desk(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    folder = tmp_path / "town"
    ours_alone = ("DJANGO_SETTINGS_MODULE", "VIELFALT_DESK_DATA", "DATABASE_URL")
    environment = {name: value for name, value in os.environ.items() if name not in ours_alone}
    program = subprocess.Popen(
        [sys.executable, "-m", "vielfalt", "demo", "--residents", "1500", "--folder", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "BROWSER": "true", "TERM": "dumb", "COLUMNS": "200"},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        found = read_until(ours, r"http://127\.0\.0\.1:(\d+)/", SECONDS)
        page = f"{found[0]}kommunen/99999001/neueste/karte/"
        # The door of the showcase stands open to this machine: it leads on with a cookie and asks for no password.
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(page, timeout=60) as answer:
            markup = answer.read().decode()
        assert 'class="map"' in markup
        assert "31.12.2025" in markup
        assert "Sie sehen das Schaufenster als <strong>Statistikstelle</strong>" in markup
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', markup)
        assert token
        wanted = urllib.parse.urlencode({"role": "public", "csrfmiddlewaretoken": token[1]}).encode()
        with browser.open(f"{found[0]}rolle/", wanted, timeout=60) as answer:
            assert "<strong>Öffentlichkeit</strong>" in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            browser.open(page, timeout=60)
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=60) == 0
    finally:
        program.kill()
        os.close(ours)
    assert (folder / "desk" / "desk.sqlite3").exists()
    assert len(list((folder / "desk" / "packages").glob("*.zip"))) == 2


@pytest.mark.parametrize(
    ("marked", "set_too"),
    [
        (False, {}),
        (True, {"DATABASE_URL": "postgresql://a:b@127.0.0.1/c"}),
        (True, {"VIELFALT_DESK_HOSTS": "desk.example"}),
    ],
)
def test_no_other_desk_can_be_opened_without_accounts(tmp_path: Path, marked: bool, set_too: dict[str, str]) -> None:
    """The settings of the showcase refuse a folder it did not make, a database server, and other machines."""
    if marked:
        (tmp_path / "showcase").touch()
    known = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "VIELFALT_DESK_HOSTS")
    environment = {name: value for name, value in os.environ.items() if name not in known}
    done = subprocess.run(
        [sys.executable, "-c", "import vielfalt.desk.demo_settings"],
        env={**environment, "VIELFALT_DESK_DATA": str(tmp_path), **set_too},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert "Only the demonstration may use these settings" in done.stderr
    assert done.returncode != 0


def test_a_desk_of_its_own_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").touch()
    with pytest.raises(UsageError, match="cannot be shown without accounts"):
        serving.show(tmp_path, [], Words("de"), print)
    assert not (tmp_path / "showcase").exists()


def test_the_ordinary_desk_knows_no_showcase() -> None:
    from vielfalt.desk import demo_urls, settings, urls

    assert [name for name in settings.MIDDLEWARE if "demo" in name] == []
    more = [entry for entry in demo_urls.urlpatterns if entry not in urls.urlpatterns]
    assert [getattr(entry, "name", "") for entry in more] == ["switch_role"]


@pytest.mark.django_db
def test_the_showcase_answers_this_machine_alone_and_invented_towns_only(rf: RequestFactory) -> None:
    refused = rf.get("/", REMOTE_ADDR="192.0.2.7")
    with pytest.raises(PermissionDenied):
        demo.as_role(lambda request: HttpResponse())(refused)
    assert demo.all_synthetic()
    Town.objects.create(ags="05999004", name="Musterfurt")
    assert not demo.all_synthetic()
