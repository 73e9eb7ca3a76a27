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


def send_link(user: User, link: str) -> bool:
    """Whether the link went out to its owner; a server that fails is no reason to keep the link back."""
    if not settings.EMAIL_HOST:
        return False
    words = Words("en" if user.language == LANGUAGES[1] else "de")
    try:
        send_mail(words(_SUBJECT), words(_LETTER, link=link), settings.DEFAULT_FROM_EMAIL, [user.email])
    except OSError as error:
        _LOG.warning("A letter could not be sent: %s", type(error).__name__)
        return False
    return True
