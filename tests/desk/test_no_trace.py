"""A desk in files of its own: after an account is erased its name stands in no file of the data folder, in any form."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest

NAME, EMAIL, SUBJECT = "Kim-Beispielhaft", "kim-beispielhaft@example.org", "kim-beispielhaft-1"
PROGRAM = """
import sys
from vielfalt.desk import serving
serving.ready()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from vielfalt.desk.accounts import links, second
from vielfalt.desk.accounts.models import Identity, Membership, RecoveryCode, User
from vielfalt.desk.accounts.views import BACKEND
from vielfalt.desk.history.watching import note
from vielfalt.desk.jobs import queueing
name, email, subject = sys.argv[1:]
user = User(email=email, name=name)
user.set_password(name)
user.save()
user.name = name + " again"
user.save()
Membership.objects.create(user=user, role="statistics", town=None)
Client().force_login(user, backend=BACKEND)
links.token_for(user)
second.begun(user)
second.recovery_codes(user)
Identity.objects.create(user=user, issuer="https://provider.example", subject=subject)
queueing.begun(user, SimpleUploadedFile(name + ".zip", b"x"))
note("logged_in", None, user.pk)
print("made", flush=True)
sys.stdin.readline()
from django.utils import timezone
from vielfalt.desk.accounts import erasing
erasing.erase(User.objects.get(), timezone.now())
print("erased", flush=True)
sys.stdin.readline()
"""


def traces(folder: Path) -> set[tuple[str, str]]:
    """Where a name stands in the files of a folder or in what they are called: as text, or in base64."""
    found = set()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().lower() + path.name.lower().encode()
        for name in (NAME, EMAIL, SUBJECT):
            # Three ways to cut a text into base64, less the ends that depend on its neighbours.
            coded = [base64.b64encode(b" " * gap + name.encode())[4:-4] for gap in range(3)]
            if any(form.lower() in content for form in (name.encode(), *coded)):
                found.add((path.name.partition("-")[0], name))
    return found


def test_an_erased_account_leaves_no_trace_in_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Database with its earlier pages, task arguments, uploads, sessions: the data folder of a running desk."""
    monkeypatch.setenv("VIELFALT_DESK_DATA", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "vielfalt.desk.settings")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    command = [sys.executable, "-c", PROGRAM, NAME, EMAIL, SUBJECT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as desk:
        assert desk.stdin is not None and desk.stdout is not None
        assert desk.stdout.readline() == "made\n"
        assert {name for _, name in traces(tmp_path)} == {NAME, EMAIL, SUBJECT}, "the search itself must find them"
        desk.stdin.write("\n")
        assert desk.stdout.readline() == "erased\n"
        assert traces(tmp_path) == set()
        desk.stdin.write("\n")
    assert desk.returncode == 0
