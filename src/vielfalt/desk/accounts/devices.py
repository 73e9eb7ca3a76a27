"""Browsers in which the owner of an account has logged in before: what others guess elsewhere does not keep them out.

Each has failures of its own, so that a stolen cookie opens no more guesses than an address does (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.crypto import salted_hmac

_SALT = "vielfalt.desk.accounts.devices"


def known(request: HttpRequest, email: str) -> str:
    """What the browser bears since this account's owner logged in with it; empty for a browser that is new to them."""
    try:
        account, number = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=settings.DEVICE_COOKIE_AGE
        )
    except signing.BadSignature:
        return ""
    return str(number) if account == _digest(email) else ""


def remembered(answer: HttpResponseRedirect, email: str) -> HttpResponseRedirect:
    """The answer to whoever has logged in, with the cookie: a number of chance and a keyed digest of the account."""
    answer.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([_digest(email), secrets.token_hex(16)], salt=_SALT),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _digest(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()
