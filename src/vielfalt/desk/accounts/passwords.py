"""What a password of the desk must be: long, not common, not the person's own name (NIST SP 800-63B, 5.1.1)."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from vielfalt.desk.accounts.models import User
from vielfalt.words import N_

_FAULTS = {
    "password_too_short": N_("The password is too short. Choose one of at least 12 characters."),
    "password_too_common": N_("Many people use this password. Choose another one."),
    "password_commonplace": N_(
        "The password is a common word with digits, a row of keys or something repeated: such are guessed first. "
        "Choose several words that do not belong together."
    ),
    "password_too_similar": N_("The password resembles your name or e-mail address. Choose another one."),
    "password_entirely_numeric": N_("The password is nothing but digits. Choose another one."),
}


def fault(password: str, user: User) -> str:
    """The first thing that is wrong with a password, as a message id; empty when nothing is."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return next(_FAULTS[str(error.code)] for error in refused.error_list)
    return ""
