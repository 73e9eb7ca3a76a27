"""The door of the desk: logging in and out, links used once, attempts that fail, sessions that end."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import people
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vielfalt.desk import serving, upkeep
from vielfalt.desk.accounts import devices, links, passwords, throttle
from vielfalt.desk.accounts.models import Attempt, Link, SecondFactor, StrictRole, User
from vielfalt.desk.accounts.policy import STRICT_AT_FIRST
from vielfalt.desk.accounts.views import BACKEND
from vielfalt.desk.history.models import Event
from vielfalt.errors import UsageError

pytestmark = pytest.mark.django_db
EMAIL = "erika.muster@example.org"


def log_in(browser: Client, email: str = EMAIL, password: str = people.PASSWORD, **values: str) -> int:
    return browser.post(reverse("login"), {"email": email, "password": password, **values}).status_code


@pytest.fixture()
def erika() -> User:
    return people.person("statistics", email=EMAIL, password=people.PASSWORD)


def test_pages_ask_who_reads_and_lead_back(anonymous: Client, erika: User) -> None:
    asked = anonymous.get(reverse("compare") + "?thema=sex")
    assert asked.status_code == 302
    assert asked.headers["Location"] == "/anmelden/?next=/vergleich/%3Fthema%3Dsex"
    page = anonymous.get(asked.headers["Location"])
    assert 'name="next" value="/vergleich/?thema=sex"' in page.content.decode()
    answer = anonymous.post(
        reverse("login"), {"email": EMAIL.upper(), "password": people.PASSWORD, "next": "/vergleich/?thema=sex"}
    )
    assert answer.headers["Location"] == "/vergleich/?thema=sex"
    assert anonymous.get("/vergleich/").status_code == 200


def test_the_language_that_somebody_chooses_comes_along_to_another_browser(erika: User) -> None:
    first, second = Client(), Client()
    log_in(first)
    assert '<option value="de" lang="de" selected>' in first.get(reverse("account")).content.decode()
    chosen = {"language": "en", "next": reverse("account") + "?gespeichert=ja"}
    assert "Saved" in first.post(reverse("set_language"), chosen, follow=True).content.decode()
    log_in(second)
    page = second.get(reverse("account")).content.decode()
    assert '<html lang="en">' in page and '<option value="en" lang="en" selected>' in page
    second.post(reverse("set_language"), {"language": "fr"})
    assert User.objects.get().language == "en"


def test_a_browser_that_is_closed_and_opened_again_goes_on_in_the_language_of_the_account(erika: User) -> None:
    """What has no age goes when a browser is closed: of a session and its language both stay, or neither does."""
    browser = Client()
    log_in(browser)
    for _ in range(2):
        ages = {browser.cookies[name]["max-age"] for name in (settings.SESSION_COOKIE_NAME, "django_language")}
        assert ages == {settings.SESSION_COOKIE_AGE}
        browser.post(reverse("set_language"), {"language": "en"})


def test_no_account_is_changed_before_its_second_factor(erika: User) -> None:
    SecondFactor.objects.create(user=erika, secret="x", confirmed=True)
    browser = Client()
    log_in(browser)
    assert browser.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert User.objects.get().language == "de"


def test_who_logged_in_in_another_window_is_led_on(erika: User) -> None:
    """The form of this window bears the token of before; of other forms nobody knows what was meant."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(erika, backend=BACKEND)
    sent = {"email": EMAIL, "password": people.PASSWORD, "next": "/vergleich/"}
    assert browser.post(reverse("login"), sent).headers["Location"] == "/vergleich/"
    assert browser.post(reverse("login"), {**sent, "next": "//example.com/"}).headers["Location"] == "/"
    assert browser.post(reverse("password"), sent).status_code == 403
    assert Client(enforce_csrf_checks=True).post(reverse("login"), sent).status_code == 403


@pytest.mark.parametrize("wanted", ["https://example.com/", "//example.com/", "javascript:alert(1)", "\\\\example.com"])
def test_nobody_is_led_elsewhere(anonymous: Client, erika: User, wanted: str) -> None:
    answer = anonymous.post(reverse("login"), {"email": EMAIL, "password": people.PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_a_refusal_does_not_tell_whether_there_is_an_account(anonymous: Client, erika: User) -> None:
    closed = people.person("statistics", email="closed@example.org", password=people.PASSWORD)
    closed.is_active = False
    closed.save()
    pages = []
    for email, password in (
        (EMAIL, "falsch"),
        ("nobody@example.org", "falsch"),
        ("closed@example.org", people.PASSWORD),
    ):
        page = anonymous.post(reverse("login"), {"email": email, "password": password}).content.decode()
        assert "passen nicht zusammen" in page
        assert people.PASSWORD not in page
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert len(set(pages)) == 1


def test_the_session_gets_a_new_key_and_ends_in_the_database(anonymous: Client, erika: User) -> None:
    anonymous.get(reverse("login"))
    session = anonymous.session
    session["planted"] = True
    session.save()
    anonymous.cookies["vielfalt"] = str(session.session_key)
    planted = session.session_key
    log_in(anonymous)
    key = anonymous.cookies["vielfalt"].value
    assert key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert anonymous.cookies["vielfalt"]["httponly"] and anonymous.cookies["vielfalt"]["samesite"] == "Lax"
    asked = anonymous.get(reverse("logout"))
    assert "Möchten Sie sich abmelden?" in asked.content.decode()
    assert Session.objects.filter(session_key=key).exists()
    anonymous.post(reverse("logout"))
    assert not Session.objects.filter(session_key=key).exists()
    assert anonymous.get(reverse("towns")).status_code == 302


def test_an_address_that_only_takes_forms_says_so(client: Client) -> None:
    answer = client.get(reverse("start_again", args=["00000000-0000-0000-0000-000000000000"]))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Schaltfläche einer anderen Seite" in answer.content.decode()


@pytest.mark.parametrize(
    ("later", "open_still"), [(settings.SESSION_IDLE_SECONDS - 1, True), (settings.SESSION_IDLE_SECONDS + 1, False)]
)
def test_a_session_that_is_idle_ends(client: Client, later: int, open_still: bool) -> None:
    client.get(reverse("towns"))
    began = client.session["seen"]
    with patch("vielfalt.desk.accounts.sessions.time.time", return_value=began + later):
        assert (client.get(reverse("towns")).status_code == 200) == open_still


def test_a_session_ends_after_a_working_day_however_busy(client: Client) -> None:
    client.get(reverse("towns"))
    began = client.session["since"]
    for later in range(0, settings.SESSION_COOKIE_AGE + 1, settings.SESSION_IDLE_SECONDS // 2):
        with patch("vielfalt.desk.accounts.sessions.time.time", return_value=began + later):
            assert client.get(reverse("towns")).status_code == 200
    with patch("vielfalt.desk.accounts.sessions.time.time", return_value=began + settings.SESSION_COOKIE_AGE + 1):
        assert client.get(reverse("towns")).status_code == 302


def test_pages_of_a_session_know_when_it_ends(client: Client, anonymous: Client) -> None:
    client.get(reverse("towns"))
    began = client.session["since"]
    with patch("vielfalt.desk.accounts.sessions.time.time", return_value=began + 20 * 60):
        page = client.get(reverse("towns")).content.decode()
    assert 'data-idle="1740" data-whole="34800" data-warned="120"' in page
    assert "session.js" in page
    assert "session-end" not in anonymous.get(reverse("help")).content.decode()


def test_guessing_is_slowed_down_per_account(anonymous: Client, erika: User) -> None:
    assert [log_in(anonymous, password="falsch") for _ in range(throttle.PER_PAIR)] == [200] * throttle.PER_PAIR
    assert log_in(anonymous) == 429
    assert log_in(anonymous, email="other@example.org", password="falsch") == 200
    Attempt.objects.update(at=timezone.now() - throttle.WINDOW - dt.timedelta(seconds=1))
    assert log_in(anonymous) == 302
    assert Attempt.objects.count() == 0


def test_nobody_keeps_somebody_else_out_by_guessing(anonymous: Client, erika: User) -> None:
    for _ in range(throttle.PER_PAIR + 1):
        log_in(anonymous, password="falsch")
    assert log_in(Client(REMOTE_ADDR="192.0.2.7")) == 302, "erika herself, elsewhere"


def test_who_logged_in_with_a_browser_before_is_not_kept_out(erika: User) -> None:
    """By nobody's failures elsewhere, and with guesses of its own: somebody else may sit there now."""
    browser, new = Client(), Client()
    assert log_in(browser) == 302
    browser.post(reverse("logout"))
    for number in range(throttle.PER_ACCOUNT):
        throttle.attempt(EMAIL, f"192.0.2.{number}")
    assert (log_in(new), log_in(browser, EMAIL.upper())) == (429, 302)
    browser.post(reverse("logout"))
    assert [log_in(browser, password="falsch") for _ in range(throttle.PER_PAIR)] == [200] * throttle.PER_PAIR
    assert log_in(browser) == 429
    assert log_in(browser, email="other@example.org", password="falsch") == 200, "another account is new to the browser"
    Attempt.objects.update(at=timezone.now() - throttle.WINDOW - dt.timedelta(seconds=1))
    with patch("vielfalt.desk.accounts.devices.time.time", return_value=time.time() + settings.DEVICE_COOKIE_AGE + 1):
        assert devices.known(browser.get(reverse("login")).wsgi_request, EMAIL) == ""


def is_known(browser: Client, email: str = EMAIL) -> bool:
    return bool(devices.known(browser.get(reverse("imprint")).wsgi_request, email))


@pytest.mark.parametrize("way", ["own", "link"])
def test_a_new_password_ends_what_other_browsers_were_known_by(erika: User, way: str) -> None:
    """Whoever has taken the cookie from one of them has failures of its own no longer; here one is known anew."""
    here, elsewhere = Client(), Client()
    assert (log_in(here), log_in(elsewhere)) == (302, 302)
    new = {"password": "vier gelbe Eimer", "again": "vier gelbe Eimer"}
    if way == "own":
        here.post(reverse("password"), {"current": people.PASSWORD, **new})
    else:
        here.post(reverse("logout"))
        here.post(reverse("one_time_link", args=[links.token_for(erika)]), new)
    assert (is_known(here), is_known(elsewhere)) == (True, False)


def test_a_browser_that_several_share_is_known_to_the_last_of_them(erika: User) -> None:
    browser, addresses = Client(), [f"p{number}@example.org" for number in range(devices.ACCOUNTS)]
    for email in addresses:
        people.person("council", email=email, password=people.PASSWORD)
    for email in (EMAIL, *addresses[:-1], EMAIL, addresses[-1]):
        assert log_in(browser, email) == 302
        browser.post(reverse("logout"))
    assert [email for email in (EMAIL, *addresses) if not is_known(browser, email)] == addresses[:1]
    assert not is_known(browser, "nobody@example.org")
    assert len(browser.cookies[settings.DEVICE_COOKIE_NAME].value) < 3000, "browsers keep 4096 signs of a cookie"


def test_two_accounts_of_one_browser_have_failures_of_their_own(erika: User) -> None:
    people.person("council", email="max@example.org", password=people.PASSWORD)
    browser = Client()
    for email in (EMAIL, "max@example.org"):
        assert log_in(browser, email) == 302
        browser.post(reverse("logout"))
    for _ in range(throttle.PER_PAIR):
        log_in(browser, password="falsch")
    assert (log_in(browser), log_in(browser, "max@example.org")) == (429, 302)


@pytest.mark.parametrize("cookie", ["", "nonsense", "WyJ4IiwgIjEiXQ:1vA:x", "\xff:\xff:\xff", "a" * 10_000])
def test_a_cookie_of_ones_own_making_makes_no_browser_known(erika: User, cookie: str) -> None:
    for number in range(throttle.PER_ACCOUNT):
        throttle.attempt(EMAIL, f"192.0.2.{number}")
    browser = Client()
    browser.cookies[settings.DEVICE_COOKIE_NAME] = cookie
    assert log_in(browser) == 429


def test_the_cookie_of_a_browser_names_nobody(erika: User) -> None:
    browser = Client()
    log_in(browser)
    held = browser.cookies[settings.DEVICE_COOKIE_NAME]
    assert held["httponly"] and held["samesite"] == "Lax"
    content = base64.urlsafe_b64decode(held.value.partition(":")[0] + "==").decode()
    assert "erika" not in content and str(erika.pk) not in json.loads(content)


def test_guessing_from_many_addresses_is_slowed_down(erika: User) -> None:
    for number in range(throttle.PER_ACCOUNT):
        assert throttle.attempt(EMAIL, f"192.0.2.{number}") is not None
    assert log_in(Client(REMOTE_ADDR="198.51.100.7")) == 429


@pytest.mark.parametrize("address", ["2001:db8:0:1::{:x}", "2001:db8:0:1:{:x}::1", "2001:db8:0:1:ffff::{:x}%eth0"])
def test_one_connection_of_ipv6_is_one_address(db: None, address: str) -> None:
    """Who has a connection chooses its last 64 bits as often as they like."""
    for number in range(throttle.PER_ADDRESS):
        assert throttle.attempt(f"{number}@example.org", address.format(number)) is not None
    assert throttle.attempt("other@example.org", address.format(throttle.PER_ADDRESS)) is None
    assert throttle.attempt("other@example.org", "2001:db8:0:2::1") is not None


def test_the_present_password_is_not_guessed_from_inside(erika: User) -> None:
    browser, new = people.client(erika), {"password": "vier rote Dächer", "again": "vier rote Dächer"}
    for _ in range(throttle.PER_PAIR):
        browser.post(reverse("password"), {"current": "falsch", **new})
    page = browser.post(reverse("password"), {"current": people.PASSWORD, **new}).content.decode()
    assert "Zu viele Versuche" in page
    erika.refresh_from_db()
    assert erika.check_password(people.PASSWORD)


def test_a_new_password_makes_older_links_void(erika: User) -> None:
    path = reverse("one_time_link", args=[links.token_for(erika)])
    given = {"current": people.PASSWORD, "password": "vier rote Dächer", "again": "vier rote Dächer"}
    assert "Gespeichert" in people.client(erika).post(reverse("password"), given, follow=True).content.decode()
    assert Client().get(path).status_code == 410


def test_guessing_is_slowed_down_per_address(anonymous: Client, erika: User) -> None:
    for number in range(throttle.PER_ADDRESS):
        made = throttle.attempt(f"{number}@example.org", "127.0.0.1")
        assert made is not None
    assert log_in(anonymous) == 429
    assert log_in(Client(REMOTE_ADDR="192.0.2.7")) == 302


def test_attempts_hold_neither_address(anonymous: Client) -> None:
    log_in(anonymous, password="falsch")
    kept = str(list(Attempt.objects.values()))
    assert EMAIL not in kept and "127.0.0.1" not in kept


@pytest.mark.parametrize("way", ["own", "link"])
def test_choosing_a_password_does_not_open_an_account_that_was_closed_meanwhile(erika: User, way: str) -> None:
    """A password takes its time to keep; what the page knew of the account when it began is not written back."""
    chosen = {"password": "vier rote Dächer", "again": "vier rote Dächer"}
    path = reverse("password") if way == "own" else reverse("one_time_link", args=[links.token_for(erika)])
    browser, kept = people.client(erika), User.set_password

    def closed_meanwhile(user: User, password: str) -> None:
        other = User.objects.get(pk=user.pk)
        other.is_active, other.closed = False, timezone.now()
        other.save()
        kept(user, password)

    with patch.object(User, "set_password", closed_meanwhile):
        browser.post(path, {"current": people.PASSWORD, **chosen})
    erika.refresh_from_db()
    assert erika.check_password("vier rote Dächer")
    assert not erika.is_active and erika.closed


def test_passwords_are_kept_by_argon2(erika: User) -> None:
    assert erika.password.startswith("argon2$argon2id$")


def test_the_first_account_is_made_by_a_link_that_works_once(anonymous: Client) -> None:
    path = serving.first_link()
    token = path.strip("/").partition("/")[2]
    assert token not in str(list(Link.objects.values())), "kept is a digest"
    anonymous.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = anonymous.get(path)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "same-origin" and "no-store" in page.headers["Cache-Control"]
    given = {"name": "Erika Muster", "email": "Erika@Example.org", "password": people.PASSWORD}
    assert anonymous.post(path, {**given, "again": "anders als zuvor"}).status_code == 200
    assert not User.objects.exists()
    assert anonymous.post(path, {**given, "again": people.PASSWORD}).headers["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.language) == ("erika@example.org", "en")
    assert {(one.role, one.town) for one in user.memberships.all()} == {("administration", None), ("statistics", None)}
    assert anonymous.get(reverse("towns")).headers["Location"] == reverse("second_setup"), "a new desk demands it"
    assert {one.role for one in StrictRole.objects.all()} == set(STRICT_AT_FIRST)
    assert Client().get(path).status_code == 410
    assert serving.first_link() == "", "there is an account"


def test_a_link_is_over_when_time_is_or_a_newer_one_is_made(anonymous: Client) -> None:
    first, second = serving.first_link(), serving.first_link()
    assert anonymous.get(first).status_code == 410
    assert anonymous.get(second).status_code == 200
    Link.objects.update(expires=timezone.now())
    assert anonymous.get(second).status_code == 410


def test_a_link_for_the_first_account_is_void_once_there_is_one(anonymous: Client) -> None:
    path = serving.first_link()
    people.person("statistics")
    assert anonymous.get(path).status_code == 410


def test_two_who_use_one_link_at_once_make_one_account(anonymous: Client) -> None:
    path = serving.first_link()
    use = links.use
    with patch("vielfalt.desk.accounts.views.links.use", lambda link: use(link) and use(link)):
        answer = anonymous.post(
            path,
            {"name": "E", "email": EMAIL, "password": people.PASSWORD, "again": people.PASSWORD},
        )
    assert answer.status_code == 410
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("kurz", "zu kurz"),
        ("passwordpassword", "errät man zuerst"),
        ("123456789012", "Ziffern"),
        ("Erika Muster", "ähnelt"),
        ("qwertyuiop12", "benutzen viele"),
    ],
)
def test_bad_passwords_are_refused(anonymous: Client, password: str, message: str) -> None:
    given = {"name": "Erika Muster", "email": EMAIL, "password": password, "again": password}
    page = anonymous.post(serving.first_link(), given).content.decode()
    assert message in page
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    [
        *("passwort1234", "Passwort2025!", "hallo1234567", "qwertzuiop12", "aaaaaaaaaaaa", "rathaus12345"),
        *(
            "P4ssw0rt2025",
            "1qay2wsx3edc",
            "asdfghjkl-12",
            "abcabcabcabc",
            "Kiesel7Kiesel7",
            "München-2025-",
            "Zugang!Zugang!",
        ),
        *("lkjhgfdsa321", "Bürgermeister", "Sommer+Winter25", "0987654321ab"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    user = User(email=EMAIL, name="Erika Muster")
    assert "guessed first" in passwords.fault(password, user)


@pytest.mark.parametrize(
    "password",
    [
        *(
            people.PASSWORD,
            "vier rote Dächer",
            "blauer zaun kiesel lampe",
            "x7Qv9rTkW2mz",
            "Rathaus Kiesel Lampe",
            "8$3!9k2#7&4z",
        ),
        *("sommer fussball drucker maus", "Gesamtheit-der-Wege"),
    ],
)
def test_other_passwords_are_taken(password: str) -> None:
    assert passwords.fault(password, User(email=EMAIL, name="Erika Muster")) == ""


def test_an_empty_form_says_what_is_missing(anonymous: Client) -> None:
    page = anonymous.post(reverse("login"), {}).content.decode()
    assert page.count("Füllen Sie dieses Feld aus.") == 4, "beside the field and on top"
    assert 'aria-invalid="true"' in page and 'role="alert"' in page


def test_where_other_machines_are_served_all_travels_encrypted(tmp_path: Path) -> None:
    """Django's own checks for a server find nothing; on this machine alone cookies need no encryption."""
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert not settings.SESSION_COOKIE_SECURE
    own = {"VIELFALT_DESK_HOSTS": "desk.example", "VIELFALT_DESK_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={**os.environ, **own, "DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def test_where_other_machines_are_served_no_neighbour_plants_a_cookie(tmp_path: Path) -> None:
    """A page elsewhere under the domain of the town cannot set cookies of these names (RFC 6265bis, 4.1.3.2)."""
    assert (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME) == ("vielfalt", "csrftoken")
    program = """
from django.test import Client
from vielfalt.desk import serving
serving.ready()
browser = Client()
browser.get("/anmelden/", secure=True, headers={"host": "desk.example"})
from django.conf import settings
print(settings.SESSION_COOKIE_NAME, *(one.OutputString() for one in browser.cookies.values()))
"""
    own = {"VIELFALT_DESK_HOSTS": "desk.example", "VIELFALT_DESK_DATA": str(tmp_path)}
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, **own, "DJANGO_SETTINGS_MODULE": "vielfalt.desk.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    ).stdout
    session, _, cookie = told.partition(" ")
    assert session == "__Host-vielfalt"
    assert cookie.startswith("__Host-csrftoken=") and "Secure" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie


def test_no_name_stands_in_what_logs_say_of_an_account(erika: User) -> None:
    assert "Erika" not in f"{erika} {erika!r}" and "@" not in f"{erika} {erika!r}"


def test_a_form_that_was_not_asked_for_here_changes_nothing(erika: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("login"), {"email": EMAIL, "password": people.PASSWORD})
    assert answer.status_code == 403
    assert "Dieses Formular ist zu alt" in answer.content.decode()
    assert "sessionid" not in strict.cookies and "vielfalt" not in strict.cookies


def test_the_machine_of_the_desk_lets_somebody_in_again(erika: User) -> None:
    erika.is_active = False
    erika.save()
    SecondFactor.objects.create(user=erika, secret="x", confirmed=True)
    path = upkeep.rescue(" Erika.Muster@example.org ")
    browser = Client()
    given = {"password": "vier rote Dächer", "again": "vier rote Dächer"}
    assert browser.post(path, given).status_code == 302
    assert browser.get(reverse("towns")).status_code == 200
    assert list(Event.objects.filter(kind="rescued").values_list("who", flat=True)) == [str(erika.pk)]
    assert not SecondFactor.objects.exists()
    with pytest.raises(UsageError, match="Nobody has an account"):
        upkeep.rescue("nobody@example.org")
