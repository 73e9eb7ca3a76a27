"""What the desk keeps of the people who use it, and which cookies it sets: the page on data protection says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from vielfalt.desk.accounts.policy import IDLE_SECONDS, WHOLE_SECONDS
from vielfalt.words import N_


@dataclass(frozen=True)
class Kept:
    """One kind of thing that is kept of a person: what (message id), why, how long. ``model``: where it is kept."""

    model: str
    what: str
    why: str
    until: str


@dataclass(frozen=True)
class Cookie:
    """A cookie with its purpose; ``minutes`` it is kept, 0: until the browser is closed or longer by its own rule."""

    name: str
    why: str
    minutes: int


KEPT: tuple[Kept, ...] = (
    Kept(
        "accounts.User",
        N_("Account: name, e-mail address, language, password as a check value that cannot be read"),
        N_("Only people whom the town has invited may read what is not published."),
        N_("Until the town deletes the account."),
    ),
    Kept(
        "accounts.Membership",
        N_("Roles: which role a person has in which town"),
        N_("The role decides what a person may do."),
        N_("Until the role is taken away or the account deleted."),
    ),
    Kept(
        "accounts.Link",
        N_("One-time links: a check value of the link and whom it is for"),
        N_("Passwords are set by link; none is sent."),
        N_("Until the link is used or expires."),
    ),
    Kept(
        "accounts.Attempt",
        N_("Failed attempts to log in: a check value of what was typed, and when"),
        N_("Whoever tries passwords is slowed down."),
        N_("Until the time of waiting is over."),
    ),
)


def cookies() -> tuple[Cookie, ...]:
    """Every cookie that the desk sets, by the names of its settings."""
    return (
        Cookie(settings.SESSION_COOKIE_NAME, N_("keeps you logged in"), WHOLE_SECONDS // 60),
        Cookie(settings.CSRF_COOKIE_NAME, N_("shows that a form was sent from this desk"), 0),
        Cookie(settings.LANGUAGE_COOKIE_NAME, N_("remembers the language that you chose"), 0),
    )


IDLE_MINUTES = IDLE_SECONDS // 60
