"""Looking after accounts: invitations, roles, links for a new password, closing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from contextlib import AbstractContextManager

import people
import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from vielfalt.desk.accounts.models import Link, Membership, StrictRole, User
from vielfalt.desk.history.models import Event
from vielfalt.desk.releases.models import Town

pytestmark = pytest.mark.django_db
NEW = {"name": "Kim Beispiel", "email": "Kim@Example.org", "language": "de", "role": "council", "town": "05999001"}


@pytest.fixture()
def here() -> Town:
    return Town.objects.create(ags="05999001", name="Hierstadt")


@pytest.fixture()
def there() -> Town:
    return Town.objects.create(ags="05999002", name="Dortstadt")


@pytest.fixture()
def boss(here: Town) -> Client:
    """Somebody who looks after the accounts of one town."""
    return people.client(people.person("administration", here))


@pytest.fixture()
def chief() -> Client:
    """Somebody who looks after the accounts of every town."""
    return people.client(people.person("administration", email="chief@example.org", password=people.PASSWORD))


def link_in(page: str) -> str:
    found = re.search(r"<code[^>]*>http://testserver(/zugang/[^<]+)</code>", page)
    assert found
    return found[1]


def test_somebody_is_invited_and_gets_in(boss: Client, here: Town) -> None:
    page = boss.post(reverse("invite"), NEW).content.decode()
    user = User.objects.get(email="kim@example.org")
    assert not user.has_usable_password()
    assert [(one.role, one.town) for one in user.memberships.all()] == [("council", here)]
    browser, path = Client(), link_in(page)
    assert "Kim Beispiel" in browser.get(path).content.decode()
    given = {"password": people.PASSWORD, "again": people.PASSWORD}
    assert browser.post(path, given).status_code == 302
    assert browser.get(reverse("account")).status_code == 200
    assert Client().post(path, given).status_code == 410
    assert mail.outbox == []


def test_who_has_an_account_gets_the_role_and_keeps_the_password(
    boss: Client, here: Town, there: Town, settings: Settings
) -> None:
    """And hears of it: nobody learns behind their back that they have an account."""
    settings.EMAIL_HOST = "mail.example"
    known = people.person("council", there, email="kim@example.org", password=people.PASSWORD)
    answer = boss.post(reverse("invite"), NEW)
    assert answer.headers["Location"].partition("?")[0] == reverse("account_of", args=[known.pk])
    assert not Link.objects.exists()
    known.refresh_from_db()
    assert known.check_password(people.PASSWORD)
    assert known.name == "Erika Muster"
    page = boss.get(answer.headers["Location"]).content.decode()
    assert "Hierstadt" in page and "Dortstadt" not in page, "roles elsewhere are not shown"
    assert "Gespeichert" in page
    boss.post(reverse("invite"), NEW)
    letter = mail.outbox[0]
    assert (len(mail.outbox), letter.to) == (1, ["kim@example.org"])
    assert "Rolle" in letter.subject and "Mein Konto" in letter.body
    assert not any(told in f"{letter.subject}{letter.body}" for told in ("Hierstadt", "Dortstadt", "Rat"))


@pytest.mark.parametrize("action", ["new_link", "close_account", "reopen_account", "reset_factor"])
def test_nobody_takes_over_an_account_of_another_town_too(boss: Client, here: Town, there: Town, action: str) -> None:
    both = people.person("council", here)
    Membership.objects.create(user=both, role="statistics", town=there)
    assert boss.get(reverse("account_of", args=[both.pk])).status_code == 200
    assert boss.post(reverse(action, args=[both.pk])).status_code == 404
    assert not Link.objects.exists()


@pytest.mark.parametrize("town", ["05999002", "*", ""])
def test_roles_are_given_in_ones_own_towns_only(boss: Client, here: Town, there: Town, town: str) -> None:
    user = people.person("council", here)
    sent = {"role": "statistics", "town": town}
    assert boss.post(reverse("give_role", args=[user.pk]), sent).status_code == 404
    assert (
        "Wählen Sie einen der Einträge" in boss.post(reverse("invite"), {**NEW, "town": town or "x"}).content.decode()
    )
    assert Membership.objects.filter(user=user).count() == 1


def test_what_was_done_is_confirmed(chief: Client, here: Town) -> None:
    """On the page that is led to, and not on the same page without it."""
    user = people.person("council", here)
    given = {"role": "head", "town": here.ags}
    for name, args, sent in (
        ("give_role", [user.pk], given),
        ("close_account", [user.pk], {}),
        ("strict_roles", [], {"role": ["council"]}),
    ):
        answer = chief.post(reverse(name, args=args), sent, follow=True)
        assert "Gespeichert" in answer.content.decode(), name
        assert "Gespeichert" not in chief.get(answer.redirect_chain[-1][0].partition("?")[0]).content.decode()


def test_the_language_is_switched_without_losing_a_page(chief: Client, here: Town) -> None:
    """A link that is shown once has no switch; what no address shows again leads to the account that it is about."""
    user, me = people.person("council", here), User.objects.get(email="chief@example.org")
    switch = f'action="{reverse("set_language")}"'
    made = chief.post(reverse("new_link", args=[user.pk])).content.decode()
    assert "/zugang/" in made and switch not in made
    for name, whose in (("reset_factor", user), ("close_account", me)):
        page = chief.post(reverse(name, args=[whose.pk])).content.decode()
        assert switch in page
        assert f'name="next" value="{reverse("account_of", args=[whose.pk])}"' in page, name


def test_a_role_of_another_town_is_not_taken_away(boss: Client, here: Town, there: Town) -> None:
    user = people.person("council", here)
    other = Membership.objects.create(user=user, role="council", town=there)
    assert boss.post(reverse("take_role", args=[user.pk, other.pk])).status_code == 404
    assert boss.post(reverse("take_role", args=[user.pk, user.memberships.get(town=here).pk])).status_code == 302
    assert [one.town for one in user.memberships.all()] == [there]


def test_a_closed_account_is_out_at_once(chief: Client, here: Town) -> None:
    user = people.person("council", here)
    browser = people.client(user)
    assert browser.get(reverse("town", args=[here.ags])).status_code == 200
    chief.post(reverse("close_account", args=[user.pk]))
    assert browser.get(reverse("town", args=[here.ags])).status_code == 302
    chief.post(reverse("reopen_account", args=[user.pk]))
    assert people.client(User.objects.get(pk=user.pk)).get(reverse("towns")).status_code == 200


def test_somebody_can_always_look_after_every_town(chief: Client) -> None:
    me = User.objects.get(email="chief@example.org")
    mine = me.memberships.get()
    assert chief.post(reverse("close_account", args=[me.pk])).status_code == 409
    answer = chief.post(reverse("take_role", args=[me.pk, mine.pk]))
    assert answer.status_code == 409
    assert "das letzte Konto" in answer.content.decode()
    people.person("administration")
    assert chief.post(reverse("close_account", args=[me.pk])).status_code == 409, "the other one never chose a password"
    people.person("administration", password=people.PASSWORD)
    assert chief.post(reverse("take_role", args=[me.pk, mine.pk])).status_code == 302


def test_a_link_goes_by_mail_where_there_is_a_server(chief: Client, here: Town, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example"
    page = chief.post(reverse("invite"), NEW).content.decode()
    assert mail.outbox[0].to == ["kim@example.org"]
    assert link_in(page) in mail.outbox[0].body
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", 9, False
    user = User.objects.get(email="kim@example.org")
    again = chief.post(reverse("new_link", args=[user.pk])).content.decode()
    assert "Geben Sie diesen Link selbst weiter" in again, "the server does not answer"
    assert link_in(again) != link_in(page)


def test_roles_that_demand_a_second_factor_are_set_by_who_looks_after_every_town(boss: Client, chief: Client) -> None:
    assert boss.post(reverse("strict_roles"), {"role": ["council"]}).status_code == 403
    assert chief.post(reverse("strict_roles"), {"role": ["statistics", "nonsense"]}).status_code == 302
    assert [one.role for one in StrictRole.objects.all()] == ["statistics"]
    assert 'value="statistics" checked' in chief.get(reverse("strict_roles")).content.decode()


def test_the_list_asks_the_same_for_one_and_for_many(
    boss: Client, here: Town, django_assert_num_queries: Callable[..., AbstractContextManager[Sized]]
) -> None:
    boss.get(reverse("accounts"))
    with CaptureQueriesContext(connection) as few:
        boss.get(reverse("accounts"))
    for _ in range(12):
        people.person("council", here)
    with django_assert_num_queries(len(few)):
        boss.get(reverse("accounts"))


def test_the_list_says_nothing_about_what_people_do(boss: Client, here: Town) -> None:
    people.client(people.person("council", here)).get(reverse("towns"))
    page = boss.get(reverse("accounts")).content.decode()
    assert "Erika Muster" in page
    assert not re.search(r"\d\d\.\d\d\.\d{4}|\d\d:\d\d", page), "no date and no time"


def test_changing_the_password_ends_other_sessions() -> None:
    user = people.person("council", password=people.PASSWORD)
    here, elsewhere = people.client(user), people.client(user)
    sent = {"current": people.PASSWORD, "password": "vier rote Dächer", "again": "vier rote Dächer"}
    assert here.post(reverse("password"), {**sent, "current": "falsch"}).status_code == 200
    assert here.post(reverse("password"), sent).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302
    user.refresh_from_db()
    assert user.check_password("vier rote Dächer")


def test_a_number_that_no_account_can_have_is_not_found(chief: Client) -> None:
    assert chief.get("/konten/99999999999999999999999/").status_code == 404


def test_looking_at_accounts_is_noted(boss: Client, here: Town) -> None:
    """The list and each account; who looked, not at whom."""
    user = people.person("council", here)
    boss.get(reverse("accounts"))
    boss.get(reverse("account_of", args=[user.pk]))
    noted = Event.objects.filter(kind="accounts_read").values_list("who", "place")
    assert sorted(place for _, place in noted) == ["account_of", "accounts"]
    assert {who for who, _ in noted} == {str(User.objects.exclude(pk=user.pk).get().pk)}


def test_nobody_is_given_the_role_that_everybody_has(boss: Client, chief: Client) -> None:
    assert 'value="council"' in boss.get(reverse("invite")).content.decode()
    assert 'value="public"' not in boss.get(reverse("invite")).content.decode()
    assert 'value="public"' not in chief.get(reverse("strict_roles")).content.decode()
    boss.post(reverse("invite"), {**NEW, "role": "public"})
    chief.post(reverse("strict_roles"), {"role": ["public", "council"]})
    assert not User.objects.filter(email="kim@example.org").exists()
    assert [one.role for one in StrictRole.objects.all()] == ["council"]
