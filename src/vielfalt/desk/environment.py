"""What the environment says of the desk, read strictly: which hosts and mail port, and what does not go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vielfalt.words import N_

MAIL_PORT = 465
"""TLS from the first byte (RFC 8314, 3.3); on every other port the desk demands STARTTLS."""
BAD_PORT = N_("VIELFALT_DESK_MAIL_PORT takes the number of a port, 465 or 587 as a rule.")
BAD_HOST = N_("VIELFALT_DESK_HOSTS takes host names alone, separated by commas: without https://, port and path.")
_HERE = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE)


def hosts(text: str) -> tuple[list[str], bool]:
    """The names the desk answers to, and whether others than this machine are served: where any name is given.

    Raises ImproperlyConfigured for what is no name.
    """
    named = [part.strip() for part in text.split(",") if part.strip()]
    if not all(_HOST.fullmatch(name) for name in named):
        raise ImproperlyConfigured(BAD_HOST)
    return (named, True) if named else ([*_HERE], False)


def address(host: str, port: int) -> str:
    """What people open: where the desk listens, or the first of its names where a server in front encrypts."""
    if settings.ENCRYPTED:
        return f"https://{settings.ALLOWED_HOSTS[0].lstrip('.')}"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def mail_port(text: str) -> int:
    """The port of the mail server; 465 without one. Raises ImproperlyConfigured for what is no port."""
    if not text:
        return MAIL_PORT
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1 << 16):
        raise ImproperlyConfigured(BAD_PORT)
    return int(text)


def doubts() -> Iterator[str]:
    """Message ids of what cannot work: a mail server without a sender, single sign-on without what it needs."""
    if settings.EMAIL_HOST and "@" not in settings.DEFAULT_FROM_EMAIL:
        yield N_("Letters have no sender: VIELFALT_DESK_MAIL_FROM must be an e-mail address.")
    app = cast(list[dict[str, str]], settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])[0]
    if settings.OIDC_ISSUER and not (app["client_id"] and app["secret"]):
        yield N_("Single sign-on needs VIELFALT_DESK_OIDC_CLIENT and VIELFALT_DESK_OIDC_SECRET, too.")
    if bool(settings.OIDC_GROUPS) != bool(settings.OIDC_ROLES):
        yield N_("VIELFALT_DESK_OIDC_GROUPS and VIELFALT_DESK_OIDC_ROLES work together only; one of them is not set.")
