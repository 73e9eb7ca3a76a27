"""What the desk keeps of the people who use it, and which cookies it sets: the page on data protection says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from vielfalt.desk.accounts.policy import IDLE_SECONDS, WHOLE_SECONDS
from vielfalt.desk.history import privacy as kept
from vielfalt.words import N_


@dataclass(frozen=True)
class Cookie:
    """A cookie with its purpose; ``minutes`` it is kept, 0: until the browser is closed or longer by its own rule."""

    name: str
    why: str
    minutes: int


KEPT = tuple(entry for entry in kept.ALL if entry.personal)
"""What is kept of natural persons: a part of the table that the test of all models and ``vielfalt desk tidy`` read."""


def cookies() -> tuple[Cookie, ...]:
    """Every cookie that the desk sets, by the names of its settings."""
    return (
        Cookie(settings.SESSION_COOKIE_NAME, N_("keeps you logged in"), WHOLE_SECONDS // 60),
        Cookie(settings.CSRF_COOKIE_NAME, N_("shows that a form was sent from this desk"), 0),
        Cookie(settings.LANGUAGE_COOKIE_NAME, N_("remembers the language that you chose"), 0),
    )


IDLE_MINUTES = IDLE_SECONDS // 60
