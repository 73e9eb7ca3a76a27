"""What the desk keeps of the people who use it, and which cookies it sets: the page on data protection says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from vielfalt.desk.history import privacy as kept
from vielfalt.words import N_, Words


@dataclass(frozen=True)
class Cookie:
    """A cookie with its purpose, and how many seconds it is kept."""

    name: str
    why: str
    seconds: int

    def lasts(self, words: Words) -> str:
        """How long it is kept, in words: whole days from two days on, else whole hours."""
        if self.seconds >= 2 * _DAY:
            return words(N_("{n} days"), n=self.seconds // _DAY)
        return words(N_("{n} hours"), n=self.seconds // _HOUR)


_HOUR, _DAY = 3600, 86400
KEPT = tuple(entry for entry in kept.ALL if entry.personal)
"""What is kept of natural persons: a part of the table that the test of all models and ``vielfalt desk tidy`` read."""


def cookies() -> tuple[Cookie, ...]:
    """Every cookie that the desk sets, by the names of its settings."""
    before = N_("tells that you have logged in with this browser before: wrong passwords of others do not keep you out")
    chosen = N_("remembers the language that you chose")
    return (
        Cookie(settings.SESSION_COOKIE_NAME, N_("keeps you logged in"), settings.SESSION_COOKIE_AGE),
        Cookie(settings.DEVICE_COOKIE_NAME, before, settings.DEVICE_COOKIE_AGE),
        Cookie(settings.CSRF_COOKIE_NAME, N_("shows that a form was sent from this desk"), settings.CSRF_COOKIE_AGE),
        Cookie(settings.LANGUAGE_COOKIE_NAME, chosen, settings.LANGUAGE_COOKIE_AGE),
    )


def idle_minutes() -> int:
    """How long somebody may do nothing before they are logged out."""
    return int(settings.SESSION_IDLE_SECONDS) // 60
