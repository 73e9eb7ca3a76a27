"""Information to a person: all that is kept of them and of nobody else, from the table of all that is kept."""

from __future__ import annotations

import ast
import io
import json
from pathlib import Path
from typing import Any

import people
import pypdf
import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from vielfalt.desk import upkeep
from vielfalt.desk.accounts import information, information_report, links, second
from vielfalt.desk.accounts.models import Identity, User
from vielfalt.desk.history import privacy
from vielfalt.desk.history.models import Event
from vielfalt.desk.jobs.models import Job
from vielfalt.desk.publishing.models import Publication
from vielfalt.desk.releases.models import Release
from vielfalt.errors import UsageError

pytestmark = pytest.mark.django_db
DESK = Path(information.__file__).parents[1]
EMAIL = "kim.beispiel@example.org"


@pytest.fixture()
def kim(release: Release, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody of whom there is a row in every model that tells of people."""
    monkeypatch.setattr(upkeep, "ready", lambda: None)
    user = people.person("statistics", release.town, EMAIL, people.PASSWORD)
    links.token_for(user)
    second.begun(user)
    second.recovery_codes(user)
    Identity.objects.create(user=user, issuer="https://provider.example", subject="kim-1")
    Job.objects.create(owner=user, name="2025-12-31-1.zip")
    Publication.objects.create(release=release, proposed_by=user)
    return user


def asked(user: User, form: str) -> bytes:
    answer = people.client(user).get(reverse("own_information", args=[form]))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    return bytes(answer.content)


def data(user: User) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked(user, "json"))
    return found


def test_every_model_that_tells_of_people_contributes_or_says_why_not() -> None:
    personal = {kept.model for kept in privacy.ALL if kept.personal}
    untold = {kept.model for kept in privacy.ALL if kept.untold}
    ways = {*information.WAYS, information.SESSIONS}
    assert ways | untold == personal
    assert ways & untold == set()
    for kept in privacy.ALL:
        assert set(kept.sealed) <= set(kept.classes), kept.model


def test_every_field_has_a_title() -> None:
    for model in information.WAYS:
        for field in apps.get_model(model)._meta.concrete_fields:
            assert information_report.title_of(privacy.of(model), field.name)
    assert {"since", "seen"} <= set(information_report.TITLES)


def test_every_kind_of_event_has_a_name() -> None:
    kinds = {
        str(ast.literal_eval(node.args[0]))
        for path in DESK.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "note" and isinstance(node.args[0], ast.Constant)
    }
    assert len(kinds) >= 8
    assert kinds <= set(information_report.KINDS)


def test_all_that_is_kept_of_a_person_is_told(kim: User) -> None:
    told = data(kim)
    assert [model for model, rows in told["kept"].items() if not rows] == []
    assert told["kept"]["accounts.User"][0]["email"] == EMAIL
    assert told["kept"]["accounts.Identity"][0]["subject"] == "kim-1"
    assert told["kept"]["history.Entry"][0]["changes"]["email"] == [None, "█"]
    assert told["left_out"] == ["accounts.Attempt"]
    assert told["account"] == kim.pk


def test_nothing_of_anybody_else_is_told(kim: User) -> None:
    other = people.person("council", email="other@example.org", password=people.PASSWORD)
    people.client(other)
    links.token_for(other)
    Identity.objects.create(user=other, issuer="https://provider.example", subject="other-1")
    said = asked(kim, "json").decode()
    assert "other" not in said
    assert {row["who"] for row in data(kim)["kept"]["history.Event"]} == {str(kim.pk)}
    rows = data(other)["kept"]
    assert rows["publishing.Publication"] == rows["jobs.Job"] == []


def test_no_secret_is_repeated(kim: User) -> None:
    said = asked(kim, "json").decode()
    digests = [*kim.links.values_list("digest", flat=True), *kim.recovery_codes.values_list("digest", flat=True)]
    kept = [kim.password, kim.factor.secret, *digests]
    assert len(kept) == 13
    assert not [secret for secret in kept if secret in said]
    assert data(kim)["kept"]["accounts.User"][0]["password"] == information.SEALED


def test_the_report_is_accessible_and_names_purpose_law_and_time(kim: User) -> None:
    content = pypdf.PdfReader(io.BytesIO(asked(kim, "pdf")))
    assert "/StructTreeRoot" in content.root_object
    text = " ".join(" ".join(page.extract_text() for page in content.pages).split())
    for wanted in (EMAIL, "Artikel 15", "Statistikstelle", "Angemeldet", "2025-12-31-1.zip", "Fehlversuche"):
        assert wanted in text, wanted
    assert not [word for word in ("accounts.", "logged_in", "is_active", "{", "None") if word in text]


def test_giving_it_is_noted_and_forms_are_two(kim: User) -> None:
    asked(kim, "json")
    assert list(Event.objects.filter(kind="information_given").values_list("who", flat=True)) == [str(kim.pk)]
    assert people.client(kim).get(reverse("own_information", args=["xml"])).status_code == 404


def test_the_machine_of_the_desk_writes_it_too(kim: User, tmp_path: Path) -> None:
    written = upkeep.inform(f" {EMAIL.upper()}", tmp_path / "new")
    assert {path.suffix for path in written} == {".pdf", ".json"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in written)
    with pytest.raises(UsageError, match="already"):
        upkeep.inform(EMAIL, tmp_path / "new")
    with pytest.raises(UsageError, match="Nobody"):
        upkeep.inform("nobody@example.org", tmp_path)


def test_nothing_is_left_to_tell_of_an_erased_account(kim: User) -> None:
    from vielfalt.desk.accounts import erasing

    kim.is_active = False
    erasing.erase(kim, timezone.now())
    found = information.information(User.objects.get(pk=kim.pk), timezone.now())
    told = {part.kept.model for part in found.parts if part.rows}
    assert told == {"accounts.User", "publishing.Publication", "history.Entry", "history.Event"}
    assert EMAIL not in str(information.as_data(found)) and "Erika" not in str(information.as_data(found))
