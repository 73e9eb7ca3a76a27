"""Browsers in which the owner of an account has logged in before: what others guess elsewhere does not keep them out.

Each has failures of its own for each account, so that a stolen cookie opens no more guesses than an address does, and
none after the next new password (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import secrets
import time

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from vielfalt.desk.accounts.models import User

ACCOUNTS = 8
"""So many accounts one browser is known to, as at a counter that several share: those that logged in last."""
_SALT = "vielfalt.desk.accounts.devices.accounts"
_Entry = tuple[str, str, int]
"""The stamp of an account and its password, a number of chance, and the second since 1970 in which it was given."""


def known(request: HttpRequest, email: str) -> str:
    """The number that the browser bears since this account's owner logged in with it; empty for one new to them."""
    user = User.objects.filter(email=email.strip().lower()).first()
    stamp = _stamp(user) if user else ""
    return next((number for of, number, _ in _held(request) if of == stamp), "")


def remembered(request: HttpRequest, answer: HttpResponse, user: User) -> HttpResponse:
    """The answer to whoever has shown or chosen the account's password, with a cookie that tells so from then on."""
    stamp = _stamp(user)
    others = [entry for entry in _held(request) if entry[0] != stamp]
    entries = [(stamp, secrets.token_hex(16), int(time.time())), *others]
    answer.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(entries[:ACCOUNTS], salt=_SALT),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _held(request: HttpRequest) -> list[_Entry]:
    """What the cookie tells, latest first, as far as it is still true."""
    try:
        entries = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT)
    except signing.BadSignature:
        return []
    now = int(time.time())
    return [(of, number, since) for of, number, since in entries if now - since <= settings.DEVICE_COOKIE_AGE]


def _stamp(user: User) -> str:
    """A keyed digest of the account and its password: another with each new one, as that of its sessions."""
    return salted_hmac(_SALT, f"{user.pk} {user.get_session_auth_hash()}", algorithm="sha256").hexdigest()
