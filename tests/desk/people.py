"""People with accounts for tests: invented, each with one role in one town or in every town."""

from __future__ import annotations

from django.test import Client

from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.accounts.views import BACKEND
from vielfalt.desk.releases.models import Town

PASSWORD = "drei blaue Kacheln"


def person(role: str = "", town: Town | None = None, email: str = "", password: str = "") -> User:
    """A new account; without a role it has none, without a town the role holds in every town."""
    user = User(email=email or f"{role or 'nobody'}-{User.objects.count()}@example.org", name="Erika Muster")
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    if role:
        Membership.objects.create(user=user, role=role, town=town)
    return user


def client(user: User) -> Client:
    """A browser that this person is logged in with."""
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser
