"""The numbers of the policy that settings and code share; each with its source."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from vielfalt.words import N_

LEAST_CHARACTERS = 12
"""A password's shortest length (BSI, "Sichere Passwörter erstellen": 8 to 12 characters and more)."""
IDLE_MINUTES, LEAST_IDLE, MOST_IDLE = 30, 5, 240
WHOLE_HOURS, MOST_WHOLE = 10, 12
"""A session ends after so long without a page, and in any case (NIST SP 800-63B, 4.2.3: 30 minutes, 12 hours)."""
BAD_TIME = N_(
    "VIELFALT_DESK_IDLE_MINUTES takes whole minutes from 5 to 240, VIELFALT_DESK_SESSION_HOURS hours from 1 to 12."
)
WARNED_SECONDS = 2 * 60
"""So long before the end a page says so, and offers to go on (WCAG 2.2, 2.2.1: at least 20 seconds)."""
SHOWCASE = "showcase"
"""The file that makes a data folder one of the demonstration."""
STRICT_AT_FIRST = ("administration", "statistics")
"""The roles that demand a second factor in a new desk, until its administration decides otherwise."""
PROVIDER = "anmeldung"
"""What the provider of single sign-on is called within the desk."""


def whole_number(text: str, unset: int, least: int, most: int) -> int:
    """The number that a setting of times says; ``unset`` without one. Raises ImproperlyConfigured for any other."""
    if not text:
        return unset
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ImproperlyConfigured(BAD_TIME)
    return int(text)
