"""The second factor: codes from a phone (TOTP, RFC 6238), recovery codes, and the gate that asks for them.

The gate stands behind every way in, so a password, a link and a single sign-on are treated alike.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

from vielfalt.desk.accounts.models import RecoveryCode, SecondFactor, StrictRole, User
from vielfalt.words import N_

PASSED = "second"
"""The entry of a session whose owner has shown the second factor."""
_SECONDS = 30
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the signs that are mistaken for each other: i, l, o, 0, 1."""
_CODES, _GROUP = 10, 5
SHUT = N_(
    "Second factors cannot be shown any more: they were set up under another secret-key than that of the data folder. "
    "Put that file back, or let people in again: vielfalt desk rescue EMAIL."
)
_ABOUT = ("help", "plain_words", "imprint", "data_protection", "accessibility", "about")
_OPEN = frozenset({"second_step", "second_setup", "login", "logout", "one_time_link", "set_language", "sso", *_ABOUT})
"""Pages that are shown before the second factor."""


def asked(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: who has a second factor shows it, and who must have one sets it up, before any page."""

    def gate(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and not request.session.get(PASSED) and not _is_open(request.path_info):
            if has(user):
                query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
                return HttpResponseRedirect(f"{reverse('second_step')}?{query}")
            if demanded(user):
                return HttpResponseRedirect(reverse("second_setup"))
        return answer(request)

    return gate


def _is_open(path: str) -> bool:
    try:
        return resolve(path).url_name in _OPEN
    except Resolver404:
        return True


def has(user: User) -> bool:
    """Whether the account has a second factor that was confirmed by a code."""
    factor = getattr(user, "factor", None)
    return factor is not None and factor.confirmed


def passed(request: HttpRequest, user: User) -> bool:
    """Whether the person has shown the second factor of the account, or it has none."""
    return bool(request.session.get(PASSED)) or not has(user)


def demanded(user: User) -> bool:
    """Whether one of the person's roles demands a second factor."""
    held = {membership.role for membership in user.memberships.all()}
    return bool(held) and StrictRole.objects.filter(role__in=held).exists()


def begun(user: User) -> str:
    """The secret of a factor that is being set up; the same until it is confirmed."""
    factor = SecondFactor.objects.filter(user=user, confirmed=False).first()
    secret = _opened(factor) if factor else ""
    if not secret:
        secret = pyotp.random_base32()
        SecondFactor.objects.update_or_create(user=user, confirmed=False, defaults={"secret": _sealed(secret)})
    return secret


def address(user: User, secret: str) -> str:
    """What the QR code says: the account and its secret, as apps read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Vielfalt")


def accepts(user: User, code: str) -> bool:
    """Whether a code of the phone is right; each is taken once. One half minute early or late is allowed."""
    factor = SecondFactor.objects.filter(user=user).first()
    secret = _opened(factor) if factor else ""
    if factor is None or not secret:
        return False
    totp, now = pyotp.TOTP(secret), int(time.time()) // _SECONDS
    given = "".join(code.split())
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.at(step * _SECONDS).encode(), given.encode()):
            later = SecondFactor.objects.filter(pk=factor.pk, step__lt=step)
            return later.update(step=step, confirmed=True) == 1
    return False


def accepts_recovery(user: User, code: str) -> bool:
    """Whether it is one of the recovery codes; it is used up by that."""
    deleted, _ = RecoveryCode.objects.filter(user=user, digest=_digest(user, code)).delete()
    return deleted == 1


@transaction.atomic
def recovery_codes(user: User) -> list[str]:
    """New recovery codes of ten signs, about 49 random bits each; the earlier ones are void."""
    codes = [f"{_word()}-{_word()}" for _ in range(_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return codes


@transaction.atomic
def remove(user: User) -> None:
    """Takes the second factor and its recovery codes off the account."""
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _word() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))


def _digest(user: User, code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign in _ALPHABET)
    return salted_hmac(f"vielfalt.desk.accounts.recovery.{user.pk}", plain, algorithm="sha256").hexdigest()


def _sealed(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def _opened(factor: SecondFactor) -> str:
    """The secret; empty where it was sealed under another key than the desk's, as after a restore without it."""
    try:
        return _box().decrypt(factor.secret.encode()).decode()
    except InvalidToken:
        return ""


def shut() -> bool:
    """Whether there is a second factor that the desk's key does not open: nobody can show it any more."""
    return not all(map(_opened, SecondFactor.objects.filter(confirmed=True)))


def _box() -> Fernet:
    """Encrypts under a key that follows from the desk's secret key: the database alone opens no account."""
    key = hashlib.sha256(f"vielfalt.desk.accounts.second:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
