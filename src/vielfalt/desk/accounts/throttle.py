"""Logging in slowed down for whoever guesses: counted per account and per address, kept in the database.

Failures from one address stop further attempts on the account from there alone: else whoever knows an e-mail address
could keep its owner out. A browser in which the owner has logged in before has failures of its own (``devices``).
Kept are keyed digests and times, for a quarter of an hour: neither e-mail nor network addresses.
"""

from __future__ import annotations

import datetime as dt
import ipaddress

from django.utils import timezone
from django.utils.crypto import salted_hmac

from vielfalt.desk.accounts.models import Attempt
from vielfalt.words import N_

WINDOW = dt.timedelta(minutes=15)
PER_PAIR, PER_ACCOUNT, PER_ADDRESS = 10, 50, 50
"""Failures on one account from one address, on one account from all, from one address on all: far below the 100 of one
account that NIST SP 800-63B (5.2.2) allows. An office shares one address, so it has more than one person."""
SLOW_DOWN = N_("Too many attempts failed. Wait a quarter of an hour, then try again.")
_ONE_SUBSCRIBER = 64
"""Bits of an IPv6 address: the rest is chosen by whoever has the connection, as often as they like (RFC 8981)."""


def attempt(account: str, address: str) -> Attempt | None:
    """Notes an attempt before it is made; None when there were too many and it must not be made.

    Noted first, so that many at once are counted as well. A refused one does not count: the way opens again.
    """
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - WINDOW).delete()
    made = Attempt.objects.create(account=_digest(account.strip().lower()), address=_digest(_network(address)), at=now)
    failed = Attempt.objects.exclude(pk=made.pk)
    of_account, of_address = failed.filter(account=made.account), failed.filter(address=made.address)
    few = of_account.count() < PER_ACCOUNT and of_address.count() < PER_ADDRESS
    if few and of_account.filter(address=made.address).count() < PER_PAIR:
        return made
    made.delete()
    return None


def attempt_inside(what: str, whose: object) -> Attempt | None:
    """``attempt`` of somebody who is past the password, or was before in this browser: counted together, wherever from;
    nobody else is kept out."""
    key = f"{what} {whose}"
    return attempt(key, key)


def succeeded(made: Attempt) -> None:
    """Forgets the failures of an account whose owner got in; those of the address stay."""
    Attempt.objects.filter(account=made.account).delete()


def _network(address: str) -> str:
    """What one connection has for an address: the whole of IPv4, the network of IPv6; anything else as it is."""
    try:
        whole = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if whole.version == 4 or whole.ipv4_mapped:
        return address
    return str(ipaddress.ip_network((whole, _ONE_SUBSCRIBER), strict=False))


def _digest(text: str) -> str:
    return salted_hmac("vielfalt.desk.accounts.throttle", text, algorithm="sha256").hexdigest()
