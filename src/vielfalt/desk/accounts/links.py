"""Links that let somebody in once: made for the first administrator, for invitations and for forgotten passwords."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from vielfalt.desk.accounts.models import Link, User

VALID = dt.timedelta(days=1)
VALID_FIRST = dt.timedelta(hours=1)
_BYTES = 32


def first_token() -> str | None:
    """What a link for the first administrator holds; None where there is an account. Earlier ones are void."""
    if User.objects.exists():
        return None
    Link.objects.filter(user=None).delete()
    return _made(None, VALID_FIRST)


@transaction.atomic
def token_for(user: User) -> str:
    """What a link for this person holds. Earlier ones are void."""
    User.objects.select_for_update().get(pk=user.pk)
    Link.objects.filter(user=user).delete()
    return _made(user, VALID)


def valid(token: str) -> Link | None:
    """The link of a token, if it can still be used."""
    link = Link.objects.select_related("user").filter(digest=_digest(token), used=None).first()
    if link is None or link.expires <= timezone.now():
        return None
    closed = not link.user.is_active if link.user else User.objects.exists()
    return None if closed else link


def use(link: Link) -> bool:
    """Marks the link as used; False when somebody was faster. To be called within a transaction."""
    with transaction.atomic():
        return Link.objects.filter(pk=link.pk, used=None).update(used=timezone.now()) == 1


def _made(user: User | None, valid_for: dt.timedelta) -> str:
    token = secrets.token_urlsafe(_BYTES)
    Link.objects.create(user=user, digest=_digest(token), expires=timezone.now() + valid_for)
    return token


def _digest(token: str) -> str:
    """SHA-256; a token of 256 random bits needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
