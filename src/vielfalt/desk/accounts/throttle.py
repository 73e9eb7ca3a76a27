"""Logging in slowed down for whoever guesses: counted per account and per address, kept in the database.

Kept are keyed digests and times, for a quarter of an hour: neither e-mail nor network addresses.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.crypto import salted_hmac

from vielfalt.desk.accounts.models import Attempt

WINDOW = dt.timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50
"""Far below the 100 failures that NIST SP 800-63B (5.2.2) allows; an office shares one address, so it has more."""


def attempt(account: str, address: str) -> Attempt | None:
    """Notes an attempt before it is made; None when there were too many and it must not be made.

    Noted first, so that many at once are counted as well. A refused one does not count: the way opens again.
    """
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - WINDOW).delete()
    made = Attempt.objects.create(account=_digest(account.strip().lower()), address=_digest(address), at=now)
    failed = Attempt.objects.exclude(pk=made.pk)
    of_account, of_address = failed.filter(account=made.account), failed.filter(address=made.address)
    if of_account.count() < PER_ACCOUNT and of_address.count() < PER_ADDRESS:
        return made
    made.delete()
    return None


def succeeded(made: Attempt) -> None:
    """Forgets the failures of an account whose owner got in; those of the address stay."""
    Attempt.objects.filter(account=made.account).delete()


def _digest(text: str) -> str:
    return salted_hmac("vielfalt.desk.accounts.throttle", text, algorithm="sha256").hexdigest()
