"""The history of objects and the security log: whole, closed, complete, and without names."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import people
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from vielfalt.desk.accounts import links
from vielfalt.desk.history import keeping, privacy, recording, watching
from vielfalt.desk.history.chain import BEGINNING, Break
from vielfalt.desk.history.migrations._sealing import seal
from vielfalt.desk.history.models import Entry, Event, Head, UnchangeableError
from vielfalt.desk.history.recording import HIDDEN, Recorded, UnrecordedError, acting
from vielfalt.desk.history.tidying import overdue, tidy
from vielfalt.desk.releases.importing import import_release
from vielfalt.desk.releases.models import AreaSet, Release, Town
from vielfalt.errors import StorageError
from vielfalt.words import Language, Words

DESK = Path(privacy.__file__).parents[1]
pytestmark = pytest.mark.django_db


def said() -> list[tuple[str, str]]:
    return list(Entry.objects.values_list("action", "model"))


def town() -> Town:
    return Town.objects.create(ags="05999004", name="Musterfurt")


def three() -> None:
    found = town()
    for name in ("Musterburg", "Musterau"):
        found.name = name
        found.save()


# What must stand in the table of data


def test_every_model_and_every_field_stands_in_the_table() -> None:
    """Each field has one data class, each model a purpose and a retention; nothing stands there that is not kept."""
    found = {
        model._meta.label: {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
        for model in apps.get_models()
    }
    assert {kept.model: set(kept.classes) for kept in privacy.ALL} == found
    for kept in privacy.ALL:
        names = [*kept.public, *kept.internal, *kept.personal]
        assert len(names) == len(set(names)), kept.model
        assert kept.title and kept.purpose and kept.retention.text, kept.model
        assert bool(kept.basis) == bool(kept.personal), kept.model


@pytest.mark.parametrize(("file", "language"), [("what-the-desk-keeps.md", "en"), ("what-the-desk-keeps.de.md", "de")])
def test_the_table_stands_in_the_manual(file: str, language: Language) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/reference" / file).read_text(encoding="utf-8")
    words = Words(language)
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert rows == [
        f"| {words(kept.title)} (`{kept.model}`) | {words(kept.purpose)} | {words(kept.retention.text)} | "
        + " | ".join(", ".join(f"`{name}`" for name in names) for names in (kept.public, kept.internal, kept.personal))
        + " |"
        for kept in privacy.ALL
    ]
    for basis in (keeping.TASK, keeping.SECURITY, keeping.ACCOUNTABILITY):
        titles = ", ".join(words(kept.title) for kept in privacy.ALL if kept.basis == basis)
        assert f"- {words(basis)}: {titles}." in page


def test_every_model_is_recorded_or_says_why_not() -> None:
    recorded = {model._meta.label for model in apps.get_models() if issubclass(model, Recorded)}
    assert {kept.model for kept in privacy.ALL if kept.recorded} == recorded
    assert [kept.model for kept in privacy.ALL if kept.recorded == bool(kept.why_not)] == []


def test_recorded_models_keep_the_queries_that_refuse() -> None:
    for model in apps.get_models():
        if issubclass(model, Recorded):
            assert isinstance(model._default_manager.all(), recording.RecordedRows), model
            kept = privacy.of(model._meta.label)
            shown = {field.name for field in model._meta.concrete_fields} - set(kept.unrecorded)
            assert shown <= set(kept.titles), kept.model


def test_retention_names_a_date_of_the_model() -> None:
    for kept in privacy.ALL:
        if kept.retention.days is not None:
            field = apps.get_model(kept.model)._meta.get_field(kept.retention.since)
            assert isinstance(field, models.DateTimeField), kept.model


def test_a_model_that_is_not_in_the_table_cannot_be_recorded() -> None:
    with pytest.raises(KeyError, match="privacy"):
        privacy.of("nowhere.Thing")


# Recording


def test_an_import_is_recorded(release: Release) -> None:
    assert said() == [("created", "releases.Town"), ("created", "releases.Release")]
    changes = Entry.objects.get(model="releases.Release").changes
    assert changes["digest"] == [None, release.digest]
    assert changes["description"][1].startswith("sha256:"), "what is long is not repeated"


def test_a_change_tells_old_and_new() -> None:
    three()
    assert [entry.changes.get("name") for entry in Entry.objects.all()] == [
        [None, "Musterfurt"],
        ["Musterfurt", "Musterburg"],
        ["Musterburg", "Musterau"],
    ]


def test_saving_without_a_change_adds_nothing() -> None:
    town().save()
    assert len(said()) == 1


def test_a_deletion_is_recorded(release: Release) -> None:
    release.delete()
    AreaSet.objects.all().delete()
    Town.objects.all().delete()
    assert said()[2:] == [("deleted", "releases.Release"), ("deleted", "releases.Town")]
    assert not Release.objects.exists()


def test_no_entry_without_its_change(zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise StorageError("full")

    monkeypatch.setattr("vielfalt.desk.releases.importing.keep", full)
    with pytest.raises(StorageError):
        import_release(zipped)
    assert said() == []
    assert recording.first_break() is None


def test_no_change_without_its_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise DatabaseError("broken")

    found = town()
    monkeypatch.setattr(recording, "record", broken)
    found.name = "Musterburg"
    with pytest.raises(DatabaseError):
        found.save()
    assert Town.objects.get().name == "Musterfurt"


@pytest.mark.parametrize(
    "change",
    [
        lambda: Town.objects.update(name="x"),
        lambda: Town.objects.bulk_create([Town(ags="1", name="x")]),
        lambda: Town.objects.bulk_update([town()], ["name"]),
        lambda: Town.objects.filter(ags="1").update(name="x"),
    ],
)
def test_nothing_changes_in_bulk(change: Callable[[], object]) -> None:
    with pytest.raises(UnrecordedError):
        change()


def test_who_did_it_is_a_number() -> None:
    with acting(lambda: "17"):
        found = town()
    found.name = "Musterburg"
    found.save()
    assert list(Entry.objects.values_list("who", flat=True)) == ["17", ""]


def test_a_personal_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keeping.Kept("releases.Town", "t", "p", keeping.Retention("r"), personal=("name",), recorded=True)
    monkeypatch.setattr(privacy, "ALL", (kept,))
    three()
    assert [entry.changes["name"] for entry in Entry.objects.all()] == [[None, HIDDEN]] + [[HIDDEN, HIDDEN]] * 2


def test_the_history_is_written_in_one_place() -> None:
    """No other module makes an entry or touches the end of the chain."""
    makers = {
        path.relative_to(DESK).as_posix()
        for path in DESK.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Entry", "Entry.objects.create"}
    }
    assert makers == {"history/recording.py"}


# The chain


def test_a_whole_chain() -> None:
    assert recording.first_break() is None
    three()
    assert recording.first_break() is None
    first, second, third = Entry.objects.all()
    assert (first.previous, second.previous, third.previous) == (BEGINNING, first.digest, second.digest)


def rows(**where: object) -> QuerySet[Entry]:
    """The entries past the program, as who has the database sees them."""
    return QuerySet(Entry).filter(**where)


@pytest.mark.parametrize(
    ("forge", "number", "message"),
    [
        (lambda: rows(number=2).update(changes={}), 2, "changed afterwards"),
        (lambda: rows(number=2).update(who="3"), 2, "changed afterwards"),
        (lambda: rows(number=1).update(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)), 1, "changed afterwards"),
        (lambda: rows(number=1).delete(), 1, "is missing"),
        (lambda: rows(number=2).delete(), 2, "is missing"),
        (lambda: rows(number=3).delete(), 3, "is missing"),
        (lambda: rows().delete(), 1, "is missing"),
        (lambda: rows(number=2).update(previous=BEGINNING), 2, "does not follow"),
        (lambda: Head.objects.update(digest=BEGINNING), 3, "added last"),
        (lambda: Head.objects.all().delete(), 3, "added last"),
    ],
)
def test_a_forged_entry_is_named(forge: Callable[[], object], number: int, message: str) -> None:
    three()
    forge()
    found = recording.first_break()
    assert isinstance(found, Break)
    assert found.number == number
    assert message in found.message


def test_the_command_names_the_first_broken_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    from vielfalt.desk import upkeep

    monkeypatch.setattr(upkeep, "ready", lambda: None)
    three()
    assert upkeep.history_end() == (3, Entry.objects.get(number=3).digest)
    assert upkeep.faults() == []
    rows(number=2).update(who="3")
    assert [(fault.message, fault.values) for fault in upkeep.faults()] == [
        ("History: entry {number} was changed afterwards.", {"number": 2})
    ]


# Nothing is changed or deleted


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.get(number=1).save(),
        lambda: Entry.objects.get(number=1).delete(),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.update(who=""),
        lambda: Entry.objects.bulk_create([]),
        lambda: Entry.objects.bulk_update([], ["who"]),
        lambda: Event.objects.update(who=""),
        lambda: Event.objects.all().delete(),
    ],
)
def test_the_program_refuses_to_change_a_log(change: Callable[[], object]) -> None:
    three()
    watching.note("logged_in")
    with pytest.raises(UnchangeableError):
        change()


@pytest.mark.parametrize(
    "change",
    [
        lambda: rows().update(who="3"),
        lambda: rows().delete(),
        lambda: QuerySet(Event).update(who="3"),
    ],
)
def test_the_database_refuses_to_change_a_log(change: Callable[[], object]) -> None:
    three()
    watching.note("logged_in")
    seal(connection)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        change()
    assert recording.first_break() is None


def test_a_sealed_database_still_takes_entries_and_tidies_its_security_log() -> None:
    seal(connection)
    three()
    watching.note("logged_in")
    tidy(dt.datetime.now(dt.UTC) + dt.timedelta(days=91))
    assert not Event.objects.exists()
    assert len(said()) == 4


# Retention


def test_tidying_erases_what_is_old_and_says_so() -> None:
    watching.note("logged_in")
    now = dt.datetime.now(dt.UTC)
    assert tidy(now + dt.timedelta(days=89)) == []
    assert Event.objects.count() == 1
    end = now + dt.timedelta(days=91)
    assert [(one.title, one.rows) for one in overdue(end)] == [("Security log", 1)]
    assert (Event.objects.count(), Entry.objects.count()) == (1, 0), "a list changes nothing"
    done = tidy(end)
    assert [(erased.title, erased.rows) for erased in done] == [("Security log", 1)]
    assert not Event.objects.exists()
    entry = Entry.objects.get()
    assert (entry.action, entry.model, entry.changes["rows"]) == ("tidied", "history.Event", ["1", None])
    assert overdue(end) == tidy(end) == []


# The security log


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_addresses_are_shortened(address: str, kept: str) -> None:
    assert watching.shortened(address) == kept


def test_a_refusal_is_noted_without_its_address() -> None:
    request = RequestFactory().get("/kommunen/05999004/", REMOTE_ADDR="192.0.2.77")
    watching.attributed(lambda request: HttpResponse(status=403))(request)
    watching.attributed(lambda request: HttpResponse(status=200))(request)
    event = Event.objects.get()
    assert (event.kind, event.who, event.address, event.place) == ("refused", "", "192.0.2.0", "")


def test_whoever_is_refused_over_and_over_does_not_fill_the_log(anonymous: Client) -> None:
    """A form without token asks for nobody's account; from one network it is noted once a minute."""
    stranger = Client(enforce_csrf_checks=True)
    for place in ("login", "logout", "set_language"):
        for number in range(3):
            assert stranger.post(reverse(place), REMOTE_ADDR=f"192.0.2.{number}").status_code == 403
    assert Event.objects.count() == 1
    assert stranger.post(reverse("login"), REMOTE_ADDR="198.51.100.1").status_code == 403
    assert Event.objects.count() == 2
    council = people.client(people.person("council", town()))
    for _ in range(3):
        assert [council.get(reverse(page)).status_code for page in ("upload", "accounts")] == [403, 403]
    assert Event.objects.filter(kind="refused").exclude(who="").count() == 2
    with patch.object(watching, "_REPEATED", dt.timedelta(0)):
        assert stranger.post(reverse("login"), REMOTE_ADDR="192.0.2.9").status_code == 403
    assert Event.objects.filter(kind="refused", who="").count() == 3


def test_nobody_leaves_who_was_not_in(anonymous: Client) -> None:
    assert anonymous.post(reverse("logout")).status_code == 302
    assert not Event.objects.exists()


def test_a_failed_login_keeps_neither_name_nor_password() -> None:
    from django.contrib.auth import signals

    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.77")
    signals.user_login_failed.send(sender=None, credentials={"username": "geheim"}, request=request)
    event = Event.objects.get()
    assert event.kind == "login_failed"
    assert "geheim" not in str(vars(event))


def test_roles_and_links_are_noted_under_numbers() -> None:
    user = people.person("council")
    links.token_for(user)
    user.memberships.all().delete()
    assert list(Event.objects.values_list("kind", "who")) == [
        ("role_given", str(user.pk)),
        ("link_made", str(user.pk)),
        ("role_taken", str(user.pk)),
    ]


def test_a_login_is_noted_and_changes_belong_to_the_account(release: Release) -> None:
    user = people.person("council", release.town)
    browser = people.client(user)
    assert browser.get(reverse("release_history", args=[release.town.ags, release.name])).status_code == 403
    assert browser.get(reverse("upload")).status_code == 403
    assert [(event.kind, event.place) for event in Event.objects.filter(kind__in=("logged_in", "refused"))] == [
        ("logged_in", ""),
        ("refused", "release_history"),
        ("refused", "upload"),
    ]
    assert Event.objects.filter(kind="refused", address="127.0.0.0").exists()


def test_nothing_personal_of_an_account_stands_in_the_logs() -> None:
    user = people.person("council", email="geheim@example.org", password=people.PASSWORD)
    user.name = "Geheime Person"
    user.save()
    user.delete()
    told = str([*QuerySet(Entry).values(), *QuerySet(Event).values()])
    assert HIDDEN in told
    assert not [word for word in ("geheim", "Geheim", "argon2", "Erika") if word in told]
