"""The second factor: set up with a code, asked for before any page, demanded by roles, recovered by codes used once."""

from __future__ import annotations

import re
import time
from unittest.mock import patch

import people
import pyotp
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from vielfalt.desk import upkeep
from vielfalt.desk.accounts import second, throttle
from vielfalt.desk.accounts.models import RecoveryCode, SecondFactor, StrictRole, User

pytestmark = pytest.mark.django_db


@pytest.fixture()
def user() -> User:
    return people.person("statistics", password=people.PASSWORD)


def equipped(user: User) -> tuple[pyotp.TOTP, list[str], Client]:
    """Sets the factor up through the pages: the phone, the recovery codes, and a browser that has passed."""
    browser = people.client(user)
    page = browser.get(reverse("second_setup")).content.decode()
    found = re.search(r'<code class="long">([A-Z2-7]+)</code>', page)
    assert found and "<svg" in page
    phone = pyotp.TOTP(found[1])
    done = browser.post(reverse("second_setup"), {"code": phone.now()}).content.decode()
    return phone, re.findall(r"<li><code>([^<]+)</code></li>", done), browser


def later(phone: pyotp.TOTP) -> str:
    """The code of the next half minute: the one of now was used to set up."""
    return phone.at(int(time.time()) + 30)


def test_it_is_set_up_by_a_right_code_and_kept_sealed(user: User) -> None:
    browser = people.client(user)
    browser.get(reverse("second_setup"))
    assert "Dieser Code passt nicht" in browser.post(reverse("second_setup"), {"code": "000000x"}).content.decode()
    assert not second.has(User.objects.get())
    phone, codes, passed = equipped(user)
    kept = SecondFactor.objects.get()
    assert kept.confirmed and phone.secret not in kept.secret
    assert len(set(codes)) == 10
    digests = str(list(RecoveryCode.objects.values()))
    assert not [code for code in codes if code in digests]
    assert passed.get(reverse("towns")).status_code == 200
    assert passed.get(reverse("second_setup")).status_code == 302, "the key is not shown again"


def test_no_switch_of_the_language_loses_recovery_codes(user: User) -> None:
    """They are shown once; the switch of every other page leads back to it."""
    phone, _, browser = equipped(user)
    before = browser.get(reverse("second_codes")).content.decode()
    codes = browser.post(reverse("second_codes"), {"code": later(phone)}).content.decode()
    switch = f'action="{reverse("set_language")}"'
    assert (switch in before, "<li><code>" in codes, switch in codes) == (True, True, False)


def test_every_other_session_is_asked_before_any_page(user: User) -> None:
    phone, _, _ = equipped(user)
    browser = Client()
    browser.post(reverse("login"), {"email": user.email, "password": people.PASSWORD})
    asked = browser.get(reverse("compare"))
    assert asked.headers["Location"] == f"{reverse('second_step')}?next=%2Fvergleich%2F"
    for name in ("account", "password", "second_codes", "second_off", "accounts"):
        assert browser.get(reverse(name)).headers["Location"].startswith(reverse("second_step")), name
    key = browser.session.session_key
    answer = browser.post(reverse("second_step"), {"code": later(phone), "next": "/vergleich/"})
    assert answer.headers["Location"] == "/vergleich/"
    assert browser.get(reverse("compare")).status_code == 200
    assert browser.session.session_key != key, "a new key for a session that can do more"


def test_after_a_restore_without_the_key_codes_fit_no_more_and_the_desk_says_so(user: User, settings: Settings) -> None:
    """The factor stays shut; the machine of the desk lets somebody in, who sets one up anew."""
    phone, codes, _ = equipped(user)
    assert not second.shut()
    settings.SECRET_KEY = "another key " * 6
    browser = people.client(user)
    for code in (later(phone), codes[0]):
        page = browser.post(reverse("second_step"), {"code": code})
        assert page.status_code == 200 and "Dieser Code passt nicht" in page.content.decode()
    assert second.SHUT in [fault.message for fault in upkeep.faults()]
    path = upkeep.rescue(user.email)
    assert not second.shut()
    assert Client().get(path).status_code == 200
    equipped(User.objects.get())


def test_a_factor_that_was_begun_under_another_key_is_begun_anew(user: User, settings: Settings) -> None:
    before = second.begun(user)
    settings.SECRET_KEY = "another key " * 6
    assert second.begun(user) != before
    assert second.begun(user) == second.begun(user)
    assert SecondFactor.objects.count() == 1


def test_a_code_is_taken_once(user: User) -> None:
    phone, _, _ = equipped(user)
    code = later(phone)
    assert second.accepts(user, code)
    assert not second.accepts(user, code)
    assert not second.accepts(user, phone.now()), "an earlier one neither"
    with patch("vielfalt.desk.accounts.second.time.time", return_value=time.time() + 3600):
        assert not second.accepts(user, code)


def test_a_recovery_code_works_once(user: User) -> None:
    _, codes, _ = equipped(user)
    other = people.person("council")
    assert not second.accepts_recovery(other, codes[0])
    for browser, status in ((people.client(user), 302), (people.client(user), 200)):
        assert browser.post(reverse("second_step"), {"code": codes[0].upper().replace("-", " ")}).status_code == status
    assert RecoveryCode.objects.count() == 9


def test_new_recovery_codes_void_the_old_ones(user: User) -> None:
    phone, codes, browser = equipped(user)
    page = browser.post(reverse("second_codes"), {"code": later(phone)}).content.decode()
    new = re.findall(r"<li><code>([^<]+)</code></li>", page)
    assert len(new) == 10
    assert not second.accepts_recovery(user, codes[1])
    assert second.accepts_recovery(user, new[1])


def test_guessing_codes_is_slowed_down(user: User) -> None:
    phone, _, _ = equipped(user)
    browser = people.client(user)
    for number in range(throttle.PER_PAIR):
        browser.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        browser.post(reverse("second_step"), {"code": "000000x"})
    page = browser.post(reverse("second_step"), {"code": later(phone)}).content.decode()
    assert "Zu viele Versuche" in page


def test_a_role_can_demand_it(user: User) -> None:
    StrictRole.objects.create(role="statistics")
    browser = people.client(user)
    assert browser.get(reverse("towns")).headers["Location"] == reverse("second_setup")
    assert browser.get(reverse("account")).headers["Location"] == reverse("second_setup")
    assert people.client(people.person("council")).get(reverse("towns")).status_code == 200
    phone, _, passed = equipped(user)
    assert passed.post(reverse("second_off"), {"code": later(phone)}).status_code == 403
    assert SecondFactor.objects.exists()


def test_it_is_switched_off_by_a_code_where_no_role_demands_it(user: User) -> None:
    phone, _, browser = equipped(user)
    assert browser.post(reverse("second_off"), {"code": "000000x"}).status_code == 200
    assert browser.post(reverse("second_off"), {"code": later(phone)}).status_code == 302
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()


def test_who_lost_phone_and_codes_is_helped_by_the_administration(user: User) -> None:
    equipped(user)
    chief = people.client(people.person("administration"))
    assert "Zweiten Faktor entfernen" in chief.get(reverse("account_of", args=[user.pk])).content.decode()
    chief.post(reverse("reset_factor", args=[user.pk]), {"sure": "ja"})
    assert people.client(User.objects.get(pk=user.pk)).get(reverse("towns")).status_code == 200
