"""The demonstration ends in the desk of the synthetic town, on a terminal and only there."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from forging import described, forged
from pytest_django.fixtures import Settings

from vielfalt.commands import showcase
from vielfalt.desk import serving
from vielfalt.desk import showcase as showcase_file
from vielfalt.desk.accounts import demo
from vielfalt.desk.accounts.demo import SYNTHETIC
from vielfalt.desk.publishing.models import Publication
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import DisclosureError, UsageError
from vielfalt.synthetic.extract import AGS
from vielfalt.tools import demonstration
from vielfalt.town import read_town
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
    """The first map is there while the rest is made; ending it ends everything, and what was named stays."""
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
        with browser.open(page, timeout=120) as answer:
            markup = answer.read().decode()
        assert 'class="map"' in markup
        assert "31.12.2023" in markup
        assert "Vorführung: Sie sind angemeldet als <strong>Statistikstelle</strong>" in markup
        with browser.open(found[0], timeout=120) as answer:
            start = answer.read().decode()
        assert all(town.name in start for town in demonstration.NEIGHBOURS)
        assert re.search("Vorführung: [01] von 11 fertig", start)
        assert len(processes(folder)) == 2
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', markup)
        assert token
        wanted = urllib.parse.urlencode({"role": "public", "csrfmiddlewaretoken": token[1]}).encode()
        with browser.open(f"{found[0]}rolle/", wanted, timeout=120) as answer:
            assert "Vorführung: Sie sind nicht angemeldet" in answer.read().decode()
        with browser.open(page, timeout=120) as answer:
            assert "31.12.2023" in answer.read().decode()
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=120) == 0
    finally:
        program.kill()
        os.close(ours)
    assert processes(folder) == []
    assert (folder / "desk" / "desk.sqlite3").exists()
    assert list((folder / "desk" / "packages").glob("*.zip"))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_beside_the_database_of_the_vault_ends_without_a_word(tmp_path: Path, sent: signal.Signals) -> None:
    """The demonstration has evaluated before it serves; Ctrl+C takes apart what it loaded, and nothing complains."""
    serves = (
        "import duckdb, signal\n"
        "from vielfalt.desk import serving\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "serving.serve('127.0.0.1', 0, lambda port: print(port, flush=True))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings", "VIELFALT_DESK_DATA": str(tmp_path)}
    program = subprocess.Popen(
        [sys.executable, "-c", serves], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        port = int(program.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=SECONDS) as answer:
            assert answer.status == 200
        program.send_signal(sent)
        said, complained = program.communicate(timeout=SECONDS)
        # A slow machine lets the server say so; anything else is too much.
        assert not said and not [line for line in complained.splitlines() if "Task queue depth" not in line]
        assert program.returncode == 0
    finally:
        program.kill()


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


@pytest.fixture()
def shown(release: Release, settings: Settings) -> Client:
    """A browser in the showcase of one town with a public release and one that is not."""
    place = settings.MIDDLEWARE.index("django.contrib.auth.middleware.LoginRequiredMiddleware")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:place],
        "vielfalt.desk.accounts.demo.as_role",
        *settings.MIDDLEWARE[place:],
    ]
    settings.ROOT_URLCONF = "vielfalt.desk.demo_urls"
    release.description["licence"] = "dl-de/by-2-0"
    demo.furnish(Words("de"))
    demo.publish(release)
    return Client()


def test_the_showcase_can_be_seen_as_the_public_sees_it(shown: Client, release: Release) -> None:
    """Logged out, with what is published and nothing else, until another role is chosen; every page says what is so."""
    hidden = Release.objects.create(
        town=release.town, name="2024-12-31-1", reference_date="2024-12-31", kind="register", digest="x", description={}
    )
    start = shown.get("/").content.decode()
    assert "Vorführung: Sie sind angemeldet als <strong>Statistikstelle</strong>" in start
    assert "auch in einem privaten Fenster" in start
    shown.post("/rolle/", {"role": "public"})
    page = shown.get(reverse("release", args=[release.town.ags, release.name]))
    assert page.status_code == 200
    assert "Vorführung: Sie sind nicht angemeldet" in page.content.decode()
    assert not page.wsgi_request.user.is_authenticated
    refused = shown.get(reverse("release", args=[release.town.ags, hidden.name]), follow=True)
    assert "wählen Sie oben auf der Seite eine Rolle" in refused.content.decode()
    shown.post("/rolle/", {"role": "council"})
    assert "<strong>Rat</strong>" in shown.get("/").content.decode()
    assert "<strong>Council</strong>" in shown.get("/", headers={"accept-language": "en"}).content.decode()


def test_the_showcase_publishes_two_dates_of_one_town(
    db: None, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that everybody sees change over time; the latest date is left to propose, and a second start adds nothing."""
    monkeypatch.setattr(serving, "ready", lambda: None)

    def made(date: str) -> Path:
        def edit(content: dict[str, Any]) -> None:
            content.update(release=f"{date}-1", reference_date=date)

        return forged(package, tmp_path / date, lambda folder: described(folder, edit))

    packages = [made(date) for date in ("2023-12-31", "2024-12-31", "2025-12-31")]
    for one in (*packages, *packages):
        serving.add_to_show(one, Words("de"))
    found = Publication.objects.order_by("pk").values_list("release__name", "ended_at")
    assert list(found) == [("2023-12-31-1", None), ("2024-12-31-1", None)]
    assert Release.objects.count() == 3
    shown = Client().get(reverse("time", args=[Town.objects.get().ags])).content.decode()
    assert "31.12.2023" in shown and "31.12.2024" in shown and "31.12.2025" not in shown


def test_the_switch_of_roles_is_no_dead_end(shown: Client) -> None:
    assert shown.get("/rolle/").headers["Location"] == "/"
    assert shown.post("/rolle/", {"role": "mayor"}).status_code == 400


def processes(folder: Path) -> list[str]:
    """The command lines of running programs that name the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and "vielfalt" in line:
            found.append(line)
    return found


def test_the_second_process_ends_with_the_first(tmp_path: Path) -> None:
    """Its pipe closes, however the first process ended; what it was working on is tidied up."""
    (tmp_path / "desk").mkdir()
    showcase_file.tell(tmp_path / "desk", [showcase_file.Job("99999002", "Musterau", 20251231)])
    command = [sys.executable, "-m", "vielfalt.commands.showcase", str(tmp_path), "de"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as second:
        end = time.monotonic() + SECONDS
        while showcase_file.told(tmp_path / "desk")[0].state != "running":
            assert time.monotonic() < end
            time.sleep(0.2)
        assert second.stdin
        second.stdin.close()
        assert second.wait(timeout=120) in (0, -signal.SIGTERM)


def test_a_refused_town_is_told_and_the_next_one_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each release is settled, evaluated and brought in; a refusal stops nothing."""
    root, brought = tmp_path / "town", []
    (root / "desk").mkdir(parents=True)
    towns = demonstration.NEIGHBOURS[:2]
    jobs = [showcase_file.Job(town.ags, town.name, 20251231) for town in towns]
    showcase_file.tell(root / "desk", [showcase_file.Job("99999001", "Musterlingen", 20241231), *jobs])

    def evaluated(where: Path, date: int, language: str) -> Path:
        if where.name == towns[0].ags:
            raise DisclosureError("Nothing was released.", todo="Try again.")
        return where / "releases" / f"{date}-1"

    monkeypatch.setattr(demonstration, "settle", lambda folder, town, _: folder / town.ags)
    monkeypatch.setattr(demonstration, "quietly", evaluated)
    monkeypatch.setattr(serving, "add_to_show", lambda package, words: brought.append(package))
    showcase.make_the_rest(root, Words("en"), towns)
    told = showcase_file.told(root / "desk")
    assert [(job.state, job.reason) for job in told] == [
        ("done", ""),
        ("refused", "Nothing was released."),
        ("done", ""),
    ]
    assert brought == [
        root / "releases" / "20241231-1.zip",
        root / "towns" / towns[1].ags / "releases" / "20251231-1.zip",
    ]


def test_the_neighbours_are_nine_small_and_different_towns() -> None:
    towns = demonstration.NEIGHBOURS
    assert len(towns) == 9
    assert all(10_000 <= town.residents <= 50_000 for town in towns)
    for different in ("ags", "name", "residents", "seed"):
        assert len({getattr(town, different) for town in towns}) == 9
    assert all(town.ags.startswith(SYNTHETIC) and town.ags != AGS for town in towns)


def test_a_neighbour_has_its_own_name_and_key(tmp_path: Path) -> None:
    town = demonstration.Neighbour("99999011", "Musterheim", 1_000, 3)
    settings = read_town(demonstration.settle(tmp_path, town, "en"))
    assert (settings.ags, settings.name, settings.language) == (town.ags, "Musterheim (synthetic)", "en")
    assert settings.reference_dates() == (20251231,)
    extract = (settings.root / "register" / "2025-12-31" / "register.csv").read_bytes()
    assert b"99999011" in extract
    assert AGS.encode() not in extract


def test_a_temporary_town_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C tidies up, and with it whatever else ends a program: the command line makes Ctrl+C of it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def stopped(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(demonstration, "evaluated", stopped)
    showcase.show(1_000, None, Words("en"), lambda _: None)
    assert list(tmp_path.iterdir()) == []
