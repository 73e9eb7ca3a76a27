"""Single sign-on against a real OpenID provider: a process of its own on this machine, started and ended here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import people
import pytest
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from vielfalt.desk.accounts.group_roles import group_roles
from vielfalt.desk.accounts.models import Identity, StrictRole, User
from vielfalt.desk.accounts.permissions import rights
from vielfalt.desk.accounts.sso import known, take_over_roles
from vielfalt.desk.history.models import Event
from vielfalt.desk.releases.models import Town

pytestmark = pytest.mark.django_db
CLAIMS = (
    {"sub": "s-1", "email": "Erika@Example.org", "email_verified": True, "name": "Erika Muster"},
    {"sub": "s-2", "email": "erika@example.org", "email_verified": False, "name": "Max Muster"},
    {"sub": "s-3"},
    {"sub": "s-4", "groups": ["statistik", "ou=x,cn=leitung", "unknown"]},
)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows four people."""
    users = [part for claims in CLAIMS for part in ("--user-claims", json.dumps(claims))]
    program = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", "0", *users],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert program.stdout is not None
        found = None
        for line in program.stdout:
            if found := re.search(r"http://(?:127\.0\.0\.1|localhost):(\d+)", line):
                break
        assert found
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        program.terminate()
        program.wait(timeout=60)
        if program.stdout:
            program.stdout.close()


@pytest.fixture()
def desk(anonymous: Client, provider: str, settings: Settings) -> Client:
    settings.OIDC_ISSUER = provider
    app = {"provider_id": "anmeldung", "name": "Rathaus", "client_id": "desk", "secret": "secret"}
    app |= {"settings": {"server_url": provider}}  # type: ignore[dict-item]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return anonymous


class _Stay(urllib.request.HTTPRedirectHandler):
    """The provider leads back to the desk; the test follows itself."""

    def redirect_request(self, *told: object, **more: object) -> None:
        return None


def signed_on(desk: Client, sub: str, wanted: str = "/") -> str:
    """Goes to the provider, logs in there as somebody, and comes back: the address one is led to at last."""
    return desk.get(back_from(desk, sub, wanted)).headers.get("Location", "refused")


def back_from(desk: Client, sub: str, wanted: str = "/", changed: str = "") -> str:
    away = desk.get(reverse("sso"), {"next": wanted}).headers["Location"]
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 16 and len(asked["nonce"][0]) == 64
    if changed:
        away = away.replace(asked["nonce"][0], changed)
    opener = urllib.request.build_opener(_Stay())
    try:
        opener.open(away, urllib.parse.urlencode({"sub": sub}).encode(), timeout=60)
    except urllib.error.HTTPError as answer:
        assert answer.code in (302, 303), answer.read()
        back = urllib.parse.urlsplit(answer.headers["Location"])
        assert back.netloc == "testserver"
        return f"{back.path}?{back.query}"
    raise AssertionError("the provider must lead back")


def test_somebody_unknown_comes_in_without_rights(desk: Client) -> None:
    assert signed_on(desk, "s-1", "/vergleich/") == "/vergleich/"
    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == ("erika@example.org", "Erika Muster", False)
    assert not user.memberships.exists()
    assert rights(user) == frozenset()
    assert "nichts, was Ihre Rollen lesen dürfen" in desk.get(reverse("towns")).content.decode()
    assert [one.subject for one in Identity.objects.all()] == ["s-1"]


@pytest.mark.parametrize(("spoken", "kept"), [("en-GB,en;q=0.8", "en"), ("fr", "de")])
def test_a_new_account_begins_in_the_language_of_the_pages_before(desk: Client, spoken: str, kept: str) -> None:
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = spoken
    assert signed_on(desk, "s-1") == "/"
    assert User.objects.get().language == kept
    assert f'<html lang="{kept}">' in desk.get(reverse("towns")).content.decode()


def test_the_subject_is_known_again_whatever_the_address(desk: Client) -> None:
    signed_on(desk, "s-1")
    user = User.objects.get()
    user.email = "changed@example.org"
    user.save()
    desk.post(reverse("logout"))
    signed_on(desk, "s-1")
    assert User.objects.count() == 1
    assert desk.get(reverse("account")).status_code == 200


def test_a_verified_address_finds_the_account(desk: Client) -> None:
    user = people.person("statistics", email="erika@example.org")
    signed_on(desk, "s-1")
    assert Identity.objects.get().user == user
    assert User.objects.count() == 1


def test_an_address_that_is_not_verified_finds_nothing(desk: Client) -> None:
    user = people.person("statistics", email="erika@example.org")
    signed_on(desk, "s-2")
    other = Identity.objects.get().user
    assert other != user
    assert other.email.endswith("@unverified.invalid")
    assert rights(other) == frozenset()


def test_who_has_neither_name_nor_address_comes_in(desk: Client) -> None:
    signed_on(desk, "s-3")
    assert Identity.objects.get().user.name == "s-3"


@pytest.mark.parametrize(
    ("name", "called"), [("  ", "s-4"), ("\u200e", "s-4"), (None, "s-4"), ("Max\u202e  Muster", "Max Muster")]
)
def test_a_name_that_shows_nothing_is_none(name: str | None, called: str) -> None:
    assert known("https://provider.example", "s-4", {"name": name}).name == called


@pytest.mark.parametrize("verified", ["true", 1, None, False])
def test_only_a_true_says_verified(verified: object) -> None:
    people.person("statistics", email="erika@example.org")
    claims = {"email": "erika@example.org", "email_verified": verified}
    assert known("https://provider.example", "s", claims).email.endswith("@unverified.invalid")


def test_an_address_too_long_to_be_one_is_not_kept() -> None:
    claims = {"email": f"{'x' * 300}@example.org", "email_verified": True}
    assert known("https://provider.example", "s", claims).email.endswith("@unverified.invalid")


def test_one_subject_of_two_providers_is_two_people() -> None:
    assert known("https://a.example", "s", {}) != known("https://b.example", "s", {})


def test_a_closed_account_stays_closed(desk: Client) -> None:
    signed_on(desk, "s-1")
    user = User.objects.get()
    user.is_active = False
    user.save()
    again = Client()
    answer = again.get(back_from(again, "s-1"))
    assert answer.status_code == 403
    assert again.get(reverse("account")).status_code == 302


def test_the_second_factor_is_asked_for_after_it_too(desk: Client) -> None:
    people.person("statistics", email="erika@example.org")
    StrictRole.objects.create(role="statistics")
    signed_on(desk, "s-1")
    assert desk.get(reverse("towns")).headers["Location"] == reverse("second_setup")


def test_an_answer_without_its_question_is_refused(desk: Client) -> None:
    back = back_from(desk, "s-1")
    assert Client().get(back).status_code == 403, "another browser did not ask"
    forged = re.sub("state=[^&]+", "state=forged", back)
    assert desk.get(forged).status_code == 403
    assert desk.get(f"{reverse('openid_connect_callback')}?error=access_denied").status_code == 403
    assert not User.objects.exists()
    assert "Die Anmeldung hat nicht geklappt" in desk.get(forged).content.decode()


def test_an_answer_to_another_question_is_refused(desk: Client) -> None:
    """The nonce within the provider's signed answer must be that of this question."""
    assert desk.get(back_from(desk, "s-1", changed="another")).status_code == 403
    assert desk.get(back_from(desk, "s-1", changed="&")).status_code == 403, "an answer without any"
    assert not User.objects.exists()
    assert desk.get(back_from(desk, "s-1")).status_code == 302


def test_every_question_has_its_own_nonce(desk: Client) -> None:
    asked = [urllib.parse.parse_qs(desk.get(reverse("sso")).headers["Location"]) for _ in range(3)]
    assert len({one["nonce"][0] for one in asked}) == 3


def test_a_code_works_once(desk: Client) -> None:
    back = back_from(desk, "s-1")
    assert desk.get(back).status_code == 302
    assert desk.get(back).status_code == 403


def test_a_provider_that_does_not_answer(desk: Client, settings: Settings) -> None:
    app = {"provider_id": "anmeldung", "name": "", "client_id": "desk", "secret": ""}
    app |= {"settings": {"server_url": "http://127.0.0.1:9"}}  # type: ignore[dict-item]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert desk.get(reverse("sso")).status_code == 403


def test_nobody_is_led_elsewhere_after_it(desk: Client) -> None:
    assert signed_on(desk, "s-1", "https://example.com/") == "/"


def test_the_login_page_offers_it_where_it_is_set(desk: Client, settings: Settings) -> None:
    settings.OIDC_NAME = "Rathaus"
    assert "Anmelden über Rathaus" in desk.get(reverse("login")).content.decode()
    settings.OIDC_ISSUER = ""
    assert "Anmelden über" not in desk.get(reverse("login")).content.decode()
    assert desk.get(reverse("sso")).status_code == 404


GROUPS = "statistik=statistics@05999004; ou=x,cn=leitung=head@05999004; alle=council@*; statistik=department@05999005"


@pytest.fixture()
def grouped(desk: Client, settings: Settings) -> Client:
    """A desk that takes roles from groups, with one of the two towns that they name."""
    Town.objects.create(ags="05999004", name="Musterfurt")
    settings.OIDC_GROUPS, settings.OIDC_ROLES = "groups", group_roles(GROUPS)
    return desk


def held(user: User) -> set[tuple[str, str, bool]]:
    return {(one.role, one.town.ags if one.town else "*", one.from_group) for one in user.memberships.all()}


def test_groups_of_the_provider_give_roles(grouped: Client) -> None:
    signed_on(grouped, "s-4")
    user = User.objects.get()
    assert held(user) == {("statistics", "05999004", True), ("head", "05999004", True)}
    assert "import" in rights(user)
    assert set(Event.objects.filter(kind="role_given").values_list("who", flat=True)) == {str(user.pk)}


def test_who_is_in_no_group_gets_nothing(grouped: Client) -> None:
    signed_on(grouped, "s-1")
    assert rights(User.objects.get()) == frozenset()


def test_roles_from_groups_are_set_anew_and_others_stay(grouped: Client) -> None:
    user = people.person("administration")
    Town.objects.create(ags="05999005", name="Nebenstadt")
    take_over_roles(user, {"groups": ["statistik"]})
    by_hand = ("administration", "*", False)
    assert held(user) == {by_hand, ("statistics", "05999004", True), ("department", "05999005", True)}
    take_over_roles(user, {"groups": ["alle"]})
    assert held(user) == {by_hand, ("council", "*", True)}
    take_over_roles(user, {"groups": ["alle"]})
    assert user.memberships.count() == 2, "nothing is given twice"
    take_over_roles(user, {})
    assert held(user) == {by_hand}


def test_the_last_who_looks_after_every_town_stays(grouped: Client, settings: Settings) -> None:
    """Until somebody else who can come in has the role: by a password, or by the provider that is set."""
    settings.OIDC_ROLES = group_roles("chefs=administration@*; alle=council@*")
    first, second = people.person(), people.person()
    take_over_roles(first, {"groups": ["chefs", "alle"]})
    take_over_roles(first, {})
    assert held(first) == {("administration", "*", True)}
    take_over_roles(second, {"groups": "chefs"})
    Identity.objects.create(user=second, issuer="https://earlier.example.org", subject="s-2")
    take_over_roles(first, {})
    assert held(first) == {("administration", "*", True)}, "the other one cannot come in"
    Identity.objects.create(user=second, issuer=settings.OIDC_ISSUER, subject="s-2")
    take_over_roles(first, {})
    assert held(first) == set()
    take_over_roles(second, {})
    assert held(second) == {("administration", "*", True)}


@pytest.mark.parametrize("claim", [None, {"statistik": True}, [["statistik"]], "stat", [1], True])
def test_a_claim_of_another_form_gives_nothing(claim: object, grouped: Client) -> None:
    user = people.person()
    take_over_roles(user, {"groups": claim, "roles": ["statistik"]})
    assert held(user) == set()


def test_a_role_given_by_hand_is_not_made_one_of_a_group(grouped: Client) -> None:
    user = people.person("statistics", Town.objects.get())
    for groups in (["statistik"], []):
        take_over_roles(user, {"groups": groups})
        assert held(user) == {("statistics", "05999004", False)}


def test_without_the_setting_groups_give_nothing(grouped: Client, settings: Settings) -> None:
    settings.OIDC_GROUPS = ""
    signed_on(grouped, "s-4")
    assert held(User.objects.get()) == set()


@pytest.mark.parametrize("text", ["statistik", "x=chief@*", "x=public@*", "=head@*", "x=head@", "x=head@5", "x=head"])
def test_a_setting_that_gives_no_known_role_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="VIELFALT_DESK_OIDC_ROLES"):
        group_roles(f"a=head@*; {text}")


def test_logging_in_without_the_provider_is_noted(desk: Client) -> None:
    user = people.person("administration", email="erika@example.org", password=people.PASSWORD)
    desk.post(reverse("login"), {"email": user.email, "password": people.PASSWORD})
    assert Event.objects.get(kind="logged_in_without_provider").who == str(user.pk)


def test_an_address_chooses_nothing_but_the_page_that_is_wanted(desk: Client) -> None:
    """What allauth would take over from it: scope, parameters of the provider, another process."""
    sent = {"next": "/vergleich/", "scope": "offline_access", "process": "connect"}
    sent |= {"auth_params": "redirect_uri=https://evil.example/&nonce=known&prompt=none", "action": "reauthenticate"}
    away = desk.get(reverse("sso"), sent).headers["Location"]
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(away).query)
    plain = urllib.parse.parse_qs(urllib.parse.urlsplit(desk.get(reverse("sso")).headers["Location"]).query)
    assert asked.keys() == plain.keys()
    assert {name: asked[name] for name in ("redirect_uri", "scope")} == {
        name: plain[name] for name in ("redirect_uri", "scope")
    }
    assert asked["nonce"] != ["known"] and len(asked["nonce"]) == 1


def test_what_is_told_of_somebody_else_is_refused(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is of one person, the information of another (OpenID Connect Core 1.0, 5.3.2)."""
    people.person("administration", email="chief@example.org")
    other = {"sub": "s-9", "email": "chief@example.org", "email_verified": True}
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *told: other)
    assert desk.get(back_from(desk, "s-1")).status_code == 403
    assert not Identity.objects.exists()


def test_a_provider_that_is_gone_on_the_way_back_has_a_page(desk: Client, settings: Settings) -> None:
    back = back_from(desk, "s-1")
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": "http://127.0.0.1:9"}
    answer = desk.get(back)
    assert answer.status_code == 403 and "Die Anmeldung hat nicht geklappt" in answer.content.decode()
