"""Imprint, data protection, accessibility, licences and first steps: made of what is known, never of promises."""

from __future__ import annotations

import ast
import html
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import people
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vielfalt.desk import serving, upkeep
from vielfalt.desk.house import accessibility, licences, privacy
from vielfalt.desk.house.first_steps import first_steps
from vielfalt.desk.house.operator import FILE, Operator, operator
from vielfalt.desk.publishing.models import Publication
from vielfalt.desk.releases.models import Release, Town
from vielfalt.errors import UsageError
from vielfalt.words import Words

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("imprint", "data_protection", "accessibility", "about")
NAMED = """\
[operator]
name = "Stadt <Musterfurt>"
street = "Marktplatz 1"
place = "12345 Musterfurt"
email = "a@example.org"
"""

WRONG = {
    '[operator]\nnames = "x"': "“operator.names” is not known; is “operator.name” meant",
    "[operator]\nname = 3": "“operator.name” must be a text",
    '[betreiber]\nname = "x"': r"The section \[betreiber\] is not known; known here are operator",
    'name = "x"': "“name” is not known; known here are operator",
    "x[": "line 1",
}


@pytest.fixture()
def named() -> Iterator[Path]:
    """The operator's file in the data folder of the tests; gone afterwards."""
    path = Path(settings.DATA) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(NAMED, encoding="utf-8")
    yield path
    path.unlink()


def text(client: Client, name: str) -> str:
    return html.unescape(client.get(reverse(name), headers={"accept-language": "en"}).content.decode())


@pytest.mark.parametrize("name", PAGES)
def test_everybody_may_read_them_and_every_page_leads_there(anonymous: Client, name: str) -> None:
    assert anonymous.get(reverse(name)).status_code == 200
    assert f'href="{reverse(name)}"' in anonymous.get(reverse("help")).content.decode()


@pytest.mark.parametrize("name", ["imprint", "data_protection", "accessibility"])
def test_what_is_not_filled_in_says_so(anonymous: Client, name: str) -> None:
    assert "Not filled in yet" in text(anonymous, name)


@pytest.mark.parametrize("name", ["imprint", "data_protection", "accessibility"])
def test_the_operator_stands_on_them(anonymous: Client, named: Path, name: str) -> None:
    shown = text(anonymous, name)
    assert "a@example.org" in shown
    assert "Not filled in yet" not in shown
    assert "<Musterfurt>" not in anonymous.get(reverse(name)).content.decode()


def test_the_operators_file(tmp_path: Path) -> None:
    assert operator(tmp_path) == Operator()
    path = tmp_path / FILE
    path.write_text(NAMED, encoding="utf-8")
    assert operator(tmp_path).is_named
    for wrong, sentence in WRONG.items():
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(UsageError, match=sentence):
            operator(tmp_path)


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_a_wrong_file_takes_no_page_down(
    anonymous: Client, named: Path, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    """The pages show what they show without the file; the log names the file and no contents."""
    named.write_text(wrong, encoding="utf-8")
    for name in ("towns", "login", "data_protection", "accessibility"):
        assert anonymous.get(reverse(name), follow=True).status_code == 200
    assert "Not filled in yet" in text(anonymous, "imprint")
    (record,) = (record for record in caplog.records if record.name.startswith("vielfalt"))
    assert "desk.toml" in record.getMessage() and "x" not in record.getMessage().split()


def test_the_log_tells_of_a_wrong_file_again_when_it_is_another_one(
    anonymous: Client, named: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for second in (1, 2):
        named.write_text('[betreiber]\nname = "x"\n', encoding="utf-8")
        os.utime(named, (second, second))
        for _ in range(3):
            text(anonymous, "imprint")
        assert len([record for record in caplog.records if record.name.startswith("vielfalt")]) == second


def test_a_desk_goes_on_with_a_file_spoilt_under_way_and_starts_with_none(tmp_path: Path) -> None:
    """In a process of its own, as it is served: a page each, one line of log; started again it says what is wrong."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings", "VIELFALT_DESK_DATA": str(tmp_path)}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vielfalt", "desk", "serve", "--port", str(port)]
    (tmp_path / FILE).write_text(NAMED, encoding="utf-8")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as desk:
        try:
            assert desk.stdout
            assert any(str(port) in line for line in desk.stdout)
            address = f"http://127.0.0.1:{port}/impressum/"
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert b"a@example.org" in answer.read()
            (tmp_path / FILE).write_text('[betreiber]\nname = "Geheim"\n', encoding="utf-8")
            for _ in range(3):
                with urllib.request.urlopen(address, timeout=60) as answer:
                    assert answer.status == 200 and b"a@example.org" not in answer.read()
        finally:
            desk.send_signal(signal.SIGINT)
            _, complained = desk.communicate(timeout=60)
    assert complained.count(FILE) == 1 and "Geheim" not in complained
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == UsageError.exit_code
    assert FILE in done.stderr and "betreiber" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_wrong_file_is_refused_by_check_and_serve(
    db: None, named: Path, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    monkeypatch.setattr(settings, "ENCRYPTED", encrypted)
    named.write_text('[betreiber]\nname = "x"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="betreiber"):
        upkeep.faults()
    with pytest.raises(UsageError, match="betreiber"):
        serving.serve("127.0.0.1", 0, lambda port: pytest.fail(f"serves on {port}"))
    assert UsageError.exit_code == 2


@pytest.mark.parametrize(("language", "sentence"), [("de", "Das Pult hat einen Fehler"), ("en", "The desk has failed")])
def test_a_fault_of_the_desk_has_a_page_without_any_database(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, language: str, sentence: str
) -> None:
    """No fixture opens the database here: whatever asks it fails the test. The log tells where, and no contents."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("vielfalt.desk.house.views.shown", broken)
    client = Client(raise_request_exception=False)
    answer = client.get(reverse("imprint"), headers={"accept-language": language})
    assert answer.status_code == 500
    shown = answer.content.decode()
    assert f'<html lang="{language}">' in shown and sentence in shown
    assert answer.headers["Content-Security-Policy"] and "<script" not in shown
    (told,) = (record.getMessage() for record in caplog.records if record.name.startswith("vielfalt"))
    assert "imprint" in told and "RuntimeError" in told and "desk/house/views.py:" in told and "broken" not in told


def test_every_entry_is_documented() -> None:
    page = (ROOT / "docs/reference/desk-toml.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Operator) if f"| `{field.name}` |" not in page] == []


def test_a_desk_for_others_needs_an_operator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENCRYPTED", True)
    assert any("name nobody yet" in fault.message for fault in upkeep.faults())
    monkeypatch.setattr(settings, "ENCRYPTED", False)
    assert not any("name nobody yet" in fault.message for fault in upkeep.faults())


def test_every_criterion_named_is_tested(anonymous: Client) -> None:
    """The statement claims what a test looks at: each test named exists, each criterion stands on the page."""
    shown = text(anonymous, "accessibility")
    for criterion in accessibility.TESTED:
        file, _, name = criterion.test.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, criterion
        assert criterion.tested in shown
    ids = [criterion.id for criterion in accessibility.TESTED]
    assert len(set(ids)) == len(ids) < accessibility.ALL_CRITERIA
    assert all(limit.text in shown and limit.instead in shown for limit in accessibility.LIMITS)


def test_what_is_kept_of_people_is_told(anonymous: Client) -> None:
    """Every model that holds something personal stands on the page; the cookies are those that are set."""
    assert {"accounts.User", "history.Entry"} <= {entry.model for entry in privacy.KEPT}
    shown = text(anonymous, "data_protection")
    assert all(entry.title in shown and entry.retention.text in shown for entry in privacy.KEPT)
    user, browser = people.person("statistics", password=people.PASSWORD), Client()
    browser.post(reverse("login"), {"email": user.email, "password": people.PASSWORD})
    browser.get(reverse("towns"))
    browser.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert {*browser.cookies} == {cookie.name for cookie in privacy.cookies()}
    assert all(entry.basis and entry.basis in shown for entry in privacy.KEPT)
    ages = {name: morsel["max-age"] for name, morsel in browser.cookies.items()}
    assert ages == {cookie.name: cookie.seconds for cookie in privacy.cookies()}
    assert [cookie.lasts(Words("en")) for cookie in privacy.cookies()] == [
        "10 hours",
        "90 days",
        "364 days",
        "10 hours",
    ]


def test_licences_come_from_the_packages(anonymous: Client) -> None:
    found = {part.name.lower(): part for part in licences.packages()}
    assert {"django", "polars", "duckdb", "waitress", "sqlparse"} <= set(found)
    assert "pytest" not in found
    assert found["django"].licence == "BSD-3-Clause"
    assert [part.name for part in found.values() if not part.version] == []
    front = {part.name: part.licence for part in licences.front_end()}
    assert front["maplibre-gl"] == "BSD-3-Clause"
    assert front["@kern-ux/native"] == "EUPL-1.2"
    shown = text(anonymous, "about")
    assert "Django" in shown and "maplibre-gl" in shown


def test_the_first_steps_lead_to_where_they_are_taken(client: Client) -> None:
    """To the upload and to the imprint; to the invitation only who may invite."""
    page = client.get(reverse("towns")).content.decode()
    for name, shown in (("upload", True), ("imprint", True), ("invite", False)):
        assert (f'<li class="kern-body"><a class="kern-link" href="{reverse(name)}">' in page) == shown


def test_the_first_steps_tick_themselves(release: Release, named: Path) -> None:
    folder = Path(settings.DATA)
    assert [step.done for step in first_steps(folder)] == [True, False, False, False, False, True]
    named.write_text("", encoding="utf-8")
    other = Town.objects.create(ags="05999009", name="Andernort")
    Release.objects.create(
        town=other, name="1", reference_date="2024-12-31", kind="register", digest="x", description={}
    )
    assert [step.done for step in first_steps(folder)] == [True, False, True, False, False, False]
    Release.objects.create(
        town=other, name="2", reference_date="2025-12-31", kind="register", digest="y", description={}
    )
    people.person(), people.person()
    assert [step.done for step in first_steps(folder)] == [True, True, True, True, False, False]
    one, two = people.person("integration"), people.person("head")
    Publication.objects.create(release=release, proposed_by=one, approved_by=two, approved_at=timezone.now())
    assert [step.done for step in first_steps(folder)] == [True, True, True, True, True, False]


@pytest.mark.django_db
def test_only_who_can_take_the_steps_sees_them() -> None:
    shown = people.client(people.person("statistics")).get(reverse("towns"))
    assert "Erste Schritte: 0 von 6" in shown.content.decode()
    hidden = people.client(people.person("council")).get(reverse("towns"))
    assert "Erste Schritte" not in hidden.content.decode()
