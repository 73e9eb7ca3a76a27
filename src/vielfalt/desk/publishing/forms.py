"""The forms of publishing. Labels, hints and errors are message ids; the templates say them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from vielfalt.desk.entered import LineField, plain
from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.publishing.steps import NO_REASON
from vielfalt.words import N_

_NEEDED = {"required": N_("Fill in this field.")}
LONGEST_REASON = 500
_web = forms.URLField(assume_scheme="https")


class ReasonForm(forms.Form):
    """Why a proposal or a publication ends."""

    reason = forms.CharField(
        label=N_("Reason"),
        help_text=N_("It stays in the history. Name no residents."),
        error_messages={"required": NO_REASON},
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
    )


class PublisherForm(forms.Form):
    """Who publishes, whom readers can ask, and what others may do with the figures."""

    name = LineField(
        label=N_("Who publishes"),
        help_text=N_("For example “Stadt Musterstadt”."),
        max_length=200,
        validators=[plain],
        error_messages=_NEEDED,
    )
    contact = forms.CharField(
        label=N_("Whom readers can ask"),
        help_text=N_("An e-mail address of the office, or the address of a contact form."),
        max_length=254,
        validators=[plain],
        error_messages=_NEEDED,
    )
    licence = forms.ChoiceField(
        label=N_("Licence"),
        choices=[(key, licence.title) for key, licence in LICENCES.items()],
        error_messages={**_NEEDED, "invalid_choice": N_("Choose one of the licences.")},
    )
    attribution = LineField(
        label=N_("How to name the source"),
        help_text=N_("What others write beside the figures. Needed by licences that ask for attribution."),
        max_length=300,
        validators=[plain],
        required=False,
    )
    contributor = forms.URLField(
        label=N_("Identifier at GovData"),
        help_text=N_("Only if your town delivers to GovData: the address that GovData gave it."),
        required=False,
        assume_scheme="http",
        validators=[plain],
        error_messages={"invalid": N_("Write the whole address, with http:// or https://.")},
    )

    def clean_contact(self) -> str:
        """An e-mail address or a web address."""
        given = str(self.cleaned_data["contact"]).strip()
        try:
            validate_email(given)
        except ValidationError:
            try:
                return str(_web.clean(given))
            except ValidationError:
                raise ValidationError(N_("Write a whole e-mail address or a whole web address.")) from None
        return given

    def clean(self) -> dict[str, Any]:
        """A licence that asks for attribution has one."""
        cleaned = super().clean() or self.cleaned_data
        licence = LICENCES.get(cleaned.get("licence", ""))
        if licence and licence.by_name and not cleaned.get("attribution"):
            self.add_error("attribution", N_("This licence asks for attribution: write how to name the source."))
        return cleaned
