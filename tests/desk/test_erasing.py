"""Erasing accounts and ending sessions: nothing personal is left, and the history keeps its authors by number."""

from __future__ import annotations

import datetime as dt
import json

import people
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vielfalt.desk.accounts import erasing, links, second, sessions
from vielfalt.desk.accounts.models import Identity, Link, Membership, RecoveryCode, SecondFactor, User
from vielfalt.desk.history import recording
from vielfalt.desk.history.models import Entry
from vielfalt.desk.history.tidying import overdue, tidy
from vielfalt.desk.jobs.models import Job
from vielfalt.desk.publishing.models import Publication
from vielfalt.desk.releases.models import Release, Town

pytestmark = pytest.mark.django_db
EMAIL = "kim.beispiel@example.org"


@pytest.fixture()
def here() -> Town:
    return Town.objects.create(ags="05999004", name="Musterfurt")


@pytest.fixture()
def boss(here: Town) -> Client:
    return people.client(people.person("administration", here))


@pytest.fixture()
def kim(here: Town) -> User:
    """Somebody with everything that an account can have."""
    user = people.person("statistics", here, EMAIL, people.PASSWORD)
    user.name = "Kim Beispiel"
    user.save()
    people.client(user)
    links.token_for(user)
    second.begun(user)
    RecoveryCode.objects.create(user=user, digest="x")
    Identity.objects.create(user=user, issuer="https://provider.example", subject="kim-1")
    Job.objects.create(owner=user, name="2025-12-31-1.zip")
    return user


def closed(boss: Client, user: User) -> None:
    assert boss.post(reverse("close_account", args=[user.pk])).status_code == 302


def test_of_an_erased_account_only_the_number_is_left(boss: Client, kim: User) -> None:
    entries = Entry.objects.filter(model="accounts.User", key=str(kim.pk)).count()
    closed(boss, kim)
    assert boss.post(reverse("erase_account", args=[kim.pk]), {"sure": "ja"}).status_code == 302
    user = User.objects.get(pk=kim.pk)
    assert (user.name, user.email, user.is_active) == (f"#{kim.pk}", f"{kim.pk}@erased.invalid", False)
    assert not user.has_usable_password()
    for model in (Link, SecondFactor, RecoveryCode, Identity, Membership):
        assert not model.objects.filter(user=kim).exists(), model
    assert not Job.objects.filter(owner=kim).exists()
    assert sessions.of(kim) == []
    kept = json.dumps([json.loads(serializers.serialize("json", model.objects.all())) for model in (User, Entry, Job)])
    assert "Kim Beispiel" not in kept and EMAIL not in kept
    assert Entry.objects.filter(model="accounts.User", key=str(kim.pk)).count() > entries
    assert recording.first_break() is None


def test_an_erased_account_is_nowhere_and_cannot_come_back(boss: Client, kim: User) -> None:
    chief = people.client(people.person("administration"))
    closed(boss, kim)
    assert f"{kim.pk}/" in chief.get(reverse("accounts")).content.decode()
    boss.post(reverse("erase_account", args=[kim.pk]), {"sure": "ja"})
    assert reverse("account_of", args=[kim.pk]) not in chief.get(reverse("accounts")).content.decode()
    for name in ("reopen_account", "new_link", "erase_account", "give_role"):
        assert chief.post(reverse(name, args=[kim.pk])).status_code == 404
    again = people.person("council", email=EMAIL)
    assert again.pk != kim.pk, "the address is free, the number is not"


def test_an_open_account_is_not_erased(boss: Client, kim: User) -> None:
    answer = boss.post(reverse("erase_account", args=[kim.pk]), {"sure": "ja"})
    assert answer.status_code == 409
    assert "Schließen Sie das Konto zuerst" in answer.content.decode()
    assert User.objects.get(pk=kim.pk).email == EMAIL


def test_what_was_published_keeps_its_author_by_number(release: Release) -> None:
    kim = people.person("statistics", release.town, EMAIL)
    entry = Publication.objects.create(release=release, proposed_by=kim)
    erasing.erase(kim, timezone.now())
    entry.refresh_from_db()
    assert entry.proposed_by.name == f"#{kim.pk}"


def test_a_closed_account_is_erased_after_half_a_year(boss: Client, kim: User, here: Town) -> None:
    closed(boss, kim)
    now = timezone.now()
    assert overdue(now + dt.timedelta(days=179)) == tidy(now + dt.timedelta(days=179))
    assert User.objects.get(pk=kim.pk).email == EMAIL
    boss = people.client(people.person("administration", here))  # the old session was erased too
    boss.post(reverse("reopen_account", args=[kim.pk]))
    tidy(now + dt.timedelta(days=400))
    assert User.objects.get(pk=kim.pk).email == EMAIL, "it was opened again"
    closed(people.client(people.person("administration", here)), kim)
    assert ("Accounts", 1) in [(one.title, one.rows) for one in overdue(now + dt.timedelta(days=181))]
    assert User.objects.get(pk=kim.pk).email == EMAIL, "a list erases nothing"
    erased = tidy(now + dt.timedelta(days=181))
    assert ("Accounts", 1) in [(one.title, one.rows) for one in erased]
    assert User.objects.get(pk=kim.pk).erased is not None


def test_everybody_sees_their_own_sessions_alone(kim: User, here: Town) -> None:
    other = people.client(people.person("council", here))
    other.get(reverse("towns"))
    browser = people.client(kim)
    page = browser.get(reverse("account"), headers={"accept-language": "en"}).content.decode()
    assert page.count("last page") == 2
    assert page.count("(this browser)") == 1


def test_a_session_that_is_over_is_not_listed(kim: User) -> None:
    browser = people.client(kim)
    session = browser.session
    session["since"] = session["seen"] = int(timezone.now().timestamp()) - settings.SESSION_IDLE_SECONDS - 1
    session.save()
    assert len(sessions.of(kim)) == 1
    kim.set_password("vier rote Dächer")
    kim.save()
    assert sessions.of(kim) == [], "another password ends all of them"


def test_logging_out_everywhere_ends_every_session_and_nobody_elses(kim: User, here: Town) -> None:
    other = people.client(people.person("council", here))
    one, two = people.client(kim), people.client(kim)
    assert one.get(reverse("log_out_everywhere")).status_code == 405
    assert one.post(reverse("log_out_everywhere")).headers["Location"] == reverse("login")
    for browser in (one, two):
        assert browser.get(reverse("account")).status_code == 302
    assert other.get(reverse("account")).status_code == 200
    assert Session.objects.count() == 1
