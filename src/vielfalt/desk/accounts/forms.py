"""The forms of accounts. Labels, hints and errors are message ids; the templates say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict

from vielfalt.desk import entered
from vielfalt.desk.accounts import passwords, roles, throttle
from vielfalt.desk.accounts.models import User
from vielfalt.words import N_

_NEEDED = {"required": N_("Fill in this field.")}
_CHOICE = {**_NEEDED, "invalid_choice": N_("Choose one of the entries.")}
_EMAIL = {**_NEEDED, "invalid": N_("Write the whole e-mail address, with the part behind the @.")}
EVERY_TOWN = "*"
LANGUAGES = (("de", "Deutsch"), ("en", "English"))


def _input(kind: str, complete: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": kind, "autocomplete": complete})


def email_field() -> forms.EmailField:
    """A field for the e-mail address that somebody logs in with."""
    return forms.EmailField(
        label=N_("E-mail address"),
        error_messages=_EMAIL,
        max_length=254,
        widget=_input("email", "username"),
        validators=[entered.plain],
    )


def name_field() -> forms.CharField:
    """A field for a person's name."""
    return entered.LineField(
        label=N_("Name"),
        error_messages=_NEEDED,
        max_length=150,
        widget=_input("text", "name"),
        validators=[entered.person],
    )


def password_field(label: str, complete: str, hint: str = "") -> forms.CharField:
    """A field for a password; blanks at its ends belong to it."""
    return forms.CharField(
        label=label,
        help_text=hint,
        error_messages=_NEEDED,
        strip=False,
        max_length=200,
        widget=_input("password", complete),
    )


class LoginForm(forms.Form):
    """E-mail address and password."""

    email = email_field()
    password = password_field(N_("Password"), "current-password")


class PasswordForm(forms.Form):
    """A new password, twice. ``user`` is whose it is: it must not resemble their name."""

    password = password_field(
        N_("New password"), "new-password", N_("At least 12 characters; several words are easy to remember.")
    )
    again = password_field(N_("New password again"), "new-password")

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Both are the same, and the password is good enough."""
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password"), cleaned.get("again")
        if first and (fault := passwords.fault(first, self.user)):
            self.add_error("password", fault)
        if first and second and first != second:
            self.add_error("again", N_("The two passwords differ. Write the same one twice."))
        return cleaned


class FirstAccountForm(PasswordForm):
    """The first administrator: name, e-mail address, password."""

    name = name_field()
    email = email_field()
    field_order = ("name", "email", "password", "again")

    def clean(self) -> dict[str, Any]:
        """The password is held against the name and address of the same form."""
        cleaned = self.cleaned_data
        self.user = User(name=cleaned.get("name", ""), email=cleaned.get("email", "").lower())
        return super().clean()


class ChangePasswordForm(PasswordForm):
    """The password of today, and the new one twice."""

    current = password_field(N_("Present password"), "current-password")
    field_order = ("current", "password", "again")

    def clean_current(self) -> str:
        """The present password is right. Guessing is slowed down: an open browser is no proof of who sits there."""
        given = str(self.cleaned_data["current"])
        made = throttle.attempt_inside("password", self.user.pk)
        if made is None:
            raise forms.ValidationError(throttle.SLOW_DOWN)
        if not self.user.check_password(given):
            raise forms.ValidationError(N_("This is not your present password."))
        throttle.succeeded(made)
        return given


class RoleForm(forms.Form):
    """A role and the town it holds in. ``towns`` are those that the administrator may choose; "*" is every town."""

    role = forms.ChoiceField(
        label=N_("Role"), choices=[(role.id, role.title) for role in roles.GIVEN], error_messages=_CHOICE
    )
    town = forms.ChoiceField(label=N_("Municipality"), error_messages=_CHOICE)

    def __init__(self, data: QueryDict | None = None, *, towns: Mapping[str, str]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["town"]).choices = list(towns.items())


class InvitationForm(RoleForm):
    """Who is invited, in which language, and the first role."""

    name = name_field()
    email = email_field()
    language = forms.ChoiceField(label=N_("Language"), choices=LANGUAGES, error_messages=_CHOICE)
    field_order = ("name", "email", "language", "role", "town")


class CodeForm(forms.Form):
    """A code from the phone, or a recovery code."""

    code = forms.CharField(
        label=N_("Code"), error_messages=_NEEDED, max_length=20, widget=_input("text", "one-time-code")
    )
