"""Letters of the desk, where a mail server is set; without one, links are handed over by hand."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail

from vielfalt.desk.accounts.models import User
from vielfalt.words import LANGUAGES, N_, Words

_LOG = logging.getLogger("vielfalt.desk")
_SUBJECT = N_("Your access to Vielfalt")
_LETTER = N_("This link opens your account. It works once, for one day:\n\n{link}\n")
_GIVEN = N_("You have been given a role in Vielfalt")
_AS_BEFORE = N_("Log in as before. Under “My account” you find all your roles, and where they hold.")
_ENDED = N_("{name} is done")
_FAILED = N_("{name} has failed")
_LOOK = N_("You find the result in the desk, under “Import”, “Jobs so far”.")


def is_set() -> bool:
    """Whether the desk can send letters."""
    return bool(settings.EMAIL_HOST)


def send_link(user: User, link: str) -> bool:
    """Whether the link went out to its owner; a server that fails is no reason to keep the link back."""
    words = _words(user)
    return _sent(user, words(_SUBJECT), words(_LETTER, link=link))


def send_given(user: User) -> bool:
    """Whether somebody who has an account was told of a new role; which one, and where, stays in the house."""
    words = _words(user)
    return _sent(user, words(_GIVEN), f"{words(_AS_BEFORE)}\n")


def send_end(user: User, name: str, *, failed: bool) -> bool:
    """Whether its owner was told that a job has ended. The letter says no more than that: it leaves the house."""
    words, line = _words(user), " ".join(name.split())
    return _sent(user, words(_FAILED if failed else _ENDED, name=line), f"{words(_LOOK)}\n")


def _words(user: User) -> Words:
    return Words("en" if user.language == LANGUAGES[1] else "de")


def _sent(user: User, subject: str, letter: str) -> bool:
    if not is_set():
        return False
    try:
        send_mail(subject, letter, settings.DEFAULT_FROM_EMAIL, [user.email])
    except OSError as error:
        _LOG.warning("A letter could not be sent: %s", type(error).__name__)
        return False
    return True
