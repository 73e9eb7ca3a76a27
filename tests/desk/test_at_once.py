"""Two people at one thing in the same moment, on PostgreSQL: what one has asked still holds when it is done.

Whoever comes first to the question that decides waits a second for the other one to have asked it as well.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import people
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from forging import described, sealed
from pytest_django.fixtures import Settings

from vielfalt.desk.accounts import administration, last, links
from vielfalt.desk.accounts.models import Link, Membership, StrictRole, User
from vielfalt.desk.accounts.sso import take_over_roles
from vielfalt.desk.history.recording import first_break
from vielfalt.desk.publishing import steps, views
from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases import importing
from vielfalt.desk.releases.importing import imported
from vielfalt.desk.releases.models import AreaSet, Release, Series, Town
from vielfalt.errors import DeliveryError

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="writers of SQLite wait for each other from the start"),
]
PUBLISHER = {"name": "Stadt", "contact": "amt@example.org", "licence": "dl-by", "attribution": "Stadt"}


def meeting_behind(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    """The first two who call the function go on together, or after a second where one waits for the other."""
    real, both = getattr(module, name), threading.Barrier(2)

    def asked(*given: object, **more: object) -> object:
        found = real(*given, **more)
        with suppress(threading.BrokenBarrierError):
            both.wait(1)
        return found

    monkeypatch.setattr(module, name, asked)


def at_once(*done: Callable[[], object]) -> list[object]:
    """What each gives, or the error it ends with; each in a thread with a connection of its own."""

    def alone(one: Callable[[], object]) -> object:
        try:
            return one()
        except (steps.RefusedError, DeliveryError) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(done)) as threads:
        return list(threads.map(alone, done))


def posting(browser: Client, name: str, *args: int, **sent: str | list[str]) -> Callable[[], object]:
    return lambda: browser.post(reverse(name, args=args), sent).status_code


@pytest.mark.parametrize("first", ["close", "take"])
@pytest.mark.parametrize("second", ["close", "take"])
def test_two_administrators_who_remove_each_other_leave_one(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    a, b = (people.person("administration", password=people.PASSWORD) for _ in range(2))

    def removing(by: User, whom: User, how: str) -> Callable[[], object]:
        role = whom.memberships.get().pk
        return posting(
            people.client(by), *(("take_role", whom.pk, role) if how == "take" else ("close_account", whom.pk))
        )

    removals = removing(a, b, first), removing(b, a, second)
    meeting_behind(monkeypatch, last, "is_last")
    assert sorted(map(str, at_once(*removals))) == ["302", "409"]
    assert Membership.objects.filter(role="administration", town=None, user__is_active=True).count() == 1


@pytest.mark.parametrize("other", ["close", "take", "log in"])
def test_the_provider_and_an_administrator_leave_one(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, other: str
) -> None:
    """A group of the provider takes the role of the one in the moment in which the other one loses theirs."""
    settings.OIDC_ISSUER, settings.OIDC_GROUPS = "https://login.example.org", "groups"
    a, b = (people.person("administration", password=people.PASSWORD) for _ in range(2))
    for one in Membership.objects.all():
        one.from_group = True
        one.save()
    ways = {
        "close": posting(people.client(a), "close_account", b.pk),
        "take": posting(people.client(a), "take_role", b.pk, b.memberships.get().pk),
        "log in": lambda: take_over_roles(b, {}),
    }
    meeting_behind(monkeypatch, last, "is_last")
    at_once(lambda: take_over_roles(a, {}), ways[other])
    assert Membership.objects.filter(role="administration", town=None, user__is_active=True).count() == 1


def test_an_account_is_erased_or_open_and_never_both(monkeypatch: pytest.MonkeyPatch) -> None:
    chief, user = people.person("administration", password=people.PASSWORD), people.person("council")
    user.is_active, user.closed = False, timezone.now()
    user.save()
    meeting_behind(monkeypatch, administration, "_held")
    erase = posting(people.client(chief), "erase_account", user.pk, sure="ja")
    at_once(erase, posting(people.client(chief), "reopen_account", user.pk))
    user.refresh_from_db()
    assert user.is_active == (user.erased is None) == (not user.email.endswith("invalid"))


def test_of_two_new_links_the_later_one_works_alone() -> None:
    user = people.person("council")
    made = at_once(*[lambda: links.token_for(user)] * 4)
    assert len(set(made)) == 4 and Link.objects.count() == 1


def test_the_roles_that_demand_a_second_factor_are_set_by_two() -> None:
    a, b = (people.client(people.person("administration", password=people.PASSWORD)) for _ in range(2))
    StrictRole.objects.create(role="county")
    for _ in range(5):
        chosen = [posting(browser, "strict_roles", role=["council", "head"]) for browser in (a, b)]
        assert at_once(*chosen) == [302, 302]
        assert {one.role for one in StrictRole.objects.all()} == {"council", "head"}
        assert at_once(posting(a, "strict_roles"), posting(b, "strict_roles")) == [302, 302]


@pytest.fixture()
def two(transactional_db: None, release: Release) -> tuple[User, User]:
    """Two people who may propose and publish the release."""
    Publisher.objects.create(town=release.town, **PUBLISHER)
    first, second = (people.person("integration", release.town) for _ in range(2))
    return first, second


def refused(found: list[object]) -> int:
    return sum(isinstance(one, steps.RefusedError) for one in found)


def test_of_two_proposals_one_counts(monkeypatch: pytest.MonkeyPatch, release: Release, two: tuple[User, User]) -> None:
    meeting_behind(monkeypatch, steps, "_locked")
    assert refused(at_once(*(lambda user=user: steps.propose(user, release) for user in two))) == 1
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("ending", ["publish", "decline"])
def test_of_two_ends_of_a_proposal_one_counts(
    monkeypatch: pytest.MonkeyPatch, release: Release, two: tuple[User, User], ending: str
) -> None:
    proposer, other = people.person("statistics", release.town), two[1]
    steps.propose(proposer, release)
    meeting_behind(monkeypatch, steps, "_locked")
    ends = {"publish": lambda: steps.publish(other, release), "decline": lambda: steps.decline(other, release, "Nein.")}
    found = at_once(lambda: steps.publish(two[0], release), ends[ending])
    assert refused(found) == 1
    assert Publication.objects.get().state in ("published", "declined")
    assert first_break() is None


def test_a_release_is_taken_back_once(
    monkeypatch: pytest.MonkeyPatch, release: Release, two: tuple[User, User]
) -> None:
    steps.propose(two[0], release)
    steps.publish(two[1], release)
    meeting_behind(monkeypatch, steps, "_locked")
    assert refused(at_once(*(lambda user=user: steps.withdraw(user, release, f"{user.pk}") for user in two))) == 1


def test_who_publishes_is_said_twice(release: Release) -> None:
    browsers = [people.client(people.person("integration", release.town)) for _ in range(4)]
    page = reverse("publisher", args=[release.town.ags])
    found = at_once(*(lambda browser=browser: browser.post(page, PUBLISHER).status_code for browser in browsers))
    assert found == [302] * 4 and Publisher.objects.count() == 1


def test_nothing_is_public_under_a_licence_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch, release: Release, two: tuple[User, User]
) -> None:
    steps.propose(two[0], release)
    browser, page = people.client(two[0]), reverse("publisher", args=[release.town.ags])
    meeting_behind(monkeypatch, views, "has_published")
    meeting_behind(monkeypatch, steps, "_check_licence")
    other = {**PUBLISHER, "licence": "cc-by"}
    at_once(lambda: steps.publish(two[1], release), lambda: browser.post(page, other).status_code)
    changed = Publisher.objects.get().licence != PUBLISHER["licence"]
    assert changed != (Publication.objects.get().state == "published")


def earlier(package: Path, folder: Path) -> Path:
    """The same figures as the release of another date."""
    shutil.copytree(package, folder / "2024-12-31-1")
    changed = {"release": "2024-12-31-1", "reference_date": "2024-12-31"}
    described(folder / "2024-12-31-1", lambda content: content.update(changed))
    sealed(folder / "2024-12-31-1")
    return folder / "2024-12-31-1"


def test_a_package_is_imported_once(monkeypatch: pytest.MonkeyPatch, zipped: Path) -> None:
    """Of a town that is new, too: the second one is told what an import of the same package is always told."""
    meeting_behind(monkeypatch, importing, "refuse_twice")
    found = at_once(*[lambda: imported(zipped)] * 2)
    kept = Release.objects.get()
    assert sorted(found, key=str) == sorted([(kept, True), (kept, False)], key=str)
    assert [path.name for path in settings.PACKAGES.glob(f"*{kept.digest}*")] == [f"{kept.digest}.zip"]
    assert first_break() is None


def test_two_dates_of_a_new_town_are_imported(monkeypatch: pytest.MonkeyPatch, package: Path, tmp_path: Path) -> None:
    meeting_behind(monkeypatch, importing, "refuse_twice")
    before = earlier(package, tmp_path)
    at_once(lambda: imported(package), lambda: imported(before))
    assert sorted(Release.objects.values_list("reference_date", flat=True)) == [
        dt.date(2024, 12, 31),
        dt.date(2025, 12, 31),
    ]
    assert Town.objects.count() == 1 and AreaSet.objects.count() == 3
    assert len({Series.objects.filter(table__release=one).count() for one in Release.objects.all()}) == 1
    assert first_break() is None


def test_an_import_and_an_invitation_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, release: Release, package: Path, tmp_path: Path
) -> None:
    """One holds the town and needs the history, the other one the reverse."""
    chief, before = people.client(people.person("administration", password=people.PASSWORD)), earlier(package, tmp_path)
    meeting_behind(monkeypatch, administration, "_give")
    given = {"name": "Kim", "email": "kim@example.org", "language": "de", "role": "council", "town": release.town.ags}
    found = at_once(lambda: imported(before), lambda: chief.post(reverse("invite"), given).status_code)
    assert found[1] == 200 and Release.objects.count() == 2
